"""An evening with something of everything in its books."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pytest

from core.gateway import Verdict
from core.serve import Action
from core.top_up import TopUp
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.sqlite import Writer
from tests.conftest import Clock
from tests.core.evening import ANN, ZED, Evening, eur
from tests.postgres import PostgresServer, in_a_thread, server_or_skip


async def live_through(evening: Evening) -> None:
    """Ann has spent and gets two lots' rest back, one part done and one parked; Zed's order is open.

    A stray payment waits.
    """
    await evening.open_the_bar()
    await evening.sit_down(ANN)
    await evening.top_up(1000, 500)
    await evening.deliver(2)
    accepted = await evening.order(1, "Nuts")
    await evening.serve(accepted, Action.ACCEPT)
    await evening.check_out(pay_coming=True, refund_rest=True)
    await evening.hear(1, Verdict.DONE)
    await evening.hear(2, Verdict.REFUSED, "window")
    await evening.sit_down(ZED, "A13")
    await evening.top_up(2000, customer=ZED)
    await evening.order(2, "Nuts", customer=ZED)
    cancelled = await evening.order(1, "Pils", customer=ZED)
    await evening.cancel(cancelled, ZED)
    await evening.pay((await evening.find(TopUp))[0], "odd", amount=eur(123))


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The books of the evening, closed; nobody may change them."""
    path = tmp_path_factory.mktemp("evening") / "books.sqlite3"

    async def write() -> None:
        store = Writer(path, Clock())
        await live_through(Evening(store))
        await store.close()

    migrate(path)
    asyncio.run(write())
    return path


@dataclass(frozen=True, slots=True)
class Kept:
    """The evening's books on either engine, and a hand that changes them past every trigger and CHECK."""

    database: Database
    tamper: Callable[[str], None]

    def export(self, form: str) -> Iterator[str]:
        return self.database.export_journal(form, lambda done, total: None)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """The evening's books, to do with as one likes."""
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("path")
        yield Kept(open_database(f"sqlite:///{path}"), partial(tamper_file, path))
        return
    server = server_or_skip()
    with server.copy(postgres_evening()) as url:
        yield Kept(open_database(url), partial(tamper_server, server, url))


@cache
def postgres_evening() -> str:
    """Live through the evening on PostgreSQL, once; return that database's name."""
    server = server_or_skip()
    name = server.make("evening")

    async def write() -> None:
        store = await open_database(server.url(name)).open_store(Clock())
        await live_through(Evening(store))
        await store.close()

    in_a_thread(write())
    return name


def tamper_file(path: Path, sql: str) -> None:
    """Change the books as somebody could who holds the file."""
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.executescript(sql)
        for _, trigger in triggers:
            connection.execute(trigger)
        connection.commit()


def tamper_server(server: PostgresServer, url: str, sql: str) -> None:
    """Change the books as the owner of the server could."""
    checks = server.command(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'c' AND connamespace = 'public'::regnamespace",
        database=server.name_in(url),
    )
    server.command(
        "SET session_replication_role = replica",
        *(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in checks),
        *filter(None, map(str.strip, sql.split(";"))),
        *(
            f"ALTER TABLE IF EXISTS {table} ADD CONSTRAINT {name} {text} NOT VALID"
            for table, name, text in checks
        ),
        "UPDATE pg_constraint SET convalidated = TRUE",
        database=server.name_in(url),
    )


@pytest.fixture
def path(written: Path, tmp_path: Path) -> Path:
    """The evening's books, to do with as one likes."""
    copied = tmp_path / "books.sqlite3"
    shutil.copy(written, copied)
    return copied


@pytest.fixture
async def evening(path: Path, clock: Clock) -> AsyncIterator[Evening]:
    """The evening, which goes on."""
    store = Writer(path, clock)
    yield Evening(store, first_key=1000)
    await store.close()
