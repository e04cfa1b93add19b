"""How a menu is cut into parts that fit on a screen: by category, and long lists into pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.locales import Locale
from bot.pages import Key
from bot.telegram.callback_data import Button
from core.menu import MenuItem

WHOLE_MENU = 10
"""A menu of so many items is shown without its categories."""

PAGE_LENGTH = 30
"""So many buttons in a list; Telegram takes a hundred, a thumb fewer."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a list, and the items that the pages before and after it begin with."""

    items: Sequence[MenuItem]
    earlier: MenuItem | None = None
    later: MenuItem | None = None

    def turn_keys(self, locale: Locale, button: Callable[[int], Button]) -> list[Key]:
        """Return keys to the neighbouring pages; *button* leads to the page with the item of that number."""
        keys = []
        if self.earlier:
            keys.append(Key(locale.plain("button-earlier"), button(self.earlier.id)))
        if self.later:
            keys.append(Key(locale.plain("button-later"), button(self.later.id)))
        return keys


def first_of_each(items: Sequence[MenuItem]) -> list[MenuItem]:
    """Return the first item of each category, in the order of the menu."""
    firsts: dict[str, MenuItem] = {}
    for item in items:
        firsts.setdefault(item.category, item)
    return list(firsts.values())


def categories_near(items: Sequence[MenuItem], near: int = 0) -> Part:
    """Return the page of categories, each by its first item, that has the category of item *near*."""
    category = next((item.category for item in items if item.id == near), "")
    firsts = first_of_each(items)
    at = next((place for place, item in enumerate(firsts) if item.category == category), 0)
    return _page(firsts, at)


def items_near(items: Sequence[MenuItem], near: MenuItem) -> Part:
    """Return the page of the category that *near* is in, or all of a short menu."""
    if len(items) <= WHOLE_MENU:
        return Part(items)
    shelf = [item for item in items if item.category == near.category]
    at = next((place for place, item in enumerate(shelf) if item.id == near.id), 0)
    return _page(shelf, at)


def _page(things: Sequence[MenuItem], at: int) -> Part:
    begin = at // PAGE_LENGTH * PAGE_LENGTH
    end = begin + PAGE_LENGTH
    earlier = things[begin - PAGE_LENGTH] if begin else None
    return Part(things[begin:end], earlier, things[end] if end < len(things) else None)
