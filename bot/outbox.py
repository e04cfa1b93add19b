"""What is to be said, kept in the transaction that wants it said.

A living message has a subject and is edited until what is shown is what is wanted; other messages
are said once. Per chat, everything goes out in the order in which it was wanted; in a group, though,
what is new comes before what is edited and what only gives an overview: a busy group is told of new orders
first, however many edits wait. An overview waits in line with the edits: last of all, it would never come.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bot.pages import Page, Removal, Said, Strip, read_wire
from core.ports import AtMost, Books, NoneOf


class MessageState(StrEnum):
    WAITING = "waiting"
    STARTED = "started"
    SHOWN = "shown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Message:
    """Something said in a chat, or about to be.

    *wanted* and *shown* count versions; where none counts as shown, it is sent anew. *follows*: it belongs at
    the end of the chat, and is sent anew when something was posted below it. *repeat*: it may have been sent
    before, nobody knows. *thread_id*: the topic of the chat, or 0. Topics share their chat's limits, and so
    they share its order.
    """

    id: int
    chat_id: int
    subject: str
    body: str
    wanted: int
    shown: int
    telegram_id: int | None
    follows: bool
    state: MessageState
    place: int
    repeat: bool
    attempts: int
    due_at: datetime
    started_at: datetime | None
    error: str
    thread_id: int = 0


class Turn(IntEnum):
    """Who comes first in a group, where twenty messages a minute have to do."""

    NEW = 0
    EDITED = 1


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a message carries."""

    id: int
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat: the newest message known in it, and where it went when Telegram moved it."""

    id: int
    latest_id: int
    moved_to: int | None


async def say(books: Books, chat_id: int, said: Said, thread_id: int = 0) -> None:
    """Say something once."""
    await books.add(await _new(books, chat_id, thread_id, "", said, follows=False))


async def show(
    books: Books,
    chat_id: int,
    subject: str,
    page: Page,
    *,
    follows: bool = False,
    overview: bool = False,
    anew: bool = False,
    thread_id: int = 0,
) -> None:
    """Make the living message of that subject say what *page* says; an *overview* is never in the way.

    What is to be heard once more is sent *anew*, wherever it stands: an edit makes no sound.
    """
    known = await books.find(Message, chat_id=chat_id, thread_id=thread_id, subject=subject)
    if not known:
        turn = Turn.EDITED if overview else Turn.NEW
        await books.add(await _new(books, chat_id, thread_id, subject, page, follows=follows, turn=turn))
        return
    message, body = known[0], page.wire()
    if not anew and body == message.body and await _suffices(books, message, follows=follows):
        return
    waiting = message.state in (MessageState.WAITING, MessageState.STARTED)
    await books.save(
        replace(
            message,
            body=body,
            follows=follows,
            wanted=message.wanted + 1,
            shown=0 if anew else message.shown,
            state=message.state if waiting else MessageState.WAITING,
            place=message.place
            if waiting and not anew
            else await _next_place(books, _turn(message, follows=follows or anew, overview=overview)),
            attempts=0,
            due_at=message.due_at if waiting else books.now,
        )
    )


async def refresh(books: Books, chat_id: int, subject: str, page: Page, thread_id: int = 0) -> None:
    """Bring a living message up to date where it stands, if it shows the page of that name now."""
    known = await books.find(Message, chat_id=chat_id, thread_id=thread_id, subject=subject)
    if known and read_wire(known[0].body).get("name") == page.name:
        follows = known[0].follows and known[0].state is not MessageState.SHOWN  # on its way
        await show(books, chat_id, subject, page, follows=follows, thread_id=thread_id)


async def bring_down(books: Books, chat_id: int, subject: str) -> None:
    """Send a living message anew as it is, below what is about to be said in its chat."""
    for message in await books.find(Message, chat_id=chat_id, subject=subject):
        started = message.state is MessageState.STARTED
        await books.save(
            replace(
                message,
                follows=True,
                wanted=message.wanted + 1,
                state=message.state if started else MessageState.WAITING,
                place=await _next_place(books, Turn.NEW),
            )
        )


async def page_shown(books: Books, chat_id: int, subject: str, thread_id: int = 0) -> str:
    """Return the name of the page that a living message shows, or is about to; "" if it has none."""
    known = await books.find(Message, chat_id=chat_id, thread_id=thread_id, subject=subject)
    return str(read_wire(known[0].body).get("name", "")) if known else ""


async def note_posted(books: Books, chat_id: int, telegram_id: int) -> None:
    """Note the newest message of a chat, whoever posted it."""
    chat = await books.get(Chat, chat_id)
    if chat is None:
        await books.add(Chat(chat_id, telegram_id, None))
    elif telegram_id > chat.latest_id:
        await books.save(replace(chat, latest_id=telegram_id))


async def strip_copy(books: Books, chat_id: int, telegram_id: int) -> None:
    """Take the buttons off a message that was tapped and is not the one we know of.

    While something is on its way to the chat, it may be just that which was tapped.
    """
    known = await books.find(Message, chat_id=chat_id, telegram_id=telegram_id)
    if not known and not await books.find(Message, chat_id=chat_id, state=MessageState.STARTED, most=1):
        await say(books, chat_id, Strip(telegram_id))


async def due_messages(books: Books, hushed: Collection[int] = (), most: int = 32) -> list[Message]:
    """Return what waits to be said first in each chat, in the order in which it was wanted.

    Chats that are *hushed* are left out. Of very many messages only the first *most* are looked at.
    """
    elsewhere = NoneOf(tuple(hushed))
    waiting = await books.find(Message, by="place", most=most, state=MessageState.WAITING, chat_id=elsewhere)
    first: dict[int, Message] = {}
    for message in waiting:
        first.setdefault(message.chat_id, message)
    return list(first.values())


async def begin(books: Books, message_id: int) -> tuple[Message, bool]:
    """Mark a message as started; return it, and whether it must be sent anew rather than edited."""
    message = await _get(books, message_id)
    started = replace(message, state=MessageState.STARTED, started_at=books.now)
    await books.save(started)
    return started, not (message.telegram_id and message.shown) or await _buried(books, message)


async def finish(books: Books, sent: Message, telegram_id: int | None) -> None:
    """Note that *sent* is shown, as message *telegram_id*; what was wanted since still waits."""
    message = await _get(books, sent.id)
    if telegram_id and message.telegram_id and telegram_id != message.telegram_id:
        await say(books, message.chat_id, Removal(message.telegram_id))
    newer = message.wanted > sent.wanted
    await books.save(
        replace(
            message,
            shown=sent.wanted,
            telegram_id=telegram_id or message.telegram_id,
            state=MessageState.WAITING if newer else MessageState.SHOWN,
            repeat=False,
            attempts=0,
            error="",
        )
    )
    if telegram_id:
        await note_posted(books, message.chat_id, telegram_id)


async def put_off(books: Books, sent: Message, wait: timedelta, *, repeat: bool, error: str) -> None:
    """Try again after *wait*; *repeat* if this time may have reached the chat unseen by us."""
    message = await _get(books, sent.id)
    await books.save(
        replace(
            message,
            state=MessageState.WAITING,
            due_at=books.now + wait,
            attempts=message.attempts + 1,
            repeat=message.repeat or repeat,
            error=error,
        )
    )


async def lose_place(books: Books, sent: Message) -> None:
    """Forget where the message was shown: it is gone there, and will be sent anew."""
    message = await _get(books, sent.id)
    await books.save(replace(message, state=MessageState.WAITING, telegram_id=None))


async def give_up(books: Books, sent: Message, error: str) -> None:
    """Never say it: the chat does not take it."""
    message = await _get(books, sent.id)
    await books.save(replace(message, state=MessageState.FAILED, error=error))


async def move_chat(books: Books, old_id: int, new_id: int) -> None:
    """Say in the new chat what was to be said in the old one; what was shown there stays behind."""
    there = {(each.subject, each.thread_id) for each in await books.find(Message, chat_id=new_id)}
    for message in await books.find(Message, chat_id=old_id):
        if message.subject and (message.subject, message.thread_id) in there:
            await give_up(books, message, "moved")
            continue
        unsaid = message.state in (MessageState.WAITING, MessageState.STARTED)
        state = MessageState.WAITING if unsaid else message.state
        await books.save(replace(message, chat_id=new_id, telegram_id=None, state=state))
    chat = await books.get(Chat, old_id)
    if chat is None:
        await books.add(Chat(old_id, 0, new_id))
    else:
        await books.save(replace(chat, moved_to=new_id))


async def resume(books: Books) -> list[Message]:
    """After a restart: what was started may have been said, and is said again with a mark."""
    started = await books.find(Message, state=MessageState.STARTED)
    for message in started:
        await books.save(replace(message, state=MessageState.WAITING, repeat=True))
    return started


async def sent_since(books: Books, moment: datetime, most: int) -> list[tuple[int, datetime]]:
    """Return (chat, time) of what was started after *moment*, the last *most*, oldest first."""
    started = await books.find(Message, by="-started_at", most=most)
    return [
        (each.chat_id, each.started_at)
        for each in reversed(started)
        if each.started_at and each.started_at > moment
    ]


async def _new(
    books: Books,
    chat_id: int,
    thread_id: int,
    subject: str,
    said: Said,
    *,
    follows: bool,
    turn: Turn = Turn.NEW,
) -> Message:
    place = await _next_place(books, turn)
    return Message(
        0, chat_id, subject, said.wire(), 1, 0, None, follows, MessageState.WAITING, place, False, 0,
        books.now, None, "", thread_id,
    )  # fmt: skip


async def _next_place(books: Books, turn: Turn) -> int:
    """Return the next place among those of the same turn; each has room for all that will ever be said."""
    first = turn * _TURN + 1
    last = await books.find(Message, by="-place", most=1, place=AtMost(first + _TURN - 2))
    return max(last[0].place + 1, first) if last else first


def _turn(message: Message, *, follows: bool, overview: bool) -> Turn:
    edited = overview or (message.telegram_id is not None and not follows)
    return Turn.EDITED if edited and message.chat_id < 0 else Turn.NEW


async def _buried(books: Books, message: Message) -> bool:
    if not message.follows or message.telegram_id is None:
        return False
    chat = await books.get(Chat, message.chat_id)
    return chat is not None and chat.latest_id > message.telegram_id


async def _suffices(books: Books, message: Message, *, follows: bool) -> bool:
    """Whether what is shown, or about to be, need not be shown again."""
    match message.state:
        case MessageState.WAITING:
            return message.follows or not follows
        case MessageState.STARTED:
            return not follows  # it may land above what was posted meanwhile
        case MessageState.SHOWN:
            there = message.telegram_id is not None
            return there and not await _buried(books, replace(message, follows=follows))
        case MessageState.FAILED:
            return False


async def _get(books: Books, message_id: int) -> Message:
    message = await books.get(Message, message_id)
    assert message is not None
    return message


_TURN = 10**15
