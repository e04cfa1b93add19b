"""One thread, one writing connection, many commands a commit.

Commands that wait while a commit is under way share the next one, so a durable commit costs each of
them little. None is answered before it.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar

from core.errors import Refusal
from core.ledger import Transfer
from core.ports import Books
from core.transfer import transfer_once
from storage.books import SqlBooks
from storage.errors import StorageError
from storage.statement import Done, step

T = TypeVar("T")

log = logging.getLogger(__name__)

BATCH = 256
DIED = 70
"""The exit status of a process whose writer died."""

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: what is answered survives a loss of power
    "foreign_keys": 1,
    "recursive_triggers": 1,  # else INSERT OR REPLACE deletes what a trigger says never to delete
    "busy_timeout": 5000,
    "temp_store": 2,  # MEMORY: what a savepoint would need to be undone is not written to a file
    "journal_size_limit": 64 * 1024 * 1024,
}


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection whose pragmas are checked, not only wished for."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for name, wanted in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {wanted}")
            found = connection.execute(f"PRAGMA {name}").fetchone()[0]
            if found != wanted:
                raise StorageError(f"{path}: PRAGMA {name} is {found}, expected {wanted}")
    except sqlite3.Error as error:
        raise StorageError(f"{path}: {error}") from error
    return connection


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Books], Awaitable[Any]]
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Failed:
    """An answer that is to be raised; an error that was returned is a result like any other."""

    error: BaseException


class Writer:
    """`core.ports.Store` and `Ledger` on SQLite. One process writes; a lock file keeps others out."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Open *path*, whose schema is up to date. Raises StorageError."""
        self._lock_file = lock(path)
        self._connection = connect(path)
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Books], Awaitable[T]]) -> T:
        answer: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(work, answer))
        return await answer

    async def post(self, key: str, transfer: Transfer) -> int:
        made = await self.run(lambda books: transfer_once(books, key, transfer))
        if isinstance(made, Refusal):
            raise made
        return made

    async def close(self) -> None:
        """Finish what was asked for, then close the file."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._connection.close()
        self._lock_file.close()

    def _serve(self) -> None:
        """Commit batch after batch. Should this ever fail, the process ends: nobody may wait for ever."""
        try:
            open_ = True
            while open_:
                batch, open_ = self._take()
                answers = self._commit(batch)
                self._loop.call_soon_threadsafe(_deliver, answers)
        except BaseException:
            log.critical("writer_died", exc_info=True)
            os._exit(DIED)

    def _take(self) -> tuple[list[_Job], bool]:
        """Wait for a job, then take all that wait with it; False once there will be no more."""
        batch: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == BATCH or self._jobs.empty():
                return batch, True
            job = self._jobs.get()
        return batch, False

    def _commit(self, batch: list[_Job]) -> list[tuple[_Job, Any]]:
        """Run a batch in one transaction; the answers are true once this returns."""
        if not batch:
            return []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            answers = [(job, self._attempt(job)) for job in batch]
            self._connection.execute("COMMIT")
        except Exception as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            failed = _Failed(StorageError(f"the commit failed: {error}"))
            return [(job, failed) for job in batch]
        return answers

    def _attempt(self, job: _Job) -> Any:
        """Run one job in a savepoint; what it raises undoes it alone."""
        self._connection.execute("SAVEPOINT job")
        try:
            result = self._step(job)
        except BaseException as error:
            if not self._connection.in_transaction:
                raise  # the database undid the whole batch: a full disk, for instance
            self._connection.execute("ROLLBACK TO job")
            result = _Failed(error)
        self._connection.execute("RELEASE job")
        return result

    def _step(self, job: _Job) -> Any:
        command: Any = job.work(SqlBooks(self._now()))
        reply: Any = None
        while True:
            wanted = step(command, reply)
            if isinstance(wanted, Done):
                return wanted.result
            try:
                reply = self._connection.execute(wanted.sql, wanted.parameters).fetchall()
            except sqlite3.Error as error:
                reply = error


def _deliver(answers: list[tuple[_Job, Any]]) -> None:
    for job, answer in answers:
        if job.answer.cancelled():
            continue
        if isinstance(answer, _Failed):
            job.answer.set_exception(answer.error)
        else:
            job.answer.set_result(answer)


def lock(path: Path) -> IO[str]:
    """Keep every other process from writing to *path* until the file that comes back is closed."""
    try:
        lock_file = path.with_name(path.name + ".lock").open("w")
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}") from None
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock_file.close()
        raise StorageError(f"{path}: another process is writing to this database") from None
    return lock_file
