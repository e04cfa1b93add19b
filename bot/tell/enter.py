"""What is told of what staff entered for a customer."""

from __future__ import annotations

from bot.counter.enter import answer_page as entered_page
from bot.counter.enter import question_page, subject
from bot.counter.places import places_of
from bot.desk import House
from bot.outbox import Message, show
from bot.people import peer_of
from bot.tell.readers import existing, locale_and_customer
from bot.tell.screens import bring_screen
from core.enter import Proposal, ProposalEnded, ProposalSent, ProposalState
from core.merchant import find_merchant
from core.ports import Books
from core.visit import Visit


async def proposal_sent(books: Books, house: House, event: ProposalSent) -> None:
    """Ask the customer, and let the group see that they are asked."""
    proposal = await existing(books, Proposal, event.proposal_id)
    await _show_question(books, house, proposal, follows=True)
    await bring_screen(books, house, proposal.customer_id)
    await _show_answer(books, house, proposal)


async def proposal_ended(books: Books, house: House, event: ProposalEnded) -> None:
    """Tell both; what was confirmed is a card by now, all else the staff have to hear."""
    proposal = await existing(books, Proposal, event.proposal_id)
    await _show_question(books, house, proposal)
    heard = proposal.state in (ProposalState.REFUSED, ProposalState.LAPSED)
    await _show_answer(books, house, proposal, follows=heard)


async def _show_question(books: Books, house: House, proposal: Proposal, *, follows: bool = False) -> None:
    locale, customer = await locale_and_customer(books, house, proposal.customer_id)
    page = await question_page(books, locale, proposal)
    await show(books, customer.id, f"entered:{proposal.draft_id}", page, follows=follows)


async def _show_answer(books: Books, house: House, proposal: Proposal, *, follows: bool = False) -> None:
    """Show how it stands to the staff, in the place in which it was entered."""
    visit = await existing(books, Visit, proposal.visit_id)
    merchant, what = await find_merchant(books, visit.merchant_id), subject(proposal.draft_id)
    for place in (await places_of(books, merchant)).values():
        if await books.find(Message, chat_id=place.chat_id, thread_id=place.thread_id, subject=what):
            locale = house.locale(await peer_of(books, place.chat_id))
            page = await entered_page(books, locale, proposal)
            await show(books, place.chat_id, what, page, follows=follows, thread_id=place.thread_id)
