"""Buttons travel and come back, fit, and what nobody of us ever said is nobody's button."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import buttons
from bot.telegram.callback_data import MOST_BYTES, MOST_DIGITS, pack, unpack

KINDS: list[Any] = [each for each in vars(buttons).values() if is_dataclass(each) and hasattr(each, "prefix")]
LARGEST = 10**MOST_DIGITS - 1


def values_of(hint: type) -> st.SearchStrategy[Any]:
    if issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    return st.integers(0, LARGEST) if hint is int else st.sampled_from(["en", "zh-Hans"])


def any_button(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: values_of(hints[field.name]) for field in fields(kind)})


def largest(hint: type) -> Any:
    if issubclass(hint, StrEnum):
        return max(hint, key=len)
    return LARGEST if hint is int else "zh-Hans"


@given(st.one_of([any_button(kind) for kind in KINDS]))
def test_every_button_comes_back_as_it_went(button: Any) -> None:
    assert unpack(pack(button), KINDS) == button


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_button_fits_at_its_largest(kind: Any) -> None:
    hints = get_type_hints(kind)
    button = kind(**{field.name: largest(hints[field.name]) for field in fields(kind)})
    assert len(pack(button).encode()) <= MOST_BYTES


def test_no_two_kinds_share_a_prefix() -> None:
    prefixes = [kind.prefix for kind in KINDS]
    assert len(set(prefixes)) == len(prefixes)


PREFIXES = st.sampled_from([kind.prefix for kind in KINDS])
GARBAGE = st.one_of(
    st.text(),
    st.builds(
        lambda prefix, rest: ":".join([prefix, *rest]),
        PREFIXES,
        st.lists(st.one_of(st.text(max_size=20), st.integers().map(str)), max_size=5),
    ),
)


@given(GARBAGE)
def test_garbage_is_a_button_that_packs_to_itself_or_none(data: str) -> None:
    button = unpack(data, KINDS)
    assert button is None or unpack(pack(button), KINDS) == button


@pytest.mark.parametrize("number", ["-1", "+1", "1_0", " 1", "１", "²", "1.0", "", "1" * 13, "0x1", "1e3"])
def test_only_plain_numbers_are_numbers(number: str) -> None:
    assert unpack(f"tt1:{number}", KINDS) is None
