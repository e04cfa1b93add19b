"""What a visit is: a customer's stay at a merchant, from the first scan to the checkout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.endings import await_idleness, endings_of
from core.errors import NoVisit
from core.ports import Books
from core.presence import ask_admission
from core.seat import seat_by_token


class VisitState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay; it survives a change of seat. One open visit per customer and merchant.

    *version* grows with whatever changes what a checkout would come to. *touched_at* is when something was
    last ordered or served, *warned_at* when the customer was asked whether they are still here.
    """

    id: int
    customer_id: int
    merchant_id: int
    seat_id: int
    state: VisitState
    version: int
    opened_at: datetime
    settled_at: datetime | None
    touched_at: datetime | None = None
    warned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SitDown:
    customer_id: int
    token: str


@dataclass(frozen=True, slots=True)
class SeatChanged:
    """Event: the customer sits elsewhere now; what is still to be brought goes there."""

    visit_id: int


async def sit_down(books: Books, ask: SitDown) -> int:
    """Open a visit at the seat whose code was scanned, or move the open one there."""
    seat = await seat_by_token(books, ask.token)
    visit = await open_visit(books, ask.customer_id, seat.merchant_id)
    moved = visit is None or visit.seat_id != seat.id
    if visit is None:
        new = Visit(0, ask.customer_id, seat.merchant_id, seat.id, VisitState.OPEN, 1, books.now, None)
        visit = await books.add(new)
        rules = await endings_of(books, seat.merchant_id)
        if rules.idle_minutes:
            idle_at = books.now + timedelta(minutes=rules.idle_minutes)
            await await_idleness(books, rules, visit.id, idle_at)
    elif moved:
        await books.save(replace(visit, seat_id=seat.id))
        books.tell(SeatChanged(visit.id))
    await ask_admission(books, visit.id, visit.customer_id, seat, moved=moved)
    return visit.id


async def open_visit(books: Books, customer_id: int, merchant_id: int) -> Visit | None:
    """Return the customer's open visit at the merchant, if there is one."""
    found = await books.find(Visit, customer_id=customer_id, merchant_id=merchant_id, state=VisitState.OPEN)
    return found[-1] if found else None


async def current_visit(books: Books, visit_id: int, customer_id: int) -> Visit:
    """Return the visit if it is this customer's and still open, or refuse."""
    visit = await books.get(Visit, visit_id)
    if visit is None or visit.customer_id != customer_id or visit.state is not VisitState.OPEN:
        raise NoVisit
    return visit


async def touch(books: Books, visit_id: int) -> None:
    """Make checkouts that were drawn before this moment out of date."""
    visit = await books.get(Visit, visit_id)
    assert visit is not None
    await books.save(replace(visit, version=visit.version + 1, touched_at=books.now))
