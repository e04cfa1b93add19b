"""What is told of a refund and its parts: to the customer, and to admins who had to look at one."""

from __future__ import annotations

from bot.admin.merchants import parked_page
from bot.desk import House
from bot.outbox import refresh, show
from bot.people import Peer
from bot.refund import refund_page
from bot.tell.readers import existing, locale_and_customer
from bot.tell.screens import refresh_screen, show_home
from core.ports import Books
from core.refund import (
    PartSettled,
    PartState,
    RefundMade,
    RefundOrder,
    part_and_lot,
    parts_of,
    proposed_reroute,
)


async def refund_made(books: Books, house: House, event: RefundMade) -> None:
    await show_refund(books, house, event.refund_id)
    refund = await existing(books, RefundOrder, event.refund_id)
    await show_home(books, house, refund.customer_id)


async def part_settled(books: Books, house: House, event: PartSettled) -> None:
    """Show how a part of a refund stands: to its customer, and to admins if they had to look at it."""
    part, lot = await part_and_lot(books, event.part_id)
    rules = house.gateways.named(lot.gateway).capabilities
    proposed = await proposed_reroute(books, part)
    back = part.state is PartState.RETURNED
    await show_refund(books, house, part.refund_id, follows=back)
    await (show_home if back else refresh_screen)(books, house, part.customer_id)
    for admin_id in house.settings.admin_ids:
        if admin := await books.get(Peer, admin_id):
            page = parked_page(house.locale(admin), part, proposed, rules)
            if part.state is PartState.PARKED:
                await show(books, admin.id, f"parked:{part.id}", page, follows=True)
            else:
                await refresh(books, admin.id, f"parked:{part.id}", page)


async def show_refund(books: Books, house: House, refund_id: int, *, follows: bool = False) -> None:
    order = await existing(books, RefundOrder, refund_id)
    locale, customer = await locale_and_customer(books, house, order.customer_id)
    page = refund_page(locale, order, await parts_of(books, order.id))
    await show(books, customer.id, f"refund:{order.id}", page, follows=follows)
