"""One moment of the books, opened for reading beside the process that writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from storage.errors import StorageError
from storage.migrate import differences, refuse_other
from storage.sqlite import PRAGMAS
from storage.statement import Row


class Unreadable(StorageError):
    """One question cannot be answered; others still can."""


class Snapshot(Protocol):
    """What can be asked about one moment, in SQL that every engine understands."""

    @property
    def seals_follow(self) -> bool:
        """Whether transfers are sealed only after they were committed, so that the last may not be yet."""

    def rows(self, sql: str) -> Iterator[Row]:
        """Give the rows of a query. Raises Unreadable."""

    def damage(self) -> Iterator[tuple[str, str]]:
        """Say where the database itself is broken, and what is wrong there."""

    def differences(self) -> list[str]:
        """Return what of the schema is not as this release makes it."""


class OpenedSnapshot(Protocol):
    """A snapshot for as long as a `with` lasts."""

    def __enter__(self) -> Snapshot: ...
    def __exit__(self, *error: Any) -> bool | None: ...


class SqliteSnapshot:
    """A snapshot of a file."""

    seals_follow = False

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str) -> Iterator[Row]:
        try:
            yield from self._connection.execute(sql)
        except sqlite3.Error as error:
            raise Unreadable(str(error)) from error

    def damage(self) -> Iterator[tuple[str, str]]:
        for (found,) in self.rows("PRAGMA integrity_check"):
            if found != "ok":
                yield "file", found
        for table, row, parent, _ in self.rows("PRAGMA foreign_key_check"):
            yield f"{table} {row}", f"names a {parent} that is not there"
        for (journal,) in self.rows("PRAGMA journal_mode"):
            if journal != PRAGMAS["journal_mode"]:
                yield "file", f"its journal mode is {journal}"

    def differences(self) -> list[str]:
        return differences(self._connection)

    def copy_to(self, copy: sqlite3.Connection, pages: int, told: Callable[[int, int], None]) -> None:
        """Copy the whole file, so many pages at a time; *told* is told how many of how many are done."""
        self._connection.backup(copy, pages=pages, progress=lambda _, left, total: told(total - left, total))


@contextmanager
def snapshot(path: Path) -> Iterator[SqliteSnapshot]:
    """Open *path* so that nothing can be written and everything read is of one moment.

    Raises StorageError where there is no file, or none that is a database of ours, or one of a newer release
    that this one does not understand.
    """
    if not path.is_file():
        raise StorageError(f"{path}: there is no such file")
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {PRAGMAS['busy_timeout']}")
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_schema")  # the moment is that of the first read
            refuse_other(connection, path)
            yield SqliteSnapshot(connection)
    except (sqlite3.Error, Unreadable) as error:
        raise StorageError(f"{path}: {error}") from error
