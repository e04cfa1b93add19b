"""The books of one transaction where nobody else writes: what is known need not be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from core.ledger import Account
from storage.books import AccountRow, SqlBooks, flat, insert_sql, update_sql
from storage.rows import shape_of
from storage.statement import Change, Row

T = TypeVar("T")

MOST_KNOWN = 10_000
"""How many values, and how many accounts, are known at most; the first known are forgotten first."""


@dataclass(slots=True)
class Known:
    """What the writer has read or written itself. Whatever is rolled back empties it."""

    values: dict[tuple[type, int], Any] = field(default_factory=dict)
    """What is there under a class and id; None where nothing is."""
    accounts: dict[Account, AccountRow] = field(default_factory=dict)
    last_seal: str | None = None

    def forget(self) -> None:
        self.values.clear()
        self.accounts.clear()
        self.last_seal = None


class MustBeAlone(Exception):
    """A command was refused after it had written: only in a savepoint of its own can that be undone."""


class SqliteBooks(SqlBooks):
    """`core.ports.Books` of the one writer.

    *alone*: each command has a savepoint of its own. Without one, as most are run, a command that would have
    to be undone raises MustBeAlone: see `storage.sqlite.Writer`.
    """

    def __init__(self, now: datetime, known: Known, *, alone: bool) -> None:
        super().__init__(now)
        self._known = known
        self._alone = alone
        self._wrote = False

    # Values

    async def add_new(self, value: T, *unique: str) -> T | None:
        added = await super().add_new(value, *unique)
        if added is not None:
            self._know(added)
        return added

    async def add_all(self, values: Sequence[T]) -> list[T]:
        added = await super().add_all(values)
        for value in added:
            self._know(value)
        return added

    async def save(self, value: Any) -> None:
        """Write only what changed: a column that is named costs its indexes, whatever its value."""
        known = self._known.values.get((type(value), value.id))
        if known is None:
            await super().save(value)
        elif known != value:
            shape = shape_of(type(value))
            rows = zip(shape.columns, shape.write(known), shape.write(value), strict=True)
            changed = {column: now for column, before, now in rows if now != before}
            await self._write(update_sql(shape.table, tuple(changed)), *changed.values(), value.id)
        self._know(value)

    async def get(self, kind: type[T], id_: int, /) -> T | None:
        if shape_of(kind).is_file:
            return await super().get(kind, id_)
        known = self._known.values
        if (kind, id_) not in known:
            _keep(known, (kind, id_), await super().get(kind, id_))
        return cast("T | None", known[kind, id_])

    async def find(
        self, kind: type[T], /, *, by: str = "id", most: int | None = None, **where: Any
    ) -> list[T]:
        if by != "id" or most is not None or [*where] != ["id"] or not isinstance(where["id"], tuple):
            return await super().find(kind, by=by, most=most, **where)
        return [found for id_ in sorted({*where["id"]}) if (found := await self.get(kind, id_))]

    async def _insert(
        self, table: str, columns: tuple[str, ...], rows: Sequence[Row], unique: tuple[str, ...] = ()
    ) -> Sequence[int]:
        self._wrote = True
        ((made, last),) = await Change(insert_sql(table, columns, len(rows), unique), flat(rows))
        return range(last - made + 1, last + 1)  # rows of one statement are numbered without a gap

    async def _write(self, sql: str, *parameters: Any) -> None:
        self._wrote = True
        ((changed, _),) = await Change(sql, parameters)
        assert changed == 1, "what is changed must be there"

    def _know(self, value: Any) -> None:
        if not shape_of(type(value)).is_file:
            _keep(self._known.values, (type(value), value.id), value)

    # The ledger

    async def _account(self, account: Account) -> AccountRow | None:
        row = self._known.accounts.get(account)
        if row is None:
            row = await super()._account(account)
            if row is not None:
                _keep(self._known.accounts, account, row)
        return row

    async def _open(self, account: Account) -> AccountRow:
        row = await super()._open(account)
        _keep(self._known.accounts, account, row)
        return row

    async def _last_seal(self) -> str:
        if self._known.last_seal is None:
            self._known.last_seal = await super()._last_seal()
        return self._known.last_seal

    async def _keep_seal(self, transfer: int, hash_: str) -> None:
        await super()._keep_seal(transfer, hash_)
        self._known.last_seal = hash_

    # Commands

    async def _begin(self) -> None:
        self._wrote = False
        if self._alone:
            await super()._begin()

    async def _undo(self) -> None:
        if self._alone:
            await super()._undo()
            self._known.forget()
        elif self._wrote:
            raise MustBeAlone

    async def _end(self) -> None:
        if self._alone:
            await super()._end()


def _keep(known: dict[Any, Any], key: Any, value: Any) -> None:
    if len(known) >= MOST_KNOWN and key not in known:
        del known[next(iter(known))]
    known[key] = value
