"""How a customer calls the staff to their seat, and who comes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from core.errand import PRESS_CALL
from core.errors import AlreadyCalled, CallAnswered, CalledLately, NotAllowed, NotYours, OutOfDate, Refusal
from core.ordering import ordering_of, remind
from core.ports import Books
from core.presence import require_presence
from core.visit import Visit, current_visit


class CallState(StrEnum):
    """How far a call has come."""

    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    LEFT = "left"
    """Its customer checked out before anybody came."""


OPEN = (CallState.WAITING, CallState.TAKEN)


class Need(StrEnum):
    """What a customer can say that a call is about."""

    ORDER = "order"
    BILL = "bill"
    TABLE = "table"
    OTHER = "other"


class Answer(StrEnum):
    """What staff can do about a call."""

    TAKE = "take"
    DONE = "done"


LEADS_TO = {Answer.TAKE: CallState.TAKEN, Answer.DONE: CallState.DONE}


@dataclass(frozen=True, slots=True)
class StaffCall:
    """A call from a seat; who took it and who ended it is kept. One open call per visit."""

    id: int
    visit_id: int
    customer_id: int
    merchant_id: int
    need: Need | None
    state: CallState
    made_at: datetime
    taken_by: int | None = None
    taken_name: str = ""
    taken_at: datetime | None = None
    ended_by: int | None = None
    ended_name: str = ""
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def answered_by(self) -> str:
        """Who did something about it last, "" if nobody did."""
        return self.ended_name or self.taken_name


@dataclass(frozen=True, slots=True)
class Calling:
    """A merchant's own, under its number: how soon after a call a visit can make another."""

    id: int
    again_seconds: int = 120


AGAIN_SECONDS = (0, 60, 120, 300, 600)
"""What can be chosen for it; 0 is at once."""


@dataclass(frozen=True, slots=True)
class CallStaff:
    visit_id: int
    customer_id: int


@dataclass(frozen=True, slots=True)
class NameNeed:
    call_id: int
    customer_id: int
    need: Need


@dataclass(frozen=True, slots=True)
class WithdrawCall:
    call_id: int
    customer_id: int


@dataclass(frozen=True, slots=True)
class AnswerCall:
    call_id: int
    answer: Answer
    by_id: int
    by_name: str


@dataclass(frozen=True, slots=True)
class SetCalling:
    merchant_id: int
    again_seconds: int


@dataclass(frozen=True, slots=True)
class StaffCalled:
    """Event: somebody is to come to a seat."""

    call_id: int


@dataclass(frozen=True, slots=True)
class CallChanged:
    """Event: a call stands differently than before."""

    call_id: int


def next_state(state: CallState, answer: Answer) -> CallState | None:
    """Return what an answer of the staff makes of a call, None where somebody was first.

    >>> next_state(CallState.WAITING, Answer.TAKE), next_state(CallState.TAKEN, Answer.TAKE)
    (<CallState.TAKEN: 'taken'>, None)
    """
    return LEADS_TO[answer] if state is _FROM[answer] else None


def wait_to_call(last: StaffCall | None, calling: Calling, now: datetime) -> timedelta:
    """Return how long a visit has to wait before it can call again; zero for no longer."""
    if last is None:
        return timedelta(0)
    return max(last.made_at + timedelta(seconds=calling.again_seconds) - now, timedelta(0))


async def call_staff(books: Books, ask: CallStaff) -> int:
    """Call the staff to the seat of a visit; return the call.

    There is one open call per visit, and the next one only after a while.
    """
    visit = await current_visit(books, ask.visit_id, ask.customer_id)
    await require_presence(books, visit.id, visit.merchant_id)
    last = await _last_call(books, visit.id)
    if last and last.is_open:
        raise AlreadyCalled
    if wait := wait_to_call(last, await calling_of(books, visit.merchant_id), books.now):
        raise CalledLately(ceil(wait / timedelta(minutes=1)))
    new = StaffCall(0, visit.id, visit.customer_id, visit.merchant_id, None, CallState.WAITING, books.now)
    call = await books.add(new)
    await remind(books, await ordering_of(books, visit.merchant_id), PRESS_CALL, call.id, call.made_at)
    books.tell(StaffCalled(call.id))
    return call.id


async def name_need(books: Books, ask: NameNeed) -> int:
    """Say what a call is about, as long as it is open."""
    call = await _own_call(books, ask.call_id, ask.customer_id)
    if not call.is_open:
        raise _answered(call)
    await _change(books, replace(call, need=ask.need))
    return call.id


async def withdraw_call(books: Books, ask: WithdrawCall) -> int:
    """Take a call back that is not done."""
    call = await _own_call(books, ask.call_id, ask.customer_id)
    if not call.is_open:
        raise _answered(call)
    await _change(books, replace(call, state=CallState.WITHDRAWN, ended_at=books.now))
    return call.id


async def answer_call(books: Books, ask: AnswerCall) -> int:
    """Take a call, or say that it is done; whoever comes second is told who was first."""
    call = await books.get(StaffCall, ask.call_id)
    if call is None:
        raise NotAllowed
    state = next_state(call.state, ask.answer)
    if state is None:
        raise _answered(call)
    if state is CallState.TAKEN:
        call = replace(call, taken_by=ask.by_id, taken_name=ask.by_name, taken_at=books.now)
    else:
        call = replace(call, ended_by=ask.by_id, ended_name=ask.by_name, ended_at=books.now)
    await _change(books, replace(call, state=state))
    return call.id


async def set_calling(books: Books, ask: SetCalling) -> int:
    """Keep how soon after a call a visit can make another."""
    if ask.again_seconds not in AGAIN_SECONDS:
        raise NotAllowed
    calling = Calling(ask.merchant_id, ask.again_seconds)
    if not await books.add_new(calling, "id"):
        await books.save(calling)
    return ask.merchant_id


async def end_calls(books: Books, visit: Visit) -> None:
    """End what is open of a visit that is over."""
    for call in await books.find(StaffCall, visit_id=visit.id, state=OPEN):
        await _change(books, replace(call, state=CallState.LEFT, ended_at=books.now))


async def open_calls(books: Books, merchant_id: int) -> list[StaffCall]:
    """Return the calls that are not done, the oldest first."""
    return await books.find(StaffCall, merchant_id=merchant_id, state=OPEN)


async def calling_of(books: Books, merchant_id: int) -> Calling:
    """Return what holds for calls at the merchant: what does everywhere, until it sets something."""
    return await books.get(Calling, merchant_id) or Calling(merchant_id)


async def _last_call(books: Books, visit_id: int) -> StaffCall | None:
    found = await books.find(StaffCall, visit_id=visit_id, by="-id", most=1)
    return found[0] if found else None


async def _own_call(books: Books, call_id: int, customer_id: int) -> StaffCall:
    call = await books.get(StaffCall, call_id)
    if call is None or call.customer_id != customer_id:
        raise NotYours
    return call


async def _change(books: Books, call: StaffCall) -> None:
    await books.save(call)
    books.tell(CallChanged(call.id))


def _answered(call: StaffCall) -> Refusal:
    if call.state is CallState.WAITING:
        return OutOfDate()  # no card has such a button yet
    return CallAnswered(call.id, call.state, call.answered_by)


_FROM = {Answer.TAKE: CallState.WAITING, Answer.DONE: CallState.TAKEN}
