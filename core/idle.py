"""A visit at which nothing goes on: its customer is asked, and checked out if nobody answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.endings import Endings, await_idleness, endings_of
from core.errand import END_VISIT, WATCH_VISIT, Errand, ErrandState, send_on
from core.ledger import wallet
from core.lot import Lot
from core.merchant import find_merchant
from core.order_goods import COMING, UNANSWERED, GoodsOrder, Line
from core.ports import Books
from core.visit import Visit, VisitState, current_visit


class Sign(StrEnum):
    """What is to be done about a visit."""

    WAIT = "wait"
    ASK = "ask"
    END = "end"


@dataclass(frozen=True, slots=True)
class WatchVisit:
    """A timer that was set under the rules of *version* is due. *seen_at* is when the customer last wrote
    or tapped anything.
    """

    visit_id: int
    version: int
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class StayOn:
    visit_id: int
    customer_id: int


@dataclass(frozen=True, slots=True)
class StillHereAsked:
    """Event: nothing has gone on for long. *ends_at*: the visit is checked out then; None for never."""

    visit_id: int
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class StayedOn:
    """Event: the customer is still here. *asked_at* is when they were asked; None: they were not."""

    visit_id: int
    asked_at: datetime | None


def judge(
    rules: Endings, visit: Visit, seen_at: datetime | None, now: datetime, *, is_busy: bool
) -> tuple[Sign, datetime]:
    """Return what is to be done about an open visit, and when to look at it again.

    While something is unanswered or coming nobody is idle. What was ordered, served, written or tapped since
    the question is an answer to it.
    """
    idle, leave = timedelta(minutes=rules.idle_minutes), timedelta(minutes=rules.leave_minutes)
    active_at = _active_at(visit, seen_at)
    if is_busy:
        return Sign.WAIT, now + idle
    if visit.warned_at is None or active_at >= visit.warned_at:
        if now < active_at + idle:
            return Sign.WAIT, active_at + idle
        return Sign.ASK, now + (leave or idle)
    if not leave:
        return Sign.WAIT, now + idle
    if now < visit.warned_at + leave:
        return Sign.WAIT, visit.warned_at + leave
    return Sign.END, now


async def watch_visit(books: Books, ask: WatchVisit) -> int:
    """See whether anything goes on at a visit, and look again when that could have changed."""
    found = await books.get(Visit, ask.visit_id)
    assert found is not None
    merchant = await find_merchant(books, found.merchant_id)
    await books.lock(wallet(found.customer_id, merchant.currency))
    visit = await books.get(Visit, ask.visit_id)
    rules = await endings_of(books, merchant.id)
    assert visit is not None
    if visit.state is not VisitState.OPEN or not rules.idle_minutes:
        return visit.id
    if rules.version != ask.version and await _has_another_timer(books, visit):
        return visit.id
    own = await books.find(Line, visit_id=visit.id, state=tuple(UNANSWERED | COMING), most=1)
    given = await books.find(GoodsOrder, for_visit_id=visit.id, is_open=True, most=1)
    seen_at = await _last_sign(books, visit.customer_id, ask.seen_at)
    sign, look_again_at = judge(rules, visit, seen_at, books.now, is_busy=bool(own or given))
    if sign is Sign.END:
        await send_on(books, END_VISIT, visit.id, body=f"idle:{visit.version}")
        return visit.id
    if visit.warned_at is not None and _active_at(visit, seen_at) >= visit.warned_at:
        books.tell(StayedOn(visit.id, visit.warned_at))
        visit = replace(visit, warned_at=None)
        await books.save(visit)
    if sign is Sign.ASK:
        await books.save(replace(visit, warned_at=books.now))
        books.tell(StillHereAsked(visit.id, look_again_at if rules.leave_minutes else None))
    await await_idleness(books, rules, visit.id, look_again_at)
    return visit.id


def _active_at(visit: Visit, seen_at: datetime | None) -> datetime:
    """Return when something was last ordered, served, written, tapped or paid."""
    return max(filter(None, (visit.opened_at, visit.touched_at, seen_at)))


async def _has_another_timer(books: Books, visit: Visit) -> bool:
    """Whether the change of rules has set one; what was opened at the same moment it has not seen."""
    timers = await books.find(Errand, kind=WATCH_VISIT, subject_id=visit.id, state=ErrandState.WAITING)
    return len(timers) > 1


async def _last_sign(books: Books, customer_id: int, seen_at: datetime | None) -> datetime | None:
    """Return when the customer last did something; whoever pays somewhere else is here, too."""
    latest = await books.find(Lot, customer_id=customer_id, by="-id", most=1)
    return max(filter(None, (seen_at, latest[0].made_at if latest else None)), default=None)


async def stay_on(books: Books, ask: StayOn) -> int:
    """Take the customer's word that they are still here."""
    found = await current_visit(books, ask.visit_id, ask.customer_id)
    merchant = await find_merchant(books, found.merchant_id)
    await books.lock(wallet(found.customer_id, merchant.currency))
    visit = await current_visit(books, ask.visit_id, ask.customer_id)
    await books.save(replace(visit, warned_at=None, touched_at=books.now))
    books.tell(StayedOn(visit.id, visit.warned_at))
    return visit.id
