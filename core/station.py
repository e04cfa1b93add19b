"""Where a merchant's cards go: to its main group, or to the place that a station has of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import CodeRefused, GroupTaken, StationRefused
from core.merchant import LinkCode, Merchant, find_merchant
from core.order_goods import COMING, UNANSWERED, GoodsOrder, Line, lines_of
from core.ports import Books

NAME_LENGTH = 20
MAIN = 0
"""Stands for a station where what is meant has none with a place of its own."""


@dataclass(frozen=True, slots=True)
class Station:
    """A part of a merchant that makes things, such as its kitchen, and its place: a group, or a topic of one.

    *thread_id* is the topic, 0 for the group itself. Without a place, and while nobody is *reached* there,
    its lines are on the cards of the main group.
    """

    id: int
    merchant_id: int
    name: str
    chat_id: int | None
    thread_id: int
    reached: bool


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """*station* is whose place it shall be; without one it becomes the merchant's main group."""

    code: str
    group_id: int
    person_id: int
    station: str = ""
    thread_id: int = 0


@dataclass(frozen=True, slots=True)
class MoveGroup:
    """Telegram gave a group a new number."""

    old_id: int
    new_id: int


@dataclass(frozen=True, slots=True)
class GroupLinked:
    """Event: the merchant's orders go to this group from now on."""

    merchant_id: int


@dataclass(frozen=True, slots=True)
class GroupMoved:
    """Event: a group of the merchant has a new number, and is empty there."""

    merchant_id: int


@dataclass(frozen=True, slots=True)
class StationPlaced:
    """Event: the station's cards go elsewhere from now on than to that topic of that chat, if to any."""

    station_id: int
    old_chat_id: int | None
    old_thread_id: int


@dataclass(frozen=True, slots=True)
class StationReach:
    """Event: nobody is reached at the station's place any more, or somebody is again."""

    station_id: int


def read_station(text: str) -> str | None:
    """Return a station's name as it is compared, None for what is none.

    >>> read_station(" Hot  Kitchen "), read_station("a" * 21)
    ('hot kitchen', None)
    """
    name = " ".join(text.split()).casefold()
    return name if len(name) <= NAME_LENGTH and name.isprintable() else None


def cards_of(lines: Sequence[Line], stations: Sequence[Station]) -> dict[int, list[Line]]:
    """Return which lines of an order are on the card of which station; MAIN has those of no other."""
    ids = {station.name: station.id for station in stations}
    cards: dict[int, list[Line]] = {}
    for line in lines:
        cards.setdefault(ids.get(line.station, MAIN), []).append(line)
    return cards


async def open_cards(books: Books, merchant_id: int) -> dict[int, list[tuple[GoodsOrder, list[Line]]]]:
    """Return by station what it has to do, the oldest first: orders with their lines there."""
    stations = await stations_of(books, merchant_id)
    found: dict[int, list[tuple[GoodsOrder, list[Line]]]] = {}
    for order in await books.find(GoodsOrder, merchant_id=merchant_id, is_open=True):
        for station_id, lines in cards_of(await lines_of(books, order.id), stations).items():
            if any(line.state in UNANSWERED | COMING for line in lines):
                found.setdefault(station_id, []).append((order, lines))
    return found


async def stations_of(books: Books, merchant_id: int) -> list[Station]:
    """Return the merchant's stations that have a place of their own at which somebody is reached."""
    found = await books.find(Station, merchant_id=merchant_id, reached=True)
    return [station for station in found if station.chat_id is not None]


async def merchant_at(books: Books, chat_id: int) -> Merchant | None:
    """Return the merchant whose main group that is, or a station's place."""
    if found := await books.find(Merchant, group_id=chat_id):
        return found[0]
    stations = await books.find(Station, chat_id=chat_id, most=1)
    return await books.get(Merchant, stations[0].merchant_id) if stations else None


async def station_at(books: Books, chat_id: int, thread_id: int) -> Station | None:
    """Return the station whose place that is."""
    found = await books.find(Station, chat_id=chat_id, thread_id=thread_id)
    return found[0] if found else None


async def link_group(books: Books, ask: LinkGroup) -> int:
    """Link the group to the merchant that the code was made for; return the merchant's number.

    A merchant that had another group is moved to this one, and so is a station. In the main group itself a
    station gives up the place that it had.
    """
    found = await books.find(LinkCode, code=ask.code)
    if not found or found[0].used_by or found[0].expires_at <= books.now:
        raise CodeRefused
    owner = await merchant_at(books, ask.group_id)
    if owner and owner.id != found[0].merchant_id:
        raise GroupTaken(owner.name)
    merchant = await find_merchant(books, found[0].merchant_id)
    await books.save(replace(found[0], used_by=ask.person_id))
    if ask.station:
        await _link_station(books, merchant, ask)
        return merchant.id
    if there := await station_at(books, ask.group_id, 0):
        await _put(books, there, None, 0)
    await books.save(replace(merchant, group_id=ask.group_id))
    books.tell(GroupLinked(merchant.id))
    return merchant.id


async def move_group(books: Books, ask: MoveGroup) -> int:
    """Follow a group that became a supergroup; return how many merchants moved with it."""
    moved = {merchant.id for merchant in await books.find(Merchant, group_id=ask.old_id)}
    for merchant in await books.find(Merchant, group_id=ask.old_id):
        await books.save(replace(merchant, group_id=ask.new_id))
    for station in await books.find(Station, chat_id=ask.old_id):
        await books.save(replace(station, chat_id=ask.new_id))
        moved.add(station.merchant_id)
    for merchant_id in sorted(moved):
        books.tell(GroupMoved(merchant_id))
    return len(moved)


async def note_reach(books: Books, chat_id: int, thread_id: int | None, *, reached: bool) -> None:
    """Note whether stations are reached in a chat, in all of it or in one topic, where that has changed.

    Where a whole main group is not reached, its topics have nowhere better to go.
    """
    where: dict[str, Any] = {} if thread_id is None else {"thread_id": thread_id}
    for station in await books.find(Station, chat_id=chat_id, **where):
        merchant = await find_merchant(books, station.merchant_id)
        if station.reached == reached or (thread_id is None and merchant.group_id == chat_id):
            continue
        await books.save(replace(station, reached=reached))
        await _age_buttons(books, station)
        books.tell(StationReach(station.id))


async def _link_station(books: Books, merchant: Merchant, ask: LinkGroup) -> None:
    name = read_station(ask.station)
    if name is None:
        raise StationRefused(ask.station)
    there = await station_at(books, ask.group_id, ask.thread_id)
    if there and there.name != name:
        await _put(books, there, None, 0)
    known = await books.find(Station, merchant_id=merchant.id, name=name)
    station = known[0] if known else await books.add(Station(0, merchant.id, name, None, 0, reached=True))
    at_home = (ask.group_id, ask.thread_id) == (merchant.group_id, 0)
    await _put(books, station, *((None, 0) if at_home else (ask.group_id, ask.thread_id)))


async def _put(books: Books, station: Station, chat_id: int | None, thread_id: int) -> None:
    await books.save(replace(station, chat_id=chat_id, thread_id=thread_id, reached=True))
    await _age_buttons(books, station)
    books.tell(StationPlaced(station.id, station.chat_id, station.thread_id))


async def _age_buttons(books: Books, station: Station) -> None:
    """Make the buttons of open orders out of date whose lines go to another card now than they were on.

    Otherwise a button would do something to lines that its card did not show.
    """
    for order in await books.find(GoodsOrder, merchant_id=station.merchant_id, is_open=True):
        lines = await lines_of(books, order.id)
        if all(line.station != station.name for line in lines):
            continue
        for line in lines:
            await books.save(replace(line, version=order.version + 1))
        await books.save(replace(order, version=order.version + 1))
