"""The evening's books are laid beside a gateway's, on either engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core.dispute import DisputeState
from core.gateway import Movement, MovementKind
from core.gateway import Verdict as Told
from core.ledger import bank, clearing, gateway_fees
from core.reconcile import Clearing, Cover, Reconciliation, StatementLine, Verdict, keep_line, line_key
from core.refund import RefundPart
from storage.reports import Reports
from tests.conftest import START, Clock
from tests.core.evening import Evening, eur
from tests.storage.conftest import Kept

SINCE, UNTIL = START - timedelta(hours=12), START + timedelta(hours=12)
CHARGE, REFUND, FEE, PAYOUT = (
    MovementKind.CHARGE, MovementKind.REFUND, MovementKind.FEE, MovementKind.PAYOUT,
)  # fmt: skip


@pytest.fixture
async def evening(kept: Kept, clock: Clock) -> AsyncIterator[Evening]:
    store = await kept.database.open_store(clock)
    yield Evening(store, first_key=1000)
    await store.close()


@pytest.fixture
async def reports(kept: Kept) -> AsyncIterator[Reports]:
    opened = await kept.database.open_reports()
    yield opened
    await opened.close()


def line(kind: MovementKind, minor: int, charge: str = "", **other: Any) -> StatementLine:
    facts = {"id": f"{kind}-{charge}-{minor}", "key": "", "at": START, **other}
    return StatementLine.of("sandbox", Movement(kind=kind, charge=charge, amount=eur(minor), **facts))


async def true_statement(evening: Evening) -> list[StatementLine]:
    """What an honest gateway has of the evening: its charges, and the refund that it made."""
    done = [part for part in await evening.find(RefundPart) if part.state == "done"]
    return [
        *(
            line(CHARGE, minor, charge)
            for charge, minor in (("tg-1", 1000), ("tg-2", 500), ("src-tg-3", 2000))
        ),
        line(CHARGE, 123, "odd"),
        *(line(REFUND, -part.amount.minor, "src-tg-2", key=part.key) for part in done),
    ]


async def keep(evening: Evening, told: StatementLine) -> int:
    return await evening.once(keep_line, told, f"statement:{line_key(told)}")


async def reconcile(reports: Reports, *told: StatementLine) -> Reconciliation:
    return await reports.reconcile("sandbox", told, SINCE, UNTIL)


async def test_an_honest_gateway_agrees(evening: Evening, reports: Reports) -> None:
    found = await reconcile(reports, *await true_statement(evening))
    assert (found.matched, found.differences, found.agrees) == (5, (), True)
    assert found.clearing == (Clearing(eur(3123), stale=False),)
    assert found.cover == (Cover(held=eur(3123), customers=eur(2233), merchants=eur(890)),)
    assert found.is_covered


async def test_what_was_kept_or_left_beyond_what_merchants_earned_is_missing(
    evening: Evening, reports: Reports
) -> None:
    await keep(evening, line(MovementKind.FEE, -400, "tg-1"))
    await keep(evening, line(MovementKind.PAYOUT, -2000, "tg-1"))
    (cover,) = (await reconcile(reports)).cover
    assert (cover.held, cover.short) == (eur(2723), None)
    await keep(evening, line(MovementKind.FEE, -500, "tg-2"))
    found = await reconcile(reports)
    assert (found.cover[0].short, found.is_covered) == (eur(10), False)
    assert (await reports.reconcile("another", (), SINCE, UNTIL)).cover == ()


async def test_all_that_differs_is_named(evening: Evening, reports: Reports) -> None:
    _, *told = await true_statement(evening)
    parked = next(part for part in await evening.find(RefundPart) if part.state == "parked")
    told += [line(CHARGE, 77, "nobody"), line(REFUND, -parked.amount.minor, "tg-1", key=parked.key)]
    found = await reconcile(reports, *told)
    assert {(each.verdict, each.title, each.number) for each in found.differences} == {
        (Verdict.OURS_ONLY, "T-1 #1", ""),
        (Verdict.THEIRS_ONLY, "", "charge-nobody-77"),
        (Verdict.STATE, "R-1 #2", f"refund-tg-1--{parked.amount.minor}"),
    }


async def test_what_another_gateway_at_the_same_provider_charged_is_no_difference(
    evening: Evening, reports: Reports
) -> None:
    told = await true_statement(evening)
    found = await reports.reconcile("sandbox-link", told, SINCE, UNTIL)
    assert (found.matched, found.differences) == (0, ())
    found = await reports.reconcile("sandbox-link", [*told, line(CHARGE, 77, "nobody")], SINCE, UNTIL)
    assert [each.verdict for each in found.differences] == [Verdict.THEIRS_ONLY]


async def test_kept_lines_count_as_if_they_were_told_now(evening: Evening, reports: Reports) -> None:
    for told in await true_statement(evening):
        await keep(evening, told)
    assert (await reconcile(reports)).agrees
    (lie,) = (await reconcile(reports, line(CHARGE, 5, "tg-1", id="charge-tg-1-1000"))).differences
    assert (lie.verdict, lie.ours, lie.theirs) == (Verdict.TOLD_ANEW, eur(1000), eur(5))


async def test_what_we_settled_long_after_they_did_is_no_difference(
    evening: Evening, reports: Reports, clock: Clock
) -> None:
    for told in await true_statement(evening):
        await keep(evening, told)
    await evening.refund(1000, customer=9)
    (part,) = await evening.find(RefundPart, state="planned")
    await keep(evening, line(REFUND, -1000, "tg-3", key=part.key))
    clock.forward(timedelta(days=6))
    await evening.hear(part.id, Told.DONE)
    for days in range(8):
        since = SINCE + timedelta(days=days)
        found = await reports.reconcile("sandbox", (), since, since + timedelta(days=1))
        assert found.differences == (), days


async def test_fees_and_payouts_are_booked_once_and_clearing_returns_to_zero(
    evening: Evening, reports: Reports, kept: Kept
) -> None:
    for told in [
        *await true_statement(evening),
        line(FEE, -60),
        line(FEE, 5, id="back"),
        line(PAYOUT, -3068),
    ]:
        assert await keep(evening, told) == await keep(evening, told)
    assert (await evening.standing(gateway_fees("EUR"))).balance == eur(-55)
    assert (await evening.standing(bank("EUR"))).balance == eur(-3068)
    assert not (await evening.standing(clearing("sandbox", "EUR"))).balance
    found = await reconcile(reports)
    assert found.agrees
    assert [(each.kept, each.paid_out) for each in found.fees] == [(eur(55), eur(3068))]
    assert kept.database.examine() == []


async def test_clearing_that_stays_although_all_should_be_paid_out_is_named(reports: Reports) -> None:
    later = START + timedelta(days=20)
    found = await reports.reconcile("sandbox", (), later, later + timedelta(days=1))
    assert found.clearing == (Clearing(eur(3123), stale=True),)
    assert not found.agrees


async def test_disputes_agree_in_every_state(evening: Evening, reports: Reports) -> None:
    told = [*await true_statement(evening), line(MovementKind.DISPUTE, -2000, "tg-3")]
    await evening.dispute(3, DisputeState.OPEN)
    assert (await reconcile(reports, *told)).agrees
    await evening.dispute(3, DisputeState.LOST)
    assert (await reconcile(reports, *told)).agrees
    (missing,) = (await reconcile(reports, *told[:-1])).differences
    assert (missing.verdict, missing.title) == (Verdict.OURS_ONLY, "D-1")
