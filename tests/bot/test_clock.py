"""Waiting for a time or for an event, whichever is first."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot import clock as module
from bot.clock import SystemClock


async def test_an_event_ends_the_waiting() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(SystemClock().wait(event, None))
    event.set()
    await asyncio.wait_for(waiting, 60)


async def test_a_time_that_has_come_is_not_waited_for() -> None:
    clock = SystemClock()
    await asyncio.wait_for(clock.wait(asyncio.Event(), clock.now() - timedelta(days=1)), 60)


async def test_a_time_is_waited_for() -> None:
    clock = SystemClock()
    until = clock.now() + timedelta(milliseconds=20)
    await asyncio.wait_for(clock.wait(asyncio.Event(), until), 60)
    assert clock.now() >= until


async def test_a_clock_that_is_set_while_we_wait_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_AGAIN_SECONDS", 0.005)
    moved: list[timedelta] = []

    class SetClock(SystemClock):
        def now(self) -> datetime:
            return super().now() + sum(moved, timedelta())

    clock = SetClock()
    waiting = asyncio.create_task(clock.wait(asyncio.Event(), clock.now() + timedelta(hours=1)))
    await asyncio.sleep(0)
    moved.append(timedelta(hours=1))
    await asyncio.wait_for(waiting, 60)
