"""Step 3 in the chat, its end: the order is placed, and its customer sees how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.buttons import CancelMyOrder, PlaceCart, TakeInstead
from bot.cart import cart_page, warning_rows
from bot.desk import Desk, group_of
from bot.locales import Locale, Markup
from bot.origin import NOTHING, Origin, origin_of
from bot.pages import Key, Keyboard, Page
from core.errors import MerchantClosed
from core.estimate import usual_wait_at
from core.menu import MenuItem, plain_price
from core.merchant import Merchant
from core.money import Money
from core.order_goods import (
    COMING,
    UNANSWERED,
    GoodsOrder,
    Line,
    LineState,
    PlaceOrder,
    lines_of,
    order_goods,
    receiver_of,
    status_of,
)
from core.ports import Books
from core.serve import (
    CLOSED_OUT,
    Action,
    CancelOrder,
    Deed,
    Reason,
    cancel_order,
    closed_out,
    last_deed,
    may_be_cancelled,
)
from core.substitute import alternatives
from core.visit import Visit, VisitState


async def on_place_cart(desk: Desk, tap: PlaceCart) -> None:
    """Order what is in the cart. Whoever is to know is told by the event."""
    _, merchant = await desk.here()
    desk.go_on = partial(cart_page, desk)
    await place_order(desk, merchant, tap.cart, tap.version)
    desk.toast = desk.locale.plain("order-placed-toast")


async def on_cancel_my_order(desk: Desk, tap: CancelMyOrder) -> None:
    """Take an order back that nobody has accepted, or ask the staff to let it go."""
    ask = CancelOrder(tap.order, desk.peer.id, tap.version)
    await desk.run(cancel_order, ask, key=f"{tap.order}:{tap.version}:{desk.peer.id}")
    order = await desk.books.get(GoodsOrder, tap.order)
    asked = order is not None and order.cancel_asked
    desk.toast = desk.locale.plain("order-cancel-asked-toast" if asked else "order-cancelled-toast")


async def place_order(desk: Desk, merchant: Merchant, cart_id: int, version: int) -> None:
    """Order a cart, or refuse where nobody would read the order."""
    await require_reader(desk.books, merchant)
    zone = desk.house.settings.timezone.key
    ask = PlaceOrder(desk.peer.id, merchant.currency, cart_id, version, desk.house.patience, zone)
    await desk.carry_out(order_goods, ask)


async def require_reader(books: Books, merchant: Merchant) -> None:
    """Refuse where nobody would read an order."""
    if not (await group_of(books, merchant)).reachable:
        raise MerchantClosed(merchant.name)


async def order_screen(books: Books, locale: Locale, order: GoodsOrder, reader_id: int) -> Page:
    """Return an order as its customer sees it now, with what they could have instead.

    Where somebody else pays, both see it; whoever has it brought to them chooses what to have instead.
    """
    lines = await lines_of(books, order.id)
    offers = await _offers(books, order, lines, books.now.astimezone(locale.timezone))
    guess = await usual_wait_at(books, order.merchant_id) if _wants_guess(order, lines) else None
    offers = offers if reader_id == await receiver_of(books, order) else []
    origin = await origin_of(books, locale, order, reader_id)
    return order_page(locale, order, lines, await last_deed(books, order.id), offers, guess, origin)


def order_page(
    locale: Locale,
    order: GoodsOrder,
    lines: Sequence[Line],
    deed: Deed | None = None,
    offers: Sequence[tuple[Line, MenuItem, Money]] = (),
    guess: timedelta | None = None,
    origin: Origin = NOTHING,
) -> Page:
    """Return an order as its customer sees it: one message, edited as it changes.

    *guess* is what it usually takes, until staff have said when it comes.
    """
    status = status_of(lines)
    open_ = status in UNANSWERED | COMING
    title = locale.say("order-title", number=f"G-{order.id}", seat=order.seat)
    reason = next((line.reason for line in lines if line.reason), "")
    because = Markup(locale.say(f"reason-{reason}")) if reason else ""
    word = f"paid-{status}" if origin.payer and status in _ABOUT_MONEY else f"order-{status}"
    word = f"order-{CLOSED_OUT}" if closed_out(lines) else word
    told = [locale.say(word, reason=because, payer=origin.payer)]
    waits = order.cancel_asked and deed and deed.action == Action.KEEP  # another station has yet to answer
    if deed and deed.action in _HEARD and open_ and not waits:
        told = [locale.say(f"order-{deed.action}")]
    if order.promised_at and open_:
        told.append(locale.say("order-promised", time=locale.time(order.promised_at)))
    elif guess:
        word = "order-usual-placed" if status in UNANSWERED else "order-usual"
        told.append(locale.say(word, wait=guess))
    if order.cancel_asked:
        told.append(locale.say("order-cancel-asked"))
    keys = Keyboard()
    for line, item, price in offers:
        label = locale.plain("button-instead", quantity=line.quantity, item=item.name, amount=price)
        keys.row(Key(label, TakeInstead(line.id, item.id)))
    if offers:
        told.append(locale.say("order-instead-offered"))
    if status is LineState.PLACED or (may_be_cancelled(lines) and not order.cancel_asked):
        word = "button-cancel-order" if status is LineState.PLACED else "button-ask-cancel"
        keys.row(Key(locale.plain(word), CancelMyOrder(order.id, order.version)))
    text = "\n".join([title, *origin.rows, *order_rows(locale, order, lines), "", *told])
    return Page(text, keys.rows)


def _wants_guess(order: GoodsOrder, lines: Sequence[Line]) -> bool:
    """Whether the customer waits and nobody has said how long."""
    return order.promised_at is None and status_of(lines) in UNANSWERED | COMING - {LineState.READY}


def order_rows(locale: Locale, order: GoodsOrder, lines: Sequence[Line]) -> list[str]:
    """Return the lines of an order as HTML, each marked if not all have come as far, then its note."""
    mixed = len({line.state for line in lines}) > 1
    rows: list[str] = []
    for line in lines:
        rows.append(marked_row(locale, line) if mixed else _row(locale, line))
        rows += warning_rows(locale, line)
    if order.instead_of is not None:
        rows.append(locale.say("order-instead"))
    return rows + ([locale.say("order-note", note=order.note)] if order.note else [])


def _row(locale: Locale, line: Line) -> str:
    return locale.say("order-row", quantity=str(line.quantity), item=line.name, amount=line.total)


def marked_row(locale: Locale, line: Line) -> str:
    """Return a line of an order as HTML, marked by how far it has come."""
    reason = locale.say(f"reason-{line.reason}") if line.reason else ""
    return locale.say(f"line-{line.state}", row=Markup(_row(locale, line)), reason=Markup(reason))


async def _offers(
    books: Books, order: GoodsOrder, lines: Sequence[Line], at: datetime
) -> list[tuple[Line, MenuItem, Money]]:
    """Return what could be had instead of the first line that was sold out and for which nothing comes."""
    for line in lines:
        if line.state is not LineState.DECLINED or line.reason != Reason.SOLD_OUT:
            continue
        visit = await books.get(Visit, order.brought_to)
        item = await books.get(MenuItem, line.item_id)
        coming = await books.find(GoodsOrder, customer_id=order.customer_id, instead_of=line.id)
        if visit and visit.state is VisitState.OPEN and item and not coming:
            near = [(each, plain_price(each, at)) for each in await alternatives(books, item, at)]
            return [(line, each, price) for each, price in near if price]
    return []


_ABOUT_MONEY = (LineState.DECLINED, LineState.CANCELLED, LineState.EXPIRED, LineState.UNDELIVERABLE)
"""What is said otherwise to whom somebody else's order was brought."""

_HEARD = (Action.MISS, Action.KEEP)
"""What staff did that changes no line, and that the customer is told."""
