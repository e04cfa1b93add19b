"""A time is told only where enough orders were brought lately, and never a shorter one than is usual."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.estimate import ENOUGH, LATEST_ORDERS, RECENT, STEP, usual_wait, usual_wait_at, waits_in
from core.order_goods import GoodsOrder
from core.ports import Books
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
    clock.now = START + RECENT
    assert await usual(evening) is None


async def test_the_latest_that_were_brought_count_whatever_is_open_by_now(
    evening: Evening, clock: Clock
) -> None:
    await evening.top_up(1000)
    await bring(evening, clock, 8)
    (order,) = await evening.find(GoodsOrder)
    deeds = await evening.find(Deed)

    async def copy(books: Books, late: timedelta, *, is_open: bool = False) -> None:
        again = await books.add(replace(order, id=0, placed_at=books.now, is_open=is_open))
        for deed in [] if is_open else deeds:
            at = deed.done_at + (late if deed.action == Action.DELIVER else timedelta(0))
            await books.add(replace(deed, id=0, order_id=again.id, done_at=at))

    async def work(books: Books) -> None:
        for _ in range(LATEST_ORDERS + 1):
            await copy(books, timedelta(0))
        for _ in range(LATEST_ORDERS // 2 + 1):
            await copy(books, timedelta(hours=1))
        for _ in range(LATEST_ORDERS):
            await copy(books, timedelta(0), is_open=True)

    await evening.store.run(work)
    assert await usual(evening) == timedelta(minutes=70)
