"""Whether cases are about their customers' checkouts, and stand as was done about them."""

from __future__ import annotations

from storage.snapshot import Snapshot
from storage.verify.finding import Found


def cases_and_check_outs(moment: Snapshot) -> Found:
    for case, customer, check_out, payer in moment.rows(
        """
        SELECT visit_case.id, visit_case.customer_id, check_out_id, check_out.customer_id
        FROM visit_case LEFT JOIN check_out ON check_out.id = check_out_id
        WHERE coalesce(
            check_out.customer_id <> visit_case.customer_id
                OR check_out.merchant_id <> visit_case.merchant_id,
            TRUE
        )
        """
    ):
        yield f"case N-{case}", f"of customer {customer} is about C-{check_out} of customer {payer}"


def cases_and_deeds(moment: Snapshot) -> Found:
    for case, state, opened, closed in moment.rows(
        """
        SELECT id, state, opened, closed FROM (
            SELECT visit_case.id, state, count(case_deed.id) FILTER (WHERE action = 'open') AS opened,
                count(case_deed.id) FILTER (WHERE action = 'close') AS closed
            FROM visit_case LEFT JOIN case_deed ON case_id = visit_case.id
            GROUP BY visit_case.id, state
        ) AS counted
        WHERE opened <> 1 OR closed <> CASE state WHEN 'closed' THEN 1 ELSE 0 END
        """
    ):
        yield f"case N-{case}", f"is {state}, was opened {opened} times and closed {closed} times"
