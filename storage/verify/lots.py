"""Whether lots, refunds and what gateways hold agree with the wallets."""

from __future__ import annotations

import sqlite3
from typing import Any

from storage.verify.finding import ACCOUNT, Found


def lots_and_wallets(connection: sqlite3.Connection) -> Found:
    return _differing(
        connection,
        "has {}, its lots have {} left",
        """
        SELECT name, currency, purse, balance, 0 FROM account WHERE name LIKE 'customer:%:wallet'
        UNION ALL
        SELECT 'customer:' || customer_id || ':wallet', currency, purse, 0,
            brought_minor - spent_minor - refunding_minor - refunded_minor FROM lot
        """,
    )


def lots_and_refunding(connection: sqlite3.Connection) -> Found:
    return _differing(
        connection,
        "has {}, its lots have {} under way",
        """
        SELECT name, currency, purse, balance, 0 FROM account WHERE name LIKE 'customer:%:refunding'
        UNION ALL
        SELECT 'customer:' || customer_id || ':refunding', currency, purse, 0, refunding_minor FROM lot
        """,
    )


def lots_and_parts(connection: sqlite3.Connection) -> Found:
    for lot, under_way, refunded, going, gone in connection.execute(
        """
        SELECT lot.id, refunding_minor, refunded_minor,
            coalesce(sum(amount_minor) FILTER (WHERE state NOT IN ('done', 'returned')), 0) AS going,
            coalesce(sum(amount_minor) FILTER (WHERE state = 'done'), 0) AS gone
        FROM lot LEFT JOIN refund_part ON lot_id = lot.id
        GROUP BY lot.id
        HAVING refunding_minor <> going OR refunded_minor <> gone
        """
    ):
        yield (
            f"lot {lot}",
            f"has {under_way} under way and {refunded} refunded, its parts {going} and {gone}",
        )


def refund_orders(connection: sqlite3.Connection) -> Found:
    for order, amount, sum_ in connection.execute(
        """
        SELECT refund_order.id, refund_order.amount_minor, coalesce(sum(refund_part.amount_minor), 0)
        FROM refund_order LEFT JOIN refund_part ON refund_id = refund_order.id
        GROUP BY refund_order.id
        HAVING refund_order.amount_minor <> coalesce(sum(refund_part.amount_minor), 0)
        """
    ):
        yield f"refund R-{order}", f"gives {amount} back, its parts {sum_}"


def lot_uses(connection: sqlite3.Connection) -> Found:
    for lot, spent, used in connection.execute(
        """
        SELECT lot.id, spent_minor, coalesce(sum(amount_minor), 0)
        FROM lot LEFT JOIN lot_use ON lot_id = lot.id
        GROUP BY lot.id HAVING spent_minor <> coalesce(sum(amount_minor), 0)
        """
    ):
        yield f"lot {lot}", f"has {spent} spent, its uses come to {used}"


def sales(connection: sqlite3.Connection) -> Found:
    for id_, amount, used in connection.execute(
        """
        SELECT transfer.id, amount, coalesce(sum(amount_minor), 0)
        FROM transfer
        JOIN account ON account.id = debit_id
        LEFT JOIN lot_use ON transfer_id = transfer.id
        LEFT JOIN lot ON lot.id = lot_id
        WHERE kind = 'sale'
        GROUP BY transfer.id
        HAVING amount <> coalesce(sum(amount_minor), 0)
            OR max(account.name <> 'customer:' || lot.customer_id || ':wallet')
        """
    ):
        yield f"transfer {id_}", f"moved {amount}, the customer's lots paid {used} of it"


def clearing(connection: sqlite3.Connection) -> Found:
    return _differing(
        connection,
        "stands at {}, charges less refunds are at {}",
        """
        SELECT name, currency, purse, balance, 0 FROM account WHERE name LIKE 'gateway:%:clearing'
        UNION ALL
        SELECT 'gateway:' || gateway || ':clearing', currency, 'shared', 0, -brought_minor FROM lot
        UNION ALL
        SELECT 'gateway:' || gateway || ':clearing', currency, 'shared', 0, -amount_minor FROM stray
        UNION ALL
        SELECT 'gateway:' || gateway || ':clearing', lot.currency, 'shared', 0, amount_minor
        FROM refund_part JOIN lot ON lot.id = lot_id WHERE state = 'done'
        """,
    )


def suspense(connection: sqlite3.Connection) -> Found:
    return _differing(
        connection,
        "has {}, the strays come to {}",
        """
        SELECT name, currency, purse, balance, 0 FROM account WHERE name LIKE 'gateway:%:suspense'
        UNION ALL
        SELECT 'gateway:' || gateway || ':suspense', currency, 'shared', 0, amount_minor FROM stray
        """,
    )


def _differing(connection: sqlite3.Connection, what: str, rows: str) -> Found:
    """Compare two sums for each account that *rows* (name, currency, purse, one, other) name."""
    found: list[tuple[Any, ...]] = connection.execute(
        f"""
        WITH compared (name, currency, purse, one, other) AS ({rows})
        SELECT {ACCOUNT}, sum(one), sum(other)
        FROM compared GROUP BY name, currency, purse HAVING sum(one) <> sum(other)
        """
    ).fetchall()
    for account, one, other in found:
        yield account, what.format(one, other)
