"""Two books are laid side by side, and only what differs is reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gateway import Movement, MovementKind
from core.ledger import Account, bank, clearing, gateway_fees
from core.money import Money
from core.reconcile import (
    EDGE,
    SETTLES_WITHIN,
    Difference,
    Fees,
    Ours,
    StatementLine,
    Verdict,
    Wanted,
    compare,
    fees_of,
    is_stale,
    join,
    keep_line,
)
from storage.database import Database
from tests.core.evening import Evening, eur

DAY = datetime(2026, 5, 1, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)
NOON = DAY + timedelta(hours=12)
SECOND = timedelta(seconds=1)
CHARGE, REFUND, DISPUTE = MovementKind.CHARGE, MovementKind.REFUND, MovementKind.DISPUTE


def ours(kind: MovementKind = CHARGE, **other: Any) -> Ours:
    facts = {
        "kind": kind, "title": "T-1", "names": ("ch-1",), "shares": (),
        "amount": eur(1000 if kind is CHARGE else -1000), "wanted": Wanted.MUST, "state": "", "at": NOON,
    }  # fmt: skip
    return Ours(**{**facts, **other})


def line(kind: MovementKind = CHARGE, minor: int = 1000, **other: Any) -> StatementLine:
    sign = 1 if kind is CHARGE else -1
    facts = {
        "id": 0, "gateway": "g", "kind": kind, "number": "n-1", "key": "", "charge": "ch-1",
        "amount": eur(sign * minor), "at": NOON,
    }  # fmt: skip
    return StatementLine(**{**facts, **other})


def found(of_ours: list[Ours], theirs: list[StatementLine]) -> list[Verdict]:
    return [each.verdict for each in compare(of_ours, theirs, DAY, NEXT)[1]]


def test_what_both_have_is_no_difference() -> None:
    assert compare([ours()], [line()], DAY, NEXT) == (1, ())
    fee = line(MovementKind.FEE, at=DAY)
    before = ours(names=("ch-0",), at=DAY - timedelta(days=1))
    assert compare([before, ours()], [fee, line()], DAY, NEXT) == (1, ())


def test_what_one_side_lacks_is_reported() -> None:
    assert found([ours()], []) == [Verdict.OURS_ONLY]
    assert compare([], [line()], DAY, NEXT)[1] == (
        Difference(Verdict.THEIRS_ONLY, CHARGE, "", "n-1", "", None, eur(1000), NOON),
    )


@pytest.mark.parametrize(("at", "reported"), [(DAY - SECOND, 0), (DAY, 1), (NEXT - SECOND, 1), (NEXT, 0)])
def test_a_day_is_from_its_first_moment_to_before_the_next_ones(at: datetime, reported: int) -> None:
    assert len(found([], [line(at=at)])) == reported
    assert len(found([ours(at=at)], [line(minor=5, at=at)])) == reported
    assert len(found([ours(at=at - EDGE)], [])) == reported


@pytest.mark.parametrize(
    ("theirs", "verdict"),
    [
        ([line(minor=999)], Verdict.AMOUNT),
        ([line(), line(number="n-2")], Verdict.AMOUNT),
        ([line(amount=Money(1000, "USD"))], Verdict.CURRENCY),
        ([line(amount=eur(-1000))], Verdict.STATE),
    ],
)
def test_what_differs_says_how(theirs: list[StatementLine], verdict: Verdict) -> None:
    (difference,) = compare([ours()], theirs, DAY, NEXT)[1]
    assert difference.verdict is verdict
    assert difference.number == " ".join(each.number for each in theirs)


def test_a_charge_is_known_by_itself_first_and_all_else_by_our_key() -> None:
    for kind, title in ((CHARGE, "T-1"), (REFUND, "T-3")):
        mine = [
            ours(kind, title=name, names=(called,), wanted=Wanted.MAY)
            for name, called in (("T-1", "ch-1"), ("T-2", "n-1"), ("T-3", "key-1"))
        ]
        (difference,) = compare(mine, [line(kind, 5, key="key-1")], DAY, NEXT)[1]
        assert difference.title == title
        (difference,) = compare(mine[1:2], [line(kind, 5)], DAY, NEXT)[1]
        assert difference.title == "T-2"


@pytest.mark.parametrize("hours", [-1, 1])
def test_what_the_neighbouring_day_has_is_no_difference_on_either(hours: int) -> None:
    edge = NEXT if hours < 0 else DAY
    of_ours, theirs = ours(at=edge + timedelta(hours=hours)), line(at=edge - timedelta(hours=hours))
    for since in (DAY - timedelta(days=1), DAY, NEXT):
        assert compare([of_ours], [theirs], since, since + timedelta(days=1))[1] == ()


@given(hours=st.floats(0, 71.9))
def test_what_is_ours_only_is_reported_on_exactly_one_day(hours: float) -> None:
    of_ours = ours(at=DAY + timedelta(hours=hours))
    days = [DAY + timedelta(days=n) for n in range(4)]
    assert sum(len(compare([of_ours], [], day, day + timedelta(days=1))[1]) for day in days) == 1


def test_a_refund_that_they_paid_and_we_did_not_settle_is_a_difference_of_state() -> None:
    parked = ours(REFUND, names=("key-1",), wanted=Wanted.MUST_NOT, state="parked")
    assert found([parked], [line(REFUND, key="key-1")]) == [Verdict.STATE]
    assert found([parked], []) == []
    assert found([parked], [line(REFUND, key="key-1"), line(REFUND, -1000, key="key-1")]) == []


def test_a_refund_under_way_may_be_in_their_books_or_not_yet() -> None:
    pending = ours(REFUND, names=("key-1",), wanted=Wanted.MAY, state="pending")
    assert found([pending], []) == found([pending], [line(REFUND, key="key-1")]) == []
    assert found([pending], [line(REFUND, 999, key="key-1")]) == [Verdict.AMOUNT]


def test_a_refund_that_failed_and_went_again_is_one() -> None:
    part = ours(REFUND, names=("key-2",), shares=("ch-1",))
    theirs = [line(REFUND, minor, number=f"n-{n}") for n, minor in enumerate((1000, -1000, 1000))]
    assert compare([part], theirs, DAY, NEXT) == (1, ())
    assert found([part], theirs[:2]) == [Verdict.STATE]
    assert found([part], [*theirs, line(REFUND, number="n-4")]) == [Verdict.THEIRS_ONLY]


def test_refunds_of_one_charge_without_our_key_are_told_apart_by_their_amounts() -> None:
    parts = [
        ours(REFUND, title=f"R-1 #{minor}", names=(f"key-{minor}",), shares=("ch-1",), amount=eur(-minor))
        for minor in (300, 700, 300)
    ]
    theirs = [line(REFUND, minor, number=f"n-{n}") for n, minor in enumerate((700, 300, 300))]
    assert compare(parts, theirs, DAY, NEXT) == (3, ())
    assert found(parts, theirs[:2]) == [Verdict.OURS_ONLY]
    assert found(parts, [*theirs, line(REFUND, 300, number="n-9")]) == [Verdict.THEIRS_ONLY]


@pytest.mark.parametrize("order", [1, -1])
def test_a_refund_that_failed_is_told_by_two_lines_that_come_to_nothing(order: int) -> None:
    parts = [
        ours(REFUND, title=state, names=(state,), shares=("ch-1",), amount=eur(-300), wanted=wanted)
        for state, wanted in (("parked", Wanted.MUST_NOT), ("done", Wanted.MUST))
    ][::order]
    assert found(parts, [line(REFUND, 300)]) == []
    theirs = [line(REFUND, minor, number=str(n)) for n, minor in enumerate((300, 300, -300), start=9)]
    assert compare(parts, theirs, DAY, NEXT) == (2, ())


def test_a_dispute_that_was_won_comes_to_nothing_and_one_that_was_lost_to_its_sum() -> None:
    taken, given_back = line(DISPUTE), line(DISPUTE, -1000, number="n-2")
    for wanted, theirs in (
        (Wanted.MAY, []),
        (Wanted.MAY, [taken]),
        (Wanted.MUST_NOT, [taken, given_back]),
        (Wanted.MUST, [taken]),
    ):
        assert found([ours(DISPUTE, wanted=wanted)], theirs) == []
    assert found([ours(DISPUTE)], [taken, given_back]) == [Verdict.STATE]
    assert found([ours(DISPUTE, wanted=Wanted.MUST_NOT)], [taken]) == [Verdict.STATE]


def test_what_is_told_otherwise_than_before_is_reported_and_not_believed() -> None:
    lines, anew = join([line()], [line(minor=5), line(number="n-2")])
    assert [each.amount for each in lines] == [eur(1000), eur(1000)]
    assert anew == (Difference(Verdict.TOLD_ANEW, CHARGE, "", "n-1", "", eur(1000), eur(5), NOON),)


def test_fees_and_payouts_are_added_up_and_are_no_difference() -> None:
    told = [line(MovementKind.FEE, 35), line(MovementKind.PAYOUT, 900, charge=""), line(MovementKind.FEE, -5)]
    assert found([], told) == []
    assert fees_of(told, DAY, NEXT) == (Fees(eur(30), eur(900)),)


def test_each_day_and_each_currency_has_its_own_fees() -> None:
    told = [
        line(MovementKind.FEE, 1, at=DAY),
        line(MovementKind.FEE, 2, at=NEXT),
        line(MovementKind.FEE, amount=Money(-4, "CHF")),
        line(MovementKind.PAYOUT, amount=Money(-8, "USD")),
        line(CHARGE),
    ]
    assert fees_of(told, DAY, NEXT) == (
        Fees(Money(4, "CHF"), Money(0, "CHF")),
        Fees(eur(1), eur(0)),
        Fees(Money(0, "USD"), Money(8, "USD")),
    )


def test_what_was_charged_in_time_need_not_be_paid_out_yet() -> None:
    assert not is_stale(eur(5), NEXT - SETTLES_WITHIN, NEXT)
    assert is_stale(eur(5), NEXT - SETTLES_WITHIN - timedelta(seconds=1), NEXT)
    assert is_stale(eur(5), None, NEXT)
    assert not is_stale(eur(0), None, NEXT)


@pytest.mark.parametrize(
    ("kind", "minor", "booked", "other"),
    [
        (MovementKind.FEE, -35, "gateway_fee", gateway_fees("EUR")),
        (MovementKind.FEE, 35, "gateway_fee_back", gateway_fees("EUR")),
        (MovementKind.PAYOUT, -900, "payout", bank("EUR")),
        (MovementKind.PAYOUT, 1, "payout_back", bank("EUR")),
        (MovementKind.FEE, 0, "", gateway_fees("EUR")),
        (CHARGE, 1000, "", bank("EUR")),
        (REFUND, -1000, "", bank("EUR")),
        (DISPUTE, -1000, "", bank("EUR")),
    ],
)
async def test_fees_and_payouts_are_booked_as_they_are_told_and_nothing_else_is(
    evening: Evening, database: Database, kind: MovementKind, minor: int, booked: str, other: Account
) -> None:
    told = Movement("n-1", kind, "key-1", "ch-1", eur(minor), NOON)
    line = StatementLine.of("stripe", told)
    assert line == StatementLine(0, "stripe", kind, "n-1", "key-1", "ch-1", eur(minor), NOON)
    number = await evening.once(keep_line, line)
    assert await evening.get(StatementLine, number) == replace(line, id=number)
    held = await evening.standing(clearing("stripe", "EUR"))
    assert (await evening.standing(other)).balance == -held.balance
    assert held.balance == eur(-minor if booked else 0)
    reports = await database.open_reports()
    assert [each.kind async for each in reports.journal()] == ([booked] if booked else [])
    await reports.close()


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3)), max_size=8),
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3)), max_size=8),
)
def test_nothing_is_lost_between_the_two(mine: list[tuple[int, int]], told: list[tuple[int, int]]) -> None:
    """Whatever is not the same is reported, on either side: the sums that differ are the sums reported."""
    of_ours = [ours(title=f"T-{n}", names=(f"ch-{n}",), amount=eur(minor)) for n, minor in dict(mine).items()]
    theirs = [line(charge=f"ch-{n}", number=str(at), minor=minor) for at, (n, minor) in enumerate(told)]
    matched, differences = compare(of_ours, theirs, DAY, NEXT)
    assert matched + sum(each.ours is not None for each in differences) == len(of_ours)
    off = sum(each.theirs.minor for each in differences if each.theirs) - sum(
        each.ours.minor for each in differences if each.ours
    )
    assert off == sum(minor for _, minor in told) - sum(dict(mine).values())
