"""The books of one transaction beside others: rows are locked, and nothing is overwritten unseen."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from core.document import DOCUMENTS
from core.ledger import Account, Transfer
from storage.books import AccountRow, SqlBooks, listed
from storage.postgres.connection import NUMBERING
from storage.rows import Shape, shape_of, to_column
from storage.statement import Row, Statement

T = TypeVar("T")


class Overtaken(Exception):
    """Somebody else changed what this transaction had read: it must begin again."""


class PostgresBooks(SqlBooks):
    """`core.ports.Books` where many write.

    Each value that was read is remembered with its row's version (PostgreSQL's xmin). Whoever finds it
    changed on reading it again, or on saving it, was overtaken. Accounts are locked before that matters.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._seen: dict[tuple[str, int], str] = {}
        self._seen_before: dict[tuple[str, int], str] = {}
        self.posted = False

    async def save(self, value: Any) -> None:
        shape = shape_of(type(value))
        known = self._seen.get((shape.table, value.id))
        id_, *row = shape.write(value)
        saved = await Statement(
            _update(shape.table, shape.columns[1:], known is not None),
            (*row, id_, *([known] if known else [])),
        )
        if known and not saved:
            raise Overtaken(f"{shape.table} {value.id}")
        if saved:
            self._seen[shape.table, value.id] = saved[0][0]

    def _wanted(self, shape: Shape[Any]) -> str:
        return f"xmin::text, {listed(shape.columns)}"

    def _read(self, shape: Shape[T], row: Row) -> T:
        version, *columns = row
        value = shape.read(tuple(columns))
        place = shape.table, value.id  # type: ignore[attr-defined]
        if self._seen.setdefault(place, version) != version:
            raise Overtaken(f"{place[0]} {place[1]}")
        return value

    async def _number(self, table: str) -> int | None:
        """Number documents without holes: a sequence would leave one at each rollback.

        The lock lasts to the commit. The number is looked for after it is granted, in a statement of its
        own, for a statement sees what was committed when it began.
        """
        if table not in _NUMBERED:
            return None
        await Statement("SELECT pg_advisory_xact_lock(?1, hashtext(?2))", (NUMBERING, table))
        next_ = await Statement(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")
        number: int = next_[0][0]
        return number

    async def _lock(self, accounts: list[Account]) -> dict[Account, AccountRow]:
        there = await _lock_rows(accounts)
        if len(there) < len(accounts):
            for account in accounts:
                await _make(account)
            there = await _lock_rows(accounts)
        return there

    async def _post(self, transfer: Transfer) -> int:
        """Make a transfer, its entries and the new balances in one statement."""
        scope = self._in_once()
        made = await Statement(
            _POST,
            (
                scope.next_key(), transfer.kind,
                scope.row_of(transfer.debit).id, scope.row_of(transfer.credit).id,
                transfer.amount.minor, transfer.amount.currency, transfer.reverses, to_column(self.now),
            ),
        )  # fmt: skip
        self.posted = True
        id_: int = made[0][0]
        return id_

    async def _begin(self) -> None:
        await super()._begin()
        self._seen_before = dict(self._seen)

    async def _undo(self) -> None:
        await super()._undo()
        self._seen = self._seen_before


async def _lock_rows(accounts: list[Account]) -> dict[Account, AccountRow]:
    """Lock the accounts that are there, in the order given, and return how they stand."""
    rows = await Statement(
        "SELECT turn, account.id, balance, held, version"
        " FROM account JOIN unnest(?1::text[], ?2::text[], ?3::text[])"
        " WITH ORDINALITY AS wanted (name, currency, purse, turn)"
        " ON account.name = wanted.name AND account.currency = wanted.currency"
        " AND account.purse = wanted.purse"
        " ORDER BY turn FOR NO KEY UPDATE OF account",
        (
            [account.name for account in accounts],
            [account.currency for account in accounts],
            [account.purse for account in accounts],
        ),
    )
    return {accounts[turn - 1]: AccountRow(*row) for turn, *row in rows}


async def _make(account: Account) -> None:
    """Make an account that stands at zero, unless it is there."""
    await Statement(
        "INSERT INTO account (name, currency, purse, floor) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (name, currency, purse) DO NOTHING",
        (account.name, account.currency, account.purse, account.floor),
    )


@cache
def _update(table: str, columns: tuple[str, ...], unchanged: bool) -> str:
    changed = ", ".join(f'"{column}" = ?{n}' for n, column in enumerate(columns, start=1))
    only = f" AND xmin::text = ?{len(columns) + 2}" if unchanged else ""
    return f"UPDATE {table} SET {changed} WHERE id = ?{len(columns) + 1}{only} RETURNING xmin::text"


_NUMBERED = frozenset(shape_of(kind).table for kind in DOCUMENTS)

_POST = """
WITH made AS (
    INSERT INTO transfer (key, kind, debit_id, credit_id, amount, currency, reverses_id, made_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    RETURNING id, debit_id, credit_id, amount
), legs AS (
    SELECT id AS transfer_id, debit_id AS account_id, -amount AS amount, 1 AS turn FROM made
    UNION ALL SELECT id, credit_id, amount, 2 FROM made
), moved AS (
    UPDATE account SET balance = account.balance + legs.amount, version = account.version + 1
    FROM legs WHERE account.id = legs.account_id
    RETURNING transfer_id, account_id, legs.amount, account.balance, account.version, turn
)
INSERT INTO entry (transfer_id, account_id, amount, balance_after, version)
SELECT transfer_id, account_id, amount, balance, version FROM moved ORDER BY turn
RETURNING transfer_id
"""
