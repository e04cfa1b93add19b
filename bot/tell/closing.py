"""What is told of a merchant's hours: last orders, and what is not brought when it has closed."""

from __future__ import annotations

from bot.counter.board import want_board
from bot.counter.places import places_of
from bot.desk import House
from bot.endings import undelivered_text
from bot.outbox import say
from bot.pages import Page
from bot.people import Peer
from bot.tell.readers import locale_and_customer, tell_in_charge
from bot.tell.screens import refresh_screen
from core.closing import HasClosed, HoursPassed, LastOrdersCalled
from core.merchant import Merchant, find_merchant
from core.order_goods import COMING, UNANSWERED, GoodsOrder, Line
from core.ports import Books
from core.station import open_cards
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
    """Ask the staff, each place for its own, about what is not brought: nobody pays for what stays so."""
    merchant = await find_merchant(books, event.merchant_id)
    places = await places_of(books, merchant)
    unheard: set[int] = set()
    for station_id, orders in (await _undelivered(books, merchant)).items():
        place = places.get(station_id)
        group = await books.get(Peer, place.chat_id) if place else None
        if place and group and group.reachable:
            text = undelivered_text(house.locale(group), orders, event.sweeps_at)
            await say(books, place.chat_id, Page(text), place.thread_id)
        else:
            unheard.update(order.id for order in orders)
    if unheard:
        await tell_in_charge(
            books, house, merchant, "closing-undelivered-alert", merchant=merchant.name, count=len(unheard),
            at=event.sweeps_at,
        )  # fmt: skip


async def _undelivered(books: Books, merchant: Merchant) -> dict[int, list[GoodsOrder]]:
    """Return by station the orders of which something is to be brought and is not paid for yet."""
    found: dict[int, list[GoodsOrder]] = {}
    for station_id, cards in (await open_cards(books, merchant.id)).items():
        if orders := [order for order, lines in cards if any(_is_to_be_paid(line) for line in lines)]:
            found[station_id] = orders
    return found


def _is_to_be_paid(line: Line) -> bool:
    return line.state in UNANSWERED | COMING and not line.paid
