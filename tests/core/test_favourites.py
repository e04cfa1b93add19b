"""What a customer orders most is offered first, as long as it can be had."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from core.favourites import ENOUGH_ORDERS, LATEST_ORDERS, MOST, Favourite, favourites_of, rank
from core.ledger import wallet
from core.menu import Entry, LoadMenu, MarkSoldOut, MenuItem, load_menu, mark_sold_out, shown_menu
from core.merchant import NewMerchant, create_merchant
from core.money import Money
from core.order_goods import ENDED, GoodsOrder, Line, LineState
from core.ports import Books
from core.serve import Action, Reason
from tests.conftest import START
from tests.core.evening import ANN, BAR, ZED, Evening

LINES = st.builds(
    Line,
    order_id=st.integers(1, 5), visit_id=st.just(1), item_id=st.integers(1, 4), name=st.just("it"),
    quantity=st.integers(1, 3), total=st.just(Money(1, "EUR")), hold_id=st.just(1),
    state=st.sampled_from(LineState), reason=st.just(""), paid=st.booleans(),
    options=st.sampled_from(("", "Size: L")),
)  # fmt: skip


@given(st.lists(LINES, max_size=12, unique_by=lambda line: line.id))
def test_what_came_most_often_is_first_and_what_never_came_is_not_there(lines: list[Line]) -> None:
    ranked = rank(lines)
    came = [line for line in lines if line.state not in ENDED]
    times = Counter((line.item_id, line.options) for line in came)
    if len({line.order_id for line in came}) < ENOUGH_ORDERS:
        assert ranked == []
        return
    things = [(line.item_id, line.options) for line in ranked]
    assert set(things) == set(times)
    assert len(things) == len(times)
    counts = [times[thing] for thing in things]
    assert counts == sorted(counts, reverse=True)
    for line in ranked:
        same = [each.id for each in came if (each.item_id, each.options) == (line.item_id, line.options)]
        assert line.id == max(same)


async def favourites(evening: Evening, customer: int = ANN) -> list[Favourite]:
    async def find(books: Books) -> list[Favourite]:
        return await favourites_of(books, customer, await shown_menu(books, BAR), START)

    return await evening.store.run(find)


async def names(evening: Evening, customer: int = ANN) -> list[str]:
    return [each.name for each in await favourites(evening, customer)]


async def test_one_order_is_no_habit(evening: Evening) -> None:
    await evening.top_up(5000)
    await evening.order(1, "Nuts")
    assert await names(evening) == []
    await evening.order(1, "Pils")
    await evening.order(1, "Pils")
    assert await names(evening) == ["Pils", "Nuts"]


async def test_what_cannot_be_had_now_is_left_out_and_comes_back(evening: Evening) -> None:
    await evening.top_up(5000)
    for item in ("Pils", "Nuts", "Pils"):
        await evening.order(1, item)
    (pils,) = await evening.find(MenuItem, name="Pils")
    await evening.once(mark_sold_out, MarkSoldOut(pils.id, BAR, True))
    assert await names(evening) == ["Nuts"]
    await evening.once(mark_sold_out, MarkSoldOut(pils.id, BAR, False))
    assert await names(evening) == ["Pils", "Nuts"]


async def test_what_was_declined_is_nobodys_favourite(evening: Evening) -> None:
    await evening.top_up(5000)
    for item in ("Pils", "Nuts"):
        await evening.order(1, item)
    declined = await evening.order(3, "Pils")
    await evening.serve(declined, Action.DECLINE, reason=Reason.TOO_BUSY)
    assert await names(evening) == ["Nuts", "Pils"]


async def test_favourites_are_ones_own_and_of_this_merchant(evening: Evening) -> None:
    await evening.top_up(5000)
    await evening.sit_down(ZED)
    for _ in range(2):
        await evening.order(1, "Pils")
    assert await names(evening, ZED) == []
    pils = (await evening.find(MenuItem))[:1]
    for menu, found in (([], []), (pils, ["Pils"])):
        his = await evening.store.run(partial(favourites_of, customer_id=ANN, menu=menu, at=START))
        assert [each.name for each in his] == found


async def test_what_was_ordered_long_ago_or_elsewhere_counts_no_more(evening: Evening) -> None:
    await evening.top_up(20000, 20000)
    await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    for item in ("Pils", "Nuts"):
        await evening.order(1, item)

    async def copy(books: Books, ask: tuple[int, int, int]) -> int:
        number, times, merchant = ask
        order, (line,) = await books.get(GoodsOrder, number), await books.find(Line, order_id=number)
        assert order is not None
        (purse,) = await books.lock(wallet(ANN, "EUR"))
        for hold in await books.hold(purse.account, *[line.total] * times):
            again = await books.add(replace(order, id=0, merchant_id=merchant))
            await books.add(replace(line, id=0, order_id=again.id, hold_id=hold))
        return number

    await evening.once(copy, (1, LATEST_ORDERS, BAR))
    await evening.once(copy, (2, LATEST_ORDERS // 2 + 1, BAR))
    assert await names(evening) == ["Nuts", "Pils"]
    await evening.once(copy, (1, LATEST_ORDERS // 2, BAR + 1))
    assert await names(evening) == ["Nuts", "Pils"]


async def test_there_are_at_most_six_at_todays_prices(evening: Evening) -> None:
    menu = tuple(Entry("All", f"Item {n}", Money(100, "EUR")) for n in range(8))
    await evening.once(load_menu, LoadMenu(BAR, menu))
    await evening.top_up(5000)
    for n in range(8):
        await evening.order(1, f"Item {n}")
    dearer = tuple(Entry("All", f"Item {n}", Money(150, "EUR")) for n in range(8))
    await evening.once(load_menu, LoadMenu(BAR, dearer))
    found = await favourites(evening)
    assert [each.name for each in found] == [f"Item {n}" for n in (7, 6, 5, 4, 3, 2)]
    assert len(found) == MOST
    assert {each.price for each in found} == {Money(150, "EUR")}
