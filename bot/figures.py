"""The figures of the day as people read them."""

from __future__ import annotations

from bot.locales import Locale
from core.reports import Figures, MerchantFigures, OperatorFigures


def figures_text(locale: Locale, figures: Figures) -> str:
    """Return the day's figures: each merchant's, then the cashier service's."""
    parts: list[str] = [locale.say("today-title", since=figures.since)]
    parts += [_merchant(locale, each) for each in figures.merchants]
    parts += [_operator(locale, each) for each in figures.operator]
    parts += [
        locale.say("today-refused-notices", gateway=gateway, count=count)
        for gateway, count in figures.refused_notices.items()
    ]
    return "\n\n".join(parts)


def _merchant(locale: Locale, figures: MerchantFigures) -> str:
    return locale.say(
        "today-merchant",
        name=figures.name,
        placed=figures.placed.count,
        ordered=figures.placed.amount,
        delivered=figures.delivered.count,
        declined=figures.declined.count,
        sold=figures.sold.amount,
        visits=figures.open_visits,
        held=figures.on_hold,
    )


def _operator(locale: Locale, figures: OperatorFigures) -> str:
    text: str = locale.say(
        "today-operator",
        topups=figures.top_ups.count,
        brought=figures.top_ups.amount,
        refunds=figures.refunds.count,
        refunded=figures.refunds.amount,
        wallets=figures.wallets,
        refunding=figures.refunding,
        parked=figures.parked.count,
    )
    if figures.strays.count:
        strays = locale.say("today-strays", count=figures.strays.count, amount=figures.strays.amount)
        text = f"{text}\n{strays}"
    if figures.disputed.count or figures.owed:
        count, amount = figures.disputed.count, figures.disputed.amount
        disputes = locale.say("today-disputes", count=count, amount=amount, owed=figures.owed)
        text = f"{text}\n{disputes}"
    return text
