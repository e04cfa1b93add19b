"""Money is credited once per charge, however late; what matches nothing waits in suspense."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from core.charge import Charge, ChargeState, HearOfCharge, hear_of_charge
from core.dispute import DisputeState
from core.draft import Draft, DraftKind
from core.errand import ASK_CHARGE, EXPIRE_TOP_UP, IDENTIFY_PAYER, PLACE_WAITING, Errand, ErrandState
from core.errors import (
    AmountTooLarge,
    AmountTooSmall,
    NoAccount,
    NotYours,
    OutOfDate,
    PaymentMismatch,
    TopUpBusy,
    TopUpNotPayable,
)
from core.gateway import Fact, FactKind, Payer
from core.ledger import Transfer, clearing, debt, refunding, suspense, wallet
from core.lot import Lot
from core.money import Money
from core.open_account import Binding, Customer
from core.order_goods import wait_for_money
from core.ports import Books
from core.top_up import (
    AskTopUp,
    ClaimTopUp,
    ExpireTopUp,
    KnowPayer,
    LookForPayment,
    Payment,
    Stray,
    TopUp,
    TopUpState,
    claim_top_up,
    credit,
    expire_top_up,
    know_payer,
    known_payment,
    look_for_payment,
    take_payment,
    top_up,
)
from tests.conftest import START, Clock
from tests.core.evening import ANN, LEAST, MOST, ZED, Evening, eur

TWO_MINUTES = timedelta(minutes=2)
VISA = Payer("fp_1", "Visa ·· 4242")


async def expire(evening: Evening, order: TopUp) -> TopUpState:
    await evening.once(expire_top_up, ExpireTopUp(order.id))
    return (await evening.get(TopUp, order.id)).state


async def claim(evening: Evening, order: TopUp, by: str, payer: int = ANN, minor: int = 1000) -> int:
    return await evening.once(claim_top_up, ClaimTopUp(order.token, payer, eur(minor), by, TWO_MINUTES))


async def test_a_paid_invoice_becomes_a_lot_in_the_wallet(evening: Evening) -> None:
    order = await evening.invoice(1000)
    assert (order.claim, order.claimed_until) == ("", None)
    assert await evening.purse() == (0, 0)
    assert await evening.pay(order, "tg-1") == order.id
    assert (await evening.get(TopUp, order.id)).state is TopUpState.PAID
    (lot,) = await evening.find(Lot)
    assert (lot.brought, lot.charge, lot.source, lot.customer_id) == (eur(1000), "tg-1", "src-tg-1", ANN)
    assert lot.payer == ""
    assert await evening.purse() == (1000, 1000)


async def test_an_invoice_is_to_expire_in_its_time(evening: Evening) -> None:
    order = await evening.invoice(1000)
    (errand,) = await evening.find(Errand, kind=EXPIRE_TOP_UP)
    due = order.made_at + timedelta(minutes=30)
    assert errand == Errand(errand.id, EXPIRE_TOP_UP, order.id, "", due, ErrandState.WAITING, 0)
    assert order.expires_at == due


async def test_the_same_charge_told_twice_is_credited_once(evening: Evening) -> None:
    order = await evening.invoice(1000)
    assert [await evening.pay(order, "tg-1") for _ in range(3)] == [order.id] * 3
    assert await evening.purse() == (1000, 1000)


async def test_one_invoice_paid_twice_is_credited_twice(evening: Evening) -> None:
    order = await evening.invoice(1000)
    await evening.pay(order, "tg-1")
    await evening.pay(order, "tg-2")
    assert await evening.purse() == (2000, 2000)
    assert len(await evening.find(Lot, top_up_id=order.id)) == 2


async def test_money_that_comes_after_the_invoice_expired_is_credited_all_the_same(evening: Evening) -> None:
    order = await evening.invoice(1000)
    assert await expire(evening, order) is TopUpState.EXPIRED
    await evening.pay(order, "tg-1")
    assert (await evening.get(TopUp, order.id)).state is TopUpState.PAID
    assert await evening.purse() == (1000, 1000)


async def test_a_paid_invoice_does_not_expire(evening: Evening) -> None:
    order = await evening.invoice(1000)
    await evening.pay(order, "tg-1")
    assert await expire(evening, order) is TopUpState.PAID


@pytest.mark.parametrize(
    "other",
    [
        {"amount": eur(999)},
        {"amount": Money(1000, "USD")},
        {"gateway": "elsewhere"},
        {"token": "made-up"},
    ],
    ids=["amount", "currency", "gateway", "token"],
)
async def test_a_payment_that_differs_from_the_invoice_waits_in_suspense(
    evening: Evening, other: dict[str, object]
) -> None:
    order = await evening.invoice(1000)
    assert await evening.pay(order, "tg-1", **other) == 0
    (stray,) = await evening.find(Stray)
    waits = await evening.standing(suspense(stray.gateway, stray.amount.currency))
    held = await evening.standing(clearing(stray.gateway, stray.amount.currency))
    assert (waits.balance, held.balance) == (stray.amount, -stray.amount)
    assert (await evening.get(TopUp, order.id)).state is TopUpState.PENDING
    assert await evening.purse() == (0, 0)


@pytest.mark.parametrize(
    ("other", "payer"),
    [
        ({"amount": eur(999), "payer_id": 0}, ANN),
        ({"amount": eur(999), "payer_id": ZED}, ZED),
        ({"token": "made-up", "payer_id": ZED}, ZED),
        ({"token": "made-up", "payer_id": 0}, 0),
    ],
)
async def test_what_waits_in_suspense_is_of_who_paid_in_the_chat_or_else_of_whose_invoice_it_is(
    evening: Evening, other: dict[str, object], payer: int
) -> None:
    await evening.pay(await evening.invoice(1000), "tg-1", **other)
    assert [stray.payer_id for stray in await evening.find(Stray)] == [payer]


async def test_money_is_paid_when_its_gateway_says_or_when_that_is_heard(evening: Evening) -> None:
    order, before = await evening.invoice(1000), START - timedelta(hours=1)
    await evening.pay(order, "tg-1")
    await evening.pay(order, "tg-2", paid_at=before)
    assert [(lot.made_at, lot.paid_at) for lot in await evening.find(Lot)] == [
        (START, START),
        (START, before),
    ]


async def test_who_paid_is_asked_of_the_gateway_unless_that_was_told_with_the_payment(
    evening: Evening,
) -> None:
    order, alipay = await evening.invoice(1000), Payer("2088", "Alipay ·· 88", "method-1")
    await evening.pay(order, "tg-1")
    await evening.pay(order, "tg-2", payer=alipay)
    asked, told = await evening.find(Errand, kind=IDENTIFY_PAYER)
    assert (asked.subject_id, asked.body, told.subject_id) == (1, "", 2)
    assert Payer(*json.loads(told.body)) == alipay


async def test_a_payment_that_is_promised_nothing_and_pays_no_debt_holds_up_nobody_else(
    evening: Evening,
) -> None:
    order = await evening.invoice(1000)
    paid = Payment("sandbox", order.token, "tg-1", "src-tg-1", ANN, order.amount)
    assert await evening.locked_by(credit, paid) == [clearing("sandbox", "EUR"), wallet(ANN, "EUR")]


async def test_money_that_somebody_else_paid_is_the_accounts_all_the_same(evening: Evening) -> None:
    await evening.sit_down(ZED)
    await evening.pay(await evening.invoice(1000), "tg-1", payer_id=ZED)
    assert (await evening.purse(ANN), await evening.purse(ZED)) == ((1000, 1000), (0, 0))


@pytest.mark.parametrize(("minor", "refusal"), [(99, AmountTooSmall), (20001, AmountTooLarge)])
async def test_an_amount_outside_the_limits_is_refused_and_can_be_changed(
    evening: Evening, minor: int, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await evening.invoice(minor)
    assert (await evening.invoice(100)).amount == LEAST
    assert (await evening.invoice(20000)).amount == MOST


async def test_two_taps_make_one_invoice_and_a_used_draft_none(evening: Evening) -> None:
    draft = await evening.draft(DraftKind.TOP_UP, ANN)
    ask = AskTopUp(ANN, "sandbox", draft.id, draft.version, eur(1000), LEAST, MOST, timedelta(minutes=30))
    assert await evening.carry_out(top_up, ask) == await evening.carry_out(top_up, ask)
    with pytest.raises(OutOfDate):
        await evening.once(top_up, ask)
    assert len(await evening.find(TopUp)) == 1


async def test_nobody_tops_up_by_anothers_draft_or_without_an_account(evening: Evening) -> None:
    draft = await evening.draft(DraftKind.TOP_UP, ANN)
    with pytest.raises(NotYours):
        await evening.carry_out(
            top_up, AskTopUp(ZED, "sandbox", draft.id, draft.version, eur(1000), LEAST, MOST, TWO_MINUTES)
        )
    with pytest.raises(NoAccount):
        await evening.invoice(1000, customer=ZED)


async def test_two_phones_cannot_pay_one_invoice_at_once(evening: Evening, clock: Clock) -> None:
    order = await evening.invoice(1000)
    assert await claim(evening, order, "phone-1") == order.id
    assert await claim(evening, order, "phone-1") == order.id
    with pytest.raises(TopUpBusy):
        await claim(evening, order, "phone-2")
    clock.forward(TWO_MINUTES)
    assert await claim(evening, order, "phone-2") == order.id


async def test_what_must_not_be_paid_cannot_be_claimed(evening: Evening, clock: Clock) -> None:
    order = await evening.invoice(1000)
    with pytest.raises(NotYours):
        await claim(evening, order, "phone-1", payer=ZED)
    with pytest.raises(PaymentMismatch):
        await claim(evening, order, "phone-1", minor=999)
    with pytest.raises(TopUpNotPayable, check=lambda it: (it.number, it.state) == (0, "unknown")):
        await evening.once(claim_top_up, ClaimTopUp("made-up", ANN, eur(1000), "phone-1", TWO_MINUTES))
    clock.forward(timedelta(minutes=30))
    with pytest.raises(TopUpNotPayable):
        await claim(evening, order, "phone-1")
    await evening.pay(order, "tg-1")
    with pytest.raises(TopUpNotPayable):
        await claim(evening, order, "phone-1")


async def test_who_says_that_they_have_paid_has_the_gateway_asked_at_once(evening: Evening) -> None:
    order = await evening.invoice(1000)
    (charge,) = await evening.find(Charge)
    with pytest.raises(NotYours):
        await evening.once(look_for_payment, LookForPayment(ZED, order.id))
    await evening.once(look_for_payment, LookForPayment(ANN, order.id))
    (errand,) = await evening.find(Errand, kind=ASK_CHARGE)
    assert (errand.subject_id, errand.body, errand.due_at) == (charge.id, str(charge.asked + 1), START)
    assert await evening.purse() == (0, 0)
    await evening.pay(order, "tg-1")
    with pytest.raises(OutOfDate):
        await evening.once(look_for_payment, LookForPayment(ANN, order.id))


@pytest.mark.parametrize(
    ("asked", "late", "wait"),
    [(0, 0, 60), (1, 0, 120), (4, 0, 300), (99, 0, 300), (9, 1, 60), (9, 600, 600), (9, 10**6, 86400)],
)
async def test_a_charge_is_asked_about_every_few_minutes_while_it_can_be_paid_and_ever_more_slowly_after(
    evening: Evening, asked: int, late: int, wait: int
) -> None:
    await evening.invoice(1000)
    (charge,) = await evening.find(Charge)
    charge = replace(charge, state=ChargeState.OPEN, asked=asked)
    await evening.store.run(lambda books: books.save(charge))
    await evening.once(hear_of_charge, HearOfCharge(charge.id, asked, False, 5, late))
    (errand,) = await evening.find(Errand, kind=ASK_CHARGE)
    assert errand.due_at - START == timedelta(seconds=wait)


async def test_money_wakes_the_cart_that_waits_for_it_and_only_in_the_version_that_waits(
    evening: Evening,
) -> None:
    await evening.put("Pils", 1)
    cart = await evening.cart()
    await evening.store.run(lambda books: wait_for_money(books, cart.id, ANN))
    await evening.top_up(1000)
    (errand,) = await evening.find(Errand, kind=PLACE_WAITING)
    waiting = await evening.get(Draft, cart.id)
    assert (errand.subject_id, errand.body, waiting.waits) == (cart.id, str(waiting.version), True)
    await evening.put("Pils", 2)
    assert not (await evening.get(Draft, cart.id)).waits


async def test_money_wakes_no_cart_that_does_not_wait_and_nobody_elses(evening: Evening) -> None:
    await evening.sit_down(ZED)
    await evening.put("Pils", 1, ANN)
    await evening.put("Pils", 1, ZED)
    cart = await evening.cart(ZED)
    await evening.store.run(lambda books: wait_for_money(books, cart.id, ZED))
    await evening.top_up(1000, customer=ANN)
    assert await evening.find(Errand, kind=PLACE_WAITING) == []


async def test_the_first_payer_known_binds_the_account_and_stays(evening: Evening) -> None:
    await evening.top_up(1000, 500)
    for lot, last4 in ((1, "4242"), (2, "1111")):
        await evening.once(know_payer, KnowPayer(lot, Payer(f"fp_{last4}", f"Visa ·· {last4}")))
    ann = await evening.get(Customer, ANN)
    assert (ann.binding, ann.bound_to) == (Binding.BOUND, "Visa ·· 4242")
    assert [lot.payer for lot in await evening.find(Lot)] == ["Visa ·· 4242", "Visa ·· 1111"]


async def test_a_charge_under_another_key_is_never_credited_again(evening: Evening) -> None:
    order = await evening.invoice(1000)
    await evening.pay(order, "tg-1")
    again = Payment("sandbox", order.token, "tg-1", "src", ANN, order.amount)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await evening.once(credit, again, "another-key")
    assert await evening.purse() == (1000, 1000)


@pytest.mark.parametrize("checks_payer", [True, False])
def test_a_payment_is_taken_as_the_gateway_vouches_for_it(checks_payer: bool) -> None:
    payer = Payer("fp_1", "Visa ·· 4242")
    fact = Fact(FactKind.PAID, "token-1", "ch_1", "pp_1", eur(1000), payer, START)
    assert Payment.of("stripe", fact, checks_payer=checks_payer) == Payment(
        "stripe", "token-1", "ch_1", "pp_1", 0, eur(1000), payer, START, checks_payer
    )
    assert not Payment.of("stripe", fact).checks_payer


# However a payment is told of


def told(charge: str, source: str = "", gateway: str = "sandbox") -> Payment:
    return Payment(gateway, "told in other words", charge, source, 0, eur(1))


async def test_a_payment_is_known_by_its_charge_or_by_what_it_is_refunded_by(evening: Evening) -> None:
    order = await evening.invoice(1000)
    for charge in ("tg-1", "tg-2"):
        await evening.pay(order, charge)
        await evening.pay(order, f"odd-{charge}", amount=eur(5))

    async def known(paid: Payment) -> str:
        found = await evening.store.run(lambda books: known_payment(books, paid))
        return found.charge if found else ""

    for charge in ("tg-1", "tg-2", "odd-tg-1", "odd-tg-2"):
        assert await known(told(charge)) == await known(told("?", f"src-{charge}")) == charge
        assert await known(told(charge, f"src-{charge}", "elsewhere")) == ""
    assert await known(told("?")) == await known(told("?", "src-?")) == ""


async def test_a_payment_that_is_told_twice_leads_to_its_top_up_and_credits_nothing_more(
    evening: Evening,
) -> None:
    await evening.invoice(500)
    order = await evening.invoice(1000)
    paid = Payment("sandbox", order.token, "tg-1", "src-tg-1", ANN, order.amount)

    async def take(paid: Payment) -> int:
        return await evening.store.run(lambda books: take_payment(books, paid))

    assert [await take(each) for each in (paid, paid, told("tg-1"))] == [order.id] * 3
    assert [await take(told("odd")) for _ in range(2)] == [0, 0]
    await evening.once(expire_top_up, ExpireTopUp(1), "credit:sandbox:tg-9")  # somebody has taken the key
    assert await take(replace(paid, charge="tg-9", source="")) == 0
    assert await evening.purse() == (1000, 1000)


async def test_what_is_owed_is_paid_once_it_is_known_that_nothing_goes_back(evening: Evening) -> None:
    await evening.top_up(320)
    await evening.deliver(1)
    await evening.check_out()
    await evening.dispute(1, DisputeState.LOST)
    await evening.pay(await evening.invoice(1000), "tg-9", checks_payer=True)
    assert await evening.purse() == (1000, 1000)
    await evening.once(know_payer, KnowPayer(2, VISA, sends_back=True))
    assert await evening.purse() == (680, 680)
    assert (await evening.get(Lot, 2)).payer_id == VISA.id


async def test_what_is_disputed_is_not_sent_back_whoever_paid(evening: Evening) -> None:
    await evening.top_up(1000, 500)
    await evening.once(know_payer, KnowPayer(1, VISA))
    await evening.dispute(2, DisputeState.OPEN, 100)
    await evening.once(know_payer, KnowPayer(2, Payer("fp_2", "Visa ·· 1111"), sends_back=True))
    assert await evening.purse() == (1500, 1400)


async def test_what_is_known_of_a_payment_into_a_purse_of_its_own_concerns_that_purse(
    evening: Evening,
) -> None:
    own, owing, held_by = wallet(ANN, "EUR", "own"), debt(ANN, "EUR", "own"), clearing("sandbox", "EUR")
    await evening.top_up(1000)
    await evening.once(know_payer, KnowPayer(1, VISA))

    async def bring(books: Books, charge: str) -> int:
        await books.lock(held_by, own, owing)
        await books.post(Transfer("top_up", held_by, own, eur(300)))
        await books.post(Transfer("charge_back_owed", owing, held_by, eur(100)))
        lot = replace((await books.find(Lot))[0], id=0, purse="own", charge=charge, brought=eur(300))
        return (await books.add(lot)).id

    async def stands() -> list[int]:
        return [(await evening.standing(each)).balance.minor for each in (own, owing, wallet(ANN, "EUR"))]

    await evening.once(know_payer, KnowPayer(await evening.once(bring, "own-1"), VISA))
    assert await stands() == [200, 0, 1000]
    second, other = await evening.once(bring, "own-2"), Payer("fp_2", "Visa ·· 1111")
    await evening.once(know_payer, KnowPayer(second, other, sends_back=True))
    assert await stands() == [200, -100, 1000]
    assert (await evening.standing(refunding(ANN, "EUR", "own"))).balance == eur(300)
