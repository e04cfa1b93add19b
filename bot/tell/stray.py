"""What is told of payments that match nothing of ours."""

from __future__ import annotations

from bot.admin.stray import stray_page
from bot.desk import House
from bot.outbox import say, show
from bot.pages import Page
from bot.people import Peer
from bot.tell.readers import existing
from core.ports import Books
from core.stray import CaseState, StrayMoved, stray_and_case
from core.top_up import Stray, StrayArrived


async def stray_arrived(books: Books, house: House, event: StrayArrived) -> None:
    stray = await existing(books, Stray, event.stray_id)
    await _show_stray(books, house, stray.id, follows=True)
    if payer := await books.get(Peer, stray.payer_id):
        await say(books, payer.id, Page(house.locale(payer).say("top-up-stray", amount=stray.amount)))


async def stray_moved(books: Books, house: House, event: StrayMoved) -> None:
    stray, case = await stray_and_case(books, event.stray_id)
    await _show_stray(books, house, stray.id)
    payer = await books.get(Peer, stray.payer_id)
    if payer and case.state is CaseState.BACK:
        await say(books, payer.id, Page(house.locale(payer).say("top-up-stray-back", amount=stray.amount)))


async def _show_stray(books: Books, house: House, stray_id: int, *, follows: bool = False) -> None:
    """Show every admin how a payment stands that matches nothing of ours."""
    for admin_id in house.settings.admin_ids:
        if admin := await books.get(Peer, admin_id):
            page = await stray_page(books, house.locale(admin), stray_id)
            await show(books, admin.id, f"stray:{stray_id}", page, follows=follows)
