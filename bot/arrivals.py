"""What comes in: an update as it is kept, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from telegram import Bot, CallbackQuery, Chat, ChatMemberUpdated, Message, PreCheckoutQuery, Update, User
from telegram.constants import ChatType

from bot.people import Sender
from core.money import EXPONENTS, Money

UPDATE_KINDS = ("message", "callback_query", "pre_checkout_query", "my_chat_member")
"""What the bot asks Telegram for."""


class ArrivalState(StrEnum):
    NEW = "new"
    DONE = "done"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A stored update: unique by *source* and *uid*, handled in order within its *lane*."""

    id: int
    source: str
    uid: int
    lane: str
    body: str
    state: ArrivalState
    attempts: int
    error: str
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """The chat in which something happened, and the message if there is one."""

    chat_id: int
    is_private: bool
    message_id: int = 0


@dataclass(frozen=True, slots=True)
class Typed:
    sender: Sender
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A `/name argument` that is meant for this bot."""

    sender: Sender
    place: Place
    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Tapped:
    sender: Sender
    place: Place
    query_id: str
    data: str


@dataclass(frozen=True, slots=True)
class AboutToPay:
    """A payer waits for our word: it must be given within ten seconds."""

    sender: Sender
    query_id: str
    token: str
    amount: Money


@dataclass(frozen=True, slots=True)
class HasPaid:
    """Telegram vouches that this was paid."""

    sender: Sender
    place: Place
    token: str
    charge: str
    source: str
    amount: Money


@dataclass(frozen=True, slots=True)
class SentFile:
    sender: Sender
    place: Place
    file_id: str
    size: int
    caption: str


@dataclass(frozen=True, slots=True)
class SentOther:
    """A sticker, a voice message, a place on the map: nothing that we can read."""

    sender: Sender
    place: Place


@dataclass(frozen=True, slots=True)
class GroupMoved:
    old_id: int
    new_id: int


@dataclass(frozen=True, slots=True)
class BotMoved:
    """The bot was added to a group or removed from it, or a person blocked or unblocked it."""

    sender: Sender
    place: Place
    title: str
    present: bool


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing for us: chatter in a group, for instance."""


Meaning = (
    Typed | Command | Tapped | AboutToPay | HasPaid | SentFile | SentOther | GroupMoved | BotMoved | Nothing
)


class Unreadable(Exception):
    """The update does not parse: it is set aside and logged."""


def lane_of(body: dict[str, Any]) -> str:
    """Return the lane of a raw update, so that one chat's updates are handled in order.

    Payers who wait for our word have lanes of their own.
    """
    if query := body.get("pre_checkout_query"):
        return f"pay:{_dig(query, 'from', 'id')}"
    message = body.get("message") or _dig(body, "callback_query", "message") or body.get("my_chat_member")
    return f"chat:{_dig(message, 'chat', 'id')}"


def read_update(body: dict[str, Any], bot: Bot) -> Meaning:
    """Return what a raw update means, or raise Unreadable."""
    try:
        update = Update.de_json(body, bot)
        return _mean(update, bot.username)
    except Exception as error:
        raise Unreadable(f"{type(error).__name__}") from error


def _mean(update: Update, username: str) -> Meaning:
    if update.pre_checkout_query:
        return _about_to_pay(update.pre_checkout_query)
    if update.callback_query:
        return _tapped(update.callback_query)
    if update.my_chat_member:
        return _bot_moved(update.my_chat_member)
    return _message(update.message, username) if update.message else Nothing()


def _message(message: Message, username: str) -> Meaning:
    if message.migrate_to_chat_id:
        return GroupMoved(message.chat.id, message.migrate_to_chat_id)
    if message.from_user is None or message.from_user.is_bot:
        return Nothing()
    sender, place = _sender(message.from_user), _place(message.chat, message.message_id)
    if paid := message.successful_payment:
        amount = _money(paid.total_amount, paid.currency)
        charge, source = paid.telegram_payment_charge_id, paid.provider_payment_charge_id
        return HasPaid(sender, place, paid.invoice_payload, charge, source, amount)
    if message.document:
        document = message.document
        return SentFile(sender, place, document.file_id, document.file_size or 0, message.caption or "")
    if message.text and message.text.startswith("/"):
        return _command(sender, place, message.text, username)
    if not place.is_private:
        return Nothing()
    return Typed(sender, place, message.text) if message.text else SentOther(sender, place)


def _command(sender: Sender, place: Place, text: str, username: str) -> Meaning:
    word, _, argument = text[1:].partition(" ")
    name, _, addressee = word.partition("@")
    if addressee and addressee.casefold() != username.casefold():
        return Nothing()
    return Command(sender, place, name.casefold(), argument.strip())


def _tapped(query: CallbackQuery) -> Meaning:
    if query.message is None or query.data is None:
        return Nothing()
    place = _place(query.message.chat, query.message.message_id)
    return Tapped(_sender(query.from_user), place, query.id, query.data)


def _about_to_pay(query: PreCheckoutQuery) -> Meaning:
    amount = _money(query.total_amount, query.currency)
    return AboutToPay(_sender(query.from_user), query.id, query.invoice_payload, amount)


def _bot_moved(change: ChatMemberUpdated) -> Meaning:
    present = change.new_chat_member.status not in ("left", "kicked")
    chat = change.chat
    return BotMoved(_sender(change.from_user), _place(chat, 0), chat.title or "", present)


def _sender(user: User) -> Sender:
    return Sender(user.id, user.first_name, user.language_code or "")


def _place(chat: Chat, message_id: int) -> Place:
    return Place(chat.id, chat.type == ChatType.PRIVATE, message_id)


def _money(minor: int, currency: str) -> Money:
    if currency not in EXPONENTS:
        raise Unreadable(f"currency {currency}")
    return Money(minor, currency)


def _dig(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
