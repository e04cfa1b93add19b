"""The books of one transaction beside others: rows are locked, and nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from core.document import DOCUMENTS
from core.ledger import Account, Transfer
from core.money import Money
from storage.books import AccountRow, SqlBooks, listed
from storage.rows import Shape, shape_of, to_column
from storage.statement import Row

T = TypeVar("T")


class Overtaken(Exception):
    """Somebody else changed what this transaction had read: it must begin again."""


class PostgresBooks(SqlBooks):
    """`core.ports.Books` where many write.

    Each value that was read is remembered with its row's version (PostgreSQL's xmin). Whoever finds it
    changed on reading it again, or on saving it, was overtaken. Accounts are locked before that matters; what
    a command has read since it locked them is not asked for again.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._seen: dict[tuple[str, int], str] = {}
        self._seen_before: dict[tuple[str, int], str] = {}
        self._under_lock: dict[tuple[str, int], Any] | None = None
        self._changed = False
        self.posted = False

    async def get(self, kind: type[T], id_: int, /) -> T | None:
        place = shape_of(kind).table, id_
        if self._under_lock is None:
            return await super().get(kind, id_)
        if place not in self._under_lock:
            self._under_lock[place] = await super().get(kind, id_)
        known: T | None = self._under_lock[place]
        return known

    async def save(self, value: Any) -> None:
        shape = shape_of(type(value))
        known = self._seen.get((shape.table, value.id))
        id_, *row = shape.write(value)
        saved = await self.rows(
            _update(shape.table, shape.columns[1:], known is not None), *row, id_, *([known] if known else [])
        )
        self._changed = True
        if known and not saved:
            raise Overtaken(f"{shape.table} {value.id}")
        if saved:
            self._seen[shape.table, value.id] = saved[0][0]
            self._know(value)

    def _know(self, value: Any) -> None:
        if self._under_lock is not None:
            self._under_lock[shape_of(type(value)).table, value.id] = value

    async def _write(self, sql: str, *parameters: Any) -> None:
        self._changed = True
        await super()._write(sql, *parameters)

    def _wanted(self, shape: Shape[Any]) -> str:
        return f"xmin::text, {listed(shape.columns)}"

    def _read(self, shape: Shape[T], row: Row) -> T:
        version, *columns = row
        value = shape.read(tuple(columns))
        place = shape.table, value.id  # type: ignore[attr-defined]
        if self._seen.setdefault(place, version) != version:
            raise Overtaken(f"{place[0]} {place[1]}")
        return value

    async def _insert(
        self, table: str, columns: tuple[str, ...], rows: Sequence[Row], unique: tuple[str, ...] = ()
    ) -> Sequence[int]:
        """Number documents without holes: a sequence would leave one at each rollback.

        The lock that `next_number` takes lasts to the commit, and the number is looked for by a statement
        within it that begins once the lock is granted, for a statement sees what was committed when it began.
        """
        self._changed = True
        if self._under_lock:
            self._under_lock.clear()  # what was missing may be there now
        if table in _NUMBERED and "id" not in columns:
            (row,) = rows
            ((number,),) = await self.rows(_insert_next(table, columns), *row)
            return [number]
        return await super()._insert(table, columns, rows, unique)

    async def _lock(self, accounts: list[Account]) -> dict[Account, AccountRow]:
        (rows,) = await self.rows(
            "SELECT ids, balances, helds, versions, closed FROM lock_standings(?1, ?2, ?3, ?4)",
            *named(accounts),
        )
        self._under_lock = {}
        return dict(zip(accounts, map(AccountRow, *rows), strict=True))

    async def post(self, *transfers: Transfer) -> tuple[int, ...]:
        """Make the transfers, their entries and the new balances in one statement."""
        scope = self._in_once()
        made = await self.rows(
            "SELECT make_transfers(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            [scope.next_key() for _ in transfers],
            [each.kind for each in transfers],
            [scope.row_of(each.debit).id for each in transfers],
            [scope.row_of(each.credit).id for each in transfers],
            [each.amount.minor for each in transfers],
            [each.amount.currency for each in transfers],
            [each.reverses for each in transfers],
            to_column(self.now),
        )
        self.posted = True
        return tuple(made[0][0])

    async def _post(self, transfer: Transfer) -> int:
        (number,) = await self.post(transfer)
        return number

    async def hold(self, account: Account, *amounts: Money) -> Sequence[int]:
        scope = self._in_once()
        made = await self.rows(
            "WITH wanted AS (SELECT * FROM unnest(?2::text[], ?3::bigint[]) AS wanted (key, amount)),"
            " changed AS (UPDATE account SET held = held + (SELECT sum(amount) FROM wanted) WHERE id = ?1"
            " RETURNING id)"
            " INSERT INTO hold (key, account_id, amount, made_at)"
            " SELECT wanted.key, changed.id, wanted.amount, ?4 FROM wanted, changed RETURNING id",
            scope.row_of(account).id,
            [scope.next_key() for _ in amounts],
            [amount.minor for amount in amounts],
            to_column(self.now),
        )
        return sorted(id_ for (id_,) in made)

    async def _begin(self) -> None:
        """Set a savepoint, unless nothing was changed since the one with which the transaction began."""
        if self._changed:
            await super()._begin()
        self._seen_before = dict(self._seen)

    async def _undo(self) -> None:
        await super()._undo()
        self._seen = self._seen_before

    async def _end(self) -> None:
        """Leave the savepoint to the commit, which ends it without a statement of its own."""
        self._under_lock = None


BEGIN = "BEGIN; SET LOCAL synchronous_commit = off; {}; SAVEPOINT once"
"""How a transaction begins. Nobody waits for a command's locks while the disk writes; who asked for the
command does: see `storage.postgres.flush`.
"""


def named(accounts: list[Account]) -> tuple[list[Any], ...]:
    """Return what `lock_standings` takes."""
    return (
        [each.name for each in accounts],
        [each.currency for each in accounts],
        [each.purse for each in accounts],
        [each.floor for each in accounts],
    )


@cache
def _update(table: str, columns: tuple[str, ...], unchanged: bool) -> str:
    changed = ", ".join(f'"{column}" = ?{n}' for n, column in enumerate(columns, start=1))
    only = f" AND xmin::text = ?{len(columns) + 2}" if unchanged else ""
    return f"UPDATE {table} SET {changed} WHERE id = ?{len(columns) + 1}{only} RETURNING xmin::text"


@cache
def _insert_next(table: str, columns: tuple[str, ...]) -> str:
    """Return the SQL that makes a row under the next number of its table."""
    marks = ", ".join(f"?{n}" for n in range(1, len(columns) + 1))
    return (
        f"INSERT INTO {table} (id, {listed(columns)}) VALUES (next_number('{table}'), {marks}) RETURNING id"
    )


_NUMBERED = frozenset(shape_of(kind).table for kind in DOCUMENTS)
