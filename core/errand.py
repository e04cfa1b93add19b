"""What is to be done outside any transaction, and when: timers and calls to gateways.

An errand is kept in the transaction that wants it, so nothing is forgotten; what comes of it
returns as a command keyed by the errand, so nothing is done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.ports import Books


class ErrandState(StrEnum):
    WAITING = "waiting"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Errand:
    """Something of *kind* to be done about *subject_id* once *due_at* has come."""

    id: int
    kind: str
    subject_id: int
    body: str
    due_at: datetime
    state: ErrandState
    attempts: int


OPEN_CHARGE = "open_charge"
ASK_CHARGE = "ask_charge"
EXPIRE_TOP_UP = "expire_top_up"
EXPIRE_ORDER = "expire_order"
PRESS_CALL = "press_call"
PRESS_SEAT = "press_seat"
PLACE_WAITING = "place_waiting"
IDENTIFY_PAYER = "identify_payer"
SEND_REFUND = "send_refund"
ASK_REFUND = "ask_refund"
RESCUE_REFUND = "rescue_refund"
SETTLE_PROMISE = "settle_promise"
RESOLVE_STRAY = "resolve_stray"
OPEN_BINDING = "open_binding"
APPLY_FACT = "apply_fact"
WATCH_VISIT = "watch_visit"
KEEP_HOURS = "keep_hours"
END_VISIT = "end_visit"
ESCALATE_CASE = "escalate_case"
LAPSE_PROPOSAL = "lapse_proposal"
LAPSE_GIFT = "lapse_gift"


async def send_on(
    books: Books, kind: str, subject_id: int, after: timedelta = timedelta(0), body: str = ""
) -> None:
    """Keep an errand that is due *after* this moment."""
    await books.add(Errand(0, kind, subject_id, body, books.now + after, ErrandState.WAITING, 0))
