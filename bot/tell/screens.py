"""What a customer's screen shows once something has happened: home, the bill, a shared table."""

from __future__ import annotations

from bot.check_out import leave_page
from bot.desk import SCREEN, Desk, House
from bot.home import home
from bot.outbox import bring_down, page_shown, refresh
from bot.party import PARTY, party_page
from bot.people import peer_of
from bot.telegram.arrivals import Place
from core.party import CompanionState, Party, companions_of
from core.ports import Books


async def show_home(books: Books, house: House, customer_id: int, notice: str = "") -> None:
    """Put home at the end of a customer's chat."""
    desk = await desk_of(books, house, customer_id)
    await desk.show(await home(desk, notice))


async def refresh_screen(books: Books, house: House, customer_id: int) -> None:
    """Bring home or the bill up to date where it stands, if that is what the customer's screen shows."""
    desk = await desk_of(books, house, customer_id)
    await refresh(books, customer_id, SCREEN, await home(desk))
    if await desk.visit():
        await refresh(books, customer_id, SCREEN, await leave_page(desk))
    await _refresh_party(books, house, customer_id)


async def bring_screen(books: Books, house: House, customer_id: int) -> None:
    """Bring a customer's screen to the end of the chat without taking from it what they look at."""
    await refresh_screen(books, house, customer_id)
    await bring_down(books, customer_id, SCREEN)


async def refresh_table(books: Books, house: House, party: Party) -> None:
    """Bring a table's page up to date on the screens of those who sit at it and look at it."""
    there = await companions_of(books, party, CompanionState.JOINED)
    for customer_id in (party.host_id, *(companion.customer_id for companion in there)):
        await _refresh_party(books, house, customer_id)


async def _refresh_party(books: Books, house: House, customer_id: int) -> None:
    desk = await desk_of(books, house, customer_id)
    if await page_shown(books, customer_id, SCREEN) == PARTY and await desk.visit():
        await refresh(books, customer_id, SCREEN, await party_page(desk))


async def desk_of(books: Books, house: House, customer_id: int) -> Desk:
    peer = await peer_of(books, customer_id)
    return Desk(books, house, peer, Place(customer_id, is_private=True), key="")
