"""Where a merchant's cards go: its main group, and the group or topic of each station that has one."""

from __future__ import annotations

from bot.telegram.arrivals import Place
from core.merchant import Merchant
from core.ports import Books
from core.station import MAIN, Station, stations_of


async def places_of(books: Books, merchant: Merchant) -> dict[int, Place]:
    """Return where each station's cards go, by its number, and MAIN's; a main group may be missing."""
    places: dict[int, Place] = {}
    if merchant.group_id is not None:
        places[MAIN] = Place(merchant.group_id, is_private=False)
    for station in await stations_of(books, merchant.id):
        if place := place_of(station):
            places[station.id] = place
    return places


def place_of(station: Station) -> Place | None:
    """Return the place that a station has of its own."""
    if station.chat_id is None:
        return None
    return Place(station.chat_id, is_private=False, thread_id=station.thread_id)
