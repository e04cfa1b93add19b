"""The staff's own view of the menu: sold out with one tap, the rest with two."""

from __future__ import annotations

from bot.buttons import MakeEdit, OpenEdits, StockCategories, StockCategory, ToggleSoldOut
from bot.counter.cards import merchant_here
from bot.desk import Desk
from bot.locales import Locale
from bot.menu_parts import WHOLE_MENU, Part, categories_near, items_near
from bot.pages import Key, Keyboard, Page
from core.edit_item import PRICE_STEPS, STOCK_STEPS, Edit, EditItem, apply, edit_item, price_step
from core.menu import MarkSoldOut, MenuItem, item_of, mark_sold_out, menu_of
from core.merchant import Merchant
from core.staff import Right, note_deed, require

RIGHT_TO_EDIT = dict.fromkeys((*PRICE_STEPS, Edit.HIDE, Edit.SHOW), Right.MENU)
"""What is for those who answer for the menu; all other steps are for whoever looks after the stock."""


async def on_menu(desk: Desk, argument: str) -> None:
    """`/menu`: mark items sold out, or back, with one tap each."""
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.STOCK)
    await _show(desk, merchant, anew=True)


async def on_stock_categories(desk: Desk, tap: StockCategories) -> None:
    """Turn to another page of categories."""
    await _show(desk, await merchant_here(desk), near=tap.item)


async def on_stock_category(desk: Desk, tap: StockCategory) -> None:
    """Show what is in a category."""
    merchant = await merchant_here(desk)
    await _show(desk, merchant, item=await item_of(desk.books, merchant.id, tap.item))


async def on_toggle_sold_out(desk: Desk, tap: ToggleSoldOut) -> None:
    """Mark an item sold out, or back; carts see it at once."""
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.STOCK)
    await desk.run(mark_sold_out, MarkSoldOut(tap.item, merchant.id, bool(tap.sold_out)))
    item = await item_of(desk.books, merchant.id, tap.item)
    action = "sold-out" if item.sold_out else "back"
    await note_deed(desk.books, merchant.id, action, item.name, desk.doer)
    word = "counter-sold-out-toast" if item.sold_out else "counter-back-toast"
    desk.toast = desk.locale.plain(word, item=item.name)
    await _show(desk, merchant, item=item)


async def on_open_edits(desk: Desk, tap: OpenEdits) -> None:
    """Show what can be changed of an item."""
    merchant = await merchant_here(desk)
    await _show_edits(desk, await item_of(desk.books, merchant.id, tap.item))


async def on_make_edit(desk: Desk, tap: MakeEdit) -> None:
    """Change an item by a step, unless somebody has changed it since; then show how it stands."""
    merchant = await merchant_here(desk)
    item = await item_of(desk.books, merchant.id, tap.item)
    await require(desk.books, merchant.id, desk.doer, RIGHT_TO_EDIT.get(tap.edit, Right.STOCK))
    if item.version == tap.version:
        ask = EditItem(item.id, merchant.id, tap.version, tap.edit)
        await desk.run(edit_item, ask, key=f"{item.id}:{tap.version}:{tap.edit}")
        await note_deed(desk.books, merchant.id, tap.edit, item.name, desk.doer)
        item = await item_of(desk.books, merchant.id, tap.item)
    else:
        desk.toast = desk.locale.plain("refused-out-of-date")
    await _show_edits(desk, item)


async def _show_edits(desk: Desk, item: MenuItem) -> None:
    await desk.show_here("menu", edits_page(await desk.readers(), item))


def edits_page(locale: Locale, item: MenuItem) -> Page:
    """Return an item with a button for each step that can be made."""
    rows = [locale.say("edit-title", item=item.name, price=item.price)]
    rows.append(
        locale.say("edit-no-count") if item.stock is None else locale.say("edit-left", left=item.stock)
    )
    rows += [locale.say("edit-sold-out")] if item.sold_out else []
    rows += [locale.say("edit-hidden")] if item.hidden else []
    keys = Keyboard()
    keys.row(*(_price_key(locale, item, edit) for edit in PRICE_STEPS))
    keys.row(*(_edit_key(locale, item, edit) for edit in (*STOCK_STEPS, Edit.NO_COUNT)))
    keys.row(*(_edit_key(locale, item, edit) for edit in (Edit.SOLD_OUT, Edit.BACK, Edit.HIDE, Edit.SHOW)))
    keys.row(Key(locale.plain("button-back"), StockCategory(item.id)))
    return Page("\n".join(rows), keys.rows, quiet=True)


def _price_key(locale: Locale, item: MenuItem, edit: Edit) -> Key | None:
    step = price_step(edit, item.price.currency)
    label = f"{'+' if step.minor > 0 else ''}{locale.money(step)}"
    return Key(label, MakeEdit(item.id, item.version, edit)) if apply(item, edit) else None


def _edit_key(locale: Locale, item: MenuItem, edit: Edit) -> Key | None:
    label = locale.plain(f"edit-{edit}-key")
    return Key(label, MakeEdit(item.id, item.version, edit)) if apply(item, edit) else None


async def _show(
    desk: Desk, merchant: Merchant, *, near: int = 0, item: MenuItem | None = None, anew: bool = False
) -> None:
    """Show the categories near an item, or what is in the category of *item*.

    It stays where the thumb is, unless it was asked for *anew*.
    """
    locale = await desk.readers()
    items = await menu_of(desk.books, merchant.id)
    if len(items) <= WHOLE_MENU:
        page = stock_page(locale, Part(items))
    elif item:
        page = stock_page(locale, items_near(items, item), back_to=item)
    else:
        page = categories_page(locale, categories_near(items, near))
    await desk.show_here("menu", page, follows=anew)


def stock_page(locale: Locale, part: Part, back_to: MenuItem | None = None) -> Page:
    """Return items with a button each that turns it off or on."""
    keys = Keyboard()
    for item in part.items:
        keys.row(_toggle_key(locale, item), Key("✎", OpenEdits(item.id)))
    keys.row(*part.turn_keys(locale, StockCategory))
    if back_to:
        keys.row(Key(locale.plain("button-back"), StockCategories(back_to.id)))
    return Page(locale.say("counter-menu" if part.items else "counter-no-menu"), keys.rows, quiet=True)


def categories_page(locale: Locale, part: Part) -> Page:
    """Return the categories of a long menu, two in a row."""
    names = [Key(item.category, StockCategory(item.id)) for item in part.items]
    keys = Keyboard()
    for place in range(0, len(names), 2):
        keys.row(*names[place : place + 2])
    keys.row(*part.turn_keys(locale, StockCategories))
    return Page(locale.say("counter-menu"), keys.rows, quiet=True)


def _toggle_key(locale: Locale, item: MenuItem) -> Key:
    state = "hidden" if item.hidden else "off" if item.is_gone else "on"
    label = locale.plain(f"counter-item-{state}", item=item.name)
    return Key(label, ToggleSoldOut(item.id, 0 if item.is_gone else 1))
