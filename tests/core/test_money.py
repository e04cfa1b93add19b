"""Amounts are whole, and never mix currencies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, total

MINORS = st.integers(-(10**12), 10**12)


@given(MINORS, MINORS)
def test_adding_and_taking_away_are_exact(one: int, other: int) -> None:
    sum_ = Money(one, "EUR") + Money(other, "EUR")
    assert sum_ - Money(other, "EUR") == Money(one, "EUR")
    assert sum_.minor == one + other


@given(MINORS, MINORS)
def test_amounts_of_a_currency_are_ordered(one: int, other: int) -> None:
    first, second = Money(one, "EUR"), Money(other, "EUR")
    assert (first < second, first <= second) == (one < other, one <= other)
    assert (first > second, first >= second) == (one > other, one >= other)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "EUR", "0.00 EUR"),
        (5, "EUR", "0.05 EUR"),
        (-5, "EUR", "-0.05 EUR"),
        (-1250, "EUR", "-12.50 EUR"),
        (500, "JPY", "500 JPY"),
        (1234, "KWD", "1.234 KWD"),
    ],
)
def test_an_amount_is_written_with_its_currencys_decimals(minor: int, currency: str, text: str) -> None:
    assert str(Money(minor, currency)) == text


def test_two_currencies_are_never_added_compared_or_taken_for_equal() -> None:
    one, other = Money(1, "EUR"), Money(1, "USD")
    assert one != other
    for operation in (Money.__add__, Money.__sub__, Money.__lt__, Money.__ge__):
        with pytest.raises(AssertionError):
            operation(one, other)


@pytest.mark.parametrize(("minor", "currency"), [(1.5, "EUR"), ("1", "EUR"), (1, "XXX"), (1, "eur")])
def test_what_is_no_amount_cannot_be_made(minor: int, currency: str) -> None:
    with pytest.raises(AssertionError):
        Money(minor, currency)


def test_only_zero_is_nothing() -> None:
    assert not Money.zero("EUR")
    assert Money(-1, "EUR")
    assert -Money(1, "EUR") == Money(-1, "EUR")


def test_the_total_of_nothing_is_zero_of_its_currency() -> None:
    assert total([], "JPY") == Money(0, "JPY")
    assert total([Money(1, "JPY"), Money(2, "JPY")], "JPY") == Money(3, "JPY")
