"""What can be had: as much as is left, at its hours, and in its happy hour for less."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from core.errors import FewLeft, ItemGone, MenuChanged
from core.menu import ItemChanged, LoadMenu, MenuItem, load_menu, price_of
from core.menu_file import read_menu
from core.order_goods import (
    CartLine,
    Line,
    SetQuantity,
    compare,
    follow_menu,
    reprice,
    set_quantity,
    wall_clock,
)
from core.ports import Books
from core.serve import Action, Reason
from tests.core.evening import ANN, BAR, ZED, Evening, eur

FRIDAY = datetime(2026, 5, 1, 18, 59, tzinfo=UTC)


async def load(evening: Evening, columns: str, *cells: str) -> None:
    names = ("Pils", "Nuts")
    lines = "".join(
        f"All,{name},{price},{cell}\n"
        for name, price, cell in zip(names, ("3.20", "2.50"), cells, strict=False)
    )
    file = read_menu(f"category,item,price,{columns}\n{lines}".encode(), "EUR")
    await evening.once(load_menu, LoadMenu(BAR, file.entries, file.fields))


async def stock(evening: Evening) -> int | None:
    (pils,) = await evening.find(MenuItem, name="Pils")
    return pils.stock


async def test_what_is_ordered_is_counted_down_and_what_is_released_comes_back(evening: Evening) -> None:
    await load(evening, "stock", "10", "")
    await evening.top_up(10000)
    declined, cancelled, expired = [await evening.order(2) for _ in range(3)]
    assert await stock(evening) == 4
    await evening.serve(declined, Action.DECLINE, reason=Reason.TOO_BUSY)
    await evening.cancel(cancelled)
    await evening.expire(expired)
    assert await stock(evening) == 10
    await evening.deliver(3)
    await evening.order(1)
    await evening.check_out()
    assert await stock(evening) == 7  # what nobody had answered was cancelled


async def test_open_menus_hear_when_the_last_one_goes_and_when_it_is_back_and_not_between(
    evening: Evening,
) -> None:
    await load(evening, "stock", "3", "")
    await evening.top_up(10000)
    counts = []
    for step, number in ((evening.order, 2), (evening.order, 1), (evening.cancel, 2), (evening.cancel, 1)):
        told = len(evening.told)
        await step(number)
        counts.append(evening.told[told:].count(ItemChanged(BAR)))
    assert counts == [0, 1, 1, 0]


async def test_the_last_one_is_sold_once(evening: Evening) -> None:
    await load(evening, "stock", "1", "")
    await evening.sit_down(ZED, "A13")
    for customer in (ANN, ZED):
        await evening.top_up(1000, customer=customer)
        await evening.put("Pils", 1, customer)
    await evening.place(ANN)
    with pytest.raises(MenuChanged) as caught:
        await evening.place(ZED)
    assert [(change.name, change.after) for change in caught.value.changes] == [("Pils", None)]
    (pils,) = await evening.find(MenuItem, name="Pils")
    assert (pils.stock, pils.sold_out, pils.for_sale) == (0, False, False)
    with pytest.raises(ItemGone):
        await evening.put("Pils", 1, ANN)


async def test_of_what_is_short_as_much_is_kept_as_there_is(evening: Evening) -> None:
    await evening.top_up(10000)
    await evening.put("Pils", 5)
    await load(evening, "stock", "3", "")
    with pytest.raises(MenuChanged) as caught:
        await evening.place()
    (change,) = caught.value.changes
    assert (change.name, change.before, change.after, change.left) == ("Pils", eur(320), eur(320), 3)
    cart = await evening.cart()
    await evening.store.run(lambda books: reprice(books, cart.id, ANN))
    with pytest.raises(FewLeft) as few:
        await evening.put("Pils", 4)
    assert (few.value.name, few.value.left) == ("Pils", 3)
    (line,) = await evening.find(Line, order_id=await evening.place())
    assert (line.quantity, await stock(evening)) == (3, 0)


async def test_what_is_not_counted_stays_uncounted(evening: Evening) -> None:
    await evening.top_up(1000)
    await evening.cancel(await evening.order(2))
    assert await stock(evening) is None


PILS = MenuItem(
    1, BAR, "Beer", "Pils", eur(320), 1, True, False,
    hours="Fri 18:00-02:00", happy_hour="Fri 18:00-19:00 2.50", options="Size: S | L +1", stock=3,
)  # fmt: skip


def test_what_is_chosen_with_an_item_that_has_no_options_any_more_cannot_be_had() -> None:
    assert price_of(replace(PILS, options=""), "Size: L", FRIDAY) is None


def line(id_: int, options: str, quantity: int = 1, price: int = 250) -> CartLine:
    return CartLine(id_, 1, 1, "Pils", quantity, eur(price), options=options)


def test_a_happy_hour_is_said_two_hours_before_and_not_while_it_lasts() -> None:
    def begins(hour: int, minute: int = 0) -> datetime | None:
        return PILS.happy_from(FRIDAY.replace(hour=hour, minute=minute))

    assert [begins(15, 59), begins(18), begins(19)] == [None] * 3
    six = FRIDAY.replace(hour=18, minute=0)
    assert [begins(16), begins(17, 59)] == [six] * 2
    assert replace(PILS, happy_hour="").happy_from(six - timedelta(hours=1)) is None
    twice = replace(PILS, happy_hour="Fri 18:00-19:00 2.50; Fri 19:30-20:00 2")
    assert twice.happy_from(FRIDAY) is None
    assert twice.happy_from(FRIDAY + timedelta(minutes=1)) == six + timedelta(minutes=90)


def test_it_is_said_by_the_merchants_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begins = PILS.happy_from(datetime(2026, 5, 1, 17, 0, tzinfo=berlin))
    assert begins == datetime(2026, 5, 1, 18, 0, tzinfo=berlin)
    assert begins.tzinfo is berlin


def test_the_price_of_a_happy_hour_may_name_its_currency() -> None:
    for price in ("2.50 EUR", "€2.50", "2,50"):
        item = replace(PILS, happy_hour=f"Fri 18:00-19:00 {price}")
        assert price_of(item, "Size: S", FRIDAY) == eur(250)


def test_happy_hour_ends_with_the_cart_open() -> None:
    cart = [line(1, "Size: S"), line(2, "Size: L", price=350)]
    assert compare(cart, {1: PILS}, FRIDAY) == ()
    changes = compare(cart, {1: PILS}, FRIDAY.replace(hour=19, minute=0))
    assert [(change.before, change.after) for change in changes] == [
        (eur(250), eur(320)),
        (eur(350), eur(420)),
    ]


def test_out_of_hours_nothing_can_be_had() -> None:
    (change,) = compare([line(1, "Size: S")], {1: PILS}, FRIDAY.replace(hour=17))
    assert change.after is None


def test_lines_of_one_item_share_what_is_left_of_it() -> None:
    cart = [line(1, "Size: S", 2), line(2, "Size: L", 2, 350), line(3, "Size: S", 1)]
    assert [each.quantity for each in follow_menu(cart, {1: PILS}, FRIDAY)] == [2, 1, 0]


def test_what_is_told_of_an_item_is_told_anew_where_it_has_changed() -> None:
    cart, told = [line(1, "Size: S")], {1: replace(PILS, allergens="gluten", least_age=18)}
    (now,) = follow_menu(cart, told, FRIDAY)
    assert (now.allergens, now.least_age, now.price, now.quantity) == ("gluten", 18, eur(250), 1)
    (change,) = compare(cart, told, FRIDAY)
    assert (change.after, change.left) == (eur(250), None)
    assert compare([now], told, FRIDAY) == ()


async def test_what_an_item_is_chosen_with_shares_its_count(evening: Evening) -> None:
    async def put(size: str, quantity: int) -> None:
        await evening.once(set_quantity, SetQuantity(cart.id, ANN, pils.id, quantity, f"Size: {size}"))

    await load(evening, "stock,options", "2,Size: S | M | L +1", ",")
    cart, (pils,) = await evening.cart(), await evening.find(MenuItem, name="Pils")
    await put("S", 1)
    with pytest.raises(FewLeft):
        await put("L", 2)
    await put("L", 1)
    with pytest.raises(FewLeft):
        await put("S", 2)
    await put("S", 0)
    await put("L", 2)
    for size in ("S", "M"):
        with pytest.raises(FewLeft):
            await put(size, 1)


async def test_of_what_was_in_the_cart_before_it_ran_short_less_can_be_had_but_not_more(
    evening: Evening,
) -> None:
    await evening.put("Pils", 4)
    await load(evening, "stock", "1", "")
    with pytest.raises(FewLeft):
        await evening.put("Pils", 5)
    await evening.put("Pils", 3)
    (kept,) = await evening.find(CartLine)
    assert kept.quantity == 3


async def test_each_item_has_a_count_of_its_own(evening: Evening) -> None:
    await load(evening, "stock", "3", "3")
    await evening.put("Nuts", 3)
    await evening.put("Pils", 3)
    assert [each.quantity for each in await evening.find(CartLine)] == [3, 3]


def test_the_clock_on_the_wall_is_that_of_its_zone() -> None:
    books = cast(Books, SimpleNamespace(now=FRIDAY))
    assert (wall_clock(books, "Asia/Tokyo").hour, wall_clock(books, "UTC").hour) == (3, 18)


async def test_hours_are_those_of_the_merchants_clock(evening: Evening) -> None:
    await load(evening, "hours", "00:00-00:01", "")
    with pytest.raises(ItemGone):
        await evening.put("Pils", 1)
