"""A gift costs its giver only if its receiver takes it, and nobody is pestered with gifts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.errand import LAPSE_GIFT, Errand
from core.errors import (
    GiftOver,
    GiftShort,
    GiftsRefused,
    GiftTooSoon,
    LastOrdersOver,
    NotYours,
    NoVisit,
    OutOfDate,
    ReceiverGone,
    TooManyGifts,
)
from core.gift import (
    COOL_DOWN,
    LAPSES_AFTER,
    MOST_OFFERED,
    BlockGiver,
    Gift,
    GiftEnded,
    GiftOffered,
    GiftState,
    GiverBlocked,
    OfferGift,
    block_giver,
    check_manners,
    is_blocked,
    offer_gift,
)
from core.menu import Entry, LoadMenu, MarkSoldOut, MenuItem, load_menu, mark_sold_out
from core.order_goods import GoodsOrder, Line, LineState, PlaceOrder, last_order, order_goods
from core.serve import Action, Reason
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, ZED, Evening, eur

YAN = 11
ENDS = [GiftState.DECLINED, GiftState.LAPSED, GiftState.WITHDRAWN]


@pytest.fixture
async def evening(evening: Evening) -> Evening:
    """Ann has 10.00 at A12; Zed has nothing at A13."""
    await evening.top_up(1000)
    await evening.sit_down(ZED, "A13")
    return evening


def by(state: GiftState) -> int | None:
    return {GiftState.DECLINED: ZED, GiftState.WITHDRAWN: ANN}.get(state)


async def test_its_money_is_aside_from_the_offer_on(evening: Evening) -> None:
    gift = await evening.get(Gift, await evening.offer("Pils"))
    assert (gift.giver_id, gift.receiver_id, gift.total) == (ANN, ZED, eur(320))
    assert evening.heard(GiftOffered) == [GiftOffered(gift.id)]
    assert await evening.purse() == (1000, 680)
    assert await evening.find(GoodsOrder) == []


async def test_taken_it_is_ordered_for_the_receivers_seat_on_the_givers_visit(evening: Evening) -> None:
    gift = await evening.accept(await evening.offer("Pils", 2))
    (order,) = await evening.find(GoodsOrder)
    (line,) = await evening.find(Line)
    givers, receivers = await evening.visit(ANN), await evening.visit(ZED)
    assert (order.customer_id, order.visit_id, order.for_visit_id) == (ANN, givers.id, receivers.id)
    assert (order.seat, line.visit_id, line.state) == ("A13", givers.id, LineState.PLACED)
    assert (await evening.get(Gift, gift)).order_id == order.id
    assert evening.heard(GiftEnded) == [GiftEnded(gift)]
    assert await evening.purse() == (1000, 360)


@pytest.mark.parametrize("state", ENDS)
async def test_not_taken_its_money_is_free_again_at_once(evening: Evening, state: GiftState) -> None:
    gift = await evening.offer("Pils")
    await evening.end_gift(gift, state, by(state))
    assert await evening.purse() == (1000, 1000)
    assert evening.heard(GiftEnded) == [GiftEnded(gift)]
    with pytest.raises(GiftOver):
        await evening.accept(gift)


@pytest.mark.parametrize("state", ENDS)
async def test_what_was_taken_is_not_taken_back(evening: Evening, state: GiftState) -> None:
    gift = await evening.offer("Pils")
    await evening.accept(gift)
    await evening.end_gift(gift, state, by(state))
    assert (await evening.get(Gift, gift)).state is GiftState.ACCEPTED
    assert await evening.accept(gift) == gift
    assert len(await evening.find(GoodsOrder)) == 1


async def test_it_lapses_after_some_minutes(evening: Evening) -> None:
    gift = await evening.offer("Pils")
    (lapse,) = await evening.find(Errand, kind=LAPSE_GIFT)
    assert (lapse.subject_id, lapse.due_at) == (gift, START + LAPSES_AFTER)


async def test_the_giver_pays_at_the_givers_checkout(evening: Evening) -> None:
    await evening.accept(await evening.offer("Pils"))
    await evening.serve(1, Action.ACCEPT, Action.DELIVER)
    await evening.check_out(ZED)
    await evening.check_out(ANN)
    assert await evening.purse() == (680, 680)


async def test_what_staff_decline_is_the_givers_money_again(evening: Evening) -> None:
    await evening.accept(await evening.offer("Pils"))
    await evening.serve(1, Action.DECLINE, reason=Reason.TOO_BUSY)
    assert await evening.purse() == (1000, 1000)


async def test_who_checks_out_takes_back_what_nobody_has_taken(evening: Evening) -> None:
    gift = await evening.offer("Pils")
    await evening.check_out(ANN)
    assert (await evening.get(Gift, gift)).state is GiftState.WITHDRAWN
    assert await evening.purse() == (1000, 1000)
    with pytest.raises(GiftOver):
        await evening.accept(gift)


async def test_who_has_checked_out_takes_no_gift(evening: Evening) -> None:
    gift = await evening.offer("Pils")
    await evening.check_out(ZED)
    with pytest.raises(NoVisit):
        await evening.accept(gift)
    await evening.end_gift(gift, GiftState.LAPSED)
    assert await evening.purse() == (1000, 1000)


async def test_it_keeps_the_price_at_which_it_was_offered(evening: Evening) -> None:
    gift = await evening.offer("Pils")
    await evening.once(load_menu, LoadMenu(BAR, (Entry("Beer", "Pils", eur(500)),)))
    await evening.accept(gift)
    assert (await evening.find(GoodsOrder))[0].total == eur(320)


async def test_what_is_sold_out_by_then_is_gone_and_costs_nothing(evening: Evening) -> None:
    gift = await evening.offer("Pils")
    await evening.once(mark_sold_out, MarkSoldOut(1, BAR, True))
    await evening.accept(gift)
    assert (await evening.get(Gift, gift)).state is GiftState.GONE
    assert await evening.purse() == (1000, 1000)
    assert await evening.find(GoodsOrder) == []


async def test_the_last_one_is_kept_for_the_receiver(evening: Evening) -> None:
    await evening.once(load_menu, LoadMenu(BAR, (Entry("Beer", "Pils", eur(320), stock=1),), ("stock",)))
    gift = await evening.offer("Pils")
    assert (await evening.get(MenuItem, 1)).stock == 0
    await evening.accept(gift)
    assert len(await evening.find(GoodsOrder)) == 1


async def test_the_last_one_comes_back_when_it_is_not_taken(evening: Evening) -> None:
    await evening.once(load_menu, LoadMenu(BAR, (Entry("Beer", "Pils", eur(320), stock=1),), ("stock",)))
    await evening.end_gift(await evening.offer("Pils"), GiftState.LAPSED)
    assert (await evening.get(MenuItem, 1)).stock == 1


async def test_short_of_money_nothing_is_offered(evening: Evening) -> None:
    with pytest.raises(GiftShort) as refused:
        await evening.offer("Pils", 4)
    assert refused.value.short == eur(280)


async def test_the_same_button_offers_once(evening: Evening) -> None:
    await evening.put("Pils", 1)
    cart, visit = await evening.cart(), await evening.visit(ZED)
    ask = OfferGift(ANN, "EUR", cart.id, cart.version, visit.id)
    assert await evening.carry_out(offer_gift, ask) == await evening.carry_out(offer_gift, ask)
    own = PlaceOrder(ANN, "EUR", cart.id, cart.version, timedelta(minutes=15))
    with pytest.raises(OutOfDate):
        await evening.carry_out(order_goods, own)


async def test_nobody_gives_to_themselves_or_to_who_is_gone(evening: Evening) -> None:
    with pytest.raises(ReceiverGone):
        await evening.offer("Pils", receiver=ANN)
    await evening.check_out(ZED)
    with pytest.raises(ReceiverGone):
        await evening.offer("Pils")


async def test_only_the_receiver_answers_and_only_the_giver_takes_back(evening: Evening) -> None:
    gift = await evening.offer("Pils")
    for state, somebody in ((GiftState.DECLINED, ANN), (GiftState.WITHDRAWN, ZED), (GiftState.LAPSED, ZED)):
        with pytest.raises(NotYours):
            await evening.end_gift(gift, state, somebody)
    with pytest.raises(NotYours):
        await evening.accept(gift, ANN)


async def test_who_did_not_take_a_gift_is_left_alone_for_a_while(evening: Evening, clock: Clock) -> None:
    await evening.end_gift(await evening.offer("Pils"), GiftState.DECLINED, ZED)
    with pytest.raises(GiftTooSoon):
        await evening.offer("Nuts")
    clock.forward(COOL_DOWN)
    await evening.end_gift(await evening.offer("Nuts"), GiftState.DECLINED, ZED)
    await evening.sit_down(YAN)
    await evening.end_gift(await evening.offer("Pils", receiver=YAN), GiftState.DECLINED, YAN)
    with pytest.raises(GiftTooSoon):
        await evening.offer("Pils")


async def test_what_somebody_else_gave_keeps_nobody_waiting(evening: Evening) -> None:
    await evening.sit_down(YAN)
    await evening.top_up(1000, customer=YAN)
    await evening.offer("Pils", giver=YAN)
    await evening.end_gift(await evening.offer("Nuts", giver=YAN, receiver=ANN), GiftState.DECLINED, ANN)
    await evening.offer("Pils")


async def test_one_gift_at_a_time_to_the_same_receiver(evening: Evening) -> None:
    await evening.accept(await evening.offer("Pils"))
    await evening.offer("Pils")
    with pytest.raises(GiftTooSoon):
        await evening.offer("Nuts")


async def test_a_receiver_can_block_a_giver_and_take_gifts_again(evening: Evening) -> None:
    gift = await evening.offer("Pils")
    with pytest.raises(NotYours):
        await evening.once(block_giver, BlockGiver(ANN, gift, blocked=True))
    await evening.once(block_giver, BlockGiver(ZED, gift, blocked=True))
    kept = await evening.get(Gift, gift)
    assert (kept.state, await evening.purse()) == (GiftState.DECLINED, (1000, 1000))
    assert await evening.store.run(lambda books: is_blocked(books, kept))
    with pytest.raises(GiftsRefused):
        await evening.offer("Nuts", cool_down=timedelta(0))
    await evening.once(block_giver, BlockGiver(ZED, gift, blocked=False))
    assert evening.heard(GiverBlocked) == [GiverBlocked(gift)] * 2
    await evening.offer("Nuts", cool_down=timedelta(0))


async def test_a_block_is_between_the_two(evening: Evening) -> None:
    await evening.sit_down(YAN)
    await evening.top_up(1000, customer=YAN)
    to_zed, to_yan = await evening.offer("Pils"), await evening.offer("Pils", receiver=YAN)
    await evening.once(block_giver, BlockGiver(ZED, to_zed, blocked=True))
    await evening.once(block_giver, BlockGiver(YAN, to_yan, blocked=True))
    await evening.offer("Pils", giver=YAN)
    await evening.offer("Pils", giver=YAN, receiver=ANN)
    await evening.once(block_giver, BlockGiver(ZED, to_zed, blocked=False))
    with pytest.raises(GiftsRefused):
        await evening.offer("Pils", receiver=YAN, cool_down=timedelta(0))


async def test_to_take_gifts_again_declines_none(evening: Evening) -> None:
    gift = await evening.offer("Pils")
    await evening.once(block_giver, BlockGiver(ZED, gift, blocked=False))
    assert (await evening.get(Gift, gift)).state is GiftState.OFFERED


async def test_the_same_again_is_of_what_one_ordered_or_was_given(evening: Evening) -> None:
    await evening.accept(await evening.offer("Pils"))
    givers = await evening.store.run(lambda books: last_order(books, ANN, BAR))
    receivers = await evening.store.run(lambda books: last_order(books, ZED, BAR))
    assert (givers, receivers and receivers.id) == (None, 1)


def given(n: int, **more: Any) -> Gift:
    facts: dict[str, Any] = {"receiver_id": YAN, "state": GiftState.OFFERED} | more
    return Gift(n, n, 1, ANN, 2, total=eur(1), offered_at=START, order_id=None, **facts)


def test_so_many_wait_for_an_answer_and_no_more() -> None:
    waiting = [given(n) for n in range(MOST_OFFERED)]
    check_manners(waiting[1:], ZED, START)
    with pytest.raises(TooManyGifts):
        check_manners(waiting, ZED, START)


@pytest.mark.parametrize("state", [GiftState.OFFERED, *ENDS])
def test_what_was_not_taken_counts_until_the_cool_down_is_over(state: GiftState) -> None:
    gifts = [given(1), given(2, receiver_id=ZED, state=state)]
    check_manners(gifts, ANN, START)
    with pytest.raises(GiftTooSoon):
        check_manners(gifts, ZED, START + COOL_DOWN - timedelta(seconds=1))
    if state is not GiftState.OFFERED:
        check_manners(gifts, ZED, START + COOL_DOWN)


async def test_what_was_sold_out_by_then_can_be_made_good_at_once(evening: Evening) -> None:
    gift = await evening.offer("Pils")
    await evening.once(mark_sold_out, MarkSoldOut(1, BAR, True))
    await evening.accept(gift)
    await evening.offer("Nuts")


async def test_nothing_is_taken_after_last_orders(evening: Evening, clock: Clock) -> None:
    await evening.set_hours("Fri 18:00-20:33")  # last orders half an hour before; it is 20:00
    gift = await evening.offer("Pils")
    clock.forward(timedelta(minutes=4))
    with pytest.raises(LastOrdersOver):
        await evening.accept(gift)
    await evening.end_gift(gift, GiftState.DECLINED, ZED)
    with pytest.raises(LastOrdersOver):
        await evening.offer("Pils", cool_down=timedelta(0))
