"""How a menu is read from a CSV file, and written to one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, Protocol

from core.amounts import read_amount
from core.errors import MenuRefused, Problem
from core.hours import BadHours, read_windows
from core.menu import Entry, MenuItem, refuse_menu
from core.money import EXPONENTS, Money
from core.options import Contradiction, lowest_minor, read_options
from core.station import read_station

NAME_LENGTH = 60
DESCRIPTION_LENGTH = 300
ALLERGENS_LENGTH = 100
MOST_AGE = 99
MOST_STOCK = 99_999
MENU_LENGTH = 10_000
NEEDED = ("category", "item", "price")
FIELDS = {
    "description": "description",
    "allergens": "allergens",
    "tax": "tax_basis_points",
    "age": "least_age",
    "options": "options",
    "stock": "stock",
    "hours": "hours",
    "happy hour": "happy_hour",
    "hidden": "hidden",
    "station": "station",
}
"""The columns that a file need not have, and what each of them says of an item."""

COLUMNS = ("id", *NEEDED, *FIELDS)
TEXTS = frozenset({"description", "allergens", "options", "hours", "happy hour"})
"""The columns in which two digits alone mean nothing."""

ALIKE = 0.8
"""How alike a column's name and one of ours are, out of 1, if it was meant: `alergens`, `happyhour`."""


@dataclass(frozen=True, slots=True)
class MenuFile:
    """What a file lists, and which of the fields that need not be there it speaks of."""

    entries: tuple[Entry, ...]
    fields: tuple[str, ...]


def read_menu(content: bytes, currency: str) -> MenuFile:
    """Return what the CSV file lists, or refuse all of it, naming the lines that are wrong.

    The first line names the columns; of those, category, item and price must be there, and columns
    that are none of COLUMNS, nor almost, are passed over. Comma, semicolon or tab between the columns.
    """
    rows = _split(_decode(content))
    names = [_shown(name).casefold() for name in _first_row(rows)]
    entries: list[Entry] = []
    problems = _check_header(names)
    if not problems:
        for found in _read_rows(rows, names, currency):
            (problems if isinstance(found, Problem) else entries).append(found)  # type: ignore[arg-type]
    if not problems and not entries:
        problems = [Problem(1, "empty", "")]
    if problems:
        raise refuse_menu(problems)
    return MenuFile(tuple(entries), tuple(field for name, field in FIELDS.items() if name in names))


def write_menu(items: Iterable[MenuItem]) -> bytes:
    """Return the CSV file that lists *items*; read again, it changes nothing."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    lines.writerows([_cells_of(item) for item in items])
    return text.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets what it is


def _decode(content: bytes) -> str:
    """Return the text of a file that says that it is UTF-16, else of one in UTF-8."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise MenuRefused((Problem(line, "encoding", ""),)) from None
    before, nul, _ = text.partition("\0")
    if nul:  # UTF-16 or UTF-32 that does not say so, or no text at all
        raise MenuRefused((Problem(before.count("\n") + 1, "encoding", ""),))
    return text


def _split(text: str) -> _Rows:
    """Cut a text into cells; a line break within a cell stays, and what is quoted must end."""
    delimiter = max((",", ";", "\t"), key=text.partition("\n")[0].count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _check_header(names: Sequence[str]) -> list[Problem]:
    """Return what is wrong with the columns: one is missing, there twice, or spelled almost like one."""
    almost = [(name, get_close_matches(name, COLUMNS, 1, ALIKE)) for name in names if name not in COLUMNS]
    meant = [Problem(1, "column-meant", f"{name} → {known[0]}") for name, known in almost if known]
    if missing := [name for name in NEEDED if name not in names]:
        return [Problem(1, "columns", ", ".join(missing)), *meant]
    return meant + [Problem(1, "column-twice", name) for name in COLUMNS if names.count(name) > 1]


def _read_rows(rows: _Rows, names: Sequence[str], currency: str) -> Iterator[Entry | Problem]:
    """Give the entries of all rows, or what is wrong with them."""
    seen: set[tuple[int, str]] = set()
    try:
        for count, (line, row) in enumerate(_numbered(rows), start=1):
            if count > MENU_LENGTH:
                yield Problem(line, "too-long", str(MENU_LENGTH))
                return
            yield from _read_row(line, row, names, seen, currency)
    except _Unended as unended:
        yield Problem(unended.line, "quote", "")


def _numbered(rows: _Rows) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows in which there is something, each with the line on which it begins."""
    line = rows.line_num + 1
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield line, row
            line = rows.line_num + 1
    except csv.Error:
        raise _Unended(line) from None


def _read_row(
    line: int, row: Sequence[str], names: Sequence[str], seen: set[tuple[int, str]], currency: str
) -> Iterator[Entry | Problem]:
    """Give the entry of a row, or what is wrong with it; *seen* are the names and ids before it."""
    told = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
    cells = dict.fromkeys(COLUMNS, "") | told
    marks = [each for each in enumerate((cells["item"], cells["id"].lstrip("0"))) if each[1]]
    repeated = [each for each in marks if each in seen]
    seen.update(marks)
    if repeated:
        yield Problem(line, "repeated", _shown(repeated[0][1]))
    elif parted := _parted(names, row, currency):
        yield Problem(line, "cells", _shown(parted))
    else:
        yield from _read_line(line, cells, currency)


def _first_row(rows: _Rows) -> list[str]:
    try:
        return next(rows, [])
    except csv.Error:
        raise MenuRefused((Problem(1, "quote", ""),)) from None


def _parted(names: Sequence[str], row: Sequence[str], currency: str) -> str:
    """Return what shows that a comma has parted a cell in two, such as a price of `3,20`; "" if nothing does.

    Either there are more cells than columns, or a text beside a whole price is nothing but decimals.
    """
    if surplus := [cell.strip() for cell in row[len(names) :] if cell.strip()]:
        return ", ".join(surplus)
    for (name, price), (beside, cell) in pairwise(zip(names, map(str.strip, row), strict=False)):
        decimals = len(cell) == EXPONENTS[currency] and cell.isdecimal()
        if name == "price" and beside in TEXTS and price.isdigit() and decimals:
            return f"{price},{cell}"
    return ""


def _shown(cell: str) -> str:
    """Return a cell on one line, and not too long."""
    return " ".join(cell.split())[:NAME_LENGTH]


def _read_line(number: int, cells: dict[str, str], currency: str) -> Iterator[Entry | Problem]:
    """Give the entry of a line, or everything that is wrong with it."""
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for why, read in (
        ("name", _read_names),
        ("price", _read_price),
        ("id", _read_id),
        *_TEXTS,
        *_NUMBERS,
        *_HOURS,
    ):
        try:
            found |= read(cells, currency)
        except _Wrong as wrong:
            problems.append(Problem(number, why, _shown(wrong.cell)))
        except (Contradiction, BadHours) as wrong:
            problems.append(Problem(number, f"{why}-{wrong.why}", _shown(wrong.found)))
    if problems:
        yield from problems
    else:
        yield Entry(**found, line=number)


def _read_names(cells: dict[str, str], currency: str) -> dict[str, Any]:
    for each in (cells["category"], cells["item"]):
        if not 0 < len(each) <= NAME_LENGTH or not each.isprintable():
            raise _Wrong(each)
    return {"category": cells["category"], "name": cells["item"]}


def _read_price(cells: dict[str, str], currency: str) -> dict[str, Any]:
    minor = read_amount(cells["price"], EXPONENTS[currency], currency)
    if not isinstance(minor, int) or minor == 0:
        raise _Wrong(cells["price"])
    return {"price": Money(minor, currency)}


def _read_id(cells: dict[str, str], currency: str) -> dict[str, Any]:
    return {"id": _whole(cells["id"], 10**12) or 0}


def _read_description(cells: dict[str, str], currency: str) -> dict[str, Any]:
    return {"description": _text(cells["description"], DESCRIPTION_LENGTH)}


def _read_allergens(cells: dict[str, str], currency: str) -> dict[str, Any]:
    return {"allergens": _text(cells["allergens"], ALLERGENS_LENGTH)}


def _read_tax(cells: dict[str, str], currency: str) -> dict[str, Any]:
    """Read a percentage of at most two decimals, such as `19`, `5,5` or `7 %`."""
    cell = cells["tax"].removesuffix("%").strip()
    if not cell:
        return {"tax_basis_points": None}
    points = read_amount(cell, 2)
    if not isinstance(points, int) or points >= 100_00 or not cell[0].isdigit():
        raise _Wrong(cells["tax"])
    return {"tax_basis_points": points}


def _read_age(cells: dict[str, str], currency: str) -> dict[str, Any]:
    return {"least_age": _whole(cells["age"].removesuffix("+"), MOST_AGE) or 0}


def _read_options(cells: dict[str, str], currency: str) -> dict[str, Any]:
    """Read what can be chosen; the cheapest choice must still cost something."""
    groups = read_options(cells["options"], currency)
    price = read_amount(cells["price"], EXPONENTS[currency], currency)
    if isinstance(price, int) and price and price + lowest_minor(groups) <= 0:
        raise Contradiction("price", cells["options"])
    return {"options": cells["options"]}


def _read_stock(cells: dict[str, str], currency: str) -> dict[str, Any]:
    return {"stock": _whole(cells["stock"], MOST_STOCK)}


def _read_hours(cells: dict[str, str], currency: str) -> dict[str, Any]:
    for window in read_windows(cells["hours"]):
        if window.tag:
            raise BadHours("form", cells["hours"])
    return {"hours": cells["hours"]}


def _read_happy_hour(cells: dict[str, str], currency: str) -> dict[str, Any]:
    """Read windows with a price behind each; the cheapest choice of options must still cost something."""
    try:
        lowest = min(0, lowest_minor(read_options(cells["options"], currency)))
    except Contradiction:
        lowest = 0  # that has been told
    for window in read_windows(cells["happy hour"]):
        price = read_amount(window.tag, EXPONENTS[currency], currency)
        if not isinstance(price, int) or price + lowest <= 0:
            raise BadHours("price", cells["happy hour"])
    return {"happy_hour": cells["happy hour"]}


def _read_hidden(cells: dict[str, str], currency: str) -> dict[str, Any]:
    if cells["hidden"].casefold() not in ("", "yes", "no"):
        raise _Wrong(cells["hidden"])
    return {"hidden": cells["hidden"].casefold() == "yes"}


def _read_station(cells: dict[str, str], currency: str) -> dict[str, Any]:
    name = read_station(cells["station"])
    if name is None:
        raise _Wrong(cells["station"])
    return {"station": name}


def _text(cell: str, most: int) -> str:
    if len(cell) > most or not cell.isprintable():
        raise _Wrong(cell)
    return cell


def _whole(cell: str, most: int) -> int | None:
    """Return the whole number that a cell holds, None for an empty one."""
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit()) or len(cell) > len(str(most)) or int(cell) > most:
        raise _Wrong(cell)
    return int(cell)


def _cells_of(item: MenuItem) -> tuple[str, ...]:
    return (
        str(item.id),
        item.category,
        item.name,
        _decimal(item.price),
        item.description,
        item.allergens,
        "" if item.tax_basis_points is None else f"{item.tax_basis_points / 100:g}",
        str(item.least_age or ""),
        item.options,
        "" if item.stock is None else str(item.stock),
        item.hours,
        item.happy_hour,
        "yes" if item.hidden else "",
        item.station,
    )


def _decimal(price: Money) -> str:
    return str(price).removesuffix(f" {price.currency}")


@dataclass(eq=False)
class _Wrong(Exception):
    """A cell cannot be read."""

    cell: str


@dataclass(eq=False)
class _Unended(Exception):
    """A quote is never closed or stands in the midst of a cell, or a cell has no end."""

    line: int


class _Rows(Protocol):
    """The rows of a file, and how many of its lines were read for them."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


_TEXTS = (("description", _read_description), ("allergens", _read_allergens))
_NUMBERS = (
    ("tax", _read_tax),
    ("age", _read_age),
    ("options", _read_options),
    ("stock", _read_stock),
    ("hidden", _read_hidden),
    ("station", _read_station),
)
_HOURS = (("hours", _read_hours), ("happy", _read_happy_hour))
