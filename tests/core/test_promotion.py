"""A bonus comes once its lot was spent, for what was spent; and there is no way to get more."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.check_out import CheckOut
from core.dispute import DisputeState
from core.errand import SETTLE_PROMISE, Errand
from core.errors import NothingToRefund, RefundTooLarge, Refusal
from core.gateway import Verdict
from core.ledger import bonus, bonus_cost, debt, wallet
from core.lot import BONUS, Lot
from core.ports import Books
from core.promotion import (
    BonusCame,
    Offer,
    Promise,
    SettlePromise,
    Tier,
    promise,
    settle_promise,
    to_come,
)
from core.refund import RefundPart, Rescue
from core.serve import Action
from storage.database import open_database
from tests.conftest import START, Clock
from tests.core.evening import ANN, Evening, eur
from tests.core.test_ledger_machine import two_customers_at_the_bar
from tests.thorough import examples


async def bring(evening: Evening, minor: int, on_top: int, charge: str = "tg-1") -> None:
    await evening.pay(await evening.invoice(minor, bonus=on_top), charge)


async def drink(evening: Evening, quantity: int, item: str = "Pils") -> None:
    await evening.deliver(quantity, item)
    await evening.check_out()
    await evening.settle_promises()
    await evening.sit_down()


async def costs(evening: Evening) -> tuple[int, int]:
    """Return what promises cost, and what of that is still to come."""
    cost, waits = await evening.standing(bonus_cost("EUR")), await evening.standing(bonus(ANN, "EUR"))
    return -cost.balance.minor, waits.balance.minor


async def test_a_bonus_comes_once_the_top_up_is_spent(evening: Evening) -> None:
    await bring(evening, 1280, 200)
    await drink(evening, 3)
    assert (await evening.purse(), await costs(evening)) == ((320, 320), (200, 200))
    await drink(evening, 1)
    assert (await evening.purse(), await costs(evening)) == ((200, 200), (200, 0))
    assert evening.heard(BonusCame) == [BonusCame(2)]


async def test_where_nothing_was_promised_nothing_is_to_be_settled(evening: Evening) -> None:
    await evening.top_up(320)
    await drink(evening, 1)
    assert await evening.find(Errand, kind=SETTLE_PROMISE) == []


async def test_a_promise_is_settled_once_and_not_before_all_of_the_top_up_is_spent(evening: Evening) -> None:
    async def settle(lot: int) -> int:
        return await evening.once(settle_promise, SettlePromise(lot))

    await bring(evening, 640, 200)
    await evening.top_up(1000)
    assert (await settle(1), await settle(2), await costs(evening)) == (0, 0, (200, 200))
    await evening.refund(1320)
    assert (await settle(1), await costs(evening)) == (0, (200, 200))
    await evening.hear(1, Verdict.DONE)
    await evening.hear(2, Verdict.DONE)
    await drink(evening, 1)
    assert (await evening.purse(), await costs(evening)) == ((100, 100), (100, 0))
    assert (await settle(1), await settle(2), await settle(3)) == (0, 0, 0)
    (promised,) = await evening.find(Promise)
    assert (promised.came, promised.lapsed) == (eur(100), eur(100))
    assert (await evening.purse(), await costs(evening)) == ((100, 100), (100, 0))


async def test_nothing_comes_of_what_was_all_refunded(evening: Evening) -> None:
    await bring(evening, 640, 200)
    await evening.refund()
    await evening.hear(1, Verdict.DONE)
    assert await evening.once(settle_promise, SettlePromise(1)) == 0
    assert (await evening.purse(), await costs(evening)) == ((0, 0), (0, 0))


async def test_a_bonus_comes_into_the_purse_that_its_top_up_was_for(evening: Evening) -> None:
    own, waits_in, cost = wallet(ANN, "EUR", "own"), bonus(ANN, "EUR"), bonus_cost("EUR")
    await evening.top_up(1000)

    async def bring_and_spend(books: Books, minor: int) -> int:
        await books.lock(waits_in, cost)
        spent = replace((await books.find(Lot))[0], id=0, purse="own", charge="own", spent=eur(minor))
        lot = await books.add(replace(spent, brought=eur(minor)))
        await promise(books, lot, eur(50))
        return lot.id

    lot = await evening.once(bring_and_spend, 300)
    came = await evening.get(Lot, await evening.once(settle_promise, SettlePromise(lot)))
    assert (came.purse, came.brought, (await evening.standing(own)).balance) == ("own", eur(50), eur(50))
    assert (came.gateway, came.charge, came.source, came.payer) == (BONUS, f"lot-{lot}", "", "")


async def test_what_would_come_if_the_rest_were_spent_is_told(evening: Evening) -> None:
    async def would_come() -> int:
        lot = await evening.get(Lot, 1)
        return (await evening.store.run(lambda books: to_come(books, lot))).minor

    await bring(evening, 1280, 200)
    await bring(evening, 100, 10, "tg-2")
    assert await would_come() == 200
    await drink(evening, 1)
    assert await would_come() == 200
    await evening.refund(420)
    assert await would_come() == 150


async def test_a_bonus_buys_goods_together_with_paid_money(evening: Evening) -> None:
    await bring(evening, 640, 200)
    await drink(evening, 2)
    await bring(evening, 300, 10, "tg-2")
    order = await evening.order(1)
    await evening.cancel(order)
    assert await evening.purse() == (500, 500)
    await drink(evening, 1)
    assert [(lot.is_bonus, lot.spent) for lot in await evening.find(Lot)] == [
        (False, eur(640)), (True, eur(200)), (False, eur(120)),
    ]  # fmt: skip


async def test_a_bonus_is_never_paid_out_and_paid_money_is_not_kept_for_it(evening: Evening) -> None:
    await bring(evening, 640, 200)
    await drink(evening, 2)
    with pytest.raises(NothingToRefund):
        await evening.refund()
    await bring(evening, 500, 10, "tg-2")
    with pytest.raises(RefundTooLarge):
        await evening.refund(501)
    await evening.refund()
    assert [part.amount for part in await evening.find(RefundPart)] == [eur(500)]
    assert await evening.purse() == (200, 200)


async def test_a_receipt_tells_what_goes_back_without_the_bonus_that_stays(evening: Evening) -> None:
    await bring(evening, 320, 200)
    await drink(evening, 1)
    await evening.top_up(1000)
    receipt = await evening.get(CheckOut, await evening.check_out(refund_rest=True))
    assert (receipt.left, await evening.purse()) == (eur(1000), (200, 200))


async def test_what_is_refunded_earns_nothing(evening: Evening) -> None:
    await bring(evening, 1280, 200)
    await drink(evening, 1)
    await evening.refund()
    await evening.settle_promises()
    assert await costs(evening) == (200, 200)
    await evening.hear(1, Verdict.DONE)
    await evening.settle_promises()
    assert (await evening.purse(), await costs(evening)) == ((50, 50), (50, 0))


async def test_a_refund_that_comes_back_can_still_earn(evening: Evening) -> None:
    await bring(evening, 640, 200)
    await evening.refund()
    await evening.hear(1, Verdict.REFUSED)
    await evening.rescue(1, Rescue.TO_WALLET)
    await drink(evening, 2)
    assert await evening.purse() == (200, 200)


async def test_an_invoice_that_is_paid_twice_is_promised_once(evening: Evening) -> None:
    order = await evening.invoice(640, bonus=200)
    for charge in ("tg-1", "tg-2"):
        await evening.pay(order, charge)
    assert len(await evening.find(Promise)) == 1


async def test_a_charge_back_earns_nothing_and_takes_no_bonus(evening: Evening) -> None:
    await bring(evening, 640, 200)
    await drink(evening, 2)
    await evening.dispute(1, DisputeState.LOST)
    assert await evening.purse() == (200, 200)
    await bring(evening, 640, 200, "tg-2")
    await evening.settle_promises()
    assert (await evening.standing(debt(ANN, "EUR"))).balance == eur(0)
    assert (await evening.purse(), await costs(evening)) == ((200, 200), (200, 0))


async def test_a_bonus_does_not_pay_for_a_dispute_that_other_money_pays(evening: Evening) -> None:
    await bring(evening, 640, 200)
    await drink(evening, 2)
    await evening.top_up(100)
    await evening.dispute(1, DisputeState.LOST)
    assert await evening.purse() == (200, 200)
    assert [lot.refundable.minor for lot in await evening.find(Lot)] == [0, 200, 0]


def test_an_offer_holds_between_its_dates() -> None:
    offer = Offer((Tier(eur(2000), eur(200)),), START, START + timedelta(days=1))
    found = [offer.bonus_for(eur(2000), START + timedelta(hours=hours)) for hours in (-1, 0, 23, 24)]
    assert found == [None, eur(200), eur(200), None]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("bring"), st.integers(100, 1500), st.integers(1, 400)),
        st.tuples(st.just("drink"), st.integers(1, 4), st.integers(0, 1)),
        st.tuples(st.just("order"), st.integers(1, 3), st.integers(0, 1)),
        st.tuples(st.just("cancel"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("leave"), st.integers(0, 1), st.just(0)),
        st.tuples(st.just("refund"), st.integers(1, 700), st.integers(0, 1)),
        st.tuples(st.just("hear"), st.integers(0, 9), st.integers(0, 2)),
        st.tuples(st.just("dispute"), st.integers(0, 9), st.integers(0, 2)),
    ),
    min_size=4,
    max_size=25,
)


async def farm(evening: Evening, steps: Sequence[tuple[str, int, int]]) -> None:
    """Do what somebody does who wants more than the rule grants."""
    charges = count(1)
    for what, one, other in steps:
        try:
            match what:
                case "bring":
                    await bring(evening, one, other, f"farm-{next(charges)}")
                case "drink":
                    await drink(evening, one, ("Pils", "Nuts")[other])
                case "order":
                    order = await evening.order(one, ("Pils", "Nuts")[other])
                    await evening.serve(order, Action.ACCEPT)
                case "cancel":
                    await evening.expire(one)
                case "leave":
                    await evening.check_out(pay_coming=True, refund_rest=bool(one))
                    await evening.sit_down()
                case "refund":
                    await evening.refund(one if other else None)
                case "hear":
                    parts = await evening.find(RefundPart)
                    verdict = (Verdict.DONE, Verdict.REFUSED, Verdict.PENDING)[other]
                    await evening.hear(parts[one % len(parts)].id, verdict)
                case "dispute":
                    lots = [lot for lot in await evening.find(Lot, customer_id=ANN) if not lot.is_bonus]
                    state = tuple(DisputeState)[other]
                    await evening.dispute(lots[one % len(lots)].id, state, 100, f"dp-{one}")
        except (Refusal, ZeroDivisionError):
            pass
        await evening.settle_promises()


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_no_farming_gives_more_than_the_rule_grants_on_what_was_really_spent(
    steps: list[tuple[str, int, int]],
) -> None:
    async def play(path: Path) -> None:
        database = open_database(f"sqlite:///{path}")
        store = await database.open_store(Clock())
        evening = Evening(store, first_key=1000)
        await farm(evening, steps)
        lots, promises = await evening.find(Lot), {each.lot_id: each for each in await evening.find(Promise)}
        await store.close()
        assert database.examine() == []
        got = sum(lot.brought.minor for lot in lots if lot.is_bonus)
        granted = sum(
            promises[lot.id].granted.minor * lot.spent.minor / lot.brought.minor
            for lot in lots
            if lot.id in promises
        )
        assert got <= granted
        for lot in lots:
            assert not (lot.is_bonus and (lot.refunded or lot.refunding or lot.charged_back))

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "books.sqlite3"
        path.write_bytes(two_customers_at_the_bar())
        asyncio.run(play(path))
