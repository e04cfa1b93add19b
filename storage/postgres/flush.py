"""Waiting for the disk, once for all who wait at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Flush:
    """Gives everybody a flush that begins after they ask; who asks while one is under way shares the next."""

    def __init__(self, flush: Callable[[], Awaitable[object]]) -> None:
        self._flush = flush
        self._alone = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None

    async def wait(self) -> None:
        """Return once all that was committed before this call is on the disk; raise what the flush raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._run(), name="flush")
        await asyncio.shield(self._next)

    async def _run(self) -> None:
        async with self._alone:
            self._next = None  # whoever comes from now on may have committed after this one begins
            await self._flush()
