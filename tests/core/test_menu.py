"""How a menu file is read, and what loading one does to the menu that is there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ItemGone, ItemUnknown, MenuRefused, MerchantUnknown
from core.menu import (
    PROBLEMS_SHOWN,
    Entry,
    ItemChanged,
    LoadMenu,
    MarkSoldOut,
    MenuItem,
    SetPhoto,
    item_called,
    load_menu,
    mark_sold_out,
    menu_of,
    set_photo,
)
from core.menu_file import (
    ALLERGENS_LENGTH,
    COLUMNS,
    DESCRIPTION_LENGTH,
    MENU_LENGTH,
    NAME_LENGTH,
    read_menu,
    write_menu,
)
from core.merchant import NewMerchant, create_merchant
from tests.core.evening import BAR, MENU, Evening, eur

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
        "category,item,price\rBeer,Pils,3.20\r",
        "Price,ITEM , Category,note\n€3.20,Pils,Beer,cold\n",
        'category,item,price\n\n"Beer","Pils","3.20"\n,,\n',
        " category , item , price \n Beer , Pils , 3.20 ",
    ],
)
def test_a_menu_is_read_whatever_program_wrote_it(content: str) -> None:
    (entry,) = read_menu(content.encode(), "EUR").entries
    assert (entry.category, entry.name, entry.price) == ("Beer", "Pils", eur(320))


@pytest.mark.parametrize(
    "content",
    [
        'category,item,price\n"Beer; cold; dark; big",Pils,3.20\n',
        'category,item,price,"note; who; when; why"\n"Beer; cold; dark; big",Pils,3.20\n',
    ],
)
def test_semicolons_inside_of_cells_part_nothing(content: str) -> None:
    (entry,) = read_menu(content.encode(), "EUR").entries
    assert (entry.category, entry.name) == ("Beer; cold; dark; big", "Pils")


@pytest.mark.parametrize(
    ("column", "cell", "field", "read"),
    [
        ("description", "x" * DESCRIPTION_LENGTH, "description", "x" * DESCRIPTION_LENGTH),
        ("allergens", "x" * ALLERGENS_LENGTH, "allergens", "x" * ALLERGENS_LENGTH),
        ("id", "1000000000000", "id", 10**12),
        ("id", "07", "id", 7),
        ("tax", "7%", "tax_basis_points", 700),
        ("tax", "7 %", "tax_basis_points", 700),
        ("age", "18+", "least_age", 18),
        ("options", '"Size: S | L;\r\nIce (0-1): yes"', "options", "Size: S | L;\r\nIce (0-1): yes"),
        ("hidden", "Yes", "hidden", True),
        ("hidden", "No", "hidden", False),
        ('"happy\r\n hour"', "18:00-19:00 2", "happy_hour", "18:00-19:00 2"),
    ],
)
def test_a_cell_is_read_as_people_write_it(column: str, cell: str, field: str, read: object) -> None:
    (entry,) = read_menu(f"category,item,price,{column}\nBeer,Pils,3,{cell}\n".encode(), "EUR").entries
    assert getattr(entry, field) == read


@pytest.mark.parametrize("name", ["x", "x" * NAME_LENGTH])
def test_a_name_may_be_as_short_and_as_long_as_that(name: str) -> None:
    assert read_menu(f"{HEADER}{name},{name},3\n".encode(), "EUR").entries == (
        Entry(name, name, eur(300), line=2),
    )


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
    assert problems(HEADER + "Beer,K\0lsch,3\n") == [(2, "encoding", "")]


def test_a_menu_has_an_end() -> None:
    lines = [f"Beer,Pils {n},3\n" for n in range(MENU_LENGTH)]
    assert len(read_menu((HEADER + "".join(lines)).encode(), "EUR").entries) == MENU_LENGTH
    assert problems(HEADER + "".join([*lines, "Beer,One more,3\n"])) == [
        (MENU_LENGTH + 2, "too-long", str(MENU_LENGTH))
    ]


@pytest.mark.parametrize("more", [0, 1, 7])
def test_the_first_problems_are_told_and_how_many_more_there_are(more: int) -> None:
    found = problems(HEADER + "".join(f"Beer,Pils {n},x\n" for n in range(PROBLEMS_SHOWN + more)))
    first = [(n + 2, "price", "x") for n in range(PROBLEMS_SHOWN)]
    assert found == first + ([(PROBLEMS_SHOWN + more + 1, "more", str(more))] if more else [])


def test_everything_that_is_wrong_with_a_line_is_told() -> None:
    assert problems("category,item,price,tax,age\n,Pils,x,101,old\n") == [
        (2, "name", ""),
        (2, "price", "x"),
        (2, "tax", "101"),
        (2, "age", "old"),
    ]


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("description", "x" * (DESCRIPTION_LENGTH + 1), "description"),
        ("allergens", "x" * (ALLERGENS_LENGTH + 1), "allergens"),
        ("allergens", "mi\u200blk", "allergens"),
        ("tax", "100", "tax"),
        ("tax", "-7", "tax"),
        ("tax", "7.1234", "tax"),
        ("age", "100", "age"),
        ("age", "18.5", "age"),
        ("id", "0x1", "id"),
        ("id", "1000000000001", "id"),
        ("id", "9" * 5000, "id"),
    ],
)
def test_a_bad_cell_is_named(column: str, cell: str, why: str) -> None:
    assert problems(f"category,item,price,{column}\nBeer,Pils,3,{cell}\n") == [(2, why, cell[:NAME_LENGTH])]


@pytest.mark.parametrize(
    ("column", "cell", "why", "found"),
    [
        ("hidden", "perhaps", "hidden", "perhaps"),
        ("station", "a kitchen that is too long", "station", "a kitchen that is too long"),
        ("stock", "many", "stock", "many"),
        ("stock", "-1", "stock", "-1"),
        ("hours", "always", "hours-form", "always"),
        ("hours", "Mon 10:00-12:00 2.50", "hours-form", "Mon 10:00-12:00 2.50"),
        ("hours", "10:00-12:00; Mon 11:00-13:00", "hours-overlap", "Mon 11:00-13:00"),
        ("happy hour", "Mon 10:00-12:00", "happy-price", "Mon 10:00-12:00"),
        ("happy hour", "Mon 10:00-12:00 free", "happy-price", "Mon 10:00-12:00 free"),
        ("happy hour", "Mon 10:00-12:00 0", "happy-price", "Mon 10:00-12:00 0"),
        ("happy hour", "Mon 10:00-12:00 2 USD", "happy-price", "Mon 10:00-12:00 2 USD"),
        ("happy hour", "10:00-12:00 2; Mon 11:00-13:00 1", "happy-overlap", "Mon 11:00-13:00 1"),
        ("options", "Size: S -3", "options-price", "Size: S -3"),
        ("options", "Size", "options-form", "Size"),
    ],
)
def test_what_cannot_be_meant_is_named(column: str, cell: str, why: str, found: str) -> None:
    assert problems(f"category,item,price,{column}\nBeer,Pils,3,{cell}\n") == [(2, why, found)]


def test_the_happiest_price_of_the_cheapest_choice_is_still_a_price() -> None:
    header = "category,item,price,options,happy hour\n"
    line = "Beer,Pils,3,Size: S -1 | L,18:00-19:00 "
    assert read_menu(f"{header}{line}1.01\n".encode(), "EUR").entries
    assert problems(f"{header}{line}1\n") == [(2, "happy-price", "18:00-19:00 1")]
    dearer = "Beer,Pils,3,Size: S +1 | L +2,18:00-19:00 0\n"
    assert problems(header + dearer) == [(2, "happy-price", "18:00-19:00 0")]


def test_what_is_wrong_in_one_cell_neither_hides_nor_adds_what_is_wrong_in_another() -> None:
    header = "category,item,price,options,happy hour\n"
    assert problems(header + "Beer,Pils,3,Size,18:00-19:00 0\n") == [
        (2, "options-form", "Size"), (2, "happy-price", "18:00-19:00 0"),
    ]  # fmt: skip
    assert problems(header + "Beer,Pils,3 USD,Size: S -3,\n") == [(2, "price", "3 USD")]


def test_the_header_is_looked_at_first() -> None:
    assert problems("price,category,item,price\n3,Beer,Pils,4\n") == [(1, "column-twice", "price")]
    assert problems("Kategorie;Artikel;Preis\nBier;Pils;3,20\n") == [(1, "columns", "category, item, price")]


def test_an_id_is_there_once() -> None:
    assert problems("id,category,item,price\n7,Beer,Pils,3\n8,Beer,Stout,4\n7,Beer,Ale,4\n") == [
        (4, "repeated", "7")
    ]
    assert problems("id,category,item,price\n7,Beer,Pils,3\n07,Beer,Ale,4\n") == [(3, "repeated", "7")]
    assert problems("id,category,item,price\n7,Beer,Pils,3\nX7,Beer,Ale,4\n") == [(3, "id", "X7")]
    assert len(read_menu(b"id,category,item,price\n7,Beer,Pils,3\n8,Beer,7,4\n", "EUR").entries) == 2


def test_what_is_repeated_is_shown_on_one_line_however_long_it_is() -> None:
    line = f'Beer,"Pils\n{"x" * 1000}",3\n'
    shown = f"Pils {'x' * (NAME_LENGTH - 5)}"
    assert problems(HEADER + 2 * line) == [(2, "name", shown), (4, "repeated", shown)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_what_spreadsheets_call_unicode_text_is_read(encoding: str) -> None:
    content = "\ufeffcategory\titem\tprice\tallergens\nBier\tKölsch\t3,20\tGerste\n".encode(encoding)
    (entry,) = read_menu(content, "EUR").entries
    assert (entry.name, entry.price, entry.allergens) == ("Kölsch", eur(320), "Gerste")
    assert problems(content + b"\x00") == [(3, "encoding", "")]


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=60).map(
    str.strip
)


@given(
    st.lists(
        st.builds(
            MenuItem,
            id=st.integers(1, 10**6),
            merchant_id=st.just(BAR),
            category=words.filter(bool),
            name=words.filter(bool),
            price=st.integers(2, 10**9).map(eur),
            place=st.just(1),
            on_menu=st.just(True),
            sold_out=st.just(False),
            description=words,
            allergens=words,
            tax_basis_points=st.none() | st.integers(0, 9999),
            least_age=st.integers(0, 99),
            hidden=st.booleans(),
            station=st.sampled_from(["", "kitchen", "厨房", "hot, cold"]),
            stock=st.none() | st.integers(0, 99_999),
            hours=st.sampled_from(("", "Mon-Fri 11:00-14:30; Sat,Sun 22:00-02:00")),
            happy_hour=st.sampled_from(("", "Fri 22:00-01:00 2,50; 17:00-19:00 2")),
            options=st.sampled_from(("", "Size: S | L +1,50; Ice (0-1): yes | no -0.01")),
        ),
        min_size=1,
        unique_by=(lambda item: item.id, lambda item: item.name),
    )
)
def test_a_menu_that_was_written_reads_as_it_was(items: list[MenuItem]) -> None:
    file = read_menu(write_menu(items), "EUR")
    for item, entry in zip(items, file.entries, strict=True):
        for field in ("id", "category", "name", "price", *file.fields):
            assert getattr(entry, field) == getattr(item, field)
    assert len(file.fields) == len(COLUMNS) - 4


@pytest.mark.parametrize(
    "rows",
    [
        f"Beer,{'x' * 200_000},3\n",
        'Beer,"Pils,3\nFood,Nuts,2\n',
        'Beer,"Pils" big,3\n',
        'Beer,"Pils\nbig,3\n',
    ],
)
def test_a_cell_without_end_is_named_by_the_line_on_which_it_begins(rows: str) -> None:
    assert problems(f"{HEADER}Food,Soup,4\n{rows}") == [(3, "quote", "")]
    assert problems(f'"{HEADER}{rows}') == [(1, "quote", "")]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (HEADER + "Beer,Pils,3,20\n", [(2, "cells", "20")]),
        ("category,item,price,note\nBeer,Pils,3,20,cold\n", [(2, "cells", "cold")]),
        (HEADER + "Beer,Pils,3,20,,cold\n", [(2, "cells", "20, cold")]),
        ("category,item,price,description\nBeer,Pils,3,20\n", [(2, "cells", "3,20")]),
        (HEADER + 'Beer,"Pils\nbig",3\nFood,Nuts,x\n', [(2, "name", "Pils big"), (4, "price", "x")]),
        ("category,item,price,description\nBeer,Pils,3,a\u2028b\n", [(2, "description", "a b")]),
    ],
)
def test_a_cell_that_was_parted_is_named_and_no_price_is_guessed(
    content: str, found: list[tuple[int, str, str]]
) -> None:
    assert problems(content) == found


def test_decimals_are_those_of_the_currency_and_empty_cells_harm_nobody() -> None:
    described = "category,item,price,description\n"
    assert read_menu(f"{described}Beer,Pils,320,20\n".encode(), "JPY").entries[0].description == "20"
    assert len(read_menu(f"{described}Beer,Pils,320,\n".encode(), "JPY").entries) == 1
    stocked = "category,item,price,stock,description\nBeer,Pils,3,10,20\n"
    assert read_menu(stocked.encode(), "EUR").entries[0].stock == 10
    assert problems(f"{described}Beer,Pils,3,200\n", "KWD") == [(2, "cells", "3,200")]
    for row in ("Beer,Pils,3.00,20\n", "Beer,Pils,3,201,,\n", "Beer,Pils,3,XL\n", 'Beer,Pils,"3,20",\n'):
        assert len(read_menu((described + row).encode(), "EUR").entries) == 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_what_does_not_say_how_it_is_encoded_is_refused_as_that(encoding: str) -> None:
    assert problems((HEADER + "Beer,Pils,3\n").encode(encoding)) == [(1, "encoding", "")]


@pytest.mark.parametrize(
    ("encoding", "item"), [("cp1252", "Kölsch"), ("gb18030", "青岛"), ("cp1252", "Pils €")]
)
def test_an_older_encoding_is_refused_with_its_line(encoding: str, item: str) -> None:
    assert problems((HEADER + f"Beer,Pils,3\nBeer,{item},3\n").encode(encoding)) == [(3, "encoding", "")]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("alergens", "allergens"),
        ("Option", "options"),
        ("happyhour", "happy hour"),
        ("desciption", "description"),
    ],
)
def test_a_column_that_is_spelled_almost_like_one_is_not_passed_over(name: str, meant: str) -> None:
    assert problems(f"category,item,price,{name}\nBeer,Pils,3,\n") == [
        (1, "column-meant", f"{name.casefold()} → {meant}")
    ]
    assert problems(f"category,item,prise,{name}\nBeer,Pils,3,\n")[0] == (1, "columns", "price")


@pytest.mark.parametrize("name", ["note", "remark", "number", "kitchen", "备注", "", "name", "stand"])
def test_other_columns_are_passed_over(name: str) -> None:
    assert len(read_menu(f"category,item,price,{name}\nBeer,Pils,3,\n".encode(), "EUR").entries) == 1


def test_a_price_has_the_decimals_of_its_currency() -> None:
    assert problems(HEADER + "Beer,Pils,3.20\n", "JPY") == [(2, "price", "3.20")]
    (entry,) = read_menu((HEADER + "Beer,Pils,320\n").encode(), "JPY").entries
    assert str(entry.price) == "320 JPY"


@given(st.binary() | st.text().map(lambda text: (HEADER + text).encode("utf-8", "surrogatepass")))
def test_no_file_whatever_raises_anything_else(content: bytes) -> None:
    with suppress(MenuRefused):
        assert read_menu(content, "EUR").entries


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
    await evening.once(load_menu, LoadMenu(BAR, (Entry("Food", "Nuts", eur(250)),)))
    (back,) = await evening.store.run(lambda books: menu_of(books, BAR))
    assert (back.id, back.for_sale) == (nuts.id, True)


async def test_only_what_a_file_changes_of_an_item_makes_its_buttons_old(evening: Evening) -> None:
    async def versions() -> list[int]:
        return [item.version for item in await evening.find(MenuItem)]

    await evening.once(load_menu, LoadMenu(BAR, MENU))
    assert await versions() == [1, 1]
    await evening.once(load_menu, LoadMenu(BAR, (replace(MENU[0], price=eur(330)), MENU[1])))
    assert await versions() == [2, 1]


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


async def test_what_a_file_does_not_speak_of_stays(evening: Evening) -> None:
    full = "category,item,price,description,allergens,tax,age\nBeer,Pils,3,Cold,barley,19,16\n"
    await load_file(evening, full)
    await load_file(evening, "category,item,price\nBeer,Pils,4\n")
    (pils,) = await evening.store.run(lambda books: menu_of(books, BAR))
    assert (pils.price, pils.description, pils.allergens) == (eur(400), "Cold", "barley")
    assert (pils.tax_basis_points, pils.least_age) == (1900, 16)
    await load_file(evening, "category,item,price,description,tax,age\nBeer,Pils,4,,,\n")
    (pils,) = await evening.store.run(lambda books: menu_of(books, BAR))
    assert (pils.description, pils.allergens, pils.tax_basis_points, pils.least_age) == (
        "",
        "barley",
        None,
        0,
    )


async def test_items_named_by_their_ids_may_swap_their_names(evening: Evening) -> None:
    await load_file(evening, "id,category,item,price\n1,Beer,Nuts,3\n2,Food,Pils,2\n,Food,Soup,5\n")
    items = await evening.store.run(lambda books: menu_of(books, BAR))
    assert [(item.id, item.name) for item in items] == [(1, "Nuts"), (2, "Pils"), (3, "Soup")]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("7,Beer,Bock,3\n", [(2, "unknown-id", "7")]),
        ("1,Beer,Nuts,3\n", [(2, "taken", "Nuts")]),
        ("1,Beer,Ale,3\n,Beer,Pils,4\n", [(3, "taken", "Pils")]),
    ],
)
async def test_an_id_means_an_item_of_this_menu_and_a_name_only_one(
    evening: Evening, lines: str, found: list[tuple[int, str, str]]
) -> None:
    with pytest.raises(MenuRefused) as caught:
        await load_file(evening, f"id,category,item,price\n{lines}")
    assert [(each.line, each.why, each.found) for each in caught.value.problems] == found
    items = await evening.store.run(lambda books: menu_of(books, BAR))
    assert [item.name for item in items] == ["Pils", "Nuts"]


def test_a_menu_is_written_as_spreadsheets_and_people_read_it() -> None:
    plain = MenuItem(3, BAR, "Food", "Nuts", eur(250), 1, True, False)
    full = MenuItem(
        7, BAR, "Beer", "Pils", eur(1320), 2, True, True, "Cold", "barley", 1950, 16, "Size: S | L +1", 0,
        "18:00-02:00", "18:00-19:00 2.50", True, station="bar",
    )  # fmt: skip
    written = write_menu([plain, full])
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.decode("utf-8-sig").splitlines(keepends=True) == [
        f"{','.join(COLUMNS)}\r\n",
        "3,Food,Nuts,2.50,,,,,,,,,,\r\n",
        "7,Beer,Pils,13.20,Cold,barley,19.5,16,Size: S | L +1,0,18:00-02:00,18:00-19:00 2.50,yes,bar\r\n",
    ]


async def load_file(evening: Evening, content: str) -> None:
    file = read_menu(content.encode(), "EUR")
    await evening.once(load_menu, LoadMenu(BAR, file.entries, file.fields))


async def test_another_merchants_item_cannot_be_marked(evening: Evening) -> None:
    with pytest.raises(ItemGone, check=lambda gone: gone.name == ""):
        await evening.once(mark_sold_out, MarkSoldOut(1, BAR + 1, sold_out=True))
    with pytest.raises(MerchantUnknown):
        await evening.once(load_menu, LoadMenu(BAR + 1, ()))


async def test_an_item_is_found_by_its_name_however_it_is_typed(evening: Evening) -> None:
    found = await evening.store.run(lambda books: item_called(books, BAR, " pILS "))
    assert found.name == "Pils"
    await evening.once(load_menu, LoadMenu(BAR, (Entry("Beer", "Pils", eur(320)),)))
    for merchant, name in ((BAR, " Nuts "), (BAR + 1, " Pils "), (BAR, " Pi ")):
        with pytest.raises(ItemUnknown) as refused:
            await evening.store.run(partial(item_called, merchant_id=merchant, name=name))
        assert refused.value.asked == name.strip()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was kept, as the bot does it."""

    id: int
    name: str
    content: bytes


async def test_a_picture_is_shown_with_its_item_alone_and_open_menus_hear_of_it(evening: Evening) -> None:
    kept = await evening.store.run(lambda books: books.add(Attachment(0, "nuts.png", b"PNG")))
    told = len(evening.told)
    await evening.once(set_photo, SetPhoto(2, BAR, kept.id))
    assert [item.photo_id for item in await evening.find(MenuItem)] == [None, kept.id]
    assert evening.told[told:] == [ItemChanged(BAR)]
    with pytest.raises(ItemGone):
        await evening.once(set_photo, SetPhoto(2, BAR + 1, kept.id))
