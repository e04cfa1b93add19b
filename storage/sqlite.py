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
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar

from core.errors import Refusal
from core.ledger import Transfer
from core.ports import Books
from core.transfer import transfer_once
from storage.errors import StorageError
from storage.sqlite_books import Known, SqliteBooks
from storage.statement import run_through

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
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("PRAGMA user_version = 0")  # fails now where none may write, not on a payment
        connection.execute("ROLLBACK")
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
        self._path = path
        self._lock_file = lock(path)
        self._connection = connect(path)
        self._now = now
        self._known = Known()
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Books], Awaitable[T]]) -> T:
        if self._closed:
            raise StorageError(f"{self._path}: is closed")
        answer: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(work, answer))
        return await answer

    async def post(self, key: str, transfer: Transfer) -> int:
        made = await self.run(lambda books: transfer_once(books, key, transfer))
        if isinstance(made, Refusal):
            raise made
        return made

    async def close(self) -> None:
        """Finish what was asked for, then close the file; that goes on if the caller gives up."""
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        """Commit batch after batch. Should this ever fail, the process ends: nobody may wait for ever."""
        try:
            open_ = True
            while open_:
                batch, open_ = self._take()
                if batch:
                    self._loop.call_soon_threadsafe(_deliver, self._commit(batch))
            self._connection.close()
            self._lock_file.close()
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
        """Run a batch in one transaction; the answers are true once this returns.

        Savepoints cost a fifth of everything and are hardly ever needed, so several jobs are first run
        without. If one raises, or a command must be undone, all are run once more, each in a savepoint.
        """
        if len(batch) > 1:
            try:
                with self._transaction():
                    return [(job, self._run(job, alone=False)) for job in batch]
            except BaseException:
                log.debug("batch_again jobs=%d", len(batch), exc_info=True)
        try:
            with self._transaction():
                return [(job, self._attempt(job)) for job in batch]
        except Exception as error:
            failed = _Failed(StorageError(f"the commit failed: {error}"))
            return [(job, failed) for job in batch]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit what is done inside; if that raises, nothing of it was done."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._known.forget()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _attempt(self, job: _Job) -> Any:
        """Run one job in a savepoint; what it raises undoes it alone."""
        self._connection.execute("SAVEPOINT job")
        try:
            result = self._run(job, alone=True)
        except BaseException as error:
            self._known.forget()
            if not self._connection.in_transaction:
                raise  # the database undid the whole batch: a full disk, for instance
            self._connection.execute("ROLLBACK TO job")
            result = _Failed(error)
        self._connection.execute("RELEASE job")
        return result

    def _run(self, job: _Job, *, alone: bool) -> Any:
        self._known.make_room()
        command: Any = job.work(SqliteBooks(self._connection, self._now(), self._known, alone=alone))
        return run_through(command)


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
