"""Plain transfers of many callers: each is answered as if it had been a command alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.close_account import CloseAccount, close_account
from core.errors import AccountClosed, AccountNotEmpty, AccountUnknown, KeyReused, Refusal, ShortOfMoney
from core.ledger import Account, Transfer, payable
from core.money import Money
from core.ports import Books
from core.transfer import make_transfer
from storage.database import Database, OpenStore, open_database
from storage.migrate import migrate
from tests.conftest import Clock
from tests.core.evening import eur
from tests.postgres import server_or_skip

BANK = Account("operator:losses", "EUR")
JARS = [Account(f"merchant:{n}:tips", "EUR") for n in range(1, 4)]
"""Accounts that cannot be overdrawn."""


def bring(jar: int, minor: int) -> Transfer:
    return Transfer("bring", BANK, JARS[jar], eur(minor))


def give(jar: int, to: int, minor: int) -> Transfer:
    return Transfer("give", JARS[jar], JARS[to], eur(minor))


async def post_all(store: OpenStore, *items: tuple[str, Transfer]) -> list[Any]:
    """Post at once, in this order; what is raised stands in the place of a result."""
    return await asyncio.gather(
        *(store.post(key, transfer) for key, transfer in items), return_exceptions=True
    )


async def balances(store: OpenStore) -> list[int]:
    async def look(books: Books) -> list[int]:
        return [(await books.standing(jar)).balance.minor for jar in JARS]

    return await store.run(look)


async def test_each_of_many_gets_its_own_number_and_all_are_kept(
    store: OpenStore, database: Database
) -> None:
    made = await post_all(store, *((f"key-{n}", bring(n % 3, 1 + n)) for n in range(200)))
    assert len(set(made)) == 200
    assert sum(await balances(store)) == sum(range(1, 201))
    assert database.examine() == []


async def test_the_same_key_gives_the_first_number_beside_itself_and_later(store: OpenStore) -> None:
    made = await post_all(store, *[("key", bring(0, 100))] * 8)
    assert made == [made[0]] * 8
    assert await store.post("key", bring(0, 100)) == made[0]
    assert (await balances(store))[0] == 100


async def test_a_key_with_another_transfer_is_refused(store: OpenStore) -> None:
    first, second = await post_all(store, ("key", bring(0, 100)), ("key", bring(0, 101)))
    assert isinstance(first, int)
    assert isinstance(second, KeyReused)
    with pytest.raises(KeyReused):
        await store.post("key", bring(1, 100))
    assert await balances(store) == [100, 0, 0]


async def test_who_is_short_is_refused_for_good_and_harms_nobody_beside(
    store: OpenStore, database: Database
) -> None:
    asked = [
        ("a", bring(0, 100)),
        ("b", give(0, 1, 60)),
        ("c", give(0, 2, 60)),
        ("d", give(1, 2, 60)),
        ("e", give(0, 2, 40)),
    ]
    made = await post_all(store, *asked)
    assert [type(each) for each in made] == [int, int, ShortOfMoney, int, int]
    assert made[2].short == eur(20)
    await store.post("f", bring(0, 1000))
    with pytest.raises(ShortOfMoney) as again:
        await store.post("c", give(0, 2, 60))
    assert again.value.short == eur(20)
    assert await balances(store) == [1000, 0, 100]
    assert database.examine() == []


async def close(store: OpenStore, jar: int, key: str) -> Refusal | None:
    """Close a jar; return why that was refused."""

    async def closing(books: Books) -> Refusal | None:
        try:
            await books.once(key, close_account, CloseAccount(JARS[jar]))
        except Refusal as refusal:
            return refusal
        return None

    return await store.run(closing)


async def test_nothing_moves_on_a_closed_account_and_who_is_beside_is_not_harmed(
    store: OpenStore, database: Database
) -> None:
    await store.post("first", bring(0, 100))
    assert isinstance(await close(store, 0, "too soon"), AccountNotEmpty)
    await store.post("rest", give(0, 1, 100))
    assert await close(store, 0, "close") is None
    assert isinstance(await close(store, 0, "again"), AccountClosed)
    made = await post_all(
        store, ("a", bring(0, 5)), ("b", give(0, 1, 5)), ("c", give(1, 0, 5)), ("d", bring(1, 5))
    )
    assert [type(each) for each in made] == [AccountClosed, AccountClosed, AccountClosed, int]
    assert {each.account for each in made[:3]} == {JARS[0].name}
    with pytest.raises(AccountClosed):
        await store.post("a", bring(0, 5))
    assert await balances(store) == [0, 105, 0]
    assert database.examine() == []


async def test_an_account_that_is_not_of_the_chart_is_refused_for_good_and_never_made(
    store: OpenStore, database: Database
) -> None:
    unknown = Account("merchant:1:tip", "EUR")
    out, back = Transfer("out", JARS[0], unknown, eur(5)), Transfer("back", unknown, JARS[0], eur(5))
    made = await post_all(store, ("a", bring(0, 5)), ("b", out), ("c", back), ("d", bring(0, 5)))
    assert [type(each) for each in made] == [int, AccountUnknown, AccountUnknown, int]
    assert made[1].account == "merchant:1:tip"
    with pytest.raises(AccountUnknown):
        await store.post("b", out)
    with pytest.raises(KeyReused):
        await store.post("b", bring(0, 5))
    assert await balances(store) == [10, 0, 0]
    assert database.examine() == []


async def test_a_command_and_a_plain_transfer_share_their_keys(store: OpenStore) -> None:
    made = await store.post("one", bring(0, 100))
    assert await store.run(lambda books: books.once("one", make_transfer, bring(0, 100))) == made
    made = await store.run(lambda books: books.once("other", make_transfer, bring(0, 5)))
    assert await store.post("other", bring(0, 5)) == made


@pytest.mark.parametrize(
    "wrong",
    [
        bring(0, 0),
        bring(0, -5),
        bring(0, 2**63),
        Transfer("turn", JARS[0], JARS[0], eur(1)),
        Transfer("mix", BANK, JARS[0], Money(1, "USD")),
    ],
)
async def test_what_is_no_transfer_is_a_bug_and_harms_nobody_beside(
    store: OpenStore, wrong: Transfer
) -> None:
    made = await post_all(store, ("a", bring(0, 1)), ("wrong", wrong), ("b", bring(0, 1)))
    assert [type(each) for each in made] == [int, AssertionError, int]
    assert (await balances(store))[0] == 2


async def test_an_error_of_the_database_is_told_to_who_caused_it_and_to_nobody_else(
    store: OpenStore, database: Database
) -> None:
    """More is given back than was moved, or a balance grows past what can be kept."""
    first = await store.post("first", bring(0, 100))
    await store.post("rich", bring(0, 400))
    back = Transfer("back", JARS[0], BANK, eur(60), reverses=first)
    await store.post("most", Transfer("most", payable(3, "EUR"), payable(1, "EUR"), eur(2**63 - 1)))
    made = await post_all(
        store,
        ("a", back), ("b", bring(1, 7)), ("c", back),
        ("d", Transfer("more", payable(2, "EUR"), payable(1, "EUR"), eur(1))), ("e", bring(1, 7)),
    )  # fmt: skip
    assert [isinstance(each, int) for each in made] == [True, True, False, False, True]
    assert not any(isinstance(each, Refusal) for each in made)
    assert "reversals never exceed" in str(made[2])
    assert await balances(store) == [440, 14, 0]
    again = await post_all(store, ("a", back), ("c", bring(1, 1)))  # a bug keeps no outcome
    assert again[0] == made[0]
    assert isinstance(again[1], int)
    assert database.examine() == []


async def test_callers_who_are_cancelled_find_their_outcomes_by_key(
    store: OpenStore, database: Database
) -> None:
    asking = [asyncio.create_task(store.post(f"key-{n}", bring(0, 1))) for n in range(60)]
    await asyncio.sleep(0)
    for each in asking[::2]:
        each.cancel()
    first = await asyncio.gather(*asking, return_exceptions=True)
    again = await post_all(store, *((f"key-{n}", bring(0, 1)) for n in range(60)))
    assert len(set(again)) == 60
    assert all(one == other for one, other in zip(first, again, strict=True) if isinstance(one, int))
    assert (await balances(store))[0] == 60
    assert database.examine() == []


async def test_closing_finishes_the_transfers_that_were_asked_for(database: Database, clock: Clock) -> None:
    store = await database.open_store(clock)
    asking = [asyncio.create_task(store.post(f"key-{n}", bring(0, 1))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    assert len(set(await asyncio.gather(*asking))) == 20


async def test_no_account_is_overdrawn_between_two_transfers_of_one_command(store: OpenStore) -> None:
    async def swap(books: Books, transfers: tuple[Transfer, ...]) -> int:
        await books.lock(BANK, *JARS)
        return (await books.post(*transfers))[-1]

    first, then = bring(0, 10), give(0, 1, 10)
    with pytest.raises(Exception, match="available_is_above_the_floor"):
        await store.run(lambda books: books.once("wrong", swap, (then, first)))
    await store.run(lambda books: books.once("right", swap, (first, then, first)))
    assert await balances(store) == [10, 10, 0]


# Both engines beside each other

Batch = tuple[int | None, list[tuple[str, Transfer]]]

items = st.tuples(
    st.sampled_from([f"key-{n}" for n in range(12)]),
    st.one_of(
        st.builds(bring, st.integers(0, 2), st.integers(1, 50)),
        st.tuples(st.sampled_from([(0, 1), (1, 2), (2, 0), (0, 2)]), st.integers(1, 50)).map(
            lambda drawn: give(*drawn[0], drawn[1])
        ),
    ),
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Any]:
    """Return what gives a fresh database on each engine."""
    numbers = iter(range(10**6))
    folder = tmp_path_factory.mktemp("both")

    def fresh() -> Any:
        path = folder / f"{next(numbers)}.sqlite3"
        migrate(path)
        return open_database(f"sqlite:///{path}"), server_or_skip().empty()

    return fresh


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    batches=st.lists(
        st.tuples(st.none() | st.integers(0, 2), st.lists(items, min_size=1, max_size=10)),
        min_size=1,
        max_size=5,
    )
)
def test_the_same_transfers_have_the_same_outcomes_and_leave_the_same_books(
    both: Callable[[], Any], batches: list[Batch]
) -> None:
    """Before some batches one tries to close a jar, which may be empty."""
    lite, lent = both()
    with lent as url:
        one = asyncio.run(outcomes(lite, batches))
        other = asyncio.run(outcomes(open_database(url), batches))
        assert one == other
        assert kept(lite) == kept(open_database(url))


async def outcomes(database: Database, batches: list[Batch]) -> list[list[str]]:
    store = await database.open_store(Clock())
    made = []
    for n, (jar, batch) in enumerate(batches):
        closed = [] if jar is None else [await close(store, jar, f"close-{n}") or 0]
        made.append([_told(each) for each in closed + await post_all(store, *batch)])
    await store.close()
    assert database.examine() == []
    return made


def _told(made: int | Refusal) -> str:
    return "done" if isinstance(made, int) else f"{type(made).__name__} {vars(made)}"


def kept(database: Database) -> list[list[str]]:
    with database._engine.snapshot() as moment:
        return [sorted(map(repr, moment.rows(sql))) for sql in _KEPT]


_KEPT = (
    # an account that was only asked for stands at zero, whether it is there or not
    "SELECT name, floor, balance, held, version, closed_at FROM account WHERE version > 0",
    """
    SELECT key, kind, entry.amount, balance_after, entry.version, name, made_at FROM transfer
    JOIN entry ON transfer_id = transfer.id JOIN account ON account.id = account_id
    """,
    "SELECT key, request, made_at FROM outcome",
    "SELECT key, result FROM outcome WHERE result LIKE '%refused%'",
)
