"""The books of one transaction, as SQL that both engines understand."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain, count
from typing import Any, TypeVar

from core.errors import AccountClosed, AccountUnknown, KeyReused, Refusal
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

_ACCOUNT = ("name", "currency", "purse", "floor")
_TRANSFER = ("key", "kind", "debit_id", "credit_id", "amount", "currency", "reverses_id", "made_at")
_HOLD = ("key", "account_id", "amount", "made_at")
_ENTER = (
    "INSERT INTO entry (transfer_id, account_id, amount, balance_after, version)"
    " VALUES (?1, ?2, ?3, ?4, ?5), (?1, ?6, ?7, ?8, ?9)"
)


@dataclass(slots=True)
class AccountRow:
    """An account's row as it stands in this transaction."""

    id: int
    balance: int
    held: int
    version: int
    closed: bool = False


class SqlBooks:
    """`core.ports.Books` over statements. Lives as long as its transaction.

    `storage.sqlite_books` need not ask for what the one writer knows, `storage.postgres.books` adds what it
    takes beside others.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._time = to_column(now)
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

    async def rows(self, sql: str, *parameters: Any) -> list[Row]:
        """Give the rows of one statement: nothing else is awaited here in the end."""
        return await Statement(sql, parameters)

    # Values

    async def add(self, value: T) -> T:
        added = await self.add_new(value)
        assert added is not None
        return added

    async def add_new(self, value: T, *unique: str) -> T | None:
        shape = shape_of(type(value))
        row = shape.write(value)
        if row[0]:
            made = await self._insert(shape.table, shape.columns, [row], unique)
        else:
            made = await self._insert(shape.table, shape.columns[1:], [row[1:]], unique)
        return shape.numbered(value, made[0]) if made else None

    async def add_all(self, values: Sequence[Any]) -> Sequence[int]:
        shape = shape_of(type(values[0]))
        rows = [shape.write(value)[1:] for value in values]
        return await self._insert(shape.table, shape.columns[1:], rows)

    async def save(self, value: Any) -> None:
        shape = shape_of(type(value))
        id_, *row = shape.write(value)  # as if it changed, every table that refers to it would be searched
        await self._write(update_sql(shape.table, shape.columns[1:]), *row, id_)

    async def get(self, kind: type[T], id_: int, /) -> T | None:
        shape = shape_of(kind)
        found = await self.rows(_get(shape.table, self._wanted(shape)), id_)
        return self._read(shape, found[0]) if found else None

    async def find(
        self, kind: type[T], /, *, by: str = "id", most: int | None = None, **where: Any
    ) -> list[T]:
        shape = shape_of(kind)
        forms, parameters = _forms(where)
        sql = _find(shape, self._wanted(shape), forms, by, most)
        return [self._read(shape, row) for row in await self.rows(sql, *parameters)]

    async def _insert(
        self, table: str, columns: tuple[str, ...], rows: Sequence[Row], unique: tuple[str, ...] = ()
    ) -> Sequence[int]:
        """Make rows and return their ids, none where one with the same *unique* columns is there."""
        sql = f"{insert_sql(table, columns, len(rows), unique)} RETURNING id"
        return sorted(id_ for (id_,) in await self.rows(sql, *flat(rows)))

    async def _write(self, sql: str, *parameters: Any) -> None:
        """Change rows, and want nothing back."""
        await self.rows(sql, *parameters)

    def _wanted(self, shape: Shape[Any]) -> str:
        return listed(shape.columns)

    def _read(self, shape: Shape[T], row: Row) -> T:
        return shape.read(row)

    # The ledger

    async def lock(self, *accounts: Account) -> tuple[Standing, ...]:
        scope = self._in_once()
        assert not scope.locked, "a command locks once, all that it will change"
        for account in accounts:
            if not account.is_of_the_chart:
                raise AccountUnknown(account.name)
        scope.locked = await self._lock(sorted(set(accounts), key=turn))
        return tuple([_standing(account, scope.locked[account]) for account in accounts])

    async def _lock(self, accounts: list[Account]) -> dict[Account, AccountRow]:
        """Return the accounts' rows, made if missing; while one writes at a time nothing needs a lock."""
        return {each: await self._account(each) or await self._open(each) for each in accounts}

    async def standing(self, account: Account) -> Standing:
        return _standing(account, await self._account(account) or AccountRow(0, 0, 0, 0))

    async def post(self, *transfers: Transfer) -> tuple[int, ...]:
        return tuple([await self._post(transfer) for transfer in transfers])

    async def hold(self, account: Account, *amounts: Money) -> Sequence[int]:
        scope = self._in_once()
        locked = scope.row_of(account)
        await self._move(locked, held=sum(amount.minor for amount in amounts))
        rows = [(scope.next_key(), locked.id, amount.minor, self._time) for amount in amounts]
        return await self._insert("hold", _HOLD, rows)

    async def release(self, hold: int) -> None:
        account, amount = await self._held(hold)
        await self._move(self._in_once().row_of(account), held=-amount.minor)
        await self._end_hold(hold, None)

    async def capture(self, hold: int, kind: str, credit: Account) -> int:
        account, amount = await self._held(hold)
        await self._move(self._in_once().row_of(account), held=-amount.minor)
        transfer = await self._post(Transfer(kind, account, credit, amount))
        await self._end_hold(hold, transfer)
        return transfer

    async def close(self, account: Account) -> None:
        locked = self._in_once().row_of(account)
        ((last,),) = await self.rows(
            "SELECT max(made_at) FROM ("
            "SELECT made_at FROM entry JOIN transfer ON transfer.id = transfer_id WHERE account_id = ?1"
            " UNION ALL SELECT made_at FROM hold WHERE account_id = ?1) AS moves",
            locked.id,
        )
        closed_at = max(self._time, last or "")  # a clock can have been ahead of this one
        await self._write("UPDATE account SET closed_at = ?1 WHERE id = ?2", closed_at, locked.id)
        locked.closed = True

    async def _post(self, transfer: Transfer) -> int:
        scope = self._in_once()
        debit, credit = scope.row_of(transfer.debit), scope.row_of(transfer.credit)
        minor = transfer.amount.minor
        row = (
            scope.next_key(), transfer.kind, debit.id, credit.id, minor, transfer.amount.currency,
            transfer.reverses, self._time,
        )  # fmt: skip
        (id_,) = await self._insert("transfer", _TRANSFER, [row])
        await self._move(debit, -minor)
        await self._move(credit, minor)
        await self._write(
            _ENTER,
            id_, debit.id, -minor, debit.balance, debit.version, credit.id, minor, credit.balance,
            credit.version,
        )  # fmt: skip
        await self._seal((id_, *row))
        return id_

    async def _seal(self, transfer: Row) -> None:
        """Chain a transfer (its id and all its columns) to those before it."""
        await self._keep_seal(transfer[0], seal(await self._last_seal(), transfer))

    async def _last_seal(self) -> str:
        last = await self.rows("SELECT hash FROM seal ORDER BY transfer_id DESC LIMIT 1")
        return last[0][0] if last else FIRST_SEAL

    async def _keep_seal(self, transfer: int, hash_: str) -> None:
        await self._write("INSERT INTO seal (transfer_id, hash) VALUES (?1, ?2)", transfer, hash_)

    async def _move(self, account: AccountRow, amount: int = 0, held: int = 0) -> None:
        """Change what a locked account has; only its balance counts as a new version."""
        await self._write(
            "UPDATE account SET balance = balance + ?1, held = held + ?2, version = version + ?3"
            " WHERE id = ?4",
            amount, held, int(amount != 0), account.id,
        )  # fmt: skip
        account.balance += amount
        account.held += held
        account.version += amount != 0

    async def _held(self, hold: int) -> tuple[Account, Money]:
        rows = await self.rows(
            "SELECT name, currency, purse, amount FROM hold JOIN account ON account.id = hold.account_id"
            " WHERE hold.id = ?1",
            hold,
        )
        assert rows, f"there is no hold {hold}"
        name, currency, purse, amount = rows[0]
        return Account(name, currency, purse), Money(amount, currency)

    async def _end_hold(self, hold: int, transfer: int | None) -> None:
        await self._write(
            "INSERT INTO hold_end (hold_id, transfer_id, made_at) VALUES (?1, ?2, ?3)",
            hold, transfer, self._time,
        )  # fmt: skip

    async def _account(self, account: Account) -> AccountRow | None:
        found = await self.rows(
            "SELECT id, balance, held, version, closed_at IS NOT NULL FROM account"
            " WHERE name = ?1 AND currency = ?2 AND purse = ?3",
            account.name, account.currency, account.purse,
        )  # fmt: skip
        return AccountRow(*found[0]) if found else None

    async def _open(self, account: Account) -> AccountRow:
        row = account.name, account.currency, account.purse, account.floor
        (id_,) = await self._insert("account", _ACCOUNT, [row])
        return AccountRow(id_, 0, 0, 0)

    # Outcomes

    async def once(self, key: str, command: Callable[[Books, Ask], Awaitable[R]], ask: Ask) -> R:
        assert self._scope is None, "commands do not run inside commands"
        request = fingerprint(command, ask)
        known = await self.rows("SELECT request, result FROM outcome WHERE key = ?1", key)
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
        await self._write(
            "INSERT INTO outcome (key, request, result, made_at) VALUES (?1, ?2, ?3, ?4)",
            key, request, write(result), self._time,
        )  # fmt: skip
        if isinstance(result, Refusal):
            raise result
        return result

    async def _begin(self) -> None:
        await self.rows("SAVEPOINT once")

    async def _undo(self) -> None:
        await self.rows("ROLLBACK TO once")

    async def _end(self) -> None:
        await self.rows("RELEASE once")

    def _in_once(self) -> _Scope:
        assert self._scope is not None, "money moves only inside `once`"
        return self._scope


class _Scope:
    """The command that is running: its key, what it has locked, how much it has made."""

    def __init__(self, key: str) -> None:
        self.locked: dict[Account, AccountRow] = {}
        self._key = key
        self._made = 0

    def row_of(self, account: Account) -> AccountRow:
        assert account in self.locked, "lock what you change"
        row = self.locked[account]
        if row.closed:
            raise AccountClosed(account.name)
        return row

    def next_key(self) -> str:
        self._made += 1
        return f"{self._key}#{self._made}"


def _standing(account: Account, row: AccountRow) -> Standing:
    balance, held = Money(row.balance, account.currency), Money(row.held, account.currency)
    return Standing(account, balance, held, bool(row.closed))


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
def insert_sql(table: str, columns: tuple[str, ...], rows: int, unique: tuple[str, ...] = ()) -> str:
    """Return the SQL that makes so many rows, unless one with the same *unique* columns is there."""
    number = count(1)
    marks = ", ".join(f"({', '.join(f'?{next(number)}' for _ in columns)})" for _ in range(rows))
    clash = f" ON CONFLICT ({listed(unique)}) DO NOTHING" if unique else ""
    return f"INSERT INTO {table} ({listed(columns)}) VALUES {marks}{clash}"


@cache
def update_sql(table: str, columns: tuple[str, ...]) -> str:
    """Return the SQL that changes a row; its id comes after its columns."""
    changed = ", ".join(f'"{column}" = ?{n}' for n, column in enumerate(columns, start=1))
    return f"UPDATE {table} SET {changed} WHERE id = ?{len(columns) + 1}"


def flat(rows: Sequence[Row]) -> Row:
    """Return the values of all rows, one after the other."""
    return rows[0] if len(rows) == 1 else tuple(chain.from_iterable(rows))


def _forms(where: dict[str, Any]) -> tuple[tuple[tuple[str, str, int], ...], tuple[Any, ...]]:
    """Return each field with its test and how many values that takes, and the values."""
    forms: list[tuple[str, str, int]] = []
    parameters: list[Any] = []
    for field, wanted in where.items():
        values: tuple[Any, ...]
        if wanted is None:
            test, values = "{} IS NULL", ()
        elif isinstance(wanted, AtMost):
            test, values = "{} <= {}", (wanted.value,)
        elif isinstance(wanted, NoneOf):
            test, values = "{} NOT IN ({})" if wanted.values else "1 = 1", wanted.values
        elif isinstance(wanted, tuple):
            test, values = "{} IN ({})" if wanted else "1 = 0", wanted
        else:
            test, values = "{} = {}", (wanted,)
        forms.append((field, test, len(values)))
        parameters += [to_column(each) for each in values]
    return tuple(forms), tuple(parameters)


@lru_cache(maxsize=1000)
def _find(
    shape: Shape[Any], wanted: str, forms: tuple[tuple[str, str, int], ...], by: str, most: int | None
) -> str:
    tests: list[str] = []
    number = count(1)
    for field, test, values in forms:
        marks = ", ".join(f"?{next(number)}" for _ in range(values))
        tests.append(test.format(shape.column(field), marks))
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    order = f"{shape.column(by.removeprefix('-'))} {'DESC' if by[0] == '-' else 'ASC'}"
    limit = f" LIMIT {most:d}" if most is not None else ""
    return f"SELECT {wanted} FROM {shape.table}{where} ORDER BY {order}{limit}"


@cache
def listed(columns: tuple[str, ...]) -> str:
    """Return columns as SQL names them."""
    return ", ".join(f'"{column}"' for column in columns)
