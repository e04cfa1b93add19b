"""Whether transfers, their entries and the balances agree."""

from __future__ import annotations

from core.ledger import Account
from storage.books import FIRST_SEAL, seal
from storage.snapshot import Snapshot
from storage.verify.finding import ACCOUNT, Found


def transfers_in_one_currency(moment: Snapshot) -> Found:
    for id_, currency, debit, credit in moment.rows(
        """
        SELECT transfer.id, transfer.currency, debit.currency, credit.currency
        FROM transfer
        LEFT JOIN account AS debit ON debit.id = debit_id
        LEFT JOIN account AS credit ON credit.id = credit_id
        WHERE coalesce(debit.currency <> transfer.currency OR credit.currency <> transfer.currency, TRUE)
        """
    ):
        yield f"transfer {id_}", f"{currency} from an account in {debit} to one in {credit}"


def amounts_above_zero(moment: Snapshot) -> Found:
    for id_, amount in moment.rows("SELECT id, amount FROM transfer WHERE amount <= 0"):
        yield f"transfer {id_}", f"moves {amount}"


def two_entries(moment: Snapshot) -> Found:
    for id_, count, sum_ in moment.rows(
        """
        SELECT transfer.id, count(entry.id), coalesce(sum(entry.amount), 0)
        FROM transfer LEFT JOIN entry ON entry.transfer_id = transfer.id
        GROUP BY transfer.id
        HAVING count(entry.id) <> 2
            OR count(*) FILTER (WHERE entry.account_id = debit_id AND entry.amount = -transfer.amount) <> 1
            OR count(*) FILTER (WHERE entry.account_id = credit_id AND entry.amount = transfer.amount) <> 1
        """
    ):
        yield f"transfer {id_}", f"has {count} entries that sum to {sum_}, not its debit and its credit"


def balances(moment: Snapshot) -> Found:
    for account, balance, sum_ in moment.rows(
        f"""
        SELECT {ACCOUNT}, balance, (SELECT coalesce(sum(amount), 0) FROM entry WHERE account_id = account.id)
        FROM account
        WHERE balance <> (SELECT coalesce(sum(amount), 0) FROM entry WHERE account_id = account.id)
        """
    ):
        yield account, f"has {balance}, its entries sum to {sum_}"


def versions(moment: Snapshot) -> Found:
    for account, version, count, last in moment.rows(
        f"""
        SELECT {ACCOUNT}, account.version, count(entry.id), coalesce(max(entry.version), 0)
        FROM account LEFT JOIN entry ON entry.account_id = account.id
        GROUP BY account.id
        HAVING account.version <> count(entry.id) OR max(entry.version) <> count(entry.id)
            OR min(entry.version) <> 1 OR count(DISTINCT entry.version) <> count(entry.id)
        """
    ):
        yield account, f"is at version {version} with {count} entries up to version {last}"


def balances_after(moment: Snapshot) -> Found:
    for account, version, after, sum_ in moment.rows(
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


def sums_to_zero(moment: Snapshot) -> Found:
    for currency, sum_ in moment.rows(
        "SELECT currency, sum(balance) FROM account GROUP BY currency HAVING sum(balance) <> 0"
    ):
        yield currency, f"all balances sum to {sum_}"


def floors(moment: Snapshot) -> Found:
    for name, currency, purse, floor, available in moment.rows(
        "SELECT name, currency, purse, floor, balance - held FROM account"
    ):
        wanted = Account(name, currency, purse).floor
        if floor != wanted:
            yield f"{name} {currency}", f"has the floor {floor}, not {wanted}"
        elif floor is not None and available < floor:
            yield f"{name} {currency}", f"has {available} available"


def of_the_chart(moment: Snapshot) -> Found:
    for name, currency, purse in moment.rows("SELECT name, currency, purse FROM account"):
        if not Account(name, currency, purse).is_of_the_chart:
            yield f"{name} {currency}", "is no account of the chart"


def closed(moment: Snapshot) -> Found:
    for account, closed_at, balance, held, last in moment.rows(
        f"""
        WITH closed AS (SELECT id FROM account WHERE closed_at IS NOT NULL), moves AS (
            SELECT account_id, transfer.made_at FROM entry JOIN transfer ON transfer.id = transfer_id
            WHERE account_id IN (SELECT id FROM closed)
            UNION ALL
            SELECT account_id, made_at FROM hold WHERE account_id IN (SELECT id FROM closed)
        )
        SELECT {ACCOUNT}, closed_at, balance, held, coalesce(max(made_at), '')
        FROM account LEFT JOIN moves ON account_id = account.id
        WHERE closed_at IS NOT NULL
        GROUP BY account.id
        HAVING balance <> 0 OR held <> 0 OR max(made_at) > closed_at
        """
    ):
        yield account, f"was closed {closed_at}, has {balance} and {held} held, and last moved {last}"


def reversals(moment: Snapshot) -> Found:
    for id_, amount, back in moment.rows(
        """
        SELECT back.reverses_id, coalesce(first.amount, 0), sum(back.amount)
        FROM transfer AS back LEFT JOIN transfer AS first ON first.id = back.reverses_id
        WHERE back.reverses_id IS NOT NULL
        GROUP BY back.reverses_id, first.amount
        HAVING sum(back.amount) > coalesce(first.amount, 0)
        """
    ):
        yield f"transfer {id_}", f"moved {amount}, and {back} of it was reversed"


def chain(moment: Snapshot) -> Found:
    """Recompute the chain; behind its first break nothing can be said.

    Where seals follow the transfers, those behind the last seal are the tail, which is not sealed yet.
    """
    before, ((last,),) = FIRST_SEAL, moment.rows("SELECT coalesce(max(transfer_id), 0) FROM seal")
    for *transfer, found in moment.rows(
        """
        SELECT transfer.id, key, kind, debit_id, credit_id, amount, currency, reverses_id, made_at, hash
        FROM transfer LEFT JOIN seal ON seal.transfer_id = transfer.id
        ORDER BY transfer.id
        """
    ):
        if moment.seals_follow and transfer[0] > last:
            break
        before = seal(before, tuple(transfer))
        if found != before:
            yield f"transfer {transfer[0]}", "is not sealed" if found is None else "is not what was sealed"
            return
    for (id_,) in moment.rows(
        "SELECT transfer_id FROM seal WHERE transfer_id NOT IN (SELECT id FROM transfer)"
    ):
        yield f"transfer {id_}", "was sealed and is gone"


def tail(moment: Snapshot) -> int:
    """Return how many transfers at the end are not sealed yet."""
    ((count,),) = moment.rows(
        "SELECT count(*) FROM transfer WHERE id > (SELECT coalesce(max(transfer_id), 0) FROM seal)"
    )
    return int(count)
