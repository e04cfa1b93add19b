"""A PostgreSQL database is brought up to this release, or left as it is; and the ledger defends itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from core.errors import NameTaken
from core.ledger import Account, Transfer
from core.merchant import NewMerchant, create_merchant
from storage.database import open_database
from storage.errors import StorageError
from storage.migrate import Migrated, known_migrations, migrate
from storage.postgres.connection import connect
from storage.postgres.migrate import _REGISTER, _apply
from storage.postgres.roles import JOURNAL
from tests.conftest import Clock
from tests.core.evening import ANN, Evening, eur
from tests.postgres import PostgresServer
from tests.storage.conftest import live_through, postgres_evening

pytestmark = pytest.mark.slow


@pytest.fixture
def blank(server: PostgresServer) -> Iterator[str]:
    """A database with nothing in it."""
    with server.copy("template0") as url:
        yield url


@pytest.fixture
def kept_url(server: PostgresServer) -> Iterator[str]:
    """The books of an evening, to do with as one likes."""
    with server.copy(postgres_evening()) as url:
        yield url


@pytest.fixture(scope="session")
def evening_name() -> str:
    return postgres_evening()


async def test_a_new_database_gets_every_migration_once(blank: str) -> None:
    database = open_database(blank)
    assert (await database.migrate()).applied == tuple(each.name for each in known_migrations("postgres"))
    assert await database.migrate() == Migrated()
    assert database.examine() == []


async def test_the_first_schema_is_brought_up_to_this_release(blank: str, clock: Clock) -> None:
    first, *later = known_migrations("postgres")
    connection = await connect(blank)
    await connection.execute(_REGISTER)
    await _apply(connection, first)
    await connection.close()
    database = open_database(blank)
    assert await database.migrate() == Migrated(tuple(each.name for each in later))
    store = await database.open_store(clock)
    await live_through(Evening(store))
    await store.close()
    assert database.examine() == []


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE customers (id bigint)", "CREATE TABLE migration (number bigint)"]
)
async def test_somebody_elses_database_is_refused_and_not_touched(
    server: PostgresServer, blank: str, sql: str
) -> None:
    server.command(sql, database=server.name_in(blank))
    with pytest.raises(StorageError):
        await open_database(blank).migrate()
    tables = server.command(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database=server.name_in(blank)
    )
    assert tables == [(1,)]


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("DROP TRIGGER entry_stays ON entry", "trigger entry_stays"),
        ("ALTER TABLE entry DISABLE TRIGGER entry_stays", "trigger entry_stays"),
        ("DROP INDEX line_of_order", "index line_of_order"),
        ("DROP TABLE chat", "chat"),
        ("CREATE TABLE more (id bigint)", "more"),
        ("ALTER TABLE lot ADD COLUMN gift bigint", "column lot.gift"),
        ("ALTER TABLE lot ALTER COLUMN purse DROP NOT NULL", "column lot.purse"),
        (
            "ALTER TABLE account DROP CONSTRAINT held_is_not_negative",
            "constraint account.held_is_not_negative",
        ),
        ("ALTER TABLE account ALTER COLUMN balance SET DEFAULT 1000", "column account.balance"),
        (
            """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RETURN NULL; END'""",
            "function refuse_change",
        ),
        ("CREATE RULE sly AS ON INSERT TO seal DO INSTEAD NOTHING", "rule sly"),
    ],
)
async def test_a_schema_that_was_changed_by_hand_is_refused_and_the_change_named(
    server: PostgresServer, kept_url: str, sql: str, named: str
) -> None:
    server.command(sql, database=server.name_in(kept_url))
    with pytest.raises(StorageError, match=named):
        await open_database(kept_url).migrate()


def columns_of_sqlite(path: Path) -> set[tuple[str, str, bool]]:
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        return {
            (table, name, bool(required or key))
            for (table,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'migration'"
            )
            for _, name, _, required, _, key in connection.execute(f"PRAGMA table_info({table})")
        }


def test_both_engines_have_the_same_tables_and_columns(
    server: PostgresServer, url: str, tmp_path: Path
) -> None:
    rows = server.command(
        "SELECT table_name, column_name, is_nullable = 'NO' FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name <> 'migration'",
        database=server.name_in(url),
    )
    assert set(rows) == columns_of_sqlite(tmp_path / "books.sqlite3")


def test_both_engines_have_the_same_triggers_indexes_and_named_checks(
    server: PostgresServer, url: str, tmp_path: Path
) -> None:
    migrate(tmp_path / "books.sqlite3")
    with closing(sqlite3.connect(tmp_path / "books.sqlite3")) as connection:
        kept = dict(
            connection.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
            )
        )
    rows = server.command(
        "SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint)",
        database=server.name_in(url),
    )
    assert {name for (name,) in rows} == {*kept, "entry_is_of_its_transfer"}  # SQLite has foreign keys there


# What the ledger refuses


@pytest.mark.parametrize("table", [*JOURNAL, "account"])
def test_nothing_of_the_ledger_is_ever_deleted(server: PostgresServer, evening_name: str, table: str) -> None:
    for sql in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="never deleted"):
            server.command(sql, database=evening_name)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *((table, "made_at") for table in ("transfer", "hold", "hold_end", "outcome")),
        ("transfer", "amount"), ("entry", "amount"), ("entry", "balance_after"), ("hold", "amount"),
        ("hold_end", "transfer_id"), ("outcome", "result"), ("seal", "hash"),
        *(("account", name) for name in ("id", "name", "currency", "purse", "floor")),
    ],
)  # fmt: skip
def test_nothing_of_the_ledger_ever_changes(
    server: PostgresServer, evening_name: str, table: str, column: str
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=r"never|keeps"):
        server.command(f"UPDATE {table} SET {column} = {column}", database=evening_name)


def test_an_insert_that_updates_gets_past_no_trigger(server: PostgresServer, evening_name: str) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="never change"):
        server.command(
            "INSERT INTO transfer SELECT * FROM transfer WHERE id = 1"
            " ON CONFLICT (id) DO UPDATE SET amount = 1",
            database=evening_name,
        )


@pytest.mark.parametrize(
    ("debit", "credit", "currency"),
    [("1", "999", "EUR"), ("999", "1", "EUR"), ("1", "2", "USD"), ("1", "2", "eur")],
)
def test_a_transfer_is_between_accounts_that_are_there_and_of_its_currency(
    server: PostgresServer, evening_name: str, debit: str, credit: str, currency: str
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="within one currency"):
        server.command(
            "INSERT INTO transfer (key, kind, debit_id, credit_id, amount, currency, made_at)"
            f" VALUES ('new', 'tip', {debit}, {credit}, 100, '{currency}', '')",
            database=evening_name,
        )


@pytest.mark.parametrize(
    ("transfer", "account", "amount"),
    [
        ("999", "debit_id", "-amount"), ("id", "999", "amount"), ("id", "debit_id", "amount"),
        ("id", "credit_id", "-amount"), ("id", "credit_id", "amount + 1"),
    ],
)  # fmt: skip
def test_an_entry_is_one_of_those_that_its_transfer_makes(
    server: PostgresServer, evening_name: str, transfer: str, account: str, amount: str
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="that its transfer makes"):
        server.command(
            "INSERT INTO entry (transfer_id, account_id, amount, balance_after, version)"
            f" SELECT {transfer}, {account}, {amount}, 0, 1000 FROM transfer WHERE id = 1",
            database=evening_name,
        )


# What the application's role may do


async def test_the_bot_runs_under_a_role_that_can_only_add_to_the_ledger(
    server: PostgresServer, blank: str, clock: Clock
) -> None:
    assert (await open_database(blank).migrate("seatside_bot")).granted == "seatside_bot"
    assert await open_database(blank).migrate("seatside_bot") == Migrated(granted="seatside_bot")
    as_bot = open_database(blank.replace("postgres@", "seatside_bot@"))
    assert await as_bot.migrate() == Migrated()
    store = await as_bot.open_store(clock)
    await live_through(Evening(store))
    with pytest.raises(NameTaken):
        await store.run(lambda books: books.once("again", create_merchant, NewMerchant("Blue Bar", "EUR")))
    tip = Transfer("tip", Account("operator:losses", "EUR"), Account("merchant:1:tips", "EUR"), eur(100))
    assert await store.post("tip", tip) > 0
    await store.close()
    reports = await as_bot.open_reports()
    assert sum(each.balance.minor for each in await reports.trial_balance()) == 0
    await reports.close()
    assert as_bot.examine() == []
    assert as_bot.unsealed() == 0


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (table, {"hold_end": "hold_id", "outcome": "key", "seal": "hash"}.get(table, "id"))
        for table in JOURNAL
    ],
)
async def test_the_applications_role_has_no_right_to_change_or_delete(
    server: PostgresServer, kept_url: str, table: str, column: str
) -> None:
    await open_database(kept_url).migrate("seatside_bot")
    name = server.name_in(kept_url)
    server.command(f"ALTER TABLE {table} DISABLE TRIGGER ALL", database=name)
    for sql in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            server.command("SET ROLE seatside_bot", sql, database=name)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM account",
        f"DELETE FROM customer WHERE id = {ANN}",
        "UPDATE account SET floor = NULL",
        "UPDATE migration SET number = 2",
        "DROP TRIGGER entry_stays ON entry",
        "ALTER TABLE entry DISABLE TRIGGER entry_stays",
        "SET session_replication_role = replica",
    ],
)
async def test_the_applications_role_cannot_get_around_it(
    server: PostgresServer, kept_url: str, sql: str
) -> None:
    await open_database(kept_url).migrate("seatside_bot")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        server.command("SET ROLE seatside_bot", sql, database=server.name_in(kept_url))


async def test_a_roles_name_is_a_plain_name(url: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no name for a role"):
        await open_database(url).migrate("bot; DROP TABLE account")
    with pytest.raises(StorageError, match="no roles"):
        await open_database(f"sqlite:///{tmp_path / 'books.sqlite3'}").migrate("seatside_bot")
