"""How a button travels: the name of a thing, typed and versioned by its prefix, in at most 64 bytes.

No price, no right and no amount rides in it, for a client may send anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from enum import StrEnum
from typing import Any, ClassVar, Protocol, get_type_hints

MOST_BYTES = 64  # https://core.telegram.org/bots/api#inlinekeyboardbutton
MOST_DIGITS = 11
"""More rows than will ever be, and five such numbers still fit."""


class Button(Protocol):
    """A frozen dataclass of whole numbers, words and enums; bump the prefix when they change."""

    prefix: ClassVar[str]


def pack(button: Button) -> str:
    """Return the button as callback data."""
    values = [str(_plain(getattr(button, field.name))) for field in fields(button)]  # type: ignore[arg-type]
    data = ":".join([button.prefix, *values])
    assert len(data.encode()) <= MOST_BYTES, data
    return data


def unpack(data: str, kinds: Iterable[type[Button]]) -> Button | None:
    """Return the button that *data* is, or None for what no button of ours ever said."""
    prefix, *values = data.split(":")
    kind: Any = next((each for each in kinds if each.prefix == prefix), None)
    if kind is None or len(values) != len(fields(kind)):
        return None
    hints = get_type_hints(kind)
    try:
        named = {
            field.name: _typed(hints[field.name], text)
            for field, text in zip(fields(kind), values, strict=True)
        }
    except ValueError:
        return None
    button: Button = kind(**named)
    return button


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _typed(hint: type, text: str) -> Any:
    if hint is int:
        if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
            raise ValueError(text)
        return int(text)
    return hint(text)
