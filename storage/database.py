"""One database behind one address: what `DATABASE_URL` names, on whichever engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from core.ports import Ledger, Store
from storage import backup, migrate, snapshot
from storage.backup import Told
from storage.errors import StorageError
from storage.export import export
from storage.migrate import Migrated
from storage.reports import Reports
from storage.snapshot import OpenedSnapshot
from storage.sqlite import Writer
from storage.verify import findings
from storage.verify.finding import Finding
from storage.verify.transfers import tail

SQLITE = "sqlite:///"
POSTGRES = "postgresql://"


class OpenStore(Store, Ledger, Protocol):
    """A store that must be closed."""

    async def close(self) -> None:
        """Finish what was asked for, then let go of the database."""


class Engine(Protocol):
    """What differs between the kinds of database. All of it raises StorageError."""

    def __str__(self) -> str:
        """What people call the database; never with its password."""

    async def migrate(self, app_role: str | None) -> Migrated:
        """Bring the schema up to this release."""

    async def open_store(self, now: Callable[[], datetime]) -> OpenStore:
        """Open it for writing. Another process that writes is kept out until it is closed."""

    async def open_reports(self) -> Reports:
        """Open it for reading lists and figures."""

    def snapshot(self) -> OpenedSnapshot:
        """Open one moment of it, read-only, beside whoever writes."""

    def backup(self, copy: Path, told: Told) -> list[Finding]:
        """Copy one moment of it into a new file; return what is wrong in the copy."""

    def restore(self, copy: Path, told: Told) -> list[Finding]:
        """Make a copy the database, where there is none, unless something is wrong in it: return that."""


class Database:
    """A database that may not be there yet."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.open_store = engine.open_store
        self.open_reports = engine.open_reports
        self.backup = engine.backup
        self.restore = engine.restore

    def __str__(self) -> str:
        return str(self._engine)

    async def migrate(self, app_role: str | None = None) -> Migrated:
        """Bring the schema up to this release."""
        return await self._engine.migrate(app_role)

    async def verify(self) -> list[Finding]:
        """Check every invariant; an empty list says that all hold.

        Takes seconds on big books: beside a running bot, do it in a process of its own.
        """
        return await asyncio.to_thread(self.examine)

    def examine(self) -> list[Finding]:
        """Do what `verify` promises, here and now."""
        with self._engine.snapshot() as moment:
            return findings(moment)

    def unsealed(self) -> int:
        """Return how many of the last transfers the hash chain has not reached yet."""
        with self._engine.snapshot() as moment:
            return tail(moment)

    def export_journal(self, form: str, told: Told) -> Iterator[str]:
        """Give the whole journal, of one moment, as lines in one of `storage.export.FORMATS`.

        *told* is told how many transfers of how many are done.
        """
        return export(self._engine.snapshot(), form, told)


def open_database(url: str) -> Database:
    """Return the database of an address; nothing is opened yet. Raises StorageError."""
    if url.startswith(SQLITE):
        return Database(SqliteFile(Path(url.removeprefix(SQLITE))))
    if not url.startswith(POSTGRES):
        raise StorageError(f"a database begins with {SQLITE} or {POSTGRES}")
    if find_spec("asyncpg") is None:
        raise StorageError("PostgreSQL needs asyncpg: pip install 'seatside[postgres]'")
    from storage.postgres.server import PostgresServer

    return Database(PostgresServer(url))


class SqliteFile:
    """The default: one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    async def migrate(self, app_role: str | None) -> Migrated:
        if app_role:
            raise StorageError(f"{self._path}: SQLite knows no roles")
        return migrate.migrate(self._path)

    async def open_store(self, now: Callable[[], datetime]) -> Writer:
        return Writer(self._path, now)

    async def open_reports(self) -> Reports:
        return await Reports.open(self._path)

    def snapshot(self) -> OpenedSnapshot:
        return snapshot.snapshot(self._path)

    def backup(self, copy: Path, told: Told) -> list[Finding]:
        return backup.backup(self._path, copy, told)

    def restore(self, copy: Path, told: Told) -> list[Finding]:
        return backup.restore(copy, self._path, told)
