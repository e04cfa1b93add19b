"""A merchant's hours as they pass: last orders are called, it closes, and open visits are ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from core.endings import (
    CHOICES,
    Door,
    Endings,
    Limit,
    Moment,
    Stage,
    await_idleness,
    await_moment,
    door_at,
    endings_of,
)
from core.errand import END_VISIT, KEEP_HOURS, send_on
from core.errors import HoursRefused, NotAllowed
from core.hours import BadHours, closed_since, read_windows
from core.order_goods import wall_clock
from core.ports import Books
from core.visit import Visit, VisitState

HOURS_LENGTH = 200
_PLAIN = str.maketrans("；：，—～", ";:,--")
"""What a Chinese keyboard makes of the signs that hours are written with."""
AT_CLOSING = "closing"
"""What an errand says that ends a visit because the merchant has closed."""


@dataclass(frozen=True, slots=True)
class SetHours:
    """*hours* are windows of the week by the clock of the time zone *zone*; "" is always open."""

    merchant_id: int
    hours: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class SetLimit:
    merchant_id: int
    limit: Limit
    minutes: int
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class KeepHours:
    """A timer that was set under the rules of *version* says that *moment* has come."""

    merchant_id: int
    version: int
    moment: Moment
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class LastOrdersCalled:
    """Event: soon no more orders are taken."""

    merchant_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class HasClosed:
    """Event: the merchant has closed; what is open at *sweeps_at* is ended then."""

    merchant_id: int
    sweeps_at: datetime


@dataclass(frozen=True, slots=True)
class HoursPassed:
    """Event: the merchant's day stands otherwise than before."""

    merchant_id: int


async def set_hours(books: Books, ask: SetHours) -> int:
    """Keep when the merchant is open."""
    hours = check_hours(ask.hours)
    rules = await endings_of(books, ask.merchant_id)
    if hours != rules.hours:
        await _change(books, replace(rules, hours=hours), ask.zone)
    return ask.merchant_id


async def set_limit(books: Books, ask: SetLimit) -> int:
    """Keep how long the merchant waits before something ends by itself."""
    if ask.minutes not in CHOICES[ask.limit]:
        raise NotAllowed
    rules = await endings_of(books, ask.merchant_id)
    changed: dict[str, Any] = {ask.limit.value: ask.minutes}
    if getattr(rules, ask.limit.value) != ask.minutes:
        await _change(books, replace(rules, **changed), ask.zone)
    return ask.merchant_id


def check_hours(text: str) -> str:
    """Return opening hours as they are kept, or refuse what cannot be meant so.

    >>> check_hours(" Mon-Fri 18:00-02:00 ；  Sat，Sun 12：00-24：00; ")
    'Mon-Fri 18:00-02:00; Sat,Sun 12:00-24:00'
    """
    plain = text.translate(_PLAIN)
    hours = "; ".join(" ".join(part.split()) for part in plain.split(";") if part.strip())
    if plain.strip() and not hours:
        raise HoursRefused("form", text.strip()[:20])
    if len(hours) > HOURS_LENGTH:
        raise HoursRefused("long", hours[:20])
    try:
        windows = read_windows(hours)
    except BadHours as bad:
        raise HoursRefused(bad.why, bad.found) from None
    for window in windows:
        if window.tag:
            raise HoursRefused("form", window.tag)
    return hours


async def keep_hours(books: Books, ask: KeepHours) -> int:
    """Do what is due at this moment of the merchant's day, and set the timer for the next one.

    A timer that comes late finds the day further than it was set for: what was missed is not made up for,
    but that it has closed meanwhile is never missed.
    """
    rules = await endings_of(books, ask.merchant_id)
    if rules.version != ask.version:
        return ask.merchant_id
    now = wall_clock(books, ask.zone)
    door = door_at(rules, now)
    books.tell(HoursPassed(ask.merchant_id))
    match ask.moment, door.stage:
        case Moment.CALL, Stage.LAST_ORDERS:
            _call(books, rules, door)
        case Moment.SWEEP, Stage.CLOSED:
            for visit in await _open_visits(books, ask.merchant_id):
                await send_on(books, END_VISIT, visit.id, body=AT_CLOSING)
        case _, Stage.CLOSED if rules.grace_minutes:
            await _close(books, rules)
            return ask.merchant_id
    await await_moment(books, rules, now)
    return ask.merchant_id


async def _change(books: Books, rules: Endings, zone: str) -> None:
    """Keep other rules; what waits under the old ones finds another version, and does nothing."""
    before = await endings_of(books, rules.id)
    rules = replace(rules, version=rules.version + 1)
    if not await books.add_new(rules, "id"):
        await books.save(rules)
    books.tell(HoursPassed(rules.id))
    now = wall_clock(books, zone)
    door = door_at(rules, now)
    if door.stage is Stage.LAST_ORDERS and door_at(before, now).stage is Stage.OPEN:
        _call(books, rules, door)
    if not await _still_owes_a_sweep(books, rules, door, now):
        await await_moment(books, rules, now)
    elif (as_told := _sweeps_as_told(before, rules, now)) and as_told >= books.now:
        await _await_sweep(books, rules, as_told)
    else:
        await _close(books, rules)
    if rules.idle_minutes:
        for visit in await _open_visits(books, rules.id):
            await await_idleness(books, rules, visit.id, books.now)


def _call(books: Books, rules: Endings, door: Door) -> None:
    assert door.orders_until is not None
    books.tell(LastOrdersCalled(rules.id, door.orders_until))


async def _still_owes_a_sweep(books: Books, rules: Endings, door: Door, now: datetime) -> bool:
    """Whether visits are open that this closing has not ended yet."""
    if door.stage is not Stage.CLOSED or not rules.grace_minutes:
        return False
    since = closed_since(read_windows(rules.hours), now)
    return any(visit.opened_at < since for visit in await _open_visits(books, rules.id))


def _sweeps_as_told(before: Endings, rules: Endings, now: datetime) -> datetime | None:
    """Return the time that staff were told when it closed, None if hours or grace are others by now."""
    if (rules.hours, rules.grace_minutes) != (before.hours, before.grace_minutes):
        return None
    return closed_since(read_windows(rules.hours), now) + timedelta(minutes=rules.grace_minutes)


async def _close(books: Books, rules: Endings) -> None:
    """Let staff have their last word about what is not brought yet, then end what is still open."""
    sweeps_at = books.now + timedelta(minutes=rules.grace_minutes)
    books.tell(HasClosed(rules.id, sweeps_at))
    await _await_sweep(books, rules, sweeps_at)


async def _await_sweep(books: Books, rules: Endings, due: datetime) -> None:
    await send_on(books, KEEP_HOURS, rules.id, due - books.now, body=f"{rules.version}:{Moment.SWEEP}")


async def _open_visits(books: Books, merchant_id: int) -> list[Visit]:
    return await books.find(Visit, merchant_id=merchant_id, state=VisitState.OPEN)
