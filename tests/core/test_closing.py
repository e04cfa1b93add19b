"""Hours as they pass: what timers do in time, late, and after the hours were changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.check_out import Cause, CheckOut
from core.closing import HasClosed, HoursPassed, LastOrdersCalled, SetLimit, set_limit
from core.end_visit import end_visit
from core.endings import Endings, Limit, Moment
from core.errand import KEEP_HOURS, Errand, ErrandState
from core.errors import NotAllowed, NotOpenNow
from core.ports import Books
from core.visit import Visit, VisitState
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, ZED, Evening

TEN = datetime(2026, 5, 1, 22, 0, tzinfo=UTC)


class Busy(Evening):
    """An evening at which nobody is idle."""

    async def do_timers(self, seen_at: datetime | None = None) -> None:
        await super().do_timers(seen_at or await self.store.run(_now))


async def _now(books: Books) -> datetime:
    return books.now


@pytest.fixture
def bar(evening: Evening) -> Busy:
    return Busy(evening.store, first_key=500)


async def timers(evening: Evening) -> list[tuple[str, datetime]]:
    found = await evening.find(Errand, kind=KEEP_HOURS, state=ErrandState.WAITING)
    return [(errand.body, errand.due_at) for errand in found]


async def test_an_evening_is_called_and_closed_and_ended(bar: Busy, clock: Clock) -> None:
    await bar.set_hours("18:00-22:00")
    assert await timers(bar) == [(f"2:{Moment.CALL}", TEN - timedelta(minutes=45))]
    await bar.top_up(1000)
    await bar.deliver(1)
    clock.forward(timedelta(minutes=75))
    await bar.do_timers()
    assert bar.heard(LastOrdersCalled) == [LastOrdersCalled(BAR, TEN - timedelta(minutes=30))]
    clock.forward(timedelta(minutes=15))
    await bar.do_timers()
    assert bar.heard(HoursPassed) == [HoursPassed(BAR)] * 3
    clock.forward(timedelta(minutes=30))
    await bar.do_timers()
    assert bar.heard(HasClosed) == [HasClosed(BAR, TEN + timedelta(minutes=15))]
    assert (await bar.visit()).state is VisitState.OPEN
    clock.forward(timedelta(minutes=15))
    await bar.do_timers()
    (receipt,) = await bar.find(CheckOut)
    assert (receipt.cause, receipt.paid.minor, receipt.left.minor) == (Cause.CLOSING, 320, 680)
    assert await timers(bar) == [(f"2:{Moment.OPENING}", TEN + timedelta(hours=20))]
    assert len(bar.heard(LastOrdersCalled)) == 1


@pytest.mark.parametrize("hours_late", [2.5, 10])
async def test_what_is_late_after_a_restart_closes_once_and_leaves_staff_their_last_word(
    bar: Busy, clock: Clock, hours_late: float
) -> None:
    await bar.set_hours("18:00-22:00")
    clock.forward(timedelta(hours=hours_late))
    await bar.do_timers()
    assert bar.heard(LastOrdersCalled) == []
    assert bar.heard(HasClosed) == [HasClosed(BAR, clock.now + timedelta(minutes=15))]
    clock.forward(timedelta(minutes=15))
    await bar.do_timers()
    assert [receipt.cause for receipt in await bar.find(CheckOut)] == [Cause.CLOSING]


async def test_a_timer_so_late_that_it_is_open_again_ends_nothing(bar: Busy, clock: Clock) -> None:
    await bar.once(set_limit, SetLimit(BAR, Limit.IDLE, 0))
    await bar.set_hours("18:00-22:00")
    clock.forward(timedelta(hours=23))
    await bar.do_timers()
    assert (await bar.visit()).state is VisitState.OPEN
    assert [moment for moment, _ in await timers(bar)] == [f"3:{Moment.CALL}"]


async def test_hours_that_were_changed_leave_old_timers_without_effect(bar: Busy, clock: Clock) -> None:
    await bar.set_hours("18:00-22:00")
    clock.forward(timedelta(minutes=121))
    await bar.set_hours("18:00-24:00")
    await bar.do_timers()
    assert bar.heard(HasClosed) == []
    clock.forward(timedelta(minutes=30))
    await bar.do_timers()
    assert (await bar.visit()).state is VisitState.OPEN
    assert [moment for moment, _ in await timers(bar)] == [f"3:{Moment.CALL}"]


async def test_hours_that_are_made_shorter_than_it_is_late_close_it_now(bar: Busy, clock: Clock) -> None:
    clock.forward(timedelta(minutes=90))
    await bar.set_hours("18:00-21:00")
    assert bar.heard(HasClosed) == [HasClosed(BAR, clock.now + timedelta(minutes=15))]
    clock.forward(timedelta(minutes=15))
    await bar.do_timers()
    assert [receipt.cause for receipt in await bar.find(CheckOut)] == [Cause.CLOSING]


async def test_what_else_is_set_after_closing_leaves_staff_the_time_they_were_told(
    bar: Busy, clock: Clock
) -> None:
    await bar.set_hours("18:00-22:00")
    clock.forward(timedelta(hours=2))
    await bar.do_timers()
    clock.forward(timedelta(minutes=5))
    await bar.once(set_limit, SetLimit(BAR, Limit.LEAVE, 60))
    assert bar.heard(HasClosed) == [HasClosed(BAR, TEN + timedelta(minutes=15))]
    clock.forward(timedelta(minutes=1))
    await bar.once(set_limit, SetLimit(BAR, Limit.GRACE, 30))
    assert bar.heard(HasClosed)[1:] == [HasClosed(BAR, TEN + timedelta(minutes=36))]
    clock.forward(timedelta(minutes=29))
    await bar.do_timers()
    assert (await bar.visit()).state is VisitState.OPEN
    clock.forward(timedelta(minutes=1))
    await bar.do_timers()
    assert (await bar.visit()).state is VisitState.SETTLED


async def test_what_is_set_at_the_very_time_that_staff_were_told_ends_visits_then(
    bar: Busy, clock: Clock
) -> None:
    await bar.set_hours("18:00-22:00")
    clock.forward(timedelta(hours=2))
    await bar.do_timers()
    clock.forward(timedelta(minutes=15))
    await bar.once(set_limit, SetLimit(BAR, Limit.LEAVE, 60))
    assert len(bar.heard(HasClosed)) == 1
    await bar.do_timers()
    assert (await bar.visit()).state is VisitState.SETTLED


async def test_what_is_set_before_opening_disturbs_nobody_who_waits(bar: Busy, clock: Clock) -> None:
    await bar.set_hours("20:30-23:00")
    clock.forward(timedelta(minutes=10))
    await bar.once(set_limit, SetLimit(BAR, Limit.GRACE, 10))
    clock.forward(timedelta(minutes=10))
    await bar.do_timers()
    assert bar.heard(HasClosed) == []
    assert (await bar.visit()).state is VisitState.OPEN


async def test_hours_that_bring_last_orders_near_call_them(bar: Busy, clock: Clock) -> None:
    await bar.set_hours("18:00-22:00")
    clock.forward(timedelta(minutes=65))
    await bar.once(set_limit, SetLimit(BAR, Limit.LAST_ORDERS, 45))
    assert bar.heard(LastOrdersCalled) == [LastOrdersCalled(BAR, TEN - timedelta(minutes=45))]


async def test_who_sits_down_after_closing_is_not_ended_by_that_closing(bar: Busy, clock: Clock) -> None:
    await bar.set_hours("18:00-22:00")
    clock.forward(timedelta(minutes=125))
    await bar.do_timers()
    await bar.sit_down(ZED, "A13")
    clock.forward(timedelta(minutes=15))
    await bar.do_timers()
    assert (await bar.visit(ANN)).state is VisitState.SETTLED
    assert (await bar.visit(ZED)).state is VisitState.OPEN


async def test_who_sits_down_as_it_closes_is_not_ended_by_that_closing(bar: Busy, clock: Clock) -> None:
    await bar.set_hours("18:00-22:00")
    await bar.top_up(1000)
    clock.forward(timedelta(hours=2))
    await bar.do_timers()
    await bar.sit_down(ZED, "A13")
    clock.forward(timedelta(minutes=15))
    await bar.do_timers()
    assert [visit.state for visit in await bar.find(Visit)] == [VisitState.SETTLED, VisitState.OPEN]
    await bar.once(set_limit, SetLimit(BAR, Limit.LEAVE, 60))
    assert len(bar.heard(HasClosed)) == 1
    assert [moment for moment, _ in await timers(bar)] == [f"2:{Moment.OPENING}", f"3:{Moment.OPENING}"]
    assert await bar.once(end_visit, bar.ask_end((await bar.visit(ZED)).id, Cause.CLOSING)) == 0


async def test_without_a_grace_visits_stay_open(bar: Busy, clock: Clock) -> None:
    await bar.once(set_limit, SetLimit(BAR, Limit.GRACE, 0))
    await bar.once(set_limit, SetLimit(BAR, Limit.IDLE, 0))
    await bar.set_hours("18:00-22:00")
    clock.forward(timedelta(hours=5))
    await bar.do_timers()
    assert (await bar.visit()).state is VisitState.OPEN
    assert [moment for moment, _ in await timers(bar)] == [f"4:{Moment.OPENING}"]


async def test_a_closed_merchant_takes_no_order_and_the_cart_stays(evening: Evening, clock: Clock) -> None:
    await evening.top_up(1000)
    await evening.set_hours("18:00-22:00")
    await evening.put("Pils", 1)
    clock.forward(timedelta(hours=2))
    with pytest.raises(NotOpenNow):
        await evening.place()
    assert await evening.purse() == (1000, 1000)
    clock.forward(timedelta(hours=20))
    assert await evening.place() == 1


async def test_what_is_set_again_changes_nothing(bar: Busy) -> None:
    await bar.set_hours("18:00-22:00")
    await bar.set_hours(" 18:00-22:00 ;")
    await bar.once(set_limit, SetLimit(BAR, Limit.GRACE, 15))
    assert [rules.version for rules in await bar.find(Endings)] == [2]
    assert len(bar.heard(HoursPassed)) == 1
    with pytest.raises(NotAllowed):
        await bar.once(set_limit, SetLimit(BAR, Limit.GRACE, 1))


async def test_the_day_is_of_the_merchants_clock(bar: Busy) -> None:
    """At START it is 20:00 in London's winter and 22:00 in Berlin's summer."""
    await bar.set_hours("18:00-21:00")
    assert await timers(bar) == [(f"2:{Moment.CALL}", START + timedelta(minutes=15))]
