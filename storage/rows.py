"""How a value becomes a row and a row a value.

A class has the table of its name and a column per field; an amount `price` is kept in `price_minor`,
in the currency of its row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from operator import itemgetter
from types import UnionType
from typing import Any, Generic, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from core.money import Money

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """The table of a class: its name, its columns in order, and how each field is kept."""

    kind: type[T]
    table: str
    columns: tuple[str, ...]
    kept: Mapping[str, type]
    readers: tuple[Callable[[tuple[Any, ...]], Any], ...]
    """What gives each field of `kind`, in order, from a row."""

    def column(self, field: str) -> str:
        """Return the quoted column of a field, to be compared with plain values."""
        assert field in self.columns, f"{self.table} has no {field}"
        return f'"{field}"'

    def write(self, value: T) -> dict[str, Any]:
        """Return the row of a value, a column each."""
        row: dict[str, Any] = dict.fromkeys(self.columns)
        for name, kind in self.kept.items():
            plain = getattr(value, name)
            if kind is Money:
                if plain is not None:
                    assert row["currency"] in (None, plain.currency), f"two currencies in one {self.table}"
                    row[f"{name}_minor"], row["currency"] = plain.minor, plain.currency
            else:
                row[name] = plain if kind in _KEPT_AS_IS else to_column(plain)
        return row

    def read(self, row: tuple[Any, ...]) -> T:
        """Return the value of a row that has `columns`."""
        return self.kind(*[read(row) for read in self.readers])


def shape_of(kind: type[T]) -> Shape[T]:
    """Return the shape of a dataclass."""
    shape: Shape[T] = _shape_of(cast("Any", kind))
    return shape


@cache
def _shape_of(kind: Any) -> Shape[Any]:
    hints = get_type_hints(kind)
    kept = {field.name: _plain_type(hints[field.name]) for field in fields(kind)}
    columns = [f"{name}_minor" if type_ is Money else name for name, type_ in kept.items()]
    if Money in kept.values():
        columns.append("currency")
    table = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    readers = tuple(_reader(place, type_) for place, type_ in enumerate(kept.values()))
    return Shape(kind, table, tuple(columns), kept, readers)


def _reader(place: int, kind: type) -> Callable[[tuple[Any, ...]], Any]:
    """Return what gives a field of that type from the column at *place*; a row's currency stands last."""
    if kind is Money:
        return lambda row: None if row[place] is None else Money(row[place], row[-1])
    if kind in _KEPT_AS_IS:
        return itemgetter(place)
    read = _READ.get(kind, kind)
    return lambda row: None if row[place] is None else read(row[place])


def to_column(value: Any) -> Any:
    """Return *value* as the databases keep it: times as UTC text that sorts, truth as 0 and 1.

    >>> to_column(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)), to_column(True)
    ('2026-01-02 03:04:00.000000+00:00', 1)
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ", "microseconds")
    if isinstance(value, bool):
        return int(value)
    return str(value) if isinstance(value, StrEnum) else value


def _plain_type(hint: Any) -> type:
    """Return the type of an annotation without its None."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = [each for each in get_args(hint) if each is not type(None)]
    assert isinstance(hint, type), hint
    return hint


_KEPT_AS_IS = frozenset({int, str})
_READ: dict[type, Callable[[Any], Any]] = {datetime: datetime.fromisoformat, bool: bool}
