"""How Stripe counts money: mostly as ISO 4217 does, and where it does not.

Source of the figures: docs.stripe.com/currencies (minor units, special cases, presentment currencies).
"""

from __future__ import annotations

from core.money import EXPONENTS, Money

_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})
"""Have no minor unit any more; Stripe goes on counting hundredths, and takes whole units only."""

_IN_TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Have thousandths, of which Stripe takes only tens: the last digit must be 0."""

_NOT_TAKEN = frozenset({"IQD", "LYD"})

CURRENCIES = frozenset(EXPONENTS) - _NOT_TAKEN
"""What Stripe charges in, of all that can be kept here. A country's account may take less."""


class Inexpressible(Exception):
    """An amount that one side has no number for."""


def to_stripe(amount: Money) -> int:
    """Return an amount as Stripe counts it.

    >>> to_stripe(Money(1250, "EUR")), to_stripe(Money(500, "JPY")), to_stripe(Money(5, "ISK"))
    (1250, 500, 500)
    """
    if amount.currency not in CURRENCIES or (amount.currency in _IN_TENS and amount.minor % 10):
        raise Inexpressible
    return amount.minor * 100 if amount.currency in _IN_HUNDREDTHS else amount.minor


def from_stripe(amount: object, currency: object) -> Money:
    """Return an amount of Stripe's as it is kept here.

    >>> str(from_stripe(1250, "eur")), str(from_stripe(500, "isk"))
    ('12.50 EUR', '5 ISK')
    """
    code = str(currency).upper()
    if not isinstance(amount, int) or isinstance(amount, bool) or code not in CURRENCIES:
        raise Inexpressible
    if code not in _IN_HUNDREDTHS:
        return Money(amount, code)
    whole, rest = divmod(amount, 100)
    if rest:
        raise Inexpressible
    return Money(whole, code)
