"""What is left goes back to the payments it came from, once, and is never lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from core.check_out import preview
from core.dispute import DisputeState
from core.draft import DraftKind
from core.errand import ASK_REFUND, RESCUE_REFUND, SEND_REFUND, Errand
from core.errors import NeedsAnotherAdmin, NotFound, NothingToRefund, NotYours, OutOfDate, RefundTooLarge
from core.gateway import UNKNOWN_KEY, Capabilities, Outcome, Verdict
from core.ledger import Transfer, bank, clearing, refunding, wallet
from core.lot import Lot, Share
from core.money import Money
from core.ports import Books
from core.refund import (
    ASK_AGAIN_SECONDS,
    AskRefund,
    DecideReroute,
    HearRefund,
    PartSettled,
    PartState,
    RefundOrder,
    RefundPart,
    Reroute,
    Rescue,
    RescuePart,
    SettlePart,
    confirm_reroute,
    correct_part,
    could_go_back,
    finish_rescue,
    give_back,
    hear_refund,
    may_send_at,
    obstacle,
    parts_of,
    parts_sent,
    propose_reroute,
    proposed_reroute,
    refund,
    rescue_part,
    settle_part,
    shares_that_go_back,
)
from core.serve import Action
from tests.conftest import START
from tests.core.evening import ANN, BEA, CARL, ZED, Evening, eur


@pytest.fixture
async def evening(evening: Evening) -> Evening:
    await evening.top_up(500, 300, 200)
    return evening


async def under_way(evening: Evening) -> int:
    return (await evening.standing(refunding(ANN, "EUR"))).balance.minor


async def at_gateway(evening: Evening) -> int:
    return -(await evening.standing(clearing("sandbox", "EUR"))).balance.minor


async def part(evening: Evening, id_: int = 1) -> RefundPart:
    return await evening.get(RefundPart, id_)


async def test_the_newest_charge_gives_back_first(evening: Evening) -> None:
    order = await evening.get(RefundOrder, await evening.refund(400))
    parts = await evening.find(RefundPart, refund_id=order.id)
    assert [(each.lot_id, each.amount.minor) for each in parts] == [(3, 200), (2, 200)]
    assert [lot.refundable.minor for lot in await evening.find(Lot)] == [500, 100, 0]
    assert (await evening.purse(), await under_way(evening)) == ((600, 600), 400)


async def test_a_refund_is_told_with_the_charges_it_gives_back(evening: Evening) -> None:
    first, second = await evening.refund(400), await evening.refund(500)
    found = [await evening.store.run(partial(parts_of, refund_id=each)) for each in (first, second)]
    assert [[(part.amount.minor, lot.charge) for part, lot in parts] for parts in found] == [
        [(200, "tg-3"), (200, "tg-2")], [(100, "tg-2"), (400, "tg-1")],
    ]  # fmt: skip


async def test_without_an_amount_the_whole_rest_goes_back_a_part_for_each_charge(evening: Evening) -> None:
    await evening.refund()
    parts = await evening.find(RefundPart)
    assert [(each.lot_id, each.amount.minor) for each in parts] == [(3, 200), (2, 300), (1, 500)]
    assert len({each.key for each in parts}) == 3
    assert {(each.reason, each.reference) for each in parts} == {("", "")}
    assert [each.subject_id for each in await evening.find(Errand, kind=SEND_REFUND)] == [1, 2, 3]


async def test_more_than_is_left_is_refused_and_the_same_button_offers_again(evening: Evening) -> None:
    with pytest.raises(RefundTooLarge) as caught:
        await evening.refund(1001)
    assert (caught.value.asked, caught.value.left) == (eur(1001), eur(1000))
    assert await evening.refund(1000) == 1


async def test_what_is_on_hold_does_not_go_back(evening: Evening) -> None:
    await evening.order(2)
    with pytest.raises(RefundTooLarge) as caught:
        await evening.refund(361)
    assert caught.value.left == eur(360)
    await evening.refund()
    assert await evening.purse() == (640, 0)
    with pytest.raises(NothingToRefund):
        await evening.refund()


@pytest.mark.parametrize("minor", [0, -1])
async def test_nothing_is_not_taken_for_everything(evening: Evening, minor: int) -> None:
    with pytest.raises(NothingToRefund):
        await evening.refund(minor)
    assert await evening.purse() == (1000, 1000)


async def test_two_taps_give_back_once(evening: Evening) -> None:
    draft = await evening.draft(DraftKind.REFUND, ANN)
    ask = AskRefund(ANN, "EUR", draft.id, draft.version, eur(100))
    assert [await evening.carry_out(refund, ask) for _ in range(2)] == [1, 1]
    with pytest.raises(OutOfDate):
        await evening.once(refund, ask)
    assert await evening.purse() == (900, 900)


async def test_nobody_gives_back_by_anothers_draft_and_leaves_it_as_it_was(evening: Evening) -> None:
    await evening.sit_down(ZED)
    draft = await evening.draft(DraftKind.REFUND, ANN)
    with pytest.raises(NotYours):
        await evening.carry_out(refund, AskRefund(ZED, "EUR", draft.id, draft.version, None))
    assert await evening.draft(DraftKind.REFUND, ANN) == draft
    assert await evening.refund() == 1


async def test_a_part_that_is_done_has_left_the_gateway(evening: Evening) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.DONE)
    done = await part(evening)
    assert (done.state, done.reference) == (PartState.DONE, "re-1")
    assert (await under_way(evening), await at_gateway(evening)) == (0, 900)
    lot = await evening.get(Lot, 3)
    assert (lot.refunding, lot.refunded) == (eur(0), eur(100))


@pytest.mark.parametrize("later", Verdict)
async def test_what_is_done_stays_done_whatever_is_heard_later(evening: Evening, later: Verdict) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.DONE)
    done = await part(evening)
    await evening.hear(1, later)
    assert await part(evening) == done
    assert await at_gateway(evening) == 900


async def test_an_answer_to_an_older_question_counts_for_nothing(evening: Evening) -> None:
    await evening.refund(100)
    first = await part(evening)
    await evening.hear(1, Verdict.UNKNOWN)
    await evening.once(settle_part, SettlePart.of(first, Outcome(Verdict.REFUSED)))
    assert (await part(evening)).state is PartState.PENDING


async def test_an_unknown_outcome_is_asked_about_again_with_growing_waits(evening: Evening) -> None:
    await evening.refund(100)
    times = len(ASK_AGAIN_SECONDS) + 2
    for n in range(times):
        await evening.hear(1, Verdict.UNKNOWN if n % 2 else Verdict.PENDING)
    waits = [(each.due_at - START).total_seconds() for each in await evening.find(Errand, kind=ASK_REFUND)]
    assert waits == [*ASK_AGAIN_SECONDS, ASK_AGAIN_SECONDS[-1], ASK_AGAIN_SECONDS[-1]]
    assert ((await part(evening)).state, await under_way(evening)) == (PartState.PENDING, 100)
    await evening.hear(1, Verdict.DONE)
    assert await under_way(evening) == 0


async def test_what_became_of_a_part_is_not_asked_before_its_gateway_can_know(evening: Evening) -> None:
    await evening.refund(100)
    outcome = Outcome(Verdict.PENDING)
    await evening.once(settle_part, SettlePart.of(await part(evening), outcome, timedelta(minutes=9)))
    (errand,) = await evening.find(Errand, kind=ASK_REFUND)
    assert errand.due_at - START == timedelta(minutes=9)


async def test_a_refused_part_is_parked_and_its_money_stays_under_way(evening: Evening) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.REFUSED, "window")
    parked = await part(evening)
    assert (parked.state, parked.reason) == (PartState.PARKED, "window")
    assert (await evening.purse(), await under_way(evening)) == ((900, 900), 100)
    await evening.hear(1, Verdict.DONE)
    assert await part(evening) == parked


async def test_a_parked_part_is_sent_again_under_a_new_key(evening: Evening) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.REFUSED, "window")
    parked = await part(evening)
    await evening.rescue(1, Rescue.RETRY)
    assert [each.body for each in await evening.find(Errand, kind=RESCUE_REFUND)] == ["retry"]
    planned = await part(evening)
    assert (planned.state, planned.reason, planned.key == parked.key) == (PartState.PLANNED, "", False)
    assert len(await evening.find(Errand, kind=SEND_REFUND)) == 2
    await evening.hear(1, Verdict.DONE)
    assert (await under_way(evening), await at_gateway(evening)) == (0, 900)


async def test_a_parked_part_goes_back_into_the_wallet_and_can_be_given_back_again(evening: Evening) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.REFUSED, "window")
    await evening.rescue(1, Rescue.TO_WALLET)
    returned = await part(evening)
    assert (returned.state, returned.ended_at) == (PartState.RETURNED, START)
    assert (await evening.purse(), await under_way(evening)) == ((1000, 1000), 0)
    assert (await evening.get(Lot, 3)).refundable == eur(200)
    await evening.refund()
    assert await evening.purse() == (0, 0)


async def test_a_gateway_that_wants_the_same_key_again_gets_it(evening: Evening) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.REFUSED, "window")
    parked = replace(await part(evening), sent_at=START)  # as the bot notes it
    await evening.store.run(lambda books: books.save(parked))
    await evening.once(rescue_part, RescuePart(1, Rescue.RETRY))
    ask = RescuePart(1, Rescue.RETRY, same_key=True)
    purse, on_its_way = wallet(ANN, "EUR"), refunding(ANN, "EUR")
    assert await evening.locked_by(finish_rescue, ask) == [purse, on_its_way, clearing("sandbox", "EUR")]
    assert await part(evening) == replace(parked, state=PartState.PLANNED, reason="", sent_at=None)


async def test_what_was_disputed_since_it_was_to_be_sent_again_is_parked_again(evening: Evening) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.REFUSED, "window")
    parked = await part(evening)
    await evening.once(rescue_part, RescuePart(1, Rescue.RETRY))
    await evening.dispute(3, DisputeState.OPEN, 100)
    told = len(evening.told)
    await evening.once(finish_rescue, RescuePart(1, Rescue.RETRY))
    assert await part(evening) == parked
    assert evening.told[told:] == [PartSettled(1)]
    assert len(await evening.find(Errand, kind=SEND_REFUND)) == 1


async def test_only_a_parked_part_can_be_rescued(evening: Evening) -> None:
    await evening.refund(100)
    for rescue in Rescue:
        with pytest.raises(OutOfDate):
            await evening.rescue(1, rescue)
    await evening.hear(1, Verdict.REFUSED)
    await evening.rescue(1, Rescue.TO_WALLET)
    with pytest.raises(OutOfDate):
        await evening.rescue(1, Rescue.RETRY)
    with pytest.raises(NotFound) as caught:
        await evening.rescue(99, Rescue.RETRY)
    assert caught.value.asked == "99"


async def test_what_is_under_way_cannot_be_spent(evening: Evening) -> None:
    await evening.refund(900)
    assert await evening.purse() == (100, 100)
    draft = await evening.draft(DraftKind.REFUND, ANN)
    with pytest.raises(RefundTooLarge):
        await evening.carry_out(refund, AskRefund(ANN, "EUR", draft.id, draft.version, eur(101)))


async def test_each_part_is_sent_at_once(evening: Evening) -> None:
    await evening.refund(100)
    (errand,) = await evening.find(Errand, kind=SEND_REFUND)
    assert errand.due_at - START == timedelta(0)


async def bring_own(books: Books, minor: int) -> int:
    """Bring money into a purse of its own."""
    own = wallet(ANN, "EUR", "own")
    await books.lock(clearing("sandbox", "EUR"), own)
    await books.post(Transfer("top_up", clearing("sandbox", "EUR"), own, eur(minor)))
    lot = replace((await books.find(Lot))[0], id=0, purse="own", charge="own", brought=eur(minor))
    return (await books.add(lot)).id


async def test_what_came_out_of_a_purse_of_its_own_goes_back_from_there_or_into_it(evening: Evening) -> None:
    own, on_its_way = wallet(ANN, "EUR", "own"), refunding(ANN, "EUR", "own")

    async def give(books: Books, minor: int) -> int:
        await books.lock(own, on_its_way)
        return await give_back(books, ANN, eur(minor), "own")

    async def stands() -> tuple[int, int]:
        return (await evening.standing(own)).balance.minor, (await evening.standing(on_its_way)).balance.minor

    lot = await evening.once(bring_own, 300)
    assert [await evening.once(give, minor) for minor in (100, 150)] == [1, 2]
    with pytest.raises(RefundTooLarge) as caught:
        await evening.once(give, 51)
    assert caught.value.left == eur(50)
    assert ([each.lot_id for each in await evening.find(RefundPart)], await stands()) == (
        [lot, lot],
        (50, 250),
    )
    await evening.hear(1, Verdict.DONE)
    assert await stands() == (50, 150)
    await evening.once(correct_part, SettlePart.of(await part(evening), Outcome(Verdict.REFUSED)))
    assert await stands() == (50, 250)
    await evening.rescue(1, Rescue.REROUTE)
    assert await stands() == (50, 150)
    await evening.hear(2, Verdict.REFUSED)
    await evening.rescue(2, Rescue.TO_WALLET)
    assert await stands() == (200, 0)
    assert (await evening.purse(), await under_way(evening)) == ((1000, 1000), 0)


async def test_how_a_purse_of_its_own_would_go_back_is_said_of_its_own_lots(evening: Evening) -> None:
    lot = await evening.get(Lot, await evening.once(bring_own, 1500))
    own, rules = wallet(ANN, "EUR", "own"), {"sandbox": Capabilities()}
    shares = await evening.store.run(lambda books: shares_that_go_back(books, own, ANN, rules))
    assert shares == [Share(lot, eur(1500))]


async def test_what_had_arrived_and_came_back_is_under_way_again_and_parked(evening: Evening) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.DONE)
    assert await at_gateway(evening) == 900
    done = await part(evening)
    assert done.ended_at == START
    settle = SettlePart.of(done, Outcome(Verdict.REFUSED, "re-2", "account_closed"))
    for _ in range(2):
        await evening.once(correct_part, settle)
    parked = replace(
        done, state=PartState.PARKED, asked=done.asked + 1, reference="re-2", reason="account_closed",
        ended_at=None,
    )  # fmt: skip
    assert await part(evening) == parked
    assert evening.heard(PartSettled) == [PartSettled(1)] * 2
    lot = await evening.get(Lot, 3)
    assert (lot.refunding, lot.refunded) == (eur(100), eur(0))
    assert (await under_way(evening), await at_gateway(evening)) == (100, 1000)
    await evening.rescue(1, Rescue.TO_WALLET)
    assert await evening.purse() == (1000, 1000)


@pytest.mark.parametrize("outcome", [Outcome(Verdict.UNKNOWN), Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)])
async def test_a_gateway_that_knows_nothing_of_what_arrived_takes_nothing_back(
    evening: Evening, outcome: Outcome
) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.DONE)
    await evening.once(correct_part, SettlePart.of(await part(evening), outcome))
    assert (await part(evening)).state is PartState.DONE


async def test_what_was_parked_and_is_done_after_all_has_left_the_gateway(evening: Evening) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.REFUSED)
    await evening.once(correct_part, SettlePart.of(await part(evening), Outcome(Verdict.DONE)))
    assert (await part(evening)).state is PartState.DONE
    assert (await under_way(evening), await at_gateway(evening)) == (0, 900)


@pytest.mark.parametrize(("done", "state"), [(True, PartState.DONE), (False, PartState.PARKED)])
async def test_a_notice_settles_what_is_under_way_and_later_ones_only_ask(
    evening: Evening, done: bool, state: PartState
) -> None:
    await evening.refund(100)
    before = await part(evening)
    key = before.key
    assert await evening.once(hear_refund, HearRefund(key, done, "re-1", "told")) == 1
    ended_at = START if done else None
    assert await part(evening) == replace(
        before, state=state, asked=before.asked + 1, reference="re-1", reason="told", ended_at=ended_at
    )
    assert evening.heard(PartSettled) == [PartSettled(1)]
    assert await evening.find(Errand, kind=ASK_REFUND) == []
    await evening.once(hear_refund, HearRefund(key, done, "re-1", ""))
    assert await evening.find(Errand, kind=ASK_REFUND) == []
    await evening.once(hear_refund, HearRefund(key, not done, "re-1", ""))
    assert (await part(evening)).state is state
    assert len(await evening.find(Errand, kind=ASK_REFUND)) == 1


async def test_a_notice_of_a_refund_that_is_none_of_ours_changes_nothing(evening: Evening) -> None:
    await evening.refund(100)
    before = await part(evening)
    assert await evening.once(hear_refund, HearRefund("elsewhere", True, "re-1", "")) == 0
    assert await part(evening) == before


async def test_two_admins_have_a_part_paid_out_by_hand_and_one_alone_cannot(evening: Evening) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.REFUSED)
    await evening.once(propose_reroute, DecideReroute(1, BEA, "Bea"))
    with pytest.raises(NeedsAnotherAdmin):
        await evening.once(confirm_reroute, DecideReroute(1, BEA, "Bea"))
    await evening.once(confirm_reroute, DecideReroute(1, CARL, "Carl"))
    await evening.once(finish_rescue, RescuePart(1, Rescue.REROUTE))
    paid_out = await part(evening)
    assert (paid_out.state, paid_out.ended_at) == (PartState.REROUTED, START)
    assert evening.told[-1] == PartSettled(1)
    lot = await evening.get(Lot, 3)
    assert (lot.refunding, lot.refunded) == (eur(0), eur(100))
    assert (await under_way(evening), await at_gateway(evening)) == (0, 1000)
    assert (await evening.standing(bank("EUR"))).balance == eur(100)
    (reroute,) = await evening.find(Reroute)
    assert reroute == Reroute(1, 1, 1, BEA, "Bea", START, CARL, "Carl", START)


async def test_a_proposal_is_about_one_part_and_is_confirmed_once(evening: Evening) -> None:
    await evening.refund(300)
    for id_ in (1, 2):
        await evening.hear(id_, Verdict.REFUSED)
    told = len(evening.told)
    for _ in range(2):
        await evening.once(propose_reroute, DecideReroute(1, BEA, "Bea"))
    assert await evening.find(Reroute) == [Reroute(1, 1, 1, BEA, "Bea", START, None, "", None)]
    assert evening.told[told:] == [PartSettled(1)] * 2
    with pytest.raises(OutOfDate):
        await evening.once(confirm_reroute, DecideReroute(2, CARL, "Carl"))
    await evening.once(propose_reroute, DecideReroute(2, CARL, "Carl"))
    await evening.once(confirm_reroute, DecideReroute(1, CARL, "Carl"))
    first = await part(evening, 1)
    assert await evening.store.run(lambda books: proposed_reroute(books, first)) is None


async def test_what_was_proposed_before_a_part_was_sent_again_is_out_of_date(evening: Evening) -> None:
    await evening.refund(100)
    await evening.hear(1, Verdict.REFUSED)
    await evening.once(propose_reroute, DecideReroute(1, BEA, "Bea"))
    await evening.rescue(1, Rescue.RETRY)
    await evening.hear(1, Verdict.REFUSED)
    with pytest.raises(OutOfDate):
        await evening.once(confirm_reroute, DecideReroute(1, CARL, "Carl"))


@pytest.mark.parametrize(
    ("rules", "others", "why"),
    [
        (Capabilities(), 99, ""),
        (Capabilities(refund_window=timedelta(days=1)), 0, ""),
        (Capabilities(refund_window=timedelta(0)), 0, "window_over"),
        (Capabilities(most_refunds=2), 1, ""),
        (Capabilities(most_refunds=2), 2, "too_many"),
        (Capabilities(least_refund_minor=100), 0, ""),
        (Capabilities(least_refund_minor=101), 0, "too_small"),
        (Capabilities(partial_refunds=False), 0, "whole_only"),
    ],
)
async def test_a_gateways_rules_say_what_cannot_go_back(
    evening: Evening, rules: Capabilities, others: int, why: str
) -> None:
    await evening.refund(100)
    share = Share(await evening.get(Lot, 3), eur(100))
    assert obstacle(share, others, rules, START) == why


async def test_the_parts_of_a_lot_that_were_sent_are_its_own(evening: Evening) -> None:
    for minor in (200, 100, 100):  # the newest top-up, and two parts of the one before
        await evening.refund(minor)
    for id_ in (1, 2):
        sent = replace(await part(evening, id_), sent_at=START)  # as the bot notes it
        await evening.store.run(lambda books, sent=sent: books.save(sent))  # type: ignore[misc]
    found = [await evening.store.run(partial(parts_sent, lot_id=lot)) for lot in (1, 2, 3)]
    assert [[each.id for each in parts] for parts in found] == [[], [2], [1]]


async def test_the_next_part_of_a_lot_waits_as_long_as_its_gateway_wants(evening: Evening) -> None:
    await evening.refund(100)
    sent, rules = (
        replace(await part(evening), sent_at=START),
        Capabilities(refund_spacing=timedelta(minutes=1)),
    )
    assert may_send_at([], rules, START) == START
    assert may_send_at([sent], rules, START) == START + timedelta(minutes=1)
    assert may_send_at([sent], rules, START + timedelta(hours=1)) == START + timedelta(hours=1)


# What is said before one leaves


async def said_and_done(evening: Evening) -> list[int]:
    """Return what is said to go back if one leaves now, and what then does."""
    visit, before = await evening.visit(), len(await evening.find(RefundPart))

    async def say(books: Books) -> int:
        bill = await preview(books, visit, "EUR")
        return (await could_go_back(books, ANN, bill.left, bill.delivered + bill.coming)).minor

    said = await evening.store.run(say)
    await evening.check_out(pay_coming=True, refund_rest=True)
    return [said, sum(part.amount.minor for part in (await evening.find(RefundPart))[before:])]


@pytest.mark.parametrize(
    ("lot", "disputed", "pils", "back"),
    [
        (0, 0, 0, 1000), (0, 0, 1, 680), (0, 0, 3, 40),
        (1, 100, 0, 500), (1, 100, 1, 500), (1, 100, 2, 260), (1, 500, 0, 500), (1, 500, 1, 180),
        (3, 100, 0, 800), (3, 100, 1, 580), (3, 100, 2, 260), (3, 200, 1, 480),
    ],
)  # fmt: skip
async def test_what_is_disputed_or_due_is_not_said_to_go_back(
    evening: Evening, lot: int, disputed: int, pils: int, back: int
) -> None:
    if lot:
        await evening.dispute(lot, DisputeState.OPEN, disputed)
    if pils:
        await evening.serve(await evening.order(pils), Action.ACCEPT)
    assert await said_and_done(evening) == [back, back]


@pytest.mark.parametrize(
    ("bonus", "pils", "back"), [(0, 0, 500), (0, 1, 180), (0, 2, 0), (100, 0, 500), (100, 1, 180)]
)
async def test_what_is_owed_is_not_said_to_go_back(
    evening: Evening, bonus: int, pils: int, back: int
) -> None:
    order = await evening.order(3)
    await evening.dispute(1, DisputeState.LOST)
    await evening.cancel(order)
    if bonus:
        await evening.give_bonus(bonus)
    if pils:
        await evening.deliver(pils)
    assert await said_and_done(evening) == [back, back]


async def test_what_is_owed_comes_off_what_could_go_back_beside_what_is_on_hold(evening: Evening) -> None:
    async def could() -> Money:
        available = (await evening.standing(wallet(ANN, "EUR"))).available
        return await evening.store.run(lambda books: could_go_back(books, ANN, available, eur(0)))

    order = await evening.order(1)
    await evening.order(2)
    assert await could() == eur(40)
    await evening.dispute(1, DisputeState.LOST)
    await evening.cancel(order)
    assert (await evening.purse(), await could()) == ((960, 320), eur(0))


@pytest.mark.parametrize(("nuts", "back"), [(0, 500), (1, 350), (2, 100)])
async def test_a_bonus_is_not_said_to_go_back_and_pays_first(evening: Evening, nuts: int, back: int) -> None:
    await evening.deliver(4, "Nuts")
    await evening.check_out()
    await evening.sit_down()
    await evening.pay(await evening.invoice(320, bonus=100), "tg-9")
    await evening.deliver(1)
    await evening.check_out()
    await evening.settle_promises()
    await evening.sit_down()
    await evening.top_up(500)
    if nuts:
        await evening.deliver(nuts, "Nuts")
    assert await said_and_done(evening) == [back, back]


@pytest.mark.parametrize(
    ("lot", "nuts", "back"), [(0, 0, 1000), (1, 0, 500), (1, 1, 250), (1, 2, 0), (3, 1, 600)]
)
async def test_what_is_disputed_may_be_older_than_a_bonus_and_pays_before_it(
    evening: Evening, lot: int, nuts: int, back: int
) -> None:
    await evening.give_bonus(100)
    if lot:
        await evening.dispute(lot, DisputeState.OPEN)
    if nuts:
        await evening.deliver(nuts, "Nuts")
    assert await said_and_done(evening) == [back, back]
