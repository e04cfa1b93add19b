"""How fast the bot may speak: Telegram's limits, kept before Telegram has to enforce them.

About one message a second in a chat with a small burst, twenty a minute in a group (edits count, what is
deleted does not), thirty a second in all; a 429 stops only the chat that it is about.
Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures, all of them settings."""

    chat_per_second: float
    chat_burst: int
    group_per_minute: int
    bot_per_second: float


@dataclass(frozen=True, slots=True)
class Window:
    """No more than *most* within *span*."""

    most: int
    span: timedelta

    def opens_at(self, sent: deque[datetime], now: datetime) -> datetime:
        """Return when the next message may follow those *sent*, never more than a span from *now*."""
        if self.most <= 0:
            return now + self.span
        if len(sent) < self.most:
            return now
        return min(sent[-self.most], now) + self.span


@dataclass(slots=True)
class Pace:
    """When the next message may go to a chat. Groups have numbers below zero.

    Telegram counts a message somewhere between the start and the end of its call; it is on its way
    from `start` to `end`, and counts from the end, so that slow calls never crowd what comes next.
    """

    limits: Limits
    _paid_off: dict[int, datetime] = field(default_factory=dict)
    """When a chat's burst will be whole again: each message costs it one interval."""
    _groups: dict[int, deque[datetime]] = field(default_factory=dict)
    _all: deque[datetime] = field(default_factory=deque)
    _stopped: dict[int, datetime] = field(default_factory=dict)
    _on_its_way: int = 0

    def start(self) -> None:
        """A message is being sent."""
        self._on_its_way += 1

    def end(self, chat_id: int, moment: datetime, *, counts: bool = True) -> None:
        """It was sent by *moment*, or will never be; or it was none that *counts*."""
        self._on_its_way -= 1
        if counts:
            self.note(chat_id, moment)

    def note(self, chat_id: int, moment: datetime) -> None:
        """A message was sent to the chat."""
        self._forget(moment)
        self._paid_off[chat_id] = max(self._paid_off.get(chat_id, moment), moment) + self._interval()
        if chat_id < 0:
            self._groups.setdefault(chat_id, deque(maxlen=self.limits.group_per_minute)).append(moment)
        self._all.append(moment)
        while len(self._all) > self._whole().most:
            self._all.popleft()

    def stop(self, chat_id: int, until: datetime) -> None:
        """Telegram said 429: be silent in that chat for a while."""
        self._stopped[chat_id] = until

    def ready_at(self, now: datetime) -> datetime:
        """Return the moment from which anything may be sent; not after *now* if at once."""
        whole = self._whole()
        return Window(whole.most - self._on_its_way, whole.span).opens_at(self._all, now)

    def hushed(self, now: datetime) -> dict[int, datetime]:
        """Return the chats to which nothing may go now, each with the moment until which."""
        until = {chat_id: self._burst_at(paid_off, now) for chat_id, paid_off in self._paid_off.items()}
        minute = Window(self.limits.group_per_minute, MINUTE)
        for chat_id, sent in self._groups.items():
            until[chat_id] = max(minute.opens_at(sent, now), until.get(chat_id, now))
        for chat_id, stopped in self._stopped.items():
            until[chat_id] = max(stopped, until.get(chat_id, now))
        return {chat_id: moment for chat_id, moment in until.items() if moment > now}

    def _burst_at(self, paid_off: datetime, now: datetime) -> datetime:
        whole = self.limits.chat_burst * self._interval()
        return min(paid_off, now + whole) - whole + self._interval()

    def _interval(self) -> timedelta:
        return timedelta(seconds=1 / self.limits.chat_per_second)

    def _whole(self) -> Window:
        most = max(1, int(self.limits.bot_per_second))
        return Window(most, timedelta(seconds=most / self.limits.bot_per_second))

    def _forget(self, now: datetime) -> None:
        """Drop what holds up nothing any more."""
        _drop(self._paid_off, lambda paid_off: paid_off <= now)
        _drop(self._groups, lambda sent: sent[-1] <= now - MINUTE)
        _drop(self._stopped, lambda until: until <= now)


def _drop(known: dict[int, T], is_over: Callable[[T], bool]) -> None:
    for chat_id in [chat_id for chat_id, value in known.items() if is_over(value)]:
        del known[chat_id]
