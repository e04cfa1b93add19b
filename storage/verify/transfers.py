"""Whether transfers, their entries and the balances agree."""

from __future__ import annotations

import sqlite3

from core.ledger import Account
from storage.books import FIRST_SEAL, seal
from storage.verify.finding import ACCOUNT, Found


def transfers_in_one_currency(connection: sqlite3.Connection) -> Found:
    for id_, currency, debit, credit in connection.execute(
        """
        SELECT transfer.id, transfer.currency, debit.currency, credit.currency
        FROM transfer
        LEFT JOIN account AS debit ON debit.id = debit_id
        LEFT JOIN account AS credit ON credit.id = credit_id
        WHERE debit.currency IS NOT transfer.currency OR credit.currency IS NOT transfer.currency
        """
    ):
        yield f"transfer {id_}", f"{currency} from an account in {debit} to one in {credit}"


def amounts_above_zero(connection: sqlite3.Connection) -> Found:
    for id_, amount in connection.execute("SELECT id, amount FROM transfer WHERE amount <= 0"):
        yield f"transfer {id_}", f"moves {amount}"


def two_entries(connection: sqlite3.Connection) -> Found:
    for id_, count, sum_ in connection.execute(
        """
        SELECT transfer.id, count(entry.id), coalesce(sum(entry.amount), 0)
        FROM transfer LEFT JOIN entry ON entry.transfer_id = transfer.id
        GROUP BY transfer.id
        HAVING count(entry.id) <> 2
            OR sum(entry.account_id = debit_id AND entry.amount = -transfer.amount) <> 1
            OR sum(entry.account_id = credit_id AND entry.amount = transfer.amount) <> 1
        """
    ):
        yield f"transfer {id_}", f"has {count} entries that sum to {sum_}, not its debit and its credit"


def balances(connection: sqlite3.Connection) -> Found:
    for account, balance, sum_ in connection.execute(
        f"""
        SELECT {ACCOUNT}, balance, (SELECT coalesce(sum(amount), 0) FROM entry WHERE account_id = account.id)
        FROM account
        WHERE balance <> (SELECT coalesce(sum(amount), 0) FROM entry WHERE account_id = account.id)
        """
    ):
        yield account, f"has {balance}, its entries sum to {sum_}"


def versions(connection: sqlite3.Connection) -> Found:
    for account, version, count, last in connection.execute(
        f"""
        SELECT {ACCOUNT}, account.version, count(entry.id), coalesce(max(entry.version), 0)
        FROM account LEFT JOIN entry ON entry.account_id = account.id
        GROUP BY account.id
        HAVING account.version <> count(entry.id) OR max(entry.version) <> count(entry.id)
            OR min(entry.version) <> 1 OR count(DISTINCT entry.version) <> count(entry.id)
        """
    ):
        yield account, f"is at version {version} with {count} entries up to version {last}"


def balances_after(connection: sqlite3.Connection) -> Found:
    for account, version, after, sum_ in connection.execute(
        f"""
        SELECT {ACCOUNT}, so_far.version, balance_after, running FROM account JOIN (
            SELECT account_id, version, balance_after,
                sum(amount) OVER (PARTITION BY account_id ORDER BY version) AS running
            FROM entry
        ) AS so_far ON so_far.account_id = account.id
        WHERE balance_after <> running
        """
    ):
        yield account, f"entry {version} leaves {after}, the entries so far sum to {sum_}"


def sums_to_zero(connection: sqlite3.Connection) -> Found:
    for currency, sum_ in connection.execute(
        "SELECT currency, sum(balance) FROM account GROUP BY currency HAVING sum(balance) <> 0"
    ):
        yield currency, f"all balances sum to {sum_}"


def floors(connection: sqlite3.Connection) -> Found:
    for name, currency, purse, floor, available in connection.execute(
        "SELECT name, currency, purse, floor, balance - held FROM account"
    ):
        wanted = Account(name, currency, purse).floor
        if floor != wanted:
            yield f"{name} {currency}", f"has the floor {floor}, not {wanted}"
        elif floor is not None and available < floor:
            yield f"{name} {currency}", f"has {available} available"


def reversals(connection: sqlite3.Connection) -> Found:
    for id_, amount, back in connection.execute(
        """
        SELECT back.reverses_id, coalesce(first.amount, 0), sum(back.amount)
        FROM transfer AS back LEFT JOIN transfer AS first ON first.id = back.reverses_id
        WHERE back.reverses_id IS NOT NULL
        GROUP BY back.reverses_id
        HAVING sum(back.amount) > coalesce(first.amount, 0)
        """
    ):
        yield f"transfer {id_}", f"moved {amount}, and {back} of it was reversed"


def chain(connection: sqlite3.Connection) -> Found:
    """Recompute the chain; behind its first break nothing can be said."""
    before = FIRST_SEAL
    for *transfer, found in connection.execute(
        """
        SELECT transfer.id, key, kind, debit_id, credit_id, amount, currency, reverses_id, made_at, hash
        FROM transfer LEFT JOIN seal ON seal.transfer_id = transfer.id
        ORDER BY transfer.id
        """
    ):
        before = seal(before, tuple(transfer))
        if found != before:
            yield f"transfer {transfer[0]}", "is not sealed" if found is None else "is not what was sealed"
            return
    for (id_,) in connection.execute(
        "SELECT transfer_id FROM seal WHERE transfer_id NOT IN (SELECT id FROM transfer)"
    ):
        yield f"transfer {id_}", "was sealed and is gone"
