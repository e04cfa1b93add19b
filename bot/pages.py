"""What can be said in a chat: texts with buttons, invoices, pictures and documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bot.telegram.callback_data import Button, pack


class Look(StrEnum):
    """How a button stands out (Bot API: InlineKeyboardButton.style)."""

    PLAIN = ""
    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Key:
    """A button with its label, which is plain text; *button* a callback, or *url* a link."""

    label: str
    button: Button | None = None
    url: str = ""
    look: Look = Look.PLAIN

    def wire(self) -> dict[str, str]:
        target = {"url": self.url} if self.button is None else {"data": pack(self.button)}
        return {"label": self.label, **target, **({"look": self.look} if self.look else {})}


Keys = Sequence[Sequence[Key]]


@dataclass(frozen=True, slots=True)
class Page:
    """A text in Telegram's HTML with rows of buttons.

    *quiet* makes no sound. *pinned* is kept at the top of the chat. *name* is what the page is known by to
    those who may bring it up to date.
    """

    text: str
    keys: Keys = ()
    quiet: bool = False
    name: str = ""
    pinned: bool = False

    def wire(self) -> str:
        """Return the page as it is kept in the outbox."""
        rows = [[key.wire() for key in row] for row in self.keys if row]
        told = {"kind": "text", "name": self.name, "text": self.text, "rows": rows, "quiet": self.quiet}
        return json.dumps({**told, "pinned": True} if self.pinned else told)


@dataclass(frozen=True, slots=True)
class Invoice:
    """A request to pay; *token* is all of it that we believe when it comes back."""

    title: str
    description: str
    token: str
    label: str
    minor: int
    currency: str

    def wire(self) -> str:
        return json.dumps({"kind": "invoice", **asdict(self)})


@dataclass(frozen=True, slots=True)
class Parcel:
    """A kept file to be sent, as a picture or as a document."""

    attachment_id: int
    caption: str
    picture: bool = False

    def wire(self) -> str:
        return json.dumps({"kind": "photo" if self.picture else "document", **asdict(self)})


@dataclass(frozen=True, slots=True)
class Strip:
    """Takes the buttons off a message that is no longer true."""

    telegram_id: int

    def wire(self) -> str:
        return json.dumps({"kind": "strip", "telegram_id": self.telegram_id})


@dataclass(frozen=True, slots=True)
class Removal:
    """Takes a message away that stands further down again, so that screens do not pile up."""

    telegram_id: int

    def wire(self) -> str:
        return json.dumps({"kind": "removal", "telegram_id": self.telegram_id})


Said = Page | Invoice | Parcel | Strip | Removal


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Buttons gathered row by row; rows without buttons vanish."""

    rows: list[list[Key]] = field(default_factory=list)

    def row(self, *keys: Key | None) -> Keyboard:
        self.rows.append([key for key in keys if key is not None])
        return self


def read_wire(body: str) -> dict[str, Any]:
    """Return what `wire` wrote."""
    told: dict[str, Any] = json.loads(body)
    return told
