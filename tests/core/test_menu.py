"""How a menu file is read, and what loading one does to the menu that is there."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ItemGone, MenuRefused, MerchantUnknown
from core.menu import (
    MENU_LENGTH,
    NAME_LENGTH,
    PROBLEMS_SHOWN,
    Entry,
    LoadMenu,
    MarkSoldOut,
    MenuItem,
    load_menu,
    mark_sold_out,
    menu_of,
    read_menu,
)
from core.merchant import NewMerchant, create_merchant
from tests.core.evening import BAR, Evening, eur

HEADER = "category,item,price\n"


def problems(content: str | bytes, currency: str = "EUR") -> list[tuple[int, str, str]]:
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(MenuRefused) as caught:
        read_menu(raw, currency)
    return [(each.line, each.why, each.found) for each in caught.value.problems]


@pytest.mark.parametrize(
    "content",
    [
        "category,item,price\nBeer,Pils,3.20\n",
        "category;item;price\nBeer;Pils;3,20\n",
        "\ufeffcategory,item,price\r\nBeer,Pils,3.20\r\n",
        "Price,ITEM , Category,note\n€3.20,Pils,Beer,cold\n",
        'category,item,price\n\n"Beer","Pils","3.20"\n,,\n',
        " category , item , price \n Beer , Pils , 3.20 ",
    ],
)
def test_a_menu_is_read_whatever_program_wrote_it(content: str) -> None:
    assert read_menu(content.encode(), "EUR") == (Entry("Beer", "Pils", eur(320)),)


@pytest.mark.parametrize(
    "content",
    [
        'category,item,price\n"Beer; cold; dark; big",Pils,3.20\n',
        'category,item,price,"note; who; when; why"\n"Beer; cold; dark; big",Pils,3.20\n',
    ],
)
def test_semicolons_inside_of_cells_part_nothing(content: str) -> None:
    (entry,) = read_menu(content.encode(), "EUR")
    assert (entry.category, entry.name) == ("Beer; cold; dark; big", "Pils")


@pytest.mark.parametrize("name", ["x", "x" * NAME_LENGTH])
def test_a_name_may_be_as_short_and_as_long_as_that(name: str) -> None:
    assert read_menu(f"{HEADER}{name},{name},3\n".encode(), "EUR") == (Entry(name, name, eur(300)),)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", [(1, "columns", "category, item, price")]),
        ("category,price\nBeer,3\n", [(1, "columns", "item")]),
        (HEADER, [(1, "empty", "")]),
        (HEADER + "\n\n", [(1, "empty", "")]),
        (HEADER + "Beer,,3\n", [(2, "name", "")]),
        (HEADER + ",Pils,3\n", [(2, "name", "")]),
        (HEADER + f"Beer,{'x' * (NAME_LENGTH + 1)},3\n", [(2, "name", "x" * NAME_LENGTH)]),
        (HEADER + "Beer,Pi\u200bls,3\n", [(2, "name", "Pi\u200bls")]),
        (HEADER + "Beer,Pils,\n", [(2, "price", "")]),
        (HEADER + "Beer,Pils\n", [(2, "price", "")]),
        (HEADER + "Beer,Pils,free\n", [(2, "price", "free")]),
        (HEADER + "Beer,Pils,0\n", [(2, "price", "0")]),
        (HEADER + "Beer,Pils,-1\n", [(2, "price", "-1")]),
        (HEADER + "Beer,Pils,0.005\n", [(2, "price", "0.005")]),
        (HEADER + "Beer,Pils,$3\n", [(2, "price", "$3")]),
        (HEADER + "Beer,Pils,3\nFood,Nuts,2\nBeer,Pils,4\n", [(4, "repeated", "Pils")]),
        (HEADER + "Beer,Pils,x\n\nFood,Nuts,y\n", [(2, "price", "x"), (4, "price", "y")]),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_taken(content: str, found: list[tuple[int, str, str]]) -> None:
    assert problems(content) == found


def test_what_is_not_utf_8_is_refused_with_its_line() -> None:
    assert problems(HEADER.encode() + b"Beer,K\xf6lsch,3\n") == [(2, "encoding", "")]


def test_a_menu_has_an_end() -> None:
    lines = [f"Beer,Pils {n},3\n" for n in range(MENU_LENGTH)]
    assert len(read_menu((HEADER + "".join(lines)).encode(), "EUR")) == MENU_LENGTH
    assert problems(HEADER + "".join([*lines, "Beer,One more,3\n"])) == [
        (MENU_LENGTH + 2, "too-long", str(MENU_LENGTH))
    ]


def test_so_many_problems_are_told_and_no_more() -> None:
    assert len(problems(HEADER + "Beer,,x\n" + "Beer,a,x\n" * 20)) == PROBLEMS_SHOWN


def test_a_cell_without_end_is_refused_like_any_other_bad_name() -> None:
    assert problems(HEADER + f"Beer,{'x' * 200_000},3\n") == [(2, "name", "")]


def test_a_price_has_the_decimals_of_its_currency() -> None:
    assert problems(HEADER + "Beer,Pils,3.20\n", "JPY") == [(2, "price", "3.20")]
    (entry,) = read_menu((HEADER + "Beer,Pils,320\n").encode(), "JPY")
    assert str(entry.price) == "320 JPY"


@given(st.binary() | st.text().map(lambda text: (HEADER + text).encode("utf-8", "surrogatepass")))
def test_no_file_whatever_raises_anything_else(content: bytes) -> None:
    with suppress(MenuRefused):
        assert read_menu(content, "EUR")


async def test_an_item_keeps_its_number_while_its_name_stays(evening: Evening) -> None:
    (pils,) = await evening.find(MenuItem, name="Pils")
    await evening.once(mark_sold_out, MarkSoldOut(pils.id, BAR, sold_out=True))
    entries = (Entry("Wine", "Riesling", eur(500)), Entry("Drinks", "Pils", eur(350)))
    assert await evening.once(load_menu, LoadMenu(BAR, entries)) == 2
    riesling, pils_now = await evening.store.run(lambda books: menu_of(books, BAR))
    assert (pils_now.id, pils_now.price, pils_now.category) == (pils.id, eur(350), "Drinks")
    assert (pils_now.sold_out, riesling.for_sale) == (True, True)
    (nuts,) = await evening.find(MenuItem, name="Nuts")
    assert (nuts.on_menu, nuts.for_sale) == (False, False)


async def test_a_menu_has_its_own_items_in_the_files_order_and_leaves_other_merchants_alone(
    evening: Evening,
) -> None:
    red = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    await evening.once(
        load_menu, LoadMenu(red, (Entry("Food", "Nuts", eur(1)), Entry("Beer", "Alt", eur(2))))
    )
    menus = [await evening.store.run(partial(menu_of, merchant_id=number)) for number in (BAR, red)]
    assert [[(item.place, item.name) for item in menu] for menu in menus] == [
        [(1, "Pils"), (2, "Nuts")], [(1, "Nuts"), (2, "Alt")],
    ]  # fmt: skip


async def test_another_merchants_item_cannot_be_marked(evening: Evening) -> None:
    with pytest.raises(ItemGone, check=lambda gone: gone.name == ""):
        await evening.once(mark_sold_out, MarkSoldOut(1, BAR + 1, sold_out=True))
    with pytest.raises(MerchantUnknown):
        await evening.once(load_menu, LoadMenu(BAR + 1, ()))
