"""What time it is, and waiting for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from math import inf
from typing import Protocol

LOOK_AGAIN_SECONDS = 60
"""A machine may sleep, and its clock be set, while we wait."""


class Clock(Protocol):
    """A clock that can be waited on. Times are UTC."""

    def now(self) -> datetime:
        """Return the time."""

    async def wait(self, event: asyncio.Event, until: datetime | None) -> None:
        """Return when *event* is set, or at *until* if that is earlier."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def wait(self, event: asyncio.Event, until: datetime | None) -> None:
        while (seconds := self._seconds_until(until)) > 0 and not event.is_set():
            try:
                async with asyncio.timeout(min(seconds, LOOK_AGAIN_SECONDS)):
                    await event.wait()
            except TimeoutError:
                continue

    def _seconds_until(self, until: datetime | None) -> float:
        return inf if until is None else (until - self.now()).total_seconds()
