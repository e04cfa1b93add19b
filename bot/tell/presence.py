"""What is told of whether somebody may order: to the staff who are asked, and to the customer."""

from __future__ import annotations

from bot.cart import cart_here, cart_page
from bot.counter.board import want_board
from bot.counter.presence import show_admission_card
from bot.desk import Desk, House
from bot.home import home
from bot.pages import Page
from bot.tell.readers import existing
from bot.tell.screens import desk_of
from core.merchant import find_merchant
from core.ports import Books
from core.presence import Admission, AdmissionState, SeatAsked, SeatDecided
from core.seat import Seat


async def seat_asked(books: Books, house: House, event: SeatAsked) -> None:
    """Ask the staff; at the end of the chat, unless this visit waits there already and only moved on."""
    admission = await existing(books, Admission, event.admission_id)
    before = (await books.find(Admission, visit_id=admission.visit_id, by="-id", most=2))[1:]
    asked_anew = not before or before[0].state is not AdmissionState.LEFT
    await show_admission(books, house, admission, follows=asked_anew)


async def seat_decided(books: Books, house: House, event: SeatDecided) -> None:
    """Tell the customer that they can order now, or why not."""
    admission = await existing(books, Admission, event.admission_id)
    if admission.staff_asked:
        await show_admission(books, house, admission)
    if admission.state is AdmissionState.LEFT:
        return
    desk = await desk_of(books, house, admission.customer_id)
    notice = ""
    if admission.decided_by is None:
        notice = desk.locale.say("admission-told-by-code")
    else:
        seat = (await existing(books, Seat, admission.seat_id)).label
        said = {"by": admission.decided_name, "seat": seat}
        await desk.say(Page(desk.locale.say(f"admission-told-{admission.state}", **said)))
    page = cart_page if await _has_waited(desk, admission) else home
    await desk.show(await page(desk, notice))


async def _has_waited(desk: Desk, admission: Admission) -> bool:
    """Whether something is in the cart of whoever was let in, where they are, that can be ordered now."""
    visit = await desk.visit()
    if admission.state is not AdmissionState.ADMITTED or visit is None or visit.id != admission.visit_id:
        return False
    _, lines = await cart_here(desk)
    return bool(lines)


async def show_admission(books: Books, house: House, admission: Admission, *, follows: bool = False) -> None:
    merchant = await find_merchant(books, admission.merchant_id)
    if merchant.group_id is not None:
        await show_admission_card(books, house, merchant, admission.visit_id, follows=follows)
        await want_board(books, merchant.id)
