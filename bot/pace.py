"""How fast the bot may speak: Telegram's limits, kept before Telegram has to enforce them.

About one message a second in a chat with a small burst, twenty a minute in a group (edits count),
thirty a second in all; a 429 stops only the chat that it is about.
Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures, all of them settings."""

    chat_per_second: float
    chat_burst: int
    group_per_minute: int
    bot_per_second: float


@dataclass(slots=True)
class Pace:
    """When the next message may go to a chat. Groups have numbers below zero."""

    limits: Limits
    _chats: dict[int, deque[datetime]] = field(default_factory=dict)
    _all: deque[datetime] = field(default_factory=deque)
    _stopped: dict[int, datetime] = field(default_factory=dict)

    def note(self, chat_id: int, moment: datetime) -> None:
        """A message is being sent."""
        self._chats.setdefault(chat_id, deque(maxlen=self._window(chat_id)[0])).append(moment)
        self._all.append(moment)
        while self._all[0] < moment - timedelta(seconds=1):
            self._all.popleft()

    def stop(self, chat_id: int, until: datetime) -> None:
        """Telegram said 429: be silent in that chat for a while."""
        self._stopped[chat_id] = until

    def ready_at(self, chat_id: int, now: datetime) -> datetime:
        """Return the moment from which a message may go to the chat; not after *now* if at once."""
        return max(self._stopped.get(chat_id, now), self._chat_ready(chat_id, now), self._bot_ready(now))

    def _chat_ready(self, chat_id: int, now: datetime) -> datetime:
        sent = self._chats.get(chat_id, deque())
        most, span = self._window(chat_id)
        return sent[0] + span if len(sent) >= most else now

    def _bot_ready(self, now: datetime) -> datetime:
        most = max(1, int(self.limits.bot_per_second))
        return self._all[-most] + timedelta(seconds=1) if len(self._all) >= most else now

    def _window(self, chat_id: int) -> tuple[int, timedelta]:
        """How many may be sent within how long."""
        if chat_id < 0:
            return self.limits.group_per_minute, timedelta(minutes=1)
        return self.limits.chat_burst, timedelta(seconds=self.limits.chat_burst / self.limits.chat_per_second)
