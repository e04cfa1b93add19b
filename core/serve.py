"""What the merchant's staff do with a goods order or a line of it, and how it ends without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import AlreadyServed, NotAllowed, NotYours
from core.ledger import Account, wallet
from core.menu import put_back, sell_out
from core.order_goods import (
    COMING,
    UNANSWERED,
    GoodsOrder,
    Line,
    LineState,
    OrderChanged,
    concerns,
    lines_of,
    status_of,
)
from core.ordering import note_answer, note_silence
from core.ports import Books
from core.station import MAIN, cards_of, stations_of
from core.substitute import bring_instead
from core.visit import touch

PATIENCE = timedelta(minutes=15)
CLOSED_OUT = "closed-out"
"""What is said of an order of which nothing was brought before its visit ended by itself."""


class Action(StrEnum):
    """What staff can do with an order or a line."""

    ACCEPT = "accept"
    DECLINE = "decline"
    PREPARE = "prepare"
    READY = "ready"
    DELIVER = "deliver"
    DELIVER_CHECKED = "id-fine"
    """The same after a look at the ID, where something is for an age."""
    NO_ID = "no-id"
    """Keep back what is for an age: the ID was missing, or said otherwise."""
    PROMISE = "promise"
    """Say when it will be there; what is not accepted yet is accepted by that."""
    MISS = "miss"
    """Say that nobody was at the seat; it can be brought again."""
    GIVE_UP = "give-up"
    """Bring it no more: it was made, and is paid for unless it is comped."""
    LET_GO = "let-go"
    """Cancel what is not paid yet, as the customer asked."""
    KEEP = "keep"
    """Go on although the customer asked to cancel."""
    COMP = "comp"
    """Take it off the bill although it was brought; see `core.make_good`."""
    RETURN = "return"
    """Take it back, and off the bill; see `core.make_good`."""


class Reason(StrEnum):
    """Why an order is declined, or not to be paid."""

    SOLD_OUT = "sold-out"
    TOO_BUSY = "too-busy"
    CLOSING = "closing"
    OTHER = "other"
    NO_ID = "no-id"
    MISTAKE = "mistake"
    TOO_LATE = "too-late"
    QUALITY = "quality"
    GOODWILL = "goodwill"


_AMENDS = (Reason.MISTAKE, Reason.TOO_LATE, Reason.QUALITY, Reason.GOODWILL)
REASONS = {
    Action.DECLINE: (Reason.SOLD_OUT, Reason.TOO_BUSY, Reason.CLOSING, Reason.OTHER),
    Action.COMP: _AMENDS,
    Action.RETURN: _AMENDS,
}
"""What needs a reason, and which there are."""

AMENDED = {Action.COMP: LineState.COMPED, Action.RETURN: LineState.RETURNED}
"""What takes a line off the bill although it was brought."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to an order, or to one line of it, and when."""

    id: int
    order_id: int
    action: str
    reason: str
    by_id: int
    by_name: str
    done_at: datetime
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class ServeOrder:
    """Something done to what of an order is on a station's card, or to one line if *line_id* is not 0.

    *version* is the card's, or the line's, as the card showed it. *minutes* are what is promised. What is
    brought instead of something sold out is released if nobody answers within *patience*; hours are by the
    clock of the time zone *zone*.
    """

    order_id: int
    version: int
    action: Action
    reason: Reason | None
    by_id: int
    by_name: str
    line_id: int = 0
    minutes: int = 0
    patience: timedelta = PATIENCE
    zone: str = "UTC"
    station_id: int = MAIN


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """*version* is the order's as the customer saw it."""

    order_id: int
    customer_id: int
    version: int


@dataclass(frozen=True, slots=True)
class ExpireOrder:
    order_id: int


def choices(lines: Sequence[Line]) -> tuple[Action, ...]:
    """Return what staff are likely to do next with a card of these lines, or with one line."""
    match status_of(lines):
        case LineState.PLACED:
            return (Action.ACCEPT, Action.DECLINE)
        case LineState.ACCEPTED:
            return (Action.PREPARE, Action.READY, Action.DELIVER, *_declining(lines))
        case LineState.PREPARING:
            return (Action.READY, Action.DELIVER, *_declining(lines))
        case LineState.READY:
            return (Action.DELIVER,)
        case _:
            return ()


def rare_choices(lines: Sequence[Line]) -> tuple[Action, ...]:
    """Return what else staff can do."""
    states = {line.state for line in lines}
    found: list[Action] = []
    if states & {LineState.PLACED, LineState.ACCEPTED, LineState.PREPARING}:
        found.append(Action.PROMISE)
    if states & COMING:
        found += [Action.MISS, Action.GIVE_UP]
    if asks_to_cancel(lines) and may_be_cancelled(lines):
        found += [Action.LET_GO, Action.KEEP]
    if states & {LineState.DELIVERED, LineState.UNDELIVERABLE}:
        found.append(Action.COMP)
    if LineState.DELIVERED in states:
        found.append(Action.RETURN)
    return tuple(found)


def may_be_cancelled(lines: Sequence[Line]) -> bool:
    """Whether something is accepted and not paid yet, so that staff can be asked to let it go."""
    return any(line.state in COMING and not line.paid for line in lines)


def asks_to_cancel(lines: Sequence[Line]) -> bool:
    """Whether the customer waits to hear if these lines can be cancelled."""
    return any(line.cancel_asked for line in lines)


def version_of(lines: Sequence[Line]) -> int:
    """Return the version of a card of these lines: that of the newest of them."""
    return max(line.version for line in lines)


def id_choices(lines: Sequence[Line]) -> tuple[Action, ...]:
    """Return how these lines can be delivered where one of them is for an age: only after a look at the ID.

    What was paid at the checkout already cannot be kept back by that.
    """
    for_an_age = [line for line in lines if line.state in COMING and line.least_age]
    if not for_an_age:
        return ()
    unpaid = any(not line.paid for line in for_an_age)
    return (Action.DELIVER_CHECKED, Action.NO_ID) if unpaid else (Action.DELIVER_CHECKED,)


async def serve_order(books: Books, ask: ServeOrder) -> int:
    """Do to a card's lines, or to one, what a member of staff pressed; return the order's number.

    Whoever comes second, or presses an old card, is told who was first and changes nothing.
    Declining gives the money back to what the customer can spend, at once.
    """
    order, lines = await lock_order(books, ask.order_id)
    chosen = await take_up(books, order, lines, ask)
    if ask.action is Action.DELIVER and id_choices(chosen):
        raise NotAllowed
    if ask.action is Action.NO_ID:
        ask = replace(ask, reason=Reason.NO_ID)
    moved = [line for line in chosen if _moves(ask.action, line, status_of(chosen))]
    for line in moved:
        if ask.action in _RELEASES:
            await release(books, line)
        await save_line(books, _told_of(line, ask, books.now), _TO[ask.action], ask.reason or "")
    stayed = [line for line in chosen if ask.action in _TOLD and line.state in COMING]
    for line in stayed:
        await save_line(books, _told_of(line, ask, books.now), line.state)
    await note(books, ask, [*moved, *stayed], whole=not ask.line_id and chosen == lines)
    await note_answer(books, order.merchant_id)
    await changed(books, order, bad_news=ask.action in _BAD_NEWS)
    if ask.reason is Reason.SOLD_OUT:
        await sell_out(books, [line.item_id for line in moved])
        for line in moved:
            await bring_instead(books, order, line, ask.patience, ask.zone)
    return order.id


async def cancel_order(books: Books, ask: CancelOrder) -> int:
    """Take back what nobody has accepted; for what is accepted, ask the staff."""
    order, lines = await lock_order(books, ask.order_id)
    if not await concerns(books, order, ask.customer_id):
        raise NotYours
    if order.version != ask.version:
        raise await already(books, order, lines)
    if status_of(lines) is LineState.PLACED:
        await end_unanswered(books, order, LineState.CANCELLED)
    elif may_be_cancelled(lines) and not order.cancel_asked:
        for line in lines:
            if may_be_cancelled([line]):
                await save_line(books, replace(line, cancel_asked=True), line.state)
        await changed(books, order)
    else:
        raise await already(books, order, lines)
    return order.id


async def expire_order(books: Books, ask: ExpireOrder) -> int:
    """Release what nobody answered in time."""
    order, lines = await lock_order(books, ask.order_id)
    if status_of(lines) is LineState.PLACED:
        await end_unanswered(books, order, LineState.EXPIRED)
        await note_silence(books, order.merchant_id)
    return order.id


async def end_unanswered(books: Books, order: GoodsOrder, state: LineState) -> None:
    """End the lines that no one has answered and release their holds. The wallet is locked."""
    for line in await lines_of(books, order.id):
        if line.state in UNANSWERED:
            await release(books, line)
            await save_line(books, line, state)
    await changed(books, order, bad_news=state is LineState.EXPIRED)


async def close_out(books: Books, visit_id: int) -> list[int]:
    """Release what was not brought before a visit ends by itself; nobody pays for it. Return its orders."""
    open_lines = await books.find(Line, visit_id=visit_id, state=tuple(UNANSWERED | COMING))
    for line in open_lines:
        await release(books, line)
        await save_line(books, line, LineState.CANCELLED, Reason.CLOSING)
    order_ids = sorted({line.order_id for line in open_lines})
    for order_id in order_ids:
        order = await books.get(GoodsOrder, order_id)
        assert order is not None
        await books.save(replace(order, version=order.version + 1, is_open=False, cancel_asked=False))
    return order_ids


def closed_out(lines: Sequence[Line]) -> bool:
    """Whether nothing came of these lines because their visit ended by itself."""
    return status_of(lines) is LineState.CANCELLED and any(line.reason == Reason.CLOSING for line in lines)


async def release(books: Books, line: Line) -> None:
    """Give back what a line set aside: its money, and what it took from the stock."""
    await books.release(line.hold_id)
    await put_back(books, line.item_id, line.quantity)


async def last_deed(books: Books, order_id: int) -> Deed | None:
    """Return what was done last to an order by staff."""
    deeds = await books.find(Deed, order_id=order_id, by="-id", most=1)
    return deeds[0] if deeds else None


def deed_behind(deeds: Sequence[Deed], status: LineState) -> Deed | None:
    """Return the deed that brought an order to its status, or else the last one."""
    leading = [deed for deed in deeds if deed.action == Action.MISS or _leads_to(deed) is status]
    found = leading or deeds
    return found[-1] if found else None


async def deeds_of(books: Books, order_id: int) -> list[Deed]:
    """Return all that staff did to an order, in that order."""
    return await books.find(Deed, order_id=order_id)


def deeds_about(deeds: Sequence[Deed], lines: Sequence[Line]) -> list[Deed]:
    """Return what was done to one of these lines, or to the whole order."""
    ids = {None, *(line.id for line in lines)}
    return [deed for deed in deeds if deed.line_id in ids]


async def card_lines(books: Books, order: GoodsOrder, station_id: int) -> list[Line]:
    """Return what of an order is on a station's card; MAIN has what is on no other."""
    stations = await stations_of(books, order.merchant_id)
    return cards_of(await lines_of(books, order.id), stations).get(station_id, [])


async def lock_order(books: Books, order_id: int, *more: Account) -> tuple[GoodsOrder, list[Line]]:
    """Lock the payer's wallet, then read what may have changed while waiting for it."""
    payer = await books.get(GoodsOrder, order_id)
    if payer is None:
        raise NotYours
    await books.lock(wallet(payer.customer_id, payer.total.currency), *more)
    order = await books.get(GoodsOrder, order_id)
    assert order is not None
    return order, await lines_of(books, order_id)


async def take_up(books: Books, order: GoodsOrder, lines: list[Line], ask: ServeOrder) -> list[Line]:
    """Return the lines that are meant, or refuse: somebody was first, or a reason is missing."""
    if ask.line_id:
        chosen = [line for line in lines if line.id == ask.line_id]
        if not chosen:
            raise NotYours
    else:
        chosen = await card_lines(books, order, ask.station_id)
    possible = (*choices(chosen), *rare_choices(chosen), *id_choices(chosen)) if chosen else ()
    if ask.action not in possible or version_of(chosen) != ask.version:
        raise await already(books, order, chosen or lines)
    if ask.action in REASONS and ask.reason not in REASONS[ask.action]:
        raise NotAllowed
    return chosen


async def save_line(books: Books, line: Line, state: LineState, reason: str = "") -> None:
    """Note how far the line has come; its older buttons are out of date by that, and its card's too.

    Its version is the one that its order is about to get, greater than any that a line of it has.
    """
    order = await books.get(GoodsOrder, line.order_id)
    assert order is not None
    asked = line.cancel_asked and state in COMING
    kept = replace(line, state=state, reason=reason or line.reason, cancel_asked=asked)
    await books.save(replace(kept, version=order.version + 1))


async def note(books: Books, ask: ServeOrder, done: Sequence[Line], *, whole: bool) -> None:
    """Keep who did it: once for a whole order, else for each line of it to which it was *done*."""
    deed = Deed(0, ask.order_id, ask.action, ask.reason or "", ask.by_id, ask.by_name, books.now)
    for line_id in (None,) if whole else [line.id for line in done]:
        await books.add(replace(deed, line_id=line_id))


async def changed(books: Books, order: GoodsOrder, *, bad_news: bool = False) -> None:
    """Keep an order to whose lines something was done, and tell of it."""
    lines = await lines_of(books, order.id)
    open_ = [line for line in lines if line.state in UNANSWERED | COMING]
    promises = [line.promised_at for line in open_ if line.promised_at]
    await books.save(
        replace(
            order,
            version=order.version + 1,
            is_open=bool(open_),
            promised_at=max(promises, default=order.promised_at),
            cancel_asked=asks_to_cancel(lines),
        )
    )
    await touch(books, order.visit_id)
    books.tell(OrderChanged(order.id, bad_news))


async def already(books: Books, order: GoodsOrder, lines: list[Line]) -> AlreadyServed:
    """Return what the second of two is told: how it stands, and who was first."""
    deeds = deeds_about(await deeds_of(books, order.id), lines)
    status = CLOSED_OUT if closed_out(lines) else status_of(lines)
    return AlreadyServed(order.id, status, deeds[-1].by_name if deeds else "")


def _told_of(line: Line, ask: ServeOrder, now: datetime) -> Line:
    """Return the line with what staff have said of it."""
    if ask.action is Action.PROMISE:
        return replace(line, promised_at=now + timedelta(minutes=ask.minutes))
    return replace(line, cancel_asked=False) if ask.action is Action.KEEP else line


def _leads_to(deed: Deed) -> LineState | None:
    action = Action(deed.action)
    return AMENDED.get(action) or _TO.get(action)


def _declining(lines: Sequence[Line]) -> tuple[Action, ...]:
    return () if any(line.paid for line in lines) else (Action.DECLINE,)


def _moves(action: Action, line: Line, status: LineState) -> bool:
    """Whether the action moves the line; what stands least far is declined, not what was accepted by then."""
    if line.paid and action in _RELEASES:
        return False
    if action is Action.DECLINE and line.state is not status:
        return False
    if action is Action.NO_ID and not line.least_age:
        return False
    return line.state in _FROM.get(action, frozenset())


_BAD_NEWS = frozenset({Action.DECLINE, Action.NO_ID, Action.MISS, Action.GIVE_UP, Action.KEEP})
_TOLD = frozenset({Action.PROMISE, Action.MISS, Action.KEEP})
"""What says something of lines that are coming, and leaves them where they are."""
_RELEASES = frozenset({Action.DECLINE, Action.NO_ID, Action.LET_GO})
_FROM = {
    Action.ACCEPT: UNANSWERED,
    Action.DECLINE: UNANSWERED | {LineState.ACCEPTED, LineState.PREPARING},
    Action.PREPARE: frozenset({LineState.ACCEPTED}),
    Action.READY: frozenset({LineState.ACCEPTED, LineState.PREPARING}),
    Action.DELIVER: COMING,
    Action.DELIVER_CHECKED: COMING,
    Action.NO_ID: COMING,
    Action.PROMISE: UNANSWERED,
    Action.GIVE_UP: COMING,
    Action.LET_GO: UNANSWERED | COMING,
}
_TO = {
    Action.ACCEPT: LineState.ACCEPTED,
    Action.DECLINE: LineState.DECLINED,
    Action.PREPARE: LineState.PREPARING,
    Action.READY: LineState.READY,
    Action.DELIVER: LineState.DELIVERED,
    Action.DELIVER_CHECKED: LineState.DELIVERED,
    Action.NO_ID: LineState.DECLINED,
    Action.PROMISE: LineState.ACCEPTED,
    Action.GIVE_UP: LineState.UNDELIVERABLE,
    Action.LET_GO: LineState.CANCELLED,
}
