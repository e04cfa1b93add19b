"""Telegram's flood limits: how long a bot that writes too fast has to wait."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.settings import SandboxSettings


@dataclass(slots=True)
class FloodGuard:
    """Counts what is sent and edited, per chat, per group and overall."""

    settings: SandboxSettings
    now: Callable[[], float]
    _sent: dict[str, deque[float]] = field(default_factory=dict)
    _buckets: dict[int, tuple[float, float]] = field(default_factory=dict)

    def wait_seconds(self, chat_id: int) -> int:
        """Count one message to a chat and return 0, or return the whole seconds to wait instead."""
        if not self.settings.flood_limits:
            return 0
        now = self.now() * self.settings.speed
        windows = self._windows(chat_id)
        left = self._left_in_bucket(chat_id, now)
        wait = max((1 - left) / self.settings.chat_per_second, *(self._wait(now, *each) for each in windows))
        if wait > 0:
            return max(1, math.ceil(self.settings.real(wait)))
        self._buckets[chat_id] = left - 1, now
        for name, most, _ in windows:
            self._of(name, most).append(now)
        return 0

    def _left_in_bucket(self, chat_id: int, now: float) -> float:
        """Return how many messages a chat may get at once: a burst, refilled little by little."""
        left, since = self._buckets.get(chat_id, (float(self.settings.chat_burst), now))
        return min(self.settings.chat_burst, left + (now - since) * self.settings.chat_per_second)

    def _windows(self, chat_id: int) -> list[tuple[str, int, float]]:
        windows = [("overall", self.settings.overall_per_second, 1.0)]
        if chat_id < 0:
            windows.append((f"group:{chat_id}", self.settings.group_per_minute, 60.0))
        return windows

    def _wait(self, now: float, name: str, most: int, window_seconds: float) -> float:
        sent = self._of(name, most)
        return sent[0] + window_seconds - now if len(sent) == most else 0.0

    def _of(self, name: str, most: int) -> deque[float]:
        return self._sent.setdefault(name, deque(maxlen=most))
