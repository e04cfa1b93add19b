"""A visit at which nothing goes on: when it is asked, what is an answer, and when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.check_out import AskCheckOut, Cause, CheckOut, check_out
from core.closing import SetLimit, set_limit
from core.end_visit import end_visit
from core.endings import Endings, Limit
from core.errand import WATCH_VISIT, Errand, ErrandState
from core.errors import NoVisit
from core.idle import Sign, StayedOn, StayOn, StillHereAsked, judge, stay_on
from core.merchant import NewMerchant, create_merchant
from core.seat import MakeSeats, make_seats
from core.serve import Action
from core.visit import Visit, VisitState
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, ZED, Evening

YAN = 11
MINUTE = timedelta(minutes=1)
MINUTES = st.integers(0, 600)


def visit(touched: int | None, warned: int | None) -> Visit:
    moments = [None if each is None else START + each * MINUTE for each in (touched, warned)]
    return Visit(1, ANN, BAR, 1, VisitState.OPEN, 1, START, None, *moments)


@given(
    touched=st.none() | MINUTES, warned=st.none() | MINUTES, seen=st.none() | MINUTES, now=MINUTES,
    idle=st.sampled_from([45, 90]), leave=st.sampled_from([0, 15, 60]), is_busy=st.booleans(),
)  # fmt: skip
def test_nobody_is_ended_who_was_not_asked_or_did_something_since(
    touched: int | None, warned: int | None, seen: int | None, now: int, idle: int, leave: int, is_busy: bool
) -> None:
    rules = Endings(BAR, idle_minutes=idle, leave_minutes=leave)
    seen_at = None if seen is None else START + seen * MINUTE
    at = START + now * MINUTE
    sign, again_at = judge(rules, visit(touched, warned), seen_at, at, is_busy=is_busy)
    active = max(0, touched or 0, seen or 0)
    if sign is Sign.END:
        assert warned is not None
        assert leave
        assert not is_busy
        assert active < warned <= now - leave
    else:
        assert again_at > at
    if sign is Sign.ASK:
        assert not is_busy
        assert now - active >= idle


async def looks(evening: Evening) -> list[datetime]:
    found = await evening.find(Errand, kind=WATCH_VISIT, state=ErrandState.WAITING)
    return [errand.due_at for errand in found]


async def after(evening: Evening, clock: Clock, minutes: int, seen_at: datetime | None = None) -> Visit:
    clock.forward(minutes * MINUTE)
    await evening.do_timers(seen_at)
    return await evening.visit()


async def test_an_idle_visit_is_asked_once_and_then_ended(evening: Evening, clock: Clock) -> None:
    await evening.top_up(1000)
    await evening.deliver(1)
    assert (await after(evening, clock, 89)).warned_at is None
    assert (await after(evening, clock, 1)).warned_at == clock.now
    assert evening.heard(StillHereAsked) == [StillHereAsked(1, clock.now + 30 * MINUTE)]
    assert (await after(evening, clock, 29)).state is VisitState.OPEN
    assert (await after(evening, clock, 1)).state is VisitState.SETTLED
    (receipt,) = await evening.find(CheckOut)
    assert (receipt.cause, receipt.paid.minor, receipt.left.minor) == (Cause.IDLE, 320, 680)
    assert await looks(evening) == []


async def test_there_is_one_timer_for_a_visit(evening: Evening, clock: Clock) -> None:
    assert await looks(evening) == [START + 90 * MINUTE]
    await after(evening, clock, 90)
    assert await looks(evening) == [START + 120 * MINUTE]


async def test_what_the_customer_taps_is_seen_without_a_word(evening: Evening, clock: Clock) -> None:
    await after(evening, clock, 90, seen_at=START + 80 * MINUTE)
    assert await looks(evening) == [START + 170 * MINUTE]
    await after(evening, clock, 80)
    assert (await evening.visit()).warned_at == clock.now
    await after(evening, clock, 30, seen_at=clock.now + 5 * MINUTE)
    assert (await evening.visit()).state is VisitState.OPEN


async def test_who_pays_is_here(evening: Evening, clock: Clock) -> None:
    await evening.top_up(1000)
    clock.forward(60 * MINUTE)
    await evening.top_up(1000)
    assert (await after(evening, clock, 30)).warned_at is None
    assert (await after(evening, clock, 60)).warned_at == clock.now


async def test_what_others_pay_and_order_keeps_nobody_here(evening: Evening, clock: Clock) -> None:
    await evening.sit_down(ZED)
    clock.forward(60 * MINUTE)
    await evening.top_up(2000, customer=ZED)
    await evening.order(1, customer=ZED)
    await evening.accept(await evening.offer("Nuts", giver=ZED, receiver=ANN), ANN)
    await evening.serve(2, Action.ACCEPT, Action.DELIVER)
    await evening.sit_down(YAN)
    await evening.accept(await evening.offer("Nuts", giver=ZED, receiver=YAN), YAN)
    clock.forward(30 * MINUTE)
    await evening.do_timers()
    assert [visit.warned_at for visit in await evening.find(Visit)] == [clock.now, None, None]


async def test_nobody_is_asked_while_something_is_coming(evening: Evening, clock: Clock) -> None:
    await evening.top_up(1000)
    order = await evening.order(1)
    await evening.serve(order, Action.ACCEPT)
    assert (await after(evening, clock, 90)).warned_at is None
    await evening.serve(order, Action.DELIVER)
    assert (await after(evening, clock, 89)).warned_at is None
    assert (await after(evening, clock, 1)).warned_at == clock.now


async def test_who_says_to_be_here_stays(evening: Evening, clock: Clock) -> None:
    asked = await after(evening, clock, 90)
    await evening.once(stay_on, StayOn(asked.id, ANN))
    stayed = await evening.visit()
    assert (stayed.warned_at, stayed.touched_at) == (None, clock.now)
    assert evening.heard(StayedOn) == [StayedOn(asked.id, asked.warned_at)]
    assert (await after(evening, clock, 30)).state is VisitState.OPEN
    assert (await after(evening, clock, 59)).warned_at is None
    assert (await after(evening, clock, 1)).warned_at == clock.now
    with pytest.raises(NoVisit):
        await evening.once(stay_on, StayOn(asked.id, ZED))


async def test_any_tap_answers_the_question(evening: Evening, clock: Clock) -> None:
    """Even one at the very moment of the question."""
    asked = await after(evening, clock, 90)
    stayed = await after(evening, clock, 30, seen_at=asked.warned_at)
    assert (stayed.state, stayed.warned_at) == (VisitState.OPEN, None)
    assert evening.heard(StayedOn) == [StayedOn(asked.id, asked.warned_at)]


async def test_who_orders_between_the_decision_and_the_end_stays(evening: Evening, clock: Clock) -> None:
    await evening.top_up(1000)
    asked = await after(evening, clock, 90)
    await evening.order(1)
    assert await evening.once(end_visit, evening.ask_end(asked.id, Cause.IDLE, asked.version)) == 0
    assert (await evening.visit()).state is VisitState.OPEN


async def test_what_was_late_is_asked_and_waits_as_long_as_it_would_have(
    evening: Evening, clock: Clock
) -> None:
    assert (await after(evening, clock, 600)).warned_at == clock.now
    assert (await after(evening, clock, 29)).state is VisitState.OPEN
    assert (await after(evening, clock, 600)).state is VisitState.SETTLED


async def test_never_is_never_and_what_is_set_later_counts_for_open_visits(
    evening: Evening, clock: Clock
) -> None:
    await evening.once(set_limit, SetLimit(BAR, Limit.IDLE, 0))
    assert (await after(evening, clock, 600)).warned_at is None
    await evening.once(set_limit, SetLimit(BAR, Limit.IDLE, 45))
    assert (await after(evening, clock, 0)).warned_at == clock.now


async def test_a_change_of_rules_sets_timers_for_the_open_visits_of_that_merchant_only(
    evening: Evening,
) -> None:
    red = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    await evening.once(make_seats, MakeSeats(red, ("R1",)))
    for label in ("A13", "R1"):
        await evening.sit_down(ZED, label)
    visit = (await evening.find(Visit, customer_id=ZED, merchant_id=BAR))[0]
    ask = AskCheckOut(ZED, BAR, "EUR", visit.id, visit.version, False, False)
    await evening.once(check_out, ask)
    before = len(await evening.find(Errand, kind=WATCH_VISIT))
    await evening.once(set_limit, SetLimit(BAR, Limit.GRACE, 30))
    watched = (await evening.find(Errand, kind=WATCH_VISIT))[before:]
    assert [errand.subject_id for errand in watched] == [(await evening.visit(ANN)).id]


async def test_a_shorter_wait_counts_at_once(evening: Evening, clock: Clock) -> None:
    clock.forward(MINUTE)
    await evening.once(set_limit, SetLimit(BAR, Limit.IDLE, 45))
    await evening.do_timers()
    assert (await after(evening, clock, 44)).warned_at == clock.now


async def test_a_visit_opened_while_rules_changed_beside_it_is_watched(
    evening: Evening, clock: Clock
) -> None:
    """Where many write the change may not see the visit, and the visit not the change."""
    await evening.once(set_limit, SetLimit(BAR, Limit.GRACE, 30))
    _, seen = await evening.find(Errand, kind=WATCH_VISIT)
    unseen = replace(seen, state=ErrandState.DONE)
    await evening.store.run(lambda books: books.save(unseen))
    await evening.invoice(1000)  # which has errands of its own under the same number
    clock.forward(MINUTE)
    await evening.sit_down(ZED)
    assert (await after(evening, clock, 89)).warned_at == clock.now


async def test_after_a_change_of_rules_each_visit_is_watched_by_one_timer(
    evening: Evening, clock: Clock
) -> None:
    await evening.once(set_limit, SetLimit(BAR, Limit.GRACE, 30))
    await after(evening, clock, 90)
    assert await looks(evening) == [clock.now + 30 * MINUTE]


async def test_who_is_only_asked_is_never_ended(evening: Evening, clock: Clock) -> None:
    await evening.once(set_limit, SetLimit(BAR, Limit.LEAVE, 0))
    assert (await after(evening, clock, 90)).warned_at == clock.now
    asked_at = clock.now
    last = await after(evening, clock, 600)
    assert (last.state, last.warned_at) == (VisitState.OPEN, asked_at)
    assert evening.heard(StillHereAsked) == [StillHereAsked(last.id, None)]


async def test_who_waits_for_what_somebody_else_pays_is_not_idle(evening: Evening, clock: Clock) -> None:
    await evening.top_up(1000)
    await evening.sit_down(ZED, "A13")
    party = await evening.start_party()
    await evening.join_party(party)
    await evening.set_limit(party, 500)
    order = await evening.order_on_host(party)
    await evening.serve(order, Action.ACCEPT)
    await after(evening, clock, 90)
    assert (await evening.visit(ZED)).warned_at is None
    await evening.serve(order, Action.DELIVER)
    await after(evening, clock, 90)
    assert (await evening.visit(ZED)).warned_at == clock.now
