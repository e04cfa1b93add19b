"""The same again is what the last order was, at the prices of now and as far as there is some."""

from __future__ import annotations

import pytest

from core.errors import ItemGone, NotYours
from core.menu import MarkSoldOut, MenuItem, mark_sold_out
from core.order_goods import OrderAgain, cart_of, last_order, order_again
from core.serve import Action, Reason
from tests.core.evening import ANN, BAR, ZED, Evening


async def again(evening: Evening, order: int, customer: int = ANN) -> list[tuple[str, int]]:
    cart = await evening.cart(customer)
    await evening.once(order_again, OrderAgain(cart.id, customer, order))
    lines = await evening.store.run(lambda books: cart_of(books, cart.id))
    return [(line.name, line.quantity) for line in lines]


async def sell_out(evening: Evening, name: str) -> None:
    (item,) = await evening.find(MenuItem, name=name)
    await evening.once(mark_sold_out, MarkSoldOut(item.id, BAR, True))


@pytest.fixture
async def order(evening: Evening) -> int:
    await evening.top_up(2000)
    await evening.put("Pils", 2)
    await evening.put("Nuts", 1)
    return await evening.place()


async def test_the_cart_is_what_the_order_was_and_nothing_else(evening: Evening, order: int) -> None:
    await evening.put("Pils", 7)
    assert await again(evening, order) == [("Pils", 2), ("Nuts", 1)]
    await evening.place()
    assert await evening.purse() == (2000, 220)


async def test_what_is_sold_out_is_left_out(evening: Evening, order: int) -> None:
    await sell_out(evening, "Pils")
    assert await again(evening, order) == [("Nuts", 1)]
    await sell_out(evening, "Nuts")
    with pytest.raises(ItemGone):
        await again(evening, order)


async def test_nobody_repeats_what_another_ordered(evening: Evening, order: int) -> None:
    await evening.sit_down(ZED, "A13")
    with pytest.raises(NotYours):
        await again(evening, order, ZED)


async def test_what_was_declined_is_not_offered_again(evening: Evening, order: int) -> None:
    await evening.put("Nuts", 1)
    declined = await evening.place()
    await evening.serve(declined, Action.DECLINE, reason=Reason.TOO_BUSY)
    last = await evening.store.run(lambda books: last_order(books, ANN, BAR))
    assert last is not None
    assert last.id == order
    await evening.serve(order, Action.DECLINE, reason=Reason.TOO_BUSY)
    assert await evening.store.run(lambda books: last_order(books, ANN, BAR)) is None
