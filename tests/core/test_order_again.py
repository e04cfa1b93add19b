"""The same again is what the last order was, at the prices of now and as far as there is some."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import ItemGone, NotYours
from core.menu import MarkSoldOut, MenuItem, mark_sold_out
from core.order_goods import (
    GoodsOrder,
    NameSubstitute,
    OrderAgain,
    cart_of,
    last_order,
    name_substitute,
    order_again,
)
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


async def test_what_was_in_the_cart_and_not_in_the_order_is_taken_out(evening: Evening) -> None:
    await evening.top_up(2000)
    order = await evening.order(1)
    await evening.put("Nuts", 3)
    assert await again(evening, order) == [("Pils", 1)]


async def test_of_what_is_short_as_much_comes_again_as_there_is(evening: Evening, order: int) -> None:
    pils, nuts = await evening.find(MenuItem)
    cart = await evening.cart()
    assert await again(evening, order) == [("Pils", 2), ("Nuts", 1)]
    await evening.once(name_substitute, NameSubstitute(cart.id, ANN, pils.id, nuts.id))
    order = await evening.place()
    await evening.store.run(lambda books: books.save(replace(pils, stock=1)))
    assert await again(evening, order) == [("Pils", 1), ("Nuts", 1)]
    cart = await evening.cart()
    lines = await evening.store.run(lambda books: cart_of(books, cart.id))
    assert [line.substitute_id for line in lines] == [nuts.id, None]


async def test_what_is_sold_out_is_left_out(evening: Evening, order: int) -> None:
    await sell_out(evening, "Pils")
    assert await again(evening, order) == [("Nuts", 1)]
    await sell_out(evening, "Nuts")
    with pytest.raises(ItemGone, check=lambda gone: gone.name == "Pils"):
        await again(evening, order)


async def test_an_order_of_one_thing_that_is_sold_out_names_it(evening: Evening) -> None:
    await evening.top_up(2000)
    order = await evening.order(1, "Nuts")
    await sell_out(evening, "Nuts")
    with pytest.raises(ItemGone, check=lambda gone: gone.name == "Nuts"):
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


async def test_who_was_left_without_three_times_is_offered_nothing_older(
    evening: Evening, order: int
) -> None:
    await evening.sit_down(ZED, "A13")
    await evening.top_up(2000, customer=ZED)
    await evening.accept(await evening.offer("Nuts", giver=ZED, receiver=ANN), ANN)
    for _ in range(3):
        await evening.accept(await evening.offer("Nuts", giver=ZED, receiver=ANN), ANN)
        latest = (await evening.find(GoodsOrder))[-1].id
        for declined in (latest, await evening.order(1)):
            await evening.serve(declined, Action.DECLINE, reason=Reason.TOO_BUSY)
    assert await evening.store.run(lambda books: last_order(books, ANN, BAR)) is None


async def test_the_last_is_the_last_whoever_paid_for_it(evening: Evening, order: int) -> None:
    async def last() -> int | None:
        found = await evening.store.run(lambda books: last_order(books, ANN, BAR))
        return found.id if found else None

    await evening.sit_down(ZED, "A13")
    await evening.top_up(2000, customer=ZED)
    gifts = []
    for _ in range(2):
        gift = await evening.offer("Nuts", giver=ZED, receiver=ANN)
        await evening.accept(gift, ANN)
        gifts.append(await last())
    own = await evening.order(1)
    assert ([*gifts, await last()], own) == ([order + 1, order + 2, own], order + 3)
    assert await evening.order(1, customer=ZED) == own + 1
    assert await last() == own
