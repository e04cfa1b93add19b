"""Whether lots, refunds and what gateways hold agree with the wallets."""

from __future__ import annotations

from storage.snapshot import Snapshot
from storage.verify.finding import ACCOUNT, Found


def lots_and_wallets(moment: Snapshot) -> Found:
    return _differing(
        moment,
        "has {}, its lots have {} left",
        """
        SELECT name, currency, purse, balance, 0 FROM account WHERE name LIKE 'customer:%:wallet'
        UNION ALL
        SELECT 'customer:' || customer_id || ':wallet', currency, purse, 0,
            brought_minor - spent_minor - refunding_minor - refunded_minor - charged_back_minor FROM lot
        """,
    )


def lots_and_refunding(moment: Snapshot) -> Found:
    return _differing(
        moment,
        "has {}, its lots have {} under way",
        """
        SELECT name, currency, purse, balance, 0 FROM account WHERE name LIKE 'customer:%:refunding'
        UNION ALL
        SELECT 'customer:' || customer_id || ':refunding', currency, purse, 0, refunding_minor FROM lot
        """,
    )


def lots_and_parts(moment: Snapshot) -> Found:
    for lot, under_way, refunded, going, gone in moment.rows(
        """
        WITH parts AS (
            SELECT lot_id,
                coalesce(sum(amount_minor) FILTER (WHERE state IN ('planned', 'pending', 'parked')), 0)
                    AS going,
                coalesce(sum(amount_minor) FILTER (WHERE state IN ('done', 'rerouted')), 0) AS gone
            FROM refund_part GROUP BY lot_id
        )
        SELECT lot.id, refunding_minor, refunded_minor, coalesce(going, 0), coalesce(gone, 0)
        FROM lot LEFT JOIN parts ON lot_id = lot.id
        WHERE refunding_minor <> coalesce(going, 0) OR refunded_minor <> coalesce(gone, 0)
        """
    ):
        yield (
            f"lot {lot}",
            f"has {under_way} under way and {refunded} refunded, its parts {going} and {gone}",
        )


def reroutes(moment: Snapshot) -> Found:
    for part, amount in moment.rows(
        """
        SELECT id, amount_minor FROM refund_part
        WHERE state = 'rerouted' AND id NOT IN (
            SELECT part_id FROM reroute WHERE confirmed_by IS NOT NULL AND confirmed_by <> proposed_by
        )
        """
    ):
        yield f"part {part}", f"was paid out by hand, {amount}, and no two admins decided it"


def refund_orders(moment: Snapshot) -> Found:
    for order, amount, sum_ in moment.rows(
        """
        SELECT refund_order.id, refund_order.amount_minor, coalesce(sum(refund_part.amount_minor), 0)
        FROM refund_order LEFT JOIN refund_part ON refund_id = refund_order.id
        GROUP BY refund_order.id
        HAVING refund_order.amount_minor <> coalesce(sum(refund_part.amount_minor), 0)
        """
    ):
        yield f"refund R-{order}", f"gives {amount} back, its parts {sum_}"


def lot_uses(moment: Snapshot) -> Found:
    for lot, spent, used in moment.rows(
        """
        SELECT lot.id, spent_minor, coalesce(sum(used), 0)
        FROM lot LEFT JOIN (
            SELECT lot_id, CASE WHEN reverses_id IS NULL THEN amount_minor ELSE -amount_minor END AS used
            FROM lot_use JOIN transfer ON transfer.id = transfer_id
        ) AS uses ON lot_id = lot.id
        GROUP BY lot.id HAVING spent_minor <> coalesce(sum(used), 0)
        """
    ):
        yield f"lot {lot}", f"has {spent} spent, its uses come to {used}"


def sales(moment: Snapshot) -> Found:
    for id_, amount, used in moment.rows(
        """
        SELECT transfer.id, amount, coalesce(sum(amount_minor), 0)
        FROM transfer
        JOIN account ON account.id = debit_id
        LEFT JOIN lot_use ON transfer_id = transfer.id
        LEFT JOIN lot ON lot.id = lot_id
        WHERE kind IN ('sale', 'debt_paid')
        GROUP BY transfer.id
        HAVING amount <> coalesce(sum(amount_minor), 0)
            OR count(*) FILTER (WHERE account.name <> 'customer:' || lot.customer_id || ':wallet') > 0
        """
    ):
        yield f"transfer {id_}", f"moved {amount}, the customer's lots paid {used} of it"


def returns(moment: Snapshot) -> Found:
    for id_, lot, back, paid in moment.rows(
        """
        WITH back AS (
            SELECT transfer.id, transfer.reverses_id, lot_id, amount_minor
            FROM transfer LEFT JOIN lot_use ON transfer_id = transfer.id
            WHERE kind = 'return'
        )
        SELECT back.id, back.lot_id, back.amount_minor, paid.amount_minor
        FROM back LEFT JOIN lot_use AS paid ON paid.transfer_id = reverses_id AND paid.lot_id = back.lot_id
        WHERE coalesce(back.amount_minor <> paid.amount_minor, TRUE)
        """
    ):
        yield f"transfer {id_}", f"gave {back} back to lot {lot}, which had paid {paid}"


def clearing(moment: Snapshot) -> Found:
    return _differing(
        moment,
        "stands at {}, charges less refunds, lost disputes, fees and payouts are at {}",
        """
        SELECT name, currency, purse, balance, 0 FROM account WHERE name LIKE 'gateway:%:clearing'
        UNION ALL
        SELECT 'gateway:' || gateway || ':clearing', currency, 'shared', 0, -brought_minor FROM lot
        WHERE gateway <> 'bonus'
        UNION ALL
        SELECT 'gateway:' || gateway || ':clearing', stray.currency, 'shared', 0, -stray.amount_minor
        FROM stray LEFT JOIN stray_case ON stray_id = stray.id
        WHERE coalesce(state, 'waiting') NOT IN ('back', 'credited')
        UNION ALL
        SELECT 'gateway:' || gateway || ':clearing', lot.currency, 'shared', 0, amount_minor
        FROM refund_part JOIN lot ON lot.id = lot_id WHERE state = 'done'
        UNION ALL
        SELECT 'gateway:' || gateway || ':clearing', currency, 'shared', 0, amount_minor
        FROM dispute WHERE state = 'lost'
        UNION ALL
        SELECT 'gateway:' || gateway || ':clearing', currency, 'shared', 0, -amount_minor
        FROM statement_line WHERE kind IN ('fee', 'payout')
        """,
    )


def fees_and_payouts(moment: Snapshot) -> Found:
    return _differing(
        moment,
        "has {}, the lines that gateways told and what was paid out by hand come to {}",
        """
        SELECT name, currency, purse, balance, 0 FROM account
        WHERE name IN ('operator:gateway_fees', 'operator:bank')
        UNION ALL
        SELECT CASE kind WHEN 'fee' THEN 'operator:gateway_fees' ELSE 'operator:bank' END,
            currency, 'shared', 0, amount_minor
        FROM statement_line WHERE kind IN ('fee', 'payout')
        UNION ALL
        SELECT 'operator:bank', currency, 'shared', 0, amount_minor
        FROM refund_part WHERE state = 'rerouted'
        """,
    )


def suspense(moment: Snapshot) -> Found:
    return _differing(
        moment,
        "has {}, the strays come to {}",
        """
        SELECT name, currency, purse, balance, 0 FROM account WHERE name LIKE 'gateway:%:suspense'
        UNION ALL
        SELECT 'gateway:' || gateway || ':suspense', stray.currency, 'shared', 0, stray.amount_minor
        FROM stray LEFT JOIN stray_case ON stray_id = stray.id
        WHERE coalesce(state, 'waiting') NOT IN ('back', 'credited')
        """,
    )


def credited_strays(moment: Snapshot) -> Found:
    """Two admins decided on a stray that is in a wallet, as the lot of its charge; no other is a lot."""
    for stray, amount in moment.rows(
        """
        SELECT stray.id, stray.amount_minor FROM stray
        LEFT JOIN stray_case ON stray_id = stray.id
        LEFT JOIN lot ON lot.gateway = stray.gateway AND lot.charge = stray.charge
        WHERE (coalesce(state, 'waiting') = 'credited') <> (lot.id IS NOT NULL)
            OR (state = 'credited' AND (
                coalesce(confirmed_by = proposed_by, TRUE) OR lot.customer_id <> stray_case.customer_id
                OR lot.brought_minor <> stray.amount_minor
            ))
        """
    ):
        yield f"stray S-{stray}", f"of {amount} is not in the wallet that two admins decided on"


def _differing(moment: Snapshot, what: str, rows: str) -> Found:
    """Compare two sums for each account that *rows* (name, currency, purse, one, other) name."""
    for account, one, other in moment.rows(
        f"""
        WITH compared (name, currency, purse, one, other) AS ({rows})
        SELECT {ACCOUNT}, sum(one), sum(other)
        FROM compared GROUP BY name, currency, purse HAVING sum(one) <> sum(other)
        """
    ):
        yield account, what.format(one, other)
