"""PostgreSQL as an engine of `storage.database`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from storage.errors import StorageError
from storage.migrate import Migrated
from storage.postgres import migrate, snapshot
from storage.postgres.connection import connect, name_of, options
from storage.postgres.store import PostgresStore
from storage.reports import Reports
from storage.snapshot import OpenedSnapshot
from storage.verify.finding import Finding


class PostgresServer:
    """A database of a server, by its address."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __str__(self) -> str:
        return name_of(self._url)

    async def migrate(self, app_role: str | None) -> Migrated:
        return await migrate.migrate(self._url, app_role)

    async def open_store(self, now: Callable[[], datetime]) -> PostgresStore:
        return await PostgresStore.open(self._url, now)

    async def open_reports(self) -> Reports:
        await (await connect(self._url)).close()  # tortoise connects when it is first asked
        return await Reports.open_with("tortoise.backends.asyncpg", credentials(self._url))

    def snapshot(self) -> OpenedSnapshot:
        return snapshot.snapshot(self._url)

    def backup(self, copy: Path, told: Callable[[int, int], None]) -> list[Finding]:
        raise StorageError(f"{self}: is backed up by means of its own, such as pg_dump")

    def restore(self, copy: Path, told: Callable[[int, int], None]) -> list[Finding]:
        raise StorageError(f"{self}: is restored by means of its own, such as pg_restore")


def credentials(url: str) -> dict[str, Any]:
    """Return an address as tortoise takes it, for a connection that can never write."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "host": query.get("host") or parts.hostname,
        "port": parts.port or query.get("port") or 5432,
        "user": _unquote(parts.username),
        "password": _unquote(parts.password),
        "database": unquote(parts.path.removeprefix("/")) or None,
        "minsize": 1,
        "maxsize": 2,
        **({"ssl": query["sslmode"]} if "sslmode" in query else {}),
        **options(default_transaction_read_only="on"),
    }


def _unquote(text: str | None) -> str | None:
    return None if text is None else unquote(text)
