"""Step 3 in the chat, where something is sold out: what shall come instead, named before or chosen after."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from bot.buttons import ChooseSubstitute, NameSubstitutes, OpenCart, SetSubstitute, TakeInstead
from bot.cart import cart_here, cart_page
from bot.desk import Desk
from bot.pages import Key, Keyboard, Page
from core.errors import NotYours, OutOfDate
from core.menu import MenuItem, item_of, menu_of, plain_choice, plain_price
from core.money import Money
from core.order_goods import (
    CartLine,
    GoodsOrder,
    Line,
    NameSubstitute,
    SetQuantity,
    name_substitute,
    receiver_of,
    set_quantity,
)

MOST_SHOWN = 12


async def on_name_substitutes(desk: Desk, tap: NameSubstitutes) -> None:
    """Ask for which line, unless there is but one."""
    _, lines = await cart_here(desk)
    if not lines:
        raise OutOfDate
    await desk.show(await _items_page(desk, lines[0]) if len(lines) == 1 else await _lines_page(desk, lines))


async def on_choose_substitute(desk: Desk, tap: ChooseSubstitute) -> None:
    """Show what could come instead of an item."""
    _, lines = await cart_here(desk)
    line = next((each for each in lines if each.item_id == tap.item), None)
    if line is None:
        raise OutOfDate
    await desk.show(await _items_page(desk, line))


async def on_set_substitute(desk: Desk, tap: SetSubstitute) -> None:
    """Keep what shall come instead."""
    desk.go_on = partial(cart_page, desk)
    ask = NameSubstitute(tap.cart, desk.peer.id, tap.item, tap.substitute or None)
    await desk.run(name_substitute, ask)
    await desk.show(await cart_page(desk))


async def on_take_instead(desk: Desk, tap: TakeInstead) -> None:
    """Put an alternative into the cart, as many as were sold out; ordering it is one tap more."""
    line = await desk.books.get(Line, tap.line)
    order = await desk.books.get(GoodsOrder, line.order_id) if line else None
    if line is None or order is None or await receiver_of(desk.books, order) != desk.peer.id:
        raise NotYours
    desk.go_on = partial(cart_page, desk)
    _, merchant = await desk.here()
    cart, _ = await cart_here(desk)
    options = plain_choice(await item_of(desk.books, merchant.id, tap.item))
    zone = desk.house.settings.timezone.key
    await desk.run(set_quantity, SetQuantity(cart.id, desk.peer.id, tap.item, line.quantity, options, zone))
    await desk.show(await cart_page(desk))


async def _lines_page(desk: Desk, lines: list[CartLine]) -> Page:
    keys = Keyboard()
    for line in lines:
        keys.row(Key(line.name, ChooseSubstitute(line.draft_id, line.item_id)))
    keys.row(Key(desk.locale.plain("button-back"), OpenCart()))
    return Page(desk.locale.say("substitute-which"), keys.rows)


async def _items_page(desk: Desk, line: CartLine) -> Page:
    """Return what is for sale in the same category."""
    _, merchant = await desk.here()
    item = await item_of(desk.books, merchant.id, line.item_id)
    keys = Keyboard()
    for each, price in _like(item, await menu_of(desk.books, merchant.id), desk.wall_clock):
        label = f"{each.name} · {desk.locale.money(price)}"
        keys.row(Key(label, SetSubstitute(line.draft_id, item.id, each.id)))
    keys.row(Key(desk.locale.plain("button-no-substitute"), SetSubstitute(line.draft_id, item.id, 0)))
    keys.row(Key(desk.locale.plain("button-back"), OpenCart()))
    return Page(desk.locale.say("substitute-choose", item=item.name), keys.rows)


def _like(item: MenuItem, menu: list[MenuItem], at: datetime) -> list[tuple[MenuItem, Money]]:
    """Return what else can be had, that of the same category first, with its price."""
    found = [(each, price) for each in menu if each.id != item.id and (price := plain_price(each, at))]
    return sorted(found, key=lambda each: each[0].category != item.category)[:MOST_SHOWN]
