"""Who draws and reads what takes long: another process, for a busy thread holds up every order.

That process imports this module and what it works by: no more than that, so that it begins soon.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Artist:
    """Works in a process of its own, which is started when it is needed first."""

    _process: ProcessPoolExecutor | None = None

    async def do(self, work: Callable[..., T], *args: Any) -> T:
        """Do *work* there."""
        if self._process is None:
            self._process = ProcessPoolExecutor(1, get_context("spawn"), end_with_parent)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._process, work, *args)
        except BrokenProcessPool:
            await self.go_home()  # somebody killed it; the next try gets another
            raise

    async def go_home(self) -> None:
        process, self._process = self._process, None
        if process:
            await asyncio.to_thread(process.shutdown, cancel_futures=True)


def end_with_parent() -> None:
    """Let this process end with the one that started it, even if that is killed."""
    Thread(target=_end_after_parent, daemon=True).start()


def _end_after_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)
