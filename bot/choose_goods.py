"""Step 3 in the chat, its beginning: the menu, by category where it is long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.buttons import (
    AddChosen,
    AddFavourite,
    AddItem,
    ChooseOptions,
    ListDetails,
    OpenCart,
    OpenCategories,
    OpenCategory,
    OpenFavourites,
    OpenItem,
    OpenMenu,
    OrderChosen,
    ShowPhoto,
)
from bot.cart import (
    cart_here,
    cart_page,
    cart_rows,
    change_quantity,
    count,
    host_key,
    place_key,
    warning_rows,
)
from bot.desk import Desk
from bot.home import back_key
from bot.locales import Locale
from bot.menu_parts import WHOLE_MENU, Part, categories_near, items_near
from bot.option_keys import check_mark, mark_of, option_keys
from bot.order_goods import place_order
from bot.pages import Key, Keyboard, Look, Page, Parcel
from core.draft import own_draft
from core.errors import NotYours, OutOfDate
from core.favourites import favourites_of
from core.menu import MenuItem, groups_of, item_of, plain_price, price_of, shown_menu
from core.options import Groups, preset, write_choice
from core.order_goods import CartLine, GoodsOrder, Line, cart_of

MENU, SHELF, FAVOURITES = "menu", "shelf", "favourites"
HAPPY_ITEMS = 3
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
    part = items_near(await shown_menu(desk.books, merchant.id), item)
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


async def on_show_photo(desk: Desk, tap: ShowPhoto) -> None:
    """Send what an item looks like, and the item below it."""
    _, merchant = await desk.here()
    item = await item_of(desk.books, merchant.id, tap.item)
    if item.photo_id is None:
        raise OutOfDate
    await desk.say(Parcel(item.photo_id, item.name, picture=True))
    await desk.show(await item_page(desk, replace(item, photo_id=None)))


async def on_add_item(desk: Desk, tap: AddItem) -> None:
    """Put one more of an item into the cart and stay at the menu."""
    _, merchant = await desk.here()
    item = await item_of(desk.books, merchant.id, tap.item)
    if item.options and item.for_sale and item.is_served(desk.wall_clock):
        await desk.show(await item_page(desk, item))
        return
    desk.go_on = partial(shelf_page, desk, item)
    await change_quantity(desk, tap.cart, tap.item, 1)
    await desk.show(await shelf_page(desk, item))


async def on_open_favourites(desk: Desk, tap: OpenFavourites) -> None:
    """Show what the person orders most here."""
    await desk.show(await favourites_page(desk))


async def on_add_favourite(desk: Desk, tap: AddFavourite) -> None:
    """Put one more of what that line was into the cart, and stay at the favourites."""
    desk.go_on = partial(favourites_page, desk)
    line = await desk.books.get(Line, tap.line)
    order = await desk.books.get(GoodsOrder, line.order_id) if line else None
    if line is None or order is None or order.customer_id != desk.peer.id:
        raise NotYours
    await change_quantity(desk, tap.cart, line.item_id, 1, line.options)
    await desk.show(await favourites_page(desk))


async def on_choose_options(desk: Desk, tap: ChooseOptions) -> None:
    """Show an item with other options chosen."""
    _, merchant = await desk.here()
    item = await item_of(desk.books, merchant.id, tap.item)
    desk.go_on = partial(item_page, desk, item)
    check_mark(item, tap.mark)
    await desk.show(await item_page(desk, item, chosen=tap.chosen))


async def on_add_chosen(desk: Desk, tap: AddChosen) -> None:
    """Put one more of an item with its options into the cart and go back to the menu."""
    _, merchant = await desk.here()
    item = await item_of(desk.books, merchant.id, tap.item)
    desk.go_on = partial(item_page, desk, item)
    check_mark(item, tap.mark)
    options = write_choice(groups_of(item), tap.chosen)
    await change_quantity(desk, tap.cart, item.id, 1, options)
    await desk.show(await shelf_page(desk, item))


async def on_order_chosen(desk: Desk, tap: OrderChosen) -> None:
    """Put an item with its options into the empty cart and order it, as long as it costs what was shown.

    A second tap finds just that in the cart, and the order's own key knows what came of the first.
    """
    _, merchant = await desk.here()
    cart = await own_draft(desk.books, tap.cart, desk.peer.id)
    lines = await cart_of(desk.books, cart.id)
    item = await item_of(desk.books, merchant.id, tap.item)
    options = write_choice(groups_of(item), tap.chosen)
    desk.go_on = partial(cart_page, desk) if lines else partial(item_page, desk, item)
    if cart.version == tap.version and not lines:
        check_mark(item, tap.mark, price_of(item, options, desk.wall_clock))
        await change_quantity(desk, cart.id, item.id, 1, options)
    elif [(line.item_id, line.options, line.quantity) for line in lines] != [(item.id, options, 1)]:
        raise OutOfDate
    desk.go_on = partial(cart_page, desk)
    await place_order(desk, merchant, cart.id, tap.version + 1)
    desk.toast = desk.locale.plain("order-placed-toast")


async def menu_page(desk: Desk, notice: str = "", near: int = 0) -> Page:
    """Return the page of categories that item *near* belongs to, or the whole of a short menu."""
    _, merchant = await desk.here()
    items = await shown_menu(desk.books, merchant.id)
    keys = Keyboard()
    if await favourites_of(desk.books, desk.peer.id, items, desk.wall_clock):
        keys.row(Key(desk.locale.plain("button-favourites"), OpenFavourites()))
    if len(items) <= WHOLE_MENU:
        return replace(await _items_page(desk, Part(items), back_key(desk), notice, keys), name=MENU)
    part = categories_near(items, near)
    names = [Key(item.category, OpenCategory(item.id)) for item in part.items]
    for place in range(0, len(names), 2):
        keys.row(*names[place : place + 2])
    keys.row(*part.turn_keys(desk.locale, OpenCategories))
    return await _finish(desk, keys, back_key(desk), notice, _happy_row(desk, items))


async def favourites_page(desk: Desk, notice: str = "") -> Page:
    """Return what the person orders most here and can have now, each with one tap into the cart."""
    _, merchant = await desk.here()
    cart, lines = await cart_here(desk)
    menu = await shown_menu(desk.books, merchant.id)
    found = await favourites_of(desk.books, desk.peer.id, menu, desk.wall_clock)
    chosen = {(line.item_id, line.options): line.quantity for line in lines}
    keys = Keyboard()
    for each in found:
        label = desk.locale.plain("menu-item", item=each.name, price=each.price)
        times = chosen.get((each.item.id, each.options))
        keys.row(Key(f"{label} ×{times}" if times else label, AddFavourite(cart.id, each.line_id)))
    title = desk.locale.say("menu-favourites" if found else "menu-no-favourites")
    told = {each.item.id: each.item for each in found if has_text(each.item)}
    details = "\n".join(row for item in told.values() for row in detail_rows(desk.locale, item))
    rows = (title, _happy_row(desk, [each.item for each in found]))
    text = "\n".join(filter(None, (*rows, "" if len(details) > DETAILS_LENGTH else details)))
    back = Key(desk.locale.plain("button-back"), OpenMenu())
    return replace(await _finish(desk, keys, back, notice, text), name=FAVOURITES)


async def shelf_page(desk: Desk, near: MenuItem, notice: str = "") -> Page:
    """Return the items beside *near*, each with its price and how many are in the cart."""
    _, merchant = await desk.here()
    items = await shown_menu(desk.books, merchant.id)
    back = Key(desk.locale.plain("button-back"), OpenCategories(near.id))
    page = await _items_page(
        desk, items_near(items, near), back_key(desk) if len(items) <= WHOLE_MENU else back, notice
    )
    return replace(page, name=f"{SHELF}:{near.id}")


async def page_again(desk: Desk, name: str) -> Page | None:
    """Return the page of that name as it is now, if it is one that shows what can be had."""
    kind, _, item_id = name.partition(":")
    if kind == MENU:
        return await menu_page(desk)
    if kind == FAVOURITES:
        return await favourites_page(desk)
    if kind == SHELF:
        _, merchant = await desk.here()
        return await shelf_page(desk, await item_of(desk.books, merchant.id, int(item_id)))
    return None


async def item_page(desk: Desk, item: MenuItem, notice: str = "", chosen: int | None = None) -> Page:
    """Return an item alone, with all that is known of it and what can be chosen with it."""
    cart, lines = await cart_here(desk)
    groups = groups_of(item)
    chosen = preset(groups) if chosen is None else chosen
    mark = mark_of(item)
    keys = option_keys(desk.locale, item, chosen, partial(ChooseOptions, item.id, mark))
    options = write_choice(groups, chosen)
    price = price_of(item, options, desk.wall_clock)
    if price is not None:
        add = AddChosen(cart.id, item.id, mark, chosen) if groups else AddItem(cart.id, item.id)
        now = OrderChosen(cart.id, cart.version, item.id, mark_of(item, price), chosen)
        keys.row(
            Key(desk.locale.plain("button-add", price=price), add, look=Look.PRIMARY),
            None if lines else Key(desk.locale.plain("button-place", total=price), now, look=Look.SUCCESS),
        )
    if item.photo_id is not None:
        keys.row(Key(desk.locale.plain("button-photo"), ShowPhoto(item.id)))
    keys.row(Key(desk.locale.plain("button-back"), OpenCategory(item.id)))
    happy = _happy_rows(desk, item, options)
    text = "\n".join([*detail_rows(desk.locale, item), *happy, *_group_rows(desk.locale, groups)])
    return Page(f"{notice}\n\n{text}".strip(), keys.rows)


def _group_rows(locale: Locale, groups: Groups) -> list[str]:
    """Return how many options of each group can be chosen."""
    return [
        locale.say("options-some", group=group.name, least=group.least, most=group.most)
        if group.least != group.most
        else locale.say("options-just", group=group.name, most=group.most)
        for group in groups
    ]


def has_details(item: MenuItem) -> bool:
    """Whether more is to be known of an item than its name and price, or to be seen."""
    return has_text(item) or item.photo_id is not None


def has_text(item: MenuItem) -> bool:
    """Whether there is something to be read about an item."""
    said = item.description or item.allergens or item.least_age or item.hours or item.happy_hour
    return bool(said)


def detail_rows(locale: Locale, item: MenuItem) -> list[str]:
    """Return all that is known of an item, as HTML."""
    title = locale.say("item-title", item=item.name)
    told = locale.say("item-described", item=item.name, description=item.description)
    hours = [locale.say("item-hours", hours=item.hours)] if item.hours else []
    happy = [locale.say("item-happy-hour", hours=item.happy_hour)] if item.happy_hour else []
    return [told if item.description else title, *warning_rows(locale, item), *hours, *happy]


async def _items_page(desk: Desk, part: Part, back: Key, notice: str, keys: Keyboard | None = None) -> Page:
    cart, lines = await cart_here(desk)
    chosen = Counter[int]()
    for line in lines:
        chosen[line.item_id] += line.quantity
    keys = keys or Keyboard()
    for item in part.items:
        keys.row(Key(_item_label(desk, item, chosen[item.id]), AddItem(cart.id, item.id)))
    keys.row(*part.turn_keys(desk.locale, OpenCategory))
    told = [item for item in part.items if has_details(item)]
    details = "\n".join(row for item in told if has_text(item) for row in detail_rows(desk.locale, item))
    too_long = len(details) > DETAILS_LENGTH
    if too_long or any(item.photo_id for item in told):
        keys.row(Key(desk.locale.plain("button-details"), ListDetails(told[0].id)))
    details = "" if too_long else details
    details = "\n\n".join(filter(None, (_happy_row(desk, part.items), details)))
    return await _finish(desk, keys, back, notice, details, empty=not part.items)


async def _finish(
    desk: Desk, keys: Keyboard, back: Key, notice: str, details: str = "", *, empty: bool = False
) -> Page:
    """Add what the cart holds, and the keys that lead on from any part of the menu."""
    cart, lines = await cart_here(desk)
    if lines:
        label = desk.locale.plain("button-cart", count=count(lines))
        keys.row(Key(label, OpenCart()), place_key(desk, cart, lines))
        keys.row(await host_key(desk, cart, lines))
    text = await _menu_text(desk, lines, details, empty=empty)
    return Page(f"{notice}\n\n{text}".strip(), keys.row(back).rows)


async def _menu_text(desk: Desk, lines: Sequence[CartLine], details: str, *, empty: bool) -> str:
    _, merchant = await desk.here()
    title = desk.locale.say("menu-empty" if empty else "menu-title", merchant=merchant.name)
    rows = "\n".join(row for line in lines for row in cart_rows(desk.locale, line))
    return "\n\n".join(filter(None, (title, details, rows)))


def _item_label(desk: Desk, item: MenuItem, chosen: int) -> str:
    say, at = desk.locale.plain, desk.wall_clock
    if not item.for_sale:
        return say("menu-sold-out", item=item.name)
    groups = groups_of(item)
    price = plain_price(item, at)
    if price is None:
        return say("menu-not-now", item=item.name)
    word = "menu-item-happy" if item.happy(at) else "menu-item"
    label = say(word, item=item.name, price=price) + (" …" if groups else "")
    return f"{label} ×{chosen}" if chosen else label


def _happy_row(desk: Desk, items: Sequence[MenuItem]) -> str:
    """Return how long the happy hour lasts that ends first, or what the next one brings; "" for neither."""
    ends = [happy[1] for item in items if (happy := item.happy(desk.wall_clock))]
    if ends:
        return _happy_until(desk, min(ends))
    begins = [begin for item in items if item.for_sale and (begin := item.happy_from(desk.wall_clock))]
    if not begins:
        return ""
    begin, now = min(begins), desk.wall_clock
    cheaper = [item for item in items if item.for_sale and item.happy_from(now) == begin]
    told: list[str] = [
        desk.locale.plain("menu-happy-item", item=item.name, price=price)
        for item in cheaper[:HAPPY_ITEMS]
        if (price := plain_price(item, begin))
    ]
    if not told:
        return ""
    named = desk.locale.listed(told) + (" …" if len(cheaper) > HAPPY_ITEMS else "")
    return desk.locale.say("menu-happy-soon", time=desk.locale.time(begin), items=named)


def _happy_rows(desk: Desk, item: MenuItem, options: str) -> list[str]:
    """Return how long an item's happy hour lasts, or what it will cost with these options, and when."""
    if happy := item.happy(desk.wall_clock):
        return [_happy_until(desk, happy[1])]
    begin = item.happy_from(desk.wall_clock)
    price = price_of(item, options, begin) if begin else None
    if begin is None or price is None:
        return []
    return [desk.locale.say("item-happy-soon", time=desk.locale.time(begin), price=price)]


def _happy_until(desk: Desk, end: datetime) -> str:
    return desk.locale.say("menu-happy", left=end - desk.books.now, until=desk.locale.time(end))
