"""Finding numbered documents again, the figures of the day, and help for whoever asks."""

from __future__ import annotations

from bot.check_out import receipt_page
from bot.counter.cards import card_page, merchant_here, whole_card
from bot.desk import TELL_TODAY, Desk
from bot.home import back_key, language_key
from bot.locales import Locale
from bot.order_goods import order_page
from bot.origin import origin_of, receivers_of
from bot.pages import Keyboard, Page
from bot.refund import refund_page
from core.check_out import CheckOut, lines_not_brought, lines_to_pay
from core.document import Document, Viewer, find_document
from core.merchant import find_merchant
from core.order_goods import GoodsOrder, lines_of
from core.ports import Books
from core.refund import RefundOrder, parts_of
from core.seat import Seat
from core.staff import Right, require
from core.top_up import TopUp


async def on_find(desk: Desk, argument: str) -> None:
    """`/find G-12`: one's own document, or any for an admin."""
    viewer = Viewer(customer_id=desk.peer.id, is_admin=desk.is_admin)
    document = await find_document(desk.books, argument, viewer)
    mine = not desk.is_admin or document.customer_id == desk.peer.id
    page = await document_page(desk.books, desk.locale, document, desk.peer.id if mine else 0)
    await desk.say(page)


async def on_find_here(desk: Desk, argument: str) -> None:
    """`/find G-12` in a group: one of the merchant's orders or checkouts."""
    merchant = await merchant_here(desk)
    document = await find_document(desk.books, argument, Viewer(merchant_id=merchant.id))
    await desk.say(await document_page(desk.books, await desk.readers(), document))


async def on_today_here(desk: Desk, argument: str) -> None:
    """`/today` in a group: the merchant's figures since midnight."""
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.FIGURES)
    await desk.ask_outside(TELL_TODAY, merchant.id)


async def on_help(desk: Desk, argument: object) -> None:
    """Say what this person may do, in their private chat."""
    keys = Keyboard().row(language_key(desk), back_key(desk))
    text: str = desk.locale.say("help-customer")
    if desk.is_admin:
        text += "\n\n" + desk.locale.say("help-admin")
    await desk.show(Page(text, keys.rows))


async def on_help_here(desk: Desk, argument: str) -> None:
    """Say what staff can do in their group."""
    await desk.say(Page((await desk.readers()).say("help-staff")))


async def document_page(books: Books, locale: Locale, document: Document, reader_id: int = 0) -> Page:
    """Return a document to be read, as its customer *reader_id* sees it, or as staff do.

    It has no buttons, but for saying that a receipt is not right.
    """
    match document:
        case GoodsOrder() if reader_id:
            origin = await origin_of(books, locale, document, reader_id)
            page = order_page(locale, document, await lines_of(books, document.id), origin=origin)
        case GoodsOrder():
            page = card_page(locale, await whole_card(books, document))
        case CheckOut():
            page = await _check_out_page(books, locale, document, own=reader_id != 0)
        case RefundOrder():
            page = refund_page(locale, document, await parts_of(books, document.id))
        case TopUp():
            page = Page(
                locale.say(
                    f"document-top-up-{document.state}",
                    number=f"T-{document.id}",
                    amount=document.amount,
                    time=document.made_at,
                )
            )
    keys = page.keys if isinstance(document, CheckOut) else ()
    return Page(page.text, keys, quiet=True)


async def _check_out_page(books: Books, locale: Locale, receipt: CheckOut, *, own: bool) -> Page:
    merchant = await find_merchant(books, receipt.merchant_id)
    seat = await books.get(Seat, receipt.seat_id)
    lines = await lines_to_pay(books, receipt.visit_id)
    missed = await lines_not_brought(books, receipt.visit_id)
    others = await receivers_of(books, {line.order_id for line in lines})
    label = seat.label if seat else ""
    return receipt_page(locale, receipt, merchant.name, label, lines, others, own=own, not_brought=missed)
