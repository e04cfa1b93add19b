"""Which accounts the ledger has and what may move between them.

Double entry in whole minor units, credit-positive: a credit raises an account's balance and a
debit lowers it, so that all balances of a currency sum to zero. What providers hold for us is an
asset and therefore stands below zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from core.money import Money

SHARED = "shared"
"""The purse that all merchants share."""


@dataclass(frozen=True, slots=True)
class Account:
    """The name of a ledger account: one per currency and purse."""

    name: str
    currency: str
    purse: str = SHARED

    @property
    def floor(self) -> int | None:
        """The least that may be available; None where the balance may be below zero."""
        owner, *_, kind = self.name.split(":")
        return 0 if owner != "operator" and kind in _FLOORED else None

    @property
    def is_of_the_chart(self) -> bool:
        """Whether there is such an account: none comes into being by a name that is spelt wrong.

        >>> [Account(f"customer:7:{kind}", "EUR").is_of_the_chart for kind in ("wallet", "walet")]
        [True, False]
        """
        return _CHART.fullmatch(self.name) is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands: its balance, and what of it is set aside by holds; whether it was closed."""

    account: Account
    balance: Money
    held: Money
    is_closed: bool = False

    @property
    def available(self) -> Money:
        """What may be spent: kept at or above the floor by the database itself."""
        return self.balance - self.held


@dataclass(frozen=True, slots=True)
class Transfer:
    """A move to be made: *amount* leaves *debit* and reaches *credit*.

    *reverses* names the transfer that this one gives back (some of); the sum of what reverses a
    transfer never exceeds it.
    """

    kind: str
    debit: Account
    credit: Account
    amount: Money
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Money set aside in an account, immutable; resolved at most once, by a capture or a release."""

    id: int
    account: Account
    amount: Money
    made_at: datetime


def wallet(customer_id: int, currency: str, purse: str = SHARED) -> Account:
    """The customer's money; holds live here."""
    return Account(f"customer:{customer_id}:wallet", currency, purse)


def refunding(customer_id: int, currency: str, purse: str = SHARED) -> Account:
    """The customer's money that is on its way back to where it came from."""
    return Account(f"customer:{customer_id}:refunding", currency, purse)


def payable(merchant_id: int, currency: str) -> Account:
    """What a merchant has earned and was not paid yet."""
    return Account(f"merchant:{merchant_id}:payable", currency)


def clearing(gateway: str, currency: str) -> Account:
    """What a gateway holds for us."""
    return Account(f"gateway:{gateway}:clearing", currency)


def suspense(gateway: str, currency: str) -> Account:
    """Money that arrived and matches nothing of ours; a person must look at it."""
    return Account(f"gateway:{gateway}:suspense", currency)


def debt(customer_id: int, currency: str, purse: str = SHARED) -> Account:
    """What a customer owes after a dispute was lost over money that had been spent: an asset."""
    return Account(f"customer:{customer_id}:debt", currency, purse)


def bonus(customer_id: int, currency: str, purse: str = SHARED) -> Account:
    """What a customer was promised on top, and has not earned yet."""
    return Account(f"customer:{customer_id}:bonus", currency, purse)


def bonus_cost(currency: str) -> Account:
    """What promises cost the operator."""
    return Account("operator:bonus", currency)


def gateway_fees(currency: str) -> Account:
    """What gateways kept for their services."""
    return Account("operator:gateway_fees", currency)


def bank(currency: str) -> Account:
    """The operator's own bank account, an asset: payouts reach it, and what is paid out by hand leaves it."""
    return Account("operator:bank", currency)


_FLOORED = frozenset({"wallet", "bonus", "refunding", "suspense", "tips"})

_CHART = re.compile(
    r"customer:[0-9]+:(wallet|refunding|bonus|debt)"
    r"|merchant:[0-9]+:(payable|tips)"
    r"|gateway:[^:]+:(clearing|suspense)"
    r"|operator:(bank|bonus|fees|gateway_fees|losses)"
)
