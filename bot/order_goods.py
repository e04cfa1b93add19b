"""Step 3 in the chat, its end: the order is placed, and its customer sees how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bot.buttons import CancelMyOrder, PlaceCart
from bot.cart import cart_page, warning_rows
from bot.desk import Desk, group_of
from bot.locales import Locale, Markup
from bot.pages import Key, Page
from core.errors import MerchantClosed
from core.merchant import Merchant
from core.order_goods import GoodsOrder, Line, LineState, PlaceOrder, order_goods, status_of
from core.serve import CancelOrder, cancel_order


async def on_place_cart(desk: Desk, tap: PlaceCart) -> None:
    """Order what is in the cart. Whoever is to know is told by the event."""
    _, merchant = await desk.here()
    desk.go_on = partial(cart_page, desk)
    await place_order(desk, merchant, tap.cart, tap.version)
    desk.toast = desk.locale.plain("order-placed-toast")


async def on_cancel_my_order(desk: Desk, tap: CancelMyOrder) -> None:
    """Take an order back that nobody has accepted."""
    ask = CancelOrder(tap.order, desk.peer.id)
    await desk.run(cancel_order, ask, key=f"{tap.order}:{desk.peer.id}")
    desk.toast = desk.locale.plain("order-cancelled-toast")


async def place_order(desk: Desk, merchant: Merchant, cart_id: int, version: int) -> None:
    """Order a cart, or refuse where nobody would read the order."""
    group = await group_of(desk.books, merchant)
    if not group.reachable:
        raise MerchantClosed(merchant.name)
    patience = timedelta(seconds=desk.house.settings.order_expiry_seconds)
    zone = desk.house.settings.timezone.key
    ask = PlaceOrder(desk.peer.id, merchant.currency, cart_id, version, patience, zone)
    await desk.carry_out(order_goods, ask)


def order_page(locale: Locale, order: GoodsOrder, lines: Sequence[Line]) -> Page:
    """Return an order as its customer sees it: one message, edited as it changes."""
    status = status_of(lines)
    title = locale.say("order-title", number=f"G-{order.id}", seat=order.seat)
    reason = next((line.reason for line in lines if line.reason), "")
    told = locale.say(f"order-{status}", reason=Markup(locale.say(f"reason-{reason}")) if reason else "")
    text = "\n".join([title, *order_rows(locale, order, lines), "", told])
    cancel = Key(locale.plain("button-cancel-order"), CancelMyOrder(order.id))
    return Page(text, [[cancel]] if status is LineState.PLACED else [])


def order_rows(locale: Locale, order: GoodsOrder, lines: Sequence[Line]) -> list[str]:
    """Return the lines of an order as HTML, then its note."""
    rows: list[str] = []
    for line in lines:
        quantity = str(line.quantity)
        rows.append(locale.say("order-row", quantity=quantity, item=line.name, amount=line.total))
        rows += warning_rows(locale, line)
    return rows + ([locale.say("order-note", note=order.note)] if order.note else [])
