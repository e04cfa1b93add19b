"""Whether bonuses are what was promised, and never more than was earned."""

from __future__ import annotations

from storage.snapshot import Snapshot
from storage.verify.finding import ACCOUNT, Found


def promises_and_accounts(moment: Snapshot) -> Found:
    """What is to come waits with the customer, and what came or is to come was the operator's cost."""
    for account, balance, told in moment.rows(
        f"""
        WITH compared (name, currency, purse, one, other) AS (
            SELECT name, currency, purse, balance, 0 FROM account
            WHERE name LIKE 'customer:%:bonus' OR name = 'operator:bonus'
            UNION ALL
            SELECT 'customer:' || promise.customer_id || ':bonus', promise.currency, 'shared', 0,
                granted_minor - came_minor - lapsed_minor
            FROM promise
            UNION ALL
            SELECT 'operator:bonus', currency, 'shared', 0, lapsed_minor - granted_minor FROM promise
        )
        SELECT {ACCOUNT}, sum(one), sum(other)
        FROM compared GROUP BY name, currency, purse HAVING sum(one) <> sum(other)
        """
    ):
        yield account, f"has {balance}, its promises come to {told}"


def promises_and_lots(moment: Snapshot) -> Found:
    """What came is a lot of its own, and no more than the promised lot's share that paid for goods."""
    for id_, came, brought in moment.rows(
        """
        SELECT lot.id, coalesce(came_minor, 0), coalesce(bonus.brought_minor, 0)
        FROM lot
        LEFT JOIN promise ON promise.lot_id = lot.id
        LEFT JOIN lot AS bonus ON bonus.gateway = 'bonus' AND bonus.charge = 'lot-' || lot.id
        WHERE coalesce(came_minor, 0) <> coalesce(bonus.brought_minor, 0)
            OR came_minor * lot.brought_minor > granted_minor * (lot.spent_minor - unearned_minor)
            OR lot.promised <> CASE WHEN granted_minor > came_minor + lapsed_minor THEN 1 ELSE 0 END
        """
    ):
        yield f"lot {id_}", f"has {came} of its bonus, {brought} of it in the wallet's lots"
