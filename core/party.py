"""What a party is: visits at one merchant that sit together, each with a wallet and a checkout of its own.

Its host may let the others order on the host's wallet, up to a limit. The host's wallet is the lock for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.draft import current_draft
from core.errors import (
    AlreadyInParty,
    CartEmpty,
    HostShort,
    LimitReached,
    NotInParty,
    NotYours,
    OutOfDate,
    OwnParty,
    PartyFull,
    PartyOver,
    RemovedFromParty,
    SeatFirst,
    ShortOfMoney,
)
from core.ledger import wallet
from core.merchant import find_merchant
from core.money import Money, total
from core.open_account import customer_of
from core.order_goods import ENDED, CartLine, GoodsOrder, Line, cart_of, order_for, place, visit_of
from core.ports import Books
from core.visit import Visit, VisitState, current_visit, open_visit

MOST_COMPANIONS = 20


class CompanionState(StrEnum):
    """How somebody stands to a party: whoever was removed comes back only if the host lets them."""

    ASKED = "asked"
    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Party:
    """A shared table, from when its host began it until it is closed or the host checks out.

    *limit* is what the others may order on the host in all, *most* the highest that it ever was. *code* is
    what the link to join holds. *version* grows with the limit, so that old buttons are known.
    """

    id: int
    merchant_id: int
    visit_id: int
    host_id: int
    code: str
    limit: Money
    most: Money
    version: int
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody at a party besides its host."""

    id: int
    party_id: int
    visit_id: int
    customer_id: int
    state: CompanionState
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class StartParty:
    customer_id: int
    currency: str
    visit_id: int


@dataclass(frozen=True, slots=True)
class JoinParty:
    """Join by the link whose *code* it is."""

    customer_id: int
    code: str


@dataclass(frozen=True, slots=True)
class AskToJoin:
    """Ask the host, where both sit at one seat."""

    customer_id: int
    party_id: int


@dataclass(frozen=True, slots=True)
class DecideCompanion:
    """What the host decides about somebody: in, or out."""

    host_id: int
    companion_id: int
    welcome: bool


@dataclass(frozen=True, slots=True)
class LeaveParty:
    customer_id: int
    party_id: int


@dataclass(frozen=True, slots=True)
class CloseParty:
    host_id: int
    party_id: int


@dataclass(frozen=True, slots=True)
class SetLimit:
    """*version* is the party's as its host saw it; nothing for nobody."""

    host_id: int
    party_id: int
    version: int
    limit: Money


@dataclass(frozen=True, slots=True)
class PlaceOnHost:
    """Order a companion's cart on the host of the party."""

    customer_id: int
    draft_id: int
    version: int
    party_id: int
    expires_after: timedelta
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class PartyChanged:
    """Event: who is in it, or what the limit is, is different now."""

    party_id: int


@dataclass(frozen=True, slots=True)
class CompanionMoved:
    """Event: somebody asked to join, joined, left, was removed or may come again."""

    companion_id: int
    before: CompanionState | None


@dataclass(frozen=True, slots=True)
class PartyEnded:
    """Event: the host closed it or checked out; *companion_ids* were in it until then."""

    party_id: int
    companion_ids: tuple[int, ...]


async def start_party(books: Books, ask: StartParty) -> int:
    """Begin a party at the customer's visit, on which nobody may order yet; return its number."""
    await books.lock(wallet(ask.customer_id, ask.currency))
    visit = await current_visit(books, ask.visit_id, ask.customer_id)
    if hosted := await party_hosted(books, visit.id):
        return hosted.id
    await _refuse_seated(books, visit)
    await _ask_no_more(books, visit.id)
    nothing = Money.zero(ask.currency)
    party = Party(
        0, visit.merchant_id, visit.id, visit.customer_id, books.token(), nothing, nothing, 1, books.now, None
    )
    return (await books.add(party)).id


async def join_party(books: Books, ask: JoinParty) -> int:
    """Join the party whose link was opened; return the companion."""
    found = await books.find(Party, code=ask.code)
    if not found:
        raise PartyOver
    party = await _lock(books, found[0].id, ask.customer_id)
    return await _take_in(books, party, ask.customer_id, CompanionState.JOINED)


async def ask_to_join(books: Books, ask: AskToJoin) -> int:
    """Ask the host to join, from the same seat; return the companion."""
    party = await _lock(books, ask.party_id, ask.customer_id)
    host = await books.get(Visit, party.visit_id)
    visit = await open_visit(books, ask.customer_id, party.merchant_id)
    if host is None or visit is None or visit.seat_id != host.seat_id:
        raise OutOfDate
    return await _take_in(books, party, ask.customer_id, CompanionState.ASKED)


async def decide_companion(books: Books, ask: DecideCompanion) -> int:
    """Let somebody in who asked, or out; whom the host lets back after a removal may join again by the link.

    What they ordered stays where it is.
    """
    companion = await books.get(Companion, ask.companion_id)
    if companion is None:
        raise NotYours
    party = await _lock(books, companion.party_id, companion.customer_id)
    companion = await _get(books, ask.companion_id)
    if party.host_id != ask.host_id:
        raise NotYours
    to = after_decision(companion.state, welcome=ask.welcome)
    if to is CompanionState.JOINED:
        visit = await current_visit(books, companion.visit_id, companion.customer_id)
        await _refuse_seated(books, visit)
    await _move(books, companion, to)
    if to is CompanionState.JOINED:
        await _ask_no_more(books, companion.visit_id)
    return companion.id


def after_decision(state: CompanionState, *, welcome: bool) -> CompanionState:
    """Return what becomes of a companion by the host's word, or refuse what was decided before.

    >>> [str(after_decision(CompanionState(each), welcome=True)) for each in ("asked", "removed")]
    ['joined', 'left']
    """
    match state, welcome:
        case CompanionState.ASKED, True:
            return CompanionState.JOINED
        case CompanionState.REMOVED, True:
            return CompanionState.LEFT
        case ((CompanionState.ASKED | CompanionState.JOINED), False):
            return CompanionState.REMOVED
    raise OutOfDate


async def leave_party(books: Books, ask: LeaveParty) -> int:
    """Leave; what was ordered stays where it is."""
    party = await _lock(books, ask.party_id, ask.customer_id)
    companion = await companion_of(books, party, ask.customer_id)
    await _move(books, companion, CompanionState.LEFT)
    return companion.id


async def close_party(books: Books, ask: CloseParty) -> int:
    """End the party; everybody stays in their own visit."""
    party = await _lock(books, ask.party_id)
    if party.host_id != ask.host_id:
        raise NotYours
    await _end(books, party)
    return party.id


async def set_limit(books: Books, ask: SetLimit) -> int:
    """Say what the others may order on the host in all; what they ordered already stays."""
    party = await _lock(books, ask.party_id)
    if party.host_id != ask.host_id:
        raise NotYours
    if party.version != ask.version:
        raise OutOfDate
    changed = replace(party, limit=ask.limit, most=max(party.most, ask.limit), version=party.version + 1)
    await books.save(changed)
    books.tell(PartyChanged(party.id))
    return party.id


async def order_on_host(books: Books, ask: PlaceOnHost) -> int:
    """Order what is in a companion's cart with the host's money, as far as the limit allows.

    Its holds are in the host's wallet and its lines in the host's visit; it is brought to the companion.
    """
    party = await books.get(Party, ask.party_id)
    if party is None or party.host_id == ask.customer_id:
        raise NotYours
    currency = party.limit.currency
    purse, _ = await books.lock(wallet(party.host_id, currency), wallet(ask.customer_id, currency))
    draft = await current_draft(books, ask.draft_id, ask.version, ask.customer_id)
    visit, party = await visit_of(books, draft), await _open_party(books, party.id)
    companion = await companion_of(books, party, ask.customer_id)
    if companion.visit_id != visit.id:
        raise NotInParty
    cart = await cart_of(books, draft.id)
    await _check_limit(books, party, cart)
    order = replace(
        await order_for(books, visit, draft, cart, currency),
        visit_id=party.visit_id, customer_id=party.host_id, for_visit_id=visit.id, party_id=party.id,
    )  # fmt: skip
    try:
        return (await place(books, draft, order, cart, purse, ask.expires_after, ask.zone)).id
    except ShortOfMoney as short:
        raise HostShort(await _host(books, party)) from short


def room_in(limit: Money, lines: Sequence[Line]) -> Money:
    """Return what is left of the limit: what was declined, cancelled or taken off the bill counts no more."""
    used = total((line.total for line in lines if line.state not in ENDED), limit.currency)
    return max(limit - used, limit * 0)


async def room_of(books: Books, party: Party) -> Money:
    """Return what the others can still order on the host."""
    return room_in(party.limit, await lines_on_host(books, party))


async def lines_on_host(books: Books, party: Party) -> list[Line]:
    """Return all that was ordered on the host for others since the party began."""
    orders = await books.find(GoodsOrder, party_id=party.id)
    return await books.find(Line, order_id=tuple(order.id for order in orders))


async def lines_for(books: Books, visit_id: int, since: datetime) -> list[tuple[GoodsOrder, Line]]:
    """Return what was ordered for a visit since then and is not off the bill, with who pays for it."""
    own = await books.find(GoodsOrder, visit_id=visit_id, for_visit_id=None)
    orders = [*own, *await books.find(GoodsOrder, for_visit_id=visit_id)]
    known = {order.id: order for order in orders if order.placed_at >= since}
    lines = await books.find(Line, order_id=tuple(known))
    return [(known[line.order_id], line) for line in lines if line.state not in ENDED]


async def party_hosted(books: Books, visit_id: int) -> Party | None:
    """Return the open party whose host's visit it is, if there is one."""
    found = await books.find(Party, visit_id=visit_id, ended_at=None)
    return found[0] if found else None


async def party_joined(books: Books, visit_id: int) -> Party | None:
    """Return the party that a visit has joined, if there is one."""
    found = await books.find(Companion, visit_id=visit_id, state=CompanionState.JOINED)
    return await books.get(Party, found[0].party_id) if found else None


async def parties_at_seat(books: Books, visit: Visit) -> list[Party]:
    """Return the open parties of others whose hosts sit at the same seat."""
    near = await books.find(Visit, seat_id=visit.seat_id, state=VisitState.OPEN)
    ids = tuple(each.id for each in near if each.id != visit.id)
    return await books.find(Party, visit_id=ids, ended_at=None)


async def companions_of(books: Books, party: Party, *states: CompanionState) -> list[Companion]:
    """Return the companions of a party that stand so to it, in the order in which they came."""
    return await books.find(Companion, party_id=party.id, state=states or tuple(CompanionState))


async def companion_of(books: Books, party: Party, customer_id: int) -> Companion:
    """Return the customer as one who has joined the party, or refuse."""
    found = await books.find(
        Companion, party_id=party.id, customer_id=customer_id, state=CompanionState.JOINED
    )
    if not found:
        raise NotInParty
    return found[0]


async def end_with_visit(books: Books, visit: Visit) -> None:
    """End the party whose host's visit is over, and leave the one that it had joined."""
    if party := await party_hosted(books, visit.id):
        await _end(books, party)
    state = (CompanionState.JOINED, CompanionState.ASKED)
    for companion in await books.find(Companion, visit_id=visit.id, state=state):
        await _move(books, companion, CompanionState.LEFT)


async def _take_in(books: Books, party: Party, customer_id: int, state: CompanionState) -> int:
    """Let somebody join, or note that they asked to."""
    if party.host_id == customer_id:
        raise OwnParty
    visit = await open_visit(books, customer_id, party.merchant_id)
    if visit is None:
        merchant = await find_merchant(books, party.merchant_id)
        raise SeatFirst(await _host(books, party), merchant.name)
    ever = await books.find(Companion, party_id=party.id, customer_id=customer_id)
    if any(each.state is CompanionState.REMOVED for each in ever):
        raise RemovedFromParty(await _host(books, party))
    known = [each for each in ever if each.visit_id == visit.id]
    if known and known[0].state in (state, CompanionState.JOINED):
        return known[0].id
    await _refuse_seated(books, visit)
    if not known or known[0].state is not CompanionState.ASKED:
        await _refuse_full(books, party)
    if known:
        companion = known[0]
        await _move(books, companion, state)
    else:
        companion = await books.add(Companion(0, party.id, visit.id, customer_id, state, books.now))
        books.tell(CompanionMoved(companion.id, None))
    if state is CompanionState.JOINED:
        await _ask_no_more(books, visit.id)
    return companion.id


async def _ask_no_more(books: Books, visit_id: int) -> None:
    """Whoever sits at a table by now asks no other host."""
    for companion in await books.find(Companion, visit_id=visit_id, state=CompanionState.ASKED):
        await _move(books, companion, CompanionState.LEFT)


async def _refuse_seated(books: Books, visit: Visit) -> None:
    """Refuse a visit that is at a party already."""
    if await party_hosted(books, visit.id) or await party_joined(books, visit.id):
        raise AlreadyInParty


async def _refuse_full(books: Books, party: Party) -> None:
    here = (CompanionState.JOINED, CompanionState.ASKED)
    if len(await companions_of(books, party, *here)) >= MOST_COMPANIONS:
        raise PartyFull(MOST_COMPANIONS)


async def _check_limit(books: Books, party: Party, cart: Sequence[CartLine]) -> None:
    if not cart:
        raise CartEmpty
    room = await room_of(books, party)
    if total((each.total for each in cart), room.currency) > room:
        raise LimitReached(await _host(books, party), room)


async def _move(books: Books, companion: Companion, state: CompanionState) -> None:
    joined_at = books.now if state is CompanionState.JOINED else companion.joined_at
    await books.save(replace(companion, state=state, joined_at=joined_at))
    books.tell(CompanionMoved(companion.id, companion.state))


async def _end(books: Books, party: Party) -> None:
    there = await companions_of(books, party, CompanionState.JOINED, CompanionState.ASKED)
    for companion in there:
        await books.save(replace(companion, state=CompanionState.LEFT))
    await books.save(replace(party, ended_at=books.now))
    books.tell(PartyEnded(party.id, tuple(each.id for each in there)))


async def _lock(books: Books, party_id: int, *others: int) -> Party:
    """Lock the host's wallet and that of others, and return the party as it is then, if it is open."""
    party = await books.get(Party, party_id)
    if party is None:
        raise PartyOver
    currency = party.limit.currency
    await books.lock(*(wallet(each, currency) for each in dict.fromkeys((party.host_id, *others))))
    return await _open_party(books, party_id)


async def _open_party(books: Books, party_id: int) -> Party:
    party = await books.get(Party, party_id)
    if party is None or party.ended_at is not None:
        raise PartyOver
    return party


async def _host(books: Books, party: Party) -> str:
    return (await customer_of(books, party.host_id)).name


async def _get(books: Books, companion_id: int) -> Companion:
    companion = await books.get(Companion, companion_id)
    assert companion is not None
    return companion
