"""What the merchant's staff do with a goods order, and how it ends without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.errors import AlreadyServed, NotAllowed, NotYours
from core.ledger import wallet
from core.menu import put_back, sell_out
from core.order_goods import (
    COMING,
    UNANSWERED,
    GoodsOrder,
    Line,
    LineState,
    OrderChanged,
    lines_of,
    status_of,
)
from core.ports import Books
from core.visit import touch


class Action(StrEnum):
    """What staff can do with an order."""

    ACCEPT = "accept"
    DECLINE = "decline"
    READY = "ready"
    DELIVER = "deliver"


class Reason(StrEnum):
    """Why an order is declined."""

    SOLD_OUT = "sold-out"
    TOO_BUSY = "too-busy"
    CLOSING = "closing"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to an order, and when."""

    id: int
    order_id: int
    action: str
    reason: str
    by_id: int
    by_name: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class ServeOrder:
    """*version* is the order's as the card showed it."""

    order_id: int
    version: int
    action: Action
    reason: Reason | None
    by_id: int
    by_name: str


@dataclass(frozen=True, slots=True)
class CancelOrder:
    order_id: int
    customer_id: int


@dataclass(frozen=True, slots=True)
class ExpireOrder:
    order_id: int


def choices(lines: Sequence[Line]) -> tuple[Action, ...]:
    """Return what staff can do next with an order of these lines."""
    match status_of(lines):
        case LineState.PLACED:
            return (Action.ACCEPT, Action.DECLINE)
        case LineState.ACCEPTED:
            return (Action.READY, Action.DELIVER) if _paid(lines) else (*_AFTER_ACCEPT, Action.DECLINE)
        case LineState.READY:
            return (Action.DELIVER,)
        case _:
            return ()


async def serve_order(books: Books, ask: ServeOrder) -> int:
    """Do to an order what a member of staff pressed; return its number.

    Whoever comes second, or presses an old card, is told who was first and changes nothing.
    Declining gives the money back to what the customer can spend, at once.
    """
    order, lines = await _lock(books, ask.order_id)
    if order.version != ask.version or ask.action not in choices(lines):
        raise await _already(books, order, lines)
    if ask.action is Action.DECLINE and ask.reason is None:
        raise NotAllowed
    await _move(books, order, lines, ask.action, ask.reason or "")
    if ask.reason is Reason.SOLD_OUT:
        await sell_out(books, [line.item_id for line in lines])
    await _note(books, order.id, ask.action, ask.reason or "", ask.by_id, ask.by_name)
    return order.id


async def cancel_order(books: Books, ask: CancelOrder) -> int:
    """Take an order back; free until staff have accepted it."""
    order, lines = await _lock(books, ask.order_id)
    if order.customer_id != ask.customer_id:
        raise NotYours
    if status_of(lines) is not LineState.PLACED:
        raise await _already(books, order, lines)
    await end_unanswered(books, order, LineState.CANCELLED)
    return order.id


async def expire_order(books: Books, ask: ExpireOrder) -> int:
    """Release an order that nobody answered in time."""
    order, lines = await _lock(books, ask.order_id)
    if status_of(lines) is LineState.PLACED:
        await end_unanswered(books, order, LineState.EXPIRED)
    return order.id


async def end_unanswered(books: Books, order: GoodsOrder, state: LineState) -> None:
    """End the lines that no one has answered and release their holds. The wallet is locked."""
    for line in await lines_of(books, order.id):
        if line.state in UNANSWERED:
            await release(books, line)
            await books.save(replace(line, state=state))
    await _changed(books, order)


async def release(books: Books, line: Line) -> None:
    """Give back what a line set aside: its money, and what it took from the stock."""
    await books.release(line.hold_id)
    await put_back(books, line.item_id, line.quantity)


async def last_deed(books: Books, order_id: int) -> Deed | None:
    """Return what was done last to an order by staff."""
    deeds = await books.find(Deed, order_id=order_id, by="-id", most=1)
    return deeds[0] if deeds else None


async def _lock(books: Books, order_id: int) -> tuple[GoodsOrder, list[Line]]:
    """Lock the payer's wallet, then read what may have changed while waiting for it."""
    payer = await books.get(GoodsOrder, order_id)
    if payer is None:
        raise NotYours
    await books.lock(wallet(payer.customer_id, payer.total.currency))
    order = await books.get(GoodsOrder, order_id)
    assert order is not None
    return order, await lines_of(books, order_id)


async def _move(books: Books, order: GoodsOrder, lines: list[Line], action: Action, reason: str) -> None:
    for line in lines:
        if line.state in _FROM[action]:
            if action is Action.DECLINE:
                await release(books, line)
            await books.save(replace(line, state=_TO[action], reason=reason))
    await _changed(books, order)


async def _changed(books: Books, order: GoodsOrder) -> None:
    await books.save(replace(order, version=order.version + 1))
    await touch(books, order.visit_id)
    books.tell(OrderChanged(order.id))


async def _note(books: Books, order_id: int, action: str, reason: str, by_id: int, by_name: str) -> None:
    await books.add(Deed(0, order_id, action, reason, by_id, by_name, books.now))


async def _already(books: Books, order: GoodsOrder, lines: list[Line]) -> AlreadyServed:
    deed = await last_deed(books, order.id)
    return AlreadyServed(order.id, status_of(lines), deed.by_name if deed else "")


def _paid(lines: Sequence[Line]) -> bool:
    return any(line.paid for line in lines)


_AFTER_ACCEPT = (Action.READY, Action.DELIVER)
_FROM = {
    Action.ACCEPT: UNANSWERED,
    Action.DECLINE: UNANSWERED | {LineState.ACCEPTED},
    Action.READY: frozenset({LineState.ACCEPTED}),
    Action.DELIVER: COMING,
}
_TO = {
    Action.ACCEPT: LineState.ACCEPTED,
    Action.DECLINE: LineState.DECLINED,
    Action.READY: LineState.READY,
    Action.DELIVER: LineState.DELIVERED,
}
