"""A call from a seat has one state at a time, one who takes it, and reminds until somebody does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.call import (
    AGAIN_SECONDS,
    LEADS_TO,
    Answer,
    AnswerCall,
    CallChanged,
    Calling,
    CallStaff,
    CallState,
    NameNeed,
    Need,
    SetCalling,
    StaffCall,
    StaffCalled,
    WithdrawCall,
    answer_call,
    call_staff,
    name_need,
    next_state,
    open_calls,
    set_calling,
    wait_to_call,
    withdraw_call,
)
from core.errand import PRESS_CALL, Errand
from core.errors import (
    AlreadyCalled,
    CallAnswered,
    CalledLately,
    NotAllowed,
    NotYours,
    NoVisit,
    OutOfDate,
    Refusal,
)
from core.ordering import SetWait, Wait, set_wait
from core.ports import Books
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, BEA, CARL, ZED, Evening


async def call(evening: Evening, customer: int = ANN) -> int:
    visit = await evening.visit(customer)
    return await evening.once(call_staff, CallStaff(visit.id, customer))


async def answer(evening: Evening, call_id: int, answer: Answer, by: int = BEA) -> None:
    names = {BEA: "Bea", CARL: "Carl"}
    await evening.once(answer_call, AnswerCall(call_id, answer, by, names[by]))


async def open_now(evening: Evening) -> list[int]:
    async def ids(books: Books) -> list[int]:
        return [each.id for each in await open_calls(books, BAR)]

    return await evening.store.run(ids)


@given(answers=st.lists(st.sampled_from(Answer), max_size=6))
def test_a_call_is_taken_once_and_done_once_whatever_is_pressed(answers: list[Answer]) -> None:
    state, done = CallState.WAITING, []
    for each in answers:
        after = next_state(state, each)
        if after is not None:
            done.append(each)
            state = after
    assert done == [*Answer][: len(done)]
    assert not done or state is LEADS_TO[done[-1]]


@given(again=st.integers(0, 600), after=st.integers(0, 900))
def test_the_next_call_waits_for_what_is_left_of_the_time_since_the_last(again: int, after: int) -> None:
    last = StaffCall(1, 1, ANN, BAR, None, CallState.DONE, START)
    wait = wait_to_call(last, Calling(BAR, again), START + timedelta(seconds=after))
    assert wait == timedelta(seconds=max(again - after, 0))
    assert wait_to_call(None, Calling(BAR, again), START) == timedelta(0)


async def test_who_took_a_call_and_who_ended_it_is_kept(evening: Evening, clock: Clock) -> None:
    called = await call(evening)
    clock.forward(timedelta(seconds=40))
    await answer(evening, called, Answer.TAKE)
    clock.forward(timedelta(seconds=90))
    await answer(evening, called, Answer.DONE, by=CARL)
    kept = await evening.get(StaffCall, called)
    assert (kept.made_at, kept.taken_by, kept.taken_name) == (START, BEA, "Bea")
    assert kept.taken_at == START + timedelta(seconds=40)
    assert (kept.ended_by, kept.ended_name, kept.ended_at) == (CARL, "Carl", clock.now)
    assert kept.state is CallState.DONE
    assert await open_now(evening) == []
    assert evening.heard(StaffCalled) == [StaffCalled(called)]
    assert evening.heard(CallChanged) == [CallChanged(called)] * 2


async def test_whoever_comes_second_is_told_who_was_first(evening: Evening) -> None:
    called = await call(evening)
    await answer(evening, called, Answer.TAKE)
    with pytest.raises(CallAnswered) as caught:
        await answer(evening, called, Answer.TAKE, by=CARL)
    assert (caught.value.state, caught.value.by) == ("taken", "Bea")
    assert (await evening.get(StaffCall, called)).taken_by == BEA


async def test_nobody_is_done_with_a_call_that_nobody_took(evening: Evening) -> None:
    called = await call(evening)
    with pytest.raises(OutOfDate):
        await answer(evening, called, Answer.DONE)
    with pytest.raises(NotAllowed):
        await answer(evening, called + 1, Answer.TAKE)
    assert await open_now(evening) == [called]


async def test_a_visit_has_one_open_call_and_the_next_one_after_a_while(
    evening: Evening, clock: Clock
) -> None:
    first = await call(evening)
    clock.forward(timedelta(minutes=5))
    with pytest.raises(AlreadyCalled):
        await call(evening)
    await answer(evening, first, Answer.TAKE)
    with pytest.raises(AlreadyCalled):
        await call(evening)
    await answer(evening, first, Answer.DONE)
    second = await call(evening)
    await evening.once(withdraw_call, WithdrawCall(second, ANN))
    assert (await evening.get(StaffCall, second)).ended_at == clock.now
    with pytest.raises(CalledLately) as caught:
        await call(evening)
    assert caught.value.wait_minutes == 2
    clock.forward(timedelta(seconds=61))
    with pytest.raises(CalledLately) as caught:
        await call(evening)
    assert caught.value.wait_minutes == 1
    clock.forward(timedelta(seconds=59))
    third = await call(evening)
    assert await open_now(evening) == [third]
    assert await evening.store.run(lambda books: open_calls(books, BAR + 1)) == []


async def test_the_merchant_chooses_how_soon_one_can_call_again(evening: Evening) -> None:
    for seconds in AGAIN_SECONDS[::-1]:
        await evening.once(set_calling, SetCalling(BAR, seconds))
        assert await evening.find(Calling) == [Calling(BAR, seconds)]
    with pytest.raises(NotAllowed):
        await evening.once(set_calling, SetCalling(BAR, 7))
    await evening.once(withdraw_call, WithdrawCall(await call(evening), ANN))
    await call(evening)


async def test_a_call_is_its_customers_own(evening: Evening) -> None:
    await evening.sit_down(ZED)
    called = await call(evening)
    visit = await evening.visit(ANN)
    with pytest.raises(NoVisit):
        await evening.once(call_staff, CallStaff(visit.id, ZED))
    for command, ask in (
        (name_need, NameNeed(called, ZED, Need.BILL)),
        (withdraw_call, WithdrawCall(called, ZED)),
        (withdraw_call, WithdrawCall(called + 1, ANN)),
    ):
        with pytest.raises(NotYours):
            await evening.once(command, ask)  # type: ignore[arg-type]
    assert await call(evening, ZED) != called


async def test_what_a_call_is_about_can_be_said_until_it_is_over(evening: Evening) -> None:
    called = await call(evening)
    await evening.once(name_need, NameNeed(called, ANN, Need.BILL))
    await answer(evening, called, Answer.TAKE)
    await evening.once(name_need, NameNeed(called, ANN, Need.TABLE))
    assert (await evening.get(StaffCall, called)).need is Need.TABLE
    await answer(evening, called, Answer.DONE)
    for command, ask in (
        (name_need, NameNeed(called, ANN, Need.BILL)),
        (withdraw_call, WithdrawCall(called, ANN)),
    ):
        refused: type[Refusal] = CallAnswered
        with pytest.raises(refused):
            await evening.once(command, ask)  # type: ignore[arg-type]
    assert (await evening.get(StaffCall, called)).need is Need.TABLE


async def test_a_call_ends_with_its_visit(evening: Evening, clock: Clock) -> None:
    await evening.once(set_calling, SetCalling(BAR, 0))
    before = await call(evening)
    await evening.once(withdraw_call, WithdrawCall(before, ANN))
    await evening.sit_down(ZED)
    of_another, called = await call(evening, ZED), await call(evening)
    clock.forward(timedelta(minutes=1))
    await evening.check_out()
    ended = await evening.get(StaffCall, called)
    assert (ended.state, ended.ended_by, ended.ended_at) == (CallState.LEFT, None, clock.now)
    assert await open_now(evening) == [of_another]
    assert (await evening.get(StaffCall, before)).state is CallState.WITHDRAWN
    with pytest.raises(CallAnswered):
        await answer(evening, called, Answer.TAKE)


async def test_a_call_reminds_by_the_waits_for_orders_and_is_never_released(evening: Evening) -> None:
    await evening.once(set_wait, SetWait(BAR, Wait.PING, 0))
    await evening.once(set_wait, SetWait(BAR, Wait.ALERT, 300))
    await evening.once(set_wait, SetWait(BAR, Wait.RELEASE, 180))
    called = await call(evening)
    (timer,) = await evening.find(Errand, kind=PRESS_CALL)
    assert (timer.subject_id, timer.body, timer.due_at) == (called, "alert", START + timedelta(minutes=5))


async def test_a_merchant_that_wants_no_reminders_gets_none(evening: Evening) -> None:
    for wait in (Wait.PING, Wait.ALERT):
        await evening.once(set_wait, SetWait(BAR, wait, 0))
    await call(evening)
    assert await evening.find(Errand, kind=PRESS_CALL) == []
