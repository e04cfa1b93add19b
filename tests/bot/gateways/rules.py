"""What differs between gateways, as their adapters keep it: the table of it that is published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.gateways.alipay import AlipayGateway
from bot.gateways.counting import COUNTINGS
from bot.gateways.stripe import StripeGateway
from bot.gateways.telegram import TelegramStripeGateway
from bot.gateways.wechat import WechatGateway
from core.gateway import Capabilities
from core.money import EXPONENTS

_GATEWAYS = {
    each.name: each.capabilities
    for each in (AlipayGateway, StripeGateway, TelegramStripeGateway, WechatGateway)
}
_CURRENCIES = {
    "alipay": AlipayGateway.currencies,
    "stripe": StripeGateway.currencies,
    "telegram": TelegramStripeGateway.currencies,
    "wechat": WechatGateway.currencies,
}


def rules_lines() -> list[str]:
    """Return the published table of rules."""
    lines = [
        "As the adapters keep them, each with its source beside it in the code. What a rule forbids",
        "is not sent: it is put off, or parked with the rule's word.",
        "",
        _row("rule", *_GATEWAYS),
        _row(*["---"] * (len(_GATEWAYS) + 1)),
    ]
    lines += [_row(rule, *map(say, _GATEWAYS.values())) for rule, say in _RULES.items()]
    lines.append(_row("currencies", *map(_say_currencies, _GATEWAYS)))
    lines.append(_row("counted otherwise than by ISO 4217", *map(_say_counting, _GATEWAYS)))
    sources = "; ".join(f"{name}: {COUNTINGS[name].source}" for name in _GATEWAYS)
    return [*lines, "", f"Sources of how amounts are counted (`bot/gateways/counting.py`): {sources}."]


def _say_span(span: timedelta | None, nothing: str) -> str:
    """Return a span of time in the largest unit that it is a whole number of.

    >>> _say_span(timedelta(days=365), ""), _say_span(timedelta(seconds=90), ""), _say_span(None, "none")
    ('365 days', '90 seconds', 'none')
    """
    if not span:
        return nothing
    seconds = int(span.total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    raise AssertionError(span)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


_RULES: dict[str, Callable[[Capabilities], str]] = {
    "an account can be bound before it pays": lambda rules: _yes(rules.binds),
    "one tap with the saved method": lambda rules: _yes(rules.one_tap),
    "partial refunds": lambda rules: _yes(rules.partial_refunds),
    "most parts of one payment": lambda rules: str(rules.most_refunds or "no limit named"),
    "least time between two parts": lambda rules: _say_span(rules.refund_spacing, "none"),
    "refunds until": lambda rules: _say_span(rules.refund_window, "no end named"),
    "smallest refund, in minor units": lambda rules: str(rules.least_refund_minor),
    "a key is remembered": lambda rules: _say_span(rules.key_life, "for ever"),
    "a refund that failed goes again under": lambda rules: (
        "the same key" if rules.retries_same_key else "a new key"
    ),
    "asked not before": lambda rules: _say_span(rules.settle_delay, "at once"),
    "its books list what happened after": lambda rules: _say_span(rules.lists_after, "at once"),
    "tells refunds by itself": lambda rules: _yes(rules.tells_refunds),
    "tells disputes by itself": lambda rules: _yes(rules.tells_disputes),
}


def _say_currencies(name: str) -> str:
    taken = _CURRENCIES[name] or frozenset(EXPONENTS)
    return ", ".join(sorted(taken)) if len(taken) < 4 else f"{len(taken)}"


def _say_counting(name: str) -> str:
    """Return the currencies that a gateway counts in other numbers than ISO 4217, or only some of them."""
    counting = COUNTINGS[name]
    places = [f"{currency} in {10**places}ths" for currency, places in counting.places.items()]
    steps = [currency for currency in counting.steps if currency not in counting.places]
    return "; ".join([*places, *([f"{', '.join(steps)} in tens only"] if steps else [])]) or "nothing"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
