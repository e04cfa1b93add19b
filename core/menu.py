"""What a merchant sells and for how much, and how a menu is read from a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from core.amounts import read_amount
from core.errors import ItemGone, MenuRefused, Problem
from core.merchant import find_merchant
from core.money import EXPONENTS, Money
from core.ports import Books

NAME_LENGTH = 60
MENU_LENGTH = 500
PROBLEMS_SHOWN = 10
COLUMNS = ("category", "item", "price")


@dataclass(frozen=True, slots=True)
class MenuItem:
    """Something that can be ordered. Off the menu it stays, for the orders that name it."""

    id: int
    merchant_id: int
    category: str
    name: str
    price: Money
    place: int
    on_menu: bool
    sold_out: bool

    @property
    def for_sale(self) -> bool:
        return self.on_menu and not self.sold_out


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu file."""

    category: str
    name: str
    price: Money


@dataclass(frozen=True, slots=True)
class LoadMenu:
    merchant_id: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class MarkSoldOut:
    item_id: int
    merchant_id: int
    sold_out: bool


def read_menu(content: bytes, currency: str) -> tuple[Entry, ...]:
    """Return what the CSV file lists, or refuse all of it, naming the lines that are wrong.

    The first line names the columns: category, item, price; more columns are passed over. UTF-8,
    with comma or semicolon between the columns.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise MenuRefused((Problem(line, "encoding", ""),)) from None
    entries: list[Entry] = []
    problems: list[Problem] = []
    for found in _read_lines(text, currency):
        (problems if isinstance(found, Problem) else entries).append(found)  # type: ignore[arg-type]
    if problems or not entries:
        raise MenuRefused(tuple(problems[:PROBLEMS_SHOWN]) or (Problem(1, "empty", ""),))
    return tuple(entries)


async def load_menu(books: Books, ask: LoadMenu) -> int:
    """Make the menu what the file lists; return how many items are on it.

    An item keeps its number while its name stays; what is not listed leaves the menu.
    """
    merchant = await find_merchant(books, ask.merchant_id)
    old = {item.name: item for item in await books.find(MenuItem, merchant_id=merchant.id)}
    for place, entry in enumerate(ask.entries, start=1):
        new = MenuItem(0, merchant.id, entry.category, entry.name, entry.price, place, True, False)
        if known := old.pop(entry.name, None):
            await books.save(replace(new, id=known.id, sold_out=known.sold_out))
        else:
            await books.add(new)
    for gone in old.values():
        await books.save(replace(gone, on_menu=False))
    return len(ask.entries)


async def mark_sold_out(books: Books, ask: MarkSoldOut) -> int:
    """Mark an item sold out, or back."""
    item = await item_of(books, ask.merchant_id, ask.item_id)
    await books.save(replace(item, sold_out=ask.sold_out))
    return item.id


async def menu_of(books: Books, merchant_id: int) -> list[MenuItem]:
    """Return what is on the merchant's menu, sold out or not, in the file's order."""
    items = await books.find(MenuItem, merchant_id=merchant_id, on_menu=True)
    return sorted(items, key=lambda item: item.place)


async def item_of(books: Books, merchant_id: int, item_id: int) -> MenuItem:
    """Return the merchant's item of that number, or refuse."""
    item = await books.get(MenuItem, item_id)
    if item is None or item.merchant_id != merchant_id:
        raise ItemGone("")
    return item


def _read_lines(text: str, currency: str) -> Iterator[Entry | Problem]:
    header, _, _ = text.partition("\n")
    rows = csv.reader(text.splitlines(), delimiter=";" if header.count(";") > header.count(",") else ",")
    try:
        yield from _read_rows(rows, currency)
    except csv.Error:  # a cell without end, as after a quote that is never closed
        yield Problem(rows.line_num, "name", "")


def _read_rows(rows: _Rows, currency: str) -> Iterator[Entry | Problem]:
    names = [name.strip().casefold() for name in next(rows, [])]
    if missing := [name for name in COLUMNS if name not in names]:
        yield Problem(1, "columns", ", ".join(missing))
        return
    places = [names.index(name) for name in COLUMNS]
    seen: set[str] = set()
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if rows.line_num > MENU_LENGTH + 1:
            yield Problem(rows.line_num, "too-long", str(MENU_LENGTH))
            return
        cells = [row[place].strip() if place < len(row) else "" for place in places]
        if cells[1] in seen:
            yield Problem(rows.line_num, "repeated", cells[1])
        else:
            yield _read_line(rows.line_num, cells, currency)
        seen.add(cells[1])


def _read_line(number: int, cells: list[str], currency: str) -> Entry | Problem:
    category, name, price = cells
    for each in (category, name):
        if not 0 < len(each) <= NAME_LENGTH or not each.isprintable():
            return Problem(number, "name", each[:NAME_LENGTH])
    minor = read_amount(price, EXPONENTS[currency], currency)
    if not isinstance(minor, int) or minor == 0:
        return Problem(number, "price", price[:NAME_LENGTH])
    return Entry(category, name, Money(minor, currency))


class _Rows(Protocol):
    """The rows of a file, and how many of its lines were read for them."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...
