"""What is told of an order: to whoever pays, to whoever has it brought, to the staff, to the table."""

from __future__ import annotations

from bot.counter.board import want_board
from bot.counter.cards import show_cards
from bot.desk import House
from bot.order_goods import order_screen
from bot.outbox import show
from bot.tell.call import show_call
from bot.tell.readers import existing, locale_and_customer
from bot.tell.screens import bring_screen, refresh_screen, refresh_table, show_home
from core.call import StaffCall
from core.order_goods import GoodsOrder, OrderChanged, OrderPlaced, receiver_of
from core.party import party_hosted, party_joined
from core.ports import Books
from core.visit import SeatChanged


async def order_placed(books: Books, house: House, event: OrderPlaced) -> None:
    order = await existing(books, GoodsOrder, event.order_id)
    await show_order(books, house, order)
    receiver_id = await receiver_of(books, order)
    await show_home(books, house, receiver_id)
    if order.customer_id != receiver_id:
        await bring_screen(books, house, order.customer_id)


async def order_changed(books: Books, house: House, event: OrderChanged) -> None:
    """Edit the order where it stands; with bad news it comes to the end of the chat, and is heard."""
    order = await existing(books, GoodsOrder, event.order_id)
    await show_order(books, house, order, follows=event.bad_news)
    receiver_id = await receiver_of(books, order)
    await (show_home if event.bad_news else refresh_screen)(books, house, receiver_id)
    if order.customer_id != receiver_id:
        await (bring_screen if event.bad_news else refresh_screen)(books, house, order.customer_id)


async def seat_changed(books: Books, house: House, event: SeatChanged) -> None:
    """Show on the cards of what is still to be brought where the customer sits now."""
    own = await books.find(GoodsOrder, visit_id=event.visit_id, for_visit_id=None, is_open=True)
    for order in [*own, *await books.find(GoodsOrder, for_visit_id=event.visit_id, is_open=True)]:
        await show_card(books, house, order)
    for call in await books.find(StaffCall, visit_id=event.visit_id):
        if call.is_open:
            await show_call(books, house, call)


async def show_order(books: Books, house: House, order: GoodsOrder, *, follows: bool = False) -> None:
    """Show an order to whoever pays, to whoever has it brought, and to the staff."""
    for reader_id in dict.fromkeys((order.customer_id, await receiver_of(books, order))):
        locale, _ = await locale_and_customer(books, house, reader_id)
        page = await order_screen(books, locale, order, reader_id)
        await show(books, reader_id, f"order:{order.id}", page, follows=follows)
    await show_card(books, house, order)
    if party := await party_joined(books, order.brought_to) or await party_hosted(books, order.brought_to):
        await refresh_table(books, house, party)


async def show_card(books: Books, house: House, order: GoodsOrder) -> None:
    await show_cards(books, house, order)
    await want_board(books, order.merchant_id)
