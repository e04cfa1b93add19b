"""How a database gets its schema: numbered SQL files, forward only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from storage.errors import StorageError
from storage.sqlite import connect, lock

_FOLDER = Path(__file__).parent / "migrations"
_REGISTER = """
CREATE TABLE IF NOT EXISTS migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL DEFAULT current_timestamp
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file, such as `0001_first.sql`."""

    number: int
    name: str
    sql: str


def known_migrations(engine: str = "sqlite") -> tuple[Migration, ...]:
    """Return the migrations of this release, in order."""
    files = sorted((_FOLDER / engine).glob("*.sql"))
    return tuple(Migration(int(file.stem[:4]), file.stem, file.read_text(encoding="utf-8")) for file in files)


def migrate(path: Path) -> tuple[str, ...]:
    """Bring the database at *path* up to this release; return the names of what was applied.

    Raises StorageError where the file is not ours, is being written to, was written by a newer release,
    or does not have the schema that it says it has. Nothing is changed then.
    """
    with lock(path):
        _refuse_foreign(path)
        try:
            with closing(connect(path)) as connection:
                applied = _apply_missing(connection, path)
                _compare(connection, path)
        except sqlite3.Error as error:
            raise StorageError(f"{path}: {error}") from error
    return applied


def differences(connection: sqlite3.Connection) -> list[str]:
    """Hold the schema against a fresh one, so that no table, constraint or trigger can be missing.

    Returns what differs, such as "trigger entry_stays".
    """
    found, expected = _schema(connection), _expected_schema()
    return sorted(
        f"{kind} {name}"
        for kind, name in expected.keys() | found.keys()
        if found.get((kind, name)) != expected.get((kind, name))
    )


def _refuse_foreign(path: Path) -> None:
    """Look before anything is changed: connecting sets the journal mode, which the file keeps."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            tables = {name for kind, name in _schema(connection) if kind == "table"}
    except sqlite3.Error as error:
        raise StorageError(f"{path}: {error}") from error
    if tables and "migration" not in tables:
        raise StorageError(f"{path}: this is not a Seatside database")


def _apply_missing(connection: sqlite3.Connection, path: Path) -> tuple[str, ...]:
    connection.execute(_REGISTER)
    done = {number for (number,) in connection.execute("SELECT number FROM migration")}
    known = known_migrations()
    if done and max(done) > known[-1].number:
        raise StorageError(
            f"{path}: written by a newer release (schema {max(done)}, this one knows {known[-1].number})"
        )
    missing = [each for each in known if each.number not in done]
    for each in missing:
        register = f"INSERT INTO migration (number, name) VALUES ({each.number}, '{each.name}');"
        connection.executescript(f"BEGIN IMMEDIATE; {each.sql} {register} COMMIT;")
    return tuple(each.name for each in missing)


def _compare(connection: sqlite3.Connection, path: Path) -> None:
    for thing in differences(connection):
        raise StorageError(f"{path}: the {thing} is not as this release made it")


def _schema(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
    return {(kind, name): sql for kind, name, sql in rows}


@cache
def _expected_schema() -> dict[tuple[str, str], str]:
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.execute(_REGISTER)
        for each in known_migrations():
            fresh.executescript(each.sql)
        return _schema(fresh)
