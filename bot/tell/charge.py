"""What is told of a charge: how it is paid, and how it stands."""

from __future__ import annotations

from bot.desk import DRAW_CHARGE, House
from bot.locales import Locale
from bot.outbox import Message, say, show
from bot.people import peer_of
from bot.top_up import charge_page, invoice_page
from core.charge import Charge, ChargeEnded, ChargeOpened, ChargeRefused, ChargeState, ChargeUnsure
from core.errand import send_on
from core.gateway import ActionKind
from core.ports import Books
from core.top_up import TopUp, charge_and_top_up


async def charge_opened(books: Books, house: House, event: ChargeOpened) -> None:
    """Show how the top-up is paid: Telegram's invoice, a link, or a QR code, which is drawn first."""
    charge, order, locale = await _charge(books, house, event.charge_id)
    match charge.action:
        case ActionKind.INVOICE:
            await say(books, order.customer_id, invoice_page(locale, order))
        case ActionKind.QR:
            await send_on(books, DRAW_CHARGE, charge.id)
    await show_charge(books, house, charge.id)


async def charge_changed(
    books: Books, house: House, event: ChargeUnsure | ChargeRefused | ChargeEnded
) -> None:
    await show_charge(books, house, event.charge_id)


async def show_charge(books: Books, house: House, charge_id: int) -> None:
    """Show how a charge stands: one message, edited. An invoice is a message of Telegram's own."""
    charge, order, locale = await _charge(books, house, charge_id)
    subject = f"charge:{charge.id}"
    shown = await books.find(Message, chat_id=order.customer_id, subject=subject)
    page = charge_page(locale, charge, order)
    if page and (shown or charge.state not in (ChargeState.PAID, ChargeState.ENDED)):
        await show(books, order.customer_id, subject, page)


async def _charge(books: Books, house: House, charge_id: int) -> tuple[Charge, TopUp, Locale]:
    charge, order = await charge_and_top_up(books, charge_id)
    return charge, order, house.locale(await peer_of(books, order.customer_id))
