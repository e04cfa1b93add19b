"""A case about a checkout: opened by its customer, answered once, and nobody forgets it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.case import (
    MOST_SAYINGS,
    PATIENCE,
    SAYING_LENGTH,
    CaseAct,
    CaseAnswer,
    CaseDeed,
    CaseMoved,
    CaseState,
    CloseCase,
    EscalateCase,
    NoteMadeGood,
    OpenCase,
    SayMore,
    VisitCase,
    Wrong,
    can_be_made_good,
    case_deeds,
    close_case,
    escalate_case,
    lines_of_case,
    note_made_good,
    open_case,
    orders_of_case,
    reason_behind,
    say_more,
    steps_to_make_good,
)
from core.errand import ESCALATE_CASE, Errand
from core.errors import (
    AlreadyServed,
    CaseClosed,
    NotAllowed,
    NotYours,
    OutOfDate,
    SayingTooLong,
    TooManySayings,
)
from core.ledger import payable
from core.make_good import make_good
from core.order_goods import Line, LineState
from core.refund import RefundOrder
from core.serve import AMENDED, Action, Reason, ServeOrder, serve_order
from core.staff import Doer
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, BEA, CARL, ZED, Evening, eur

NOT_DELIVERED = OpenCase(1, ANN, "Ann", Wrong.NOT_DELIVERED)
BY_BEA, BY_CARL = Doer(BEA, "Bea"), Doer(CARL, "Carl")


@pytest.fixture
async def left(evening: Evening) -> Evening:
    """Ann has paid for a beer that she got and nuts that were still coming, and has the rest back."""
    await evening.top_up(2000)
    await evening.deliver(1)
    await evening.serve(await evening.order(1, "Nuts"), Action.ACCEPT)
    await evening.check_out(pay_coming=True, refund_rest=True)
    return evening


async def acts(evening: Evening, case_id: int = 1) -> list[tuple[CaseAct, str, str]]:
    found = await evening.store.run(lambda books: case_deeds(books, case_id))
    return [(each.action, each.about, each.by_name) for each in found]


async def give_back(evening: Evening, case: VisitCase, line: Line, by: Doer) -> None:
    """What a manager's tap does, one command after the other."""
    for version, action in enumerate(steps_to_make_good(line), line.version):
        reason = reason_behind(case.wrong) if action in AMENDED else None
        ask = ServeOrder(line.order_id, version, action, reason, by.id, by.name, line.id)
        await evening.once(make_good if action in AMENDED else serve_order, ask)
    await evening.once(note_made_good, NoteMadeGood(case.id, line.id, by))


async def test_a_case_is_opened_once_however_often_it_is_asked_for(left: Evening) -> None:
    assert [await left.once(open_case, NOT_DELIVERED) for _ in range(2)] == [1, 1]
    assert await left.once(open_case, OpenCase(1, ANN, "Ann", Wrong.OTHER)) == 1
    assert await acts(left) == [(CaseAct.OPEN, Wrong.NOT_DELIVERED, "Ann")]
    assert left.heard(CaseMoved) == [CaseMoved(1, CaseAct.OPEN)]
    assert await left.get(VisitCase, 1) == VisitCase(
        1, 1, ANN, BAR, Wrong.NOT_DELIVERED, CaseState.OPEN, 1, START, None, "", "", None, "", None
    )


async def test_nobody_opens_a_case_about_anothers_receipt_or_none(left: Evening) -> None:
    for ask in (OpenCase(1, ZED, "Zed", Wrong.OTHER), OpenCase(9, ANN, "Ann", Wrong.OTHER)):
        with pytest.raises(NotYours):
            await left.once(open_case, ask)


async def test_the_customer_may_say_more_within_bounds(left: Evening) -> None:
    await left.once(open_case, NOT_DELIVERED)
    with pytest.raises(NotYours):
        await left.once(say_more, SayMore(1, ZED, "Zed", "me too"))
    with pytest.raises(SayingTooLong):
        await left.once(say_more, SayMore(1, ANN, "Ann", "x" * (SAYING_LENGTH + 1)))
    for n in range(MOST_SAYINGS):
        await left.once(say_more, SayMore(1, ANN, "Ann", f"{n}".ljust(SAYING_LENGTH, "x")))
    with pytest.raises(TooManySayings):
        await left.once(say_more, SayMore(1, ANN, "Ann", "no nuts at all"))
    assert len(await acts(left)) == 1 + MOST_SAYINGS


async def test_each_case_has_its_own_words(left: Evening) -> None:
    await left.sit_down(ZED)
    zeds = await left.once(open_case, OpenCase(await left.check_out(ZED), ZED, "Zed", Wrong.OTHER))
    for n in range(MOST_SAYINGS):
        await left.once(say_more, SayMore(zeds, ZED, "Zed", f"too loud {n}"))
    anns = await left.once(open_case, NOT_DELIVERED)
    await left.once(say_more, SayMore(anns, ANN, "Ann", "no nuts"))
    assert (await left.get(VisitCase, anns)).version == 2
    assert [about for _, about, _ in await acts(left, anns)] == [Wrong.NOT_DELIVERED, "no nuts"]


async def test_what_was_paid_and_never_came_goes_back_to_the_payment(left: Evening) -> None:
    case = await left.get(VisitCase, await left.once(open_case, NOT_DELIVERED))
    lines = can_be_made_good(await left.store.run(lambda books: lines_of_case(books, case)))
    assert [line.name for line in lines] == ["Pils", "Nuts"]
    orders = await left.store.run(lambda books: orders_of_case(books, lines))
    assert {line.order_id: orders[line.order_id].id for line in lines} == {1: 1, 2: 2}
    await give_back(left, case, lines[1], BY_BEA)
    nuts = await left.get(Line, lines[1].id)
    assert (nuts.state, nuts.reason) == (LineState.COMPED, "mistake")
    assert (await left.standing(payable(BAR, "EUR"))).balance == eur(320)
    assert [order.amount for order in await left.find(RefundOrder)] == [eur(1430), eur(250)]
    assert (await acts(left))[-1] == (CaseAct.MAKE_GOOD, "Nuts", "Bea")
    lines = can_be_made_good(await left.store.run(lambda books: lines_of_case(books, case)))
    assert [line.name for line in lines] == ["Pils"]


async def test_two_managers_give_a_line_back_once(left: Evening) -> None:
    case = await left.get(VisitCase, await left.once(open_case, NOT_DELIVERED))
    (pils, _) = await left.store.run(lambda books: lines_of_case(books, case))
    await give_back(left, case, pils, BY_BEA)
    with pytest.raises(AlreadyServed) as second:
        await give_back(left, case, pils, BY_CARL)
    assert second.value.by == "Bea"
    assert (await left.standing(payable(BAR, "EUR"))).balance == eur(250)


async def test_a_case_is_closed_once_and_the_second_is_told_who_was_first(left: Evening) -> None:
    await left.once(open_case, NOT_DELIVERED)
    await left.once(close_case, CloseCase(1, 1, CaseAnswer.TYPED, "Sorry.", BY_BEA))
    with pytest.raises(CaseClosed) as second:
        await left.once(close_case, CloseCase(1, 1, CaseAnswer.WAS_RIGHT, "", BY_CARL))
    assert (second.value.number, second.value.by) == (1, "Bea")
    with pytest.raises(CaseClosed):
        await left.once(say_more, SayMore(1, ANN, "Ann", "and another thing"))
    case = await left.get(VisitCase, 1)
    assert (case.state, case.answer, case.said, case.closed_by) == (
        CaseState.CLOSED, CaseAnswer.TYPED, "Sorry.", BEA,
    )  # fmt: skip
    assert (await acts(left))[-1] == (CaseAct.CLOSE, "Sorry.", "Bea")


@pytest.mark.parametrize("wrong", Wrong)
def test_what_is_nobodys_mistake_is_made_good_out_of_goodwill(wrong: Wrong) -> None:
    assert reason_behind(wrong) is (Reason.GOODWILL if wrong is Wrong.OTHER else Reason.MISTAKE)


async def test_an_answer_to_less_than_was_said_is_out_of_date(left: Evening) -> None:
    await left.once(open_case, NOT_DELIVERED)
    await left.once(say_more, SayMore(1, ANN, "Ann", "no nuts"))
    with pytest.raises(OutOfDate):
        await left.once(close_case, CloseCase(1, 1, CaseAnswer.WAS_RIGHT, "", BY_BEA))


@pytest.mark.parametrize(("answer", "said"), [(CaseAnswer.TYPED, ""), (CaseAnswer.WAS_RIGHT, "Sorry.")])
async def test_a_typed_answer_has_words_and_no_other_has(
    left: Evening, answer: CaseAnswer, said: str
) -> None:
    await left.once(open_case, NOT_DELIVERED)
    with pytest.raises(NotAllowed):
        await left.once(close_case, CloseCase(1, 1, answer, said, BY_BEA))


async def test_after_an_answer_there_may_be_another_case(left: Evening) -> None:
    await left.once(open_case, NOT_DELIVERED)
    await left.once(close_case, CloseCase(1, 1, CaseAnswer.WAS_RIGHT, "", BY_BEA))
    assert await left.once(open_case, NOT_DELIVERED) == 2


async def test_what_nobody_closes_is_escalated_once(left: Evening, clock: Clock) -> None:
    await left.once(open_case, NOT_DELIVERED)
    (timer,) = await left.find(Errand, kind=ESCALATE_CASE)
    assert (timer.subject_id, timer.due_at) == (1, START + PATIENCE)
    clock.forward(PATIENCE)
    for _ in range(2):
        await left.once(escalate_case, EscalateCase(1))
    assert (await left.get(VisitCase, 1)).escalated_at == clock.now
    assert (await acts(left))[1:] == [(CaseAct.ESCALATE, "", "")]
    assert [deed.by_id for deed in await left.find(CaseDeed)] == [ANN, 0]


async def test_what_was_closed_in_time_is_not_escalated(left: Evening, clock: Clock) -> None:
    await left.once(open_case, NOT_DELIVERED)
    await left.once(close_case, CloseCase(1, 1, CaseAnswer.WAS_RIGHT, "", BY_BEA))
    clock.forward(PATIENCE + timedelta(hours=1))
    await left.once(escalate_case, EscalateCase(1))
    assert (await left.get(VisitCase, 1)).escalated_at is None
