"""Step 3 in the chat, its beginning: the menu, by category where it is long."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.buttons import (
    AddItem,
    ListDetails,
    OpenCart,
    OpenCategories,
    OpenCategory,
    OpenItem,
    OpenMenu,
)
from bot.cart import cart_here, cart_rows, change_quantity, count, place_key, warning_rows
from bot.desk import Desk
from bot.home import back_key
from bot.locales import Locale
from bot.menu_parts import WHOLE_MENU, Part, categories_near, items_near
from bot.pages import Key, Keyboard, Look, Page
from core.menu import MenuItem, item_of, menu_of
from core.order_goods import CartLine

DETAILS_LENGTH = 1500
"""Longer than this, what can be known of the items on a page has pages of its own."""


async def on_open_menu(desk: Desk, tap: OpenMenu) -> None:
    """Show the categories, or everything if that is little."""
    await desk.expect("")
    await desk.show(await menu_page(desk))


async def on_open_categories(desk: Desk, tap: OpenCategories) -> None:
    """Turn to another page of categories."""
    await desk.show(await menu_page(desk, near=tap.item))


async def on_open_category(desk: Desk, tap: OpenCategory) -> None:
    """Show what is in a category."""
    _, merchant = await desk.here()
    await desk.show(await shelf_page(desk, await item_of(desk.books, merchant.id, tap.item)))


async def on_list_details(desk: Desk, tap: ListDetails) -> None:
    """Show which items of a page more is known of."""
    _, merchant = await desk.here()
    item = await item_of(desk.books, merchant.id, tap.item)
    part = items_near(await menu_of(desk.books, merchant.id), item)
    keys = Keyboard()
    for each in part.items:
        if has_details(each):
            keys.row(Key(each.name, OpenItem(each.id)))
    keys.row(Key(desk.locale.plain("button-back"), OpenCategory(item.id)))
    await desk.show(Page(desk.locale.say("menu-details"), keys.rows))


async def on_open_item(desk: Desk, tap: OpenItem) -> None:
    """Show all that is known of an item."""
    _, merchant = await desk.here()
    await desk.show(await item_page(desk, await item_of(desk.books, merchant.id, tap.item)))


async def on_add_item(desk: Desk, tap: AddItem) -> None:
    """Put one more of an item into the cart and stay at the menu."""
    _, merchant = await desk.here()
    item = await item_of(desk.books, merchant.id, tap.item)
    desk.go_on = partial(shelf_page, desk, item)
    await change_quantity(desk, tap.cart, tap.item, 1)
    await desk.show(await shelf_page(desk, item))


async def menu_page(desk: Desk, notice: str = "", near: int = 0) -> Page:
    """Return the page of categories that item *near* belongs to, or the whole of a short menu."""
    _, merchant = await desk.here()
    items = await menu_of(desk.books, merchant.id)
    if len(items) <= WHOLE_MENU:
        return await _items_page(desk, Part(items), back_key(desk), notice)
    part = categories_near(items, near)
    names = [Key(item.category, OpenCategory(item.id)) for item in part.items]
    keys = Keyboard()
    for place in range(0, len(names), 2):
        keys.row(*names[place : place + 2])
    keys.row(*part.turn_keys(desk.locale, OpenCategories))
    return await _finish(desk, keys, back_key(desk), notice)


async def shelf_page(desk: Desk, near: MenuItem, notice: str = "") -> Page:
    """Return the items beside *near*, each with its price and how many are in the cart."""
    _, merchant = await desk.here()
    items = await menu_of(desk.books, merchant.id)
    back = Key(desk.locale.plain("button-back"), OpenCategories(near.id))
    return await _items_page(
        desk, items_near(items, near), back_key(desk) if len(items) <= WHOLE_MENU else back, notice
    )


async def item_page(desk: Desk, item: MenuItem, notice: str = "") -> Page:
    """Return an item alone, with all that is known of it."""
    cart, _ = await cart_here(desk)
    keys = Keyboard()
    if item.for_sale:
        add = desk.locale.plain("button-add", price=item.price)
        keys.row(Key(add, AddItem(cart.id, item.id), look=Look.PRIMARY))
    keys.row(Key(desk.locale.plain("button-back"), ListDetails(item.id)))
    text = "\n".join(detail_rows(desk.locale, item))
    return Page(f"{notice}\n\n{text}".strip(), keys.rows)


def has_details(item: MenuItem) -> bool:
    """Whether more is to be known of an item than its name and price."""
    return bool(item.description or item.allergens or item.least_age)


def detail_rows(locale: Locale, item: MenuItem) -> list[str]:
    """Return all that is known of an item, as HTML."""
    title = locale.say("item-title", item=item.name)
    told = locale.say("item-described", item=item.name, description=item.description)
    return [told if item.description else title, *warning_rows(locale, item)]


async def _items_page(desk: Desk, part: Part, back: Key, notice: str) -> Page:
    cart, lines = await cart_here(desk)
    chosen = {line.item_id: line.quantity for line in lines}
    keys = Keyboard()
    for item in part.items:
        keys.row(Key(_item_label(desk.locale, item, chosen.get(item.id, 0)), AddItem(cart.id, item.id)))
    keys.row(*part.turn_keys(desk.locale, OpenCategory))
    told = [item for item in part.items if has_details(item)]
    details = "\n".join(row for item in told for row in detail_rows(desk.locale, item))
    if len(details) > DETAILS_LENGTH:
        keys.row(Key(desk.locale.plain("button-details"), ListDetails(told[0].id)))
        details = ""
    return await _finish(desk, keys, back, notice, details, empty=not part.items)


async def _finish(
    desk: Desk, keys: Keyboard, back: Key, notice: str, details: str = "", *, empty: bool = False
) -> Page:
    """Add what the cart holds, and the keys that lead on from any part of the menu."""
    cart, lines = await cart_here(desk)
    if lines:
        label = desk.locale.plain("button-cart", count=count(lines))
        keys.row(Key(label, OpenCart()), place_key(desk, cart, lines))
    text = await _menu_text(desk, lines, details, empty=empty)
    return Page(f"{notice}\n\n{text}".strip(), keys.row(back).rows)


async def _menu_text(desk: Desk, lines: Sequence[CartLine], details: str, *, empty: bool) -> str:
    _, merchant = await desk.here()
    title = desk.locale.say("menu-empty" if empty else "menu-title", merchant=merchant.name)
    rows = "\n".join(row for line in lines for row in cart_rows(desk.locale, line))
    return "\n\n".join(filter(None, (title, details, rows)))


def _item_label(locale: Locale, item: MenuItem, chosen: int) -> str:
    if item.sold_out:
        return locale.plain("menu-sold-out", item=item.name)
    label = f"{item.name} · {locale.money(item.price)}"
    return f"{label} ×{chosen}" if chosen else label
