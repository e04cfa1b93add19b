"""Whether each move of what gateways hold is an item that they told of, and each item moved it once."""

from __future__ import annotations

from storage.snapshot import Snapshot
from storage.verify.finding import Found


def moves_of_clearing(moment: Snapshot) -> Found:
    """Lay transfers and items side by side by gateway, kind and amount: sums alone could be wrong twice."""
    for account, currency, kind, amount, moved, told in moment.rows(
        f"""
        SELECT account, currency, kind, amount, sum(moved), sum(told)
        FROM ({_MOVES} UNION ALL {_ITEMS}) AS side_by_side
        GROUP BY account, currency, kind, amount HAVING sum(moved) <> sum(told)
        ORDER BY account, currency, kind, amount
        """
    ):
        yield f"{account} {currency}", f"{kind} of {amount}: moved {moved} times, and told of {told} times"


_MOVES = """
    SELECT name AS account, transfer.currency, amount,
        CASE kind WHEN 'refund_bounced' THEN 'refunded' WHEN 'stray_bounced' THEN 'stray_returned'
            ELSE kind END AS kind,
        CASE WHEN kind IN ('refund_bounced', 'stray_bounced') THEN -1 ELSE 1 END AS moved, 0 AS told
    FROM transfer JOIN account ON account.id IN (debit_id, credit_id)
    WHERE name LIKE 'gateway:%:clearing'
"""
"""What bounced takes back what had arrived before."""

_ITEMS = """
    SELECT 'gateway:' || gateway || ':clearing', currency, amount, kind, 0, 1
    FROM (
        SELECT gateway, currency, brought_minor AS amount, 'top_up' AS kind FROM lot
        WHERE gateway <> 'bonus' AND NOT EXISTS (
            SELECT 1 FROM stray WHERE stray.gateway = lot.gateway AND stray.charge = lot.charge
        )
        UNION ALL SELECT gateway, currency, amount_minor, 'stray' FROM stray
        UNION ALL SELECT gateway, stray.currency, stray.amount_minor, 'stray_returned'
        FROM stray_case JOIN stray ON stray.id = stray_id WHERE state = 'back'
        UNION ALL SELECT lot.gateway, lot.currency, amount_minor, 'refunded'
        FROM refund_part JOIN lot ON lot.id = lot_id WHERE state = 'done'
        UNION ALL SELECT gateway, currency, held_minor, 'charge_back' FROM dispute WHERE state = 'lost'
        UNION ALL SELECT gateway, currency, owed_minor, 'charge_back_owed' FROM dispute WHERE state = 'lost'
        UNION ALL SELECT gateway, currency, abs(amount_minor),
            CASE kind WHEN 'fee' THEN 'gateway_fee' ELSE 'payout' END
            || CASE WHEN amount_minor > 0 THEN '_back' ELSE '' END
        FROM statement_line WHERE kind IN ('fee', 'payout')
    ) AS item
    WHERE amount > 0
"""
