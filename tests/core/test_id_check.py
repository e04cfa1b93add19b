"""What is for an age is handed over after a look at the ID, and kept back without one."""

from __future__ import annotations

import pytest

from core.errors import AlreadyServed, NotAllowed
from core.menu import LoadMenu, MenuItem, load_menu
from core.menu_file import read_menu
from core.order_goods import GoodsOrder, Line, LineState
from core.serve import Action, Deed, ServeOrder, serve_order
from tests.core.evening import BAR, BEA, Evening


@pytest.fixture
async def order(evening: Evening) -> int:
    """Pils from 16 years, of which ten are left, and nuts for everybody; accepted."""
    content = b"category,item,price,age,stock\nBeer,Pils,3.20,16,10\nFood,Nuts,2.50,,\n"
    file = read_menu(content, "EUR")
    await evening.once(load_menu, LoadMenu(BAR, file.entries, file.fields))
    await evening.top_up(1000)
    await evening.put("Pils", 2)
    await evening.put("Nuts", 1)
    order = await evening.place()
    await evening.serve(order, Action.ACCEPT)
    return order


async def states(evening: Evening) -> dict[str, LineState]:
    return {line.name: line.state for line in await evening.find(Line)}


async def test_it_is_not_delivered_without_a_look_at_the_id(evening: Evening, order: int) -> None:
    with pytest.raises(NotAllowed):
        await evening.serve(order, Action.DELIVER)
    await evening.serve(order, Action.DELIVER_CHECKED)
    assert set((await states(evening)).values()) == {LineState.DELIVERED}
    assert (await evening.find(Deed))[-1].action == "id-fine"


async def test_without_an_id_it_is_kept_back_and_costs_nothing(evening: Evening, order: int) -> None:
    await evening.serve(order, Action.NO_ID)
    assert await states(evening) == {"Pils": LineState.DECLINED, "Nuts": LineState.ACCEPTED}
    assert {line.reason for line in await evening.find(Line, name="Pils")} == {"no-id"}
    assert await evening.purse() == (1000, 750)
    assert (await evening.find(MenuItem, name="Pils"))[0].stock == 10
    await evening.serve(order, Action.DELIVER)  # what is left is for everybody


async def test_what_is_for_everybody_is_delivered_by_itself(evening: Evening, order: int) -> None:
    (nuts,) = await evening.find(Line, name="Nuts")
    ask = ServeOrder(order, nuts.version, Action.DELIVER, None, BEA, "Bea", nuts.id)
    await evening.once(serve_order, ask)
    assert await states(evening) == {"Pils": LineState.ACCEPTED, "Nuts": LineState.DELIVERED}
    for action in (Action.DELIVER_CHECKED, Action.NO_ID):
        with pytest.raises(AlreadyServed):  # there is nothing to check
            await evening.once(
                serve_order, ServeOrder(order, nuts.version + 1, action, None, BEA, "Bea", nuts.id)
            )


async def test_what_is_paid_already_is_not_kept_back_by_that(evening: Evening, order: int) -> None:
    await evening.check_out(pay_coming=True)
    with pytest.raises(AlreadyServed):
        await evening.serve(order, Action.NO_ID)
    await evening.serve(order, Action.DELIVER_CHECKED)
    assert (await evening.get(GoodsOrder, order)).total.minor == 890
