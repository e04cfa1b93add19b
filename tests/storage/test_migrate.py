"""A database is brought up to this release, or left exactly as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.endings import Endings
from core.errand import WATCH_VISIT
from storage.errors import StorageError
from storage.migrate import (
    OLDER_CODE_RUNS,
    OLDER_CODE_STOPS,
    Migrated,
    Migration,
    differences,
    known_migrations,
    migrate,
)
from storage.rows import to_column


def run(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)
        connection.commit()


def test_a_new_file_gets_every_migration_once(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite3"
    assert migrate(path).applied == tuple(each.name for each in known_migrations())
    assert migrate(path) == Migrated()
    with closing(sqlite3.connect(path)) as connection:
        assert differences(connection) == []


def test_migrations_are_numbered_in_order_on_both_engines() -> None:
    numbers = [each.number for each in known_migrations()]
    assert numbers == sorted(set(numbers))


def test_both_engines_have_the_same_migrations_and_the_same_word_to_older_code() -> None:
    """What only PostgreSQL needs, its functions, SQLite has not."""

    def told(engine: str) -> list[tuple[str, bool]]:
        return [(each.name, each.for_older_code is None) for each in known_migrations(engine)]

    only_postgres = [("0002_many_at_once", False), ("0015_posting", False)]
    assert [each for each in told("postgres") if each not in only_postgres] == told("sqlite")


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_every_migration_after_the_first_says_whether_older_code_runs(engine: str) -> None:
    def says(migration: Migration) -> bool:
        return migration.sql.startswith((OLDER_CODE_RUNS, OLDER_CODE_STOPS))

    assert [each.name for each in known_migrations(engine)[1:] if not says(each)] == []


def test_what_is_in_the_books_stays_there(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before


def test_visits_that_are_open_are_watched_from_the_release_on_that_ends_them(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "older.sqlite3")) as connection:
        for each in known_migrations():
            if each.name == "0010_endings":
                for visit, state in ((1, "settled"), (2, "open")):
                    connection.execute(
                        f"INSERT INTO visit VALUES ({visit}, 7, 1, 1, '{state}', 1, '2026-05-01', NULL)"
                    )
            connection.executescript(each.sql)
        ((kind, subject, body, state, due_at),) = connection.execute(
            "SELECT kind, subject_id, body, state, due_at FROM errand"
        ).fetchall()
    assert (kind, subject, body, state) == (WATCH_VISIT, 2, str(Endings(1).version), "waiting")
    assert to_column(datetime.fromisoformat(due_at)) == due_at
    assert datetime.fromisoformat(due_at) <= datetime.now(UTC)


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE customers (id)", "CREATE TABLE migration (id); INSERT INTO migration VALUES (1)"]
)
def test_somebody_elses_database_is_refused_and_not_touched(tmp_path: Path, sql: str) -> None:
    path = tmp_path / "foreign.sqlite3"
    run(path, sql)
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    with pytest.raises(StorageError):
        migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before


def test_a_foreign_file_keeps_even_its_journal_mode(tmp_path: Path) -> None:
    path = tmp_path / "foreign.sqlite3"
    run(path, "CREATE TABLE customers (id)")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="not a Seatside database"):
        migrate(path)
    assert path.read_bytes() == before


def test_what_is_no_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to look like one " * 100)
    before = path.read_bytes()
    with pytest.raises(StorageError):
        migrate(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("DROP TRIGGER entry_stays", "trigger entry_stays"),
        ("DROP INDEX line_of_order", "index line_of_order"),
        ("DROP TABLE attachment", "table attachment"),
        ("CREATE TABLE more (id)", "table more"),
        (
            "CREATE TRIGGER sly AFTER INSERT ON lot BEGIN UPDATE lot SET brought_minor = 1; END",
            "trigger sly",
        ),
        ("ALTER TABLE lot ADD COLUMN gift INTEGER", "table lot"),
    ],
)
def test_a_schema_that_was_changed_by_hand_is_refused_and_the_change_named(
    path: Path, sql: str, named: str
) -> None:
    run(path, sql)
    with pytest.raises(StorageError, match=named):
        migrate(path)
