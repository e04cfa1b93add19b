"""What is told when nobody answers: a ping where it is waited for, then word to those in charge."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.counter.board import want_board
from bot.counter.cards import cards_now
from bot.counter.places import places_of
from bot.desk import House, group_of
from bot.outbox import say
from bot.pages import Page
from bot.people import peer_of
from bot.tell.readers import existing, tell_in_charge
from core.call import CallState, StaffCall
from core.errand import PRESS_CALL, PRESS_SEAT
from core.merchant import Merchant, find_merchant
from core.order_goods import UNANSWERED, GoodsOrder, LineState, lines_of, status_of
from core.ordering import OrderingPaused, Step, ordering_of, remind, watch
from core.ports import Books
from core.presence import Admission, AdmissionState
from core.seat import Seat
from core.visit import Visit


async def ordering_paused(books: Books, house: House, event: OrderingPaused) -> None:
    merchant = await find_merchant(books, event.merchant_id)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        await say(books, group.id, Page(house.locale(group).say("counter-paused-by-silence")))
    await tell_in_charge(books, house, merchant, "staff-paused-by-silence", merchant=merchant.name)
    await want_board(books, merchant.id)


async def press_staff(books: Books, house: House, order_id: int, step: Step) -> None:
    """Ping wherever an order is not answered, or alert those in charge, and go on waiting."""
    order = await existing(books, GoodsOrder, order_id)
    if status_of(await lines_of(books, order.id)) is not LineState.PLACED:
        return
    merchant = await find_merchant(books, order.merchant_id)
    number = f"G-{order.id}"
    if step is Step.PING:
        await _ping(books, house, merchant, order)
    if step is Step.ALERT:
        await tell_in_charge(
            books, house, merchant, "staff-alert", merchant=merchant.name, number=number, seat=order.seat
        )
    patience = timedelta(seconds=house.settings.order_expiry_seconds)
    await watch(books, await ordering_of(books, merchant.id), order.id, order.placed_at, patience, step)


async def press_about_call(books: Books, house: House, call_id: int, step: Step) -> None:
    """Ping the group about a call that nobody takes, or alert those in charge, and go on waiting."""
    call = await existing(books, StaffCall, call_id)
    if call.state is CallState.WAITING:
        visit = await existing(books, Visit, call.visit_id)
        merchant = await find_merchant(books, call.merchant_id)
        await _press(books, house, merchant, step, "call", visit.seat_id, call.made_at)
        ordering = await ordering_of(books, merchant.id)
        await remind(books, ordering, PRESS_CALL, call.id, call.made_at, step)


async def press_about_seat(books: Books, house: House, admission_id: int, step: Step) -> None:
    """The same about somebody whom nobody lets in."""
    admission = await existing(books, Admission, admission_id)
    if admission.state is AdmissionState.WAITING:
        merchant, since = await find_merchant(books, admission.merchant_id), admission.waits_since
        await _press(books, house, merchant, step, "admission", admission.seat_id, since)
        ordering = await ordering_of(books, merchant.id)
        await remind(books, ordering, PRESS_SEAT, admission.id, since, step)


async def _press(
    books: Books, house: House, merchant: Merchant, step: Step, what: str, seat_id: int, since: datetime
) -> None:
    seat = (await existing(books, Seat, seat_id)).label
    if step is Step.ALERT:
        await tell_in_charge(books, house, merchant, f"{what}-alert", merchant=merchant.name, seat=seat)
    elif merchant.group_id is not None:
        group = await group_of(books, merchant)
        locale = house.locale(group)
        page = Page(locale.say(f"{what}-ping", seat=seat, time=locale.time(since)))
        await say(books, group.id, page)


async def _ping(books: Books, house: House, merchant: Merchant, order: GoodsOrder) -> None:
    cards = await cards_now(books, order)
    for station_id, place in (await places_of(books, merchant)).items():
        if station_id in cards and cards[station_id].status in UNANSWERED:
            locale = house.locale(await peer_of(books, place.chat_id))
            told = {"number": f"G-{order.id}", "seat": order.seat, "time": locale.time(order.placed_at)}
            await say(books, place.chat_id, Page(locale.say("counter-ping", **told)), place.thread_id)
