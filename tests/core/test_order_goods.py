"""What is in the cart is what is ordered, at prices that were seen, with money that is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.draft import Draft
from core.errors import (
    CartEmpty,
    ItemGone,
    MenuChanged,
    MerchantClosed,
    NoteTooLong,
    NotYours,
    NoVisit,
    OutOfDate,
    ShortOfMoney,
    TooMany,
)
from core.ledger import wallet
from core.menu import Entry, LoadMenu, MarkSoldOut, load_menu, mark_sold_out
from core.merchant import Merchant, NewMerchant, create_merchant
from core.order_goods import (
    MOST_LINES,
    MOST_OF_ONE,
    NOTE_LENGTH,
    CartLine,
    GoodsOrder,
    Line,
    LineState,
    PlaceOrder,
    SetNote,
    SetQuantity,
    order_goods,
    reprice,
    set_note,
    set_quantity,
    status_of,
)
from core.ports import Books
from core.seat import MakeSeats, Seat, make_seats
from core.visit import SitDown, sit_down
from tests.core.evening import ANN, BAR, MENU, ZED, Evening, eur

PILS, NUTS = 1, 2


@pytest.fixture
async def evening(evening: Evening) -> Evening:
    await evening.top_up(1000)
    return evening


async def load(evening: Evening, *entries: Entry) -> None:
    await evening.once(load_menu, LoadMenu(BAR, entries))


async def test_an_order_sets_its_money_aside_line_by_line(evening: Evening) -> None:
    await evening.put("Pils", 2)
    await evening.put("Nuts", 1)
    order = await evening.get(GoodsOrder, await evening.place())
    lines = await evening.find(Line, order_id=order.id)
    assert [(line.name, line.quantity, line.total.minor) for line in lines] == [
        ("Pils", 2, 640), ("Nuts", 1, 250),
    ]  # fmt: skip
    assert (order.seat, order.total, status_of(lines)) == ("A12", eur(890), LineState.PLACED)
    assert {line.reason for line in lines} == {""}
    assert await evening.purse() == (1000, 110)


async def test_a_line_keeps_the_tax_that_its_item_had(evening: Evening) -> None:
    async def tax(basis_points: int) -> None:
        entry = Entry("Beer", "Pils", eur(320), tax_basis_points=basis_points)
        await evening.once(load_menu, LoadMenu(BAR, (entry,), ("tax_basis_points",)))

    await tax(1900)
    order = await evening.order(1)
    await tax(700)
    (line,) = await evening.find(Line, order_id=order)
    assert line.tax_basis_points == 1900


async def test_who_orders_is_here(evening: Evening) -> None:
    before = await evening.visit()
    order = await evening.get(GoodsOrder, await evening.order(1))
    visit = await evening.visit()
    assert (visit.version, visit.touched_at) == (before.version + 1, order.placed_at)


async def test_two_taps_make_one_order(evening: Evening) -> None:
    await evening.put("Pils", 1)
    cart = await evening.cart()
    ask = PlaceOrder(ANN, "EUR", cart.id, cart.version, timedelta(minutes=15))
    assert [await evening.carry_out(order_goods, ask) for _ in range(2)] == [1, 1]
    assert await evening.purse() == (1000, 680)


async def test_an_old_button_orders_nothing(evening: Evening) -> None:
    await evening.put("Pils", 1)
    cart = await evening.cart()
    await evening.put("Pils", 2)
    with pytest.raises(OutOfDate):
        await evening.carry_out(
            order_goods, PlaceOrder(ANN, "EUR", cart.id, cart.version, timedelta(minutes=15))
        )
    assert await evening.find(GoodsOrder) == []


async def test_a_price_that_changed_is_shown_first_and_then_paid(evening: Evening) -> None:
    await evening.put("Pils", 1)
    await load(evening, Entry("Beer", "Pils", eur(350)), MENU[1])
    with pytest.raises(MenuChanged) as caught:
        await evening.place()
    (change,) = caught.value.changes
    assert (change.name, change.before, change.after) == ("Pils", eur(320), eur(350))
    assert await evening.purse() == (1000, 1000)
    cart = await evening.cart()
    await evening.store.run(lambda books: reprice(books, cart.id, ANN))
    assert (await evening.get(GoodsOrder, await evening.place())).total == eur(350)


async def test_what_was_sold_out_meanwhile_is_told_and_taken_out(evening: Evening) -> None:
    await evening.put("Pils", 1)
    await evening.put("Nuts", 1)
    await evening.once(mark_sold_out, MarkSoldOut(NUTS, BAR, sold_out=True))
    with pytest.raises(MenuChanged) as caught:
        await evening.place()
    assert [(change.name, change.after) for change in caught.value.changes] == [("Nuts", None)]
    cart = await evening.cart()
    await evening.store.run(lambda books: reprice(books, cart.id, ANN))
    assert (await evening.get(GoodsOrder, await evening.place())).total == eur(320)


async def test_with_everything_gone_there_is_nothing_to_order(evening: Evening) -> None:
    await evening.put("Pils", 1)
    await load(evening, MENU[1])
    with pytest.raises(MenuChanged):
        await evening.place()
    cart = await evening.cart()
    await evening.store.run(lambda books: reprice(books, cart.id, ANN))
    with pytest.raises(CartEmpty):
        await evening.place()


async def test_the_exact_shortfall_is_told_and_the_same_cart_goes_through_once_it_is_paid(
    evening: Evening,
) -> None:
    await evening.put("Pils", 4)
    with pytest.raises(ShortOfMoney) as caught:
        await evening.place()
    assert caught.value.short == eur(280)
    await evening.top_up(280)
    assert await evening.place() == 1
    assert await evening.purse() == (1280, 0)


async def test_money_on_hold_cannot_be_spent_again(evening: Evening) -> None:
    await evening.order(2)
    with pytest.raises(ShortOfMoney) as caught:
        await evening.order(2)
    assert caught.value.short == eur(280)


async def test_an_empty_cart_orders_nothing(evening: Evening) -> None:
    with pytest.raises(CartEmpty):
        await evening.place()
    await evening.put("Pils", 1)
    await evening.put("Pils", 0)
    with pytest.raises(CartEmpty):
        await evening.place()


async def test_nobody_orders_from_anothers_cart(evening: Evening) -> None:
    await evening.sit_down(ZED)
    await evening.put("Pils", 1)
    cart = await evening.cart()
    with pytest.raises(NotYours):
        await evening.carry_out(
            order_goods, PlaceOrder(ZED, "EUR", cart.id, cart.version, timedelta(minutes=15))
        )
    with pytest.raises(NotYours):
        await evening.once(set_quantity, SetQuantity(cart.id, ZED, PILS, 3))
    with pytest.raises(NotYours):
        await evening.once(set_note, SetNote(cart.id, ZED, "no ice"))
    assert await evening.get(Draft, cart.id) == cart


@pytest.mark.parametrize("quantity", [-1, MOST_OF_ONE + 1, 10**9])
async def test_a_forged_quantity_is_refused(evening: Evening, quantity: int) -> None:
    with pytest.raises(TooMany):
        await evening.put("Pils", quantity)
    assert await evening.find(CartLine) == []


async def test_as_many_as_that_of_one_thing_can_be_had(evening: Evening) -> None:
    await evening.put("Pils", MOST_OF_ONE)
    assert [line.quantity for line in await evening.find(CartLine)] == [MOST_OF_ONE]


async def test_each_cart_has_its_own_lines(evening: Evening) -> None:
    await evening.sit_down(ZED)
    await evening.put("Pils", 1, ANN)
    await evening.put("Pils", 2, ZED)
    assert [line.quantity for line in await evening.find(CartLine)] == [1, 2]


async def test_a_cart_has_room_for_so_many_lines(evening: Evening) -> None:
    names = [f"Item {n}" for n in range(MOST_LINES + 1)]
    await load(evening, *(Entry("All", name, eur(10)) for name in names))
    for name in names[:-1]:
        await evening.put(name, 1)
    with pytest.raises(TooMany):
        await evening.put(names[-1], 1)
    await evening.put(names[0], 2)


async def test_what_is_not_for_sale_does_not_get_into_the_cart_but_gets_out(evening: Evening) -> None:
    await evening.put("Pils", 1)
    await evening.once(mark_sold_out, MarkSoldOut(PILS, BAR, sold_out=True))
    with pytest.raises(ItemGone):
        await evening.put("Pils", 2)
    await evening.put("Pils", 0)
    cart = await evening.cart()
    with pytest.raises(ItemGone):
        await evening.once(set_quantity, SetQuantity(cart.id, ANN, 99, 1))


async def test_another_merchants_item_does_not_get_into_the_cart(evening: Evening) -> None:
    other = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    await evening.once(load_menu, LoadMenu(other, (Entry("Beer", "Alt", eur(1)),)))
    with pytest.raises(ItemGone):
        await evening.put("Alt", 1)


async def test_a_merchant_without_a_group_takes_no_orders(evening: Evening) -> None:
    other = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    await evening.once(load_menu, LoadMenu(other, (Entry("Beer", "Alt", eur(1)),)))
    await evening.once(make_seats, MakeSeats(other, ("R1",)))
    (seat,) = await evening.find(Seat, label="R1")
    await evening.once(sit_down, SitDown(ANN, seat.token))
    await evening.put("Alt", 1)
    assert (await evening.get(Merchant, other)).group_id is None
    with pytest.raises(MerchantClosed) as caught:
        await evening.place()
    assert caught.value.merchant == "Red Bar"


async def test_a_note_goes_with_the_order_and_has_an_end(evening: Evening) -> None:
    await evening.put("Pils", 1)
    cart = await evening.cart()
    with pytest.raises(NoteTooLong) as caught:
        await evening.once(set_note, SetNote(cart.id, ANN, "x" * (NOTE_LENGTH + 1)))
    assert (caught.value.most, caught.value.found) == (NOTE_LENGTH, NOTE_LENGTH + 1)
    await evening.once(set_note, SetNote(cart.id, ANN, "no ice" * 33 + "!!"))
    assert (await evening.get(GoodsOrder, await evening.place())).note == "no ice" * 33 + "!!"


async def test_a_cart_dies_with_its_visit(evening: Evening) -> None:
    await evening.put("Pils", 1)
    cart = await evening.cart()
    await evening.check_out()
    with pytest.raises(NoVisit):
        await evening.carry_out(
            order_goods, PlaceOrder(ANN, "EUR", cart.id, cart.version, timedelta(minutes=15))
        )


async def test_a_command_that_fails_half_way_leaves_nothing(evening: Evening) -> None:
    async def half(books: Books, _: None) -> int:
        (purse,) = await books.lock(wallet(ANN, "EUR"))
        await books.hold(purse.account, eur(100))
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        await evening.once(half, None, "half")
    assert await evening.purse() == (1000, 1000)
