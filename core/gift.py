"""A gift to another seat: its money is aside from the offer on, and it is ordered when it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.draft import Draft, DraftKind, current_draft, use_up
from core.errand import LAPSE_GIFT, send_on
from core.errors import (
    GiftOver,
    GiftShort,
    GiftsRefused,
    GiftTooSoon,
    NotYours,
    OutOfDate,
    ReceiverGone,
    ShortOfMoney,
    TooManyGifts,
)
from core.ledger import Account, Standing, wallet
from core.menu import put_back
from core.money import Money, total
from core.open_account import customer_of
from core.order_goods import (
    CartLine,
    cart_of,
    items_of,
    keep_order,
    order_for,
    require_ordering,
    take_from_menu,
    visit_of,
    wall_clock,
)
from core.ports import Books
from core.visit import Visit, VisitState, current_visit, touch

MOST_OFFERED = 3
"""So many gifts of one giver may wait for an answer."""

COOL_DOWN = timedelta(minutes=15)
"""Whoever did not take a gift is not asked again by the same giver for so long."""

LAPSES_AFTER = timedelta(minutes=5)


class GiftState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    """The receiver said yes, and something of it was sold out by then."""


@dataclass(frozen=True, slots=True)
class Gift:
    """A cart that is offered to another seat. Its lines carry the holds until there is an order."""

    id: int
    draft_id: int
    visit_id: int
    giver_id: int
    for_visit_id: int
    receiver_id: int
    state: GiftState
    total: Money
    offered_at: datetime
    order_id: int | None


@dataclass(frozen=True, slots=True)
class GiftBlock:
    """Whether a receiver wants no gifts from a giver."""

    id: int
    receiver_id: int
    giver_id: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class OfferGift:
    """Offer the cart to whoever the visit is of. *cool_down* is between what was not taken and the next."""

    customer_id: int
    currency: str
    draft_id: int
    version: int
    for_visit_id: int
    zone: str = "UTC"
    cool_down: timedelta = COOL_DOWN


@dataclass(frozen=True, slots=True)
class AcceptGift:
    receiver_id: int
    gift_id: int
    expires_after: timedelta
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class EndGift:
    """*by_id* is the receiver who declines or the giver who takes it back; nobody when it lapses."""

    gift_id: int
    state: GiftState
    by_id: int | None = None


@dataclass(frozen=True, slots=True)
class BlockGiver:
    """Take no gifts any more from whoever gave this one, or take them again."""

    receiver_id: int
    gift_id: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class GiftOffered:
    """Event: the receiver is asked."""

    gift_id: int


@dataclass(frozen=True, slots=True)
class GiftEnded:
    """Event: it was accepted, declined or taken back, has lapsed, or cannot be had any more."""

    gift_id: int


@dataclass(frozen=True, slots=True)
class GiverBlocked:
    """Event: the receiver takes gifts from that giver no more, or again."""

    gift_id: int


async def offer_gift(books: Books, ask: OfferGift) -> int:
    """Set the cart's money aside on the giver's visit and ask the receiver; return the gift."""
    (purse,) = await books.lock(wallet(ask.customer_id, ask.currency))
    draft = await current_draft(books, ask.draft_id, ask.version, ask.customer_id)
    if draft.kind is not DraftKind.CART:
        raise OutOfDate
    visit = await visit_of(books, draft)
    receiving = await _receiving(books, visit, ask.for_visit_id)
    await _check_manners(books, visit.customer_id, receiving.customer_id, ask.cool_down)
    cart = await cart_of(books, draft.id)
    price = await _set_aside(books, visit, cart, purse, ask.zone)
    await use_up(books, draft)
    await touch(books, visit.id)
    gift = await books.add(
        Gift(
            0, draft.id, visit.id, visit.customer_id, receiving.id, receiving.customer_id,
            GiftState.OFFERED, price, books.now, None,
        )
    )  # fmt: skip
    await send_on(books, LAPSE_GIFT, gift.id, LAPSES_AFTER)
    books.tell(GiftOffered(gift.id))
    return gift.id


async def accept_gift(books: Books, ask: AcceptGift) -> int:
    """Order what was offered, for the receiver's seat, with the money that is aside; return the gift."""
    gift = await _lock(books, ask.gift_id)
    if gift.receiver_id != ask.receiver_id:
        raise NotYours
    if gift.state is GiftState.ACCEPTED:
        return gift.id
    if gift.state is not GiftState.OFFERED:
        raise GiftOver
    receiving = await current_visit(books, gift.for_visit_id, gift.receiver_id)
    at = wall_clock(books, ask.zone)
    await require_ordering(books, receiving.merchant_id, receiving.id, at)
    cart = await cart_of(books, gift.draft_id)
    items = await items_of(books, cart)
    if not all(replace(item, stock=None).for_sale for item in items.values()):  # its own count is taken
        await _end(books, gift, GiftState.GONE)
        return gift.id
    draft = await _draft(books, gift)
    order = replace(
        await order_for(books, receiving, draft, cart, gift.total.currency),
        visit_id=gift.visit_id, customer_id=gift.giver_id, for_visit_id=receiving.id,
    )  # fmt: skip
    order = await keep_order(books, draft, order, cart, items, _holds(cart), ask.expires_after)
    await books.save(replace(gift, state=GiftState.ACCEPTED, order_id=order.id))
    books.tell(GiftEnded(gift.id))
    return gift.id


async def end_gift(books: Books, ask: EndGift) -> int:
    """Release what was offered, unless it came to its end before."""
    gift = await _lock(books, ask.gift_id)
    assert ask.state in _NOT_TAKEN, ask.state
    may = {GiftState.DECLINED: gift.receiver_id, GiftState.WITHDRAWN: gift.giver_id}
    if may.get(ask.state) != ask.by_id:
        raise NotYours
    if gift.state is GiftState.OFFERED:
        await _end(books, gift, ask.state)
    return gift.id


async def block_giver(books: Books, ask: BlockGiver) -> int:
    """Take no gifts from that giver any more, this one included; or take them again."""
    gift = await _lock(books, ask.gift_id)
    if gift.receiver_id != ask.receiver_id:
        raise NotYours
    block = GiftBlock(0, gift.receiver_id, gift.giver_id, ask.blocked)
    if not await books.add_new(block, "receiver_id", "giver_id"):
        known = await _block(books, gift.receiver_id, gift.giver_id)
        assert known is not None
        await books.save(replace(known, blocked=ask.blocked))
    if ask.blocked and gift.state is GiftState.OFFERED:
        await _end(books, gift, GiftState.DECLINED)
    books.tell(GiverBlocked(gift.id))
    return gift.id


def check_manners(
    given: Sequence[Gift], receiver_id: int, at: datetime, cool_down: timedelta = COOL_DOWN
) -> None:
    """Refuse a giver too many gifts that wait for an answer, and one too soon after what was not taken.

    *given* are all that wait for an answer, and the latest that the receiver has not taken.
    """
    if sum(gift.state is GiftState.OFFERED for gift in given) >= MOST_OFFERED:
        raise TooManyGifts(MOST_OFFERED)
    for gift in given:
        waits = gift.state is GiftState.OFFERED
        if gift.receiver_id == receiver_id and (waits or at < gift.offered_at + cool_down):
            raise GiftTooSoon


async def offered_by(books: Books, visit_id: int, currency: str) -> Money:
    """Return what a visit has aside for gifts that wait for an answer."""
    return total((gift.total for gift in await _offered(books, visit_id)), currency)


async def withdraw_with_visit(books: Books, visit: Visit) -> None:
    """Take back what a visit that is over has offered. The giver's wallet is locked."""
    for gift in await _offered(books, visit.id):
        await _end(books, gift, GiftState.WITHDRAWN)


async def is_blocked(books: Books, gift: Gift) -> bool:
    """Whether the receiver takes no gifts from that giver."""
    block = await _block(books, gift.receiver_id, gift.giver_id)
    return block is not None and block.blocked


async def _check_manners(books: Books, giver_id: int, receiver_id: int, cool_down: timedelta) -> None:
    block = await _block(books, receiver_id, giver_id)
    if block is not None and block.blocked:
        raise GiftsRefused((await customer_of(books, receiver_id)).name)
    waiting = await books.find(Gift, giver_id=giver_id, state=GiftState.OFFERED)
    not_taken = await books.find(
        Gift, giver_id=giver_id, receiver_id=receiver_id, state=_NOT_TAKEN, by="-id", most=1
    )
    check_manners([*waiting, *not_taken], receiver_id, books.now, cool_down)


async def _set_aside(
    books: Books, visit: Visit, cart: Sequence[CartLine], purse: Standing, zone: str
) -> Money:
    """Hold the money of each line in the giver's wallet, and note the hold on the line."""
    try:
        await take_from_menu(books, visit.merchant_id, visit.id, cart, purse, wall_clock(books, zone))
    except ShortOfMoney as short:  # topping it up by itself would order the cart for the giver
        raise GiftShort(short.short) from short
    amounts = [line.total for line in cart]
    for line, hold in zip(cart, await books.hold(purse.account, *amounts), strict=True):
        await books.save(replace(line, hold_id=hold))
    return total(amounts, purse.balance.currency)


async def _receiving(books: Books, visit: Visit, for_visit_id: int) -> Visit:
    receiving = await books.get(Visit, for_visit_id)
    if receiving is None or receiving.state is not VisitState.OPEN:
        raise ReceiverGone
    if receiving.merchant_id != visit.merchant_id or receiving.customer_id == visit.customer_id:
        raise ReceiverGone
    return receiving


async def _end(books: Books, gift: Gift, state: GiftState) -> None:
    """Give back what a gift set aside: its money, and what it took from the stock."""
    for line in await cart_of(books, gift.draft_id):
        assert line.hold_id is not None
        await books.release(line.hold_id)
        await put_back(books, line.item_id, line.quantity)
    await books.save(replace(gift, state=state))
    await touch(books, gift.visit_id)
    books.tell(GiftEnded(gift.id))


async def _lock(books: Books, gift_id: int) -> Gift:
    """Lock the giver's wallet, and return the gift as it is then."""
    gift = await books.get(Gift, gift_id)
    if gift is None:
        raise NotYours
    await books.lock(_purse(gift))
    gift = await books.get(Gift, gift_id)
    assert gift is not None
    return gift


def _purse(gift: Gift) -> Account:
    return wallet(gift.giver_id, gift.total.currency)


def _holds(cart: Sequence[CartLine]) -> list[int]:
    return [line.hold_id for line in cart if line.hold_id is not None]


async def _offered(books: Books, visit_id: int) -> list[Gift]:
    return await books.find(Gift, visit_id=visit_id, state=GiftState.OFFERED)


async def _block(books: Books, receiver_id: int, giver_id: int) -> GiftBlock | None:
    found = await books.find(GiftBlock, receiver_id=receiver_id, giver_id=giver_id)
    return found[0] if found else None


async def _draft(books: Books, gift: Gift) -> Draft:
    draft = await books.get(Draft, gift.draft_id)
    assert draft is not None
    return draft


_NOT_TAKEN = (GiftState.DECLINED, GiftState.LAPSED, GiftState.WITHDRAWN)
