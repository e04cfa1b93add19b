"""What a merchant sells and for how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.amounts import read_amount
from core.errors import ItemGone, ItemUnknown, MenuRefused, Problem
from core.hours import find_window, next_window, read_windows
from core.merchant import find_merchant
from core.money import EXPONENTS, Money
from core.options import Groups, find_choice, more_minor, names, preset, read_options, write_choice
from core.ports import Books

AT_ONCE = 500
"""So many new items are kept by one statement."""

PROBLEMS_SHOWN = 10

SOON = timedelta(hours=2)
"""How long before a happy hour it is said that it comes."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """Something that can be ordered. Off the menu it stays, for the orders that name it.

    *hidden*: on the menu, and only staff see it. *version* grows with whatever staff change.

    *tax_basis_points*: the tax that its price contains, in hundredths of a percent, where that is known.
    *least_age*: how old its buyer must be; zero for any age. *stock*: how many are left, where they are
    counted. *options*, *hours* and *happy_hour* are as the menu file writes them. *station*: who makes it.
    """

    id: int
    merchant_id: int
    category: str
    name: str
    price: Money
    place: int
    on_menu: bool
    sold_out: bool
    description: str = ""
    allergens: str = ""
    tax_basis_points: int | None = None
    least_age: int = 0
    options: str = ""
    stock: int | None = None
    hours: str = ""
    happy_hour: str = ""
    hidden: bool = False
    version: int = 1
    photo_id: int | None = None
    station: str = ""

    @property
    def is_gone(self) -> bool:
        """Whether none of it is left: staff said so, or its count has come to zero."""
        return self.sold_out or self.stock == 0

    @property
    def for_sale(self) -> bool:
        return self.on_menu and not self.hidden and not self.is_gone

    def back(self) -> MenuItem:
        """Return it as one that is there again; of a count that was wrong nothing is kept."""
        return replace(self, sold_out=False, stock=self.stock or None)

    def is_served(self, at: datetime) -> bool:
        """Whether it can be had at that time by the merchant's clock."""
        return not self.hours or find_window(read_windows(self.hours), at) is not None

    def happy(self, at: datetime) -> tuple[Money, datetime] | None:
        """Return its happy hour's price, and until when it holds, if it is happy hour *at* that time."""
        if not self.happy_hour:
            return None
        found = find_window(read_windows(self.happy_hour), at)
        return found and (read_price(found[0].tag, self.price.currency), found[1])

    def happy_from(self, at: datetime) -> datetime | None:
        """Return when its next happy hour begins, if that is soon and it is not happy hour *at* that time."""
        if not self.happy_hour or self.happy(at):
            return None
        found = next_window(read_windows(self.happy_hour), at, SOON)
        return found and found[1].astimezone(at.tzinfo)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu file. *id* names an item that is known already; without one, its name does."""

    category: str
    name: str
    price: Money
    id: int = 0
    description: str = ""
    allergens: str = ""
    tax_basis_points: int | None = None
    least_age: int = 0
    options: str = ""
    stock: int | None = None
    hours: str = ""
    happy_hour: str = ""
    hidden: bool = False
    line: int = 0
    station: str = ""


@dataclass(frozen=True, slots=True)
class LoadMenu:
    """*fields* are those of an item, besides name, category and price, that the file speaks of."""

    merchant_id: int
    entries: tuple[Entry, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkSoldOut:
    item_id: int
    merchant_id: int
    sold_out: bool


@dataclass(frozen=True, slots=True)
class SetPhoto:
    """*photo_id* is the file that was kept."""

    item_id: int
    merchant_id: int
    photo_id: int


@dataclass(frozen=True, slots=True)
class ItemChanged:
    """Event: something of the merchant's can be had again or no longer, or for another price."""

    merchant_id: int


async def load_menu(books: Books, ask: LoadMenu) -> int:
    """Make the menu what the file lists; return how many items are on it.

    An item keeps its number while its name stays, or while the file names its number, and it keeps
    what the file does not speak of. What is not listed leaves the menu.
    """
    merchant = await find_merchant(books, ask.merchant_id)
    old = await books.find(MenuItem, merchant_id=merchant.id)
    matches = match_entries(ask.entries, old)
    await _free_names(books, matches)
    new: list[MenuItem] = []
    for place, (entry, known) in enumerate(matches, start=1):
        told = {field: getattr(entry, field) for field in ("category", "name", "price", *ask.fields)}
        if known is None:
            new.append(MenuItem(0, merchant.id, place=place, on_menu=True, sold_out=False, **told))
        elif (item := replace(known, place=place, on_menu=True, **told)) != known:
            await books.save(replace(item, version=known.version + 1))
    listed = {known.id for _, known in matches if known}
    for item in old:
        if item.on_menu and item.id not in listed:
            await books.save(replace(item, on_menu=False))
    for begin in range(0, len(new), AT_ONCE):
        await books.add_all(new[begin : begin + AT_ONCE])
    tell_changed(books, merchant.id)
    return len(ask.entries)


def match_entries(entries: tuple[Entry, ...], items: list[MenuItem]) -> list[tuple[Entry, MenuItem | None]]:
    """Return each entry with the item that it is about, or refuse: an id is unknown, a name is another's."""
    by_id = {item.id: item for item in items}
    by_name = {item.name: item for item in items}
    problems = [
        Problem(entry.line, "unknown-id", str(entry.id))
        for entry in entries
        if entry.id and entry.id not in by_id
    ]
    matches = [(entry, by_id.get(entry.id) if entry.id else by_name.get(entry.name)) for entry in entries]
    meant = {item.id for _, item in matches if item}
    taken: set[int] = set()
    for entry, item in matches:
        owner = by_name.get(entry.name)
        if (item and item.id in taken) or (owner and owner is not item and owner.id not in meant):
            problems.append(Problem(entry.line, "taken", entry.name))
        if item:
            taken.add(item.id)
    if problems:
        raise refuse_menu(problems)
    return matches


def refuse_menu(problems: Sequence[Problem]) -> MenuRefused:
    """Return the refusal that names the first problems, and says how many more there are."""
    shown, more = problems[:PROBLEMS_SHOWN], len(problems) - PROBLEMS_SHOWN
    rest = [Problem(problems[-1].line, "more", str(more))] if more > 0 else []
    return MenuRefused((*shown, *rest))


async def _free_names(books: Books, matches: list[tuple[Entry, MenuItem | None]]) -> None:
    """Give items that are called otherwise from now on a name for the moment: two may have swapped theirs."""
    for entry, item in matches:
        if item and item.name != entry.name:
            await books.save(replace(item, name=f"\n{item.id}"))


async def mark_sold_out(books: Books, ask: MarkSoldOut) -> int:
    """Mark an item sold out, or back."""
    item = await item_of(books, ask.merchant_id, ask.item_id)
    await books.save(replace(item, sold_out=True) if ask.sold_out else item.back())
    tell_changed(books, item.merchant_id)
    return item.id


async def set_photo(books: Books, ask: SetPhoto) -> int:
    """Show an item with that picture from now on."""
    item = await item_of(books, ask.merchant_id, ask.item_id)
    await books.save(replace(item, photo_id=ask.photo_id))
    tell_changed(books, item.merchant_id)
    return item.id


async def sell_out(books: Books, item_ids: Sequence[int]) -> None:
    """Mark items sold out, because staff had to decline them."""
    for item in await books.find(MenuItem, id=tuple(item_ids)):
        await books.save(replace(item, sold_out=True))
        tell_changed(books, item.merchant_id)


def groups_of(item: MenuItem) -> Groups:
    """Return what can be chosen with an item."""
    return read_options(item.options, item.price.currency)


def price_of(item: MenuItem, options: str, at: datetime) -> Money | None:
    """Return what an item costs *at* that time with the options chosen, None where it cannot be had."""
    if not item.for_sale or not item.is_served(at):
        return None
    happy = item.happy(at)
    price = happy[0] if happy else item.price
    groups = groups_of(item)
    chosen = find_choice(groups, options)
    return None if chosen is None else price + Money(more_minor(groups, chosen), price.currency)


def plain_choice(item: MenuItem) -> str:
    """Return the options that an item comes with where nobody has chosen."""
    groups = groups_of(item)
    return write_choice(groups, preset(groups))


def plain_price(item: MenuItem, at: datetime) -> Money | None:
    """Return what an item costs as it comes, None where it cannot be had *at* that time."""
    return price_of(item, plain_choice(item), at)


def name_of(item: MenuItem, options: str) -> str:
    """Return what an item is called with the options that were chosen."""
    groups = groups_of(item)
    chosen = names(groups, find_choice(groups, options) or 0)
    return f"{item.name} ({', '.join(chosen)})" if chosen else item.name


def read_price(text: str, currency: str) -> Money:
    """Return the price that *text* names; it is known to name one."""
    minor = read_amount(text, EXPONENTS[currency])
    assert isinstance(minor, int), text
    return Money(minor, currency)


async def take_stock(books: Books, item: MenuItem, quantity: int) -> None:
    """Count down what was ordered of an item, where it is counted."""
    if item.stock is not None:
        await books.save(replace(item, stock=item.stock - quantity))
        if item.stock == quantity:
            tell_changed(books, item.merchant_id)


async def put_back(books: Books, item_id: int, quantity: int) -> None:
    """Count up what was ordered of an item and is not wanted any more, where it is counted."""
    item = await books.get(MenuItem, item_id)
    assert item is not None
    if item.stock is not None:
        await books.save(replace(item, stock=item.stock + quantity))
        if item.stock == 0:
            tell_changed(books, item.merchant_id)


async def menu_of(books: Books, merchant_id: int) -> list[MenuItem]:
    """Return what is on the merchant's menu, sold out or hidden or not, in the file's order."""
    items = await books.find(MenuItem, merchant_id=merchant_id, on_menu=True)
    return sorted(items, key=lambda item: item.place)


async def shown_menu(books: Books, merchant_id: int) -> list[MenuItem]:
    """Return what customers see of the merchant's menu."""
    return [item for item in await menu_of(books, merchant_id) if not item.hidden]


async def item_called(books: Books, merchant_id: int, name: str) -> MenuItem:
    """Return the item on the merchant's menu that is called so, however it is capitalised, or refuse."""
    wanted = name.strip().casefold()
    for item in await menu_of(books, merchant_id):
        if item.name.casefold() == wanted:
            return item
    raise ItemUnknown(name.strip())


async def item_of(books: Books, merchant_id: int, item_id: int) -> MenuItem:
    """Return the merchant's item of that number, or refuse."""
    item = await books.get(MenuItem, item_id)
    if item is None or item.merchant_id != merchant_id:
        raise ItemGone("")
    return item


def tell_changed(books: Books, merchant_id: int) -> None:
    """Let open menus of the merchant be brought up to date, once."""
    event = ItemChanged(merchant_id)
    if event not in books.told:
        books.tell(event)
