"""What a command gave, as JSON, so that the same key gives it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, cast

from core import errors
from core.errors import Change, Problem, Refusal
from core.money import Money

Result = int | str | None
"""What a command may return: the number of what it made. Views read the present state."""


def fingerprint(command: Callable[..., Any], ask: Any) -> str:
    """Return the hash by which a repeated request is told from another one under the same key."""
    text = _encode([command.__name__, _plain(ask)])
    return hashlib.sha256(text.encode()).hexdigest()


def write(result: Result | Refusal) -> str:
    """Return *result* as text that `read` understands."""
    if type(result) is int:
        return f'{{"done": {result}}}'
    kind = "refused" if isinstance(result, Refusal) else "done"
    return _encode({kind: _plain(result)})


def read(text: str) -> Result:
    """Return the result that `write` was given, or raise the refusal.

    >>> read(write(12))
    12
    >>> read(write(errors.ShortOfMoney(Money(320, "EUR"))))
    Traceback (most recent call last):
    core.errors.ShortOfMoney
    """
    outcome = json.loads(text)
    if "refused" in outcome:
        refusal = _rich(outcome["refused"])
        assert isinstance(refusal, Refusal)
        raise refusal
    result: Result = outcome["done"]
    return result


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    names = _names_of(cast("Any", kind))
    if names is not None:
        plain = {"is": kind.__name__}
        for name in names:
            part = getattr(value, name)
            plain[name] = part if type(part) in _PLAIN else _plain(part)
        return plain
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value) if isinstance(value, datetime | timedelta) else value


@cache
def _names_of(kind: Any) -> tuple[str, ...] | None:
    """Return the names of a dataclass's fields; None for other kinds."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_rich(each) for each in value)
    if isinstance(value, dict):
        kind = _KNOWN[value["is"]]
        named = {name: _rich(each) for name, each in value.items() if name != "is"}
        return kind(**{name: _moment(kind, name, each) for name, each in named.items()})
    return value


def _moment(kind: Callable[..., Any], name: str, value: Any) -> Any:
    """Return a field of a refusal as it was: moments are kept as text."""
    is_moment = _types_of(kind).get(name) == "datetime"
    return datetime.fromisoformat(value) if is_moment else value


@cache
def _types_of(kind: Any) -> dict[str, Any]:
    return {field.name: field.type for field in fields(kind)}


_PLAIN: Final = frozenset({str, int, bool, type(None)})

_encode: Final = json.JSONEncoder(sort_keys=True).encode  # json.dumps makes an encoder for every text

_KNOWN: Final[dict[str, Callable[..., Any]]] = {
    each.__name__: each
    for each in (Money, Change, Problem, *vars(errors).values())
    if isinstance(each, type) and (each in (Money, Change, Problem) or issubclass(each, Refusal))
}
