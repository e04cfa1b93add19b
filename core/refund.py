"""Step 5: what is left goes back to the payment it came from; a refund order is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.debt import debt_of, debts_of, pay_debts
from core.draft import current_draft, use_up
from core.errand import ASK_REFUND, RESCUE_REFUND, SEND_REFUND, send_on
from core.errors import NotFound, NothingToRefund, OutOfDate, RefundDisputed, RefundTooLarge
from core.ledger import SHARED, Account, Transfer, clearing, refunding, wallet
from core.lot import Lot, Share, lots_of, spread
from core.money import Money, total
from core.ports import Books, Outcome, Verdict

ASK_AGAIN_SECONDS = (2, 5, 15, 60, 300, 1800)
"""How long to wait before a gateway is asked again what became of a refund; the last one repeats."""


class PartState(StrEnum):
    """How far a part has come. Up to *parked* its money is under way; the last two end it."""

    PLANNED = "planned"
    PENDING = "pending"
    PARKED = "parked"
    DONE = "done"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund order; its state is that of its parts."""

    id: int
    customer_id: int
    amount: Money
    made_at: datetime


@dataclass(frozen=True, slots=True)
class RefundPart:
    """Some of one lot on its way back. *key* makes sending it twice harmless."""

    id: int
    refund_id: int
    lot_id: int
    customer_id: int
    amount: Money
    key: str
    state: PartState
    asked: int
    reason: str
    reference: str
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskRefund:
    """Give back *amount*, or the whole rest if that is None."""

    customer_id: int
    currency: str
    draft_id: int
    version: int
    amount: Money | None


@dataclass(frozen=True, slots=True)
class SettlePart:
    """What a gateway said about a part, on its question number *asked*."""

    part_id: int
    asked: int
    verdict: Verdict
    reference: str
    reason: str

    @classmethod
    def of(cls, part: RefundPart, outcome: Outcome) -> SettlePart:
        return cls(part.id, part.asked, outcome.verdict, outcome.reference, outcome.reason)


class Rescue(StrEnum):
    """What an admin can do with a parked part."""

    RETRY = "retry"
    TO_WALLET = "to-wallet"


@dataclass(frozen=True, slots=True)
class RescuePart:
    part_id: int
    rescue: Rescue


@dataclass(frozen=True, slots=True)
class RefundMade:
    """Event: money is on its way back."""

    refund_id: int


@dataclass(frozen=True, slots=True)
class PartSettled:
    """Event: a part came to an end, or was parked for the admins to look at."""

    part_id: int


def allocate(lots: Sequence[Lot], amount: Money, available: Money) -> tuple[Share, ...]:
    """Return which top-ups give *amount* back, newest first and none that is disputed, or refuse."""
    free = undisputed(lots, amount.currency)
    if available and (not free or available >= amount > free):
        raise RefundDisputed(free)
    if available.minor <= 0 or amount.minor <= 0:
        raise NothingToRefund
    if amount > available:
        raise RefundTooLarge(amount, available)
    newest_first = sorted(lots, key=lambda lot: lot.id, reverse=True)
    return spread([lot for lot in newest_first if not lot.disputed], amount)


async def refund(books: Books, ask: AskRefund) -> int:
    """Give back what was asked, or the whole rest; return the refund's number.

    Claim 1, step 5.
    """
    purse = wallet(ask.customer_id, ask.currency)
    owing = await debts_of(books, ask.customer_id, ask.currency)
    await books.lock(purse, refunding(ask.customer_id, ask.currency), *owing)
    draft = await current_draft(books, ask.draft_id, ask.version, ask.customer_id)
    await use_up(books, draft)
    await pay_debts(books, ask.customer_id, owing)
    amount = ask.amount
    if amount is None:
        amount = await whole_rest(books, purse, ask.customer_id)
    return await give_back(books, ask.customer_id, amount, SHARED)


async def whole_rest(books: Books, purse: Account, customer_id: int) -> Money:
    """Return how much of a wallet could go back now: what is available, less what is disputed."""
    lots = await lots_of(books, customer_id, purse.currency, purse.purse)
    return min((await books.standing(purse)).available, undisputed(lots, purse.currency))


async def could_go_back(books: Books, customer_id: int, left: Money, due: Money) -> Money:
    """Return what of *left* could go back once what is *due* is paid: less what is owed or disputed."""
    lots = await lots_of(books, customer_id, left.currency)
    owed, nothing = await debt_of(books, customer_id, left.currency), Money.zero(left.currency)
    disputed = total((lot.refundable for lot in lots), left.currency) - undisputed(lots, left.currency)
    free = undisputed(lots, left.currency) - max(nothing, due + owed - disputed)
    return max(nothing, min(left - owed, free))


def undisputed(lots: Sequence[Lot], currency: str) -> Money:
    """Return what lots could give back if nobody were to ask for the rest of them at a bank."""
    return total((lot.refundable for lot in lots if not lot.disputed), currency)


async def give_back(books: Books, customer_id: int, amount: Money, purse: str) -> int:
    """Start giving *amount* back; the wallet and the refunding account are locked."""
    source = wallet(customer_id, amount.currency, purse)
    standing = await books.standing(source)
    lots = await lots_of(books, customer_id, amount.currency, purse)
    shares = allocate(lots, amount, standing.available)
    order = await books.add(RefundOrder(0, customer_id, amount, books.now))
    for share in shares:
        await books.post(
            Transfer("refund", source, refunding(customer_id, amount.currency, purse), share.amount)
        )
        await books.save(replace(share.lot, refunding=share.lot.refunding + share.amount))
        part = await books.add(
            RefundPart(
                0, order.id, share.lot.id, customer_id, share.amount, f"refund-{books.token()}",
                PartState.PLANNED, 0, "", "",
            )
        )  # fmt: skip
        await send_on(books, SEND_REFUND, part.id)
    books.tell(RefundMade(order.id))
    return order.id


async def settle_part(books: Books, ask: SettlePart) -> int:
    """Take in what the gateway said: done, refused, or not known yet and to be asked again.

    A part that was refused is parked: its money stays under way until an admin decides.
    """
    part, lot = await _lock(books, ask.part_id)
    if part.state not in _UNDER_WAY or part.asked != ask.asked:
        return part.id
    answered = replace(part, asked=part.asked + 1, reference=ask.reference, reason=ask.reason)
    match ask.verdict:
        case Verdict.DONE:
            await _arrive(books, answered, lot)
        case Verdict.REFUSED:
            await books.save(replace(answered, state=PartState.PARKED))
            books.tell(PartSettled(part.id))
        case Verdict.PENDING | Verdict.UNKNOWN:
            await books.save(replace(answered, state=PartState.PENDING))
            await send_on(books, ASK_REFUND, part.id, _wait(part.asked))
    return part.id


async def rescue_part(books: Books, ask: RescuePart) -> int:
    """Take up a parked part again. The gateway is asked first: it may have paid after all."""
    part, lot = await _lock(books, ask.part_id)
    if part.state is not PartState.PARKED:
        raise OutOfDate
    if ask.rescue is Rescue.RETRY and lot.disputed:
        raise RefundDisputed(Money.zero(part.amount.currency))
    await books.save(replace(part, state=PartState.PENDING))
    await send_on(books, RESCUE_REFUND, part.id, body=ask.rescue)
    return part.id


async def finish_rescue(books: Books, ask: RescuePart) -> int:
    """Now that the gateway has refused it for good: send it under a new key, or give it back here."""
    part, lot = await _lock(books, ask.part_id)
    if part.state is not PartState.PENDING:
        return part.id
    if ask.rescue is Rescue.RETRY and lot.disputed:  # since it was asked for
        await books.save(replace(part, state=PartState.PARKED))
        books.tell(PartSettled(part.id))
    elif ask.rescue is Rescue.RETRY:
        await books.save(replace(part, state=PartState.PLANNED, key=f"refund-{books.token()}", reason=""))
        await send_on(books, SEND_REFUND, part.id)
    else:
        await _return(books, part, lot)
    return part.id


async def part_and_lot(books: Books, part_id: int) -> tuple[RefundPart, Lot]:
    """Return a part and the lot that it gives back."""
    part = await books.get(RefundPart, part_id)
    if part is None:
        raise NotFound(str(part_id))
    lot = await books.get(Lot, part.lot_id)
    assert lot is not None
    return part, lot


async def parts_of(books: Books, refund_id: int) -> list[tuple[RefundPart, Lot]]:
    """Return the parts of a refund, each with the lot that it gives back."""
    parts = await books.find(RefundPart, refund_id=refund_id)
    return [await part_and_lot(books, part.id) for part in parts]


async def _lock(books: Books, part_id: int) -> tuple[RefundPart, Lot]:
    """Lock all accounts that a part may move between, then read it and its lot."""
    part, lot = await part_and_lot(books, part_id)
    await books.lock(
        wallet(part.customer_id, part.amount.currency, lot.purse),
        refunding(part.customer_id, part.amount.currency, lot.purse),
        clearing(lot.gateway, part.amount.currency),
    )
    return await part_and_lot(books, part_id)


async def _arrive(books: Books, part: RefundPart, lot: Lot) -> None:
    under_way = refunding(part.customer_id, part.amount.currency, lot.purse)
    held_by = clearing(lot.gateway, part.amount.currency)
    await books.post(Transfer("refunded", under_way, held_by, part.amount))
    await books.save(replace(lot, refunding=lot.refunding - part.amount, refunded=lot.refunded + part.amount))
    await books.save(replace(part, state=PartState.DONE, ended_at=books.now))
    books.tell(PartSettled(part.id))


async def _return(books: Books, part: RefundPart, lot: Lot) -> None:
    under_way = refunding(part.customer_id, part.amount.currency, lot.purse)
    purse = wallet(part.customer_id, part.amount.currency, lot.purse)
    await books.post(Transfer("refund_returned", under_way, purse, part.amount))
    await books.save(replace(lot, refunding=lot.refunding - part.amount))
    await books.save(replace(part, state=PartState.RETURNED, ended_at=books.now))
    books.tell(PartSettled(part.id))


def _wait(asked: int) -> timedelta:
    return timedelta(seconds=ASK_AGAIN_SECONDS[min(asked, len(ASK_AGAIN_SECONDS) - 1)])


_UNDER_WAY = frozenset({PartState.PLANNED, PartState.PENDING})
