"""What is told of a call to a seat."""

from __future__ import annotations

from bot.counter.board import want_board
from bot.counter.call_staff import show_call_card, show_my_call
from bot.desk import House
from bot.people import peer_of
from bot.tell.readers import existing
from bot.tell.screens import show_home
from core.call import CallChanged, StaffCall, StaffCalled
from core.merchant import find_merchant
from core.ports import Books


async def staff_called(books: Books, house: House, event: StaffCalled) -> None:
    call = await existing(books, StaffCall, event.call_id)
    await show_call(books, house, call)
    await show_home(books, house, call.customer_id)


async def call_changed(books: Books, house: House, event: CallChanged) -> None:
    await show_call(books, house, await existing(books, StaffCall, event.call_id))


async def show_call(books: Books, house: House, call: StaffCall) -> None:
    """Show how a call stands: to the customer and on its card, each one message, edited."""
    await show_my_call(books, house.locale(await peer_of(books, call.customer_id)), call)
    merchant = await find_merchant(books, call.merchant_id)
    if merchant.group_id is not None:
        await show_call_card(books, house, merchant, call)
        await want_board(books, merchant.id)
