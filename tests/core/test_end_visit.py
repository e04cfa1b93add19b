"""A visit that ends by itself: nobody pays for what was not brought, and the rest goes back if it can."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.check_out import Cause, CheckedOut, CheckOut, lines_not_brought
from core.dispute import DisputeState
from core.end_visit import end_visit
from core.errors import AlreadyLeft, AlreadyServed, NoVisit
from core.gateway import Capabilities
from core.gift import Gift, GiftState
from core.ledger import debt, payable, refunding
from core.merchant import NewLinkCode, NewMerchant, create_merchant, make_link_code
from core.order_goods import GoodsOrder, Line, LineState, OrderChanged
from core.refund import RefundOrder, RefundPart
from core.seat import MakeSeats, Seat, make_seats
from core.serve import CLOSED_OUT, Action, Reason, ServeOrder, serve_order
from core.station import LinkGroup, link_group
from core.visit import SitDown, VisitState, sit_down
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, BEA, ZED, Evening, eur
from tests.thorough import examples

HOURS = "18:00-22:00"


@pytest.fixture
async def late(evening: Evening, clock: Clock) -> Evening:
    """Ann has 20.00, and the bar closes at 22:00; what follows happens before."""
    await evening.top_up(2000)
    await evening.set_hours(HOURS)
    return evening


async def close(evening: Evening, clock: Clock, rules: Capabilities | None = None) -> int:
    clock.now = START + timedelta(minutes=135)
    return await evening.end(ANN, Cause.CLOSING, rules)


async def earned(evening: Evening) -> int:
    return (await evening.standing(payable(BAR, "EUR"))).balance.minor


async def test_what_was_brought_is_paid_and_the_rest_goes_back(late: Evening, clock: Clock) -> None:
    await late.deliver(2)
    receipt = await late.get(CheckOut, await close(late, clock))
    assert (receipt.paid, receipt.left, receipt.cause) == (eur(640), eur(1360), Cause.CLOSING)
    assert receipt.refund_id is not None
    assert (await late.get(RefundOrder, receipt.refund_id)).amount == eur(1360)
    assert await late.purse() == (0, 0)


async def test_what_ends_with_its_visit_is_not_asked_about_any_more(late: Evening, clock: Clock) -> None:
    order = await late.order(1)
    await late.serve(order, Action.ACCEPT)
    await late.cancel(order)
    before = await late.get(GoodsOrder, order)
    await close(late, clock)
    after = await late.get(GoodsOrder, order)
    assert (after.version, after.cancel_asked, after.is_open) == (before.version + 1, False, False)


@pytest.mark.parametrize("actions", [(), (Action.ACCEPT,), (Action.ACCEPT, Action.READY)])
async def test_what_was_not_brought_is_free_and_told_so(
    late: Evening, clock: Clock, actions: tuple[Action, ...]
) -> None:
    await late.sit_down(ZED)
    await late.top_up(1000, customer=ZED)
    await late.order(1, customer=ZED)
    await late.serve(await late.order(1), Action.DECLINE, reason=Reason.CLOSING)
    await late.cancel(await late.order(1))
    order = await late.order(2)
    await late.serve(order, *actions)
    clock.now = START + timedelta(minutes=135)
    await late.end(ZED, Cause.CLOSING)
    receipt = await late.get(CheckOut, await close(late, clock))
    assert (receipt.paid, receipt.left) == (eur(0), eur(2000))
    (line,) = await late.store.run(lambda books: lines_not_brought(books, receipt.visit_id))
    assert (line.state, line.reason, line.paid) == (LineState.CANCELLED, Reason.CLOSING, False)
    assert not (await late.get(GoodsOrder, order)).is_open
    assert await earned(late) == 0


async def test_what_was_made_and_found_nobody_is_paid(late: Evening, clock: Clock) -> None:
    await late.serve(await late.order(1), Action.ACCEPT, Action.GIVE_UP)
    assert (await late.get(CheckOut, await close(late, clock))).paid == eur(320)


async def test_who_comes_second_is_told_who_was_first(late: Evening, clock: Clock) -> None:
    """The customer checks out, and the barkeeper presses Delivered, just after it ended by itself."""
    order = await late.order(1)
    await late.serve(order, Action.ACCEPT)
    version = (await late.get(GoodsOrder, order)).version
    await close(late, clock)
    with pytest.raises(AlreadyLeft):
        await late.check_out()
    ask = ServeOrder(order, version, Action.DELIVER, None, BEA, "Bea")
    with pytest.raises(AlreadyServed) as late_press:
        await late.once(serve_order, ask)
    assert late_press.value.status == CLOSED_OUT
    with pytest.raises(NoVisit):
        await late.place()


async def test_what_is_delivered_just_before_is_paid(late: Evening, clock: Clock) -> None:
    order = await late.order(1)
    await late.serve(order, Action.ACCEPT)
    clock.now = START + timedelta(minutes=134)
    await late.serve(order, Action.DELIVER)
    assert (await late.get(CheckOut, await close(late, clock))).paid == eur(320)


async def test_a_customer_who_was_first_wins(late: Evening, clock: Clock) -> None:
    await late.deliver(1)
    await late.check_out()
    assert await close(late, clock) == 0
    assert [receipt.cause for receipt in await late.find(CheckOut)] == [Cause.CUSTOMER]


async def test_the_same_timer_ends_a_visit_once(late: Evening, clock: Clock) -> None:
    await late.deliver(1)
    clock.now = START + timedelta(minutes=135)
    ask = late.ask_end((await late.visit()).id, Cause.CLOSING)
    assert [await late.once(end_visit, ask, "errand:99") for _ in range(2)] == [1, 1]
    assert await late.once(end_visit, ask, "errand:100") == 0
    assert await earned(late) == 320


async def test_nothing_ends_while_the_bar_is_open_or_open_again(late: Evening, clock: Clock) -> None:
    assert await late.end(ANN, Cause.CLOSING) == 0
    clock.now = START + timedelta(hours=22)
    assert await late.end(ANN, Cause.CLOSING) == 0
    assert await late.end(ANN, Cause.IDLE) == 0
    assert (await late.visit()).state is VisitState.OPEN


async def test_whoever_scans_again_right_after_begins_anew(late: Evening, clock: Clock) -> None:
    await late.deliver(1)
    await close(late, clock)
    await late.sit_down(ANN)
    visit = await late.visit()
    assert (visit.id, visit.state) == (2, VisitState.OPEN)
    assert await late.end(ANN, Cause.CLOSING) == 0


async def test_what_a_gateway_takes_back_no_more_stays_in_the_wallet(late: Evening, clock: Clock) -> None:
    rules = Capabilities(refund_window=timedelta(minutes=30))
    receipt = await late.get(CheckOut, await close(late, clock, rules))
    assert (receipt.left, receipt.refund_id) == (eur(2000), None)
    assert await late.purse() == (2000, 2000)
    assert await late.find(RefundPart) == []


async def test_what_can_go_back_does_and_only_the_others_stay(late: Evening, clock: Clock) -> None:
    """Of 20.00 and 5.00 the first is broken into by a beer, and its gateway takes whole payments only."""
    await late.top_up(500)
    await late.deliver(1)
    receipt = await late.get(CheckOut, await close(late, clock, Capabilities(partial_refunds=False)))
    assert receipt.left == eur(500)
    assert await late.purse() == (1680, 1680)
    assert (await late.standing(refunding(ANN, "EUR"))).balance == eur(500)


async def test_of_a_gateway_that_is_off_nothing_goes_back(late: Evening, clock: Clock) -> None:
    clock.now = START + timedelta(minutes=135)
    visit = await late.visit()
    ask = late.ask_end(visit.id, Cause.CLOSING)
    await late.once(end_visit, type(ask)(visit.id, Cause.CLOSING, 0, ()))
    assert await late.purse() == (2000, 2000)


async def test_who_sits_elsewhere_by_now_keeps_the_rest_for_there(late: Evening, clock: Clock) -> None:
    other = await late.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    code = await late.once(make_link_code, NewLinkCode(other))
    await late.once(link_group, LinkGroup(code, -200, BEA))
    await late.once(make_seats, MakeSeats(other, ("R1",)))
    (seat,) = await late.find(Seat, label="R1")
    first = await late.visit()
    await late.deliver(1)
    await late.once(sit_down, SitDown(ANN, seat.token))
    clock.now = START + timedelta(minutes=135)
    receipt = await late.get(CheckOut, await late.once(end_visit, late.ask_end(first.id, Cause.CLOSING)))
    assert (receipt.paid, receipt.left, receipt.refund_id) == (eur(320), eur(1680), None)
    assert await late.purse() == (1680, 1680)


async def test_what_is_owed_is_paid_before_the_rest_goes_back(late: Evening, clock: Clock) -> None:
    order = await late.order(5)
    await late.dispute(1, DisputeState.LOST)
    await late.cancel(order)
    assert (await late.standing(debt(ANN, "EUR"))).balance == eur(-1600)
    await close(late, clock)
    assert (await late.standing(debt(ANN, "EUR"))).balance == eur(0)
    assert await late.purse() == (0, 0)


async def test_it_is_told_once_and_before_what_was_not_brought(late: Evening, clock: Clock) -> None:
    """So that the receipt, which says all of it, stands above the screen."""
    await late.serve(await late.order(1), Action.ACCEPT)
    clock.now = START + timedelta(minutes=135)
    before = len(late.told)
    await late.end(ANN, Cause.CLOSING)
    told = [type(event) for event in late.told[before:]]
    assert told.index(CheckedOut) < told.index(OrderChanged)
    assert told.count(CheckedOut) == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["Pils", "Nuts"]), st.integers(1, 3),
        st.sampled_from([(), ("accept",), ("accept", "ready"), ("accept", "deliver"), ("accept", "give-up")]),
    ),
    max_size=4,
)  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=examples(15), suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_whatever_was_ordered_every_cent_is_paid_for_goods_or_the_customers(
    late: Evening, clock: Clock, steps: list[tuple[str, int, tuple[str, ...]]]
) -> None:
    """The visits follow each other: each ends by itself, and begins with 40.00 more."""
    clock.now = START
    await late.sit_down(ANN)
    await late.top_up(4000)
    before, visit = await earned(late), await late.visit()
    price = {"Pils": 320, "Nuts": 250}
    due = 0
    for item, quantity, actions in steps:
        order = await late.order(quantity, item)
        await late.serve(order, *map(Action, actions))
        if actions and actions[-1] in ("deliver", "give-up"):
            due += price[item] * quantity
    purse = (await late.purse())[0]
    receipt = await late.get(CheckOut, await close(late, clock))
    assert receipt.paid.minor == due == await earned(late) - before
    assert receipt.left.minor == purse - due
    assert await late.purse() == (0, 0)
    lines = await late.find(Line, visit_id=visit.id)
    assert all(line.paid or line.state is LineState.CANCELLED for line in lines)


async def test_what_a_host_would_pay_for_and_nobody_has_accepted_is_the_hosts_again(
    late: Evening, clock: Clock
) -> None:
    """Zed's visit ends by itself, and Ann is the host."""
    await late.sit_down(ZED, "A13")
    party = await late.start_party()
    await late.join_party(party)
    await late.set_limit(party, 1000)
    order = await late.order_on_host(party)
    assert await late.purse() == (2000, 1680)
    clock.now = START + timedelta(minutes=135)
    await late.end(ZED, Cause.CLOSING)
    assert await late.purse() == (2000, 2000)
    (line,) = await late.find(Line, order_id=order)
    assert line.state is LineState.CANCELLED


async def test_a_gift_that_nobody_has_taken_is_taken_back(late: Evening, clock: Clock) -> None:
    await late.sit_down(ZED, "A13")
    gift = await late.offer("Pils")
    await close(late, clock)
    assert (await late.get(Gift, gift)).state is GiftState.WITHDRAWN
    assert await late.purse() == (0, 0)
