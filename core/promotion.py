"""What a top-up is promised on top, and how much of that comes.

A promise is tied to its lot. Once nothing of the lot is left, as much of the bonus comes into the wallet as
of the lot was really spent on goods; the rest lapses. So neither refunds nor rounding ever give anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.ledger import Account, Transfer, bonus, bonus_cost, wallet
from core.lot import BONUS, Lot, Share
from core.money import Money
from core.ports import Books


@dataclass(frozen=True, slots=True)
class Tier:
    """From *least* on, a top-up is promised *bonus*."""

    least: Money
    bonus: Money


@dataclass(frozen=True, slots=True)
class Offer:
    """The operator's tiers, and from when until when they hold; None for no end."""

    tiers: tuple[Tier, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether top-ups are promised something now."""
        begun, over = self.since is None or self.since <= now, self.until is not None and self.until <= now
        return bool(self.tiers) and begun and not over

    def bonus_for(self, amount: Money, now: datetime) -> Money | None:
        """Return what a top-up of *amount* is promised: by the highest tier that it reaches.

        >>> tiers = tuple(Tier(Money(n, "EUR"), Money(b, "EUR")) for n, b in ((2000, 200), (5000, 800)))
        >>> [str(Offer(tiers).bonus_for(Money(n, "EUR"), datetime.now())) for n in (1999, 2000, 9000)]
        ['None', '2.00 EUR', '8.00 EUR']
        """
        reached = [tier for tier in self.tiers if tier.least <= amount] if self.holds(now) else []
        return max(reached, key=lambda tier: tier.least.minor).bonus if reached else None


@dataclass(frozen=True, slots=True)
class Promise:
    """A lot's bonus: *granted* at first; of that some *came* and some *lapsed*, and the rest is to come.

    What of the lot was *unearned* paid a debt, and not for goods.
    """

    id: int
    lot_id: int
    customer_id: int
    granted: Money
    came: Money
    lapsed: Money
    unearned: Money
    made_at: datetime

    @property
    def to_come(self) -> Money:
        return self.granted - self.came - self.lapsed


@dataclass(frozen=True, slots=True)
class SettlePromise:
    lot_id: int


@dataclass(frozen=True, slots=True)
class BonusCame:
    """Event: a bonus has come into the wallet; *lot_id* is the bonus's own."""

    lot_id: int


def earned(promise: Promise, lot: Lot) -> Money:
    """Return how much of a bonus is earned: by the share of the lot that paid for goods, rounded down."""
    spent = lot.spent - promise.unearned
    return Money(promise.granted.minor * spent.minor // lot.brought.minor, spent.currency)


def promise_accounts(lot_owner: int, currency: str) -> tuple[Account, Account]:
    """Return what must be locked so that a bonus can be promised, or settled."""
    return bonus(lot_owner, currency), bonus_cost(currency)


async def promise(books: Books, lot: Lot, amount: Money) -> None:
    """Promise a lot a bonus; the promise's accounts are locked."""
    waits_in, cost = promise_accounts(lot.customer_id, amount.currency)
    nothing = Money.zero(amount.currency)
    await books.post(Transfer("bonus_promised", cost, waits_in, amount))
    await books.add(Promise(0, lot.id, lot.customer_id, amount, nothing, nothing, nothing, books.now))
    await books.save(replace(lot, promised=True))


async def settle_promise(books: Books, ask: SettlePromise) -> int:
    """Once nothing is left of a lot: bring what it has earned into the wallet, and let the rest lapse.

    Return the number of the bonus's lot, 0 if nothing came.
    """
    lot = await books.get(Lot, ask.lot_id)
    assert lot is not None
    currency = lot.brought.currency
    purse = wallet(lot.customer_id, currency, lot.purse)
    waits_in, cost = promise_accounts(lot.customer_id, currency)
    await books.lock(purse, waits_in, cost)
    lot = await books.get(Lot, ask.lot_id)
    assert lot is not None
    if not lot.promised or lot.refundable or lot.refunding:
        return 0
    (open_,) = await books.find(Promise, lot_id=lot.id)
    came = earned(open_, lot)
    lapsed = open_.to_come - came
    if lapsed:
        await books.post(Transfer("bonus_lapsed", waits_in, cost, lapsed))
    await books.save(replace(open_, came=came, lapsed=lapsed))
    await books.save(replace(lot, promised=False))
    if not came:
        return 0
    await books.post(Transfer("bonus", waits_in, purse, came))
    nothing = Money.zero(currency)
    brought = await books.add(
        Lot(
            0, lot.top_up_id, lot.customer_id, lot.purse, BONUS, f"lot-{lot.id}", "", "",
            came, nothing, nothing, nothing, nothing, books.now,
        )
    )  # fmt: skip
    books.tell(BonusCame(brought.id))
    return brought.id


async def earn_nothing(books: Books, shares: Sequence[Share]) -> None:
    """Note that these shares of lots paid no goods."""
    for share in shares:
        if share.lot.promised:
            (open_,) = await books.find(Promise, lot_id=share.lot.id)
            await books.save(replace(open_, unearned=open_.unearned + share.amount))


async def to_come(books: Books, lot: Lot) -> Money:
    """Return what a promised lot would bring on top if all that is left of it were spent on goods."""
    (open_,) = await books.find(Promise, lot_id=lot.id)
    return earned(open_, replace(lot, spent=lot.spent + lot.refundable))
