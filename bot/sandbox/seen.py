"""What a client of the sandbox gets to see: events, people, payments, and refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


class SandboxRefused(Exception):
    """The sandbox says that this cannot be done."""


class NeverHappened(Exception):
    """What was waited for did not happen in time; shows what did."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `fields` as in the README."""

    seq: int
    kind: str
    fields: Json

    @property
    def chat_id(self) -> int | None:
        """The chat it happened in, if it was in one."""
        chat_id: int | None = self.fields.get("chat_id")
        return chat_id

    @property
    def message(self) -> Json:
        """The message that was sent or edited, empty for other events."""
        message: Json = self.fields.get("message", {})
        return message

    @property
    def text(self) -> str:
        """What the message or toast says."""
        said = self.message.get("text") or self.message.get("caption") or self.fields.get("text")
        return said or ""

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote the message."""
        return bool(self.message.get("from", {}).get("is_bot"))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the sandbox; their private chat with the bot has the same id."""

    id: int
    first_name: str
    last4: str


@dataclass(frozen=True, slots=True)
class Payment:
    """How a payment went: paid, refused, timed_out, declined or held."""

    id: str
    status: str
    amount_minor: int
    currency: str
    error_message: str | None
    charge_id: str | None
    telegram_payment_charge_id: str | None


def person_of(body: Json) -> Person:
    """Read a person."""
    return Person(body["id"], body["first_name"], body["card"]["last4"])


def payment_of(body: Json) -> Payment:
    """Read a payment."""
    return Payment(**{name: body[name] for name in Payment.__slots__})


def event_of(body: Json) -> Event:
    """Read an event."""
    fields = {name: value for name, value in body.items() if name not in ("seq", "kind")}
    return Event(body["seq"], body["kind"], fields)
