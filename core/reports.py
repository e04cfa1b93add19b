"""What reports say about the books, and the port that gives them. Reading only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.ledger import Account, Standing
from core.money import Money
from core.reconcile import Reconciliation, StatementLine


@dataclass(frozen=True, slots=True)
class Sum:
    """How many, and how much they come to."""

    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class MerchantFigures:
    """A merchant's figures, in its currency.

    Orders, sales and checkouts are those since the moment that was asked for; open visits and the
    money on hold are as they stand.
    """

    merchant_id: int
    name: str
    placed: Sum
    declined: Sum
    delivered: Sum
    sold: Sum
    check_outs: int
    open_visits: int
    on_hold: Money


@dataclass(frozen=True, slots=True)
class OperatorFigures:
    """The cashier service's figures in one currency.

    Top-ups, refunds and strays are those since the moment that was asked for; what is owed to
    customers (their wallets, and what is on its way back), what they owe, and what is parked or disputed
    is as it stands.
    """

    currency: str
    top_ups: Sum
    refunds: Sum
    strays: Sum
    wallets: Money
    refunding: Money
    parked: Sum
    disputed: Sum
    owed: Money


@dataclass(frozen=True, slots=True)
class Figures:
    """The day so far: each merchant's, by name, and the operator's, by currency."""

    since: datetime
    merchants: tuple[MerchantFigures, ...]
    operator: tuple[OperatorFigures, ...]
    refused_notices: Mapping[str, int] = field(default_factory=dict)
    """How many notices of each gateway were refused."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A transfer as it stands in the journal."""

    id: int
    key: str
    kind: str
    debit: Account
    credit: Account
    amount: Money
    reverses_id: int | None
    made_at: datetime


class Reports(Protocol):
    """Figures and lists for people. They never wait for what is being written, nor hold it up."""

    async def trial_balance(self) -> list[Standing]:
        """Return how every account stands, by name."""

    async def groups(self) -> dict[str, int | None]:
        """Return each merchant's group, None where it has none, and its stations' chats, by their names."""

    async def today(self, merchant_id: int | None, since: datetime) -> Figures:
        """Return the figures since that moment: one merchant's, or everybody's and the operator's."""

    async def reconcile(
        self, gateway: str, told: Sequence[StatementLine], since: datetime, until: datetime
    ) -> Reconciliation:
        """Lay what a gateway told, now and before, beside what is ours."""

    def journal(self, after_id: int = 0) -> AsyncIterator[Posting]:
        """Give every transfer behind *after_id*, in order, a page at a time."""
