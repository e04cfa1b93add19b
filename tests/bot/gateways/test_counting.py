"""Amounts go to each gateway in its own numbers and come back as they were, or are refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateways.bills import read_yuan, yuan
from bot.gateways.counting import COUNTINGS, STRIPE, TELEGRAM, Counting, Inexpressible
from bot.sandbox.currencies import is_known, shown
from core.money import EXPONENTS, LARGEST_MINOR, Money

countings = st.sampled_from(sorted(COUNTINGS)).map(COUNTINGS.__getitem__)
currencies = st.sampled_from(sorted(EXPONENTS))
numbers = st.integers(-LARGEST_MINOR, LARGEST_MINOR)


@given(countings, numbers, currencies)
def test_an_amount_comes_back_as_it_went_or_does_not_go(
    counting: Counting, minor: int, currency: str
) -> None:
    amount = Money(minor, currency)
    try:
        number = counting.to_gateway(amount)
    except Inexpressible:
        assert currency not in counting.currencies or counting.steps.get(currency, 1) > 1
        return
    assert counting.from_gateway(number, currency.lower()) == amount


@given(countings, numbers, currencies)
def test_a_number_comes_back_as_it_came_or_is_not_taken(
    counting: Counting, number: int, currency: str
) -> None:
    with suppress(Inexpressible):
        assert counting.to_gateway(counting.from_gateway(number, currency)) == number


@given(st.integers(0, LARGEST_MINOR))
def test_a_text_of_yuan_is_the_number_of_fen(minor: int) -> None:
    amount = Money(minor, "CNY")
    assert COUNTINGS["alipay"].to_gateway(read_yuan(yuan(amount))) == minor


@pytest.mark.parametrize(
    ("currency", "minor", "number"),
    [
        ("EUR", 1250, 1250), ("JPY", 500, 500), ("KRW", 5, 5), ("HUF", 1250, 1250), ("TWD", 1250, 1250),
        ("ISK", 5, 500), ("UGX", 5, 500), ("KWD", 5000, 5000), ("TND", 10, 10),
    ],
)  # fmt: skip
def test_stripe_counts_as_it_documents(currency: str, minor: int, number: int) -> None:
    assert STRIPE.to_gateway(Money(minor, currency)) == number


@pytest.mark.parametrize(("currency", "minor"), [("KWD", 5001), ("BHD", 1), ("IQD", 10), ("LYD", 10)])
def test_what_stripe_has_no_number_for_is_refused(currency: str, minor: int) -> None:
    with pytest.raises(Inexpressible):
        STRIPE.to_gateway(Money(minor, currency))


@pytest.mark.parametrize(
    ("number", "currency"), [(150, "isk"), (5, "xxx"), (True, "eur"), ("5", "eur"), (0.5, "eur"), (5, None)]
)
def test_what_cannot_be_kept_here_is_not_rounded(number: object, currency: object) -> None:
    with pytest.raises(Inexpressible):
        STRIPE.from_gateway(number, currency)


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_only_yuan_goes_to_china(name: str) -> None:
    with pytest.raises(Inexpressible):
        COUNTINGS[name].to_gateway(Money(100, "EUR"))


@pytest.mark.slow
def test_telegram_takes_what_others_say_that_it_takes() -> None:
    from aiogram.enums import Currency

    assert TELEGRAM.currencies == {each.value for each in Currency} & EXPONENTS.keys()
    for currency in filter(is_known, TELEGRAM.currencies):
        exponent = EXPONENTS[currency]
        assert shown(10**exponent, currency) == f"{currency} {1:.{exponent}f}"


def test_each_table_names_its_source() -> None:
    assert all(each.source.startswith("https://") for each in COUNTINGS.values())
