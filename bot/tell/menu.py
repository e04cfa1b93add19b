"""What is told of a menu that changed, to those who look at it."""

from __future__ import annotations

from bot.choose_goods import page_again
from bot.desk import SCREEN, House
from bot.outbox import page_shown, refresh
from bot.tell.screens import desk_of
from core.menu import ItemChanged
from core.ports import Books
from core.visit import Visit, VisitState


async def item_changed(books: Books, house: House, event: ItemChanged) -> None:
    """Bring the menu up to date on the screens of those who look at it."""
    for visit in await books.find(Visit, merchant_id=event.merchant_id, state=VisitState.OPEN):
        name = await page_shown(books, visit.customer_id, SCREEN)
        desk = await desk_of(books, house, visit.customer_id)
        if name and await desk.visit() == visit and (page := await page_again(desk, name)):
            await refresh(books, visit.customer_id, SCREEN, page)
