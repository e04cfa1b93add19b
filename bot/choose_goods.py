"""Step 3 in the chat, its beginning: the menu, by category where it is long."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.buttons import AddItem, OpenCart, OpenCategories, OpenCategory, OpenMenu
from bot.cart import cart_here, cart_row, change_quantity, count, place_key
from bot.desk import Desk
from bot.home import back_key
from bot.locales import Locale
from bot.menu_parts import WHOLE_MENU, Part, categories_near, items_near
from bot.pages import Key, Keyboard, Page
from core.menu import MenuItem, item_of, menu_of
from core.order_goods import CartLine


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


async def _items_page(desk: Desk, part: Part, back: Key, notice: str) -> Page:
    cart, lines = await cart_here(desk)
    chosen = {line.item_id: line.quantity for line in lines}
    keys = Keyboard()
    for item in part.items:
        keys.row(Key(_item_label(desk.locale, item, chosen.get(item.id, 0)), AddItem(cart.id, item.id)))
    keys.row(*part.turn_keys(desk.locale, OpenCategory))
    return await _finish(desk, keys, back, notice, empty=not part.items)


async def _finish(desk: Desk, keys: Keyboard, back: Key, notice: str, *, empty: bool = False) -> Page:
    """Add what the cart holds, and the keys that lead on from any part of the menu."""
    cart, lines = await cart_here(desk)
    if lines:
        label = desk.locale.plain("button-cart", count=count(lines))
        keys.row(Key(label, OpenCart()), place_key(desk, cart, lines))
    text = await _menu_text(desk, lines, empty=empty)
    return Page(f"{notice}\n\n{text}".strip(), keys.row(back).rows)


async def _menu_text(desk: Desk, lines: Sequence[CartLine], *, empty: bool) -> str:
    _, merchant = await desk.here()
    title = desk.locale.say("menu-empty" if empty else "menu-title", merchant=merchant.name)
    rows = [cart_row(desk.locale, line) for line in lines]
    return "\n".join([title, *([""] if rows else []), *rows])


def _item_label(locale: Locale, item: MenuItem, chosen: int) -> str:
    if item.sold_out:
        return locale.plain("menu-sold-out", item=item.name)
    label = f"{item.name} · {locale.money(item.price)}"
    return f"{label} ×{chosen}" if chosen else label
