"""The books of one transaction where nobody else writes: what is known need not be asked for.

Statements are run where they are awaited, in the writer's thread: nothing here ever pauses.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from core.ledger import Account
from storage.books import AccountRow, SqlBooks, flat, insert_sql, update_sql
from storage.rows import shape_of
from storage.statement import Row

T = TypeVar("T")

MOST_KNOWN = 10_000
"""How many values, and how many accounts, may be known when a job begins."""


@dataclass(slots=True)
class Known:
    """What the writer has read or written itself. Whatever is rolled back empties it."""

    values: dict[tuple[type, int], Any] = field(default_factory=dict)
    """What is there under a class and id; None where nothing is."""
    accounts: dict[Account, AccountRow] = field(default_factory=dict)
    last_seal: str | None = None

    def make_room(self) -> None:
        """Forget all where it is too much. Not within a job: it changes the accounts that it found here."""
        for known in (self.values, self.accounts):
            if len(known) >= MOST_KNOWN:
                known.clear()

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

    def __init__(self, connection: sqlite3.Connection, now: datetime, known: Known, *, alone: bool) -> None:
        super().__init__(now)
        self._execute = connection.execute
        self._known = known
        self._alone = alone
        self._wrote = False

    async def rows(self, sql: str, *parameters: Any) -> list[Row]:
        return self._execute(sql, parameters).fetchall()

    # Values

    async def add_new(self, value: T, *unique: str) -> T | None:
        added = await super().add_new(value, *unique)
        if added is not None:
            self._know(added)
        return added

    async def add_all(self, values: Sequence[Any]) -> Sequence[int]:
        made = await super().add_all(values)
        for id_ in made:  # that nothing was there may have been known
            self._known.values.pop((type(values[0]), id_), None)
        return made

    async def save(self, value: Any) -> None:
        """Write only what changed: a column that is named costs its indexes, whatever its value."""
        known = self._known.values.get((type(value), value.id))
        if known is None:
            await super().save(value)
        elif changed := (shape := shape_of(type(value))).changes(known, value):
            await self._write(update_sql(shape.table, (*changed,)), *changed.values(), value.id)
        self._know(value)

    async def get(self, kind: type[T], id_: int, /) -> T | None:
        known: dict[tuple[type, int], T | None] = self._known.values
        if (kind, id_) in known:
            return known[kind, id_]
        found = await super().get(kind, id_)
        if not shape_of(kind).is_file:
            known[kind, id_] = found
        return found

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
        done = self._execute(insert_sql(table, columns, len(rows), unique), flat(rows))
        made, last = done.rowcount, done.lastrowid or 0
        return range(last - made + 1, last + 1)  # rows of one statement are numbered without a gap

    async def _write(self, sql: str, *parameters: Any) -> None:
        self._wrote = True
        changed = self._execute(sql, parameters).rowcount
        assert changed, "what is changed must be there"

    def _know(self, value: Any) -> None:
        if not shape_of(type(value)).is_file:
            self._known.values[type(value), value.id] = value

    # The ledger

    async def _account(self, account: Account) -> AccountRow | None:
        row = self._known.accounts.get(account)
        if row is None:
            row = await super()._account(account)
            if row is not None:
                self._known.accounts[account] = row
        return row

    async def _open(self, account: Account) -> AccountRow:
        row = await super()._open(account)
        self._known.accounts[account] = row
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
