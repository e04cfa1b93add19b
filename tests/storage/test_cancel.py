"""A caller may give up at any moment: what it asked for is done wholly or not at all, and nothing is left."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import count, islice
from typing import Any

import pytest

from core.errors import Refusal, ShortOfMoney
from core.ledger import wallet
from core.merchant import NewMerchant, create_merchant
from core.order_goods import GoodsOrder, Line, PlaceOrder, order_goods
from core.ports import Books
from storage.database import Database, OpenStore, open_database
from storage.errors import StorageError
from storage.sqlite_books import SqliteBooks
from tests.conftest import Clock
from tests.core.evening import ANN, Evening, eur
from tests.postgres import server_or_skip

SECONDS = 120
"""No test waits longer for what ought to come at once."""

Start = Callable[[], Coroutine[Any, Any, Any]]


@pytest.fixture
async def evening(store: OpenStore) -> AsyncIterator[Evening]:
    """Ann sits at the bar with money; afterwards nothing is left that had not been there."""
    evening = Evening(store)
    await evening.open_the_bar()
    await evening.sit_down(ANN)
    await evening.top_up(1000)
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    async with asyncio.timeout(SECONDS):
        before, threads = tasks(), threading.active_count()
        yield evening
        await until(lambda: tasks() <= before)  # what nobody waits for any more ends beside
        assert threading.active_count() == threads
    assert complaints == []


def moments() -> Iterator[int]:
    """Give numbers of turns of the event loop: every one at first, then wider apart."""
    turns = 0
    while True:
        yield turns
        turns += 1 + turns // 20


async def until(ready: Callable[[], bool]) -> None:
    for _ in iter(ready, True):
        await asyncio.sleep(0)


def tasks() -> int:
    return len(asyncio.all_tasks())


async def give_up_after(turns: int, doing: Coroutine[Any, Any, Any]) -> bool:
    """Start *doing* and cancel it after so many turns of the event loop; tell whether it had ended."""
    task = asyncio.create_task(doing)
    for _ in range(turns):
        if task.done():
            break
        await asyncio.sleep(0)
    ended = task.done()
    task.cancel()
    with suppress(asyncio.CancelledError, Refusal):
        await task
    return ended


async def an_order(evening: Evening) -> PlaceOrder:
    """Put two things into the cart; return what its button asks for."""
    await evening.put("Pils", 1)
    await evening.put("Nuts", 2)
    cart = await evening.cart()
    return PlaceOrder(ANN, "EUR", cart.id, cart.version, timedelta(minutes=15))


async def seen(evening: Evening) -> tuple[int, ...]:
    """Return what one order changes in several places: orders, their lines, what can be spent."""

    async def look(books: Books, _: None) -> str:
        (purse,) = await books.lock(wallet(ANN, "EUR"))  # one moment: orders wait for this lock, too
        found = len(await books.find(GoodsOrder)), len(await books.find(Line)), purse.available.minor
        return " ".join(map(str, found))

    return tuple(map(int, (await evening.once(look, None)).split()))


async def test_an_order_whose_caller_gives_up_at_any_moment_is_placed_wholly_or_not_at_all(
    evening: Evening, database: Database
) -> None:
    for number, turns in enumerate(moments(), start=1):
        ask = await an_order(evening)
        nothing, all_of_it = (number - 1, 2 * (number - 1), 1000), (number, 2 * number, 180)
        ended = await give_up_after(turns, evening.carry_out(order_goods, ask))
        assert await seen(evening) in (nothing, all_of_it), turns
        assert await evening.carry_out(order_goods, ask) == number
        assert await seen(evening) == all_of_it
        await evening.cancel(number)
        if ended:
            break
    assert database.examine() == []


async def give_up_at(number: int, store: OpenStore, key: str, ask: PlaceOrder) -> bool:
    """Order and give up before the command's statement of that number; tell whether it has so many."""
    loop, given_up = asyncio.get_running_loop(), threading.Event()

    def interrupt() -> None:
        given_up.set()
        loop.call_soon_threadsafe(caller.cancel)

    async def work(books: Books) -> int:
        before_statement(books, number, interrupt)
        return await books.once(key, order_goods, ask)

    caller = asyncio.create_task(store.run(work))
    await asyncio.wait([caller])
    return given_up.is_set()


def before_statement(books: Books, number: int, interrupt: Callable[[], object]) -> None:
    """Have *interrupt* called before the statement of that number which these books make."""
    left = count(number - 1, -1)

    def told(make: Callable[..., Any]) -> Callable[..., Any]:
        def statement(*arguments: Any) -> Any:
            if next(left) == 0:
                interrupt()
            return make(*arguments)

        return statement

    made_by = "_execute" if isinstance(books, SqliteBooks) else "rows"
    setattr(books, made_by, told(getattr(books, made_by)))


async def test_a_command_ends_whichever_of_its_statements_its_caller_gives_up_at(
    evening: Evening, store: OpenStore, database: Database
) -> None:
    for number in count(1):
        ask = await an_order(evening)
        given_up = await give_up_at(number, store, f"order_goods:{ask.draft_id}:{ask.version}", ask)
        assert await seen(evening) in ((number - 1, 2 * number - 2, 1000), (number, 2 * number, 180))
        assert await evening.carry_out(order_goods, ask) == number
        await evening.cancel(number)
        if not given_up:
            break
    assert number > 5
    assert database.examine() == []


async def test_a_refusal_that_nobody_waits_for_any_more_is_the_first_outcome_all_the_same(
    evening: Evening, database: Database
) -> None:
    await evening.put("Pils", 20)
    for turns in moments():
        cart = await evening.cart()
        ask = PlaceOrder(ANN, "EUR", cart.id, cart.version, timedelta(minutes=15))
        ended = await give_up_after(turns, evening.carry_out(order_goods, ask))
        assert await seen(evening) == (0, 0, 1000)
        with pytest.raises(ShortOfMoney) as caught:
            await evening.carry_out(order_goods, ask)
        assert caught.value.short == eur(5400)
        assert (await evening.cart()).version == cart.version + 1
        if ended:
            break
    assert database.examine() == []


async def test_a_command_that_fails_while_nobody_waits_leaves_nothing(evening: Evening) -> None:
    async def half(books: Books, _: None) -> int:
        (purse,) = await books.lock(wallet(ANN, "EUR"))
        await books.hold(purse.account, eur(100))
        raise RuntimeError("half way")

    for turns in moments():
        try:
            ended = await give_up_after(turns, evening.once(half, None, "half"))
        except RuntimeError:
            ended = True
        assert await evening.purse() == (1000, 1000)
        if ended:
            break


async def test_of_many_callers_who_give_up_at_once_each_finds_its_outcome_by_its_key(
    evening: Evening, database: Database
) -> None:
    orders = [await evening.invoice(100) for _ in range(40)]
    for turns in (0, 1, 2, 5, 20, 100):

        def pay(n: int, turns: int = turns) -> Coroutine[Any, Any, int]:
            return evening.pay(orders[n], f"tg-{turns}-{n}")

        before, _ = await evening.purse()
        callers = [asyncio.create_task(pay(n)) for n in range(len(orders))]
        for _ in range(turns):
            await asyncio.sleep(0)
        for caller in callers[::2]:
            caller.cancel()
        await asyncio.wait(callers)
        assert [caller.result() for caller in callers[1::2]] == [order.id for order in orders[1::2]]
        assert [await pay(n) for n in range(len(orders))] == [order.id for order in orders]
        assert await evening.purse() == (before + 4000, before + 4000)
    assert database.examine() == []


@pytest.mark.parametrize("again", [True, False], ids=["closed again", "closed once"])
async def test_a_store_closes_though_whoever_closes_it_gives_up(
    database: Database, clock: Clock, again: bool
) -> None:
    async with asyncio.timeout(SECONDS):
        for number, turns in enumerate(islice(moments(), not again, None), start=1):  # 0: not even begun
            store = await database.open_store(clock)
            asked = asyncio.create_task(
                Evening(store, number).once(create_merchant, NewMerchant(f"Bar {number}", "EUR"))
            )
            await asyncio.sleep(0)
            ended = await give_up_after(turns, store.close())
            if again:
                await store.close()
            assert await asked == number
            with pytest.raises(StorageError, match="is closed"):
                await store.run(look_at_nothing)
            reopened = await opened(lambda: database.open_store(clock))
            await reopened.close()
            if ended:
                break
        await until(lambda: tasks() == 1 and not any(t.name == "writer" for t in threading.enumerate()))
    assert database.examine() == []


@pytest.mark.slow
@pytest.mark.parametrize("what", ["open_store", "migrate", "open_reports"])
async def test_whoever_gives_up_opening_a_database_keeps_nobody_out(clock: Clock, what: str) -> None:
    server = server_or_skip()
    with server.empty() as url:
        database = open_database(url)
        starts: dict[str, Start] = {
            "open_store": lambda: database.open_store(clock),
            "migrate": database.migrate,
            "open_reports": database.open_reports,
        }
        async with asyncio.timeout(SECONDS):
            for turns in moments():
                task = asyncio.create_task(starts[what]())
                for _ in range(turns):
                    if not task.done():
                        await asyncio.sleep(0)
                ended = task.done()
                task.cancel()
                await asyncio.wait([task])
                if not task.cancelled() and hasattr(task.result(), "close"):
                    await task.result().close()
                await (await opened(lambda: database.open_store(clock))).close()
                if ended:
                    break
            await until(lambda: not left_on_server(server.name_in(url)))
        assert tasks() == 1


async def opened(open_: Start) -> Any:
    """Open a store as soon as the server has noticed that a connection is gone."""
    while True:
        try:
            return await open_()
        except StorageError as error:
            if "another process is writing" not in str(error):
                raise


def left_on_server(name: str) -> int:
    """Return how many connections to a database there are."""
    ((count,),) = server_or_skip().command(
        f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
    return int(count)


async def look_at_nothing(books: Books) -> None: ...
