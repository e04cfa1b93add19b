"""A time is told only where enough orders were brought lately, and never a shorter one than is usual."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.estimate import ENOUGH, LATEST_ORDERS, RECENT, STEP, usual_wait, usual_wait_at, waits_in
from core.serve import Action, Deed, Reason
from tests.conftest import START, Clock
from tests.core.evening import BAR, Evening

WAITS = st.timedeltas(timedelta(0), timedelta(hours=2))


@given(st.lists(WAITS, max_size=ENOUGH - 1))
def test_too_few_waits_tell_nothing(waits: list[timedelta]) -> None:
    assert usual_wait(waits) is None


@given(st.lists(WAITS, min_size=ENOUGH, max_size=LATEST_ORDERS))
def test_at_least_half_of_the_waits_were_no_longer_than_what_is_told(waits: list[timedelta]) -> None:
    told = usual_wait(waits)
    assert told is not None
    assert told >= STEP
    assert told % STEP == timedelta(0)
    assert sum(wait <= told for wait in waits) * 2 >= len(waits)
    assert told == STEP or sum(wait > told - STEP for wait in waits) * 2 >= len(waits) - 1


def deed(id_: int, order_id: int, action: Action, minute: int) -> Deed:
    return Deed(id_, order_id, action, "", 8, "Bea", START + timedelta(minutes=minute))


def test_an_order_takes_from_its_first_acceptance_to_its_first_delivery() -> None:
    deeds = [
        deed(1, 1, Action.PROMISE, 2), deed(2, 1, Action.ACCEPT, 3), deed(3, 1, Action.DELIVER, 9),
        deed(4, 1, Action.DELIVER, 20), deed(5, 2, Action.ACCEPT, 4), deed(6, 3, Action.DELIVER, 5),
        deed(7, 4, Action.ACCEPT, 6), deed(8, 4, Action.DELIVER_CHECKED, 7),
    ]  # fmt: skip
    assert waits_in(deeds) == [timedelta(minutes=7), timedelta(minutes=1)]


async def bring(evening: Evening, clock: Clock, minutes: int) -> None:
    order = await evening.order(1, "Nuts")
    await evening.serve(order, Action.ACCEPT)
    clock.forward(timedelta(minutes=minutes))
    await evening.serve(order, Action.DELIVER)


async def usual(evening: Evening) -> timedelta | None:
    return await evening.store.run(lambda books: usual_wait_at(books, BAR))


async def test_what_was_brought_lately_counts_and_what_was_declined_does_not(
    evening: Evening, clock: Clock
) -> None:
    await evening.top_up(20000)
    for minutes in (1, 6, 7, 30):
        await bring(evening, clock, minutes)
    declined = await evening.order(1, "Nuts")
    await evening.serve(declined, Action.DECLINE, reason=Reason.CLOSING)
    assert await usual(evening) is None
    await bring(evening, clock, 8)
    assert await usual(evening) == timedelta(minutes=10)
    assert await evening.store.run(lambda books: usual_wait_at(books, BAR + 1)) is None
    clock.forward(RECENT)
    assert await usual(evening) is None
