"""Transfers that share a call: what becomes of their callers when something happens in the middle."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import pytest

from core.errors import ShortOfMoney
from core.ledger import Account, Transfer, payable
from core.transfer import make_transfer
from storage.database import Database
from storage.errors import StorageError
from storage.postgres import poster
from storage.postgres.connection import connect
from storage.postgres.store import PostgresStore
from tests.conftest import START, Clock
from tests.core.evening import eur

pytestmark = pytest.mark.slow

BANK, TIPS, EARNED = Account("operator:losses", "EUR"), Account("merchant:1:tips", "EUR"), payable(1, "EUR")

HAVE_READ = """
SELECT sum(seq_tup_read) + sum(idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE schemaname = 'public'
"""
"""How many rows this connection's own session has read."""


def bring(minor: int) -> Transfer:
    return Transfer("bring", BANK, TIPS, eur(minor))


def earn(minor: int) -> Transfer:
    return Transfer("earn", TIPS, EARNED, eur(minor))


async def tips(store: PostgresStore) -> int:
    return (await store.run(lambda books: books.standing(TIPS))).balance.minor


@asynccontextmanager
async def in_the_way(store: PostgresStore, url: str) -> AsyncIterator[asyncpg.Connection]:
    """Hold the account that everybody wants, so that batches wait in the middle, until this ends."""
    await store.post("first", bring(1))
    connection = await connect(url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM account WHERE name = $1 FOR UPDATE", TIPS.name)
            yield connection
    finally:
        await connection.close()


async def until_one_waits(connection: asyncpg.Connection) -> int:
    """Return the process of the server that waits for a lock."""
    async with asyncio.timeout(60):
        while not (pid := await connection.fetchval("SELECT pid FROM pg_locks WHERE NOT granted")):
            continue
    return int(pid)


def posting(store: PostgresStore, first: int, number: int) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(store.post(f"key-{n}", bring(1))) for n in range(first, first + number)]


async def test_none_is_answered_before_the_commit_and_those_who_come_meanwhile_share_the_next(
    store: PostgresStore, url: str
) -> None:
    async with in_the_way(store, url) as other:
        early = posting(store, 0, 3)
        await until_one_waits(other)
        late = posting(store, 3, 30)
        await until_one_waits(other)
        assert not any(each.done() for each in early + late)
    assert len(set(await asyncio.gather(*early, *late))) == 33
    connection = await connect(url)
    rows = await connection.fetch("SELECT count(*) FROM transfer GROUP BY xmin::text ORDER BY 1")
    await connection.close()
    assert [row["count"] for row in rows] == [1, 3, 30]


async def test_a_connection_that_is_lost_in_the_middle_answers_nobody_and_keeps_nothing(
    store: PostgresStore, url: str, database: Database
) -> None:
    async with in_the_way(store, url) as other:
        asking = posting(store, 0, 5)
        await other.execute("SELECT pg_terminate_backend($1)", await until_one_waits(other))
        lost = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(each) for each in lost} == {StorageError}
    assert await tips(store) == 1
    assert len(set(await asyncio.gather(*posting(store, 0, 5)))) == 5
    assert await tips(store) == 6
    assert database.examine() == []


async def test_whose_answer_was_lost_finds_it_by_the_key(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit was kept, and the connection broke before it could say so."""
    kept = store._poster._call

    async def lose_the_answer(*arguments: object) -> object:
        await kept(*arguments)
        raise StorageError("the connection was lost")

    monkeypatch.setattr(store._poster, "_call", lose_the_answer)
    lost = await asyncio.gather(*posting(store, 0, 5), return_exceptions=True)
    assert {type(each) for each in lost} == {StorageError}
    monkeypatch.setattr(store._poster, "_call", kept)
    assert len(set(await asyncio.gather(*posting(store, 0, 5)))) == 5
    assert await tips(store) == 5


async def test_who_wants_an_account_that_is_being_made_waits_and_gets_it(
    store: PostgresStore, url: str, database: Database
) -> None:
    """Of plain transfers and of commands, beside those who want another."""
    other = await connect(url)
    async with other.transaction():
        await other.execute("INSERT INTO account (name, currency, purse, floor) VALUES ($1, 'EUR', $2, 0)",
                            TIPS.name, TIPS.purse)  # fmt: skip
        asking = [
            *posting(store, 0, 5),
            asyncio.create_task(store.run(lambda books: books.once("key", make_transfer, bring(1)))),
            asyncio.create_task(store.post("else", Transfer("earn", BANK, EARNED, eur(1)))),
        ]
        await until_one_waits(other)
    await other.close()
    assert len(set(await asyncio.gather(*asking))) == 7
    assert await tips(store) == 6
    assert database.examine() == []


@pytest.mark.parametrize("looked_at", [0, 1, 20])
async def test_what_a_call_reads_does_not_grow_with_the_books(url: str, looked_at: int) -> None:
    """After so many calls the server looks at how large the tables are, and makes its plans for that."""
    connection, beside = await connect(url), await connect(url)
    made = 0

    async def post(first: int, number: int) -> None:
        nonlocal made
        transfers = {
            n: Transfer("move", BANK, payable(n, "EUR"), eur(1)) for n in range(first, first + number)
        }
        if made:
            transfers[-first] = Transfer("back", payable(first, "EUR"), BANK, eur(1), reverses=made)
        batch = [poster._Item(f"key-{n}", each, f"{n}", None) for n, each in transfers.items()]  # type: ignore[arg-type]
        _, results = await connection.fetchrow(poster.POST_MANY, *poster._arguments(batch, START))
        made = json.loads(results[0])["done"]

    for call, (first, number) in enumerate(
        [*((n, 1) for n in range(1, 21)), *((n, 100) for n in range(100, 5000, 100))]
    ):
        if call == looked_at:
            await beside.execute("VACUUM ANALYZE")
        await post(first, number)
    async with connection.transaction():  # within which the figures only grow
        before = await connection.fetchval(HAVE_READ)
        await post(5000, 20)
        have_read = await connection.fetchval(HAVE_READ) - before
    await asyncio.gather(connection.close(), beside.close())
    assert 20 * 3 < have_read < 20 * 50


async def test_callers_who_are_cancelled_in_the_middle_cancel_nothing(store: PostgresStore, url: str) -> None:
    async with in_the_way(store, url) as other:
        under_way = posting(store, 0, 5)
        await until_one_waits(other)
        waiting = posting(store, 5, 5)
        await asyncio.sleep(0)
        for each in under_way + waiting:
            each.cancel()
        assert {
            type(each) for each in await asyncio.gather(*under_way, *waiting, return_exceptions=True)
        } == {asyncio.CancelledError}
    await store.post("after", bring(1))
    assert await tips(store) == 12


async def test_a_bug_of_ours_in_the_middle_leaves_nobody_waiting(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(poster, "_arguments", break_down)
        failed = await asyncio.gather(*posting(store, 0, 5), return_exceptions=True)
    assert {type(each) for each in failed} == {ZeroDivisionError}
    assert len(set(await asyncio.gather(*posting(store, 0, 5)))) == 5


@pytest.mark.parametrize("seed", range(3))
async def test_processes_that_share_the_books_spend_no_money_twice(
    url: str, clock: Clock, database: Database, seed: int
) -> None:
    """Plain transfers and commands, known keys and new ones, all on one account, from two stores."""
    dice = random.Random(seed)
    async with AsyncExitStack() as things:
        stores = [await PostgresStore.open(url, clock, shared=True) for _ in range(2)]
        for store in stores:
            things.push_async_callback(store.close)
        for n in range(5):
            await stores[0].post(f"bring-{n}", bring(100))

        async def ask(n: int) -> tuple[str, int | None]:
            store, key, transfer = dice.choice(stores), f"earn-{n % 150}", earn(1 + n % 150 % 9)
            try:
                if dice.random() < 0.8:
                    return key, await store.post(key, transfer)
                return key, await store.run(lambda books: books.once(key, make_transfer, transfer))
            except ShortOfMoney:
                return key, None

        made = await asyncio.gather(*(ask(n) for n in range(300)))
        numbers = {(key, number) for key, number in made if number is not None}
        assert len({key for key, _ in numbers}) == len(numbers)
        assert await tips(stores[1]) >= 0
    assert database.examine() == []
    assert database.unsealed() == 0


async def test_who_shares_the_books_keeps_a_bot_out_and_is_kept_out_by_one(url: str, clock: Clock) -> None:
    shared = await PostgresStore.open(url, clock, shared=True)
    with pytest.raises(StorageError, match="another process is writing"):
        await PostgresStore.open(url, clock)
    await shared.close()
    alone = await PostgresStore.open(url, clock)
    with pytest.raises(StorageError, match="another process is writing"):
        await PostgresStore.open(url, clock, shared=True)
    await alone.close()
