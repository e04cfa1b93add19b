"""What can be chosen with an item: how it is written in a menu file, and what a choice costs.

`Size: Small | Large +1.50; Extras (0-2): Ice | Lemon +0.30` says that one size must be chosen, and that up to
two extras may be. A choice is a number with a bit for each option, counted through all groups: a button can
carry it. What was chosen is kept in words, which stay true when the menu changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from core.amounts import read_amount
from core.money import EXPONENTS

MOST_GROUPS = 6
MOST_OPTIONS = 36
NAME_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen; *more_minor* is what it adds to the price, or takes from it."""

    name: str
    more_minor: int


@dataclass(frozen=True, slots=True)
class Group:
    """Options of which at *least* and at *most* so many are chosen. *first* is the place of its first one."""

    name: str
    least: int
    most: int
    first: int
    options: tuple[Option, ...]

    @property
    def mask(self) -> int:
        return (1 << len(self.options)) - 1 << self.first

    def fits(self, chosen: int) -> bool:
        return self.least <= (chosen & self.mask).bit_count() <= self.most

    def chosen(self, chosen: int) -> tuple[Option, ...]:
        """Return those of its options that are chosen."""
        return tuple(option for place, option in enumerate(self.options, self.first) if chosen >> place & 1)


Groups = tuple[Group, ...]


@dataclass(eq=False)
class Contradiction(Exception):
    """The options cannot be meant so; *why* is a word of the catalogue, *found* the part that is wrong."""

    why: str
    found: str


@lru_cache(maxsize=1000)
def read_options(text: str, currency: str) -> Groups:
    """Return the groups that *text* writes, or raise Contradiction.

    >>> [(each.name, each.least, each.most) for each in read_options("Size: S | L +1; Ice (0-1): yes", "EUR")]
    [('Size', 1, 1), ('Ice', 0, 1)]
    """
    groups: list[Group] = []
    for part in text.split(";") if text else ():
        head, _, tail = part.partition(":")
        found = _HEAD.fullmatch(head.strip())
        if not found or not tail.strip():
            raise Contradiction("form", part.strip())
        first = sum(len(group.options) for group in groups)
        options = tuple(_read_option(each.strip(), currency) for each in tail.split("|"))
        least = int(found["least"] or 1)
        groups.append(Group(found["name"], least, int(found["most"] or least), first, options))
    _check(groups)
    return tuple(groups)


def lowest_minor(groups: Groups) -> int:
    """Return the least that a whole choice adds to the price; it may be below zero."""
    return sum(_lowest(group) for group in groups)


def preset(groups: Groups) -> int:
    """Return the choice to begin with: the first options of every group from which some must be chosen."""
    return sum(((1 << group.least) - 1) << group.first for group in groups)


def toggle(groups: Groups, chosen: int, place: int) -> int:
    """Return the choice after a tap on an option; where only one may be chosen, the other goes."""
    bit = 1 << place
    group = next(each for each in groups if each.mask & bit)
    if chosen & bit:
        return chosen & ~bit
    if group.most == 1:
        return chosen & ~group.mask | bit
    return chosen | bit


def is_whole(groups: Groups, chosen: int) -> bool:
    """Whether of each group enough is chosen and not too much, and nothing that is not there."""
    whole = sum(group.mask for group in groups)
    return chosen & ~whole == 0 and all(group.fits(chosen) for group in groups)


def more_minor(groups: Groups, chosen: int) -> int:
    """Return what a choice adds to the price."""
    return sum(option.more_minor for option in _options(groups, chosen))


def names(groups: Groups, chosen: int) -> tuple[str, ...]:
    """Return what is chosen, in the words of the menu."""
    return tuple(option.name for option in _options(groups, chosen))


def write_choice(groups: Groups, chosen: int) -> str:
    """Return a choice in words that `find_choice` understands.

    >>> groups = read_options("Size: S | L +1; Ice (0-1): yes", "EUR")
    >>> write_choice(groups, 0b010), find_choice(groups, "Size: L")
    ('Size: L', 2)
    """
    told = [(group.name, [option.name for option in group.chosen(chosen)]) for group in groups]
    return "; ".join(f"{name}: {' | '.join(options)}" for name, options in told if options)


def find_choice(groups: Groups, text: str) -> int | None:
    """Return the choice that *text* writes, or None where the menu no longer has it."""
    places = {
        (group.name, option.name): place
        for group in groups
        for place, option in enumerate(group.options, group.first)
    }
    chosen = 0
    for part in text.split("; ") if text else ():
        group, _, options = part.partition(": ")
        for option in options.split(" | "):
            place = places.get((group, option))
            if place is None:
                return None
            chosen |= 1 << place
    return chosen if is_whole(groups, chosen) else None


def _options(groups: Groups, chosen: int) -> Iterator[Option]:
    return chain.from_iterable(group.chosen(chosen) for group in groups)


def _read_option(text: str, currency: str) -> Option:
    found = _OPTION.fullmatch(text)
    if not found or not text.isprintable():
        raise Contradiction("form", text)
    if not found["more"]:
        return Option(found["name"], 0)
    minor = read_amount(found["more"], EXPONENTS[currency], currency)
    if not isinstance(minor, int):
        raise Contradiction("price", text)
    return Option(found["name"], minor if found["sign"] == "+" else -minor)


def _check(groups: list[Group]) -> None:
    """Refuse what contradicts itself."""
    _check_twice([group.name for group in groups])
    for group in groups:
        _check_twice([option.name for option in group.options])
        if not group.least <= group.most <= len(group.options) or group.most == 0:
            raise Contradiction("bounds", group.name)
    if len(groups) > MOST_GROUPS or sum(len(group.options) for group in groups) > MOST_OPTIONS:
        raise Contradiction("many", str(MOST_OPTIONS))


def _check_twice(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise Contradiction("twice", name)


def _lowest(group: Group) -> int:
    prices = sorted(option.more_minor for option in group.options)
    wanted = max(group.least, min(group.most, sum(price < 0 for price in prices)))
    return sum(prices[:wanted])


_NAME = rf"(?P<name>[^()|:;+]{{0,{NAME_LENGTH - 1}}}?[^()|:;+\s])"
_HEAD = re.compile(rf"{_NAME}\s*(?:\((?P<least>[0-9]{{1,2}})(?:-(?P<most>[0-9]{{1,2}}))?\))?")
_OPTION = re.compile(rf"{_NAME}(?:\s+(?P<sign>[+-])\s*(?P<more>\S.*))?")
