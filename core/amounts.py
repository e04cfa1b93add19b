"""Amounts of money as people type them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

DIGITS_MAX = 12  # whole and decimal digits together: what Telegram takes, and far from any integer limit


class Unreadable(Enum):
    """Why a text is not an amount."""

    EMPTY = "empty"
    WORDS = "words"
    NEGATIVE = "negative"
    TWO_NUMBERS = "two_numbers"
    MISPLACED_SEPARATOR = "misplaced_separator"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"
    OTHER_CURRENCY = "other_currency"


def read_amount(text: str, exponent: int, currency: str | None = None) -> int | Unreadable:
    """Return the minor units that *text* names, or why it names none.

    *exponent* is how many decimals the currency has. Digits of any script, a currency sign or word on either
    side, and the separators of any country are understood:

    >>> [read_amount(text, 2) for text in ("1,5", "€ 5", "10块", "1 000", "1.000,50", "１０")]
    [150, 500, 1000, 100000, 100050, 1000]

    A single point or comma before exactly three digits is ambiguous: it parts thousands, except in a currency
    of three or more decimals, and except after a zero or after more than three digits.

    >>> read_amount("1,000", 2), read_amount("1,000", 3)
    (100000, 1000)

    Nothing is rounded and nothing is guessed; zero is an amount.

    >>> read_amount("1.005", 2), read_amount("0.005", 2), read_amount("5 or 10", 2)
    (100500, <Unreadable.TOO_MANY_DECIMALS: 'too_many_decimals'>, <Unreadable.TWO_NUMBERS: 'two_numbers'>)

    With *currency* given, a sign or word of another currency is refused instead of overlooked.

    >>> read_amount("5 USD", 2, "EUR")
    <Unreadable.OTHER_CURRENCY: 'other_currency'>
    """
    match _take_apart(_normalise(text)):
        case Unreadable() as reason:
            return reason
        case _Typed(marks, digits):
            return _judge_marks(marks, currency) or _count_minor(digits, exponent)


@dataclass(frozen=True, slots=True)
class _Typed:
    """A number as typed, and the words and signs around it."""

    marks: tuple[str, ...]
    digits: str


_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SAME_AS = str.maketrans("，．。￥＄’‐‑−–—﹣－", ",..¥$'-------")


def _normalise(text: str) -> str:
    """Return *text* in ASCII digits, plain spaces and lower case, without what nobody sees."""
    visible = _INVISIBLE.sub("", text).translate(_SAME_AS)
    one_line = "; ".join(visible.strip().splitlines())  # so that two lines of digits stay two numbers
    spaced = " ".join("".join(map(_plain_digit, one_line)).lower().split())
    return spaced.removesuffix(".").rstrip()


def _plain_digit(char: str) -> str:
    # Only characters that are digits of a decimal script: ² and ½ are not, so that 5² never becomes 52.
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


_NUMBER = re.compile(r"[.,٫]?[0-9](?:[0-9.,٫٬' ]*[0-9])?")


def _take_apart(text: str) -> _Typed | Unreadable:
    if not text:
        return Unreadable.EMPTY
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return Unreadable.WORDS
    if len(numbers) > 1:
        return Unreadable.TWO_NUMBERS
    found = numbers[0]
    around = (text[: found.start()], text[found.end() :])
    return _Typed(tuple(side.strip() for side in around if side.strip()), found[0])


_NAMES: dict[str, frozenset[str]] = {
    name: frozenset(currencies.split())
    for names, currencies in {
        "€ eur euro euros 欧元": "EUR",
        "¥": "CNY JPY",
        "元 块 块钱 圆": "CNY HKD TWD SGD",
        "rmb cny yuan 人民币": "CNY",
        "円 圓 yen jpy 日元": "JPY",
        "$": "USD AUD CAD HKD MXN NZD SGD TWD",
        "us$ usd 美元": "USD",
        "dollar dollars": "USD AUD CAD HKD NZD SGD TWD",
        "hk$ hkd 港币": "HKD",
        "nt$ twd": "TWD",
        "£ gbp pound pounds 英镑": "GBP",
        "₽ rub руб рублей рубля": "RUB",
        "₩ krw won 원": "KRW",
        "₴ uah грн": "UAH",
        "₹ inr rupees": "INR",
        "₫ vnd đ": "VND",
        "₺ try": "TRY",
        "฿ thb baht": "THB",
        "zł pln": "PLN",
        "fr chf": "CHF",
        "kr": "SEK NOK DKK ISK",
    }.items()
    for name in names.split()
}


def _judge_marks(marks: tuple[str, ...], currency: str | None) -> Unreadable | None:
    """Return what is wrong with what stands around the number, if anything is."""
    unsigned = tuple(mark.replace("-", "", 1).strip() for mark in marks)
    meant = [_name_currencies(mark, currency) for mark in unsigned if mark]
    if not all(meant):
        return Unreadable.WORDS
    if unsigned != marks:
        return Unreadable.NEGATIVE
    if currency and any(currency not in currencies for currencies in meant):
        return Unreadable.OTHER_CURRENCY
    return None


def _name_currencies(mark: str, currency: str | None) -> frozenset[str]:
    """Return the currencies that *mark* can mean, none if it is no sign of money."""
    if currency and mark == currency.lower():
        return frozenset((currency,))
    return _NAMES.get(mark, frozenset())


def _count_minor(digits: str, exponent: int) -> int | Unreadable:
    whole, decimals = _part_decimals(digits, exponent)
    if not _WHOLE.fullmatch(whole) or not _PLAIN.fullmatch(decimals):
        return Unreadable.TWO_NUMBERS if " " in digits else Unreadable.MISPLACED_SEPARATOR
    if len(decimals) > exponent:
        return Unreadable.TOO_MANY_DECIMALS
    minor_digits = (_SEPARATORS.sub("", whole) + decimals.ljust(exponent, "0")).lstrip("0")
    if len(minor_digits) > DIGITS_MAX:
        return Unreadable.TOO_LARGE
    return int(minor_digits or "0")


_SEPARATORS = re.compile("[.,٬' ]")
_PLAIN = re.compile("[0-9]*")
_WHOLE = re.compile("[0-9]*|[0-9]{1,3}(?P<separator>[.,٬' ])[0-9]{3}(?:(?P=separator)[0-9]{3})*")
_TWO_GROUPS = re.compile("[1-9][0-9]{0,2}[.,][0-9]{3}")


def _part_decimals(digits: str, exponent: int) -> tuple[str, str]:
    """Return what stands before the decimal separator and what behind it."""
    last = max(digits.rfind(separator) for separator in ".,٫")
    if last < 0 or digits.count(digits[last]) > 1 or (exponent < 3 and _TWO_GROUPS.fullmatch(digits)):
        return digits, ""
    return digits[:last], digits[last + 1 :]
