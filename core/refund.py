"""Step 5: what is left goes back to the payment it came from; a refund order is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.debt import debt_of, debts_of, pay_debts
from core.draft import current_draft, use_up
from core.errand import ASK_REFUND, RESCUE_REFUND, SEND_REFUND, SETTLE_PROMISE, send_on
from core.errors import (
    NeedsAnotherAdmin,
    NotFound,
    NothingToRefund,
    OutOfDate,
    RefundDisputed,
    RefundTooLarge,
)
from core.gateway import UNKNOWN_KEY, Capabilities, Outcome, Verdict
from core.ledger import SHARED, Account, Transfer, bank, clearing, refunding, wallet
from core.lot import Lot, Share, left_of, lots_of, own_money, spread
from core.money import Money, total
from core.ports import Books

ASK_AGAIN_SECONDS = (2, 5, 15, 60, 300, 1800)
"""How long to wait before a gateway is asked again what became of a refund; the last one repeats."""


class PartState(StrEnum):
    """How far a part has come. Up to *parked* its money is under way; the others end it."""

    PLANNED = "planned"
    PENDING = "pending"
    PARKED = "parked"
    DONE = "done"
    RETURNED = "returned"
    REROUTED = "rerouted"

    @property
    def is_under_way(self) -> bool:
        """Whether the gateway may still do it by itself."""
        return self in (PartState.PLANNED, PartState.PENDING)


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund order; its state is that of its parts."""

    id: int
    customer_id: int
    amount: Money
    made_at: datetime


@dataclass(frozen=True, slots=True)
class RefundPart:
    """Some of one lot on its way back. *key* makes sending it twice harmless, *sent_at* is when it was."""

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
    sent_at: datetime | None = None
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
    """What a gateway said about a part, on its question number *asked*; before *wait_seconds* have
    passed it cannot say more.
    """

    part_id: int
    asked: int
    verdict: Verdict
    reference: str
    reason: str
    wait_seconds: int = 0

    @classmethod
    def of(cls, part: RefundPart, outcome: Outcome, wait: timedelta = timedelta(0)) -> SettlePart:
        return cls(
            part.id, part.asked, outcome.verdict, outcome.reference, outcome.reason,
            int(wait.total_seconds()),
        )  # fmt: skip


class Rescue(StrEnum):
    """What can be done with a parked part: by an admin alone, or by two (*reroute*, out by hand)."""

    RETRY = "retry"
    TO_WALLET = "to-wallet"
    REROUTE = "reroute"


@dataclass(frozen=True, slots=True)
class RescuePart:
    """*same_key*: what is sent again goes under the key it had, as its gateway wants it."""

    part_id: int
    rescue: Rescue
    same_key: bool = False


@dataclass(frozen=True, slots=True)
class Reroute:
    """That a part shall be paid out by hand: one admin proposes it, another one confirms."""

    id: int
    part_id: int
    asked: int
    proposed_by: int
    proposed_name: str
    proposed_at: datetime
    confirmed_by: int | None
    confirmed_name: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DecideReroute:
    """An admin proposes that a part be paid out by hand, or confirms it."""

    part_id: int
    admin_id: int
    name: str


@dataclass(frozen=True, slots=True)
class HearRefund:
    """What a gateway told of a refund by itself, by our key."""

    key: str
    done: bool
    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefundMade:
    """Event: money is on its way back."""

    refund_id: int


@dataclass(frozen=True, slots=True)
class PartSettled:
    """Event: a part came to an end, or was parked for the admins to look at."""

    part_id: int


def allocate(lots: Sequence[Lot], amount: Money, available: Money) -> tuple[Share, ...]:
    """Return which top-ups give *amount* back, newest first and none that stays, or refuse."""
    free = undisputed(lots, amount.currency)
    if available and (not free or available >= amount > free):
        raise RefundDisputed(free)
    if available.minor <= 0 or amount.minor <= 0:
        raise NothingToRefund
    if amount > available:
        raise RefundTooLarge(amount, available)
    newest_first = sorted(lots, key=lambda lot: lot.id, reverse=True)
    return spread([lot for lot in newest_first if not lot.stays], amount)


def obstacle(share: Share, sent: int, rules: Capabilities, now: datetime) -> str:
    """Return why a gateway's rules keep some of a lot from going back, "" if they do not.

    *sent* is how many other parts of the same lot were sent.
    """
    amount, lot = share.amount, share.lot
    paid_at = lot.paid_at or lot.made_at
    if rules.refund_window is not None and now >= paid_at + rules.refund_window:
        return "window_over"
    if not rules.partial_refunds and amount != lot.brought:
        return "whole_only"
    if amount.minor < rules.least_refund_minor:
        return "too_small"
    if rules.most_refunds is not None and sent >= rules.most_refunds:
        return "too_many"
    return ""


def may_send_at(others: Sequence[RefundPart], rules: Capabilities, now: datetime) -> datetime:
    """Return when the next part of a lot may be sent: some gateways want a pause between two."""
    sent = [part.sent_at + rules.refund_spacing for part in others if part.sent_at]
    return max([now, *sent])


async def parts_sent(books: Books, lot_id: int) -> list[RefundPart]:
    """Return the parts of a lot that were sent."""
    return [part for part in await books.find(RefundPart, lot_id=lot_id) if part.sent_at]


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
    left = own_money(lots, (await books.standing(purse)).available)
    return min(left, undisputed(lots, purse.currency))


async def could_go_back(books: Books, customer_id: int, left: Money, due: Money) -> Money:
    """Return what of *left* could go back once what is *due* is paid: less what is owed or disputed."""
    lots = left_of(await lots_of(books, customer_id, left.currency), due)
    owed = min(await debt_of(books, customer_id, left.currency), own_money(lots, left))
    lots = left_of(lots, owed, own=True)
    return min(own_money(lots, left - owed), undisputed(lots, left.currency))


def undisputed(lots: Sequence[Lot], currency: str) -> Money:
    """Return what lots could give back: those that are neither disputed nor a bonus."""
    return total((lot.refundable for lot in lots if not lot.stays), currency)


async def give_back(books: Books, customer_id: int, amount: Money, purse: str) -> int:
    """Start giving *amount* back; the wallet and the refunding account are locked."""
    source = wallet(customer_id, amount.currency, purse)
    standing = await books.standing(source)
    lots = await lots_of(books, customer_id, amount.currency, purse)
    left = own_money(lots, standing.available)
    return await _start(books, customer_id, allocate(lots, amount, left), amount, purse)


async def shares_that_go_back(
    books: Books, purse: Account, customer_id: int, rules: Mapping[str, Capabilities]
) -> list[Share]:
    """Return how the rest of a wallet would go back, as far as the gateways of *rules* take it back now."""
    amount = await whole_rest(books, purse, customer_id)
    if not amount:
        return []
    lots = await lots_of(books, customer_id, purse.currency, purse.purse)
    shares = allocate(lots, amount, own_money(lots, (await books.standing(purse)).available))
    return [
        share
        for share in shares
        if share.lot.gateway in rules
        and not obstacle(
            share, len(await parts_sent(books, share.lot.id)), rules[share.lot.gateway], books.now
        )
    ]


async def give_back_shares(books: Books, customer_id: int, shares: Sequence[Share], purse: str) -> int:
    """Start giving back just these; the wallet and the refunding account are locked."""
    amount = total((share.amount for share in shares), shares[0].amount.currency)
    return await _start(books, customer_id, shares, amount, purse)


async def give_back_lot(books: Books, lot: Lot, amount: Money) -> int:
    """Start giving *amount* back to one payment; the wallet and the refunding account are locked."""
    return await _start(books, lot.customer_id, [Share(lot, amount)], amount, lot.purse)


async def _start(books: Books, customer_id: int, shares: Sequence[Share], amount: Money, purse: str) -> int:
    source = wallet(customer_id, amount.currency, purse)
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
    if not part.state.is_under_way or part.asked != ask.asked:
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
            wait = max(_wait(part.asked), timedelta(seconds=ask.wait_seconds))
            await send_on(books, ASK_REFUND, part.id, wait)
    return part.id


async def correct_part(books: Books, ask: SettlePart) -> int:
    """Take in that a part stands otherwise than it was believed to, as a gateway says that was asked again:
    what was parked is done after all, or what was done has come back.
    """
    part, lot = await _lock(books, ask.part_id)
    if part.asked != ask.asked:
        return part.id
    answered = replace(part, asked=part.asked + 1, reference=ask.reference, reason=ask.reason)
    match part.state, ask.verdict:
        case PartState.PARKED, Verdict.DONE:
            await _arrive(books, answered, lot)
        case PartState.DONE, Verdict.REFUSED if ask.reason != UNKNOWN_KEY:
            await _bounce(books, answered, lot)
    return part.id


async def hear_refund(books: Books, ask: HearRefund) -> int:
    """Take in what a gateway told by itself: return the part's number, 0 for one that is none of ours.

    Notices come late and in any order. One that says something else than is known of a part which has
    come to its end only leads to the question how it stands.
    """
    found = await books.find(RefundPart, key=ask.key)
    if not found:
        return 0
    part, lot = await _lock(books, found[0].id)
    if not part.state.is_under_way:
        if ask.done is not (part.state is PartState.DONE):
            await send_on(books, ASK_REFUND, part.id)
        return part.id
    answered = replace(part, asked=part.asked + 1, reference=ask.reference, reason=ask.reason)
    if ask.done:
        await _arrive(books, answered, lot)
    else:
        await books.save(replace(answered, state=PartState.PARKED))
        books.tell(PartSettled(part.id))
    return part.id


async def rescue_part(books: Books, ask: RescuePart) -> int:
    """Take up a parked part again. The gateway is asked first: it may have paid after all."""
    if ask.rescue is Rescue.REROUTE:
        raise NeedsAnotherAdmin
    part, lot = await _lock(books, ask.part_id)
    if part.state is PartState.PARKED and ask.rescue is Rescue.RETRY and lot.disputed:
        raise RefundDisputed(Money.zero(part.amount.currency))
    await _take_up(books, part, ask.rescue)
    return part.id


async def propose_reroute(books: Books, ask: DecideReroute) -> int:
    """Propose that a parked part be paid out by hand, where nothing else is left."""
    part, _ = await part_and_lot(books, ask.part_id)
    if part.state is not PartState.PARKED:
        raise OutOfDate
    if await proposed_reroute(books, part) is None:
        await books.add(Reroute(0, part.id, part.asked, ask.admin_id, ask.name, books.now, None, "", None))
    books.tell(PartSettled(part.id))
    return part.id


async def confirm_reroute(books: Books, ask: DecideReroute) -> int:
    """Confirm what another admin proposed. The gateway is asked once more before it is booked."""
    part, _ = await _lock(books, ask.part_id)
    proposed = await proposed_reroute(books, part)
    if proposed is None or part.state is not PartState.PARKED:
        raise OutOfDate
    if proposed.proposed_by == ask.admin_id:
        raise NeedsAnotherAdmin
    await books.save(
        replace(proposed, confirmed_by=ask.admin_id, confirmed_name=ask.name, confirmed_at=books.now)
    )
    await _take_up(books, part, Rescue.REROUTE)
    return part.id


async def proposed_reroute(books: Books, part: RefundPart) -> Reroute | None:
    """Return the proposal to pay a part out by hand that is open now."""
    found = await books.find(Reroute, part_id=part.id, asked=part.asked, confirmed_by=None)
    return found[-1] if found else None


async def finish_rescue(books: Books, ask: RescuePart) -> int:
    """Now that the gateway has refused it for good: send it again, give it back here, or book it as paid
    out by hand.
    """
    part, lot = await _lock(books, ask.part_id, *([bank] if ask.rescue is Rescue.REROUTE else []))
    if part.state is not PartState.PENDING:
        return part.id
    match ask.rescue:
        case Rescue.RETRY if lot.disputed:  # since it was asked for
            await books.save(replace(part, state=PartState.PARKED))
            books.tell(PartSettled(part.id))
        case Rescue.RETRY:
            key = part.key if ask.same_key else f"refund-{books.token()}"
            await books.save(replace(part, state=PartState.PLANNED, key=key, reason="", sent_at=None))
            await send_on(books, SEND_REFUND, part.id)
        case Rescue.TO_WALLET:
            await _return(books, part, lot)
        case Rescue.REROUTE:
            await _pay_out(books, part, lot)
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


async def _lock(books: Books, part_id: int, *more: Callable[[str], Account]) -> tuple[RefundPart, Lot]:
    """Lock all accounts that a part may move between, then read it and its lot."""
    part, lot = await part_and_lot(books, part_id)
    await books.lock(
        *[account(part.amount.currency) for account in more],
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
    if lot.promised:
        await send_on(books, SETTLE_PROMISE, lot.id)
    books.tell(PartSettled(part.id))


async def _bounce(books: Books, part: RefundPart, lot: Lot) -> None:
    """Take back in what had arrived and was sent back to us: it is under way again, and parked."""
    under_way = refunding(part.customer_id, part.amount.currency, lot.purse)
    held_by = clearing(lot.gateway, part.amount.currency)
    await books.post(Transfer("refund_bounced", held_by, under_way, part.amount))
    await books.save(replace(lot, refunding=lot.refunding + part.amount, refunded=lot.refunded - part.amount))
    await books.save(replace(part, state=PartState.PARKED, ended_at=None))
    books.tell(PartSettled(part.id))


async def _pay_out(books: Books, part: RefundPart, lot: Lot) -> None:
    """Book that the operator pays a part out by hand; what the gateway holds stays ours."""
    under_way = refunding(part.customer_id, part.amount.currency, lot.purse)
    await books.post(Transfer("rerouted", under_way, bank(part.amount.currency), part.amount))
    await books.save(replace(lot, refunding=lot.refunding - part.amount, refunded=lot.refunded + part.amount))
    await books.save(replace(part, state=PartState.REROUTED, ended_at=books.now))
    if lot.promised:
        await send_on(books, SETTLE_PROMISE, lot.id)
    books.tell(PartSettled(part.id))


async def _take_up(books: Books, part: RefundPart, rescue: Rescue) -> None:
    if part.state is not PartState.PARKED:
        raise OutOfDate
    await books.save(replace(part, state=PartState.PENDING))
    await send_on(books, RESCUE_REFUND, part.id, body=rescue)


async def _return(books: Books, part: RefundPart, lot: Lot) -> None:
    under_way = refunding(part.customer_id, part.amount.currency, lot.purse)
    purse = wallet(part.customer_id, part.amount.currency, lot.purse)
    await books.post(Transfer("refund_returned", under_way, purse, part.amount))
    await books.save(replace(lot, refunding=lot.refunding - part.amount))
    await books.save(replace(part, state=PartState.RETURNED, ended_at=books.now))
    books.tell(PartSettled(part.id))


def _wait(asked: int) -> timedelta:
    return timedelta(seconds=ASK_AGAIN_SECONDS[min(asked, len(ASK_AGAIN_SECONDS) - 1)])
