"""Large books, made fast: plain SQL, and nothing that a command would not have left behind."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from core.ledger import Account, payable
from core.outcome import write
from storage.books import FIRST_SEAL, seal
from storage.migrate import migrate
from storage.rows import to_column
from tests.conftest import START

BANK = Account("operator:losses", "EUR")
AMOUNT = 100


def make_large_books(path: Path, transfers: int, merchants: int) -> None:
    """Make books with so many *transfers*, two entries each, from the bank to each merchant in turn.

    Every invariant holds in them.
    """
    migrate(path)
    last = FIRST_SEAL

    def next_seal(*transfer: object) -> str:
        nonlocal last
        last = seal(last, transfer)
        return last

    names = [BANK, *(payable(n, "EUR") for n in range(1, merchants + 1))]
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("next_seal", 9, next_seal)
        connection.executemany(
            "INSERT INTO account (name, currency, purse) VALUES (?, ?, ?)",
            [(each.name, each.currency, each.purse) for each in names],
        )
        n = {"n": transfers, "merchants": merchants, "amount": AMOUNT, "now": to_column(START)}
        for sql in _STEPS:
            connection.execute(sql, {**n, "result": write(1)})
        connection.commit()


_STEPS = (
    """
    WITH RECURSIVE number (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM number WHERE id < :n)
    INSERT INTO transfer (id, key, kind, debit_id, credit_id, amount, currency, made_at)
    SELECT id, 'bulk-' || id || '#1', 'payout', 1, 2 + (id - 1) % :merchants, :amount, 'EUR', :now FROM number
    """,
    """
    INSERT INTO entry (transfer_id, account_id, amount, balance_after, version)
    SELECT id, side, iif(side = 1, -amount, amount), iif(side = 1, -amount, amount) * version, version
    FROM (
        SELECT id, amount, debit_id AS side, id AS version FROM transfer
        UNION ALL SELECT id, amount, credit_id, (id - 1) / :merchants + 1 FROM transfer
        ORDER BY id
    )
    """,
    """
    INSERT INTO seal (transfer_id, hash)
    SELECT id, next_seal(id, key, kind, debit_id, credit_id, amount, currency, reverses_id, made_at)
    FROM transfer ORDER BY id
    """,
    """
    INSERT INTO outcome (key, request, result, made_at)
    SELECT substr(key, 1, length(key) - 2), printf('%064d', id), :result, made_at FROM transfer ORDER BY 1
    """,
    """
    UPDATE account SET (balance, version) = (
        SELECT coalesce(sum(amount), 0), coalesce(max(version), 0) FROM entry WHERE account_id = account.id
    )
    """,
)
