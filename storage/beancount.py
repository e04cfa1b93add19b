"""The whole journal as text for beancount, so that somebody else's program can judge the books.

Here a credit raises a balance; in beancount it lowers it. So every amount changes its sign, and what
we owe stands below zero there. Postings come from the entries and assertions from the stored
balances: where the two differ, the reader of the text will say so.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from core.ledger import SHARED
from core.money import EXPONENTS
from storage.snapshot import snapshot

OPENED = "1970-01-01"


def export(path: Path) -> Iterator[str]:
    """Give the lines of a beancount file about the database at *path*, all of one moment.

    Raises StorageError where there is no such database.
    """
    with snapshot(path) as connection:
        yield 'option "title" "Seatside"\n'
        yield from _currencies(connection)
        yield from _opens(connection)
        last = date.fromisoformat(OPENED)
        for transfer, entries in _transfers(connection):
            last = max(last, transfer.made_at.date())
            yield from transfer.lines(entries)
        yield from _balances(connection, last + timedelta(days=1))


def account_name(name: str, purse: str = SHARED) -> str:
    """Return an account's name in beancount; two accounts never share one.

    >>> account_name("gateway:sandbox:clearing"), account_name("customer:7:wallet")
    ('Assets:Gateway:Sandbox:Clearing', 'Liabilities:Customer:C7:Wallet')
    >>> account_name("merchant:3:payable", "east side")
    'Liabilities:Merchant:M3:Payable--east-20-side'
    """
    parts = name.split(":")
    shown = [_component(part) for part in parts]
    if parts[0] in _NUMBERED and len(parts) > 1 and re.fullmatch("[0-9]+", parts[1]):
        shown[1] = parts[0][0].upper() + parts[1]
    full = ":".join([_root(name), *shown])
    # Not a part of its own: beancount's balance of an account is that of all accounts under it.
    return full if purse == SHARED else f"{full}--{_escape(purse)}"


class _Transfer:
    """A transfer on its way to text: the columns that do not come from its entries."""

    def __init__(self, row: tuple[Any, ...]) -> None:
        self.id, self.key, self.kind, self.currency, self.reverses_id, made_at = row
        self.made_at = datetime.fromisoformat(made_at)

    def lines(self, entries: list[tuple[str, int]]) -> Iterator[str]:
        """Give the transaction; *entries* are the names of accounts and what each gained."""
        links = [f"^transfer-{each}" for each in (self.id, self.reverses_id) if each is not None]
        yield f"\n{self.made_at.date()} * {_text(self.kind)} {' '.join(links)}\n"
        yield f"  transfer: {self.id}\n"
        yield f"  key: {_text(self.key)}\n"
        yield f"  made-at: {_text(self.made_at.isoformat())}\n"
        for account, gained in entries:
            yield f"  {account}  {_amount(-gained, self.currency)} {self.currency}\n"


def _currencies(connection: sqlite3.Connection) -> Iterator[str]:
    for (currency,) in connection.execute("SELECT DISTINCT currency FROM account ORDER BY currency"):
        yield f'option "operating_currency" "{currency}"\n'


def _opens(connection: sqlite3.Connection) -> Iterator[str]:
    rows = connection.execute("SELECT DISTINCT name, purse FROM account ORDER BY name, purse")
    for name, purse in rows:
        yield f"{OPENED} open {account_name(name, purse)}\n"


def _transfers(connection: sqlite3.Connection) -> Iterator[tuple[_Transfer, list[tuple[str, int]]]]:
    rows = connection.execute(
        """
        SELECT transfer.id, key, kind, transfer.currency, reverses_id, made_at, name, purse, entry.amount
        FROM transfer
        LEFT JOIN entry ON entry.transfer_id = transfer.id
        LEFT JOIN account ON account.id = entry.account_id
        ORDER BY transfer.id, entry.id
        """
    )
    for _, of_one in groupby(rows, key=itemgetter(0)):
        entries = list(of_one)
        named = [(account_name(name, purse), amount) for *_, name, purse, amount in entries if name]
        yield _Transfer(entries[0][:6]), named


def _balances(connection: sqlite3.Connection, day: date) -> Iterator[str]:
    """Assert every stored balance, to the last unit: without `~ 0` one unit more or less would pass."""
    yield "\n"
    rows = connection.execute("SELECT name, purse, currency, balance FROM account ORDER BY id")
    for name, purse, currency, balance in rows:
        amount = _amount(-balance, currency)
        yield f"{day} balance {account_name(name, purse)}  {amount} ~ 0 {currency}\n"


def _root(name: str) -> str:
    kind = name.rsplit(":", 1)[-1]
    if name.startswith("operator:") and kind in _OPERATORS:
        return _OPERATORS[kind]
    return _ROOTS.get(kind, "Equity")


def _component(part: str) -> str:
    """Return one part of an account's name: letters, digits and dashes, a capital or digit in front.

    Small letters become capitals, and whatever cannot stand in front, or looks like a customer's or
    merchant's number without being one, moves behind `0--`.
    """
    escaped = _escape(part)
    if re.match("[a-z]", escaped) and not re.fullmatch("[cm][0-9]+", escaped):
        return escaped[0].upper() + escaped[1:]
    return escaped if re.match("[1-9]", escaped) else f"0--{escaped}"


def _escape(part: str) -> str:
    """Write whatever is neither an ASCII letter nor a digit as its number between dashes."""
    return re.sub("[^A-Za-z0-9]", lambda found: f"-{ord(found[0]):x}-", part)


def _amount(minor: int, currency: str) -> str:
    places = EXPONENTS[currency]
    whole, part = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}{f'.{part:0{places}d}' if places else ''}"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


_NUMBERED = frozenset({"customer", "merchant"})
_OPERATORS = {"fees": "Income", "gateway_fees": "Expenses", "bonus": "Expenses", "losses": "Expenses"}
_ROOTS = {
    **dict.fromkeys(("clearing", "bank", "debt"), "Assets"),
    **dict.fromkeys(("wallet", "bonus", "refunding", "suspense", "payable", "tips"), "Liabilities"),
}
