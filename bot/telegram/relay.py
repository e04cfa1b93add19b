"""What the outbox holds, brought to Telegram: in order per chat, within the limits, again if unsure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LabeledPrice, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.clock import Clock
from bot.desk import House
from bot.outbox import (
    Attachment,
    Message,
    begin,
    due_messages,
    finish,
    give_up,
    lose_place,
    put_off,
    resume,
    sent_since,
)
from bot.pages import read_wire
from bot.people import Peer, follow_group
from bot.telegram.pace import MINUTE, Pace
from bot.telegram.request import NotSent
from bot.tell import tell_all
from bot.tell.readers import tell_admins
from core.ports import Books, Store
from core.station import MoveGroup, Station, move_group, note_reach

log = logging.getLogger(__name__)

REPEAT_MARK = "🔁 "
"""Before what may have been said already: Telegram has no key that would tell."""

AT_ONCE = 8
BACK_OFF_SECONDS = (1, 2, 5, 15, 60)
LAST_SECONDS = 3
TITLE_LENGTH = 32  # https://core.telegram.org/bots/api#sendinvoice
NO_VOICE = ("not enough rights to send", "no rights to send", "chat_write_forbidden")
NO_TOPIC = ("thread not found", "topic_closed", "topic_deleted")
CANNOT_EDIT = ("to edit not found", "can't be edited", "MESSAGE_ID_INVALID")


@dataclass(slots=True)
class Relay:
    """Sends what waits; `wake` it when something was wanted."""

    store: Store
    bot: Bot
    house: House
    pace: Pace
    clock: Clock
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _resting: bool = False

    def wake(self) -> None:
        self._woken.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being sent at this moment."""
        return self._resting and not self._busy and not self._woken.is_set()

    async def run(self) -> None:
        """Send until cancelled. What was started before a restart is said again, marked.

        What is on its way when it is cancelled has a moment to arrive.
        """
        await self._take_up()
        async with asyncio.TaskGroup() as deliveries:
            try:
                while True:
                    self._woken.clear()
                    until = await self._start_what_is_due(deliveries)
                    self._resting = True
                    await self.clock.wait(self._woken, until)
                    self._resting = False
            except asyncio.CancelledError:
                if self._busy:
                    await asyncio.wait(self._busy.values(), timeout=LAST_SECONDS)
                raise

    async def _take_up(self) -> None:
        """Take up what a restart interrupted, and the limits as they stood."""
        await self.store.run(resume)
        since = self.clock.now() - MINUTE
        most = round(MINUTE.total_seconds() * self.pace.limits.bot_per_second)
        for chat_id, moment in await self.store.run(lambda books: sent_since(books, since, most)):
            self.pace.note(chat_id, moment)

    async def _start_what_is_due(self, deliveries: asyncio.TaskGroup) -> datetime | None:
        """Start one message per chat as the limits allow; return when to look again.

        Each round either starts something or leaves out chats that have to wait, so it comes to an end.
        """
        now = self.clock.now()
        waits: dict[int, datetime] = {}
        while (room := AT_ONCE - len(self._busy)) > 0:
            waits |= self.pace.hushed(now)  # anew each time: something may have ended meanwhile
            if (ready := self.pace.ready_at(now)) > now:
                return ready
            hushed = (*self._busy, *waits)
            heads = await self.store.run(partial(due_messages, hushed=hushed))
            if not heads:
                break
            waits |= {message.chat_id: message.due_at for message in heads if message.due_at > now}
            for message in [message for message in heads if message.due_at <= now][:room]:
                if self.pace.ready_at(now) > now:
                    break
                self.pace.start()
                self._busy[message.chat_id] = deliveries.create_task(self._deliver(message))
        return min(waits.values(), default=None)

    async def _deliver(self, message: Message) -> None:
        try:
            started, anew = await self.store.run(lambda books: begin(books, message.id))
            await self._send(started, anew)
        except Exception:
            log.exception("relay_failed message=%s", message.id)
            await self._settle(put_off, message, _back_off(message), repeat=True, error="relay failed")
        finally:
            counts = read_wire(message.body)["kind"] != "removal"
            self.pace.end(message.chat_id, self.clock.now(), counts=counts)
            del self._busy[message.chat_id]
            self.wake()

    async def _send(self, message: Message, anew: bool) -> None:
        try:
            telegram_id = await self._call(message, anew)
        except RetryAfter as error:
            wait = _span(error.retry_after)
            log.warning("flood_limit chat=%s seconds=%s", message.chat_id, wait.total_seconds())
            self.pace.stop(message.chat_id, self.clock.now() + wait)
            await self._settle(put_off, message, wait, repeat=False, error="429")
        except ChatMigrated as error:
            await self._follow(message, error.new_chat_id)
        except Forbidden as error:
            await self._settle(self._lose_reader, message, error.message)
        except BadRequest as error:
            await self._judge(message, anew, error.message)
        except NotSent as error:
            await self._settle(put_off, message, _back_off(message), repeat=False, error=error.message)
        except NetworkError as error:
            await self._settle(put_off, message, _back_off(message), repeat=anew, error=error.message)
        except TelegramError as error:
            await self._settle(self._give_up, message, error.message)
        else:
            await self._settle(finish, message, telegram_id)

    async def _judge(self, message: Message, anew: bool, why: str) -> None:
        """Telegram refused: no change to make, nothing there to edit, or a message that it never takes."""
        if "not modified" in why:
            await self._settle(finish, message, message.telegram_id)
        elif not anew and any(words in why for words in CANNOT_EDIT):
            await self._settle(lose_place, message)
        elif message.thread_id and any(words in why.lower() for words in NO_TOPIC):
            await self._settle(self._lose_place, message, why, message.thread_id)
        elif message.chat_id < 0 and any(words in why.lower() for words in NO_VOICE):
            await self._settle(self._lose_place, message, why, None)
        elif read_wire(message.body)["kind"] in {"strip", "removal"}:
            await self._settle(finish, message, None)
        else:
            log.error("message_refused id=%s why=%s", message.id, why)
            await self._settle(self._give_up, message, why)

    async def _follow(self, message: Message, new_id: int) -> None:
        async def follow(books: Books, old: Message) -> None:
            move = MoveGroup(old.chat_id, new_id)
            await books.once(f"move_group:{old.chat_id}:{new_id}", move_group, move)
            await follow_group(books, old.chat_id, new_id)
            await tell_all(books, self.house)

        await self._settle(follow, message)

    async def _lose_place(self, books: Books, message: Message, why: str, thread_id: int | None) -> None:
        """A chat or a topic takes nothing from us: what a station has there goes where it can be read."""
        await give_up(books, message, why)
        await note_reach(books, message.chat_id, thread_id, reached=False)
        known = await books.find(Station, chat_id=message.chat_id, reached=False, most=1)
        if thread_id is None and not known:
            await self._say_unsaid(books, message, why)
        await tell_all(books, self.house)

    async def _lose_reader(self, books: Books, message: Message, why: str) -> None:
        """Nobody reads there any more: say so to the admins, once until somebody does again."""
        await give_up(books, message, why)
        await note_reach(books, message.chat_id, None, reached=False)
        peer = await books.get(Peer, message.chat_id)
        if not books.told and (peer is None or peer.reachable):
            await self._say_unsaid(books, message, why)
        await tell_all(books, self.house)
        if peer:
            await books.save(replace(peer, reachable=False))

    async def _give_up(self, books: Books, message: Message, why: str) -> None:
        await give_up(books, message, why)
        await self._say_unsaid(books, message, why)

    async def _say_unsaid(self, books: Books, message: Message, why: str) -> None:
        peer = await books.get(Peer, message.chat_id)
        name = peer.name if peer else str(message.chat_id)
        if not self.house.is_admin(message.chat_id):
            await tell_admins(books, self.house, "admin-unsaid", chat=name, why=why)

    async def _settle(self, change: Callable[..., Awaitable[None]], *args: Any, **more: Any) -> None:
        await self.store.run(lambda books: change(books, *args, **more))

    async def _call(self, message: Message, anew: bool) -> int | None:
        """Make the call that shows the message; return the id under which it stands."""
        told = read_wire(message.body)
        mark = REPEAT_MARK if message.repeat else ""
        match told["kind"]:
            case "text":
                return await self._text(message, told, mark, anew=anew)
            case "invoice":
                return await self._invoice(message.chat_id, told, mark)
            case "strip":
                await self.bot.edit_message_reply_markup(message.chat_id, told["telegram_id"])
                return None
            case "removal":
                await self._remove(message.chat_id, told["telegram_id"])
                return None
            case kind:
                return await self._parcel(message, told, mark, picture=kind == "photo")

    async def _remove(self, chat_id: int, telegram_id: int) -> None:
        """Delete a message; one that is too old for that loses its buttons."""
        try:
            await self.bot.delete_message(chat_id, telegram_id)
        except BadRequest:
            await self.bot.edit_message_reply_markup(chat_id, telegram_id)

    async def _text(self, message: Message, told: dict[str, Any], mark: str, *, anew: bool) -> int:
        keys = _keyboard(told["rows"])
        plain = LinkPreviewOptions(is_disabled=True)
        if not anew:
            assert message.telegram_id is not None
            await self.bot.edit_message_text(
                told["text"],
                message.chat_id,
                message.telegram_id,
                parse_mode=ParseMode.HTML,
                reply_markup=keys,
                link_preview_options=plain,
            )
            return message.telegram_id
        sent = await self.bot.send_message(
            message.chat_id,
            f"{mark}{told['text']}",
            parse_mode=ParseMode.HTML,
            reply_markup=keys,
            link_preview_options=plain,
            disable_notification=told["quiet"],
            message_thread_id=message.thread_id or None,
        )
        if told.get("pinned"):
            await self._pin(message.chat_id, sent.message_id)
        return sent.message_id

    async def _pin(self, chat_id: int, telegram_id: int) -> None:
        """Pin a message where the bot may; where it may not, the message is there all the same."""
        try:
            await self.bot.pin_chat_message(chat_id, telegram_id, disable_notification=True)
        except TelegramError as error:
            log.info("not_pinned chat=%s why=%s", chat_id, error.message)

    async def _invoice(self, chat_id: int, told: dict[str, Any], mark: str) -> int:
        token = self.house.settings.payment_provider_token
        sent = await self.bot.send_invoice(
            chat_id,
            f"{mark}{told['title']}"[:TITLE_LENGTH],
            told["description"],
            told["token"],
            told["currency"],
            [LabeledPrice(told["label"], told["minor"])],
            provider_token=token.reveal() if token else "",
        )
        return sent.message_id

    async def _parcel(self, message: Message, told: dict[str, Any], mark: str, *, picture: bool) -> int:
        file = await self.store.run(lambda books: books.get(Attachment, told["attachment_id"]))
        assert file is not None
        send = self.bot.send_photo if picture else self.bot.send_document
        caption, thread_id = f"{mark}{told['caption']}", message.thread_id or None
        sent = await send(
            message.chat_id, file.content, caption, filename=file.name, message_thread_id=thread_id
        )
        return sent.message_id


def _keyboard(rows: list[list[dict[str, str]]]) -> InlineKeyboardMarkup | None:
    def button(key: dict[str, str]) -> InlineKeyboardButton:
        return InlineKeyboardButton(
            key["label"], url=key.get("url"), callback_data=key.get("data"), style=key.get("look")
        )

    return InlineKeyboardMarkup([[button(key) for key in row] for row in rows]) if rows else None


def _back_off(message: Message) -> timedelta:
    return timedelta(seconds=BACK_OFF_SECONDS[min(message.attempts, len(BACK_OFF_SECONDS) - 1)])


def _span(wait: int | timedelta) -> timedelta:
    assert isinstance(wait, timedelta), "see bot/__init__.py"
    return wait
