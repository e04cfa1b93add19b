"""The stream of what happens in the sandbox, numbered, to be awaited."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = 20_000


class EventStream:
    """Events in order; a reader asks for those after a number and waits if there are none."""

    def __init__(self) -> None:
        self.last = 0
        self._kept: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._more = asyncio.Event()
        self.observers: list[Callable[[dict[str, Any]], None]] = []

    def add(self, kind: str, **fields: Any) -> None:
        """Append one event and wake every reader."""
        self.last += 1
        event = {"seq": self.last, "kind": kind, **fields}
        self._kept.append(event)
        self._more.set()
        self._more = asyncio.Event()
        for observer in self.observers:
            observer(event)

    def after(self, number: int) -> list[dict[str, Any]]:
        """Return the events later than *number*; a number from a former process means all."""
        if number > self.last:
            number = 0
        return list(islice(reversed(self._kept), self.last - number))[::-1]

    async def wait(self, number: int, timeout_seconds: float) -> list[dict[str, Any]]:
        """Return the events later than *number*, waiting for the first of them."""
        found = self.after(number)
        if found or timeout_seconds <= 0:
            return found
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._more.wait()
        except TimeoutError:
            return []
        return self.after(number)
