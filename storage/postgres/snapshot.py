"""One moment of a PostgreSQL database, asked in plain calls: what checks it needs no event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncpg

from storage.errors import StorageError
from storage.postgres.connection import connect, name_of, told, told_as_storage_error
from storage.postgres.migrate import differences, refuse_other
from storage.snapshot import Unreadable
from storage.statement import Row

T = TypeVar("T")

PAGE = 1000


class PostgresSnapshot:
    """A snapshot in one repeatable, read-only transaction, whose event loop runs in a thread of its own."""

    seals_follow = True

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self._url = url
        self._loop = loop
        self._connection: asyncpg.Connection = self._wait(connect(url, seconds=None))
        self._wait(self._begin())

    def rows(self, sql: str) -> Iterator[Row]:
        savepoint = self._connection.transaction()
        self._wait(savepoint.start())
        try:
            cursor = self._wait(self._open(sql))
            while page := self._wait(cursor.fetch(PAGE)):
                yield from map(tuple, page)
        except asyncpg.PostgresError as error:
            raise Unreadable(told(error)) from error
        finally:
            if not self._connection.is_closed():
                self._wait(savepoint.rollback())

    def damage(self) -> Iterator[tuple[str, str]]:
        for table, key, column, parent, parent_key in list(self.rows(_FOREIGN_KEYS)):
            for (row,) in self.rows(
                f"SELECT child.{key} FROM {table} AS child"
                f" LEFT JOIN {parent} AS parent ON parent.{parent_key} = child.{column}"
                f" WHERE child.{column} IS NOT NULL AND parent.{parent_key} IS NULL"
            ):
                yield f"{table} {row}", f"names a {parent} that is not there"

    def differences(self) -> list[str]:
        return self._wait(differences(self._connection, self._url))

    def refuse_other(self) -> None:
        self._wait(refuse_other(self._connection, self._url))

    def close(self) -> None:
        self._wait(self._connection.close())

    def _wait(self, doing: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result()

    async def _begin(self) -> None:
        await self._connection.set_type_codec(  # sums of whole numbers are numeric
            "numeric", schema="pg_catalog", encoder=str, decoder=int, format="text"
        )
        await self._connection.transaction(isolation="repeatable_read", readonly=True).start()

    async def _open(self, sql: str) -> Any:
        return await self._connection.cursor(sql)


@contextmanager
def snapshot(url: str) -> Iterator[PostgresSnapshot]:
    """Open a database so that nothing can be written and everything read is of one moment.

    Raises StorageError where there is none, or none of ours, or one of a newer release that this one does
    not understand.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="snapshot", daemon=True)
    thread.start()
    try:
        with told_as_storage_error(url):
            moment = PostgresSnapshot(url, loop)
            try:
                moment.refuse_other()
                yield moment
            finally:
                moment.close()
    except Unreadable as error:
        raise StorageError(f"{name_of(url)}: {error}") from error
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


_FOREIGN_KEYS = """
SELECT child.relname, key.attname, own.attname, parent.relname, theirs.attname
FROM pg_constraint
JOIN pg_class AS child ON child.oid = conrelid
JOIN pg_class AS parent ON parent.oid = confrelid
JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = conkey[1]
JOIN pg_attribute AS theirs ON theirs.attrelid = confrelid AND theirs.attnum = confkey[1]
JOIN pg_index ON indrelid = conrelid AND indisprimary
JOIN pg_attribute AS key ON key.attrelid = conrelid AND key.attnum = indkey[0]
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
UNION ALL
VALUES ('entry', 'id', 'account_id', 'account', 'id'), ('entry', 'id', 'transfer_id', 'transfer', 'id'),
    ('transfer', 'id', 'credit_id', 'account', 'id'), ('transfer', 'id', 'debit_id', 'account', 'id')
ORDER BY 1, 3
"""
"""What names what; for the last ones triggers stand in."""
