"""How a database gets its schema: numbered SQL files, forward only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from storage.errors import NewerDatabase, StorageError
from storage.sqlite import connect, lock

_FOLDER = Path(__file__).parent / "migrations"
_REGISTER = """
CREATE TABLE IF NOT EXISTS migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL DEFAULT current_timestamp,
    for_older_code TEXT
) STRICT
"""

OLDER_CODE_RUNS, OLDER_CODE_STOPS = "-- older code: runs\n", "-- older code: stops\n"
"""The first line of a migration's file says which: whether releases that do not know it may run after it."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file, such as `0001_first.sql`."""

    number: int
    name: str
    sql: str

    @property
    def for_older_code(self) -> str | None:
        """What the register keeps for older code, so that it knows the schema; None where it must stop."""
        return self.sql if self.sql.startswith(OLDER_CODE_RUNS) else None


Registered = tuple[int, str, str | None]
"""A migration in a database's register: number, name, and what is kept for older code."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What it took to bring a database up to this release.

    *ahead* are migrations of a newer release, with which this one runs; *granted* is the role whose rights
    were set anew.
    """

    applied: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    granted: str | None = None


def known_migrations(engine: str = "sqlite") -> tuple[Migration, ...]:
    """Return the migrations of this release, in order."""
    files = sorted((_FOLDER / engine).glob("*.sql"))
    return tuple(Migration(int(file.stem[:4]), file.stem, file.read_text(encoding="utf-8")) for file in files)


def migrate(path: Path) -> Migrated:
    """Bring the database at *path* up to this release.

    Raises StorageError where the file is not ours, is being written to, was changed by a newer release so
    that this one cannot run, or does not have the schema that it says it has. Nothing is changed then.
    """
    with lock(path):
        _refuse_foreign(path)
        try:
            with closing(connect(path)) as connection:
                migrated = _apply_missing(connection, path)
                _compare(connection, path)
        except sqlite3.Error as error:
            raise StorageError(f"{path}: {error}") from error
    return migrated


def differences(connection: sqlite3.Connection) -> list[str]:
    """Hold the schema against a fresh one, so that no table, constraint or trigger can be missing.

    Returns what differs, such as "trigger entry_stays".
    """
    found, expected = _schema(connection), _expected_schema(whole_schema(_registered(connection), "sqlite"))
    return sorted(
        f"{kind} {name}"
        for kind, name in expected.keys() | found.keys()
        if found.get((kind, name)) != expected.get((kind, name))
    )


def refuse_other(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StorageError unless the database is ours, and of a release that this one understands."""
    if ("table", "migration") not in _schema(connection):
        raise not_ours(path)
    names_ahead(_registered(connection), known_migrations(), str(path))


def not_ours(database: object) -> StorageError:
    """Return what is said of a database that somebody else made, or nobody yet."""
    return StorageError(f"{database}: this is not a Seatside database")


def names_ahead(
    registered: Iterable[Registered], known: Sequence[Migration], database: str
) -> tuple[str, ...]:
    """Return what a newer release has applied; raise NewerDatabase where this one cannot run with it."""
    ahead = _ahead(registered, known)
    if any(for_older_code is None for _, _, for_older_code in ahead):
        raise NewerDatabase(
            f"{database}: written by a newer release, and this one cannot run on it"
            f" (its schema is {ahead[-1][0]}, this release knows {known[-1].number})"
        )
    return tuple(name for _, name, _ in ahead)


def whole_schema(registered: Iterable[Registered], engine: str) -> tuple[str, ...]:
    """Return all SQL that made a schema: this release's, and what newer ones left for older code."""
    known = known_migrations(engine)
    left = [for_older_code for _, _, for_older_code in _ahead(registered, known) if for_older_code]
    return (*(each.sql for each in known), *left)


def _ahead(registered: Iterable[Registered], known: Sequence[Migration]) -> list[Registered]:
    return sorted(each for each in registered if each[0] > known[-1].number)


def _refuse_foreign(path: Path) -> None:
    """Look before anything is changed: connecting sets the journal mode, which the file keeps."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            tables = {name for kind, name in _schema(connection) if kind == "table"}
    except sqlite3.Error as error:
        raise StorageError(f"{path}: {error}") from error
    if tables and "migration" not in tables:
        raise not_ours(path)


def _apply_missing(connection: sqlite3.Connection, path: Path) -> Migrated:
    connection.execute(_REGISTER)
    registered, known = _registered(connection), known_migrations()
    ahead = names_ahead(registered, known, str(path))
    done = {number for number, _, _ in registered}
    missing = [each for each in known if each.number not in done]
    for each in missing:
        values = ", ".join(map(_literal, (each.name, each.for_older_code)))
        register = f"INSERT INTO migration (number, name, for_older_code) VALUES ({each.number}, {values});"
        connection.executescript(f"BEGIN IMMEDIATE; {each.sql} {register} COMMIT;")
    return Migrated(tuple(each.name for each in missing), ahead)


def _registered(connection: sqlite3.Connection) -> list[Registered]:
    if ("table", "migration") not in _schema(connection):
        return []
    return connection.execute("SELECT number, name, for_older_code FROM migration").fetchall()


def _literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def _compare(connection: sqlite3.Connection, path: Path) -> None:
    for thing in differences(connection):
        raise StorageError(f"{path}: the {thing} is not as this release made it")


def _schema(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
    return {(kind, name): sql for kind, name, sql in rows}


@cache
def _expected_schema(migrations: tuple[str, ...]) -> dict[tuple[str, str], str]:
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # SQL out of a register makes nothing elsewhere
        fresh.execute(_REGISTER)
        for sql in migrations:
            fresh.executescript(sql)
        return _schema(fresh)
