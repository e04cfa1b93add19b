"""How a charge is paid is heard of its gateway, which is asked about it until that is known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.charge import (
    Charge,
    ChargeEnded,
    ChargeOpened,
    ChargeRefused,
    ChargeState,
    ChargeUnsure,
    HearOfCharge,
    HearOpened,
    hear_of_charge,
    hear_opened,
)
from core.errand import ASK_CHARGE, OPEN_CHARGE, Errand
from core.errors import NotYours, OutOfDate
from core.gateway import Action, ActionKind, Opened, Outcome, Verdict
from core.top_up import ExpireTopUp, LookForPayment, charge_and_top_up, expire_top_up, look_for_payment
from tests.conftest import START, Clock
from tests.core.evening import ANN, ZED, Evening

PAGE = Action(ActionKind.LINK, "https://pay.example/1")
NOTHING = Action(ActionKind.NONE)


@pytest.fixture
async def asked(evening: Evening) -> Evening:
    """Ann wants to bring 10.00, and the gateway is asked for a charge."""
    await evening.invoice(1000)
    return evening


async def the_charge(evening: Evening) -> Charge:
    (charge,) = await evening.find(Charge)
    return charge


async def opened(
    evening: Evening, verdict: Verdict, action: Action = NOTHING, reason: str = "", wait: int = 0
) -> Charge:
    """What came of asking for it."""
    answer = Opened(Outcome(verdict, "ch_1", reason), action)
    ask = HearOpened.of(await the_charge(evening), answer, timedelta(seconds=wait))
    await evening.once(hear_opened, ask)
    return await the_charge(evening)


async def still_unpaid(evening: Evening, late_seconds: int = 0) -> None:
    charge = await the_charge(evening)
    await evening.once(hear_of_charge, HearOfCharge(charge.id, charge.asked, False, 0, late_seconds))


async def waits(evening: Evening) -> list[tuple[str, int]]:
    """Return under which count it will be asked about, and in how many seconds from the start."""
    found = await evening.find(Errand, kind=ASK_CHARGE)
    return [(each.body, int((each.due_at - START).total_seconds())) for each in found]


async def test_it_is_asked_for_with_the_top_up_that_it_is_for(asked: Evening) -> None:
    (errand,) = await asked.find(Errand, kind=OPEN_CHARGE)
    charge, order = await asked.store.run(lambda books: charge_and_top_up(books, errand.subject_id))
    assert (charge, order.customer_id) == (await the_charge(asked), ANN)
    assert charge == Charge(charge.id, order.id, ChargeState.OPENING, "", ActionKind.NONE, "", 0, "")


async def test_it_is_open_once_the_gateway_says_how_it_is_paid(asked: Evening) -> None:
    charge = await opened(asked, Verdict.PENDING, PAGE)
    assert (charge.state, charge.action, charge.target) == (ChargeState.OPEN, PAGE.kind, PAGE.target)
    assert asked.heard(ChargeOpened) == [ChargeOpened(charge.id)]
    assert await waits(asked) == [("1", 60)]


async def test_it_is_not_asked_about_before_the_gateway_can_know(asked: Evening) -> None:
    await opened(asked, Verdict.PENDING, PAGE, wait=61)
    assert await waits(asked) == [("1", 61)]


async def test_what_was_charged_at_once_is_paid_when_the_gateway_vouches_for_it(asked: Evening) -> None:
    charge = await opened(asked, Verdict.DONE, wait=5)
    assert (charge.state, await waits(asked)) == (ChargeState.OPEN, [("1", 5)])
    assert asked.heard(ChargeOpened) == []
    assert await asked.purse() == (0, 0)


async def test_what_is_refused_is_said_and_not_asked_about(asked: Evening) -> None:
    charge = await opened(asked, Verdict.REFUSED, reason="card_declined")
    assert (charge.state, charge.reason) == (ChargeState.REFUSED, "card_declined")
    assert asked.heard(ChargeRefused) == [ChargeRefused(charge.id)]
    assert await waits(asked) == []


async def test_a_gateway_that_does_not_answer_is_asked_again_and_that_is_said_once(
    asked: Evening, clock: Clock
) -> None:
    charge = await opened(asked, Verdict.UNKNOWN, wait=90)
    assert asked.heard(ChargeUnsure) == [ChargeUnsure(charge.id)]
    clock.forward(timedelta(seconds=90))
    await opened(asked, Verdict.UNKNOWN)
    assert await waits(asked) == [("1", 90), ("2", 210)]
    assert asked.heard(ChargeUnsure) == [ChargeUnsure(charge.id)]
    assert (await opened(asked, Verdict.PENDING, PAGE)).state is ChargeState.OPEN


async def test_what_was_answered_meanwhile_stays(asked: Evening) -> None:
    before = await the_charge(asked)
    after = await opened(asked, Verdict.PENDING, PAGE)
    for old in (before, after):
        late = HearOpened.of(old, Opened(Outcome(Verdict.REFUSED), NOTHING), timedelta(0))
        assert await asked.once(hear_opened, late) == before.id
    for asked_then in (before.asked, after.asked + 1):
        assert await asked.once(hear_of_charge, HearOfCharge(before.id, asked_then, True, 0)) == before.id
    assert await the_charge(asked) == after


async def test_an_answer_to_a_question_before_the_last_is_none(asked: Evening) -> None:
    before = await the_charge(asked)
    after = await opened(asked, Verdict.UNKNOWN)
    late = HearOpened.of(before, Opened(Outcome(Verdict.PENDING), PAGE), timedelta(0))
    await asked.once(hear_opened, late)
    assert await the_charge(asked) == after


async def test_it_is_asked_about_ever_more_slowly_and_never_given_up(asked: Evening) -> None:
    await opened(asked, Verdict.PENDING, PAGE)
    for _ in range(6):
        await still_unpaid(asked)
    seconds = [wait for _, wait in await waits(asked)]
    assert seconds == [60, 120, 180, 240, 300, 300, 300]


@pytest.mark.parametrize(
    ("late", "wait"), [(1, 60), (59, 60), (61, 61), (3600, 3600), (24 * 3600 + 1, 24 * 3600)]
)
async def test_once_its_time_is_over_it_is_asked_about_as_late_again(
    asked: Evening, late: int, wait: int
) -> None:
    await opened(asked, Verdict.PENDING, PAGE)
    await still_unpaid(asked, late)
    assert (await waits(asked))[-1] == ("2", wait)


async def test_what_is_over_can_be_paid_no_more_and_is_asked_about_no_more(asked: Evening) -> None:
    charge = await opened(asked, Verdict.PENDING, PAGE)
    await asked.once(hear_of_charge, HearOfCharge(charge.id, charge.asked, True, 0))
    assert (await the_charge(asked)).state is ChargeState.ENDED
    assert asked.heard(ChargeEnded) == [ChargeEnded(charge.id)]
    assert await waits(asked) == [("1", 60)]


async def test_who_says_to_have_paid_has_the_gateway_asked_at_once(asked: Evening) -> None:
    charge = await opened(asked, Verdict.PENDING, PAGE)
    assert await asked.once(look_for_payment, LookForPayment(ANN, charge.top_up_id)) == charge.top_up_id
    assert await waits(asked) == [("1", 60), ("2", 0)]
    with pytest.raises(NotYours):
        await asked.once(look_for_payment, LookForPayment(ZED, charge.top_up_id))
    await asked.once(hear_of_charge, HearOfCharge(charge.id, 2, True, 0))
    with pytest.raises(OutOfDate):
        await asked.once(look_for_payment, LookForPayment(ANN, charge.top_up_id))


async def test_when_the_time_to_pay_is_over_the_gateway_is_asked_unless_it_is_over_there(
    asked: Evening,
) -> None:
    charge = await opened(asked, Verdict.REFUSED)
    await asked.once(expire_top_up, ExpireTopUp(charge.top_up_id))
    assert await waits(asked) == []
