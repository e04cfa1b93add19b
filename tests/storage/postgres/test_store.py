"""Commands beside each other: each whole or not at all, in whatever order, whoever is in the way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

import asyncpg
import pytest

from core.errors import ShortOfMoney
from core.ledger import Account, Transfer, payable
from core.merchant import Merchant, NewMerchant, create_merchant
from core.money import Money
from core.order_goods import GoodsOrder
from core.ports import Books
from core.refund import RefundOrder
from storage.database import Database, open_database
from storage.errors import StorageError
from storage.postgres.connection import LOCK, THE_BOT, name_of
from storage.postgres.store import CONNECTIONS, PostgresStore
from storage.statement import AwaitedElsewhere, Statement
from tests.bench.carts import Carts
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, Evening, eur
from tests.postgres import PostgresServer

pytestmark = pytest.mark.slow

FROM, PURSE, EARNED = Account("operator:losses", "EUR"), Account("merchant:1:tips", "EUR"), payable(1, "EUR")
"""Accounts without lots, of which the second has a floor."""


async def bring(books: Books, minor: int) -> int:
    await books.lock(FROM, PURSE)
    return (await books.post(Transfer("top_up", FROM, PURSE, eur(minor))))[0]


async def spend(books: Books, minor: int) -> int:
    """Pay the bar, as a rule that trusts what the lock tells it."""
    purse, _ = await books.lock(PURSE, EARNED)
    if purse.available < eur(minor):
        raise ShortOfMoney(eur(minor) - purse.available)
    return (await books.post(Transfer("sale", PURSE, EARNED, eur(minor))))[0]


def once(
    key: str, command: Callable[[Books, int], Awaitable[int]], minor: int
) -> Callable[[Books], Awaitable[int]]:
    return lambda books: books.once(key, command, minor)


def adding(name: str) -> Callable[[Books], Awaitable[Merchant]]:
    return lambda books: books.add(Merchant(0, name, "EUR", None, START))


async def names(store: PostgresStore) -> list[str]:
    return [bar.name for bar in await store.run(lambda books: books.find(Merchant))]


async def purse(store: PostgresStore) -> Money:
    return (await store.run(lambda books: books.standing(PURSE))).balance


# Races


async def test_two_who_spend_the_same_money_at_once_spend_it_once(store: PostgresStore) -> None:
    await store.run(once("bring", bring, 100))
    done = await asyncio.gather(
        *(store.run(once(f"spend-{n}", spend, 60)) for n in range(2)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["ShortOfMoney", "int"]
    assert await purse(store) == eur(40)


async def test_one_key_from_sixteen_tasks_has_one_effect(store: PostgresStore, database: Database) -> None:
    made = await asyncio.gather(*(store.run(once("key", bring, 100)) for _ in range(16)))
    assert len(set(made)) == 1
    assert await purse(store) == eur(100)
    assert database.examine() == []


async def test_many_at_once_lose_nothing(store: PostgresStore, database: Database) -> None:
    made = await asyncio.gather(*(store.run(once(f"key-{n}", bring, 1)) for n in range(100)))
    assert len(set(made)) == 100
    assert await purse(store) == eur(100)
    assert database.examine() == []


async def test_who_wants_the_same_name_at_once_is_refused_and_not_broken(store: PostgresStore) -> None:
    ask = NewMerchant("Blue Bar", "EUR")
    done = await asyncio.gather(
        *(store.run(lambda books, n=n: books.once(f"k{n}", create_merchant, ask)) for n in range(8)),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["NameTaken"] * 7 + ["int"]


async def test_no_change_is_overwritten_unseen(store: PostgresStore) -> None:
    """Each reads, thinks, and saves what it read with one more: as on SQLite, none gets lost."""
    await store.run(adding("Bar "))

    async def lengthen(books: Books) -> None:
        (bar,) = await books.find(Merchant)
        await books.find(Merchant, name="somebody else's turn")
        await books.save(Merchant(bar.id, bar.name + "!", bar.currency, bar.group_id, bar.made_at))

    await asyncio.gather(*(store.run(lengthen) for _ in range(40)))
    assert await names(store) == ["Bar " + "!" * 40]


async def test_documents_are_numbered_without_holes_whatever_is_undone(store: PostgresStore) -> None:
    await Evening(store).open_the_bar()
    await Evening(store, 100).sit_down(ANN)

    async def refund(books: Books, fails: int) -> int:
        order = await books.add(RefundOrder(0, ANN, eur(1), START))
        if fails == 1:
            raise ShortOfMoney(eur(1))
        if fails == 2:
            raise ZeroDivisionError
        return order.id

    await asyncio.gather(
        *(store.run(once(f"refund-{n}", refund, n % 3)) for n in range(60)), return_exceptions=True
    )
    numbers = [order.id for order in await store.run(lambda books: books.find(RefundOrder))]
    assert numbers == list(range(1, 21))


async def test_commands_that_wait_for_each_other_in_a_circle_both_come_through(store: PostgresStore) -> None:
    """No command does; a bug that did would cost a second, not the money."""
    bars = [await store.run(adding(name)) for name in ("A", "B")]
    met = asyncio.Event()

    def touching(*ids: int) -> Callable[[Books], Awaitable[None]]:
        async def touch(books: Books) -> None:
            for n, id_ in enumerate(ids):
                bar = await books.get(Merchant, id_)
                assert bar is not None
                await books.save(Merchant(bar.id, bar.name + "!", bar.currency, None, bar.made_at))
                if n == 0 and not met.is_set():
                    met.set()
                    await Statement("SELECT pg_sleep(0.1)")

        return touch

    one, other = (bar.id for bar in bars)
    await asyncio.gather(store.run(touching(one, other)), store.run(touching(other, one)))
    assert await names(store) == ["A!!", "B!!"]


async def test_an_evening_of_people_who_do_all_at_once_ends_with_true_books(
    store: PostgresStore, database: Database
) -> None:
    evening = Evening(store)
    await evening.open_the_bar()
    customers = range(100, 108)
    for customer in customers:
        await evening.sit_down(customer)

    async def live(customer: int) -> None:
        await evening.top_up(1000, customer=customer)
        orders = [await evening.order(1, item, customer) for item in ("Pils", "Nuts")]
        await evening.cancel(orders[1], customer)
        await evening.deliver(1, "Pils", customer)
        await evening.check_out(customer, pay_coming=True, refund_rest=True)

    await asyncio.gather(*map(live, customers))
    assert database.examine() == []
    orders = await evening.find(GoodsOrder)
    assert [order.id for order in orders] == list(range(1, 25))
    earned = await evening.standing(payable(BAR, "EUR"))
    assert earned.balance == eur(8 * 320)


# What is undone


async def test_a_command_that_awaits_something_else_is_undone_and_told(store: PostgresStore) -> None:
    async def stray(books: Books) -> None:
        await books.add(Merchant(0, "never", "EUR", None, START))
        await asyncio.sleep(0)

    with pytest.raises(AwaitedElsewhere):
        await store.run(stray)
    assert await names(store) == []


async def test_an_error_of_the_database_undoes_the_command_even_if_it_copes(store: PostgresStore) -> None:
    """PostgreSQL would answer its COMMIT with a ROLLBACK, and not call it an error."""
    await store.run(adding("Blue Bar"))

    async def cope(books: Books) -> str:
        await books.add(Merchant(0, "Red Bar", "EUR", None, START))
        try:
            await books.add(Merchant(0, "Blue Bar", "EUR", None, START))
        except asyncpg.UniqueViolationError:
            return "coped"
        return "never"

    with pytest.raises(asyncpg.UniqueViolationError):
        await store.run(cope)
    assert await names(store) == ["Blue Bar"]


async def test_cancelling_the_caller_cancels_nothing_that_has_begun(store: PostgresStore, url: str) -> None:
    job = asyncio.create_task(store.run(adding("Blue Bar")))
    await asyncio.sleep(0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    await store.close()  # finishes what has begun
    kept = await PostgresStore.open(url, Clock())
    assert await names(kept) == ["Blue Bar"]
    await kept.close()


async def test_callers_who_are_cancelled_at_any_moment_leak_no_connection(
    store: PostgresStore, database: Database
) -> None:
    moments = random.Random(1)

    async def bring_until_cancelled(n: int) -> None:
        job = asyncio.create_task(store.run(once(f"key-{n}", bring, 1)))
        for _ in range(moments.randrange(40)):
            await asyncio.sleep(0)
        job.cancel()
        await asyncio.wait({job})

    for first in range(0, 200, 20):
        await asyncio.gather(*(bring_until_cancelled(n) for n in range(first, first + 20)))
    again = await asyncio.gather(*(store.run(once(f"key-{n}", bring, 1)) for n in range(200)))
    assert len(set(again)) == 200
    assert await purse(store) == eur(200)
    assert len(store._pool._holders) <= CONNECTIONS
    assert database.examine() == []


async def test_a_connection_that_is_killed_keeps_nothing(store: PostgresStore, database: Database) -> None:
    async def die(books: Books, minor: int) -> int:
        await bring(books, minor)
        await Statement("SELECT pg_terminate_backend(pg_backend_pid())")
        return await bring(books, minor)

    with pytest.raises(StorageError) as caught:
        await store.run(once("key", die, 100))
    assert "\n" not in str(caught.value)
    assert await purse(store) == eur(0)
    assert await store.run(once("key", bring, 100)) > 0
    assert database.examine() == []


async def test_when_all_connections_are_killed_the_store_comes_back(
    store: PostgresStore, server: PostgresServer, url: str
) -> None:
    await store.run(once("key", bring, 100))
    name = server.name_in(url)
    server.command(f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{name}'")
    await asyncio.sleep(0.05)
    for _ in range(CONNECTIONS):
        try:
            assert await purse(store) == eur(100)
        except StorageError:
            continue
    assert await purse(store) == eur(100)
    with pytest.raises(StorageError, match="another process is writing"):
        await PostgresStore.open(url, Clock())


# What is asked


def count_questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which each statement of a command is added."""
    asked: list[str] = []
    ask = PostgresStore._ask

    async def count(
        store: PostgresStore, connection: object, sql: str, parameters: tuple[object, ...]
    ) -> object:
        asked.append(sql)
        return await ask(store, connection, sql, parameters)

    monkeypatch.setattr(PostgresStore, "_ask", count)
    return asked


async def test_an_order_of_two_lines_takes_nineteen_statements_beside_its_beginning_and_end(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    carts = Carts(store)
    await carts.open_the_bar()
    (job,) = carts.jobs(await carts.make(1))
    asked = count_questions(monkeypatch)
    assert await job() == 1
    assert len(asked) == 19
    assert not any("SAVEPOINT" in sql for sql in asked)


async def test_what_a_command_has_read_under_its_lock_it_does_not_ask_for_again(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = await store.run(adding("Blue Bar"))
    asked = count_questions(monkeypatch)

    async def rename(books: Books, minor: int) -> int:
        await books.get(Merchant, bar.id)
        await books.lock(FROM, PURSE)
        for name in ("Blue Bar", "Red Bar"):
            for _ in range(2):
                assert await books.get(Merchant, bar.id) == replace(bar, name=name)
            assert [await books.get(Merchant, minor) for _ in range(2)] == [None, None]
            await books.save(replace(bar, name="Red Bar"))
        await books.add(Merchant(minor, "New Bar", "EUR", None, START))
        assert (await books.get(Merchant, minor)) is not None
        return minor

    await store.run(once("rename", rename, 1000))
    read = [sql for sql in asked if sql.startswith("SELECT xmin") and "FROM merchant" in sql]
    assert len(read) == 4  # before the lock, after it, what is missing, and what is there since
    assert await names(store) == ["Red Bar", "New Bar"]


async def test_a_refusal_undoes_its_command_and_nothing_else_of_the_transaction(store: PostgresStore) -> None:
    async def add_and_refuse(books: Books, minor: int) -> int:
        await books.add(Merchant(0, f"never {minor}", "EUR", None, START))
        raise ShortOfMoney(eur(minor))

    async def evening(books: Books) -> None:
        for n in range(3):
            with pytest.raises(ShortOfMoney):
                await books.once(f"key-{n}", add_and_refuse, n)
            await books.add(Merchant(0, f"Bar {n}", "EUR", None, START))

    await store.run(evening)
    assert await names(store) == ["Bar 0", "Bar 1", "Bar 2"]


# One bot


async def test_a_second_bot_is_kept_out_until_the_first_has_closed(url: str, clock: Clock) -> None:
    first = await PostgresStore.open(url, clock)
    with pytest.raises(StorageError, match="another process is writing"):
        await PostgresStore.open(url, clock)
    with pytest.raises(StorageError, match="another process is writing"):
        await open_database(url).migrate()
    await first.close()
    await (await PostgresStore.open(url, clock)).close()


async def test_closing_finishes_what_was_asked_for_and_takes_nothing_more(url: str, clock: Clock) -> None:
    store = await PostgresStore.open(url, clock)
    jobs = [asyncio.create_task(store.run(adding(str(n)))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    assert {bar.name for bar in await asyncio.gather(*jobs)} == {str(n) for n in range(20)}
    with pytest.raises(StorageError, match="closed"):
        await store.run(adding("late"))


async def test_nobody_waits_for_the_locks_of_a_command_while_the_disk_writes(store: PostgresStore) -> None:
    async def setting(books: Books) -> object:
        return (await Statement("SELECT current_setting('synchronous_commit')"))[0][0]

    assert await store.run(setting) == "off"
    assert await store._claim.fetchval("SELECT current_setting('synchronous_commit')") == "on"


async def test_who_cannot_be_sure_of_the_disk_is_told_so_and_finds_the_outcome_by_the_key(
    store: PostgresStore, server: PostgresServer, url: str
) -> None:
    async def bring_and_cut(books: Books, minor: int) -> int:
        made = await bring(books, minor)
        await Statement(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND classid = ?1 AND objid = ?2",
            (LOCK, THE_BOT),
        )
        return made

    with pytest.raises(StorageError):
        await store.run(once("key", bring_and_cut, 100))
    assert await purse(store) == eur(100)
    assert await store.run(once("key", bring_and_cut, 100)) > 0
    assert await purse(store) == eur(100)


@pytest.mark.parametrize("change", ["SET synchronous_commit = off", "SET session_replication_role = replica"])
async def test_a_role_whose_settings_would_lose_money_is_refused(
    server: PostgresServer, url: str, clock: Clock, change: str
) -> None:
    server.command("DROP ROLE IF EXISTS careless", "CREATE ROLE careless LOGIN SUPERUSER")
    server.command(f"ALTER ROLE careless {change}")
    careless = url.replace("postgres@", "careless@")
    if "commit" in change:  # ours is set with the connection, whatever the role's is
        await (await PostgresStore.open(careless, clock)).close()
        return
    with pytest.raises(StorageError, match="session_replication_role is replica"):
        await PostgresStore.open(careless, clock)


async def test_no_error_tells_the_password(server: PostgresServer) -> None:
    url = server.url("no_such_database").replace("postgres@", "ann:hunter2@")
    for opening in (PostgresStore.open(url, Clock()), open_database(url).migrate()):
        with pytest.raises(StorageError) as caught:
            await opening
        assert "hunter2" not in str(caught.value)
        assert "\n" not in str(caught.value)
    assert name_of(url) == f"PostgreSQL {server.folder}/no_such_database"
