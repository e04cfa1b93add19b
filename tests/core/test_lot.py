"""How amounts are spread over lots: oldest first to spend, newest first to give back."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import NothingToRefund, RefundTooLarge
from core.ledger import SHARED, Account, bonus, debt, refunding, wallet
from core.lot import Lot, LotUse, lots_of, spread
from core.refund import allocate
from tests.core.evening import ANN, Evening, eur


def make_lot(id_: int, parts: tuple[int, int, int, int]) -> Lot:
    _, spent, refunding, refunded = parts
    return Lot(
        id_, id_, 7, "shared", "sandbox", f"tg-{id_}", f"ch-{id_}", "", eur(sum(parts)),
        eur(spent), eur(refunding), eur(refunded), eur(0), datetime(2026, 5, 1, tzinfo=UTC),
    )  # fmt: skip


PARTS = st.tuples(*[st.integers(0, 500)] * 4).filter(any)
LOTS = st.lists(PARTS, max_size=6).map(lambda all_: [make_lot(n, each) for n, each in enumerate(all_, 1)])


@given(lots=LOTS, data=st.data())
def test_what_is_spread_is_the_whole_amount_and_never_more_than_a_lot_has(
    lots: list[Lot], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(0, sum(lot.refundable.minor for lot in lots)))
    shares = spread(lots, eur(amount))
    assert sum(share.amount.minor for share in shares) == amount
    assert all(eur(0) < share.amount <= share.lot.refundable for share in shares)


@given(lots=LOTS, data=st.data())
def test_a_lot_is_touched_only_once_all_before_it_are_used_up(lots: list[Lot], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(lot.refundable.minor for lot in lots)))
    shares = spread(lots, eur(amount))
    used = [lot for lot in lots if lot.refundable][: len(shares)]
    assert [share.lot for share in shares] == used
    assert all(one.amount == one.lot.refundable for one, _ in pairwise(shares))


@given(lots=LOTS, more=st.integers(1, 100))
def test_more_than_the_lots_have_is_a_bug_and_not_rounded_away(lots: list[Lot], more: int) -> None:
    left = sum(lot.refundable.minor for lot in lots)
    with pytest.raises(AssertionError):
        spread(lots, eur(left + more))


@given(lots=LOTS, data=st.data())
def test_a_refund_gives_back_what_was_asked_newest_first(lots: list[Lot], data: st.DataObject) -> None:
    left = sum(lot.refundable.minor for lot in lots)
    assume(left)
    amount = data.draw(st.integers(1, left))
    shares = allocate(lots, eur(amount), eur(left))
    assert sum(share.amount.minor for share in shares) == amount
    assert all(share.amount <= share.lot.refundable for share in shares)
    assert all(one.lot.id > other.lot.id for one, other in pairwise(shares))


@given(lots=LOTS, held=st.integers(0, 500), more=st.integers(1, 100))
def test_a_refund_never_reaches_what_is_on_hold(lots: list[Lot], held: int, more: int) -> None:
    available = sum(lot.refundable.minor for lot in lots) - held
    assume(available > 0)
    with pytest.raises(RefundTooLarge) as caught:
        allocate(lots, eur(available + more), eur(available))
    assert caught.value.left == eur(available)


@pytest.mark.parametrize(("amount", "available"), [(0, 0), (0, 500), (500, 0), (-1, 500)])
def test_nothing_cannot_be_given_back(amount: int, available: int) -> None:
    with pytest.raises(NothingToRefund):
        allocate([make_lot(1, (500, 0, 0, 0))], eur(amount), eur(available))


async def test_the_oldest_charges_pay_first(evening: Evening) -> None:
    await evening.top_up(500, 500, 500)
    await evening.deliver(2)
    await evening.check_out()
    assert [(use.lot_id, use.amount.minor) for use in await evening.find(LotUse)] == [(1, 500), (2, 140)]
    assert [lot.refundable.minor for lot in await evening.find(Lot)] == [0, 360, 500]


async def test_lots_are_of_one_currency_and_one_purse(evening: Evening) -> None:
    await evening.top_up(500)

    async def count(currency: str, purse: str) -> int:
        return len(await evening.store.run(lambda books: lots_of(books, ANN, currency, purse)))

    assert [await count("EUR", SHARED), await count("USD", SHARED), await count("EUR", "own")] == [1, 0, 0]


def test_each_purse_has_accounts_of_its_own() -> None:
    assert wallet(ANN, "EUR", "own") == Account("customer:7:wallet", "EUR", "own")
    assert refunding(ANN, "EUR", "own") == Account("customer:7:refunding", "EUR", "own")
    assert bonus(ANN, "EUR", "own") == Account("customer:7:bonus", "EUR", "own")
    assert debt(ANN, "EUR", "own") == Account("customer:7:debt", "EUR", "own")
