"""Many callers who are cut off, ask twice and meet a failing database, and a model of what must follow."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import Any

from core.errors import AccountClosed, AccountNotEmpty, KeyReused, Refusal, ShortOfMoney
from core.ledger import Account, Standing, Transfer
from core.ports import Books
from storage.books import SqlBooks
from storage.database import OpenStore
from storage.errors import StorageError
from storage.postgres.store import PostgresStore
from storage.sqlite import Writer
from tests.core.evening import eur

ACCOUNTS = 4
SPARE = range(ACCOUNTS, ACCOUNTS + 12)
"""Jars that some fill while others close them."""
BANK = Account("operator:losses", "EUR")
TRIES = 1000


def jar(number: int) -> Account:
    """Return an account that cannot be overdrawn and that no invariant ties to anything else."""
    return Account(f"merchant:{number}:tips", "EUR")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to be done under its key: bring, give, hold, release, capture or close."""

    key: str
    what: str
    jar: int
    minor: int = 0
    to: int = 0
    hold: int = 0
    of: str = ""
    """The key under which the hold was made."""


@dataclass
class Model:
    """What the jars must hold, in plain numbers."""

    balance: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(SPARE.stop), 0))
    held: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(SPARE.stop), 0))
    holds: dict[str, int] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)

    def do(self, deed: Deed) -> Refusal | None:
        """Do the deed, or return why nothing is done."""
        if deed.jar in self.closed:
            return AccountClosed(jar(deed.jar).name)
        if deed.what == "close" and (self.balance[deed.jar] or self.held[deed.jar]):
            return AccountNotEmpty(jar(deed.jar).name)
        if deed.what in ("give", "hold"):
            short = deed.minor - (self.balance[deed.jar] - self.held[deed.jar])
            if short > 0:
                return ShortOfMoney(eur(short))
        getattr(self, f"_{deed.what}")(deed)
        return None

    def _close(self, deed: Deed) -> None:
        self.closed.add(deed.jar)

    def _bring(self, deed: Deed) -> None:
        self.balance[deed.jar] += deed.minor

    def _give(self, deed: Deed) -> None:
        self.balance[deed.jar] -= deed.minor
        self.balance[deed.to] += deed.minor

    def _hold(self, deed: Deed) -> None:
        self.held[deed.jar] += deed.minor
        self.holds[deed.key] = deed.minor

    def _release(self, deed: Deed) -> None:
        self.held[deed.jar] -= self.holds.pop(deed.of)

    def _capture(self, deed: Deed) -> None:
        minor = self.holds.pop(deed.of)
        self.held[deed.jar] -= minor
        self.balance[deed.jar] -= minor
        self.balance[deed.to] += minor


class FailingDisk:
    """A connection on which now and then a statement fails, alone or with its whole transaction."""

    def __init__(self, connection: sqlite3.Connection, dice: random.Random, often: float) -> None:
        self._connection = connection
        self._dice = dice
        self.often = often
        self.failures = 0

    def execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        if sql == "ROLLBACK" or self._dice.random() >= self.often * (20 if sql == "COMMIT" else 1):
            return self._connection.execute(sql, parameters)
        self.failures += 1
        if sql == "COMMIT" and self._dice.random() < 0.3:
            self._connection.execute(sql)  # it was kept, and nobody hears of it
        elif self._connection.in_transaction and self._dice.random() < 0.5:
            self._connection.execute("ROLLBACK")  # as SQLite does on a full disk
        raise sqlite3.OperationalError("disk I/O error")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class FailingPool:
    """A pool whose connections break now and then, before a statement or after it."""

    def __init__(self, pool: Any, dice: random.Random, often: float) -> None:
        self._pool = pool
        self._dice = dice
        self.often = often
        self.failures = 0

    async def acquire(self) -> FailingConnection:
        return FailingConnection(await self._pool.acquire(), self)

    async def release(self, connection: FailingConnection) -> None:
        await self._pool.release(connection.real)

    def breaks(self, sql: str) -> bool:
        broken = self._dice.random() < self.often * (20 if sql == "COMMIT" else 1)
        self.failures += broken
        return broken

    def was_done(self) -> bool:
        return self._dice.random() < 0.3

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)


class FailingConnection:
    def __init__(self, real: Any, pool: FailingPool) -> None:
        self.real = real
        self._pool = pool

    async def execute(self, sql: str) -> Any:
        return await self._ask(self.real.execute, sql)

    async def fetch(self, sql: str, *parameters: Any) -> Any:
        return await self._ask(self.real.fetch, sql, *parameters)

    async def _ask(self, ask: Callable[..., Any], sql: str, *parameters: Any) -> Any:
        if sql == "ROLLBACK" or not self._pool.breaks(sql):
            return await ask(sql, *parameters)
        if self._pool.was_done():
            await ask(sql, *parameters)  # and nobody hears of it
        self.real.terminate()
        raise ConnectionResetError("the server closed the connection")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def make_trouble(store: OpenStore, dice: random.Random, often: float = 0.002) -> FailingDisk | FailingPool:
    """Let the store's database fail so *often*, until that is set to 0."""
    trouble: FailingDisk | FailingPool
    if isinstance(store, Writer):
        trouble = FailingDisk(store._connection, dice, often)
        store._connection = trouble  # type: ignore[assignment]
    else:
        assert isinstance(store, PostgresStore)
        trouble = FailingPool(store._pool, dice, often)
        store._pool = trouble
    return trouble


class Simulation:
    """Callers that share one store; what it answered is held against the model in the end."""

    def __init__(self, store: OpenStore, seed: int) -> None:
        self._store = store
        self._dice = random.Random(seed)
        self._keys = count(1)
        self.trouble = make_trouble(store, random.Random(seed + 1))
        self.outcomes: dict[str, tuple[Deed, int | Refusal]] = {}
        self._ran: list[str] = []
        """The key of each deed whenever it ran with its locks: an order in which all can have been done."""
        self._open: list[tuple[Deed, int]] = []

    async def play(self, callers: int, deeds: int) -> None:
        """Let each caller do so much, then end what is open and judge.

        The first has nothing to give; whether others are refused is left to chance.
        """
        await self._settle(self._new("give", 0, minor=1, to=1))
        await asyncio.gather(*(self._call(deeds) for _ in range(callers)))
        self.trouble.often = 0
        while self._open:
            hold, number = self._open.pop()
            await self._settle(self._new("release", hold.jar, hold=number, of=hold.key))
        await self._judge()

    async def _call(self, deeds: int) -> None:
        for _ in range(deeds):
            at_once = [self._settle(self._think_up()) for _ in range(self._dice.randint(1, 3))]
            await asyncio.gather(*at_once, self._ask_again())

    def _think_up(self) -> Deed:
        if self._dice.random() < 0.1:
            return self._new(
                self._dice.choice(["bring", "close"]),
                self._dice.choice(SPARE),
                minor=self._dice.randint(1, 500),
            )
        a, b = self._dice.sample(range(ACCOUNTS), 2)
        what = self._dice.choice(["bring", "give", "give", "hold", "release", "capture"])
        if what in ("release", "capture") and self._open:
            hold, number = self._open.pop(self._dice.randrange(len(self._open)))
            to = next(each for each in (a, b) if each != hold.jar)
            return self._new(what, hold.jar, to=to, hold=number, of=hold.key)
        if what in ("release", "capture"):
            what = "bring"
        return self._new(what, a, minor=self._dice.randint(1, 500), to=b)

    def _new(self, what: str, jar: int, **more: Any) -> Deed:
        return Deed(f"deed-{next(self._keys)}", what, jar, **more)

    async def _settle(self, deed: Deed) -> None:
        """Ask until it is known what came of it, perhaps losing patience now and then."""
        for _ in range(TRIES):
            try:
                outcome = await self._impatiently(partial(self._ask, deed))
            except (StorageError, sqlite3.OperationalError, asyncio.CancelledError):
                continue
            self.outcomes[deed.key] = (deed, outcome)
            if deed.what == "hold" and isinstance(outcome, int):
                self._open.append((deed, outcome))
            return
        raise AssertionError(f"{deed} came to nothing in {TRIES} tries")

    async def _impatiently(self, ask: Callable[[], Any]) -> Any:
        asking = asyncio.ensure_future(ask())
        if self._dice.random() < 0.2:
            await asyncio.sleep(self._dice.choice([0, 0, 0.0002, 0.001]))
            asking.cancel()
        return await asking

    async def _ask_again(self) -> None:
        """Ask for something that was done before: the same gives the same, another thing is refused."""
        if not self.outcomes:
            return
        deed, outcome = self._dice.choice(list(self.outcomes.values()))
        other = self._dice.random() < 0.3
        try:
            again = await self._ask(replace(deed, minor=deed.minor + 1) if other else deed)
        except (StorageError, sqlite3.OperationalError):
            return
        except KeyReused:
            assert other, deed
            return
        assert not other, deed
        assert _plain(again) == _plain(outcome), deed

    async def _ask(self, deed: Deed) -> int | Refusal:
        async def work(books: Books) -> int | Refusal:
            try:
                return await books.once(deed.key, self._do, deed)
            except (AccountClosed, AccountNotEmpty, ShortOfMoney) as refusal:
                return refusal

        return await self._store.run(work)

    async def _do(self, books: Books, deed: Deed) -> int:
        one, other = jar(deed.jar), BANK if deed.what == "bring" else jar(deed.to)
        standing, _ = await books.lock(one, other)
        assert isinstance(books, SqlBooks)
        if not await books.rows("SELECT key FROM outcome WHERE key = ?1", deed.key):
            self._ran.append(deed.key)  # else it was done beside us, and this run will not be kept
        if deed.what in ("give", "hold") and standing.available < eur(deed.minor):
            raise ShortOfMoney(eur(deed.minor) - standing.available)
        match deed.what:
            case "close":
                return await self._close(books, standing)
            case "bring":
                return (await books.post(Transfer("bring", other, one, eur(deed.minor))))[0]
            case "give":
                return (await books.post(Transfer("give", one, other, eur(deed.minor))))[0]
            case "hold":
                return (await books.hold(one, eur(deed.minor)))[0]
            case "release":
                await books.release(deed.hold)
                return 0
            case _:
                return await books.capture(deed.hold, "captured", other)

    async def _close(self, books: Books, standing: Standing) -> int:
        if not standing.is_closed and (standing.balance or standing.held):
            raise AccountNotEmpty(standing.account.name)
        await books.close(standing.account)
        return 0

    async def _judge(self) -> None:
        """Do everything again in the model, in the order in which it was kept: the last run of each key."""
        kept = {key: place for place, key in enumerate(self._ran)}
        assert kept.keys() == self.outcomes.keys()
        model = Model()
        for key in sorted(kept, key=kept.__getitem__):
            deed, outcome = self.outcomes[key]
            refusal = model.do(deed)
            assert (_plain(outcome) == _plain(refusal)) if refusal else isinstance(outcome, int), deed
        for number in range(SPARE.stop):
            standing = await self._store.run(lambda books, number=number: books.standing(jar(number)))  # type: ignore[misc]
            assert standing.balance.minor == model.balance[number]
            assert standing.held.minor == model.held[number] == 0
            assert standing.is_closed == (number in model.closed)
        for deed, outcome in self.outcomes.values():
            assert _plain(await self._ask(deed)) == _plain(outcome), deed


def _plain(outcome: int | Refusal) -> int | str:
    return outcome if isinstance(outcome, int) else f"{type(outcome).__name__} {vars(outcome)}"
