"""The writer: one transaction for many jobs, each of which succeeds or fails alone."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from core.errors import AmountTooSmall
from core.ledger import Transfer, clearing, wallet
from core.merchant import Merchant
from core.ports import Books
from storage import sqlite_books
from storage.errors import StorageError
from storage.migrate import migrate
from storage.sqlite import PRAGMAS, Writer, connect
from storage.statement import AwaitedElsewhere
from tests.conftest import START, Clock, make_empty_books
from tests.core.evening import eur

AT_GATEWAY, PURSE = clearing("sandbox", "EUR"), wallet(7, "EUR")


async def add_bar(books: Books, name: str) -> int:
    return (await books.add(Merchant(0, name, "EUR", None, START))).id


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Writer]:
    """Empty books, beside those of the evening."""
    make_empty_books(tmp_path / "empty.sqlite3")
    store = Writer(tmp_path / "empty.sqlite3", clock)
    yield store
    await store.close()


def adding(name: str) -> Callable[[Books], Awaitable[int]]:
    return lambda books: add_bar(books, name)


async def names(store: Writer) -> list[str]:
    return [bar.name for bar in await store.run(lambda books: books.find(Merchant))]


async def test_jobs_that_wait_together_share_a_commit_and_fail_alone(store: Writer) -> None:
    async def fail(books: Books) -> int:
        await add_bar(books, "never")
        raise RuntimeError("this one only")

    jobs = [store.run(adding(f"bar {n}")) for n in range(5)]
    jobs.insert(2, store.run(fail))
    jobs.insert(4, store.run(adding("bar 0")))
    done = await asyncio.gather(*jobs, return_exceptions=True)
    assert [type(each) for each in done] == [int, int, RuntimeError, int, sqlite3.IntegrityError, int, int]
    assert await names(store) == [f"bar {n}" for n in range(5)]


async def test_many_at_once_lose_nothing(store: Writer) -> None:
    async def bring_one(books: Books, minor: int) -> int:
        await books.lock(AT_GATEWAY, PURSE)
        return (await books.post(Transfer("top_up", AT_GATEWAY, PURSE, eur(minor))))[0]

    def bringing(key: str) -> Callable[[Books], Awaitable[int]]:
        return lambda books: books.once(key, bring_one, 1)

    made = await asyncio.gather(*(store.run(bringing(f"key-{n}")) for n in range(600)))
    assert made == list(range(1, 601))
    assert (await store.run(lambda books: books.standing(PURSE))).balance == eur(600)


async def bring(books: Books, minor: int) -> int:
    """A command: bring money, or refuse afterwards what is not a whole euro."""
    await books.lock(AT_GATEWAY, PURSE)
    (made,) = await books.post(Transfer("top_up", AT_GATEWAY, PURSE, eur(minor)))
    await add_bar(books, f"bar of {minor}")
    if minor % 100:
        raise AmountTooSmall(eur(100))
    return made


async def outcome_of(books: Books, minor: int) -> int | str:
    try:
        return await books.once(f"bring-{minor}", bring, minor)
    except AmountTooSmall:
        return "refused"


async def test_a_command_that_is_refused_after_it_has_written_is_undone_among_others(store: Writer) -> None:
    jobs = [store.run(partial(outcome_of, minor=minor)) for minor in (100, 250, 300, 50, 200)]
    assert await asyncio.gather(*jobs) == [1, "refused", 2, "refused", 3]
    assert (await store.run(lambda books: books.standing(PURSE))).balance == eur(600)
    assert await names(store) == ["bar of 100", "bar of 300", "bar of 200"]
    again = [store.run(partial(outcome_of, minor=minor)) for minor in (250, 100)]
    assert await asyncio.gather(*again) == ["refused", 1]


async def test_what_was_rolled_back_is_not_known_afterwards(store: Writer) -> None:
    blue = await store.run(lambda books: books.add(Merchant(0, "Blue Bar", "EUR", None, START)))

    async def rename_and_fail(books: Books) -> None:
        await books.save(replace(blue, name="Red Bar"))
        assert await books.get(Merchant, blue.id) == replace(blue, name="Red Bar")
        raise RuntimeError

    jobs = [store.run(rename_and_fail), store.run(lambda books: books.get(Merchant, blue.id))]
    assert (await asyncio.gather(*jobs, return_exceptions=True))[1] == blue
    with pytest.raises(RuntimeError):
        await store.run(rename_and_fail)
    assert await store.run(lambda books: books.get(Merchant, blue.id)) == blue


async def test_only_so_much_is_known_at_a_time(store: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_books, "MOST_KNOWN", 3)
    bars = [await store.run(adding(f"bar {n}")) for n in range(9)]
    assert len(store._known.values) == 3
    found = await store.run(lambda books: books.find(Merchant, id=(*bars,)))
    assert [bar.name for bar in found] == [f"bar {n}" for n in range(9)]


async def test_what_was_missing_is_found_once_it_is_there(store: Writer) -> None:
    assert await store.run(lambda books: books.get(Merchant, 1)) is None
    bar = await store.run(lambda books: books.add(Merchant(0, "Blue Bar", "EUR", None, START)))
    assert await store.run(lambda books: books.get(Merchant, bar.id)) == bar


async def test_saving_what_is_not_there_is_a_bug(store: Writer) -> None:
    with pytest.raises(AssertionError, match="must be there"):
        await store.run(lambda books: books.save(Merchant(12, "Nowhere", "EUR", None, START)))


async def test_an_error_that_is_returned_is_a_result_like_any_other(store: Writer) -> None:
    async def give(books: Books) -> Exception:
        await add_bar(books, "Blue Bar")
        return ValueError("mine")

    assert isinstance(await store.run(give), ValueError)
    assert await names(store) == ["Blue Bar"]


async def test_a_command_that_awaits_something_else_is_undone_and_told(store: Writer) -> None:
    async def stray(books: Books) -> None:
        await add_bar(books, "never")
        await asyncio.sleep(0)

    with pytest.raises(AwaitedElsewhere):
        await store.run(stray)
    assert await names(store) == []


async def test_cancelling_the_caller_cancels_nothing_that_has_begun(store: Writer) -> None:
    job = asyncio.create_task(store.run(adding("Blue Bar")))
    await asyncio.sleep(0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await names(store) == ["Blue Bar"]


async def test_an_error_of_the_database_reaches_the_command_that_caused_it(store: Writer) -> None:
    await store.run(adding("Blue Bar"))

    async def cope(books: Books) -> str:
        try:
            await add_bar(books, "Blue Bar")
        except sqlite3.IntegrityError:
            await add_bar(books, "Red Bar")
            return "coped"
        return "never"

    assert await store.run(cope) == "coped"
    assert await names(store) == ["Blue Bar", "Red Bar"]


async def test_what_a_database_undoes_as_a_whole_gives_nobody_a_result(store: Writer) -> None:
    async def lose_everything(books: Books) -> None:
        await add_bar(books, "never")
        store._connection.execute("ROLLBACK")  # as a full disk does
        await books.find(Merchant)
        raise sqlite3.OperationalError("database or disk is full")

    done = await asyncio.gather(
        store.run(adding("Blue Bar")),
        store.run(lose_everything),
        store.run(adding("Red Bar")),
        return_exceptions=True,
    )
    lost = [n for n, each in enumerate(done) if isinstance(each, StorageError)]
    kept = await names(store)
    assert 1 in lost
    assert kept == [name for n, name in ((0, "Blue Bar"), (2, "Red Bar")) if n not in lost]


async def test_a_second_writer_is_kept_out_until_the_first_has_closed(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "one.sqlite3"
    migrate(path)
    first = Writer(path, clock)
    with pytest.raises(StorageError, match="another process is writing"):
        Writer(path, clock)
    await first.close()
    await Writer(path, clock).close()


async def test_closing_finishes_what_was_asked_for(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "one.sqlite3"
    migrate(path)
    store = Writer(path, clock)
    jobs = [asyncio.create_task(store.run(adding(str(n)))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*jobs) == list(range(1, 21))


async def test_a_full_disk_answers_nobody_wrongly_and_all_goes_on_once_there_is_room(store: Writer) -> None:
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")  # a full disk, to SQLite
    jobs = [store.run(adding(f"bar {n} {'-' * 200}")) for n in range(300)]
    done = await asyncio.gather(*jobs, return_exceptions=True)
    refused = [each for each in done if isinstance(each, Exception)]
    assert refused
    assert {type(each) for each in refused} <= {StorageError, sqlite3.OperationalError}
    assert all("full" in str(each) for each in refused)
    kept = [f"bar {n} {'-' * 200}" for n, each in enumerate(done) if isinstance(each, int)]
    assert await names(store) == kept
    store._connection.execute("PRAGMA max_page_count = 1000000")
    await store.run(adding("Blue Bar"))
    assert await names(store) == [*kept, "Blue Bar"]


@pytest.mark.slow
def test_a_file_that_cannot_be_written_is_refused_before_anybody_pays(path: Path) -> None:
    path.chmod(0o444)
    opening = f"from storage.sqlite import connect; from pathlib import Path; connect(Path({str(path)!r}))"
    as_others = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]  # root may write it
    command = [*(as_others if os.geteuid() == 0 else []), sys.executable, "-c", opening]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stderr.endswith(f"StorageError: {path}: attempt to write a readonly database\n")


def test_the_pragmas_hold(path: Path) -> None:
    with closing(connect(path)) as connection:
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
    assert found == PRAGMAS


LEDGER = ["account", "transfer", "entry", "hold", "hold_end", "outcome", "seal"]


@pytest.mark.parametrize("table", LEDGER)
def test_nothing_of_the_ledger_is_ever_deleted(path: Path, table: str) -> None:
    with closing(connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        connection.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *((table, "made_at") for table in ("transfer", "hold", "hold_end", "outcome")),
        ("transfer", "amount"), ("entry", "amount"), ("entry", "balance_after"), ("hold", "amount"),
        ("hold_end", "transfer_id"), ("outcome", "result"), ("seal", "hash"),
        *(("account", name) for name in ("id", "name", "currency", "purse", "floor")),
    ],
)  # fmt: skip
def test_nothing_of_the_ledger_ever_changes(path: Path, table: str, column: str) -> None:
    with closing(connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match=r"never|keeps"):
        connection.execute(f"UPDATE {table} SET {column} = {column}")


def test_a_replacing_insert_gets_past_no_trigger(path: Path) -> None:
    with closing(connect(path)) as connection:
        before = connection.execute("SELECT * FROM transfer").fetchall()
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(
                "INSERT OR REPLACE INTO transfer SELECT id, key, kind, debit_id, credit_id, amount + 1,"
                " currency, reverses_id, made_at FROM transfer WHERE id = 1"
            )
        assert connection.execute("SELECT * FROM transfer").fetchall() == before
