"""Who may order at a seat follows what the merchant wants shown, and a code cannot be guessed by trying."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.call import CallStaff, call_staff
from core.errand import PRESS_SEAT, Errand
from core.errors import CodeLocked, NotAdmitted, NotAllowed, OutOfDate, SeatAnswered
from core.merchant import NewMerchant, create_merchant
from core.ports import Books
from core.presence import (
    CODE_PERIOD,
    LOCKED,
    MOST_TRIES,
    Admission,
    AdmissionState,
    DecideSeat,
    EnterCode,
    Proof,
    SeatAsked,
    SeatDecided,
    Seating,
    SetProof,
    code_at,
    code_ends,
    code_fits,
    decide_seat,
    enter_code,
    must_ask,
    seating_of,
    set_proof,
    tries_left,
    waiting_admissions,
)
from core.seat import MakeSeats, Seat, make_seats
from core.visit import SitDown, sit_down
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, BEA, CARL, ZED, Evening

MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1000)).map(lambda length: START + length)


async def want(evening: Evening, proof: Proof) -> None:
    await evening.once(set_proof, SetProof(BAR, proof))


async def admissions(evening: Evening, customer: int = ZED) -> list[Admission]:
    return await evening.find(Admission, customer_id=customer)


async def decide(evening: Evening, admission_id: int, *, let_in: bool = True, by: int = BEA) -> None:
    names = {BEA: "Bea", CARL: "Carl"}
    await evening.once(decide_seat, DecideSeat(admission_id, let_in, by, names[by]))


async def enter(evening: Evening, typed: str, customer: int = ZED) -> str:
    visit = await evening.visit(customer)
    return await evening.once(enter_code, EnterCode(visit.id, customer, typed))


async def move(evening: Evening, label: str, customer: int = ZED) -> None:
    (seat,) = await evening.find(Seat, label=label)
    await evening.once(sit_down, SitDown(customer, seat.token))


async def secret(evening: Evening) -> str:
    return (await evening.store.run(lambda books: seating_of(books, BAR))).secret


async def wrong_code(evening: Evening, clock: Clock) -> str:
    known = await secret(evening)
    return next(code for code in ("0000", "1111", "2222") if not code_fits(known, code, clock.now))


async def may_order(evening: Evening, customer: int = ZED) -> bool:
    try:
        await evening.order(1, customer=customer)
    except NotAdmitted:
        return False
    return True


@given(at=MOMENTS, after=st.timedeltas(timedelta(0), timedelta(minutes=15)))
def test_a_code_is_taken_until_the_time_that_is_told_and_no_longer(at: datetime, after: timedelta) -> None:
    code, later = code_at("secret", at), at + after
    if later < code_ends(at):
        assert code_fits("secret", code, later)
    else:
        assert code_fits("secret", code, later) == (
            code in (code_at("secret", later), code_at("secret", later - CODE_PERIOD))
        )
    assert CODE_PERIOD < code_ends(at) - at <= 2 * CODE_PERIOD


@given(at=MOMENTS)
def test_a_code_is_four_digits_in_whatever_way_they_are_typed(at: datetime) -> None:
    code = code_at("secret", at)
    assert len(code) == 4
    assert code.isdigit()
    wide = "".join(chr(0xFF10 + int(digit)) for digit in code)
    for typed in (code, f" {code[:2]} {code[2:]}\n", wide):
        assert code_fits("secret", typed, at)
    for typed in ("", code[:3], f"{code}0", "abcd"):
        assert not code_fits("secret", typed, at)


def test_a_code_that_was_told_before_a_new_release_is_taken_after_it() -> None:
    assert [code_at("secret", START + n * CODE_PERIOD) for n in range(3)] == ["0463", "7751", "8032"]


def test_codes_differ_from_time_to_time_and_from_merchant_to_merchant() -> None:
    moments = [START + n * CODE_PERIOD for n in range(100)]
    assert len({code_at("secret", at) for at in moments}) > 90
    assert sum(code_at("secret", at) == code_at("another", at) for at in moments) < 5


@given(
    proof=st.sampled_from(Proof), state=st.none() | st.sampled_from(AdmissionState),
    asked=st.sampled_from((Proof.STAFF, Proof.CODE)), moved=st.booleans(), late=st.booleans(),
)  # fmt: skip
def test_a_scan_asks_for_proof_only_where_some_is_wanted(
    proof: Proof, state: AdmissionState | None, asked: Proof, moved: bool, late: bool
) -> None:
    before = Admission(1, 1, ZED, BAR, 1, asked, state, START, decided_at=START) if state else None
    asks = must_ask(proof, before, START + (LOCKED if late else timedelta(0)), moved=moved)
    if proof is Proof.OPEN or (before is None and not moved):
        assert not asks
    elif state is AdmissionState.ADMITTED:
        assert asks == (moved and proof is Proof.STAFF)
    elif moved:
        assert asks


async def test_a_visit_that_began_before_goes_on_until_it_moves(evening: Evening) -> None:
    await evening.top_up(2000)
    await want(evening, Proof.STAFF)
    assert await may_order(evening, ANN)
    await move(evening, "A12", ANN)
    assert await may_order(evening, ANN)
    await move(evening, "A13", ANN)
    assert not await may_order(evening, ANN)


async def test_nothing_is_ordered_and_nobody_called_until_the_staff_let_one_in(
    evening: Evening, clock: Clock
) -> None:
    await want(evening, Proof.STAFF)
    visit = await evening.sit_down(ZED)
    await evening.top_up(1000, customer=ZED)
    assert not await may_order(evening)
    assert await evening.purse(ZED) == (1000, 1000)
    with pytest.raises(NotAdmitted) as caught:
        await evening.once(call_staff, CallStaff(visit, ZED))
    assert (caught.value.proof, caught.value.state) == ("staff", "waiting")
    (asked,) = await evening.store.run(_waiting)
    assert evening.heard(SeatAsked) == [SeatAsked(asked.id)]
    clock.forward(timedelta(minutes=1))
    await decide(evening, asked.id)
    (decided,) = await admissions(evening)
    assert (decided.state, decided.decided_by, decided.decided_name) == ("admitted", BEA, "Bea")
    assert (decided.decided_at, evening.heard(SeatDecided)) == (clock.now, [SeatDecided(asked.id)])
    assert await evening.store.run(_waiting) == []
    assert await may_order(evening)


async def test_the_second_of_the_staff_is_told_and_a_mistake_can_be_mended(evening: Evening) -> None:
    await want(evening, Proof.STAFF)
    await evening.sit_down(ZED)
    await evening.top_up(1000, customer=ZED)
    (asked,) = await admissions(evening)
    await decide(evening, asked.id, let_in=False)
    with pytest.raises(SeatAnswered) as caught:
        await decide(evening, asked.id, let_in=False, by=CARL)
    assert (caught.value.state, caught.value.by) == ("turned-away", "Bea")
    assert not await may_order(evening)
    await decide(evening, asked.id, by=CARL)
    with pytest.raises(SeatAnswered):
        await decide(evening, asked.id, let_in=False)
    assert await may_order(evening)
    with pytest.raises(NotAllowed):
        await decide(evening, asked.id + 1)


async def test_every_seat_is_opened_for_itself(evening: Evening) -> None:
    await want(evening, Proof.STAFF)
    await evening.sit_down(ZED)
    await evening.top_up(1000, customer=ZED)
    await decide(evening, (await admissions(evening))[-1].id)
    await move(evening, "A13")
    first, second = await admissions(evening)
    assert not await may_order(evening)
    with pytest.raises(OutOfDate):
        await decide(evening, first.id)
    await decide(evening, second.id)
    assert await may_order(evening)


async def test_scanning_again_asks_no_second_time(evening: Evening, clock: Clock) -> None:
    await want(evening, Proof.STAFF)
    for _ in range(3):
        await evening.sit_down(ZED)
    assert len(await admissions(evening)) == len(await evening.find(Errand, kind=PRESS_SEAT)) == 1
    await decide(evening, (await admissions(evening))[-1].id, let_in=False)
    await evening.sit_down(ZED)
    assert len(await admissions(evening)) == 1
    clock.forward(LOCKED)
    await evening.sit_down(ZED)
    assert [each.state for each in await admissions(evening)] == ["turned-away", "waiting"]


async def test_the_latest_seat_is_the_one_that_waits(evening: Evening, clock: Clock) -> None:
    await want(evening, Proof.STAFF)
    await evening.sit_down(ZED)
    clock.forward(timedelta(minutes=1))
    await move(evening, "A13")
    found = await admissions(evening)
    assert [(each.state, each.decided_at) for each in found] == [("left", clock.now), ("waiting", None)]
    await evening.check_out(ZED)
    assert [each.state for each in await admissions(evening)] == ["left", "left"]


async def test_nobody_is_let_in_who_has_gone(evening: Evening) -> None:
    await want(evening, Proof.STAFF)
    await evening.sit_down(ZED)
    (asked,) = await admissions(evening)
    await decide(evening, asked.id, let_in=False)
    await evening.check_out(ZED)
    with pytest.raises(SeatAnswered) as caught:
        await decide(evening, asked.id)
    assert caught.value.state == "left"


async def test_a_code_is_typed_once_a_visit(evening: Evening, clock: Clock) -> None:
    await want(evening, Proof.CODE)
    await evening.sit_down(ZED)
    await evening.top_up(2000, customer=ZED)
    with pytest.raises(NotAdmitted) as refused:
        await evening.order(1, customer=ZED)
    assert refused.value.proof == "code"
    assert await enter(evening, code_at(await secret(evening), clock.now)) == "admitted"
    await move(evening, "A13")
    assert await may_order(evening)
    assert await enter(evening, "anything") == "admitted"
    await evening.check_out(ZED)
    await evening.sit_down(ZED)
    assert not await may_order(evening)


async def test_choosing_codes_again_makes_new_ones_and_pressing_twice_does_not(evening: Evening) -> None:
    await want(evening, Proof.CODE)
    first = await secret(evening)
    await want(evening, Proof.CODE)
    assert await secret(evening) == first
    await want(evening, Proof.OPEN)
    await want(evening, Proof.CODE)
    assert await secret(evening) != first
    assert len(await evening.find(Seating)) == 1


async def test_wrong_codes_are_counted_across_seats_and_visits(evening: Evening, clock: Clock) -> None:
    await want(evening, Proof.CODE)
    await evening.sit_down(ZED)
    wrong = await wrong_code(evening, clock)
    for _ in range(2):
        assert await enter(evening, wrong) == "waiting"
    await move(evening, "A13")
    await enter(evening, wrong)
    await evening.check_out(ZED)
    await evening.sit_down(ZED)
    await enter(evening, wrong)
    assert (await evening.store.run(_waiting), evening.heard(SeatAsked)) == ([], [])
    await enter(evening, wrong)
    (asked,) = await evening.store.run(_waiting)
    assert (asked.tries, asked.waits_since) == (MOST_TRIES, clock.now)
    assert evening.heard(SeatAsked) == [SeatAsked(asked.id)]
    assert await evening.store.run(lambda books: waiting_admissions(books, BAR + 1)) == []
    right = code_at(await secret(evening), clock.now)
    clock.forward(timedelta(minutes=3, seconds=1))
    with pytest.raises(CodeLocked) as caught:
        await enter(evening, right)
    assert caught.value.wait_minutes == 7
    await evening.top_up(1000, customer=ZED)
    with pytest.raises(NotAdmitted) as refused:
        await evening.order(1, customer=ZED)
    assert refused.value.proof == "staff"
    await decide(evening, asked.id)
    assert await may_order(evening)


async def test_who_tries_codes_uses_up_nobody_elses_tries_and_none_at_another_merchant(
    evening: Evening, clock: Clock
) -> None:
    other = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    await evening.once(make_seats, MakeSeats(other, ("B1",)))
    for merchant in (BAR, other):
        await evening.once(set_proof, SetProof(merchant, Proof.CODE))
    await evening.sit_down(ZED)
    await enter(evening, await wrong_code(evening, clock))
    await move(evening, "A13", ANN)
    await move(evening, "B1")
    assert [each.tries for each in await evening.find(Admission)] == [1, 0, 0]
    await move(evening, "A13")
    assert (await admissions(evening))[-1].tries == 1


async def test_after_a_while_codes_can_be_tried_again(evening: Evening, clock: Clock) -> None:
    await want(evening, Proof.CODE)
    await evening.sit_down(ZED)
    for _ in range(MOST_TRIES):
        await enter(evening, await wrong_code(evening, clock))
    clock.forward(LOCKED)
    assert await enter(evening, await wrong_code(evening, clock)) == "waiting"
    assert tries_left((await admissions(evening))[-1], clock.now) == MOST_TRIES - 1
    assert await enter(evening, code_at(await secret(evening), clock.now)) == "admitted"
    await evening.check_out(ZED)
    clock.forward(timedelta(days=1))
    await evening.sit_down(ZED)
    assert (await admissions(evening))[-1].tries == 0


async def test_a_code_is_no_use_where_none_is_asked_for(evening: Evening) -> None:
    with pytest.raises(OutOfDate):
        await enter(evening, "0000", ANN)
    await want(evening, Proof.STAFF)
    await evening.sit_down(ZED)
    with pytest.raises(OutOfDate):
        await enter(evening, "0000")
    await want(evening, Proof.CODE)
    await move(evening, "A13")
    visit = await evening.visit(ZED)
    with pytest.raises(OutOfDate):
        await evening.once(enter_code, EnterCode(visit.id, ANN, "0000"))


async def test_open_seats_ask_nobody_whatever_was_asked_before(evening: Evening) -> None:
    await want(evening, Proof.STAFF)
    await evening.sit_down(ZED)
    await evening.top_up(1000, customer=ZED)
    await want(evening, Proof.OPEN)
    assert await may_order(evening)
    await want(evening, Proof.STAFF)
    assert not await may_order(evening)


async def test_somebody_who_is_not_let_in_is_remembered_by_the_waits_for_orders(evening: Evening) -> None:
    await want(evening, Proof.STAFF)
    await evening.sit_down(ZED)
    (timer,) = await evening.find(Errand, kind=PRESS_SEAT)
    (asked,) = await admissions(evening)
    assert (timer.subject_id, timer.body, timer.due_at) == (asked.id, "ping", START + timedelta(minutes=1))


async def _waiting(books: Books) -> list[Admission]:
    return await waiting_admissions(books, BAR)


async def test_nothing_comes_to_a_seat_at_which_nobody_was_let_in_whoever_pays(evening: Evening) -> None:
    """Ann sat down before it was wanted; what she gives, or lets Zed order on her, is brought to Zed."""
    await evening.top_up(1000)
    await want(evening, Proof.STAFF)
    await evening.sit_down(ZED, "A13")
    party = await evening.start_party()
    await evening.join_party(party)
    await evening.set_limit(party, 500)
    with pytest.raises(NotAdmitted):
        await evening.order_on_host(party)
    gift = await evening.offer("Pils")
    with pytest.raises(NotAdmitted):
        await evening.accept(gift)
    (admission,) = await admissions(evening)
    await decide(evening, admission.id)
    await evening.accept(gift)
    assert await evening.purse() == (1000, 680)
