"""How each gateway counts money, as a table: what it takes, how it differs from ISO 4217, who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.money import EXPONENTS, Money


class Inexpressible(ValueError):
    """An amount that one side has no number for."""


@dataclass(frozen=True, slots=True)
class Counting:
    """The numbers of one gateway.

    It counts the minor units of ISO 4217, except where *places* names more decimal places than those. Where
    there is a *step*, only its multiples are taken. *source* is where the gateway says so.
    """

    source: str
    currencies: frozenset[str]
    places: Mapping[str, int] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)

    def to_gateway(self, amount: Money) -> int:
        """Return the gateway's number for *amount*. Raises Inexpressible.

        >>> [STRIPE.to_gateway(Money(*each)) for each in ((1250, "EUR"), (500, "JPY"), (5, "ISK"))]
        [1250, 500, 500]
        """
        number = amount.minor * self._factor(amount.currency)
        if number % self.steps.get(amount.currency, 1):
            raise Inexpressible(amount)
        return number

    def from_gateway(self, number: object, currency: object) -> Money:
        """Return the amount that the gateway's *number* stands for. Raises Inexpressible; nothing is rounded.

        >>> str(STRIPE.from_gateway(1250, "eur")), str(STRIPE.from_gateway(500, "isk"))
        ('12.50 EUR', '5 ISK')
        """
        code = str(currency).upper()
        if not isinstance(number, int) or isinstance(number, bool):
            raise Inexpressible(number)
        minor, rest = divmod(number, self._factor(code))
        if rest:
            raise Inexpressible(number)
        return Money(minor, code)

    def _factor(self, currency: str) -> int:
        if currency not in self.currencies:
            raise Inexpressible(currency)
        exponent = EXPONENTS[currency]
        return int(10 ** (self.places.get(currency, exponent) - exponent))


STRIPE = Counting(
    # "Special cases": ISK and UGX have no minor unit any more, and are counted in hundredths all the same, of
    # which only whole units are taken. "Three-decimal currencies": the last digit has to be 0.
    source="https://docs.stripe.com/currencies (2026-11)",
    currencies=frozenset(EXPONENTS) - {"IQD", "LYD"},
    places={"ISK": 2, "UGX": 2},
    steps={"ISK": 100, "UGX": 100, **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 10)},
)
"""A country's account may take less. Numbers that Stripe tells and would not take are read all the same."""

_NOT_INVOICED = {
    "BHD", "BIF", "DJF", "GNF", "IQD", "JOD", "KMF", "KWD", "LYD", "MKD", "MMK", "MOP", "OMR", "RWF", "TND",
    "VUV", "XAF", "XOF", "XPF",
}  # fmt: skip

TELEGRAM = Counting(
    # "exp" there is the exponent of ISO 4217 for all that it lists, ISK and UGX among them.
    source="https://core.telegram.org/bots/payments/currencies.json (2021, and the list of 2026-11)",
    currencies=frozenset(EXPONENTS) - _NOT_INVOICED,
)
"""What invoices in the chat may be in."""

WECHAT = Counting(
    source="https://pay.weixin.qq.com, the pages of Native and H5 orders: amount.total, in fen (2026-11)",
    currencies=frozenset({"CNY"}),
)

ALIPAY = Counting(
    source="https://opendocs.alipay.com, the page of alipay.trade.precreate: total_amount, in yuan (2026-11)",
    currencies=frozenset({"CNY"}),
)
"""Its numbers are written as texts with two decimal places: see `bot.gateways.bills.yuan`."""

COUNTINGS: Mapping[str, Counting] = {
    "stripe": STRIPE,
    "telegram": TELEGRAM,
    "wechat": WECHAT,
    "alipay": ALIPAY,
}
