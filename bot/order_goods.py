"""Step 3 in the chat: the menu, the cart, and the order as its customer sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.buttons import (
    AddItem,
    CancelMyOrder,
    LessOf,
    MoreOf,
    OpenCart,
    OpenCategory,
    OpenMenu,
    PlaceCart,
    TopUpShortfall,
    TypeNote,
)
from bot.desk import Desk
from bot.home import back_key
from bot.locales import Locale, Markup
from bot.pages import Key, Keyboard, Look, Page
from core.draft import Draft, DraftKind, draft_for, own_draft
from core.errors import Change, OutOfDate
from core.menu import MenuItem, item_of, menu_of
from core.merchant import Merchant
from core.money import Money, total
from core.order_goods import (
    NOTE_LENGTH,
    CartLine,
    GoodsOrder,
    Line,
    LineState,
    PlaceOrder,
    SetNote,
    SetQuantity,
    cart_of,
    order_goods,
    set_note,
    set_quantity,
    status_of,
)
from core.serve import CancelOrder, cancel_order

WHOLE_MENU = 10
"""A menu of so many items is shown without its categories."""


async def on_open_menu(desk: Desk, tap: OpenMenu) -> None:
    """Show the categories, or everything if that is little."""
    await desk.expect("")
    _, merchant = await desk.here()
    items = await menu_of(desk.books, merchant.id)
    if len(items) <= WHOLE_MENU:
        await desk.show(await items_page(desk, merchant, items))
    else:
        await desk.show(await categories_page(desk, merchant, items))


async def on_open_category(desk: Desk, tap: OpenCategory) -> None:
    """Show what is in a category."""
    _, merchant = await desk.here()
    await _show_items(desk, merchant, await item_of(desk.books, merchant.id, tap.item))


async def on_add_item(desk: Desk, tap: AddItem) -> None:
    """Put one more of an item into the cart and stay at the menu."""
    item = await _change_quantity(desk, tap.cart, tap.item, 1)
    _, merchant = await desk.here()
    await _show_items(desk, merchant, item)


async def on_more_of(desk: Desk, tap: MoreOf) -> None:
    await _change_quantity(desk, tap.cart, tap.item, 1)
    await desk.show(await cart_page(desk))


async def on_less_of(desk: Desk, tap: LessOf) -> None:
    await _change_quantity(desk, tap.cart, tap.item, -1)
    await desk.show(await cart_page(desk))


async def on_open_cart(desk: Desk, tap: OpenCart) -> None:
    await desk.expect("")
    await desk.show(await cart_page(desk))


async def on_type_note(desk: Desk, tap: TypeNote) -> None:
    """Take the next text for a note to the staff."""
    cart = await own_draft(desk.books, tap.cart, desk.peer.id)
    if cart.used:
        raise OutOfDate
    await desk.expect(f"note:{cart.id}")
    text = desk.locale.say("cart-type-note", most=NOTE_LENGTH)
    await desk.show(Page(text, [[Key(desk.locale.plain("button-back"), OpenCart())]]))


async def on_typed_note(desk: Desk, cart_id: int, text: str) -> None:
    """Keep the note; one that is too long can be typed again."""
    await desk.run(set_note, SetNote(cart_id, desk.peer.id, text.strip()))
    await desk.expect("")
    await desk.show(await cart_page(desk))


async def on_place_cart(desk: Desk, tap: PlaceCart) -> None:
    """Order what is in the cart. Whoever is to know is told by the event."""
    _, merchant = await desk.here()
    await desk.carry_out(order_goods, place_order(desk, merchant.currency, tap.cart, tap.version))
    desk.toast = desk.locale.plain("order-placed-toast")


async def on_cancel_my_order(desk: Desk, tap: CancelMyOrder) -> None:
    """Take an order back that nobody has accepted."""
    await desk.run(cancel_order, CancelOrder(tap.order, desk.peer.id), key=str(tap.order))
    desk.toast = desk.locale.plain("order-cancelled-toast")


def place_order(desk: Desk, currency: str, cart_id: int, version: int) -> PlaceOrder:
    """Return the request to order a cart, with the house's patience."""
    patience = timedelta(seconds=desk.house.settings.order_expiry_seconds)
    return PlaceOrder(desk.peer.id, currency, cart_id, version, patience)


async def categories_page(desk: Desk, merchant: Merchant, items: Sequence[MenuItem]) -> Page:
    """Return the categories of a menu, in the order of the menu, two in a row."""
    first_of: dict[str, MenuItem] = {}
    for item in items:
        first_of.setdefault(item.category, item)
    keys = Keyboard()
    names = [Key(name, OpenCategory(item.id)) for name, item in first_of.items()]
    for place in range(0, len(names), 2):
        keys.row(*names[place : place + 2])
    cart, lines = await _cart(desk)
    _end_menu(desk, keys, cart, lines)
    return Page(_menu_text(desk, merchant, lines), keys.row(back_key(desk)).rows)


async def items_page(
    desk: Desk, merchant: Merchant, items: Sequence[MenuItem], *, whole: bool = True
) -> Page:
    """Return items to tap, each with its price and how many are in the cart."""
    cart, lines = await _cart(desk)
    chosen = {line.item_id: line.quantity for line in lines}
    keys = Keyboard()
    for item in items:
        keys.row(Key(_item_label(desk.locale, item, chosen.get(item.id, 0)), AddItem(cart.id, item.id)))
    _end_menu(desk, keys, cart, lines)
    back = back_key(desk) if whole else Key(desk.locale.plain("button-back"), OpenMenu())
    return Page(_menu_text(desk, merchant, lines), keys.row(back).rows)


async def cart_page(desk: Desk, notice: str = "") -> Page:
    """Return the cart with a row per line and the whole price on the button that orders."""
    await desk.here()
    cart, lines = await _cart(desk)
    label = desk.locale.plain
    keys = Keyboard()
    for line in lines:
        keys.row(
            Key("−", LessOf(cart.id, line.item_id)),
            Key(f"{line.name} ×{line.quantity}", OpenCart()),
            Key("＋", MoreOf(cart.id, line.item_id)),
        )
    keys.row(
        Key(label("button-note"), TypeNote(cart.id)) if lines else None,
        Key(label("button-add-more"), OpenMenu()),
    )
    if lines:
        keys.row(_place_key(desk, cart, lines))
    text = cart_text(desk.locale, cart, lines)
    return Page(f"{notice}\n\n{text}".strip(), keys.row(back_key(desk)).rows)


def cart_text(locale: Locale, cart: Draft, lines: Sequence[CartLine]) -> str:
    """Return the cart as HTML."""
    if not lines:
        return locale.say("cart-empty")
    rows = [_row(locale, line.quantity, line.name, line.price * line.quantity) for line in lines]
    note = [locale.say("order-note", note=cart.note)] if cart.note else []
    whole = locale.say("cart-total", total=_sum(lines))
    return "\n".join([locale.say("cart-title"), *rows, *note, "", whole])


async def short_page(desk: Desk, short: Money) -> Page:
    """Return what is missing, with a button that tops up just that and lets the order go on."""
    await desk.here()
    cart, lines = await _cart(desk)
    draft = await draft_for(desk.books, desk.peer.id, DraftKind.TOP_UP)
    amount = max(short, desk.house.settings.top_up_min)
    label = desk.locale.plain("button-top-up-short", amount=amount)
    keys = Keyboard().row(Key(label, TopUpShortfall(cart.id, draft.id, draft.version), look=Look.PRIMARY))
    keys.row(Key(desk.locale.plain("button-cart", count=_count(lines)), OpenCart()), back_key(desk))
    text = desk.locale.say("order-short", short=short, amount=amount)
    return Page(text, keys.rows)


def changes_text(locale: Locale, changes: Sequence[Change]) -> str:
    """Return how the menu differs from what the cart showed."""
    rows = []
    for change in changes:
        if change.after is None:
            rows.append(locale.say("cart-change-gone", item=change.name))
        else:
            rows.append(
                locale.say("cart-change-price", item=change.name, before=change.before, after=change.after)
            )
    return "\n".join([locale.say("cart-changed"), *rows])


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
    rows = [_row(locale, line.quantity, line.name, line.total) for line in lines]
    return rows + ([locale.say("order-note", note=order.note)] if order.note else [])


async def _show_items(desk: Desk, merchant: Merchant, near: MenuItem) -> None:
    items = await menu_of(desk.books, merchant.id)
    whole = len(items) <= WHOLE_MENU
    shown = items if whole else [item for item in items if item.category == near.category]
    await desk.show(await items_page(desk, merchant, shown, whole=whole))


async def _change_quantity(desk: Desk, cart_id: int, item_id: int, by: int) -> MenuItem:
    _, merchant = await desk.here()
    lines = {line.item_id: line for line in await cart_of(desk.books, cart_id)}
    now = lines[item_id].quantity if item_id in lines else 0
    await desk.run(set_quantity, SetQuantity(cart_id, desk.peer.id, item_id, max(0, now + by)))
    return await item_of(desk.books, merchant.id, item_id)


async def _cart(desk: Desk) -> tuple[Draft, list[CartLine]]:
    visit, _ = await desk.here()
    cart = await draft_for(desk.books, desk.peer.id, DraftKind.CART, visit.id)
    return cart, await cart_of(desk.books, cart.id)


def _end_menu(desk: Desk, keys: Keyboard, cart: Draft, lines: Sequence[CartLine]) -> None:
    if lines:
        keys.row(
            Key(desk.locale.plain("button-cart", count=_count(lines)), OpenCart()),
            _place_key(desk, cart, lines),
        )


def _place_key(desk: Desk, cart: Draft, lines: Sequence[CartLine]) -> Key:
    label = desk.locale.plain("button-place", total=_sum(lines))
    return Key(label, PlaceCart(cart.id, cart.version), look=Look.SUCCESS)


def _menu_text(desk: Desk, merchant: Merchant, lines: Sequence[CartLine]) -> str:
    title = desk.locale.say("menu-title", merchant=merchant.name)
    rows = [_row(desk.locale, line.quantity, line.name, line.price * line.quantity) for line in lines]
    return "\n".join([title, *([""] if rows else []), *rows])


def _item_label(locale: Locale, item: MenuItem, chosen: int) -> str:
    label = f"{item.name} · {locale.money(item.price)}"
    if item.sold_out:
        return locale.plain("menu-sold-out", item=item.name)
    return f"{label} ×{chosen}" if chosen else label


def _row(locale: Locale, quantity: int, name: str, amount: Money) -> str:
    return locale.say("order-row", quantity=str(quantity), item=name, amount=amount)


def _sum(lines: Sequence[CartLine]) -> Money:
    return total((line.price * line.quantity for line in lines), lines[0].price.currency)


def _count(lines: Sequence[CartLine]) -> int:
    return sum(line.quantity for line in lines)
