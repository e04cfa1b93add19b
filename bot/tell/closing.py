"""What is told of a merchant's hours: last orders, and what is not brought when it has closed."""

from __future__ import annotations

from bot.counter.board import want_board
from bot.desk import House
from bot.endings import undelivered_text
from bot.outbox import say
from bot.pages import Page
from bot.people import Peer
from bot.tell.readers import locale_and_customer, tell_in_charge
from bot.tell.screens import refresh_screen
from core.closing import HasClosed, HoursPassed, LastOrdersCalled
from core.merchant import find_merchant
from core.order_goods import COMING, UNANSWERED, GoodsOrder, lines_of
from core.ports import Books
from core.visit import Visit, VisitState


async def last_orders_called(books: Books, house: House, event: LastOrdersCalled) -> None:
    """Tell everybody who sits there, once."""
    merchant = await find_merchant(books, event.merchant_id)
    for visit in await books.find(Visit, merchant_id=merchant.id, state=VisitState.OPEN):
        locale, customer = await locale_and_customer(books, house, visit.customer_id)
        text = locale.say("closing-last-orders", merchant=merchant.name, until=locale.time(event.until))
        await say(books, customer.id, Page(text))


async def hours_passed(books: Books, house: House, event: HoursPassed) -> None:
    """Bring board and screens up to date with whether orders are taken."""
    merchant = await find_merchant(books, event.merchant_id)
    if merchant.group_id is not None:
        await want_board(books, merchant.id)
    for visit in await books.find(Visit, merchant_id=merchant.id, state=VisitState.OPEN):
        await refresh_screen(books, house, visit.customer_id)


async def has_closed(books: Books, house: House, event: HasClosed) -> None:
    """Ask the staff for a last word about what is not brought: nobody pays for what stays so."""
    merchant = await find_merchant(books, event.merchant_id)
    found = await books.find(GoodsOrder, merchant_id=merchant.id, is_open=True)
    orders = [order for order in found if await _is_to_be_paid(books, order)]
    if not orders:
        return
    group = await books.get(Peer, merchant.group_id) if merchant.group_id is not None else None
    if group and group.reachable:
        text = undelivered_text(house.locale(group), orders, event.sweeps_at)
        await say(books, group.id, Page(text))
    else:
        await tell_in_charge(
            books, house, merchant, "closing-undelivered-alert", merchant=merchant.name, count=len(orders),
            at=event.sweeps_at,
        )  # fmt: skip


async def _is_to_be_paid(books: Books, order: GoodsOrder) -> bool:
    """Whether something of it is to be brought that was not paid at a checkout already."""
    lines = await lines_of(books, order.id)
    return any(line.state in UNANSWERED | COMING and not line.paid for line in lines)
