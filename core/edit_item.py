"""How staff change an item with buttons, one step at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from core.errors import OutOfDate
from core.menu import MenuItem, groups_of, item_of, tell_changed
from core.menu_file import MOST_STOCK
from core.money import EXPONENTS, LARGEST_MINOR, Money
from core.options import lowest_minor
from core.ports import Books


class Edit(StrEnum):
    """A step that a button makes. Prices move by one or five tenths of the currency's whole unit."""

    PRICE_DOWN_5 = "price-down-5"
    PRICE_DOWN_1 = "price-down-1"
    PRICE_UP_1 = "price-up-1"
    PRICE_UP_5 = "price-up-5"
    STOCK_DOWN_1 = "stock-down-1"
    STOCK_UP_1 = "stock-up-1"
    STOCK_UP_10 = "stock-up-10"
    NO_COUNT = "no-count"
    SOLD_OUT = "sold-out"
    BACK = "back"
    HIDE = "hide"
    SHOW = "show"


PRICE_STEPS = {Edit.PRICE_DOWN_5: -5, Edit.PRICE_DOWN_1: -1, Edit.PRICE_UP_1: 1, Edit.PRICE_UP_5: 5}
STOCK_STEPS = {Edit.STOCK_DOWN_1: -1, Edit.STOCK_UP_1: 1, Edit.STOCK_UP_10: 10}


@dataclass(frozen=True, slots=True)
class EditItem:
    """*version* is the item's as the button showed it."""

    item_id: int
    merchant_id: int
    version: int
    edit: Edit


async def edit_item(books: Books, ask: EditItem) -> int:
    """Change an item by one step; an old button, or one pressed by two at once, changes nothing twice."""
    item = await item_of(books, ask.merchant_id, ask.item_id)
    edited = apply(item, ask.edit)
    if item.version != ask.version or edited is None:
        raise OutOfDate
    await books.save(replace(edited, version=item.version + 1))
    tell_changed(books, item.merchant_id)
    return item.id


def apply(item: MenuItem, edit: Edit) -> MenuItem | None:
    """Return the item after a step, None where that step cannot be made."""
    match edit:
        case Edit.SOLD_OUT:
            edited = item if item.is_gone else replace(item, sold_out=True)
        case Edit.BACK:
            edited = item.back()
        case Edit.HIDE | Edit.SHOW:
            edited = replace(item, hidden=edit is Edit.HIDE)
        case Edit.NO_COUNT:
            edited = replace(item, stock=None)
        case _ if edit in STOCK_STEPS:
            if item.stock is None and edit is Edit.STOCK_DOWN_1:
                return None
            stock = (item.stock or 0) + STOCK_STEPS[edit]
            edited = replace(item, stock=min(max(stock, 0), MOST_STOCK))
        case _:
            edited = replace(item, price=item.price + price_step(edit, item.price.currency))
            if not 0 < edited.price.minor + min(0, lowest_minor(groups_of(item))) <= LARGEST_MINOR:
                return None
    return edited if edited != item else None


def price_step(edit: Edit, currency: str) -> Money:
    """Return by how much a step changes the price.

    >>> str(price_step(Edit.PRICE_DOWN_5, "EUR")), str(price_step(Edit.PRICE_UP_1, "JPY"))
    ('-0.50 EUR', '10 JPY')
    """
    return Money(PRICE_STEPS[edit] * 10 ** ((EXPONENTS[currency] or 2) - 1), currency)
