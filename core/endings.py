"""How visits at a merchant end by themselves, and whether it takes orders at this hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.errand import KEEP_HOURS, WATCH_VISIT, send_on
from core.errors import LastOrdersOver, NotOpenNow
from core.hours import find_window, open_until, opens_next, read_windows
from core.ports import Books

CALL_BEFORE = timedelta(minutes=15)
"""How long before orders end they are called for a last time."""


@dataclass(frozen=True, slots=True)
class Endings:
    """A merchant's own, under its number. Without *hours* it is always open; 0 minutes are never.

    Orders end *last_orders_minutes* before closing, and visits that are still open *grace_minutes* after it.
    Who does nothing for *idle_minutes* is asked, and checked out *leave_minutes* later. *version* grows with
    every change, so that timers which were set before it are known.
    """

    id: int
    hours: str = ""
    last_orders_minutes: int = 30
    grace_minutes: int = 15
    idle_minutes: int = 90
    leave_minutes: int = 30
    version: int = 1


class Limit(StrEnum):
    """What a merchant can set about it, besides its hours."""

    LAST_ORDERS = "last_orders_minutes"
    GRACE = "grace_minutes"
    IDLE = "idle_minutes"
    LEAVE = "leave_minutes"


CHOICES = {
    Limit.LAST_ORDERS: (0, 15, 30, 45, 60),
    Limit.GRACE: (0, 10, 15, 30, 60),
    Limit.IDLE: (0, 45, 90, 120, 180),
    Limit.LEAVE: (0, 15, 30, 60),
}
"""What can be chosen for each; 0 is never."""


class Stage(StrEnum):
    """How a merchant's day stands."""

    OPEN = "open"
    LAST_ORDERS = "last-orders"
    """Orders are taken, but not for long."""
    CLOSING = "closing"
    """It is open and takes no more orders."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Door:
    """How a merchant's day stands at a moment, and what comes of it; None: it never does."""

    stage: Stage
    orders_until: datetime | None = None
    closes_at: datetime | None = None
    opens_at: datetime | None = None


class Moment(StrEnum):
    """What a merchant's day has, in this order; a timer waits for each."""

    OPENING = "opening"
    CALL = "call"
    ORDERS_END = "orders-end"
    CLOSING = "closing"
    SWEEP = "sweep"


def door_at(rules: Endings, at: datetime) -> Door:
    """Return how the merchant's day stands *at* that time, by the clock of its time zone.

    >>> from datetime import UTC
    >>> bar = Endings(1, hours="18:00-23:00")
    >>> [str(door_at(bar, datetime(2026, 5, 1, hour, 20, tzinfo=UTC)).stage) for hour in (17, 21, 22, 23)]
    ['closed', 'open', 'last-orders', 'closed']
    """
    windows = read_windows(rules.hours)
    if not windows:
        return Door(Stage.OPEN)
    if find_window(windows, at) is None:
        return Door(Stage.CLOSED, opens_at=opens_next(windows, at))
    closes_at = open_until(windows, at)
    if closes_at is None:
        return Door(Stage.OPEN)
    orders_until = closes_at - timedelta(minutes=rules.last_orders_minutes)
    opens_at = opens_next(windows, closes_at.astimezone(at.tzinfo))
    stage = Stage.OPEN
    if at >= orders_until:
        stage = Stage.CLOSING
    elif rules.last_orders_minutes and at >= orders_until - CALL_BEFORE:
        stage = Stage.LAST_ORDERS
    return Door(stage, orders_until, closes_at, opens_at)


def next_moment(rules: Endings, at: datetime) -> tuple[Moment, datetime] | None:
    """Return what the merchant's day has next after that time, and when; None if it is always open."""
    door = door_at(rules, at)
    if door.stage is Stage.CLOSED:
        assert door.opens_at is not None
        return Moment.OPENING, door.opens_at
    if door.closes_at is None or door.orders_until is None:
        return None
    coming = [(Moment.CLOSING, door.closes_at)]
    if rules.last_orders_minutes:
        call = Moment.CALL, door.orders_until - CALL_BEFORE
        coming = [call, (Moment.ORDERS_END, door.orders_until), *coming]
    return next((moment, due) for moment, due in coming if due > at)


def refuse_orders(rules: Endings, merchant: str, at: datetime) -> None:
    """Refuse to order *at* that time where the merchant takes none."""
    door = door_at(rules, at)
    if door.opens_at is None or door.stage in (Stage.OPEN, Stage.LAST_ORDERS):
        return
    if door.stage is Stage.CLOSED:
        raise NotOpenNow(merchant, door.opens_at)
    raise LastOrdersOver(merchant, door.opens_at)


async def endings_of(books: Books, merchant_id: int) -> Endings:
    """Return how visits at the merchant end: as everywhere, until it sets something."""
    return await books.get(Endings, merchant_id) or Endings(merchant_id)


async def await_moment(books: Books, rules: Endings, at: datetime) -> None:
    """Set the timer for what the merchant's day has next."""
    if coming := next_moment(rules, at):
        moment, due = coming
        await send_on(books, KEEP_HOURS, rules.id, due - books.now, body=f"{rules.version}:{moment}")


async def await_idleness(books: Books, rules: Endings, visit_id: int, due: datetime) -> None:
    """Set the timer that looks whether anything goes on at a visit."""
    await send_on(books, WATCH_VISIT, visit_id, due - books.now, body=str(rules.version))
