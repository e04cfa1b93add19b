"""What is kept of updates: what a restart takes up, when somebody was last heard of, what is forgotten."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from bot.telegram.arrivals import Arrival, ArrivalState, lane_of_chat, payment_in
from core.ports import Books

PAYER_WAITS = timedelta(seconds=10)
BODY_LIVES = timedelta(hours=48)
LATEST = 200


async def left_over(books: Books) -> list[Arrival]:
    """Return what a restart finds: updates not handled yet, payments set aside, payers who still wait.

    A payment is tried again, for what could not handle it may have been mended.
    """
    for arrival in await books.find(Arrival, state=ArrivalState.SET_ASIDE):
        if payment_in(json.loads(arrival.body or "{}")):
            await books.save(replace(arrival, state=ArrivalState.NEW, attempts=0))
    unhandled = await books.find(Arrival, state=ArrivalState.NEW)
    latest = await books.find(Arrival, by="-id", most=LATEST, state=ArrivalState.DONE)
    since = books.now - PAYER_WAITS
    return unhandled + [each for each in latest if each.waits_to_pay and each.arrived_at > since]


async def forget_bodies(books: Books, after_id: int) -> int:
    """Drop what old updates said, beginning behind number *after_id*; return the last one looked at.

    Their numbers stay, so that a repeat is known for ever; payments that were set aside stay whole.
    """
    old = books.now - BODY_LIVES
    for arrival in await books.find(Arrival, id=tuple(range(after_id + 1, after_id + 1 + LATEST))):
        if arrival.arrived_at > old or arrival.state is ArrivalState.NEW:
            break
        after_id = arrival.id
        if arrival.body and not (
            arrival.state is ArrivalState.SET_ASIDE and payment_in(json.loads(arrival.body))
        ):
            await books.save(replace(arrival, body=""))
    return after_id


async def last_heard(books: Books, person_id: int) -> datetime | None:
    """Return when somebody last wrote or tapped anything in their private chat."""
    latest = await books.find(Arrival, lane=lane_of_chat(person_id), by="-id", most=1)
    return latest[0].arrived_at if latest else None
