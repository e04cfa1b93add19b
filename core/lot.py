"""What a lot is: one verified charge, and where its money went.

Oldest lots are spent first and newest are refunded first: what is left sits where providers still
allow a refund. What cannot go back, a bonus or disputed money, is spent before all else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.errand import SETTLE_PROMISE, send_on
from core.ledger import SHARED
from core.money import Money, total
from core.ports import Books

BONUS = "bonus"
"""Stands for the gateway of a lot that no gateway brought: a bonus."""


@dataclass(frozen=True, slots=True)
class Lot:
    """One charge. *charge* is the key it was told by, *source* what its gateway refunds by.

    *payer_id* is the identity of where it came from at the gateway, and *payer* what its owner knows
    it by; both are "" until the gateway has told. Refund windows count from *paid_at*. While it is
    *disputed* nothing of it can be refunded; *charged_back* is what a lost dispute took. It is *promised*
    a bonus until that has come or lapsed; a bonus that came is a lot of its own, which can only be spent.
    """

    id: int
    top_up_id: int
    customer_id: int
    purse: str
    gateway: str
    charge: str
    source: str
    payer: str
    brought: Money
    spent: Money
    refunding: Money
    refunded: Money
    charged_back: Money
    made_at: datetime
    payer_id: str = ""
    paid_at: datetime | None = None
    disputed: bool = False
    promised: bool = False

    @property
    def stays(self) -> bool:
        """Whether what is left of it can only be spent."""
        return self.disputed or self.is_bonus

    @property
    def is_bonus(self) -> bool:
        return self.gateway == BONUS

    @property
    def refundable(self) -> Money:
        """What of it is still in the wallet."""
        return self.brought - self.spent - self.refunding - self.refunded - self.charged_back


@dataclass(frozen=True, slots=True)
class LotUse:
    """That a transfer out of the wallet was paid from a lot, or one that reverses it went back to it."""

    id: int
    lot_id: int
    transfer_id: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Share:
    """How much of one lot."""

    lot: Lot
    amount: Money


def spread(lots: Sequence[Lot], amount: Money) -> tuple[Share, ...]:
    """Return how *amount* is taken from *lots* in the order given; they must have enough left.

    >>> from datetime import UTC, datetime
    >>> def lot(id, left): return Lot(id, 1, 1, "shared", "g", "c", "s", "", Money(left, "EUR"),
    ...     *[Money(0, "EUR")] * 4, datetime.now(UTC))
    >>> [(s.lot.id, s.amount.minor) for s in spread([lot(1, 300), lot(2, 0), lot(3, 500)], Money(400, "EUR"))]
    [(1, 300), (3, 100)]
    """
    shares = []
    for lot in lots:
        part = min(lot.refundable, amount)
        if part:
            shares.append(Share(lot, part))
            amount -= part
    assert not amount, f"{amount} more than the lots have"
    return tuple(shares)


async def lots_of(books: Books, customer_id: int, currency: str, purse: str = SHARED) -> list[Lot]:
    """Return the customer's lots that have something left, oldest first."""
    lots = await books.find(Lot, customer_id=customer_id, currency=currency, purse=purse)
    return [lot for lot in lots if lot.refundable]


async def spend(
    books: Books, customer_id: int, amount: Money, transfer_id: int, purse: str = SHARED, *, own: bool = False
) -> tuple[Share, ...]:
    """Note which lots paid for a transfer out of the wallet: what stays, then the oldest; return them.

    A bonus pays only for goods: all else is paid out of the customer's *own* money.
    """
    shares = _payers(await lots_of(books, customer_id, amount.currency, purse), amount, own=own)
    for share in shares:
        spent = _spent(share)
        await books.save(spent)
        await books.add(LotUse(0, share.lot.id, transfer_id, share.amount))
        if spent.promised and not spent.refundable:
            await send_on(books, SETTLE_PROMISE, spent.id)
    return shares


def left_of(lots: Sequence[Lot], amount: Money, *, own: bool = False) -> list[Lot]:
    """Return lots as they will be once *amount* was spent out of them."""
    spent = {share.lot.id: _spent(share) for share in _payers(lots, amount, own=own)}
    return [spent.get(lot.id, lot) for lot in lots]


def bonus_in(lots: Sequence[Lot], currency: str) -> Money:
    """Return what of a wallet is bonus: it is never paid out, nor taken for a debt."""
    return total((lot.refundable for lot in lots if lot.is_bonus), currency)


def own_money(lots: Sequence[Lot], available: Money) -> Money:
    """Return what is available without the bonus."""
    return max(Money.zero(available.currency), available - bonus_in(lots, available.currency))


async def restore(books: Books, sale_id: int, transfer_id: int) -> tuple[Share, ...]:
    """Give a sale back, by the transfer that reverses it, to exactly the lots that paid it; return them."""
    shares = []
    for use in await books.find(LotUse, transfer_id=sale_id):
        lot = await books.get(Lot, use.lot_id)
        assert lot is not None
        restored = replace(lot, spent=lot.spent - use.amount)
        await books.save(restored)
        await books.add(LotUse(0, lot.id, transfer_id, use.amount))
        shares.append(Share(restored, use.amount))
    return tuple(shares)


def _payers(lots: Sequence[Lot], amount: Money, *, own: bool) -> tuple[Share, ...]:
    payers = [lot for lot in lots if not (own and lot.is_bonus)]
    return spread(sorted(payers, key=lambda lot: not lot.stays), amount)


def _spent(share: Share) -> Lot:
    return replace(share.lot, spent=share.lot.spent + share.amount)
