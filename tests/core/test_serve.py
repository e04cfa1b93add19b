"""Staff move an order on, one of them at a time; what is not delivered costs nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errand import EXPIRE_ORDER, Errand
from core.errors import AlreadyServed, NotAllowed, NotYours
from core.menu import MenuItem
from core.order_goods import GoodsOrder, Line, LineState, OrderChanged, lines_of, status_of
from core.serve import (
    Action,
    CancelOrder,
    Deed,
    Reason,
    ServeOrder,
    cancel_order,
    choices,
    deed_behind,
    last_deed,
    rare_choices,
    serve_order,
)
from tests.conftest import START
from tests.core.evening import ANN, BEA, CARL, ZED, Evening


@pytest.fixture
async def order(evening: Evening) -> int:
    """Two beers and nuts, placed and paid for by what is on hold."""
    await evening.top_up(1000)
    await evening.put("Pils", 2)
    await evening.put("Nuts", 1)
    return await evening.place()


async def status(evening: Evening, order: int) -> LineState:
    return status_of(await evening.store.run(lambda books: lines_of(books, order)))


async def press(
    evening: Evening, order: int, version: int, action: Action, by: int = BEA, reason: Reason | None = None
) -> int:
    name = {BEA: "Bea", CARL: "Carl"}[by]
    return await evening.once(serve_order, ServeOrder(order, version, action, reason, by, name))


async def test_an_order_goes_from_hand_to_hand(evening: Evening, order: int) -> None:
    for action, after in (
        (Action.ACCEPT, LineState.ACCEPTED),
        (Action.READY, LineState.READY),
        (Action.DELIVER, LineState.DELIVERED),
    ):
        await evening.serve(order, action)
        assert await status(evening, order) is after
    assert [(deed.action, deed.by_name) for deed in await evening.find(Deed)] == [
        ("accept", "Bea"), ("ready", "Bea"), ("deliver", "Bea"),
    ]  # fmt: skip
    assert {deed.reason for deed in await evening.find(Deed)} == {""}
    assert {line.reason for line in await evening.find(Line)} == {""}
    assert await evening.purse() == (1000, 110)


async def test_the_last_deed_is_the_last_one_to_this_order(evening: Evening, order: int) -> None:
    await evening.top_up(1000)
    other = await evening.order(1)
    assert await evening.store.run(lambda books: last_deed(books, order)) is None
    await press(evening, order, 1, Action.ACCEPT, by=CARL)
    await press(evening, order, 2, Action.READY, by=BEA)
    await press(evening, other, 1, Action.ACCEPT, by=CARL)
    deed = await evening.store.run(lambda books: last_deed(books, order))
    assert deed is not None
    assert (deed.order_id, deed.action, deed.by_name) == (order, "ready", "Bea")


async def test_of_two_staff_at_once_the_second_is_told_who_was_first(evening: Evening, order: int) -> None:
    await evening.top_up(1000)
    other = await evening.order(1)
    await press(evening, order, 1, Action.ACCEPT, by=BEA)
    await press(evening, other, 1, Action.ACCEPT, by=CARL)
    with pytest.raises(AlreadyServed) as caught:
        await press(evening, order, 1, Action.DECLINE, by=CARL, reason=Reason.TOO_BUSY)
    assert (caught.value.number, caught.value.status, caught.value.by) == (order, "accepted", "Bea")
    assert await status(evening, order) is LineState.ACCEPTED
    assert len(await evening.find(Deed, order_id=order)) == 1


async def test_an_old_card_changes_nothing_even_where_its_button_would_fit(
    evening: Evening, order: int
) -> None:
    await press(evening, order, 1, Action.ACCEPT)
    with pytest.raises(AlreadyServed):
        await press(evening, order, 1, Action.DELIVER)


async def test_declining_gives_the_money_back_at_once(evening: Evening, order: int) -> None:
    assert await evening.purse() == (1000, 110)
    await evening.serve(order, Action.DECLINE, reason=Reason.CLOSING)
    assert await evening.purse() == (1000, 1000)
    assert {line.reason for line in await evening.find(Line)} == {"closing"}
    assert choices(await evening.find(Line)) == ()


async def test_what_was_accepted_can_still_be_declined_and_what_is_ready_cannot(
    evening: Evening, order: int
) -> None:
    await evening.serve(order, Action.ACCEPT)
    assert Action.DECLINE in choices(await evening.find(Line))
    await evening.serve(order, Action.READY)
    with pytest.raises(AlreadyServed):
        await evening.serve(order, Action.DECLINE, reason=Reason.OTHER)


async def test_declining_needs_a_reason(evening: Evening, order: int) -> None:
    with pytest.raises(NotAllowed):
        await evening.serve(order, Action.DECLINE)


async def test_sold_out_marks_the_items_and_no_other_reason_does(evening: Evening, order: int) -> None:
    await evening.serve(order, Action.DECLINE, reason=Reason.TOO_BUSY)
    assert not any(item.sold_out for item in await evening.find(MenuItem))
    second = await evening.order(1)
    await evening.serve(second, Action.DECLINE, reason=Reason.SOLD_OUT)
    assert [item.name for item in await evening.find(MenuItem, sold_out=True)] == ["Pils"]


async def test_the_customer_takes_an_order_back_until_staff_accept_it(evening: Evening, order: int) -> None:
    await evening.cancel(order)
    assert await status(evening, order) is LineState.CANCELLED
    assert await evening.purse() == (1000, 1000)
    second = await evening.order(1)
    await evening.serve(second, Action.ACCEPT)
    with pytest.raises(AlreadyServed) as caught:
        await evening.once(cancel_order, CancelOrder(second, ANN, version=1))
    assert (caught.value.by, caught.value.status) == ("Bea", "accepted")


async def test_an_order_that_was_taken_back_cannot_be_accepted(evening: Evening, order: int) -> None:
    await evening.cancel(order)
    with pytest.raises(AlreadyServed) as caught:
        await press(evening, order, 1, Action.ACCEPT)
    assert (caught.value.by, caught.value.status) == ("", "cancelled")


async def test_nobody_takes_back_what_another_ordered(evening: Evening, order: int) -> None:
    with pytest.raises(NotYours):
        await evening.cancel(order, customer=ZED)
    with pytest.raises(NotYours):
        await evening.cancel(99)


async def test_an_order_nobody_answers_is_released(evening: Evening, order: int) -> None:
    (timer,) = await evening.find(Errand, kind=EXPIRE_ORDER)
    assert timer.subject_id == order
    await evening.expire(order)
    assert await status(evening, order) is LineState.EXPIRED
    assert await evening.purse() == (1000, 1000)


async def test_an_order_that_was_answered_does_not_expire(evening: Evening, order: int) -> None:
    await evening.serve(order, Action.ACCEPT)
    version = (await evening.get(GoodsOrder, order)).version
    await evening.expire(order)
    assert await status(evening, order) is LineState.ACCEPTED
    assert (await evening.get(GoodsOrder, order)).version == version == 2


async def test_whatever_is_done_makes_the_checkout_that_was_drawn_out_of_date(
    evening: Evening, order: int
) -> None:
    versions = [(await evening.visit(ANN)).version]
    for action in (Action.ACCEPT, Action.READY):
        await evening.serve(order, action)
        versions.append((await evening.visit(ANN)).version)
    assert versions == [2, 3, 4]


async def test_what_was_paid_for_early_is_delivered_and_not_declined(evening: Evening, order: int) -> None:
    await evening.serve(order, Action.ACCEPT)
    await evening.check_out(pay_coming=True)
    assert choices(await evening.find(Line)) == (Action.PREPARE, Action.READY, Action.DELIVER)
    with pytest.raises(AlreadyServed):
        await evening.serve(order, Action.DECLINE, reason=Reason.OTHER)
    await evening.serve(order, Action.DELIVER)
    assert await status(evening, order) is LineState.DELIVERED


def done(id_: int, action: Action) -> Deed:
    return Deed(id_, 1, action, "", BEA, "Bea", START)


def test_who_brought_an_order_to_its_status_did_so_last_or_found_nobody_there() -> None:
    accepted, ready, kept = done(1, Action.ACCEPT), done(2, Action.READY), done(3, Action.KEEP)
    again, missed, comped = done(4, Action.ACCEPT), done(5, Action.MISS), done(6, Action.COMP)
    assert deed_behind([accepted, ready, kept], LineState.READY) == ready
    assert deed_behind([accepted, ready, kept, again], LineState.ACCEPTED) == again
    assert deed_behind([accepted, missed, ready, kept], LineState.ACCEPTED) == missed
    assert deed_behind([accepted, comped, kept], LineState.COMPED) == comped
    assert deed_behind([accepted, kept], LineState.DELIVERED) == kept
    assert deed_behind([], LineState.PLACED) is None


# Line by line


async def lines(evening: Evening, order: int) -> list[Line]:
    return await evening.store.run(lambda books: lines_of(books, order))


async def test_each_line_goes_its_own_way(evening: Evening, order: int) -> None:
    pils, nuts = await lines(evening, order)
    await evening.serve(order, Action.ACCEPT, line_id=pils.id)
    await evening.serve(order, Action.DECLINE, reason=Reason.TOO_BUSY, line_id=nuts.id)
    assert [line.state for line in await lines(evening, order)] == [LineState.ACCEPTED, LineState.DECLINED]
    assert await evening.purse() == (1000, 360)
    await evening.serve(order, Action.PREPARE, Action.READY, Action.DELIVER)
    assert [line.state for line in await lines(evening, order)] == [LineState.DELIVERED, LineState.DECLINED]
    assert [deed.line_id for deed in await evening.find(Deed)] == [pils.id, nuts.id, None, None, None]


async def test_a_line_sold_out_marks_its_item_alone(evening: Evening, order: int) -> None:
    _, nuts = await lines(evening, order)
    await evening.serve(order, Action.DECLINE, reason=Reason.SOLD_OUT, line_id=nuts.id)
    assert [item.name for item in await evening.find(MenuItem, sold_out=True)] == ["Nuts"]


async def test_declining_the_order_leaves_the_line_that_was_accepted(evening: Evening, order: int) -> None:
    pils, _ = await lines(evening, order)
    await evening.serve(order, Action.ACCEPT, line_id=pils.id)
    await evening.serve(order, Action.DECLINE, reason=Reason.CLOSING)
    assert [line.state for line in await lines(evening, order)] == [LineState.ACCEPTED, LineState.DECLINED]


async def test_two_staff_at_two_lines_do_not_disturb_each_other(evening: Evening, order: int) -> None:
    pils, nuts = await lines(evening, order)
    for line, by in ((pils, BEA), (nuts, CARL)):
        ask = ServeOrder(order, line.version, Action.ACCEPT, None, by, "somebody", line.id)
        await evening.once(serve_order, ask)
    assert await status(evening, order) is LineState.ACCEPTED


async def test_of_two_staff_at_one_line_the_second_is_told(evening: Evening, order: int) -> None:
    pils, nuts = await lines(evening, order)
    await evening.serve(order, Action.ACCEPT, line_id=pils.id)
    ask = ServeOrder(order, pils.version, Action.DECLINE, Reason.TOO_BUSY, CARL, "Carl", pils.id)
    with pytest.raises(AlreadyServed) as caught:
        await evening.once(serve_order, ask)
    assert (caught.value.status, caught.value.by) == ("accepted", "Bea")
    assert (await lines(evening, order))[1] == nuts


async def test_a_line_of_another_order_is_not_served_through_this_one(evening: Evening, order: int) -> None:
    await evening.top_up(1000)
    other = await evening.order(1)
    (line,) = await lines(evening, other)
    with pytest.raises(NotYours):
        await evening.once(serve_order, ServeOrder(order, 1, Action.ACCEPT, None, BEA, "Bea", line.id))


async def test_a_reason_must_fit_what_is_done(evening: Evening, order: int) -> None:
    with pytest.raises(NotAllowed):
        await evening.serve(order, Action.DECLINE, reason=Reason.GOODWILL)


async def test_promising_a_time_accepts_what_was_not_yet(evening: Evening, order: int) -> None:
    ask = ServeOrder(order, 1, Action.PROMISE, None, BEA, "Bea", minutes=20)
    await evening.once(serve_order, ask)
    assert await status(evening, order) is LineState.ACCEPTED
    assert (await evening.get(GoodsOrder, order)).promised_at == START + timedelta(minutes=20)


async def test_nobody_at_the_seat_changes_no_line_and_giving_up_keeps_the_money(
    evening: Evening, order: int
) -> None:
    await evening.serve(order, Action.ACCEPT, Action.READY, Action.MISS)
    assert await status(evening, order) is LineState.READY
    await evening.serve(order, Action.GIVE_UP)
    assert await status(evening, order) is LineState.UNDELIVERABLE
    assert await evening.purse() == (1000, 110)
    await evening.check_out()
    assert await evening.purse() == (110, 110)


async def test_bad_news_is_what_keeps_a_customer_from_what_they_wait_for(
    evening: Evening, order: int
) -> None:
    def heard() -> list[tuple[int, bool]]:
        return [(event.order_id, event.bad_news) for event in evening.heard(OrderChanged)]

    await evening.serve(order, Action.ACCEPT, Action.MISS, Action.DELIVER)
    assert heard() == [(order, False), (order, True), (order, False)]
    await evening.top_up(1000)
    expired = await evening.order(1, "Nuts")
    await evening.expire(expired)
    assert {line.reason for line in await lines(evening, expired)} == {""}
    cancelled = await evening.order(1, "Nuts")
    await evening.cancel(cancelled)
    assert heard()[3:] == [(expired, True), (cancelled, False)]


async def test_what_was_promised_last_is_remembered_once_all_is_there(evening: Evening, order: int) -> None:
    await evening.once(serve_order, ServeOrder(order, 1, Action.PROMISE, None, BEA, "Bea", minutes=20))
    await evening.serve(order, Action.DELIVER)
    assert (await evening.get(GoodsOrder, order)).promised_at == START + timedelta(minutes=20)
    assert {line.reason for line in await lines(evening, order)} == {""}


# Cancelling what is accepted


async def test_who_waits_to_hear_about_cancelling_still_does_when_nobody_was_at_the_seat(
    evening: Evening, order: int
) -> None:
    await evening.serve(order, Action.ACCEPT)
    await evening.cancel(order)
    rare = (Action.PROMISE, Action.MISS, Action.GIVE_UP, Action.LET_GO, Action.KEEP)
    assert rare_choices(await lines(evening, order)) == rare
    assert evening.heard(OrderChanged)[-1] == OrderChanged(order, bad_news=False)
    await evening.serve(order, Action.MISS)
    assert (await evening.get(GoodsOrder, order)).cancel_asked


async def test_what_is_accepted_is_cancelled_only_if_staff_let_it_go(evening: Evening, order: int) -> None:
    await evening.serve(order, Action.ACCEPT)
    await evening.cancel(order)
    assert await evening.purse() == (1000, 110)
    await evening.serve(order, Action.LET_GO)
    assert await status(evening, order) is LineState.CANCELLED
    assert await evening.purse() == (1000, 1000)
    assert not (await evening.get(GoodsOrder, order)).cancel_asked


async def test_staff_can_go_on_and_the_customer_can_ask_again(evening: Evening, order: int) -> None:
    await evening.serve(order, Action.ACCEPT)
    await evening.cancel(order)
    with pytest.raises(AlreadyServed):  # it is asked already
        await evening.cancel(order)
    await evening.serve(order, Action.KEEP)
    assert await status(evening, order) is LineState.ACCEPTED
    await evening.cancel(order)
    assert (await evening.get(GoodsOrder, order)).cancel_asked


async def test_nobody_is_let_go_who_did_not_ask(evening: Evening, order: int) -> None:
    await evening.serve(order, Action.ACCEPT)
    with pytest.raises(AlreadyServed):
        await evening.serve(order, Action.LET_GO)


async def test_what_was_delivered_meanwhile_is_no_longer_asked_about(evening: Evening, order: int) -> None:
    await evening.serve(order, Action.ACCEPT)
    await evening.cancel(order)
    await evening.serve(order, Action.DELIVER)
    found = await evening.get(GoodsOrder, order)
    assert not found.cancel_asked
    assert rare_choices(await lines(evening, order)) == (Action.COMP, Action.RETURN)
