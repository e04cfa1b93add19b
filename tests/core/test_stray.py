"""A payment that matches nothing goes back whole, or into the wallet that two admins name; never both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.dispute import DisputeState
from core.errand import RESOLVE_STRAY, Errand
from core.errors import NeedsAnotherAdmin, OutOfDate, StrayUnknown
from core.gateway import UNKNOWN_KEY, Outcome, Verdict
from core.ledger import clearing, debt, suspense, wallet
from core.lot import Lot
from core.stray import (
    CaseState,
    ConfirmCredit,
    CreditStray,
    ProposeCredit,
    SendStrayBack,
    SettleStray,
    StrayCase,
    StrayMoved,
    confirm_credit,
    credit_stray,
    hear_of_stray,
    propose_credit,
    send_stray_back,
    settle_stray,
    stray_and_case,
)
from core.top_up import (
    LookForPayment,
    Payment,
    TopUp,
    TopUpPaid,
    TopUpState,
    look_for_payment,
    take_payment,
)
from storage.database import Database
from tests.conftest import START
from tests.core.evening import ANN, BEA, CARL, Evening, eur

PAID = Payment("sandbox", "no-token", "ch-x", "src-x", ANN, eur(700))


@pytest.fixture
async def evening(evening: Evening, database: Database) -> AsyncIterator[Evening]:
    """Ann has 10.00, and 7.00 of hers are in suspense; whatever comes of it, the books are true."""
    await evening.top_up(1000)
    await evening.store.run(lambda books: take_payment(books, PAID))
    yield evening
    assert database.examine() == []


async def case(evening: Evening) -> StrayCase:
    return (await evening.store.run(lambda books: stray_and_case(books, 1)))[1]


async def minors(evening: Evening) -> tuple[int, int, int]:
    """Return what is in suspense, at the gateway and in Ann's wallet."""
    accounts = suspense("sandbox", "EUR"), clearing("sandbox", "EUR"), wallet(ANN, "EUR")
    held, there, mine = [(await evening.standing(account)).balance.minor for account in accounts]
    return held, -there, mine


async def tell(evening: Evening, verdict: Verdict, reason: str = "", version: int | None = None) -> None:
    """What the gateway says of sending it back."""
    now = await case(evening)
    now = now if version is None else replace(now, version=version)
    await evening.once(settle_stray, SettleStray.of(now, Outcome(verdict, "re-1", reason), timedelta(0)))


async def confirmed(evening: Evening) -> None:
    version = (await case(evening)).version
    await evening.once(propose_credit, ProposeCredit(1, version, ANN, BEA, "Bea"))
    await evening.once(confirm_credit, ConfirmCredit(1, version + 1, CARL, "Carl"))


async def credited(evening: Evening) -> None:
    await evening.once(credit_stray, CreditStray(1, (await case(evening)).version))


async def test_it_leaves_suspense_only_once_the_gateway_has_sent_it_back(evening: Evening) -> None:
    await evening.once(send_stray_back, SendStrayBack(1, 0))
    await tell(evening, Verdict.UNKNOWN)
    assert await minors(evening) == (700, 1700, 1000)
    await tell(evening, Verdict.DONE)
    await tell(evening, Verdict.DONE)
    assert await minors(evening) == (0, 1000, 1000)
    back = await case(evening)
    assert (back.state, back.ended_at, back.reference) == (CaseState.BACK, START, "re-1")
    assert evening.heard(StrayMoved) == [StrayMoved(1)] * 3


async def test_what_is_not_known_yet_is_asked_for_again_ever_more_slowly(evening: Evening) -> None:
    await evening.once(send_stray_back, SendStrayBack(1, 0))
    await tell(evening, Verdict.PENDING)
    first, again = await evening.find(Errand, kind=RESOLVE_STRAY)
    assert again.due_at - first.due_at == timedelta(seconds=2)
    assert again.body == str((await case(evening)).version)
    await tell(evening, Verdict.DONE, version=1)  # an answer to an older question
    assert (await case(evening)).state is CaseState.GOING


async def test_what_was_refused_waits_for_another_decision(evening: Evening) -> None:
    await evening.once(send_stray_back, SendStrayBack(1, 0))
    await tell(evening, Verdict.REFUSED, "expired_card")
    assert ((await case(evening)).state, (await case(evening)).reason) == (CaseState.WAITING, "expired_card")
    with pytest.raises(OutOfDate):
        await evening.once(send_stray_back, SendStrayBack(1, 0))
    await confirmed(evening)
    assert (await case(evening)).reason == ""
    await credited(evening)
    assert await minors(evening) == (0, 1700, 1700)


async def test_two_admins_bring_it_into_a_wallet_as_a_lot(evening: Evening) -> None:
    await confirmed(evening)
    assert await minors(evening) == (700, 1700, 1000)
    await credited(evening)
    await credited(evening)
    assert await minors(evening) == (0, 1700, 1700)
    done = await case(evening)
    assert (done.proposed_name, done.confirmed_name, done.ended_at) == ("Bea", "Carl", START)
    lot = await evening.get(Lot, 2)
    assert (lot.payer, lot.paid_at) == ("", START)
    order = await evening.get(TopUp, lot.top_up_id)
    assert (lot.charge, lot.source, lot.brought) == ("ch-x", "src-x", eur(700))
    assert (order.state, order.claim, evening.heard(TopUpPaid)[1:]) == (TopUpState.PAID, "", [TopUpPaid(2)])
    with pytest.raises(OutOfDate):  # nothing was charged for it that could be asked about
        await evening.once(look_for_payment, LookForPayment(ANN, order.id))
    await evening.store.run(lambda books: take_payment(books, PAID))  # told once more
    assert await minors(evening) == (0, 1700, 1700)
    await evening.refund(700)
    assert await minors(evening) == (0, 1700, 1000)


async def test_what_a_customer_owes_comes_off_a_credited_one_first(evening: Evening) -> None:
    await evening.deliver(2)
    await evening.check_out()
    await evening.dispute(1, DisputeState.LOST)
    owed = debt(ANN, "EUR")
    assert (await evening.standing(owed)).balance == eur(-640)
    await confirmed(evening)
    await credited(evening)
    assert (await evening.standing(owed)).balance == eur(0)
    assert await evening.purse() == (60, 60)
    lot = await evening.get(Lot, 2)
    assert (lot.brought, lot.spent, lot.refundable) == (eur(700), eur(640), eur(60))


async def test_one_that_is_less_than_what_is_owed_leaves_the_rest_owed(evening: Evening) -> None:
    await evening.deliver(3)
    await evening.check_out()
    await evening.dispute(1, DisputeState.LOST)
    await confirmed(evening)
    await credited(evening)
    assert (await evening.standing(debt(ANN, "EUR"))).balance == eur(-260)
    assert await evening.purse() == (0, 0)


async def test_one_admin_cannot_do_it_alone_nor_for_nobody(evening: Evening) -> None:
    with pytest.raises(OutOfDate):
        await evening.once(confirm_credit, ConfirmCredit(1, 0, CARL, "Carl"))
    for unknown in (ProposeCredit(9, 0, ANN, BEA, "Bea"), ProposeCredit(1, 0, 99, BEA, "Bea")):
        with pytest.raises(StrayUnknown) as caught:
            await evening.once(propose_credit, unknown)
        assert caught.value.asked in ("9", "99")
    await evening.once(propose_credit, ProposeCredit(1, 0, ANN, CARL, "Carl"))
    await evening.once(propose_credit, ProposeCredit(1, 1, ANN, BEA, "Bea"))
    with pytest.raises(NeedsAnotherAdmin):
        await evening.once(confirm_credit, ConfirmCredit(1, 2, BEA, "Bea"))
    await evening.once(credit_stray, CreditStray(1, 2))
    assert await minors(evening) == (700, 1700, 1000)


async def test_what_is_proposed_anew_must_be_confirmed_anew(evening: Evening) -> None:
    await confirmed(evening)
    await tell(evening, Verdict.REFUSED)
    await evening.once(propose_credit, ProposeCredit(1, (await case(evening)).version, ANN, CARL, "Carl"))
    assert ((await case(evening)).proposed_by, (await case(evening)).confirmed_by) == (CARL, None)


async def test_what_is_decided_about_one_is_not_about_another(evening: Evening) -> None:
    await evening.store.run(lambda books: take_payment(books, replace(PAID, charge="ch-y", source="src-y")))
    await evening.send_stray_back(1)
    stray, other = await evening.store.run(lambda books: stray_and_case(books, 2))
    assert (stray.charge, other) == ("ch-y", StrayCase(0, 2, CaseState.WAITING, 0, eur(700)))


async def test_what_the_gateway_has_sent_back_after_all_is_credited_to_nobody(evening: Evening) -> None:
    await evening.once(send_stray_back, SendStrayBack(1, 0))
    await tell(evening, Verdict.REFUSED, "expired_card")
    await confirmed(evening)
    version = (await case(evening)).version
    await tell(evening, Verdict.DONE)
    await evening.once(credit_stray, CreditStray(1, version))
    assert await minors(evening) == (0, 1000, 1000)


async def test_one_that_comes_back_waits_again(evening: Evening) -> None:
    await evening.once(send_stray_back, SendStrayBack(1, 0))
    await tell(evening, Verdict.DONE)
    await tell(evening, Verdict.REFUSED, UNKNOWN_KEY)  # forgotten, not come back
    assert (await case(evening)).state is CaseState.BACK
    await tell(evening, Verdict.REFUSED, "account_closed")
    assert await minors(evening) == (700, 1700, 1000)
    sent = replace(await case(evening), sent_at=START)  # as the bot notes it
    await evening.store.run(lambda books: books.save(sent))
    again = await case(evening)
    assert (again.state, again.ended_at, again.reason) == (CaseState.WAITING, None, "account_closed")
    await evening.once(send_stray_back, SendStrayBack(1, again.version))
    assert ((await case(evening)).sent_at, (await case(evening)).reason) == (None, "")


async def test_a_decision_about_what_has_moved_since_is_out_of_date(evening: Evening) -> None:
    await evening.once(propose_credit, ProposeCredit(1, 0, ANN, BEA, "Bea"))
    with pytest.raises(OutOfDate):
        await evening.once(propose_credit, ProposeCredit(1, 0, ANN, CARL, "Carl"))
    with pytest.raises(OutOfDate):
        await evening.once(confirm_credit, ConfirmCredit(1, 0, CARL, "Carl"))
    assert ((await case(evening)).proposed_by, (await case(evening)).confirmed_by) == (BEA, None)


async def test_a_notice_of_its_refund_leads_to_a_question(evening: Evening) -> None:
    await evening.once(send_stray_back, SendStrayBack(1, 0))
    kept = replace(await case(evening), key="refund-1")
    await evening.store.run(lambda books: books.save(kept))
    assert await evening.store.run(lambda books: hear_of_stray(books, "refund-1")) == 1
    assert await evening.store.run(lambda books: hear_of_stray(books, "refund-2")) == 0
    assert [each.body for each in await evening.find(Errand, kind=RESOLVE_STRAY)] == 2 * [str(kept.version)]
