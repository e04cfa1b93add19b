"""What is told of stations and groups: where the cards come from now on."""

from __future__ import annotations

from dataclasses import replace

from bot.counter.board import BOARD, want_board
from bot.counter.cards import retire_card
from bot.counter.places import place_of
from bot.desk import House, group_of
from bot.outbox import Message, say, show
from bot.pages import Page
from bot.people import peer_of
from bot.telegram.arrivals import Place
from bot.tell.call import show_call
from bot.tell.order_goods import show_card, show_order
from bot.tell.presence import show_admission
from bot.tell.readers import existing, tell_admins, tell_owners
from core.call import open_calls
from core.menu import MenuItem
from core.merchant import Merchant, find_merchant
from core.order_goods import GoodsOrder, lines_of
from core.ports import Books
from core.presence import waiting_admissions
from core.station import GroupLinked, GroupMoved, Station, StationPlaced, StationReach


async def group_linked(books: Books, house: House, event: GroupLinked) -> None:
    merchant = await find_merchant(books, event.merchant_id)
    group = await group_of(books, merchant)
    await say(books, group.id, Page(house.locale(group).say("counter-linked", merchant=merchant.name)))
    await show_open_cards(books, house, merchant)


async def group_moved(books: Books, house: House, event: GroupMoved) -> None:
    await show_open_cards(books, house, await find_merchant(books, event.merchant_id))


async def station_placed(books: Books, house: House, event: StationPlaced) -> None:
    """Say where the station's cards come from now on, and take them away where they came before."""
    station = await existing(books, Station, event.station_id)
    merchant = await find_merchant(books, station.merchant_id)
    before = replace(station, chat_id=event.old_chat_id, thread_id=event.old_thread_id)
    new, old = place_of(station), place_of(before)
    if old and old != new:
        await _leave_place(books, house, station, old)
    if new or merchant.group_id is not None:
        place = new or Place(merchant.group_id or 0, is_private=False)
        items = await books.find(MenuItem, merchant_id=merchant.id, on_menu=True, station=station.name)
        locale = house.locale(await peer_of(books, place.chat_id))
        word = "station-linked" if new else "station-at-home"
        told = locale.say(word, merchant=merchant.name, station=station.name, count=len(items))
        await say(books, place.chat_id, Page(told), place.thread_id)
    await _show_station(books, house, station)


async def station_reach(books: Books, house: House, event: StationReach) -> None:
    """Tell those in charge, and the main group, who sees the station's cards meanwhile."""
    station = await existing(books, Station, event.station_id)
    merchant = await find_merchant(books, station.merchant_id)
    word = "station-back" if station.reached else "station-lost"
    told, key = {"merchant": merchant.name, "station": station.name}, f"admin-{word}"
    await tell_admins(books, house, key, None, **told)
    await tell_owners(books, house, merchant, key, **told)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        await say(books, group.id, Page(house.locale(group).say(word, station=station.name)))
    await _show_station(books, house, station)


async def show_open_cards(books: Books, house: House, merchant: Merchant) -> None:
    """Put the cards of all orders that staff have not finished to where they belong."""
    for order in await books.find(GoodsOrder, merchant_id=merchant.id, is_open=True):
        await show_card(books, house, order)
    for call in await open_calls(books, merchant.id):
        await show_call(books, house, call)
    for admission in await waiting_admissions(books, merchant.id):
        await show_admission(books, house, admission)


async def _leave_place(books: Books, house: House, station: Station, place: Place) -> None:
    """Take the buttons off what stands where a station had its place."""
    locale = house.locale(await peer_of(books, place.chat_id))
    for order in await books.find(GoodsOrder, merchant_id=station.merchant_id, is_open=True):
        await retire_card(books, locale, order, place)
    if await books.find(Message, chat_id=place.chat_id, thread_id=place.thread_id, subject=BOARD):
        page = Page(locale.say("station-left", station=station.name), quiet=True)
        await show(books, place.chat_id, BOARD, page, overview=True, thread_id=place.thread_id)


async def _show_station(books: Books, house: House, station: Station) -> None:
    """Bring to where they belong now the cards of open orders that have something for the station.

    Their customers' buttons are drawn anew, too: the orders have a new version.
    """
    for order in await books.find(GoodsOrder, merchant_id=station.merchant_id, is_open=True):
        if any(line.station == station.name for line in await lines_of(books, order.id)):
            await show_order(books, house, order)
    await want_board(books, station.merchant_id)
