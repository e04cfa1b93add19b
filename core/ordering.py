"""Whether a merchant takes orders, and what happens when nobody answers one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.errand import EXPIRE_ORDER, send_on
from core.errors import NotAllowed
from core.ports import Books

NEVER = timedelta.max


@dataclass(frozen=True, slots=True)
class Ordering:
    """A merchant's own, under its number. All waits count from the moment the order was placed; 0 is never.

    *silences* are orders in a row that nobody answered; after *pause_after* of them ordering is paused.
    Without *release_seconds* the operator's patience holds.
    """

    id: int
    paused: bool = False
    silences: int = 0
    ping_seconds: int = 60
    alert_seconds: int = 120
    release_seconds: int = 0
    pause_after: int = 3


class Step(StrEnum):
    """What is done about an order that waits for an answer, in this order."""

    PING = "ping"
    ALERT = "alert"
    RELEASE = ""


@dataclass(frozen=True, slots=True)
class Pause:
    merchant_id: int
    paused: bool


class Wait(StrEnum):
    """What a merchant can set about silence."""

    PING = "ping_seconds"
    ALERT = "alert_seconds"
    RELEASE = "release_seconds"
    PAUSE = "pause_after"


CHOICES = {
    Wait.PING: (0, 30, 60, 120, 300),
    Wait.ALERT: (0, 60, 120, 180, 300),
    Wait.RELEASE: (0, 180, 300, 600, 1200),
    Wait.PAUSE: (0, 2, 3, 5),
}
"""What can be chosen for each; 0 is never, or the operator's."""


@dataclass(frozen=True, slots=True)
class SetWait:
    merchant_id: int
    wait: Wait
    value: int


@dataclass(frozen=True, slots=True)
class OrderingPaused:
    """Event: nobody answered, so the merchant takes no orders until somebody resumes."""

    merchant_id: int


def next_step(ordering: Ordering, after: Step | None, patience: timedelta) -> tuple[Step, timedelta]:
    """Return what is to be done next about an order without an answer, and how long after it was placed.

    >>> next_step(Ordering(1), None, timedelta(minutes=15))
    (<Step.PING: 'ping'>, datetime.timedelta(seconds=60))
    """
    release = timedelta(seconds=ordering.release_seconds) if ordering.release_seconds else patience
    ping, alert = timedelta(seconds=ordering.ping_seconds), timedelta(seconds=ordering.alert_seconds)
    if after is None and timedelta(0) < ping < release:
        return Step.PING, ping
    if after in (None, Step.PING) and timedelta(0) < alert < release:
        return Step.ALERT, alert
    return Step.RELEASE, release


async def ordering_of(books: Books, merchant_id: int) -> Ordering:
    """Return how the merchant takes orders: as everybody does, until it sets something."""
    return await books.get(Ordering, merchant_id) or Ordering(merchant_id)


async def watch(
    books: Books,
    ordering: Ordering,
    order_id: int,
    placed_at: datetime,
    patience: timedelta,
    after: Step | None = None,
) -> None:
    """See to it that an order is not forgotten: one timer at a time, each starts the next."""
    step, wait = next_step(ordering, after, patience)
    await send_on(books, EXPIRE_ORDER, order_id, placed_at + wait - books.now, body=step)


async def remind(
    books: Books,
    ordering: Ordering,
    kind: str,
    subject_id: int,
    since: datetime,
    after: Step | None = None,
) -> None:
    """See to it that somebody looks, by the waits that the merchant has set; nothing is released."""
    step, wait = next_step(replace(ordering, release_seconds=0), after, NEVER)
    if step is not Step.RELEASE:
        await send_on(books, kind, subject_id, since + wait - books.now, body=step)


async def pause(books: Books, ask: Pause) -> int:
    """Take no orders for a while, or take them again."""
    ordering = await ordering_of(books, ask.merchant_id)
    await keep(books, replace(ordering, paused=ask.paused, silences=0))
    return ask.merchant_id


async def set_wait(books: Books, ask: SetWait) -> int:
    """Keep what the merchant wants to happen when nobody answers."""
    if ask.value not in CHOICES[ask.wait]:
        raise NotAllowed
    ordering = await ordering_of(books, ask.merchant_id)
    changed: dict[str, Any] = {ask.wait.value: ask.value}
    await keep(books, replace(ordering, **changed))
    return ask.merchant_id


async def note_silence(books: Books, merchant_id: int) -> None:
    """Count an order that nobody answered; after several in a row, pause."""
    ordering = await ordering_of(books, merchant_id)
    counted = replace(ordering, silences=ordering.silences + 1)
    if not ordering.paused and 0 < ordering.pause_after <= counted.silences:
        counted = replace(counted, paused=True)
        books.tell(OrderingPaused(merchant_id))
    await keep(books, counted)


async def note_answer(books: Books, merchant_id: int) -> None:
    """Somebody is there: silence begins to count anew."""
    ordering = await ordering_of(books, merchant_id)
    if ordering.silences:
        await keep(books, replace(ordering, silences=0))


async def keep(books: Books, ordering: Ordering) -> None:
    """Keep how a merchant takes orders, whether or not anything was kept before."""
    if not await books.add_new(ordering, "id"):
        await books.save(ordering)
