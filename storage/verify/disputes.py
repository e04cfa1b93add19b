"""Whether disputes, what they hold and what they took agree."""

from __future__ import annotations

from storage.snapshot import Snapshot
from storage.verify.finding import ACCOUNT, Found


def disputes_and_holds(moment: Snapshot) -> Found:
    """A dispute's hold is open as long as it is, and sets its sum aside in the customer's wallet."""
    for id_, state, held, found, amount, holder in moment.rows(
        """
        SELECT id, state, held_minor, found, amount, holder FROM (
            SELECT dispute.id, state, held_minor,
                CASE WHEN dispute.hold_id IS NULL THEN 'none' WHEN hold_end.hold_id IS NULL THEN 'open'
                    WHEN hold_end.transfer_id IS NULL THEN 'won' ELSE 'lost' END AS found,
                coalesce(hold.amount, 0) AS amount,
                coalesce(account.name, 'customer:' || customer_id || ':wallet') AS holder, customer_id
            FROM dispute
            LEFT JOIN hold ON hold.id = dispute.hold_id
            LEFT JOIN account ON account.id = hold.account_id
            LEFT JOIN hold_end ON hold_end.hold_id = dispute.hold_id
        ) AS judged
        WHERE (found <> 'none' AND found <> state) OR amount <> held_minor
            OR holder <> 'customer:' || customer_id || ':wallet'
        """
    ):
        yield f"dispute D-{id_}", f"is {state} and holds {held}: {found}, {amount} in {holder}"


def charged_back(moment: Snapshot) -> Found:
    """What a lot was charged back is what its lost disputes took of it; what else they took others paid."""
    for lot, has, took in moment.rows(
        """
        SELECT lot.id, lot.charged_back_minor, coalesce(sum(dispute.charged_back_minor), 0)
        FROM lot LEFT JOIN dispute ON lot_id = lot.id AND state = 'lost'
        GROUP BY lot.id HAVING lot.charged_back_minor <> coalesce(sum(dispute.charged_back_minor), 0)
        """
    ):
        yield f"lot {lot}", f"was charged back {has}, its lost disputes took {took}"
    for id_, held, own, others in moment.rows(
        """
        SELECT dispute.id, held_minor, charged_back_minor, coalesce(sum(lot_use.amount_minor), 0)
        FROM dispute
        JOIN hold_end ON hold_end.hold_id = dispute.hold_id
        LEFT JOIN lot_use ON lot_use.transfer_id = hold_end.transfer_id
        WHERE state = 'lost'
        GROUP BY dispute.id
        HAVING held_minor <> charged_back_minor + coalesce(sum(lot_use.amount_minor), 0)
        """
    ):
        yield f"dispute D-{id_}", f"took {held}: {own} of its lot, {others} of others"


def blocked_lots(moment: Snapshot) -> Found:
    for lot, disputed in moment.rows(
        """
        SELECT lot.id, disputed FROM lot
        WHERE disputed <> CASE WHEN EXISTS (
            SELECT 1 FROM dispute WHERE lot_id = lot.id
                AND (state = 'open' OR (state = 'lost' AND amount_minor = brought_minor))
        ) THEN 1 ELSE 0 END
        """
    ):
        yield (
            f"lot {lot}",
            f"is {'kept from' if disputed else 'free for'} refunds, its disputes say otherwise",
        )


def debts(moment: Snapshot) -> Found:
    """A customer owes what lost disputes could not take, less what was paid of it."""
    for account, balance, owed in moment.rows(
        f"""
        WITH compared (name, currency, purse, one, other) AS (
            SELECT name, currency, purse, balance, 0 FROM account WHERE name LIKE 'customer:%:debt'
            UNION ALL
            SELECT 'customer:' || dispute.customer_id || ':debt', dispute.currency, purse, 0, -owed_minor
            FROM dispute JOIN lot ON lot.id = lot_id WHERE state = 'lost'
            UNION ALL
            SELECT name, transfer.currency, purse, 0, amount
            FROM transfer JOIN account ON account.id = credit_id WHERE kind = 'debt_paid'
        )
        SELECT {ACCOUNT}, sum(one), sum(other)
        FROM compared GROUP BY name, currency, purse HAVING sum(one) <> sum(other) OR sum(one) > 0
        """
    ):
        yield account, f"stands at {balance}, what is owed and was paid comes to {owed}"
