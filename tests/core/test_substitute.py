"""What the customer named beforehand comes instead of something sold out, if it costs no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.errand import EXPIRE_ORDER, Errand
from core.errors import OutOfDate
from core.menu import Entry, LoadMenu, MenuItem, load_menu
from core.order_goods import (
    CartLine,
    GoodsOrder,
    Line,
    LineState,
    NameSubstitute,
    OrderPlaced,
    name_substitute,
)
from core.serve import Action, Reason
from core.substitute import ALTERNATIVES, alternatives
from storage.database import Database
from tests.conftest import START
from tests.core.evening import ANN, BAR, Evening, eur


async def item(evening: Evening, name: str) -> MenuItem:
    (found,) = await evening.find(MenuItem, name=name)
    return found


async def order_with_substitute(evening: Evening, wanted: str, substitute: str) -> int:
    await evening.put(wanted, 2)
    cart = await evening.cart()
    ask = NameSubstitute(cart.id, ANN, (await item(evening, wanted)).id, (await item(evening, substitute)).id)
    await evening.once(name_substitute, ask)
    return await evening.place()


@pytest.fixture
async def evening(evening: Evening, database: Database) -> AsyncIterator[Evening]:
    await evening.top_up(1000)
    yield evening
    assert database.examine() == []


async def test_what_costs_no_more_comes_by_itself(evening: Evening) -> None:
    order = await order_with_substitute(evening, "Pils", "Nuts")
    await evening.serve(order, Action.DECLINE, reason=Reason.SOLD_OUT)
    lines = await evening.find(Line)
    assert [(line.name, line.quantity, line.state) for line in lines] == [
        ("Pils", 2, LineState.DECLINED), ("Nuts", 2, LineState.PLACED),
    ]  # fmt: skip
    assert (await evening.get(GoodsOrder, lines[1].order_id)).instead_of == lines[0].id
    assert await evening.purse() == (1000, 500)
    assert [errand.subject_id for errand in await evening.find(Errand, kind=EXPIRE_ORDER)] == [1, 2]


async def test_what_costs_the_same_comes_too_if_there_is_just_enough_of_it(evening: Evening) -> None:
    nuts = await item(evening, "Nuts")
    same = replace(
        nuts, price=eur(320), stock=2, tax_basis_points=700, options="Size: S | L +1", station="kitchen"
    )
    await evening.store.run(lambda books: books.save(same))
    order = await order_with_substitute(evening, "Pils", "Nuts")
    await evening.serve(order, Action.DECLINE, reason=Reason.SOLD_OUT)
    _, line = await evening.find(Line)
    assert (line.name, line.total, line.tax_basis_points, line.reason) == ("Nuts (S)", eur(640), 700, "")
    assert (line.options, line.station) == ("Size: S", "kitchen")
    assert (await evening.get(GoodsOrder, line.order_id)).version == 1
    assert evening.heard(OrderPlaced) == [OrderPlaced(order), OrderPlaced(line.order_id)]
    assert (await item(evening, "Nuts")).stock == 0


async def test_what_is_dearer_does_not(evening: Evening) -> None:
    order = await order_with_substitute(evening, "Nuts", "Pils")
    await evening.serve(order, Action.DECLINE, reason=Reason.SOLD_OUT)
    assert len(await evening.find(GoodsOrder)) == 1
    assert await evening.purse() == (1000, 1000)


async def test_another_reason_brings_nothing_instead(evening: Evening) -> None:
    order = await order_with_substitute(evening, "Pils", "Nuts")
    await evening.serve(order, Action.DECLINE, reason=Reason.TOO_BUSY)
    assert len(await evening.find(GoodsOrder)) == 1


async def test_a_substitute_that_is_sold_out_too_does_not_come(evening: Evening) -> None:
    await evening.put("Nuts", 1)
    both = await order_with_substitute(evening, "Pils", "Nuts")
    await evening.serve(both, Action.DECLINE, reason=Reason.SOLD_OUT)
    assert len(await evening.find(GoodsOrder)) == 1


async def test_it_stays_named_while_the_quantity_changes(evening: Evening) -> None:
    await evening.put("Pils", 1)
    cart, pils, nuts = await evening.cart(), await item(evening, "Pils"), await item(evening, "Nuts")
    await evening.once(name_substitute, NameSubstitute(cart.id, ANN, pils.id, nuts.id))
    await evening.put("Pils", 2)
    assert [line.substitute_id for line in await evening.find(CartLine)] == [nuts.id]
    await evening.once(name_substitute, NameSubstitute(cart.id, ANN, pils.id, None))
    assert [line.substitute_id for line in await evening.find(CartLine)] == [None]


async def test_what_is_not_in_the_cart_or_not_for_sale_cannot_be_named(evening: Evening) -> None:
    await evening.put("Pils", 1)
    cart, pils, nuts = await evening.cart(), await item(evening, "Pils"), await item(evening, "Nuts")
    for wanted, substitute in ((nuts.id, pils.id), (pils.id, pils.id)):
        with pytest.raises(OutOfDate):
            await evening.once(name_substitute, NameSubstitute(cart.id, ANN, wanted, substitute))


async def test_alternatives_are_of_the_same_kind(evening: Evening) -> None:
    pils = await item(evening, "Pils")
    assert await evening.store.run(lambda books: alternatives(books, pils, START)) == []
    prices = {"Far": 500, "Dear": 340, "Cheap": 290, "Near": 310, "Pils": 320}
    entries = tuple(Entry("Beer", name, eur(minor)) for name, minor in prices.items())
    await evening.once(load_menu, LoadMenu(BAR, (*entries, Entry("Food", "Nuts", eur(320)))))
    found = await evening.store.run(lambda books: alternatives(books, pils, START))
    assert [each.name for each in found] == ["Near", "Dear", "Cheap", "Far"][:ALTERNATIVES]
