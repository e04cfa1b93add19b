"""What can be chosen with an item, and what a choice costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import MenuChanged, OutOfDate, TooMany
from core.menu import LoadMenu, MenuItem, load_menu, name_of
from core.menu_file import read_menu
from core.options import (
    MOST_OPTIONS,
    Contradiction,
    find_choice,
    is_whole,
    lowest_minor,
    more_minor,
    names,
    preset,
    read_options,
    toggle,
    write_choice,
)
from core.order_goods import MOST_LINES, CartLine, Line, SetQuantity, reprice, set_quantity
from tests.core.evening import ANN, BAR, Evening, eur

SIZES = "Size: Small | Large +1,50; Extras (0-2): Ice | Lemon +0.30 | No straw -0.10"


def test_a_size_is_chosen_and_extras_may_be() -> None:
    size, extras = read_options(SIZES, "EUR")
    assert (size.name, size.least, size.most) == ("Size", 1, 1)
    assert (extras.name, extras.least, extras.most) == ("Extras", 0, 2)
    assert [(option.name, option.more_minor) for option in size.options] == [("Small", 0), ("Large", 150)]
    assert [option.more_minor for option in extras.options] == [0, 30, -10]


def test_so_many_groups_and_options_are_still_taken() -> None:
    groups = read_options("; ".join(f"G{n}: A | B | C | D | E | F" for n in range(6)), "EUR")
    assert (len(groups), sum(len(group.options) for group in groups)) == (6, MOST_OPTIONS)


def test_what_an_option_adds_may_name_its_currency_and_no_other() -> None:
    (size,) = read_options("Size: S | L +1.50 EUR", "EUR")
    assert [option.more_minor for option in size.options] == [0, 150]
    with pytest.raises(Contradiction):
        read_options("Size: S | L +1.50 USD", "EUR")


@pytest.mark.parametrize(
    ("text", "why", "found"),
    [
        ("Size", "form", "Size"),
        ("Size:", "form", "Size:"),
        (": Small", "form", ": Small"),
        ("Size: Small |", "form", ""),
        ("Size (1-2-3): S | M", "form", "Size (1-2-3): S | M"),
        ("Size: S | M; ", "form", ""),
        (f"Size: {'x' * 31}", "form", "x" * 31),
        ("Size (0): S | M", "bounds", "Size"),
        ("Size (2-1): S | M", "bounds", "Size"),
        ("Size (3): S | M", "bounds", "Size"),
        ("Size (0-3): S | M", "bounds", "Size"),
        ("Mix: Gin: dry | Rum", "form", "Gin: dry"),
        ("Size: S | S", "twice", "S"),
        ("Size: S; Size: M", "twice", "Size"),
        ("Size: S +free", "price", "S +free"),
        ("Size: S +0.005", "price", "S +0.005"),
        ("Size: " + " | ".join(f"S{n}" for n in range(MOST_OPTIONS + 1)), "many", str(MOST_OPTIONS)),
        ("; ".join(f"G{n}: S" for n in range(7)), "many", str(MOST_OPTIONS)),
    ],
)
def test_options_that_contradict_are_refused(text: str, why: str, found: str) -> None:
    with pytest.raises(Contradiction) as caught:
        read_options(text, "EUR")
    assert (caught.value.why, caught.value.found) == (why, found)


words = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,9}", fullmatch=True)


@st.composite
def option_texts(draw: st.DrawFn) -> str:
    groups = []
    for name in draw(st.lists(words, min_size=1, max_size=4, unique=True)):
        options = draw(st.lists(words, min_size=1, max_size=5, unique=True))
        most = draw(st.integers(1, len(options)))
        least = draw(st.integers(0, most))
        prices = [draw(st.sampled_from(("", " +0.30", " -0.20", " +1"))) for _ in options]
        told = " | ".join(option + price for option, price in zip(options, prices, strict=True))
        groups.append(f"{name} ({least}-{most}): {told}")
    return "; ".join(groups)


@given(option_texts(), st.data())
def test_whatever_is_tapped_a_whole_choice_is_found_again_at_its_price(
    text: str, data: st.DataObject
) -> None:
    groups = read_options(text, "EUR")
    chosen = preset(groups)
    assert is_whole(groups, chosen)
    for place in data.draw(st.lists(st.integers(0, sum(len(group.options) for group in groups) - 1))):
        chosen = toggle(groups, chosen, place)
        found = find_choice(groups, write_choice(groups, chosen))
        assert found == (chosen if is_whole(groups, chosen) else None)
        if found is not None:
            assert more_minor(groups, found) >= lowest_minor(groups)


@given(option_texts(), st.integers(0, 2**40))
def test_a_forged_choice_is_not_whole_or_one_that_can_be_had(text: str, chosen: int) -> None:
    groups = read_options(text, "EUR")
    found = find_choice(groups, write_choice(groups, chosen))
    assert found is None or is_whole(groups, found)


def test_where_only_one_may_be_chosen_the_other_goes() -> None:
    groups = read_options(SIZES, "EUR")
    large = toggle(groups, preset(groups), 1)
    assert names(groups, large) == ("Large",)
    assert names(groups, toggle(groups, large, 3)) == ("Large", "Lemon")
    assert not is_whole(groups, toggle(groups, large, 1))


@pytest.mark.parametrize("chosen", ["", "Extras: Straw"])
def test_an_item_of_which_nothing_is_chosen_that_there_is_goes_by_its_name_alone(chosen: str) -> None:
    pils = MenuItem(1, BAR, "Beer", "Pils", eur(320), 1, True, False, options="Extras (0-1): Ice")
    assert (name_of(pils, chosen), name_of(pils, "Extras: Ice")) == ("Pils", "Pils (Ice)")


async def load(evening: Evening, options: str, price: str = "3.20") -> MenuItem:
    content = f'category,item,price,options\nBeer,Pils,{price},"{options}"\n'
    file = read_menu(content.encode(), "EUR")
    await evening.once(load_menu, LoadMenu(BAR, file.entries, file.fields))
    (pils,) = await evening.find(MenuItem, name="Pils")
    return pils


async def put(evening: Evening, item: MenuItem, quantity: int, options: str) -> int:
    cart = await evening.cart()
    return await evening.once(set_quantity, SetQuantity(cart.id, ANN, item.id, quantity, options))


async def test_the_same_item_with_other_options_is_another_line(evening: Evening) -> None:
    pils = await load(evening, SIZES)
    await evening.top_up(2000)
    await put(evening, pils, 1, "Size: Small")
    await put(evening, pils, 2, "Size: Large; Extras: Ice | Lemon")
    await put(evening, pils, 1, "Size: Large")
    await put(evening, pils, 0, "Size: Large")
    order = await evening.place()
    lines = await evening.find(Line, order_id=order)
    assert [(line.name, line.quantity, line.total) for line in lines] == [
        ("Pils (Small)", 1, eur(320)),
        ("Pils (Large, Ice, Lemon)", 2, eur(1000)),
    ]
    assert lines[1].options == "Size: Large; Extras: Ice | Lemon"
    assert await evening.purse() == (2000, 680)


@pytest.mark.parametrize("options", ["", "Size: Huge", "Size: Small | Large", "Extras: Ice", "nonsense"])
async def test_what_cannot_be_chosen_is_not_put_into_the_cart(evening: Evening, options: str) -> None:
    pils = await load(evening, SIZES)
    with pytest.raises(OutOfDate):
        await put(evening, pils, 1, options)
    assert await evening.find(CartLine) == []


async def test_an_option_that_changed_is_shown_before_anything_is_ordered(evening: Evening) -> None:
    pils = await load(evening, SIZES)
    await evening.top_up(2000)
    await put(evening, pils, 1, "Size: Large")
    await put(evening, pils, 1, "Size: Small")
    await load(evening, "Size: Large +2 | Huge +3")
    with pytest.raises(MenuChanged) as caught:
        await evening.place()
    told = [(change.name, change.before, change.after) for change in caught.value.changes]
    assert told == [("Pils (Large)", eur(470), eur(520)), ("Pils (Small)", eur(320), None)]
    cart = await evening.cart()
    await evening.store.run(lambda books: reprice(books, cart.id, ANN))
    (line,) = await evening.find(Line, order_id=await evening.place())
    assert (line.name, line.total) == ("Pils (Large)", eur(520))


async def test_lines_with_options_count_towards_the_most(evening: Evening) -> None:
    pils = await load(evening, "Size: " + " | ".join(f"S{n}" for n in range(MOST_LINES + 1)))
    for n in range(MOST_LINES):
        await put(evening, pils, 1, f"Size: S{n}")
    with pytest.raises(TooMany):
        await put(evening, pils, 1, f"Size: S{MOST_LINES}")
