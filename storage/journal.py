"""The whole journal as other people's programs read it: one stream of transfers, then the balances.

Here a credit raises a balance; in plain-text accounting it lowers it. So every amount changes its
sign on its way out, and what we owe stands below zero there. Postings come from the entries and
balances from what is stored: where the two differ, the reader of the text will say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from core.ledger import SHARED
from core.money import EXPONENTS
from storage.snapshot import Snapshot

BEGINNING = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Posting:
    """What an account gains by a transfer, or has: its name out there, and the amount as text."""

    account: str
    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A transfer, with a posting for each of its entries."""

    id: int
    key: str
    kind: str
    reverses: int | None
    made_at: datetime
    postings: tuple[Posting, ...]


class Journal:
    """The books of one moment, each part of which is read once, row by row."""

    def __init__(self, moment: Snapshot, told: Callable[[int, int], None]) -> None:
        self._moment = moment
        self._told = told
        self.end = BEGINNING + timedelta(days=1)
        """The day after the last transfer; known once all have been read."""

    def currencies(self) -> Iterator[str]:
        for (currency,) in self._moment.rows("SELECT DISTINCT currency FROM account ORDER BY currency"):
            yield currency

    def accounts(self) -> Iterator[str]:
        for row in self._moment.rows("SELECT DISTINCT name, purse FROM account ORDER BY name, purse"):
            yield account_name(*row)

    def transfers(self) -> Iterator[Posted]:
        """Give every transfer in its order, and tell how many of how many were given."""
        ((total,),) = self._moment.rows("SELECT count(*) FROM transfer")
        rows = self._moment.rows(
            """
            SELECT transfer.id, key, kind, reverses_id, made_at, transfer.currency, name, purse, entry.amount
            FROM transfer
            LEFT JOIN entry ON entry.transfer_id = transfer.id
            LEFT JOIN account ON account.id = entry.account_id
            ORDER BY transfer.id, entry.id
            """
        )
        for done, (_, of_one) in enumerate(groupby(rows, key=itemgetter(0)), start=1):
            posted = _posted(list(of_one))
            self.end = max(self.end, posted.made_at.date() + timedelta(days=1))
            yield posted
            self._told(done, total)

    def balances(self) -> Iterator[Posting]:
        rows = self._moment.rows("SELECT currency, name, purse, balance FROM account ORDER BY id")
        for row in rows:
            yield _posting(*row)


@lru_cache(maxsize=10_000)
def account_name(name: str, purse: str = SHARED) -> str:
    """Return what an account is called out there; two accounts never share a name.

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


def _posted(rows: list[tuple[Any, ...]]) -> Posted:
    id_, key, kind, reverses, made_at, *_ = rows[0]
    postings = tuple(_posting(*row[5:]) for row in rows if row[6])
    return Posted(id_, key, kind, reverses, datetime.fromisoformat(made_at), postings)


def _posting(currency: str, name: str, purse: str, gained: int) -> Posting:
    return Posting(account_name(name, purse), _text(-gained, currency), currency)


def _text(minor: int, currency: str) -> str:
    places = EXPONENTS[currency]
    whole, part = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}{f'.{part:0{places}d}' if places else ''}"


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


_NUMBERED = frozenset({"customer", "merchant"})
_OPERATORS = {"fees": "Income", "gateway_fees": "Expenses", "bonus": "Expenses", "losses": "Expenses"}
_ROOTS = {
    **dict.fromkeys(("clearing", "bank", "debt"), "Assets"),
    **dict.fromkeys(("wallet", "bonus", "refunding", "suspense", "payable", "tips"), "Liabilities"),
}
