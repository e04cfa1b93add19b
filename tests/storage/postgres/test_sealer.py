"""The chain is made just behind the transfers, in their order, and past none that may still come."""

from __future__ import annotations

import asyncio

import pytest

from core.ledger import Account, Transfer
from core.ports import Books
from storage.database import Database
from storage.postgres.connection import connect
from storage.postgres.store import PostgresStore
from tests.conftest import Clock
from tests.core.evening import eur
from tests.postgres import PostgresServer

pytestmark = pytest.mark.slow

FROM = Account("operator:losses", "EUR")


async def bring(books: Books, purse: str) -> int:
    to = Account(purse, "EUR")
    await books.lock(FROM, to)
    return (await books.post(Transfer("tip", FROM, to, eur(1))))[0]


async def sealed(url: str) -> list[int]:
    connection = await connect(url)
    rows = await connection.fetch("SELECT transfer_id FROM seal ORDER BY transfer_id")
    await connection.close()
    return [row["transfer_id"] for row in rows]


async def until_sealed(url: str, last: int) -> None:
    async with asyncio.timeout(60):
        while last not in await sealed(url):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_transfers_are_sealed_soon_after_they_are_committed(store: PostgresStore, url: str) -> None:
    last = await store.run(lambda books: books.once("key", bring, "merchant:1:tips"))
    await until_sealed(url, last)


async def test_closing_leaves_no_tail(url: str, clock: Clock, database: Database) -> None:
    store = await PostgresStore.open(url, clock)
    for n in range(5):
        await store.run(lambda books, n=n: books.once(f"key-{n}", bring, "merchant:1:tips"))  # type: ignore[misc]
    await store.close()
    assert database.unsealed() == 0
    assert database.examine() == []


async def test_what_a_kill_left_unsealed_is_sealed_at_the_next_start(
    server: PostgresServer, url: str, clock: Clock, database: Database
) -> None:
    store = await PostgresStore.open(url, clock)
    store._sealer._task.cancel()
    last = await store.run(lambda books: books.once("key", bring, "merchant:1:tips"))
    store._pool.terminate()
    store._claim.terminate()
    assert database.unsealed() == 1
    assert database.examine() == []
    server.wait_until_left(url)
    again = await PostgresStore.open(url, clock)
    await until_sealed(url, last)
    await again.close()


async def test_nothing_is_sealed_past_a_smaller_number_that_may_still_come(
    store: PostgresStore, url: str, database: Database
) -> None:
    """Somebody has drawn a number, and others commit before them."""
    slow = await connect(url)
    begun = slow.transaction()
    await begun.start()
    await slow.execute(
        "INSERT INTO account (name, currency, purse) VALUES ('slow:one', 'EUR', 'shared'),"
        " ('slow:other', 'EUR', 'shared')"
    )
    early = await slow.fetchval(
        "INSERT INTO transfer (key, kind, debit_id, credit_id, amount, currency, made_at)"
        " SELECT 'slow#1', 'slow', min(id), max(id), 1, 'EUR', '2026-05-01' FROM account RETURNING id"
    )
    late = await store.run(lambda books: books.once("key", bring, "merchant:1:tips"))
    assert early < late
    await asyncio.sleep(0.3)
    assert await sealed(url) == []
    await begun.commit()
    await slow.close()
    await until_sealed(url, late)
    assert await sealed(url) == [early, late]
    assert not [each for each in database.examine() if each.invariant == "the hash chain is whole"]
