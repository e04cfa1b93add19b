"""What comes in: an update as it is kept, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeGuard

from telegram import (
    Bot,
    CallbackQuery,
    Chat,
    ChatMemberRestricted,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    Message,
    PreCheckoutQuery,
    SuccessfulPayment,
    Update,
    User,
)
from telegram.constants import ChatType

from bot.gateways.counting import TELEGRAM, Inexpressible
from bot.people import Sender
from core.money import Money

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

    @property
    def waits_to_pay(self) -> bool:
        """Whether a payer waits for our word."""
        return self.lane.startswith("pay:")


@dataclass(frozen=True, slots=True)
class Place:
    """The chat in which something happened, the message if there is one, and the topic if it was in one."""

    chat_id: int
    is_private: bool
    message_id: int = 0
    thread_id: int = 0


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
class SentPhoto:
    """A picture, in the largest of the sizes that Telegram made of it."""

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
class TopicMoved:
    """A topic was closed, or opened again."""

    place: Place
    is_open: bool


@dataclass(frozen=True, slots=True)
class BotMoved:
    """The bot was added to a group, removed or *muted* there, or a person blocked or unblocked it."""

    sender: Sender
    place: Place
    title: str
    present: bool
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing for us: chatter in a group, for instance."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who tapped, or is about to pay, and sees nothing move until they are answered."""

    query_id: str
    pays: bool
    language: str


Meaning = (
    Typed
    | Command
    | Tapped
    | AboutToPay
    | HasPaid
    | SentFile
    | SentPhoto
    | SentOther
    | GroupMoved
    | BotMoved
    | TopicMoved
    | Nothing
)


class Unreadable(Exception):
    """The update does not parse: it is set aside and logged."""


def uid_of(body: Any) -> int | None:
    """Return the update_id of a raw update, None if it has none that we could keep."""
    uid = body.get("update_id") if isinstance(body, dict) else None
    return uid if _is_id(uid) and uid > 0 else None


def lane_of(body: dict[str, Any]) -> str:
    """Return the lane of a raw update, so that one chat's updates are handled in order.

    Payers who wait for our word have lanes of their own.
    """
    if query := body.get("pre_checkout_query"):
        return f"pay:{_id_at(query, 'from')}"
    return lane_of_chat(chat_of(body))


def lane_of_chat(chat_id: int | None) -> str:
    """Return the lane in which all that happens in a chat is handled."""
    return f"chat:{chat_id}"


def chat_of(body: dict[str, Any]) -> int | None:
    """Return the chat in which a raw update happened."""
    message = body.get("message") or _dig(body, "callback_query", "message") or body.get("my_chat_member")
    return _id_at(message, "chat")


def sender_of(body: dict[str, Any]) -> Sender | None:
    """Return the person behind a raw update, as far as it can be read."""
    for kind in UPDATE_KINDS:
        who = _dig(body, kind, "from")
        if isinstance(who, dict) and _is_id(who.get("id")) and not who.get("is_bot"):
            return Sender(who["id"], str(who.get("first_name", "")), str(who.get("language_code", "")))
    return None


def payment_in(body: dict[str, Any]) -> bool:
    """Whether a raw update tells of a payment."""
    return _dig(body, "message", "successful_payment") is not None


def who_waits(body: dict[str, Any]) -> Waiting | None:
    """Return who waits for a short answer to a raw update."""
    for kind in ("callback_query", "pre_checkout_query"):
        query_id = _dig(body, kind, "id")
        if isinstance(query_id, str) and query_id:
            language = _dig(body, kind, "from", "language_code")
            return Waiting(query_id, kind == "pre_checkout_query", str(language or ""))
    return None


def read_update(body: dict[str, Any], bot: Bot) -> Meaning:
    """Return what a raw update means, or raise Unreadable."""
    try:
        meaning = _mean(Update.de_json(body, bot), bot.username)
    except Exception as error:
        raise Unreadable(type(error).__name__) from error
    if not all(_is_id(each) for each in _ids_of(meaning)):
        raise Unreadable("an id out of range")
    return meaning


def _mean(update: Update, username: str) -> Meaning:
    if update.pre_checkout_query:
        return _about_to_pay(update.pre_checkout_query)
    if update.callback_query:
        return _tapped(update.callback_query)
    if update.my_chat_member:
        return _bot_moved(update.my_chat_member)
    return _message(update.message, username) if update.message else Nothing()


def _message(message: Message, username: str) -> Meaning:
    place = _place(message.chat, message.message_id, message)
    if message.migrate_to_chat_id:
        return GroupMoved(message.chat.id, message.migrate_to_chat_id)
    if message.forum_topic_closed or message.forum_topic_reopened:
        return TopicMoved(place, message.forum_topic_closed is None)
    if message.successful_payment:
        return _has_paid(message, message.successful_payment)
    if message.from_user is None or message.from_user.is_bot:
        return Nothing()
    return _sent(message, _sender(message.from_user), place, username)


def _sent(message: Message, sender: Sender, place: Place, username: str) -> Meaning:
    if document := message.document:
        return SentFile(sender, place, document.file_id, document.file_size or 0, message.caption or "")
    if message.photo:
        largest = message.photo[-1]
        return SentPhoto(sender, place, largest.file_id, largest.file_size or 0, message.caption or "")
    return _written(sender, place, message.text or "", username)


def _written(sender: Sender, place: Place, text: str, username: str) -> Meaning:
    """Read a text; what is not one has none. In groups only commands are for us."""
    if text.startswith("/"):
        return _command(sender, place, text, username)
    if not place.is_private:
        return Nothing()
    return Typed(sender, place, text) if text else SentOther(sender, place)


def _has_paid(message: Message, paid: SuccessfulPayment) -> HasPaid:
    if message.from_user is None:
        raise Unreadable("a payment by nobody")
    return HasPaid(
        _sender(message.from_user),
        _place(message.chat, message.message_id),
        paid.invoice_payload,
        paid.telegram_payment_charge_id,
        paid.provider_payment_charge_id,
        _money(paid.total_amount, paid.currency),
    )


def _command(sender: Sender, place: Place, text: str, username: str) -> Meaning:
    word, _, argument = text[1:].partition(" ")
    name, _, addressee = word.partition("@")
    if addressee and addressee.casefold() != username.casefold():
        return Nothing()
    return Command(sender, place, name.casefold(), argument.strip())


def _tapped(query: CallbackQuery) -> Meaning:
    if query.message is None or query.data is None:
        return Nothing()
    place = _place(query.message.chat, query.message.message_id, query.message)
    return Tapped(_sender(query.from_user), place, query.id, query.data)


def _about_to_pay(query: PreCheckoutQuery) -> Meaning:
    amount = _money(query.total_amount, query.currency)
    return AboutToPay(_sender(query.from_user), query.id, query.invoice_payload, amount)


def _bot_moved(change: ChatMemberUpdated) -> Meaning:
    present = change.new_chat_member.status not in ("left", "kicked")
    new, chat = change.new_chat_member, change.chat
    muted = isinstance(new, ChatMemberRestricted) and not new.can_send_messages
    return BotMoved(_sender(change.from_user), _place(chat, 0), chat.title or "", present, muted)


def _sender(user: User) -> Sender:
    return Sender(user.id, user.first_name, user.language_code or "")


def _place(chat: Chat, message_id: int, message: MaybeInaccessibleMessage | None = None) -> Place:
    """Return where something happened; threads of answers in a group without topics are none."""
    in_topic = isinstance(message, Message) and message.is_topic_message
    thread_id = message.message_thread_id if in_topic and isinstance(message, Message) else None
    return Place(chat.id, chat.type == ChatType.PRIVATE, message_id, thread_id or 0)


def _money(minor: int, currency: str) -> Money:
    try:
        return TELEGRAM.from_gateway(minor, currency)
    except Inexpressible:
        raise Unreadable(f"currency {currency}") from None


def _ids_of(meaning: Meaning) -> tuple[int, ...]:
    match meaning:
        case Nothing():
            return ()
        case GroupMoved(old_id, new_id):
            return old_id, new_id
        case AboutToPay(sender):
            return (sender.id,)
        case TopicMoved(place):
            return place.chat_id, place.message_id, place.thread_id
        case _:
            place = meaning.place
            return meaning.sender.id, place.chat_id, place.message_id, place.thread_id


def _is_id(value: Any) -> TypeGuard[int]:
    """Telegram's numbers have at most 52 bits; one of more than 64 no database would keep."""
    return type(value) is int and abs(value) < 2**63


def _id_at(value: Any, *keys: str) -> int | None:
    found = _dig(value, *keys, "id")
    return found if _is_id(found) else None


def _dig(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
