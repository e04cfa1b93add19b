"""One transaction for each command, many beside each other.

What fails because somebody else was at it, too, is run again; what fails twice is run alone, and what fails
alone would have failed on SQLite, where everything is alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import asyncpg

from core.errors import Refusal
from core.ledger import Transfer
from core.ports import Books
from core.transfer import transfer_once
from storage.errors import StorageError
from storage.postgres.books import BEGIN, Overtaken, PostgresBooks
from storage.postgres.connection import (
    BESIDE,
    LOCK,
    LOST,
    THE_BOT,
    check,
    connect,
    dollars,
    name_of,
    options,
    told_as_storage_error,
)
from storage.postgres.flush import Flush
from storage.postgres.poster import POST_MANY, Poster
from storage.postgres.sealer import Sealer
from storage.statement import Done, step

T = TypeVar("T")

log = logging.getLogger(__name__)

CONNECTIONS = 8

_FLUSH = "SELECT pg_logical_emit_message(true, 'seatside', '')"
"""A transaction that writes nothing but its commit."""

_CONFLICTS = (
    Overtaken,
    asyncpg.TransactionRollbackError,  # a deadlock, for instance
    asyncpg.IntegrityConstraintViolationError,  # perhaps of what somebody else has just made
)


class PostgresStore:
    """`core.ports.Store` and `Ledger` on PostgreSQL. An advisory lock keeps other processes out."""

    def __init__(
        self,
        url: str,
        now: Callable[[], datetime],
        pool: asyncpg.Pool,
        claim: asyncpg.Connection,
        shared: bool,
    ) -> None:
        self._url = url
        self._now = now
        self._pool = pool
        self._claim = claim
        self._shared = shared
        self._claiming = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()
        self._closing: asyncio.Task[None] | None = None
        self._flush = Flush(self._flush_all)
        self._sealer = Sealer(pool)
        self._poster = Poster(self._post_many, self._post_alone, now)

    @classmethod
    async def open(
        cls, url: str, now: Callable[[], datetime], size: int = CONNECTIONS, *, shared: bool = False
    ) -> PostgresStore:
        """Open the database, whose schema is up to date. Raises StorageError.

        *shared*: beside other processes that share it, too. Commands are as safe beside those of others
        as beside each other. A bot is not: what is in its inbox and its outbox it takes for its own.
        """
        claim = await claim_database(url, shared=shared)
        try:
            with told_as_storage_error(url):
                pool = await asyncpg.create_pool(
                    url,
                    min_size=1,
                    max_size=size,
                    init=partial(check, url=url),
                    reset=_keep_as_it_is,
                    **options(),
                )
        except BaseException:
            claim.terminate()
            raise
        return cls(url, now, pool, claim, shared)

    async def run(self, work: Callable[[Books], Awaitable[T]]) -> T:
        self._refuse_if_closed()
        task = asyncio.create_task(self._run(work))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def post(self, key: str, transfer: Transfer) -> int:
        self._refuse_if_closed()
        return await self._poster.post(key, transfer)

    async def close(self) -> None:
        """Finish what was asked for, seal what was made, then let go of the database."""
        self._closing = self._closing or asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        if self._running:
            await asyncio.wait(self._running)
        await self._poster.finish()
        await self._sealer.close()
        await self._pool.close()
        await self._claim.close()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # has been seen, also where the caller has given up

    async def _run(self, work: Callable[[Books], Awaitable[T]]) -> T:
        """Run *work* beside others, twice if need be, then alone."""
        for _ in range(2):
            try:
                return await self._attempt(work, "pg_advisory_xact_lock_shared")
            except _CONFLICTS as conflict:
                log.info("command_again why=%s", type(conflict).__name__)
        return await self._attempt(work, "pg_advisory_xact_lock")

    async def _attempt(self, work: Callable[[Books], Awaitable[T]], lock: str) -> T:
        books = PostgresBooks(self._now())
        async with self._connection() as connection:
            result = await self._transact(connection, work, books, lock)
        await self._flush.wait()
        if books.posted:
            self._sealer.wake()
        return result

    async def _transact(
        self,
        connection: asyncpg.Connection,
        work: Callable[[Books], Awaitable[T]],
        books: PostgresBooks,
        lock: str,
    ) -> T:
        try:
            with told_as_storage_error(self._url):
                await connection.execute(BEGIN.format(f"SELECT {lock}({LOCK}, {BESIDE})"))
            result = await self._step(connection, work, books)
            with told_as_storage_error(self._url):
                await connection.execute("COMMIT")
        except BaseException:
            await _roll_back(connection)
            raise
        return result

    async def _flush_all(self) -> None:
        """Commit something small and wait for the disk: what was committed before it is there, too."""
        with told_as_storage_error(self._url):
            await self._claim.execute(_FLUSH)

    async def _post_many(self, *arguments: object) -> tuple[list[str | None], list[str]]:
        async with self._connection() as connection:
            with told_as_storage_error(self._url):
                known, results = await connection.fetchrow(POST_MANY, *arguments)
        self._sealer.wake()
        return known, results

    async def _post_alone(self, key: str, transfer: Transfer) -> int:
        made = await self._run(lambda books: transfer_once(books, key, transfer))
        if isinstance(made, Refusal):
            raise made
        return made

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        await self._claim_again()
        with told_as_storage_error(self._url):
            connection = await self._pool.acquire()
        try:
            yield connection
        finally:
            await self._pool.release(connection)

    def _refuse_if_closed(self) -> None:
        if self._closing:
            raise StorageError(f"{name_of(self._url)}: is closed")

    async def _step(
        self, connection: asyncpg.Connection, work: Callable[[Books], Awaitable[T]], books: PostgresBooks
    ) -> T:
        """Take a command through its statements. Once one has failed the transaction can do nothing more."""
        command: Any = work(books)
        reply: Any = None
        failed: Exception | None = None
        try:
            while True:
                wanted = step(command, failed or reply)
                if isinstance(wanted, Done):
                    break
                if failed is None:
                    try:
                        reply = await self._ask(connection, wanted.sql, wanted.parameters)
                    except Exception as error:
                        failed = error
        except BaseException as error:
            if failed is not None and error is not failed:
                raise failed from error
            raise
        if failed is not None:
            raise failed
        result: T = wanted.result
        return result

    async def _ask(self, connection: asyncpg.Connection, sql: str, parameters: tuple[Any, ...]) -> Any:
        with told_as_storage_error(self._url):
            return await connection.fetch(dollars(sql), *parameters)

    async def _claim_again(self) -> None:
        """Take the database again after it went away, unless somebody else has it now."""
        async with self._claiming:
            if self._claim.is_closed():
                self._claim = await claim_database(self._url, shared=self._shared)


async def claim_database(url: str, *, shared: bool = False) -> asyncpg.Connection:
    """Keep every other process from writing until the connection that comes back is closed.

    *shared* lets those in that share it, too.
    """
    connection = await connect(url)
    how = "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"
    try:
        with told_as_storage_error(url):
            if await connection.fetchval(f"SELECT {how}($1, $2)", LOCK, THE_BOT):
                return connection
        await connection.close()
    except BaseException:
        connection.terminate()
        raise
    raise StorageError(f"{name_of(url)}: another process is writing to this database")


async def _roll_back(connection: asyncpg.Connection) -> None:
    """End the transaction; a connection on which that fails is not used again, and so has ended it, too."""
    try:
        await connection.execute("ROLLBACK")
    except LOST:
        with suppress(asyncpg.InterfaceError):  # the pool has taken it back already
            connection.terminate()


async def _keep_as_it_is(connection: asyncpg.Connection) -> None:
    """Spare the statements with which a pool cleans up: nothing of ours outlives a transaction."""
