"""How a value becomes a row and a row a value.

A class has the table of its name and a column per field; an amount `price` is kept in `price_minor`,
in the currency of its row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from operator import attrgetter
from types import UnionType
from typing import Any, Generic, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from core.money import Money

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Shape(Generic[T]):
    """The table of a class: its name, its columns in order, and how each field is kept."""

    kind: type[T]
    table: str
    columns: tuple[str, ...]
    moneys: tuple[str, ...]
    taken: Callable[[T], tuple[Any, ...]]
    """What gives the columns, but for the currency that several amounts share, before they are turned."""
    turned: tuple[tuple[int, Callable[[Any], Any]], ...]
    """Which of them are not kept as they are, and how they are kept."""
    readers: tuple[tuple[int, Callable[[tuple[Any, ...]], Any]], ...]
    """Which fields of `kind` are not what their column is, and what gives them from a row."""
    rest: Callable[[T], tuple[Any, ...]]
    """What gives all fields but the first, the id."""
    is_file: bool
    """Whether it holds bytes, which nobody wants to keep in memory."""

    def column(self, field: str) -> str:
        """Return the quoted column of a field, to be compared with plain values."""
        assert field in self.columns, f"{self.table} has no {field}"
        return f'"{field}"'

    def write(self, value: T) -> tuple[Any, ...]:
        """Return the row of a value, as `columns` name it; the id comes first."""
        row = list(self._whole(value))
        for place, turn in self.turned:
            if row[place] is not None:
                row[place] = turn(row[place])
        return tuple(row)

    def changes(self, before: T, after: T) -> dict[str, Any]:
        """Return the columns in which the rows of two values differ, and what *after* has there."""
        was, now = self._whole(before), self._whole(after)
        changed = {place: value for place, value in enumerate(now) if value != was[place]}
        for place, turn in self.turned:
            if changed.get(place) is not None:
                changed[place] = turn(changed[place])
        return {self.columns[place]: value for place, value in changed.items()}

    def read(self, row: tuple[Any, ...]) -> T:
        """Return the value of a row that has `columns`."""
        values = list(row[:-1] if self.moneys else row)
        for place, read in self.readers:
            values[place] = read(row)
        return self.kind(*values)

    def numbered(self, value: T, id_: int) -> T:
        """Return *value* with that id."""
        fields: tuple[Any, ...] = (id_, *self.rest(value))
        return self.kind(*fields)

    def _whole(self, value: T) -> tuple[Any, ...]:
        taken = self.taken(value)
        return taken if len(taken) == len(self.columns) else (*taken, self._currency(value))

    def _currency(self, value: T) -> str | None:
        amounts = [getattr(value, name) for name in self.moneys]
        found = {amount.currency for amount in amounts if amount is not None}
        assert len(found) <= 1, f"two currencies in one {self.table}"
        return found.pop() if found else None


def _shape_of(kind: type[T]) -> Shape[T]:
    """Return the shape of a dataclass."""
    hints = get_type_hints(kind)
    kept = {field.name: _plain_type(hints[field.name]) for field in fields(cast("Any", kind))}
    moneys = tuple(name for name, type_ in kept.items() if type_ is Money)
    columns = [f"{name}_minor" if name in moneys else name for name in kept]
    taken = [_taken(name, hints[name]) for name in kept]
    if moneys:
        columns.append("currency")
    if len(moneys) == 1 and hints[moneys[0]] is Money:
        taken.append(f"{moneys[0]}.currency")
    turned = [
        (place, _turn(type_))
        for place, (name, type_) in enumerate(kept.items())
        if type_ not in _KEPT_AS_IS and name == taken[place]
    ]
    readers = [
        (place, _reader(place, type_))
        for place, type_ in enumerate(kept.values())
        if type_ not in _KEPT_AS_IS
    ]
    return Shape(
        kind,
        table=re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(),
        columns=tuple(columns),
        moneys=moneys,
        taken=attrgetter(*taken),
        turned=tuple(turned),
        readers=tuple(readers),
        rest=_rest([*kept][1:]),
        is_file=bytes in kept.values(),
    )


def _taken(name: str, hint: Any) -> str:
    """Return what gives the column of a field, or all that gives it where it may be None."""
    if hint is Money:
        return f"{name}.minor"
    return f"{name}._value_" if isinstance(hint, type) and issubclass(hint, StrEnum) else name


def _rest(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gives these fields of a value, however few they are."""
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)


shape_of: Callable[[type[T]], Shape[T]] = cast("Any", cache(_shape_of))


def _turn(kind: type) -> Callable[[Any], Any]:
    """Return what makes a column of a value of that type."""
    if issubclass(kind, StrEnum):
        return str
    return _TURN[kind]


def _reader(place: int, kind: type) -> Callable[[tuple[Any, ...]], Any]:
    """Return what gives a field of that type from the column at *place*; a row's currency stands last."""
    if kind is Money:
        return lambda row: None if row[place] is None else Money(row[place], row[-1])
    if issubclass(kind, StrEnum):
        members: dict[str | None, Any] = {None: None, **{str(member): member for member in kind}}
        return lambda row: members[row[place]]
    read = _READ.get(kind, kind)
    return lambda row: None if row[place] is None else read(row[place])


def to_column(value: Any) -> Any:
    """Return *value* as the databases keep it: times as UTC text that sorts, truth as 0 and 1.

    >>> to_column(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)), to_column(True)
    ('2026-01-02 03:04:00.000000+00:00', 1)
    """
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, bool):
        return int(value)
    return str(value) if isinstance(value, StrEnum) else value


@lru_cache(maxsize=1000)
def _moment(value: datetime) -> str:
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ", "microseconds")


def _plain_type(hint: Any) -> type:
    """Return the type of an annotation without its None."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = [each for each in get_args(hint) if each is not type(None)]
    assert isinstance(hint, type), hint
    return hint


_KEPT_AS_IS = frozenset({int, str, bytes})
_READ: dict[type, Callable[[Any], Any]] = {datetime: datetime.fromisoformat, bool: bool}
_TURN: dict[type, Callable[[Any], Any]] = {datetime: _moment, bool: int, Money: attrgetter("minor")}
