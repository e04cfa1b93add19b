"""Step 3: goods are ordered from the seat; the merchant is told; a goods order is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.draft import CARTS, Draft, DraftKind, change, current_draft, own_draft, use_up
from core.endings import endings_of, refuse_orders
from core.errors import (
    CartEmpty,
    Change,
    FewLeft,
    ItemGone,
    MenuChanged,
    MerchantClosed,
    MerchantPaused,
    NoteTooLong,
    NotYours,
    OutOfDate,
    ShortOfMoney,
    TooMany,
)
from core.ledger import Standing, wallet
from core.menu import MenuItem, item_of, name_of, price_of, take_stock
from core.merchant import find_merchant
from core.money import Money, total
from core.ordering import ordering_of, watch
from core.ports import Books
from core.presence import require_presence
from core.seat import Seat
from core.visit import Visit, current_visit, open_visit, touch

MOST_OF_ONE = 20
MOST_LINES = 20
NOTE_LENGTH = 200


class LineState(StrEnum):
    """How far a line has come, the most urgent first. Until it ends its money is on hold."""

    PLACED = "placed"
    ACCEPTED = "accepted"
    PREPARING = "preparing"
    READY = "ready"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    COMPED = "comped"
    RETURNED = "returned"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


UNANSWERED = frozenset({LineState.PLACED})
COMING = frozenset({LineState.ACCEPTED, LineState.PREPARING, LineState.READY})
MADE_GOOD = frozenset({LineState.COMPED, LineState.RETURNED})
ENDED = frozenset({LineState.DECLINED, LineState.CANCELLED, LineState.EXPIRED}) | MADE_GOOD


@dataclass(frozen=True, slots=True)
class CartLine:
    """So many of an item, at the price that the customer was shown; zero of it is not in the cart.

    *options* is what was chosen with it: the same item with other options is another line.
    """

    id: int
    draft_id: int
    item_id: int
    name: str
    quantity: int
    price: Money
    allergens: str = ""
    least_age: int = 0
    options: str = ""
    substitute_id: int | None = None
    """What to bring instead if it turns out to be sold out."""
    hold_id: int | None = None
    """What sets its money aside while it is offered as a gift, before there is an order."""

    @property
    def total(self) -> Money:
        """What all of it costs."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class GoodsOrder:
    """A goods order. *version* grows with whatever is done to it, so that old buttons are known.

    It is paid by *customer_id*, in their own visit *visit_id*. *promised_at* is when staff said that the last
    of it will be there; *cancel_asked* whether its customer waits to hear if it can be cancelled;
    *instead_of* the line that it is a substitute for.
    """

    id: int
    visit_id: int
    customer_id: int
    merchant_id: int
    seat: str
    note: str
    total: Money
    version: int
    placed_at: datetime
    promised_at: datetime | None = None
    cancel_asked: bool = False
    instead_of: int | None = None
    is_open: bool = True
    """Whether staff still have something to do about it."""
    for_visit_id: int | None = None
    """The visit that it is brought to, where somebody else pays: a host, or the giver of a gift."""
    party_id: int | None = None
    """The party on whose host it was ordered."""
    entered_by: str = ""
    """Who of the staff entered it; the customer has confirmed it."""

    @property
    def brought_to(self) -> int:
        """The visit that it is brought to, whoever pays."""
        return self.for_visit_id or self.visit_id


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a goods order, at the all-in price for which money is on hold or was captured.

    What its item said of allergens, age, tax and station when it was placed stays true of it. *version* is
    the one that its order got when something was done to the line: buttons of one line do not age with those
    of another, and those of a card age with its newest line. *sale_id* is the transfer that paid for it.
    *promised_at* and *cancel_asked* say of the line what the order's sum up.
    """

    id: int
    order_id: int
    visit_id: int
    item_id: int
    name: str
    quantity: int
    total: Money
    hold_id: int
    state: LineState
    reason: str
    paid: bool
    allergens: str = ""
    least_age: int = 0
    tax_basis_points: int | None = None
    options: str = ""
    version: int = 1
    substitute_id: int | None = None
    sale_id: int | None = None
    station: str = ""
    promised_at: datetime | None = None
    cancel_asked: bool = False


@dataclass(frozen=True, slots=True)
class SetQuantity:
    draft_id: int
    customer_id: int
    item_id: int
    quantity: int
    options: str = ""
    zone: str = "UTC"
    kind: DraftKind = DraftKind.CART
    """Whether it is the customer's own cart, or one that staff fill."""


@dataclass(frozen=True, slots=True)
class OrderAgain:
    draft_id: int
    customer_id: int
    order_id: int
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class NameSubstitute:
    """*substitute_id* is what to bring where *item_id* is sold out; None for nothing."""

    draft_id: int
    customer_id: int
    item_id: int
    substitute_id: int | None


@dataclass(frozen=True, slots=True)
class SetNote:
    draft_id: int
    customer_id: int
    note: str


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """*currency* is the merchant's; an order nobody answers is released after *expires_after*.

    Hours and happy hours are by the clock of the time zone *zone*.
    """

    customer_id: int
    currency: str
    draft_id: int
    version: int
    expires_after: timedelta
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """Event: staff must look."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """Event: the order stands differently than before; its customer must hear of *bad_news*."""

    order_id: int
    bad_news: bool = False


async def set_quantity(books: Books, ask: SetQuantity) -> int:
    """Put so many of an item into the cart, at the price on the menu now."""
    draft = await _open_cart(books, ask.draft_id, ask.customer_id, ask.kind)
    visit = await visit_of(books, draft)
    item = await item_of(books, visit.merchant_id, ask.item_id)
    lines = {(line.item_id, line.options): line for line in await books.find(CartLine, draft_id=draft.id)}
    known = lines.get((item.id, ask.options))
    price = price_of(item, ask.options, wall_clock(books, ask.zone))
    if not 0 <= ask.quantity <= MOST_OF_ONE:
        raise TooMany(MOST_OF_ONE)
    if ask.quantity and not (item.for_sale and item.is_served(wall_clock(books, ask.zone))):
        raise ItemGone(item.name)
    others = sum(line.quantity for line in lines.values() if line.item_id == item.id and line != known)
    if item.stock is not None and ask.quantity > max(item.stock - others, known.quantity if known else 0):
        raise FewLeft(item.name, item.stock)
    if ask.quantity and known is None and len(lines) >= MOST_LINES:
        raise TooMany(MOST_LINES)
    if not ask.quantity:
        if known:
            await books.save(replace(known, quantity=0))
    elif price is None:
        raise OutOfDate
    else:
        line = CartLine(
            0, draft.id, item.id, name_of(item, ask.options), ask.quantity, price, item.allergens,
            item.least_age, ask.options,
        )  # fmt: skip
        if known:
            await books.save(replace(line, id=known.id, substitute_id=known.substitute_id))
        else:
            await books.add(line)
    return (await change(books, draft)).version


async def order_again(books: Books, ask: OrderAgain) -> int:
    """Make the cart what an earlier order was, as far as it is for sale, at the prices of now."""
    draft = await _open_cart(books, ask.draft_id, ask.customer_id)
    order = await books.get(GoodsOrder, ask.order_id)
    visit = await visit_of(books, draft)
    if (
        order is None
        or order.merchant_id != visit.merchant_id
        or not await concerns(books, order, ask.customer_id)
    ):
        raise NotYours
    old = await lines_of(books, order.id)
    items = {item.id: item for item in await books.find(MenuItem, id=tuple(line.item_id for line in old))}
    wanted = [
        new
        for line in old
        if (new := _again(line, items[line.item_id], draft.id, wall_clock(books, ask.zone)))
    ]
    if not wanted:
        raise ItemGone(old[0].name)
    kept = {(line.item_id, line.options): line for line in await books.find(CartLine, draft_id=draft.id)}
    for line in kept.values():
        await books.save(replace(line, quantity=0))
    for new in wanted:
        if known := kept.get((new.item_id, new.options)):
            await books.save(replace(new, id=known.id))
        else:
            await books.add(new)
    return (await change(books, draft)).version


def _again(line: Line, item: MenuItem, draft_id: int, now: datetime) -> CartLine | None:
    """Return a line of an earlier order as the cart has it, or None where it cannot be had *now*."""
    price = price_of(item, line.options, now)
    quantity = line.quantity if item.stock is None else min(line.quantity, item.stock)
    if price is None or not quantity:
        return None
    return CartLine(
        0, draft_id, item.id, name_of(item, line.options), quantity, price, item.allergens, item.least_age,
        line.options, line.substitute_id,
    )  # fmt: skip


async def name_substitute(books: Books, ask: NameSubstitute) -> int:
    """Keep what shall come where an item turns out to be sold out."""
    draft = await _open_cart(books, ask.draft_id, ask.customer_id)
    visit = await visit_of(books, draft)
    found = [line for line in await cart_of(books, draft.id) if line.item_id == ask.item_id]
    if not found or ask.substitute_id == ask.item_id:
        raise OutOfDate
    if ask.substitute_id and not (await item_of(books, visit.merchant_id, ask.substitute_id)).for_sale:
        raise OutOfDate
    for line in found:
        await books.save(replace(line, substitute_id=ask.substitute_id))
    return (await change(books, draft)).version


async def set_note(books: Books, ask: SetNote) -> int:
    """Keep what the customer wants staff to know about this order."""
    draft = await _open_cart(books, ask.draft_id, ask.customer_id)
    if len(ask.note) > NOTE_LENGTH:
        raise NoteTooLong(NOTE_LENGTH, len(ask.note))
    return (await change(books, draft, note=ask.note)).version


async def wait_for_money(books: Books, draft_id: int, customer_id: int) -> None:
    """Order this cart by itself as soon as money has come, if it is still the same by then."""
    await change(books, await _open_cart(books, draft_id, customer_id, *CARTS), waits=True)


async def cart_of(books: Books, draft_id: int) -> list[CartLine]:
    """Return what is in the cart."""
    return [line for line in await books.find(CartLine, draft_id=draft_id) if line.quantity]


async def order_goods(books: Books, ask: PlaceOrder) -> int:
    """Order what is in the cart and set its money aside, line by line; return the order's number.

    Claim 1, step 3. Prices come from the menu at this moment; where the cart showed others, the
    customer is asked again.
    """
    (purse,) = await books.lock(wallet(ask.customer_id, ask.currency))
    draft = await current_draft(books, ask.draft_id, ask.version, ask.customer_id)
    if draft.kind is not DraftKind.CART:
        raise OutOfDate
    visit, cart = await visit_of(books, draft), await cart_of(books, draft.id)
    order = await order_for(books, visit, draft, cart, ask.currency)
    return (await place(books, draft, order, cart, purse, ask.expires_after, ask.zone)).id


async def order_for(
    books: Books, visit: Visit, draft: Draft, cart: Sequence[CartLine], currency: str
) -> GoodsOrder:
    """Return the order that a draft would become: paid by *visit* and brought there. `place` keeps it."""
    return GoodsOrder(
        0, visit.id, visit.customer_id, visit.merchant_id, await label_of(books, visit), draft.note,
        total((each.total for each in cart), currency), 1, books.now,
    )  # fmt: skip


async def place(
    books: Books,
    draft: Draft,
    order: GoodsOrder,
    cart: Sequence[CartLine],
    purse: Standing,
    expires_after: timedelta,
    zone: str,
    state: LineState = LineState.PLACED,
) -> GoodsOrder:
    """Order what is in *draft* as *order* says, and set its money aside in *purse*, which is locked."""
    items = await take_from_menu(
        books, order.merchant_id, order.brought_to, cart, purse, wall_clock(books, zone)
    )
    holds = await books.hold(purse.account, *[each.total for each in cart])
    return await keep_order(books, draft, order, cart, items, holds, expires_after, state)


async def take_from_menu(
    books: Books,
    merchant_id: int,
    visit_id: int,
    cart: Sequence[CartLine],
    purse: Standing,
    at: datetime,
) -> dict[int, MenuItem]:
    """Take from the stock what is in the cart, or refuse: no orders there, or `check_cart` says no."""
    await require_ordering(books, merchant_id, visit_id, at)
    items = await items_of(books, cart)
    check_cart(cart, items, purse, at)
    for item in items.values():
        if item.stock is not None:
            await take_stock(books, item, sum(each.quantity for each in cart if each.item_id == item.id))
    return items


async def require_ordering(books: Books, merchant_id: int, visit_id: int, at: datetime) -> None:
    """Refuse where the merchant takes no orders *at* that time, or not from that visit."""
    merchant = await find_merchant(books, merchant_id)
    if merchant.group_id is None:
        raise MerchantClosed(merchant.name)
    if (await ordering_of(books, merchant.id)).paused:
        raise MerchantPaused(merchant.name)
    await require_presence(books, visit_id, merchant.id)
    refuse_orders(await endings_of(books, merchant.id), merchant.name, at)


async def keep_order(
    books: Books,
    draft: Draft,
    order: GoodsOrder,
    cart: Sequence[CartLine],
    items: dict[int, MenuItem],
    holds: Sequence[int],
    expires_after: timedelta,
    state: LineState = LineState.PLACED,
) -> GoodsOrder:
    """Keep an order whose money is aside, a hold for each line; use its draft up and let staff know.

    It gets its number as late as can be: where many write, one order after another does (ADR 0017).
    """
    if not draft.used:
        await use_up(books, draft)
    await touch(books, order.visit_id)
    ordering = await ordering_of(books, order.merchant_id)
    order = await books.add(order)
    await books.add_all(
        [
            Line(
                0, order.id, order.visit_id, each.item_id, each.name, each.quantity, each.total, hold, state,
                "", False, each.allergens, each.least_age, items[each.item_id].tax_basis_points, each.options,
                substitute_id=each.substitute_id, station=items[each.item_id].station,
            )
            for each, hold in zip(cart, holds, strict=True)
        ]
    )  # fmt: skip
    if state in UNANSWERED:
        await watch(books, ordering, order.id, order.placed_at, expires_after)
    books.tell(OrderPlaced(order.id))
    return order


def check_cart(cart: Sequence[CartLine], items: dict[int, MenuItem], purse: Standing, at: datetime) -> None:
    """Refuse a cart that is empty, was shown at other prices, or costs more than is there."""
    if not cart:
        raise CartEmpty
    if changes := compare(cart, items, at):
        raise MenuChanged(changes)
    price = total((line.total for line in cart), purse.balance.currency)
    if purse.available < price:
        raise ShortOfMoney(price - purse.available)


def compare(cart: Sequence[CartLine], items: dict[int, MenuItem], at: datetime) -> tuple[Change, ...]:
    """Return how the menu differs *at* that time from what the cart showed."""
    changes = []
    for line, now in zip(cart, follow_menu(cart, items, at), strict=True):
        if not now.quantity:
            changes.append(Change(line.name, line.price, None))
        elif now != line:
            left = now.quantity if now.quantity < line.quantity else None
            changes.append(Change(line.name, line.price, now.price, left))
    return tuple(changes)


def follow_menu(cart: Sequence[CartLine], items: dict[int, MenuItem], at: datetime) -> list[CartLine]:
    """Return the cart as the menu has it *at* that time: its prices, and only what can be had."""
    left = {item.id: item.stock for item in items.values() if item.stock is not None}
    return [_follow(line, items[line.item_id], at, left) for line in cart]


def _follow(line: CartLine, item: MenuItem, at: datetime, left: dict[int, int]) -> CartLine:
    price = price_of(item, line.options, at)
    quantity = min(line.quantity, left.get(item.id, line.quantity))
    if price is None or not quantity:
        return replace(line, quantity=0)
    if item.id in left:
        left[item.id] -= quantity
    told = (price, quantity, item.allergens, item.least_age)
    if told == (line.price, line.quantity, line.allergens, line.least_age):
        return line
    return replace(line, price=price, quantity=quantity, allergens=item.allergens, least_age=item.least_age)


async def reprice(books: Books, draft_id: int, customer_id: int, zone: str = "UTC") -> int:
    """Bring the cart to the menu's prices and take out what is gone; return the draft's version."""
    draft = await _open_cart(books, draft_id, customer_id, *CARTS)
    cart = await cart_of(books, draft_id)
    for line in follow_menu(cart, await items_of(books, cart), wall_clock(books, zone)):
        await books.save(line)
    return (await change(books, draft)).version


def wall_clock(books: Books, zone: str) -> datetime:
    """Return the time of this transaction as the clock on the wall shows it in that time zone."""
    return books.now.astimezone(ZoneInfo(zone))


def status_of(lines: Sequence[Line]) -> LineState:
    """Return an order's status, computed from its lines: the least far that is still open.

    With nothing open it is what was delivered, and only then how the order ended without goods.
    """
    states = {line.state for line in lines}
    return next(state for state in LineState if state in states)


async def last_order(books: Books, customer_id: int, merchant_id: int) -> GoodsOrder | None:
    """Return what the customer had last at the merchant and was not left without, in whichever visit.

    What somebody else paid for is theirs too, in the visit that it was brought to.
    """
    own = {"merchant_id": merchant_id, "customer_id": customer_id, "for_visit_id": None}
    latest = await books.find(GoodsOrder, by="-id", most=3, **own)
    if visit := await open_visit(books, customer_id, merchant_id):
        latest += await books.find(GoodsOrder, for_visit_id=visit.id, by="-id", most=3)
    for order in sorted(latest, key=lambda order: -order.id):
        if status_of(await lines_of(books, order.id)) not in ENDED:
            return order
    return None


async def receiver_of(books: Books, order: GoodsOrder) -> int:
    """Return the customer to whom an order is brought, whoever pays."""
    if order.for_visit_id is None:
        return order.customer_id
    visit = await books.get(Visit, order.for_visit_id)
    assert visit is not None
    return visit.customer_id


async def concerns(books: Books, order: GoodsOrder, customer_id: int) -> bool:
    """Whether the customer pays for an order, or has it brought to them."""
    return customer_id in (order.customer_id, await receiver_of(books, order))


async def lines_of(books: Books, order_id: int) -> list[Line]:
    """Return the lines of an order."""
    return await books.find(Line, order_id=order_id)


async def _open_cart(books: Books, draft_id: int, customer_id: int, *kinds: DraftKind) -> Draft:
    """Return the cart as it is now; looking at it never makes it out of date.

    What staff have entered is not the customer's to change: they confirm it or not.
    """
    draft = await own_draft(books, draft_id, customer_id)
    if draft.used or draft.kind not in (kinds or (DraftKind.CART,)):
        raise OutOfDate
    return draft


async def visit_of(books: Books, draft: Draft) -> Visit:
    """Return the open visit that a cart belongs to, or refuse."""
    assert draft.visit_id is not None, "a cart belongs to a visit"
    return await current_visit(books, draft.visit_id, draft.customer_id)


async def items_of(books: Books, cart: Sequence[CartLine]) -> dict[int, MenuItem]:
    """Return the items that are in the cart, by number."""
    found = await books.find(MenuItem, id=tuple(line.item_id for line in cart))
    return {item.id: item for item in found}


async def label_of(books: Books, visit: Visit) -> str:
    """Return what the seat is called that a visit is at."""
    seat = await books.get(Seat, visit.seat_id)
    assert seat is not None
    return seat.label
