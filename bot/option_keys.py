"""How the options of an item are chosen by buttons: at the seat, and by staff who enter an order."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from bot.locales import Locale
from bot.pages import Key, Keyboard
from bot.telegram.callback_data import Button
from core.errors import OutOfDate
from core.menu import MenuItem, groups_of
from core.money import Money
from core.options import Option, toggle


def option_keys(locale: Locale, item: MenuItem, chosen: int, button: Callable[[int], Button]) -> Keyboard:
    """Return a key for each option, two in a row; those are marked that are chosen.

    *button* is given what is chosen once that key was tapped.
    """
    keys = Keyboard()
    for group in groups_of(item):
        found = []
        for place, option in enumerate(group.options, group.first):
            sign = "●" if chosen >> place & 1 else "○"
            label = f"{sign} {option.name}{_more(locale, option, item.price.currency)}"
            found.append(Key(label, button(toggle((group,), chosen, place))))
        for begin in range(0, len(found), 2):
            keys.row(*found[begin : begin + 2])
    return keys


def mark_of(item: MenuItem, price: Money | None = None) -> int:
    """Return what tells an item's options, and a price that was shown with them, from others."""
    return crc32(f"{item.options}{price or ''}".encode())


def check_mark(item: MenuItem, mark: int, price: Money | None = None) -> None:
    """Refuse a button of another day's options, or of another price."""
    if mark_of(item, price) != mark:
        raise OutOfDate


def _more(locale: Locale, option: Option, currency: str) -> str:
    """Return what an option adds to the price, or takes off."""
    if not option.more_minor:
        return ""
    sign = "+" if option.more_minor > 0 else ""
    return f" {sign}{locale.money(Money(option.more_minor, currency))}"
