"""What the outbox holds, brought to Telegram: in order per chat, within the limits, again if unsure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LabeledPrice, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.clock import Clock
from bot.desk import House
from bot.dispatch import follow_group
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
from bot.pace import Pace
from bot.pages import read_wire
from bot.people import Peer
from bot.request import NotSent
from bot.tell import tell_admins
from core.merchant import MoveGroup, move_group
from core.ports import Books, Store

log = logging.getLogger(__name__)

REPEAT_MARK = "🔁 "
"""Before what may have been said already: Telegram has no key that would tell."""

AT_ONCE = 8
BACK_OFF_SECONDS = (1, 2, 5, 15, 60)


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
        """Send until cancelled. What was started before a restart is said again, marked."""
        await self.store.run(resume)
        since = self.clock.now() - timedelta(minutes=1)
        for chat_id, moment in sorted(
            await self.store.run(lambda books: sent_since(books, since)), key=_moment
        ):
            self.pace.note(chat_id, moment)
        try:
            while True:
                self._woken.clear()
                until = await self._start_what_is_due()
                self._resting = True
                await self.clock.wait(self._woken, until)
                self._resting = False
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def _start_what_is_due(self) -> datetime | None:
        """Start one message per chat as the limits allow; return when to look again."""
        now = self.clock.now()
        next_look: list[datetime] = []
        for message in await self.store.run(due_messages):
            if message.chat_id in self._busy:
                continue
            ready = max(message.due_at, self.pace.ready_at(message.chat_id, now))
            if ready > now or len(self._busy) >= AT_ONCE:
                next_look.append(max(ready, now))
                continue
            self.pace.note(message.chat_id, now)
            self._busy[message.chat_id] = asyncio.create_task(self._deliver(message))
        return min((each for each in next_look if each > now), default=None)

    async def _deliver(self, message: Message) -> None:
        try:
            started, anew = await self.store.run(lambda books: begin(books, message.id))
            await self._send(started, anew)
        except Exception:
            log.exception("relay_failed message=%s", message.id)
            await self._settle(put_off, message, _back_off(message), repeat=True, error="relay failed")
        finally:
            del self._busy[message.chat_id]
            self.wake()

    async def _send(self, message: Message, anew: bool) -> None:
        try:
            telegram_id = await self._call(message, anew)
        except RetryAfter as error:
            wait = _span(error.retry_after)
            self.pace.stop(message.chat_id, self.clock.now() + wait)
            await self._settle(put_off, message, wait, repeat=False, error="429")
        except ChatMigrated as error:
            await self._follow(message, error.new_chat_id)
        except Forbidden as error:
            await self._settle(self._give_up_chat, message, error.message)
        except BadRequest as error:
            await self._judge(message, anew, error.message)
        except NotSent as error:
            await self._settle(put_off, message, _back_off(message), repeat=False, error=error.message)
        except NetworkError as error:
            await self._settle(put_off, message, _back_off(message), repeat=anew, error=error.message)
        except TelegramError as error:
            await self._settle(self._give_up_chat, message, error.message)
        else:
            await self._settle(finish, message, telegram_id)

    async def _judge(self, message: Message, anew: bool, why: str) -> None:
        """Telegram refused: no change to make, nothing there to edit, or a message that it never takes."""
        if "not modified" in why:
            await self._settle(finish, message, message.telegram_id)
        elif not anew and ("to edit not found" in why or "can't be edited" in why):
            await self._settle(lose_place, message)
        elif read_wire(message.body)["kind"] in {"strip", "removal"}:
            await self._settle(finish, message, None)
        else:
            log.error("message_refused id=%s why=%s", message.id, why)
            await self._settle(self._give_up_chat, message, why)

    async def _follow(self, message: Message, new_id: int) -> None:
        async def follow(books: Books, old: Message) -> None:
            move = MoveGroup(old.chat_id, new_id)
            await books.once(f"move_group:{old.chat_id}:{new_id}", move_group, move)
            await follow_group(books, old.chat_id, new_id)

        await self._settle(follow, message)

    async def _give_up_chat(self, books: Books, message: Message, why: str) -> None:
        """Nobody reads there: say so to the admins, once a message."""
        await give_up(books, message, why)
        peer = await books.get(Peer, message.chat_id)
        name = peer.name if peer else str(message.chat_id)
        if not self.house.is_admin(message.chat_id):
            await tell_admins(books, self.house, "admin-unsaid", chat=name, why=why)

    async def _settle(self, change: Callable[..., Awaitable[None]], *args: Any, **more: Any) -> None:
        await self.store.run(lambda books: change(books, *args, **more))

    async def _call(self, message: Message, anew: bool) -> int | None:
        """Make the call that shows the message; return the id under which it stands."""
        told = read_wire(message.body)
        match told["kind"]:
            case "text":
                return await self._text(message, told, anew)
            case "invoice":
                return await self._invoice(message.chat_id, told)
            case "strip":
                await self.bot.edit_message_reply_markup(message.chat_id, told["telegram_id"])
                return None
            case "removal":
                await self._remove(message.chat_id, told["telegram_id"])
                return None
            case kind:
                return await self._parcel(message.chat_id, told, picture=kind == "photo")

    async def _remove(self, chat_id: int, telegram_id: int) -> None:
        """Delete a message; one that is too old for that loses its buttons."""
        try:
            await self.bot.delete_message(chat_id, telegram_id)
        except BadRequest:
            await self.bot.edit_message_reply_markup(chat_id, telegram_id)

    async def _text(self, message: Message, told: dict[str, Any], anew: bool) -> int:
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
            (REPEAT_MARK if message.repeat else "") + told["text"],
            parse_mode=ParseMode.HTML,
            reply_markup=keys,
            link_preview_options=plain,
            disable_notification=told["quiet"],
        )
        return sent.message_id

    async def _invoice(self, chat_id: int, told: dict[str, Any]) -> int:
        token = self.house.settings.payment_provider_token
        sent = await self.bot.send_invoice(
            chat_id,
            told["title"],
            told["description"],
            told["token"],
            told["currency"],
            [LabeledPrice(told["label"], told["minor"])],
            provider_token=token.reveal() if token else "",
        )
        return sent.message_id

    async def _parcel(self, chat_id: int, told: dict[str, Any], *, picture: bool) -> int:
        file = await self.store.run(lambda books: books.get(Attachment, told["attachment_id"]))
        assert file is not None
        if picture:
            sent = await self.bot.send_photo(chat_id, file.content, told["caption"], filename=file.name)
        else:
            sent = await self.bot.send_document(chat_id, file.content, told["caption"], filename=file.name)
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


def _moment(sent: tuple[int, datetime]) -> datetime:
    return sent[1]
