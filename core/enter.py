"""What staff enter for a customer: a cart that the customer confirms, or it lapses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.draft import Draft, DraftKind, current_draft, use_up
from core.errand import LAPSE_PROPOSAL, send_on
from core.errors import CartEmpty, NotYours, OutOfDate
from core.ledger import wallet
from core.order_goods import LineState, cart_of, order_for, place, visit_of
from core.ports import Books
from core.serve import Action, Deed

LAPSES_AFTER = timedelta(minutes=10)


class ProposalState(StrEnum):
    SENT = "sent"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cart that somebody of the staff has filled and sent to its customer; nothing is held for it."""

    id: int
    draft_id: int
    visit_id: int
    customer_id: int
    by_id: int
    by_name: str
    state: ProposalState
    sent_at: datetime
    order_id: int | None


@dataclass(frozen=True, slots=True)
class SendProposal:
    customer_id: int
    currency: str
    draft_id: int
    version: int
    by_id: int
    by_name: str


@dataclass(frozen=True, slots=True)
class ConfirmProposal:
    customer_id: int
    currency: str
    draft_id: int
    version: int
    expires_after: timedelta
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class EndProposal:
    """*state* is how: the customer said no, the staff took it back, or nobody answered in time."""

    customer_id: int
    currency: str
    proposal_id: int
    state: ProposalState


@dataclass(frozen=True, slots=True)
class ProposalSent:
    """Event: the customer is asked."""

    proposal_id: int


@dataclass(frozen=True, slots=True)
class ProposalEnded:
    """Event: it was confirmed, refused or taken back, or has lapsed."""

    proposal_id: int


async def send_proposal(books: Books, ask: SendProposal) -> int:
    """Ask the customer whether to order what staff have entered."""
    await books.lock(wallet(ask.customer_id, ask.currency))
    draft = await current_draft(books, ask.draft_id, ask.version, ask.customer_id)
    if draft.kind is not DraftKind.ENTERED or await proposal_of(books, draft):
        raise OutOfDate
    visit = await visit_of(books, draft)
    if not await cart_of(books, draft.id):
        raise CartEmpty
    proposal = await books.add(
        Proposal(
            0, draft.id, visit.id, visit.customer_id, ask.by_id, ask.by_name, ProposalState.SENT,
            books.now, None,
        )
    )  # fmt: skip
    await send_on(books, LAPSE_PROPOSAL, proposal.id, LAPSES_AFTER)
    books.tell(ProposalSent(proposal.id))
    return proposal.id


async def confirm_proposal(books: Books, ask: ConfirmProposal) -> int:
    """Order what staff have entered, as accepted by whoever entered it; return the order's number."""
    (purse,) = await books.lock(wallet(ask.customer_id, ask.currency))
    draft = await current_draft(books, ask.draft_id, ask.version, ask.customer_id)
    proposal = await proposal_of(books, draft)
    if proposal is None or proposal.state is not ProposalState.SENT:
        raise OutOfDate
    visit, cart = await visit_of(books, draft), await cart_of(books, draft.id)
    order = await order_for(books, visit, draft, cart, ask.currency)
    order = replace(order, entered_by=proposal.by_name)
    order = await place(books, draft, order, cart, purse, ask.expires_after, ask.zone, LineState.ACCEPTED)
    await books.add(Deed(0, order.id, Action.ACCEPT, "", proposal.by_id, proposal.by_name, books.now))
    await books.save(replace(proposal, state=ProposalState.CONFIRMED, order_id=order.id))
    books.tell(ProposalEnded(proposal.id))
    return order.id


async def end_proposal(books: Books, ask: EndProposal) -> int:
    """Drop what staff have entered, unless it came to its end before."""
    await books.lock(wallet(ask.customer_id, ask.currency))
    proposal = await books.get(Proposal, ask.proposal_id)
    if proposal is None or proposal.customer_id != ask.customer_id:
        raise NotYours
    assert ask.state in (ProposalState.REFUSED, ProposalState.LAPSED, ProposalState.WITHDRAWN), ask.state
    if proposal.state is not ProposalState.SENT:
        return proposal.id
    await books.save(replace(proposal, state=ask.state))
    draft = await books.get(Draft, proposal.draft_id)
    assert draft is not None
    await use_up(books, draft)
    books.tell(ProposalEnded(proposal.id))
    return proposal.id


async def proposal_of(books: Books, draft: Draft) -> Proposal | None:
    """Return what a cart that staff filled was sent as, if it was."""
    found = await books.find(Proposal, draft_id=draft.id)
    return found[0] if found else None
