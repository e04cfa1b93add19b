"""An order that nobody answers is remembered, released and counted; a paused merchant takes none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errand import EXPIRE_ORDER, Errand
from core.errors import MerchantPaused, NotAllowed
from core.ordering import (
    CHOICES,
    Ordering,
    OrderingPaused,
    Pause,
    SetWait,
    Step,
    Wait,
    next_step,
    ordering_of,
    pause,
    remind,
    set_wait,
    watch,
)
from core.ports import Books
from core.serve import Action
from tests.conftest import START, Clock
from tests.core.evening import BAR, Evening

PATIENCE = timedelta(minutes=15)


async def now(evening: Evening) -> Ordering:
    return await evening.store.run(lambda books: ordering_of(books, BAR))


@given(ping=st.integers(0, 1000), alert=st.integers(0, 1000), release=st.integers(0, 1000))
def test_every_wait_ends_with_a_release(ping: int, alert: int, release: int) -> None:
    ordering = Ordering(BAR, ping_seconds=ping, alert_seconds=alert, release_seconds=release)
    steps: list[Step] = []
    last: Step | None = None
    while last is not Step.RELEASE:
        last, wait = next_step(ordering, last, PATIENCE)
        steps.append(last)
        assert wait > timedelta(0)
    assert steps == [step for step in Step if step in steps]
    assert (Step.PING in steps) == (0 < ping < (release or PATIENCE.total_seconds()))


def test_who_would_be_told_as_it_is_released_is_told_nothing() -> None:
    ordering = Ordering(BAR, ping_seconds=180, alert_seconds=180, release_seconds=180)
    released = (Step.RELEASE, timedelta(minutes=3))
    assert [next_step(ordering, after, PATIENCE) for after in (None, Step.PING)] == [released] * 2


async def test_each_timer_starts_the_next(evening: Evening) -> None:
    await evening.store.run(lambda books: watch(books, Ordering(BAR), 1, books.now, PATIENCE, Step.PING))
    (timer,) = await evening.find(Errand, kind=EXPIRE_ORDER)
    assert (timer.body, timer.due_at) == ("alert", START + timedelta(minutes=2))


async def test_an_order_has_one_timer_at_a_time(evening: Evening) -> None:
    await evening.top_up(1000)
    order = await evening.order(1)
    (timer,) = await evening.find(Errand, kind=EXPIRE_ORDER)
    assert (timer.subject_id, timer.body, timer.due_at) == (order, "ping", START + timedelta(minutes=1))


async def test_a_paused_merchant_takes_no_order_until_it_resumes(evening: Evening) -> None:
    await evening.top_up(1000)
    await evening.once(pause, Pause(BAR, True))
    with pytest.raises(MerchantPaused):
        await evening.order(1)
    assert await evening.purse() == (1000, 1000)
    await evening.once(pause, Pause(BAR, False))
    await evening.order(1)


async def test_silence_in_a_row_pauses_and_an_answer_in_between_does_not(evening: Evening) -> None:
    await evening.top_up(5000)
    await evening.once(set_wait, SetWait(BAR, Wait.PAUSE, 2))
    for answered in (False, True, False, False):
        assert not (await now(evening)).paused
        order = await evening.order(1)
        if answered:
            await evening.serve(order, Action.ACCEPT)
        await evening.expire(order)
    assert (await now(evening)).paused
    assert evening.heard(OrderingPaused) == [OrderingPaused(BAR)]
    await evening.once(pause, Pause(BAR, False))
    assert (await now(evening)).silences == 0


async def test_what_others_are_asked_is_reminded_of_step_by_step_and_released_never(
    evening: Evening, clock: Clock
) -> None:
    ordering = replace(await now(evening), release_seconds=30)
    clock.forward(timedelta(seconds=60))

    async def after(step: Step | None) -> list[tuple[str, timedelta]]:
        async def work(books: Books) -> list[Errand]:
            await remind(books, ordering, f"after {step}", 7, START, step)
            return await books.find(Errand, kind=f"after {step}", subject_id=7)

        return [(each.body, each.due_at - START) for each in await evening.store.run(work)]

    assert await after(None) == [("ping", timedelta(seconds=60))]
    assert await after(Step.PING) == [("alert", timedelta(seconds=120))]
    assert await after(Step.ALERT) == []


async def test_a_merchant_may_choose_never_to_pause(evening: Evening) -> None:
    await evening.top_up(5000)
    await evening.once(set_wait, SetWait(BAR, Wait.PAUSE, 0))
    for _ in range(5):
        await evening.expire(await evening.order(1))
    assert not (await now(evening)).paused


async def test_only_what_is_offered_can_be_chosen(evening: Evening) -> None:
    for wait in Wait:
        for value in CHOICES[wait]:
            await evening.once(set_wait, SetWait(BAR, wait, value))
            assert getattr(await now(evening), wait.value) == value
        with pytest.raises(NotAllowed):
            await evening.once(set_wait, SetWait(BAR, wait, 7))
