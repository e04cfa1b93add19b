"""Whether orders, their lines, holds and checkouts agree."""

from __future__ import annotations

from storage.snapshot import Snapshot
from storage.verify.finding import Found


def order_totals(moment: Snapshot) -> Found:
    for order, amount, sum_ in moment.rows(
        """
        SELECT goods_order.id, goods_order.total_minor, coalesce(sum(line.total_minor), 0)
        FROM goods_order LEFT JOIN line ON order_id = goods_order.id
        GROUP BY goods_order.id
        HAVING goods_order.total_minor <> coalesce(sum(line.total_minor), 0)
        """
    ):
        yield f"order G-{order}", f"comes to {amount}, its lines to {sum_}"


def lines_and_holds(moment: Snapshot) -> Found:
    for line, state, paid, found in moment.rows(
        f"""
        SELECT line, state, paid, found FROM ({_LINES}) AS lines
        WHERE found <> CASE
            WHEN paid = 1 THEN 'captured'
            WHEN state IN ({_ENDED}, {_MADE_GOOD}) THEN 'released' ELSE 'open' END
        OR (paid = 1 AND state IN ({_ENDED}))
        """
    ):
        yield f"line {line}", f"is {state}{' and paid' if paid else ''}, its hold is {found}"


def lines_and_amounts(moment: Snapshot) -> Found:
    for line, amount, held, holder in moment.rows(
        f"""
        SELECT line, amount, held, holder FROM ({_LINES}) AS lines
        WHERE coalesce(held <> amount OR holder <> 'customer:' || customer_id || ':wallet', TRUE)
        """
    ):
        yield f"line {line}", f"comes to {amount}, {held} was held in {holder}"


def open_holds(moment: Snapshot) -> Found:
    for hold, amount in moment.rows(
        """
        SELECT id, amount FROM hold
        WHERE id NOT IN (SELECT hold_id FROM hold_end) AND id NOT IN (SELECT hold_id FROM line)
            AND id NOT IN (SELECT hold_id FROM dispute WHERE hold_id IS NOT NULL)
            AND id NOT IN (SELECT hold_id FROM cart_line WHERE hold_id IS NOT NULL)
        """
    ):
        yield f"hold {hold}", f"sets {amount} aside for nothing"


def captured_for(moment: Snapshot) -> Found:
    for line, payee, merchant in moment.rows(
        f"""
        SELECT line, payee, merchant_id FROM ({_LINES}) AS lines
        WHERE paid = 1 AND coalesce(payee <> 'merchant:' || merchant_id || ':payable', TRUE)
        """
    ):
        yield f"line {line}", f"was sold by merchant {merchant} and paid to {payee}"


def given_back(moment: Snapshot) -> Found:
    """A line that was paid and then comped or returned was given back whole, and no other was."""
    for line, state, amount, back in moment.rows(
        f"""
        SELECT line.id, state, total_minor, coalesce(sum(back.amount), 0)
        FROM line LEFT JOIN transfer AS back ON back.reverses_id = sale_id
        WHERE paid = 1
        GROUP BY line.id, state, total_minor
        HAVING coalesce(sum(back.amount), 0)
            <> CASE WHEN state IN ({_MADE_GOOD}) THEN total_minor ELSE 0 END
        """
    ):
        yield f"line {line}", f"is {state} and came to {amount}, {back} of it was given back"


def open_orders(moment: Snapshot) -> Found:
    for order, is_open, lines in moment.rows(
        f"""
        SELECT goods_order.id, is_open, count(line.id) FILTER (WHERE state IN ({_TO_DO}))
        FROM goods_order LEFT JOIN line ON order_id = goods_order.id
        GROUP BY goods_order.id
        HAVING is_open <> CASE WHEN count(line.id) FILTER (WHERE state IN ({_TO_DO})) > 0 THEN 1 ELSE 0 END
        """
    ):
        yield f"order G-{order}", f"is {'open' if is_open else 'closed'} and has {lines} lines to be brought"


def line_versions(moment: Snapshot) -> Found:
    """A button of a card ages with the newest line: a version must never have been there before."""
    for line, version, order, newest in moment.rows(
        """
        SELECT line.id, line.version, goods_order.id, goods_order.version
        FROM line JOIN goods_order ON goods_order.id = order_id WHERE line.version > goods_order.version
        """
    ):
        yield f"line {line}", f"has version {version}, order G-{order} only {newest}"


def asked(moment: Snapshot) -> Found:
    for order, is_asked, lines in moment.rows(
        """
        SELECT goods_order.id, goods_order.cancel_asked, sum(line.cancel_asked)
        FROM goods_order JOIN line ON order_id = goods_order.id
        GROUP BY goods_order.id
        HAVING goods_order.cancel_asked <> max(line.cancel_asked)
        """
    ):
        yield f"order G-{order}", f"asks for {'that' if is_asked else 'nothing'}, {lines} of its lines do"


def chats(moment: Snapshot) -> Found:
    """Whoever is in a group acts for its merchant, so no two may share one."""
    for station, merchant, other in moment.rows(
        """
        SELECT station.id, station.merchant_id, merchant.id
        FROM station JOIN merchant ON merchant.group_id = station.chat_id
        WHERE merchant.id <> station.merchant_id
        """
    ):
        yield f"station {station}", f"of merchant {merchant} is in the group of merchant {other}"
    for station, merchant, other in moment.rows(
        """
        SELECT station.id, station.merchant_id, other.merchant_id
        FROM station JOIN station AS other ON other.chat_id = station.chat_id
        WHERE other.merchant_id < station.merchant_id
        """
    ):
        yield f"station {station}", f"of merchant {merchant} is in a chat of merchant {other}"


def sales_of_lines(moment: Snapshot) -> Found:
    for line, sale, captured in moment.rows(
        """
        SELECT line.id, sale_id, transfer_id FROM line LEFT JOIN hold_end ON hold_end.hold_id = line.hold_id
        WHERE coalesce(sale_id, 0) <> coalesce(transfer_id, 0)
        """
    ):
        yield f"line {line}", f"names transfer {sale} as its sale, its hold was captured by {captured}"


def check_outs(moment: Snapshot) -> Found:
    for visit, paid, sum_ in moment.rows(
        """
        SELECT visit.id, coalesce(paid_minor, 0),
            coalesce(sum(total_minor) FILTER (WHERE paid = 1), 0)
        FROM visit
        LEFT JOIN check_out ON check_out.visit_id = visit.id
        LEFT JOIN line ON line.visit_id = visit.id
        GROUP BY visit.id, paid_minor
        HAVING coalesce(paid_minor, 0) <> coalesce(sum(total_minor) FILTER (WHERE paid = 1), 0)
        """
    ):
        yield f"visit {visit}", f"was paid {paid} at its checkout, its captured lines come to {sum_}"


def visits(moment: Snapshot) -> Found:
    for visit, state, check_out in moment.rows(
        """
        SELECT visit.id, state, check_out.id FROM visit LEFT JOIN check_out ON visit_id = visit.id
        WHERE (state = 'settled') <> (check_out.id IS NOT NULL)
        """
    ):
        yield f"visit {visit}", f"is {state}, its checkout is {f'C-{check_out}' if check_out else 'missing'}"


def settled_holds(moment: Snapshot) -> Found:
    for visit, held in moment.rows(
        """
        SELECT visit.id, sum(hold.amount) FROM visit
        JOIN line ON line.visit_id = visit.id
        JOIN hold ON hold.id = line.hold_id
        WHERE visit.state = 'settled' AND NOT EXISTS (SELECT 1 FROM hold_end WHERE hold_end.hold_id = hold.id)
        GROUP BY visit.id
        """
    ):
        yield f"visit {visit}", f"is settled, and still has {held} on hold"


def charged_blind(moment: Snapshot) -> Found:
    """Where nobody was asked nobody pays for what was not brought; whatever becomes of it later was."""
    for check_out, cause, line, state in moment.rows(
        f"""
        SELECT check_out.id, cause, line.id, line.state FROM check_out
        JOIN line ON line.visit_id = check_out.visit_id
        WHERE cause <> '' AND paid = 1 AND line.state IN ({_TO_DO})
        """
    ):
        yield (
            f"checkout C-{check_out}",
            f"happened by itself ({cause}) and charged line {line}, which is {state}",
        )


def payers(moment: Snapshot) -> Found:
    """Whoever has it brought, an order and its lines are in the visit of the customer who pays."""
    for order, customer, visitor in moment.rows(
        """
        SELECT DISTINCT goods_order.id, goods_order.customer_id, visit.customer_id
        FROM goods_order
        JOIN visit ON visit.id = goods_order.visit_id
        LEFT JOIN line ON order_id = goods_order.id
        LEFT JOIN visit AS receiving ON receiving.id = for_visit_id
        WHERE goods_order.customer_id <> visit.customer_id
            OR goods_order.merchant_id <> visit.merchant_id
            OR line.visit_id <> goods_order.visit_id
            OR receiving.merchant_id <> goods_order.merchant_id
            OR receiving.customer_id = goods_order.customer_id
        """
    ):
        yield f"order G-{order}", f"is paid by {customer}, in a visit of {visitor} or for one elsewhere"


def on_hosts(moment: Snapshot) -> Found:
    """What was ordered on a host is in the host's visit, and for somebody who was let into the party."""
    for order, party in moment.rows(
        """
        SELECT goods_order.id, party_id FROM goods_order JOIN party ON party.id = party_id
        WHERE party.visit_id <> goods_order.visit_id OR party.host_id <> goods_order.customer_id
            OR NOT EXISTS (
                SELECT 1 FROM companion WHERE companion.party_id = goods_order.party_id
                    AND companion.visit_id = for_visit_id AND state <> 'asked'
            )
        """
    ):
        yield f"order G-{order}", f"is not of party {party} or its host"


def host_limits(moment: Snapshot) -> Found:
    for party, most, sum_ in moment.rows(
        f"""
        SELECT party.id, most_minor, sum(line.total_minor)
        FROM party JOIN goods_order ON party_id = party.id JOIN line ON order_id = goods_order.id
        WHERE state NOT IN ({_ENDED}, {_MADE_GOOD})
        GROUP BY party.id, most_minor
        HAVING sum(line.total_minor) > most_minor
        """
    ):
        yield f"party {party}", f"allowed {most} on its host at most, {sum_} was ordered"


def entered(moment: Snapshot) -> Found:
    """What staff entered was confirmed by the customer who pays."""
    for order, by in moment.rows(
        """
        SELECT id, entered_by FROM goods_order
        WHERE entered_by <> '' AND NOT EXISTS (
            SELECT 1 FROM proposal WHERE order_id = goods_order.id AND state = 'confirmed'
                AND proposal.customer_id = goods_order.customer_id AND by_name = entered_by
        )
        """
    ):
        yield f"order G-{order}", f"was entered by {by}, its customer has not confirmed it"


def gifts_and_holds(moment: Snapshot) -> Found:
    """What is offered is held in the giver's wallet; what was taken is an order's, all else was released."""
    for gift, state, found in moment.rows(
        """
        SELECT DISTINCT gift, state, found FROM (
            SELECT gift.id AS gift, gift.state AS state,
                CASE WHEN hold.id IS NULL OR hold.amount <> price_minor * cart_line.quantity
                        OR account.name <> 'customer:' || giver_id || ':wallet' THEN 'missing'
                    WHEN line.id IS NOT NULL THEN 'ordered'
                    WHEN hold_end.hold_id IS NULL THEN 'open'
                    WHEN transfer_id IS NULL THEN 'released' ELSE 'captured' END AS found
            FROM gift JOIN cart_line ON cart_line.draft_id = gift.draft_id AND cart_line.quantity > 0
            LEFT JOIN hold ON hold.id = cart_line.hold_id
            LEFT JOIN account ON account.id = hold.account_id
            LEFT JOIN hold_end ON hold_end.hold_id = hold.id
            LEFT JOIN line ON line.hold_id = hold.id AND line.order_id = gift.order_id
        ) AS gifts
        WHERE found <>
            CASE state WHEN 'offered' THEN 'open' WHEN 'accepted' THEN 'ordered' ELSE 'released' END
        """
    ):
        yield f"gift {gift}", f"is {state}, its hold is {found}"


def gifts_and_orders(moment: Snapshot) -> Found:
    """What is brought to somebody else than who pays was ordered on a host or taken as a gift."""
    for (order,) in moment.rows(
        """
        SELECT id FROM goods_order
        WHERE for_visit_id IS NOT NULL AND party_id IS NULL AND instead_of IS NULL AND NOT EXISTS (
            SELECT 1 FROM gift WHERE order_id = goods_order.id AND state = 'accepted'
                AND giver_id = customer_id AND gift.visit_id = goods_order.visit_id
                AND gift.for_visit_id = goods_order.for_visit_id
                AND gift.total_minor = goods_order.total_minor
        )
        """
    ):
        yield f"order G-{order}", "is paid by somebody else, who has not given it"


def ids_looked_at(moment: Snapshot) -> Found:
    for line, state, age in moment.rows(
        """
        SELECT id, state, least_age FROM line
        WHERE least_age > 0 AND state = 'delivered' AND NOT EXISTS (
            SELECT 1 FROM deed WHERE deed.order_id = line.order_id AND action = 'id-fine'
                AND coalesce(line_id, line.id) = line.id
        )
        """
    ):
        yield f"line {line}", f"is {state} and for {age} years, nobody looked at the ID"


_ENDED = "'declined', 'cancelled', 'expired'"
_TO_DO = "'placed', 'accepted', 'preparing', 'ready'"
_MADE_GOOD = "'comped', 'returned'"
_LINES = """
    SELECT line.id AS line, line.total_minor AS amount, state, paid, customer_id, merchant_id,
        hold.amount AS held, holder.name AS holder, payee.name AS payee,
        CASE WHEN hold.id IS NULL THEN 'missing' WHEN hold_end.hold_id IS NULL THEN 'open'
            WHEN hold_end.transfer_id IS NULL THEN 'released' ELSE 'captured' END AS found
    FROM line
    JOIN goods_order ON goods_order.id = order_id
    LEFT JOIN hold ON hold.id = line.hold_id
    LEFT JOIN account AS holder ON holder.id = hold.account_id
    LEFT JOIN hold_end ON hold_end.hold_id = line.hold_id
    LEFT JOIN transfer ON transfer.id = hold_end.transfer_id
    LEFT JOIN account AS payee ON payee.id = transfer.credit_id
"""
