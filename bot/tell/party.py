"""What is told of a shared table, to its host and to those who sit at it."""

from __future__ import annotations

from bot.desk import House
from bot.outbox import show
from bot.pages import Page
from bot.party import told_companion, told_host
from bot.tell.readers import existing, locale_and_customer
from bot.tell.screens import bring_screen, refresh_screen, refresh_table
from core.party import (
    Companion,
    CompanionMoved,
    CompanionState,
    Party,
    PartyChanged,
    PartyEnded,
    companions_of,
)
from core.ports import Books


async def companion_moved(books: Books, house: House, event: CompanionMoved) -> None:
    """Tell both the host and whoever asked, came or went."""
    companion = await existing(books, Companion, event.companion_id)
    party = await existing(books, Party, companion.party_id)
    locale, host = await locale_and_customer(books, house, party.host_id)
    page = await told_host(books, locale, companion, event.before)
    by_host = CompanionState.REMOVED in (companion.state, event.before)
    await show(books, host.id, f"companion:{companion.id}", page, follows=not by_host)
    await (refresh_screen if by_host else bring_screen)(books, house, host.id)
    changed_mind = event.before is CompanionState.ASKED and companion.state is CompanionState.LEFT
    if companion.state is not CompanionState.ASKED and not changed_mind:
        await _tell_companion(books, house, party, companion, event.before)
    await refresh_table(books, house, party)


async def party_changed(books: Books, house: House, event: PartyChanged) -> None:
    """Let the others see what they may order on the host now."""
    party = await existing(books, Party, event.party_id)
    for companion in await companions_of(books, party, CompanionState.JOINED):
        page = await _companions_page(books, house, party, companion, companion.state)
        await show(books, companion.customer_id, f"party:{party.id}", page)
    await refresh_table(books, house, party)


async def party_ended(books: Books, house: House, event: PartyEnded) -> None:
    party = await existing(books, Party, event.party_id)
    for companion_id in event.companion_ids:
        await _tell_companion(books, house, party, await existing(books, Companion, companion_id), None)


async def _tell_companion(
    books: Books, house: House, party: Party, companion: Companion, before: CompanionState | None
) -> None:
    page = await _companions_page(books, house, party, companion, before)
    await show(books, companion.customer_id, f"party:{party.id}", page, follows=True)
    await bring_screen(books, house, companion.customer_id)


async def _companions_page(
    books: Books, house: House, party: Party, companion: Companion, before: CompanionState | None
) -> Page:
    locale, _ = await locale_and_customer(books, house, companion.customer_id)
    return await told_companion(books, locale, party, companion, before)
