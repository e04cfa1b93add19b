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

    def wait_seconds(self, chat_id: int) -> int:
        """Count one message to a chat and return 0, or return the whole seconds to wait instead."""
        if not self.settings.flood_limits:
            return 0
        now = self.now() * self.settings.speed
        limits = self._limits(chat_id)
        wait = max(self._wait(now, *limit) for limit in limits)
        if wait > 0:
            return max(1, math.ceil(self.settings.real(wait)))
        for name, most, _ in limits:
            self._of(name, most).append(now)
        return 0

    def _limits(self, chat_id: int) -> list[tuple[str, int, float]]:
        settings = self.settings
        limits = [
            ("overall", settings.overall_per_second, 1.0),
            (f"chat:{chat_id}", settings.chat_burst, settings.chat_burst / settings.chat_per_second),
        ]
        if chat_id < 0:
            limits.append((f"group:{chat_id}", settings.group_per_minute, 60.0))
        return limits

    def _wait(self, now: float, name: str, most: int, window_seconds: float) -> float:
        sent = self._of(name, most)
        return sent[0] + window_seconds - now if len(sent) == most else 0.0

    def _of(self, name: str, most: int) -> deque[float]:
        return self._sent.setdefault(name, deque(maxlen=most))
