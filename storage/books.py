"""The books of one transaction, as SQL."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from core.errors import KeyReused, Refusal
from core.ledger import Account, Standing, Transfer
from core.money import Money
from core.outcome import Result, fingerprint, read, write
from core.ports import AtMost, Books, NoneOf
from storage.rows import Shape, shape_of, to_column
from storage.statement import Row, Statement

T = TypeVar("T")
Ask = TypeVar("Ask")
R = TypeVar("R", bound=Result)

FIRST_SEAL = "0" * 64


class SqlBooks:
    """`core.ports.Books` over statements. Lives as long as its transaction.

    As it stands it is SQLite's, where one writes at a time; `storage.postgres.books` adds what it takes
    beside others.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._scope: _Scope | None = None
        self._told: list[Any] = []

    @property
    def now(self) -> datetime:
        return self._now

    def token(self) -> str:
        return secrets.token_urlsafe(16)

    def tell(self, event: Any) -> None:
        self._told.append(event)

    @property
    def told(self) -> list[Any]:
        return self._told

    # Values

    async def add(self, value: T) -> T:
        added = await self.add_new(value)
        assert added is not None
        return added

    async def add_new(self, value: T, *unique: str) -> T | None:
        shape = shape_of(type(value))
        row = shape.write(value)
        if row["id"] == 0:
            del row["id"]
            row |= await self._number(shape.table)
        added = await Statement(_insert(shape.table, tuple(row), unique), tuple(row.values()))
        return replace(value, id=added[0][0]) if added else None  # type: ignore[type-var]

    async def save(self, value: Any) -> None:
        shape = shape_of(type(value))
        row = shape.write(value)
        id_ = row.pop("id")  # as if it changed, every table that refers to it would be searched
        await Statement(_update(shape.table, tuple(row)), (*row.values(), id_))

    async def get(self, kind: type[T], id_: int, /) -> T | None:
        shape = shape_of(kind)
        found = await Statement(_get(shape.table, self._wanted(shape)), (id_,))
        return self._read(shape, found[0]) if found else None

    async def find(
        self, kind: type[T], /, *, by: str = "id", most: int | None = None, **where: Any
    ) -> list[T]:
        shape = shape_of(kind)
        tests, parameters = _tests(shape, where)
        order = f"{shape.column(by.removeprefix('-'))} {'DESC' if by[0] == '-' else 'ASC'}"
        limit = f" LIMIT {most:d}" if most is not None else ""
        sql = f"SELECT {self._wanted(shape)} FROM {shape.table}{tests} ORDER BY {order}{limit}"
        return [self._read(shape, row) for row in await Statement(sql, parameters)]

    async def _number(self, table: str) -> dict[str, int]:
        """Return the number of a new row as its column; nothing where the database gives the next one."""
        return {}

    def _wanted(self, shape: Shape[Any]) -> str:
        return listed(shape.columns)

    def _read(self, shape: Shape[T], row: Row) -> T:
        return shape.read(row)

    # The ledger

    async def lock(self, *accounts: Account) -> tuple[Standing, ...]:
        scope = self._in_once()
        assert not scope.locked, "a command locks once, all that it will change"
        scope.locked = await self._lock(sorted(set(accounts), key=turn))
        return tuple([_standing(account, scope.locked[account]) for account in accounts])

    async def _lock(self, accounts: list[Account]) -> dict[Account, Row]:
        """Return the accounts' rows, made if missing; while one writes at a time nothing needs a lock."""
        return {each: (await self._account(each) or await self._open(each))[0] for each in accounts}

    async def standing(self, account: Account) -> Standing:
        rows = await self._account(account)
        return _standing(account, rows[0] if rows else (0, 0, 0))

    async def post(self, *transfers: Transfer) -> tuple[int, ...]:
        return tuple([await self._post(transfer) for transfer in transfers])

    async def hold(self, account: Account, amount: Money) -> int:
        scope = self._in_once()
        await self._change(account, held=amount.minor)
        made = await Statement(
            "INSERT INTO hold (key, account_id, amount, made_at) VALUES (?1, ?2, ?3, ?4) RETURNING id",
            (scope.next_key(), scope.id_of(account), amount.minor, to_column(self.now)),
        )
        hold: int = made[0][0]
        return hold

    async def release(self, hold: int) -> None:
        account, amount = await self._held(hold)
        await self._change(account, held=-amount.minor)
        await self._end_hold(hold, None)

    async def capture(self, hold: int, kind: str, credit: Account) -> int:
        account, amount = await self._held(hold)
        await self._change(account, held=-amount.minor)
        transfer = await self._post(Transfer(kind, account, credit, amount))
        await self._end_hold(hold, transfer)
        return transfer

    async def _post(self, transfer: Transfer) -> int:
        scope = self._in_once()
        amount = transfer.amount.minor
        debit, credit = scope.id_of(transfer.debit), scope.id_of(transfer.credit)
        row = (
            scope.next_key(), transfer.kind, debit, credit, amount, transfer.amount.currency,
            transfer.reverses, to_column(self.now),
        )  # fmt: skip
        made = await Statement(
            "INSERT INTO transfer (key, kind, debit_id, credit_id, amount, currency, reverses_id, made_at)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
            row,
        )
        id_: int = made[0][0]
        await self._enter(id_, debit, -amount)
        await self._enter(id_, credit, amount)
        await self._seal((id_, *row))
        return id_

    async def _enter(self, transfer: int, account: int, amount: int) -> None:
        rows = await Statement(
            "UPDATE account SET balance = balance + ?1, version = version + 1 WHERE id = ?2"
            " RETURNING balance, version",
            (amount, account),
        )
        await Statement(
            "INSERT INTO entry (transfer_id, account_id, amount, balance_after, version)"
            " VALUES (?1, ?2, ?3, ?4, ?5)",
            (transfer, account, amount, *rows[0]),
        )

    async def _seal(self, transfer: Row) -> None:
        last = await Statement("SELECT hash FROM seal ORDER BY transfer_id DESC LIMIT 1")
        await Statement(
            "INSERT INTO seal (transfer_id, hash) VALUES (?1, ?2)",
            (transfer[0], seal(last[0][0] if last else FIRST_SEAL, transfer)),
        )

    async def _change(self, account: Account, held: int) -> None:
        id_ = self._in_once().id_of(account)
        await Statement("UPDATE account SET held = held + ?1 WHERE id = ?2", (held, id_))

    async def _held(self, hold: int) -> tuple[Account, Money]:
        rows = await Statement(
            "SELECT name, currency, purse, amount FROM hold JOIN account ON account.id = hold.account_id"
            " WHERE hold.id = ?1",
            (hold,),
        )
        name, currency, purse, amount = rows[0]
        return Account(name, currency, purse), Money(amount, currency)

    async def _end_hold(self, hold: int, transfer: int | None) -> None:
        await Statement(
            "INSERT INTO hold_end (hold_id, transfer_id, made_at) VALUES (?1, ?2, ?3)",
            (hold, transfer, to_column(self.now)),
        )

    async def _account(self, account: Account) -> list[Row]:
        return await Statement(
            "SELECT id, balance, held FROM account WHERE name = ?1 AND currency = ?2 AND purse = ?3",
            (account.name, account.currency, account.purse),
        )

    async def _open(self, account: Account) -> list[Row]:
        return await Statement(
            "INSERT INTO account (name, currency, purse, floor) VALUES (?1, ?2, ?3, ?4)"
            " RETURNING id, balance, held",
            (account.name, account.currency, account.purse, account.floor),
        )

    # Outcomes

    async def once(self, key: str, command: Callable[[Books, Ask], Awaitable[R]], ask: Ask) -> R:
        assert self._scope is None, "commands do not run inside commands"
        request = fingerprint(command, ask)
        known = await Statement("SELECT request, result FROM outcome WHERE key = ?1", (key,))
        if known:
            if known[0][0] != request:
                raise KeyReused
            return read(known[0][1])  # type: ignore[return-value]
        told = len(self._told)
        self._scope = _Scope(key)
        await self._begin()
        try:
            result: R | Refusal = await command(self, ask)
        except Refusal as refusal:
            await self._undo()
            del self._told[told:]
            result = refusal
        finally:
            self._scope = None
        await self._end()
        await Statement(
            "INSERT INTO outcome (key, request, result, made_at) VALUES (?1, ?2, ?3, ?4)",
            (key, request, write(result), to_column(self.now)),
        )
        if isinstance(result, Refusal):
            raise result
        return result

    async def _begin(self) -> None:
        await Statement("SAVEPOINT once")

    async def _undo(self) -> None:
        await Statement("ROLLBACK TO once")

    async def _end(self) -> None:
        await Statement("RELEASE once")

    def _in_once(self) -> _Scope:
        assert self._scope is not None, "money moves only inside `once`"
        return self._scope


class _Scope:
    """The command that is running: its key, what it has locked, how much it has made."""

    def __init__(self, key: str) -> None:
        self.locked: dict[Account, Row] = {}
        self._key = key
        self._made = 0

    def id_of(self, account: Account) -> int:
        assert account in self.locked, "lock what you change"
        id_: int = self.locked[account][0]
        return id_

    def next_key(self) -> str:
        self._made += 1
        return f"{self._key}#{self._made}"


def _standing(account: Account, row: Row) -> Standing:
    _, balance, held = row
    return Standing(account, Money(balance, account.currency), Money(held, account.currency))


def seal(before: str, transfer: Row) -> str:
    """Return the hash that chains a transfer (its id and all its columns) to those before it."""
    return hashlib.sha256(json.dumps([before, *transfer]).encode()).hexdigest()


def turn(account: Account) -> tuple[bool, str, str, str]:
    """Accounts are locked in this order; what a whole bar waits for comes last and is held shortest."""
    return account.name.endswith(":payable"), account.name, account.currency, account.purse


@cache
def _get(table: str, wanted: str) -> str:
    return f"SELECT {wanted} FROM {table} WHERE id = ?1"


@cache
def _insert(table: str, columns: tuple[str, ...], unique: tuple[str, ...]) -> str:
    marks = ", ".join(f"?{n}" for n in range(1, len(columns) + 1))
    clash = f" ON CONFLICT ({listed(unique)}) DO NOTHING" if unique else ""
    return f"INSERT INTO {table} ({listed(columns)}) VALUES ({marks}){clash} RETURNING id"


@cache
def _update(table: str, columns: tuple[str, ...]) -> str:
    changed = ", ".join(f'"{column}" = ?{n}' for n, column in enumerate(columns, start=1))
    return f"UPDATE {table} SET {changed} WHERE id = ?{len(columns) + 1}"


def _tests(shape: Shape[Any], where: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    tests: list[str] = []
    parameters: list[Any] = []
    for field, wanted in where.items():
        column = shape.column(field)
        if wanted is None:
            tests.append(f"{column} IS NULL")
        elif isinstance(wanted, AtMost):
            parameters.append(to_column(wanted.value))
            tests.append(f"{column} <= ?{len(parameters)}")
        elif isinstance(wanted, NoneOf):
            marks = _marks(parameters, wanted.values)
            tests.append(f"{column} NOT IN ({marks})" if marks else "1 = 1")
        else:
            marks = _marks(parameters, wanted if isinstance(wanted, tuple) else (wanted,))
            tests.append(f"{column} IN ({marks})" if marks else "1 = 0")
    return f" WHERE {' AND '.join(tests)}" if tests else "", tuple(parameters)


def _marks(parameters: list[Any], values: tuple[Any, ...]) -> str:
    """Add *values* to the parameters and return the marks that stand for them."""
    first = len(parameters) + 1
    parameters += [to_column(each) for each in values]
    return ", ".join(f"?{n}" for n in range(first, len(parameters) + 1))


@cache
def listed(columns: tuple[str, ...]) -> str:
    """Return columns as SQL names them."""
    return ", ".join(f'"{column}"' for column in columns)
