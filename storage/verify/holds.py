"""Whether holds are resolved once, and as the lines that they are for."""

from __future__ import annotations

from storage.snapshot import Snapshot
from storage.verify.finding import ACCOUNT, Found


def held(moment: Snapshot) -> Found:
    for account, held, sum_ in moment.rows(
        f"""
        WITH open_holds AS (
            SELECT account_id, sum(amount) AS amount FROM hold
            WHERE id NOT IN (SELECT hold_id FROM hold_end) GROUP BY account_id
        )
        SELECT {ACCOUNT}, held, coalesce(amount, 0)
        FROM account LEFT JOIN open_holds ON account_id = account.id
        WHERE held < 0 OR held <> coalesce(amount, 0)
        """
    ):
        yield account, f"has {held} held, its open holds sum to {sum_}"


def holds_end_once(moment: Snapshot) -> Found:
    for hold, times in moment.rows(
        "SELECT hold_id, count(*) FROM hold_end GROUP BY hold_id HAVING count(*) > 1"
    ):
        yield f"hold {hold}", f"was resolved {times} times"


def captures(moment: Snapshot) -> Found:
    for hold, transfer in moment.rows(
        """
        SELECT hold_end.hold_id, hold_end.transfer_id FROM hold_end
        LEFT JOIN hold ON hold.id = hold_id
        LEFT JOIN transfer ON transfer.id = transfer_id
        WHERE transfer_id IS NOT NULL
            AND coalesce(transfer.amount <> hold.amount OR transfer.debit_id <> hold.account_id, TRUE)
        """
    ):
        yield f"hold {hold}", f"was captured by transfer {transfer}, which moved another amount"
