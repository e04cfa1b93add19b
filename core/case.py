"""What a customer finds not right about a checkout, and how the merchant answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.check_out import CheckOut, lines_to_pay
from core.errand import ESCALATE_CASE, send_on
from core.errors import CaseClosed, NotAllowed, NotYours, OutOfDate, SayingTooLong, TooManySayings
from core.order_goods import COMING, GoodsOrder, Line, LineState
from core.ports import Books
from core.serve import Action, Reason
from core.staff import Doer

PATIENCE = timedelta(hours=24)
"""How long a case may stay open before the admins hear of it."""
SAYING_LENGTH = 300
MOST_SAYINGS = 5


class Wrong(StrEnum):
    """What a customer can find not right."""

    NOT_DELIVERED = "not-delivered"
    WRONG_ITEM = "wrong-item"
    CHARGED_TWICE = "charged-twice"
    OTHER = "other"


class CaseAnswer(StrEnum):
    """What the merchant can close a case with."""

    GIVEN_BACK = "given-back"
    WAS_RIGHT = "was-right"
    TALKED = "talked"
    TYPED = "typed"
    """What somebody typed; it stands in the case."""


class CaseState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class VisitCase:
    """A case about a checkout. *version* grows with whatever is done to it, so that old buttons are known.

    *escalated_at* is when the admins were told because nobody had closed it.
    """

    id: int
    check_out_id: int
    customer_id: int
    merchant_id: int
    wrong: Wrong
    state: CaseState
    version: int
    opened_at: datetime
    escalated_at: datetime | None
    answer: str
    said: str
    closed_by: int | None
    closed_name: str
    closed_at: datetime | None


class CaseAct(StrEnum):
    """What can be done about a case."""

    OPEN = "open"
    SAY = "say"
    MAKE_GOOD = "make-good"
    ESCALATE = "escalate"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class CaseDeed:
    """Who did what about a case, and when. *by_id* 0 is nobody: it was time that did it."""

    id: int
    case_id: int
    action: CaseAct
    about: str
    by_id: int
    by_name: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class OpenCase:
    check_out_id: int
    customer_id: int
    name: str
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class SayMore:
    case_id: int
    customer_id: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteMadeGood:
    case_id: int
    line_id: int
    by: Doer


@dataclass(frozen=True, slots=True)
class CloseCase:
    """*said* is what was typed where that is the answer."""

    case_id: int
    version: int
    answer: CaseAnswer
    said: str
    by: Doer


@dataclass(frozen=True, slots=True)
class EscalateCase:
    case_id: int


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """Event: a case stands otherwise than before."""

    case_id: int
    act: CaseAct


async def open_case(books: Books, ask: OpenCase) -> int:
    """Open a case about one's own checkout; while one is open about it there is no second."""
    receipt = await books.get(CheckOut, ask.check_out_id)
    if receipt is None or receipt.customer_id != ask.customer_id:
        raise NotYours
    if known := await open_case_about(books, receipt.id):
        return known.id
    case = await books.add(
        VisitCase(
            0, receipt.id, receipt.customer_id, receipt.merchant_id, ask.wrong, CaseState.OPEN, 1, books.now,
            None, "", "", None, "", None,
        )
    )  # fmt: skip
    await _note(books, case, CaseAct.OPEN, ask.wrong, Doer(ask.customer_id, ask.name))
    await send_on(books, ESCALATE_CASE, case.id, PATIENCE)
    return case.id


async def say_more(books: Books, ask: SayMore) -> int:
    """Add a sentence of the customer's to their open case."""
    case = await case_with(books, ask.case_id)
    if case.customer_id != ask.customer_id:
        raise NotYours
    _refuse_closed(case)
    check_saying(ask.text)
    said = await books.find(CaseDeed, case_id=case.id, action=CaseAct.SAY)
    if len(said) >= MOST_SAYINGS:
        raise TooManySayings
    await _note(books, case, CaseAct.SAY, ask.text, Doer(ask.customer_id, ask.name))
    return case.id


def check_saying(text: str) -> None:
    """Refuse what is too long to be read on a card."""
    if len(text) > SAYING_LENGTH:
        raise SayingTooLong(SAYING_LENGTH, len(text))


async def note_made_good(books: Books, ask: NoteMadeGood) -> int:
    """Keep that a line was made good because of a case."""
    case = await case_with(books, ask.case_id)
    line = await books.get(Line, ask.line_id)
    assert line is not None
    await _note(books, case, CaseAct.MAKE_GOOD, line.name, ask.by)
    return case.id


async def close_case(books: Books, ask: CloseCase) -> int:
    """Close a case with an answer; whoever comes second is told who was first."""
    case = await case_with(books, ask.case_id)
    _refuse_closed(case)
    if case.version != ask.version:
        raise OutOfDate
    if bool(ask.said) is not (ask.answer is CaseAnswer.TYPED):
        raise NotAllowed
    check_saying(ask.said)
    closed = replace(
        case, state=CaseState.CLOSED, answer=ask.answer, said=ask.said, closed_by=ask.by.id,
        closed_name=ask.by.name, closed_at=books.now,
    )  # fmt: skip
    await _note(books, closed, CaseAct.CLOSE, ask.said or ask.answer, ask.by)
    return case.id


async def escalate_case(books: Books, ask: EscalateCase) -> int:
    """Let the admins know of a case that nobody has closed in time."""
    case = await case_with(books, ask.case_id)
    if case.state is CaseState.OPEN and case.escalated_at is None:
        await _note(books, replace(case, escalated_at=books.now), CaseAct.ESCALATE, "", Doer(0, ""))
    return case.id


async def case_with(books: Books, case_id: int) -> VisitCase:
    """Return the case of that number, or refuse."""
    case = await books.get(VisitCase, case_id)
    if case is None:
        raise NotYours
    return case


async def open_case_about(books: Books, check_out_id: int) -> VisitCase | None:
    """Return the case about a checkout that nobody has closed yet."""
    found = await books.find(VisitCase, check_out_id=check_out_id, state=CaseState.OPEN)
    return found[0] if found else None


async def case_deeds(books: Books, case_id: int) -> list[CaseDeed]:
    """Return all that was done about a case, in that order."""
    return await books.find(CaseDeed, case_id=case_id)


async def lines_of_case(books: Books, case: VisitCase) -> list[Line]:
    """Return what the checkout is for that the case is about."""
    receipt = await books.get(CheckOut, case.check_out_id)
    assert receipt is not None
    return await lines_to_pay(books, receipt.visit_id)


def can_be_made_good(lines: Sequence[Line]) -> list[Line]:
    """Return which lines of a checkout can still be given back: what was paid and was not yet."""
    return [line for line in lines if line.paid and line.state in _PAYABLE]


def steps_to_make_good(line: Line) -> tuple[Action, ...]:
    """Return what staff do to give a line back: what was never brought is first brought no more."""
    return (Action.GIVE_UP, Action.COMP) if line.state in COMING else (Action.COMP,)


def reason_behind(wrong: Wrong) -> Reason:
    """Return why a line is made good because of such a case."""
    return Reason.GOODWILL if wrong is Wrong.OTHER else Reason.MISTAKE


async def orders_of_case(books: Books, lines: Sequence[Line]) -> dict[int, GoodsOrder]:
    """Return the orders of those lines, by number."""
    found = await books.find(GoodsOrder, id=tuple({line.order_id for line in lines}))
    return {order.id: order for order in found}


def _refuse_closed(case: VisitCase) -> None:
    if case.state is CaseState.CLOSED:
        raise CaseClosed(case.id, case.closed_name)


async def _note(books: Books, case: VisitCase, act: CaseAct, about: str, by: Doer) -> None:
    """Keep a case to which something was done, and by whom, and tell of it."""
    await books.save(replace(case, version=case.version + (act is not CaseAct.OPEN)))
    await books.add(CaseDeed(0, case.id, act, about, by.id, by.name, books.now))
    books.tell(CaseMoved(case.id, act))


_PAYABLE = COMING | {LineState.DELIVERED, LineState.UNDELIVERABLE}
