"""What staff change with buttons, a step at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.edit_item import Edit, EditItem, apply, edit_item, price_step
from core.errors import ItemGone, OutOfDate
from core.menu import ItemChanged, MenuItem, shown_menu
from core.menu_file import MOST_STOCK
from core.money import LARGEST_MINOR, Money
from tests.core.evening import BAR, Evening, eur

PILS = MenuItem(1, BAR, "Beer", "Pils", eur(320), 1, True, False)


@given(
    st.lists(st.sampled_from(Edit)),
    st.sampled_from(("", "Size: S -0.50 | L +1")),
    st.integers(60, 700).map(eur),
    st.none() | st.integers(0, MOST_STOCK),
)
def test_whatever_is_pressed_an_item_stays_one_that_can_be_sold(
    edits: list[Edit], options: str, price: Money, stock: int | None
) -> None:
    item = replace(PILS, options=options, price=price, stock=stock)
    for edit in edits:
        item = apply(item, edit) or item
        assert item.price.minor > (50 if options else 0)
        assert item.stock is None or 0 <= item.stock <= MOST_STOCK


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (Edit.PRICE_DOWN_5, {"price": eur(270)}),
        (Edit.PRICE_UP_1, {"price": eur(330)}),
        (Edit.STOCK_UP_10, {"stock": 10}),
        (Edit.SOLD_OUT, {"sold_out": True}),
        (Edit.HIDE, {"hidden": True}),
    ],
)
async def test_a_step_changes_just_that_and_open_menus_hear_of_it(
    evening: Evening, edit: Edit, changed: dict[str, Any]
) -> None:
    (before,) = await evening.find(MenuItem, name="Pils")
    told = len(evening.told)
    await evening.once(edit_item, EditItem(before.id, BAR, before.version, edit))
    assert await evening.get(MenuItem, before.id) == replace(before, version=before.version + 1, **changed)
    assert evening.told[told:] == [ItemChanged(BAR)]


async def test_an_old_button_changes_nothing(evening: Evening) -> None:
    await evening.once(edit_item, EditItem(1, BAR, 1, Edit.PRICE_UP_5))
    for ask, refusal in (
        (EditItem(1, BAR, 1, Edit.PRICE_UP_5), OutOfDate),
        (EditItem(1, BAR, 2, Edit.BACK), OutOfDate),
        (EditItem(1, BAR + 1, 2, Edit.HIDE), ItemGone),
    ):
        with pytest.raises(refusal):
            await evening.once(edit_item, ask)
    assert (await evening.get(MenuItem, 1)).price == eur(370)


def test_what_is_back_is_not_counted_if_its_count_had_come_to_zero() -> None:
    gone = replace(PILS, stock=0)
    assert apply(gone, Edit.SOLD_OUT) is None
    assert apply(gone, Edit.BACK) == PILS
    assert apply(replace(PILS, sold_out=True, stock=3), Edit.BACK) == replace(PILS, stock=3)
    assert apply(PILS, Edit.BACK) is None


def test_a_count_begins_by_counting_up_ends_at_none_left_and_can_be_given_up() -> None:
    assert apply(PILS, Edit.STOCK_DOWN_1) is None
    one = apply(PILS, Edit.STOCK_UP_1)
    assert one == replace(PILS, stock=1)
    none_left = apply(one, Edit.STOCK_DOWN_1)
    assert none_left == replace(PILS, stock=0)
    assert apply(none_left, Edit.NO_COUNT) == PILS
    assert apply(PILS, Edit.NO_COUNT) is None


@pytest.mark.parametrize(
    ("minor", "options", "edit", "after"),
    [
        (11, "", Edit.PRICE_DOWN_1, 1),
        (10, "", Edit.PRICE_DOWN_1, None),
        (10, "Size: S +1 | L +2", Edit.PRICE_DOWN_1, None),
        (61, "Size: S -0.50 | L +2", Edit.PRICE_DOWN_1, 51),
        (60, "Size: S -0.50 | L +2", Edit.PRICE_DOWN_1, None),
        (LARGEST_MINOR - 10, "", Edit.PRICE_UP_1, LARGEST_MINOR),
        (LARGEST_MINOR - 9, "", Edit.PRICE_UP_1, None),
    ],
)
def test_a_price_ends_above_nothing_whatever_is_chosen_and_below_what_can_be_counted(
    minor: int, options: str, edit: Edit, after: int | None
) -> None:
    edited = apply(replace(PILS, price=eur(minor), options=options), edit)
    assert (edited and edited.price.minor) == after


@pytest.mark.parametrize(("currency", "minor"), [("EUR", 10), ("JPY", 10), ("KWD", 100)])
def test_a_step_is_a_tenth_of_the_currencys_whole_unit(currency: str, minor: int) -> None:
    assert price_step(Edit.PRICE_UP_1, currency) == Money(minor, currency)


async def test_customers_do_not_see_what_is_hidden(evening: Evening) -> None:
    await evening.once(edit_item, EditItem(1, BAR, 1, Edit.HIDE))
    items = await evening.store.run(lambda books: shown_menu(books, BAR))
    assert [item.name for item in items] == ["Nuts"]
    with pytest.raises(ItemGone):
        await evening.put("Pils", 1)
