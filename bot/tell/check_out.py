"""What is told when a visit ends: the receipt, and before that whether somebody is still here."""

from __future__ import annotations

from datetime import datetime

from bot.check_out import left_page, receipt_page
from bot.desk import House, group_of
from bot.endings import answered_page, still_here_page
from bot.locales import Locale
from bot.origin import receivers_of
from bot.outbox import refresh, say, show
from bot.tell.readers import existing, locale_and_customer
from bot.tell.refund import show_refund
from bot.tell.screens import show_home
from core.check_out import Cause, CheckedOut, CheckOut, lines_not_brought, lines_to_pay
from core.idle import StayedOn, StillHereAsked
from core.ledger import wallet
from core.merchant import find_merchant
from core.ports import Books
from core.seat import Seat
from core.visit import Visit


async def checked_out(books: Books, house: House, event: CheckedOut) -> None:
    receipt = await existing(books, CheckOut, event.check_out_id)
    merchant = await find_merchant(books, receipt.merchant_id)
    seat = await existing(books, Seat, receipt.seat_id)
    locale, customer = await locale_and_customer(books, house, receipt.customer_id)
    lines = await lines_to_pay(books, receipt.visit_id)
    visit = await existing(books, Visit, receipt.visit_id)
    await _answer_question(books, locale, visit, visit.warned_at, "idle-over")
    stays = None
    if receipt.cause is not Cause.CUSTOMER and receipt.refund_id:
        stays = (await books.standing(wallet(customer.id, receipt.left.currency))).available
    missed = await lines_not_brought(books, visit.id)
    others = await receivers_of(books, {line.order_id for line in lines})
    page = receipt_page(
        locale, receipt, merchant.name, seat.label, lines, others, not_brought=missed, stays=stays
    )
    await say(books, customer.id, page)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        await say(books, group.id, left_page(house.locale(group), receipt, seat.label))
    if receipt.refund_id:
        await show_refund(books, house, receipt.refund_id)
    await show_home(books, house, customer.id)


async def still_here_asked(books: Books, house: House, event: StillHereAsked) -> None:
    """Ask anew at the end of the chat, so that it is heard."""
    visit = await existing(books, Visit, event.visit_id)
    locale, customer = await locale_and_customer(books, house, visit.customer_id)
    merchant = await find_merchant(books, visit.merchant_id)
    assert visit.warned_at is not None
    page = still_here_page(locale, visit, merchant.name, event.ends_at)
    await show(books, customer.id, _question(visit, visit.warned_at), page, follows=True)


async def stayed_on(books: Books, house: House, event: StayedOn) -> None:
    visit = await existing(books, Visit, event.visit_id)
    locale, _ = await locale_and_customer(books, house, visit.customer_id)
    await _answer_question(books, locale, visit, event.asked_at, "idle-stayed")


async def _answer_question(
    books: Books, locale: Locale, visit: Visit, asked_at: datetime | None, word: str
) -> None:
    """Take the buttons off the question whether somebody is still here, if they were asked."""
    if asked_at:
        await refresh(books, visit.customer_id, _question(visit, asked_at), answered_page(locale, word))


def _question(visit: Visit, asked_at: datetime) -> str:
    """Return the subject of a question: each is a message of its own."""
    return f"idle:{visit.id}:{asked_at:%Y%m%d%H%M%S}"
