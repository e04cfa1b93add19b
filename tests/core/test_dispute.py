"""A disputed sum is set aside, and is given back or free again, however it is told."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from core.debt import DebtPaid, debt_of
from core.dispute import (
    Dispute,
    DisputeContradicted,
    DisputeEnded,
    DisputeOpened,
    DisputeState,
    DisputeUnmatched,
    TellDispute,
    held_by_disputes,
    take_dispute,
)
from core.errors import NothingToRefund, RefundDisputed
from core.gateway import Fact, FactKind, Verdict
from core.ledger import Transfer, clearing, wallet
from core.lot import Lot
from core.ports import Books
from core.refund import RefundPart, Rescue
from tests.conftest import START
from tests.core.evening import ANN, ZED, Evening, eur

OPEN, WON, LOST = DisputeState.OPEN, DisputeState.WON, DisputeState.LOST

HELD_BY = clearing("sandbox", "EUR")


async def owed(evening: Evening) -> int:
    return (await evening.store.run(lambda books: debt_of(books, ANN, "EUR"))).minor


async def held(evening: Evening, customer: int = ANN, currency: str = "EUR") -> int:
    return (await evening.store.run(lambda books: held_by_disputes(books, customer, currency))).minor


async def at_gateway(evening: Evening) -> int:
    return -(await evening.standing(HELD_BY)).balance.minor


async def test_a_disputed_sum_is_set_aside_and_free_again_once_it_is_won(evening: Evening) -> None:
    await evening.top_up(1000, 500)
    await evening.dispute(1, OPEN)
    await evening.dispute(2, OPEN, 100, "dp-2")
    assert (await evening.purse(), await held(evening)) == ((1500, 400), 1100)
    assert (await held(evening, ZED), await held(evening, currency="USD")) == (0, 0)
    await evening.dispute(1, WON)
    assert (await evening.purse(), await held(evening)) == ((1500, 1400), 100)
    assert evening.heard(DisputeOpened) == [DisputeOpened(1), DisputeOpened(2)]
    assert evening.heard(DisputeEnded) == [DisputeEnded(1)]
    won = await evening.get(Dispute, 1)
    assert (won.state, won.held, won.reason, won.opened_at, won.ended_at) == (
        WON, eur(1000), "fraudulent", START, START,
    )  # fmt: skip
    assert not (await evening.get(Lot, 1)).disputed


async def test_what_is_ordered_stays_ordered_and_only_the_rest_is_set_aside(evening: Evening) -> None:
    await evening.top_up(1000)
    order = await evening.order(2)
    await evening.dispute(1, OPEN)
    assert (await evening.get(Dispute, 1)).held == eur(360)
    assert await evening.purse() == (1000, 0)
    await evening.cancel(order)
    assert await evening.purse() == (1000, 640)


async def test_a_lost_dispute_takes_back_what_was_set_aside_and_the_rest_is_owed(evening: Evening) -> None:
    await evening.top_up(1000)
    await evening.deliver(2)
    await evening.check_out()
    await evening.dispute(1, OPEN)
    await evening.dispute(1, LOST)
    assert (await evening.purse(), await owed(evening), await at_gateway(evening)) == ((0, 0), 640, 0)
    lot = await evening.get(Lot, 1)
    assert (lot.spent, lot.charged_back, lot.refundable) == (eur(640), eur(360), eur(0))
    lost = await evening.get(Dispute, 1)
    assert (lost.state, lost.charged_back, lost.owed, lost.ended_at) == (LOST, eur(360), eur(640), START)


async def test_a_lost_dispute_over_spent_money_is_paid_from_other_top_ups(evening: Evening) -> None:
    await evening.top_up(640, 1000)
    await evening.deliver(2)
    await evening.check_out()
    await evening.dispute(1, OPEN)
    await evening.dispute(1, LOST)
    assert (await evening.purse(), await owed(evening)) == ((360, 360), 0)
    assert (await evening.get(Lot, 2)).spent == eur(640)


async def test_what_is_owed_comes_off_the_next_top_up_first(evening: Evening) -> None:
    await evening.top_up(640)
    await evening.deliver(2)
    await evening.check_out()
    await evening.dispute(1, LOST)
    await evening.top_up(500)
    assert (await evening.purse(), await owed(evening)) == ((0, 0), 140)
    await evening.top_up(500)
    assert (await evening.purse(), await owed(evening)) == ((360, 360), 0)
    assert evening.heard(DebtPaid) == [DebtPaid(ANN, eur(500), eur(140)), DebtPaid(ANN, eur(140), eur(0))]


async def test_what_is_owed_comes_off_before_any_rest_goes_back(evening: Evening) -> None:
    await evening.top_up(640, 100)
    order = await evening.order(2)
    await evening.dispute(1, LOST)
    assert await owed(evening) == 540
    await evening.cancel(order)
    assert await evening.purse() == (640, 640)
    await evening.refund()
    assert (await evening.purse(), await owed(evening)) == ((0, 0), 0)
    (part,) = await evening.find(RefundPart)
    assert (part.lot_id, part.amount) == (2, eur(100))


async def test_a_disputed_top_up_is_not_refunded_and_others_are(evening: Evening) -> None:
    await evening.top_up(1000, 500)
    await evening.dispute(1, OPEN, 300)
    assert await evening.purse() == (1500, 1200)
    for minor in (600, 1200):
        with pytest.raises(RefundDisputed) as refused:
            await evening.refund(minor)
        assert refused.value.left == eur(500)
    await evening.refund()
    assert [(part.lot_id, part.amount) for part in await evening.find(RefundPart)] == [(2, eur(500))]
    with pytest.raises(RefundDisputed):
        await evening.refund()


async def test_a_visit_ends_though_nothing_of_the_rest_can_go_back(evening: Evening) -> None:
    await evening.top_up(1000)
    await evening.dispute(1, OPEN, 300)
    await evening.check_out(refund_rest=True)
    assert await evening.purse() == (1000, 700)
    assert await evening.find(RefundPart) == []


async def test_a_refund_under_way_stays_under_way_and_a_parked_one_is_not_sent_again(
    evening: Evening,
) -> None:
    await evening.top_up(1000)
    await evening.refund(400)
    await evening.dispute(1, OPEN)
    assert (await evening.get(Dispute, 1)).held == eur(600)
    await evening.hear(1, Verdict.REFUSED, "disputed")
    with pytest.raises(RefundDisputed):
        await evening.rescue(1, Rescue.RETRY)
    await evening.rescue(1, Rescue.TO_WALLET)
    assert await evening.purse() == (1000, 400)


async def test_a_refund_and_a_charge_back_of_one_charge_are_both_booked(evening: Evening) -> None:
    await evening.top_up(1000)
    await evening.refund()
    await evening.dispute(1, LOST)
    await evening.hear(1, Verdict.DONE)
    assert (await evening.purse(), await owed(evening), await at_gateway(evening)) == ((0, 0), 1000, -1000)
    with pytest.raises(NothingToRefund):
        await evening.refund()


@pytest.mark.parametrize("told", [*permutations([OPEN, OPEN, LOST, LOST], 3), (LOST, WON), (OPEN, LOST, WON)])
async def test_whatever_comes_twice_late_or_in_disorder_is_booked_once(
    evening: Evening, told: tuple[DisputeState, ...]
) -> None:
    await evening.top_up(1000)
    for state in (*told, LOST):
        await evening.dispute(1, state)
    assert (await evening.purse(), await owed(evening), await at_gateway(evening)) == ((0, 0), 0, 0)
    assert [each.state for each in await evening.find(Dispute)] == [LOST]


async def test_a_dispute_that_was_won_before_it_was_opened_holds_nothing(evening: Evening) -> None:
    await evening.top_up(1000)
    for state in (WON, OPEN, LOST):
        await evening.dispute(1, state)
    assert await evening.purse() == (1000, 1000)
    assert evening.heard(DisputeEnded) == [DisputeEnded(1)]
    assert evening.heard(DisputeContradicted) == [DisputeContradicted(1, LOST)]


@pytest.mark.parametrize(
    "ask",
    [
        TellDispute("sandbox", OPEN, "tg-9", "", None, "dp-1", ""),
        TellDispute("other", OPEN, "tg-1", "", None, "dp-1", ""),
        TellDispute("other", OPEN, "", "src-tg-1", None, "dp-1", ""),
        TellDispute("sandbox", OPEN, "tg-1", "", eur(1001), "dp-1", ""),
        TellDispute("sandbox", OPEN, "tg-1", "", eur(0), "dp-1", ""),
    ],
)
async def test_a_dispute_over_nothing_of_ours_changes_nothing(evening: Evening, ask: TellDispute) -> None:
    await evening.top_up(1000)
    assert await evening.once(take_dispute, ask) == 0
    assert await evening.purse() == (1000, 1000)
    assert evening.heard(DisputeUnmatched) == [DisputeUnmatched(ask)]


@pytest.mark.parametrize("minor", [1, 1000])
async def test_anything_from_one_cent_to_all_of_a_charge_can_be_disputed(
    evening: Evening, minor: int
) -> None:
    await evening.top_up(1000)
    await evening.dispute(1, OPEN, minor)
    assert await held(evening) == minor


async def test_two_gateways_may_give_their_disputes_the_same_number(evening: Evening) -> None:
    await evening.top_up(1000)
    order = replace(await evening.invoice(500), gateway="other")
    await evening.store.run(lambda books: books.save(order))
    await evening.pay(order, "ch-1")
    assert [await evening.dispute(lot, OPEN, reference="dp-1") for lot in (1, 2)] == [1, 2]
    assert [(each.lot_id, each.held) for each in await evening.find(Dispute)] == [
        (1, eur(1000)),
        (2, eur(500)),
    ]


async def test_what_is_told_to_another_gateway_of_the_same_provider_is_for_whose_charge_it_is(
    evening: Evening,
) -> None:
    await evening.top_up(1000)
    both = ("sandbox-link", "sandbox")
    ask = TellDispute("sandbox-link", OPEN, "tg-1", "", None, "dp-1", "", both)
    assert await evening.once(take_dispute, ask) == 0
    assert evening.heard(DisputeUnmatched) == []


async def test_a_charge_is_also_known_by_what_it_is_refunded_by(evening: Evening) -> None:
    await evening.top_up(1000)
    assert (
        await evening.once(take_dispute, TellDispute("sandbox", OPEN, "", "src-tg-1", None, "dp-1", "")) == 1
    )


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (FactKind.DISPUTE_OPENED, OPEN),
        (FactKind.DISPUTE_WON, WON),
        (FactKind.DISPUTE_LOST, LOST),
    ],
)
def test_a_dispute_is_taken_as_the_gateway_tells_it(kind: FactKind, state: DisputeState) -> None:
    fact = Fact(kind, "", "tg-1", "src-1", eur(300), None, START, "dp-1", "fraudulent")
    told = TellDispute.of("stripe", fact, ("stripe", "stripe-link"))
    assert told == TellDispute(
        "stripe", state, "tg-1", "src-1", eur(300), "dp-1", "fraudulent", ("stripe", "stripe-link")
    )


def test_a_dispute_without_a_number_is_known_by_its_charge_or_by_what_that_is_refunded_by() -> None:
    for charge, source, reference in (("tg-1", "src-1", "tg-1"), ("", "src-1", "src-1")):
        fact = Fact(FactKind.DISPUTE_OPENED, "", charge, source, None, None, START)
        assert TellDispute.of("stripe", fact).reference == reference


@pytest.mark.parametrize("owed_first", [True, False])
async def test_a_purse_of_its_own_pays_for_its_own_disputes(evening: Evening, owed_first: bool) -> None:
    own = wallet(ANN, "EUR", "own")
    await evening.top_up(1000)
    await evening.give_bonus(100)

    async def bring(books: Books, spent: int) -> int:
        """Bring 3.00, of which so much was spent."""
        await books.lock(HELD_BY, own)
        await books.post(Transfer("top_up", HELD_BY, own, eur(300)))
        if spent:
            await books.post(Transfer("sale", own, HELD_BY, eur(spent)))
        lot = replace((await books.find(Lot))[0], id=0, purse="own", charge=f"own-{spent}", spent=eur(spent))
        return (await books.add(replace(lot, brought=eur(300)))).id

    spent = await evening.once(bring, 300)
    if owed_first:
        await evening.dispute(spent, OPEN)
    left = await evening.once(bring, 0)
    await evening.dispute(spent, LOST)
    assert (await evening.get(Dispute, 1)).owed == eur(300 if owed_first else 0)
    assert [(await evening.get(Lot, lot)).spent for lot in (1, spent, left)] == [eur(0), eur(300), eur(300)]
    assert ((await evening.standing(own)).balance, await evening.purse()) == (eur(0), (1100, 1100))
