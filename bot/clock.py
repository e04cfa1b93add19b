"""What time it is, and waiting for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol


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
        seconds = None if until is None else max(0.0, (until - self.now()).total_seconds())
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass
