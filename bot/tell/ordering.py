"""What is told when nobody answers: the card once more where it stands, then word to those in charge."""

from __future__ import annotations

from datetime import timedelta

from bot.counter.board import want_board
from bot.counter.call_staff import show_call_card
from bot.counter.cards import remind_of_cards
from bot.counter.presence import show_admission_card
from bot.desk import House, group_of
from bot.outbox import say
from bot.pages import Page
from bot.tell.readers import existing, tell_in_charge
from core.call import CallState, StaffCall
from core.errand import PRESS_CALL, PRESS_SEAT
from core.merchant import Merchant, find_merchant
from core.order_goods import GoodsOrder, LineState, lines_of, status_of
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
    """Remind wherever an order is not answered, or alert those in charge, and go on waiting."""
    order = await existing(books, GoodsOrder, order_id)
    if status_of(await lines_of(books, order.id)) is not LineState.PLACED:
        return
    merchant = await find_merchant(books, order.merchant_id)
    number = f"G-{order.id}"
    if step is Step.PING:
        await remind_of_cards(books, house, order)
    if step is Step.ALERT:
        await tell_in_charge(
            books, house, merchant, "staff-alert", merchant=merchant.name, number=number, seat=order.seat
        )
    patience = timedelta(seconds=house.settings.order_expiry_seconds)
    await watch(books, await ordering_of(books, merchant.id), order.id, order.placed_at, patience, step)


async def press_about_call(books: Books, house: House, call_id: int, step: Step) -> None:
    """Remind the group of a call that nobody takes, or alert those in charge, and go on waiting."""
    call = await existing(books, StaffCall, call_id)
    if call.state is not CallState.WAITING:
        return
    merchant = await find_merchant(books, call.merchant_id)
    if step is Step.ALERT:
        visit = await existing(books, Visit, call.visit_id)
        await _alert(books, house, merchant, "call-alert", visit.seat_id)
    else:
        await show_call_card(books, house, merchant, call, remind=True)
    await remind(books, await ordering_of(books, merchant.id), PRESS_CALL, call.id, call.made_at, step)


async def press_about_seat(books: Books, house: House, admission_id: int, step: Step) -> None:
    """The same about somebody whom nobody lets in."""
    admission = await existing(books, Admission, admission_id)
    if admission.state is not AdmissionState.WAITING:
        return
    merchant, since = await find_merchant(books, admission.merchant_id), admission.waits_since
    if step is Step.ALERT:
        await _alert(books, house, merchant, "admission-alert", admission.seat_id)
    else:
        await show_admission_card(books, house, merchant, admission.visit_id, remind=True)
    await remind(books, await ordering_of(books, merchant.id), PRESS_SEAT, admission.id, since, step)


async def _alert(books: Books, house: House, merchant: Merchant, word: str, seat_id: int) -> None:
    seat = await existing(books, Seat, seat_id)
    await tell_in_charge(books, house, merchant, word, merchant=merchant.name, seat=seat.label)
