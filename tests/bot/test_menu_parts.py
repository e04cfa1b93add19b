"""However long a menu is, every item and every category can be reached, page by page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.menu_parts import PAGE_LENGTH, WHOLE_MENU, Part, categories_near, first_of_each, items_near
from core.menu import MenuItem
from core.money import Money


def menus(least: int) -> st.SearchStrategy[list[MenuItem]]:
    """Menus of numbered items, each in one of a few categories or of very many."""
    categories = st.integers(1, 120).flatmap(
        lambda kinds: st.lists(st.integers(1, kinds), min_size=least, max_size=200)
    )
    return categories.map(
        lambda kinds: [
            MenuItem(n, 1, f"Kind {kind}", f"Item {n}", Money(100, "EUR"), n, True, False)
            for n, kind in enumerate(kinds, start=1)
        ]
    )


@given(items=menus(1))
def test_turning_pages_shows_every_category_once_in_order(items: list[MenuItem]) -> None:
    part = categories_near(items)
    seen = list(part.items)
    while part.later:
        part = categories_near(items, part.later.id)
        seen += part.items
    assert seen == first_of_each(items)


@given(items=menus(WHOLE_MENU + 1), data=st.data())
def test_the_page_of_an_item_has_it_and_only_its_category(items: list[MenuItem], data: st.DataObject) -> None:
    near = data.draw(st.sampled_from(items))
    part = items_near(items, near)
    assert near in part.items
    assert {item.category for item in part.items} == {near.category}
    assert len(part.items) <= PAGE_LENGTH


@given(items=menus(WHOLE_MENU + 1), data=st.data())
def test_turning_back_leads_where_one_came_from(items: list[MenuItem], data: st.DataObject) -> None:
    part = items_near(items, data.draw(st.sampled_from(items)))
    if part.later:
        assert items_near(items, part.later).earlier == part.items[0]
    if part.earlier:
        assert items_near(items, part.earlier).later == part.items[0]


@given(items=menus(0).filter(lambda items: len(items) <= WHOLE_MENU))
def test_a_short_menu_is_shown_whole(items: list[MenuItem]) -> None:
    for near in items:
        assert items_near(items, near) == Part(items)
