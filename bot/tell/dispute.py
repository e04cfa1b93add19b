"""What is told of a dispute: to the customer whose charge it is, and to the admins."""

from __future__ import annotations

from bot.admin.dispute import dispute_page, told_text
from bot.desk import House
from bot.outbox import say, show
from bot.pages import Page
from bot.people import Peer
from bot.tell.readers import existing, locale_and_customer, tell_admins
from bot.tell.screens import show_home
from core.dispute import (
    Dispute,
    DisputeContradicted,
    DisputeEnded,
    DisputeOpened,
    DisputeUnmatched,
    dispute_of,
)
from core.ports import Books


async def dispute_moved(books: Books, house: House, event: DisputeOpened | DisputeEnded) -> None:
    """Tell the customer in a sentence, bring their screen up to date, and let the admins act."""
    dispute, lot = await dispute_of(books, event.dispute_id)
    locale, customer = await locale_and_customer(books, house, dispute.customer_id)
    await say(books, customer.id, Page(told_text(locale, dispute, lot)))
    await show_home(books, house, customer.id)
    for admin_id in house.settings.admin_ids:
        if admin := await books.get(Peer, admin_id):
            page = dispute_page(house.locale(admin), dispute, lot)
            await show(books, admin.id, f"dispute:{dispute.id}", page, follows=True)


async def dispute_contradicted(books: Books, house: House, event: DisputeContradicted) -> None:
    dispute = await existing(books, Dispute, event.dispute_id)
    number, reference = f"D-{dispute.id}", dispute.reference
    word = f"admin-dispute-told-{event.told}"
    await tell_admins(books, house, word, number=number, gateway=dispute.gateway, reference=reference)


async def dispute_unmatched(books: Books, house: House, event: DisputeUnmatched) -> None:
    told = event.told
    charge, amount = told.charge or told.source, told.amount or "?"
    await tell_admins(
        books, house, "admin-dispute-unmatched", gateway=told.gateway, charge=charge, amount=amount,
        reference=told.reference,
    )  # fmt: skip
