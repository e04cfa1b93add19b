"""A transfer between two merchants, done by the storage and by its rival."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter
from types import TracebackType

from core.ledger import Transfer, payable
from core.outcome import write
from core.ports import Books, Ledger, Store
from storage.books import FIRST_SEAL, seal
from storage.rows import to_column
from storage.sqlite import connect
from tests.bench.callers import Round
from tests.conftest import START
from tests.core.evening import eur

MERCHANTS = 1000


@dataclass(frozen=True, slots=True)
class Move:
    debit: int
    credit: int
    minor: int


async def move(books: Books, ask: Move) -> int:
    debit, credit = payable(ask.debit, "EUR"), payable(ask.credit, "EUR")
    await books.lock(debit, credit)
    return (await books.post(Transfer("move", debit, credit, eur(ask.minor))))[0]


class Moves:
    """Moves of random amounts between random merchants; no two have the same key."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._fresh = count(1)

    def some(self, number: int) -> Iterator[tuple[str, Move]]:
        for _ in range(number):
            debit, credit = self._random.sample(range(1, MERCHANTS + 1), 2)
            yield f"move-{next(self._fresh)}", Move(debit, credit, self._random.randint(1, 10_000))

    def for_store(self, store: Store, number: int) -> Iterator[Callable[[], Awaitable[int]]]:
        """Yield jobs that do them through the public interface, each durable when it returns."""
        for key, each in self.some(number):
            yield partial(store.run, partial(_once, key=key, each=each))

    def for_ledger(
        self, ledger: Ledger, number: int, payee: int | None = None
    ) -> Iterator[Callable[[], Awaitable[int]]]:
        """Yield jobs that do them as plain transfers, all to the same *payee* if one is given."""
        for key, each in self.some(number):
            debit, credit = payable(each.debit, "EUR"), payable(payee or each.credit, "EUR")
            yield partial(ledger.post, key, Transfer("move", debit, credit, eur(each.minor)))


async def _once(books: Books, key: str, each: Move) -> int:
    return await books.once(key, move, each)


class Rival:
    """The same tables, rows, triggers, hashes and durability by the standard library, a commit each.

    It is as fast as that can be: account numbers and the last hash are in memory, nothing is looked
    up that must not be, and nobody waits in between.
    """

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)
        self._ids = dict(self._connection.execute("SELECT name, id FROM account WHERE purse = 'shared'"))
        last = self._connection.execute("SELECT hash FROM seal ORDER BY transfer_id DESC LIMIT 1").fetchone()
        self._last = last[0] if last else FIRST_SEAL

    def __enter__(self) -> Rival:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def do(self, moves: Iterator[tuple[str, Move]]) -> Round:
        waits: list[float] = []
        began = perf_counter()
        for key, each in moves:
            asked = perf_counter()
            self._do(key, each)
            waits.append(perf_counter() - asked)
        return Round(perf_counter() - began, waits)

    def _do(self, key: str, each: Move) -> None:
        execute = self._connection.execute
        debit, credit = (self._ids[payable(n, "EUR").name] for n in (each.debit, each.credit))
        request = hashlib.sha256(f"{each}".encode()).hexdigest()
        now = to_column(START)
        execute("BEGIN IMMEDIATE")
        if execute("SELECT request, result FROM outcome WHERE key = ?", (key,)).fetchone():
            raise AssertionError("no key comes twice here")
        row = (f"{key}#1", "move", debit, credit, each.minor, "EUR", None, now)
        id_ = execute(_INSERT_TRANSFER, row).lastrowid
        for account, amount in ((debit, -each.minor), (credit, each.minor)):
            after = execute(_UPDATE_ACCOUNT, (amount, account)).fetchone()
            execute(_INSERT_ENTRY, (id_, account, amount, *after))
        self._last = seal(self._last, (id_, *row))
        execute("INSERT INTO seal (transfer_id, hash) VALUES (?, ?)", (id_, self._last))
        execute("INSERT INTO outcome VALUES (?, ?, ?, ?)", (key, request, write(id_), now))
        execute("COMMIT")


def bytes_of(path: Path) -> int:
    """Return how large the database is, once everything is in its file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size


_INSERT_TRANSFER = (
    "INSERT INTO transfer (key, kind, debit_id, credit_id, amount, currency, reverses_id, made_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_UPDATE_ACCOUNT = (
    "UPDATE account SET balance = balance + ?, version = version + 1 WHERE id = ? RETURNING balance, version"
)
_INSERT_ENTRY = (
    "INSERT INTO entry (transfer_id, account_id, amount, balance_after, version) VALUES (?, ?, ?, ?, ?)"
)
