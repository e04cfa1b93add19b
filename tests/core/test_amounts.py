"""What a typed amount is taken for, and what is never taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.amounts import DIGITS_MAX, Unreadable, read_amount


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("10", 1000),
        ("0", 0),
        ("007", 700),
        ("0000000000000007", 700),
        (" 10 ", 1000),
        ("1,5", 150),
        ("1.50", 150),
        (".5", 50),
        ("0,05", 5),
        ("10.", 1000),
        ("１０", 1000),
        ("１，５", 150),
        ("１０．５０", 1050),
        ("٥", 500),
        ("١٬٠٠٠٫٥٠", 100050),
        ("५०", 5000),
        ("10元", 1000),
        ("10 块", 1000),
        ("10块钱", 1000),
        ("10 yuan", 1000),
        ("¥10", 1000),
        ("￥１０", 1000),
        ("€ 5", 500),
        ("5€", 500),
        ("5 EUR", 500),
        ("EUR 5", 500),
        ("¥10 CNY", 1000),
        ("1 000", 100000),
        ("1\u00a0000,50", 100050),
        ("1\u202f000", 100000),
        ("1,000.50", 100050),
        ("1.000,50", 100050),
        ("1'000.50", 100050),
        ("1’000’000", 100000000),
        ("1,000,000", 100000000),
        ("1.000.000,5", 100000050),
        ("\u200e12,50\u200f", 1250),
    ],
)
def test_an_amount_is_read_as_people_of_many_countries_type_it(text: str, minor: int) -> None:
    assert read_amount(text, 2) == minor


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Unreadable.EMPTY),
        (" \n ", Unreadable.EMPTY),
        (".", Unreadable.EMPTY),
        ("ten", Unreadable.WORDS),
        ("十元", Unreadable.WORDS),
        ("nan", Unreadable.WORDS),
        ("Infinity", Unreadable.WORDS),
        ("10k", Unreadable.WORDS),
        ("10万", Unreadable.WORDS),
        ("10%", Unreadable.WORDS),
        ("A12", Unreadable.WORDS),
        ("+5", Unreadable.WORDS),
        ("0x10", Unreadable.TWO_NUMBERS),
        ("5²", Unreadable.WORDS),
        ("½", Unreadable.WORDS),
        ("1½", Unreadable.WORDS),
        ("-3", Unreadable.NEGATIVE),
        ("−3", Unreadable.NEGATIVE),
        ("- 3 €", Unreadable.NEGATIVE),
        ("€-3", Unreadable.NEGATIVE),
        ("3-", Unreadable.NEGATIVE),
        ("--3", Unreadable.WORDS),
        ("1e9", Unreadable.TWO_NUMBERS),
        ("5 10", Unreadable.TWO_NUMBERS),
        ("1 50", Unreadable.TWO_NUMBERS),
        ("5-10", Unreadable.TWO_NUMBERS),
        ("5 or 10", Unreadable.TWO_NUMBERS),
        ("10块5", Unreadable.TWO_NUMBERS),
        ("100\n200", Unreadable.TWO_NUMBERS),
        ("1.2.3", Unreadable.MISPLACED_SEPARATOR),
        ("1,,5", Unreadable.MISPLACED_SEPARATOR),
        ("10,00,000", Unreadable.MISPLACED_SEPARATOR),
        ("1,000'000", Unreadable.MISPLACED_SEPARATOR),
        ("1.005,5.5", Unreadable.MISPLACED_SEPARATOR),
        ("0.005", Unreadable.TOO_MANY_DECIMALS),
        ("1000,500", Unreadable.TOO_MANY_DECIMALS),
        ("1.0000", Unreadable.TOO_MANY_DECIMALS),
        ("1٫500", Unreadable.TOO_MANY_DECIMALS),
        ("9" * 100, Unreadable.TOO_LARGE),
        ("9" * 5000, Unreadable.TOO_LARGE),
        ("12345678901.00", Unreadable.TOO_LARGE),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(text: str, reason: Unreadable) -> None:
    assert read_amount(text, 2) is reason


@pytest.mark.parametrize(
    ("text", "exponent", "minor"),
    [
        ("1,000", 0, 1000),
        ("1,000", 2, 100000),
        ("1.000", 2, 100000),
        ("1,000", 3, 1000),
        ("1.000", 3, 1000),
        ("1 000", 3, 1000000),
        ("1,000,000", 3, 1000000000),
        ("1,000.500", 3, 1000500),
        ("1000", 0, 1000),
    ],
)
def test_three_digits_behind_one_separator_are_thousands_unless_the_currency_has_three_decimals(
    text: str, exponent: int, minor: int
) -> None:
    assert read_amount(text, exponent) == minor


def test_a_currency_without_decimals_takes_none() -> None:
    assert read_amount("10.5", 0) is Unreadable.TOO_MANY_DECIMALS


@pytest.mark.parametrize("text", ["5", "5 EUR", "€5", "5 euros"])
def test_the_wallets_own_currency_may_be_named(text: str) -> None:
    assert read_amount(text, 2, "EUR") == 500


@pytest.mark.parametrize("text", ["5 USD", "$5", "5元", "¥5", "€5 USD"])
def test_another_currency_is_refused_when_the_wallets_is_known(text: str) -> None:
    assert read_amount(text, 2, "EUR") is Unreadable.OTHER_CURRENCY


def test_a_currency_that_has_no_entry_of_its_own_is_known_by_its_code() -> None:
    assert (read_amount("5 MDL", 2, "MDL"), read_amount("5 MDL", 2)) == (500, Unreadable.WORDS)


@pytest.mark.parametrize("text", ["¥5", "5円", "5 yen"])
def test_a_sign_that_two_currencies_share_is_good_for_both(text: str) -> None:
    assert read_amount(text, 0, "JPY") == 5


@given(text=st.text() | st.text(alphabet="0123456789.,' -+e€¥元٥１ \n"), exponent=st.integers(0, 4))
def test_no_text_whatever_raises(text: str, exponent: int) -> None:
    read = read_amount(text, exponent, "EUR")
    assert isinstance(read, Unreadable) or 0 <= read < 10**DIGITS_MAX


@given(
    minor=st.integers(0, 10**DIGITS_MAX - 1),
    exponent=st.integers(0, 3),
    marks=st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("", "."), ("", ",")]),
    sign=st.sampled_from(["{}", "€{}", "{} EUR", "{}\u00a0€", " {} "]),
)
def test_an_amount_that_was_written_is_read_back(
    minor: int, exponent: int, marks: tuple[str, str], sign: str
) -> None:
    assert read_amount(sign.format(_write(minor, exponent, *marks)), exponent, "EUR") == minor


@given(minor=st.integers(0, 10**DIGITS_MAX - 1), zero=st.sampled_from("0٠०００"))
def test_every_scripts_digits_count_the_same(minor: int, zero: str) -> None:
    written = "".join(chr(ord(zero) + int(digit)) for digit in str(minor))
    assert read_amount(written, 0) == minor


def _write(minor: int, exponent: int, thousands: str, decimal: str) -> str:
    whole, rest = divmod(minor, 10**exponent)
    grouped = f"{whole:,}".replace(",", thousands)
    # A currency of three decimals always shows them, so that a lone separator is never in doubt.
    return f"{grouped}{decimal}{rest:0{exponent}}" if exponent else grouped
