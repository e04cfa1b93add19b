"""Amounts in yuan, and rows of bills."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateways.bills import beijing_days, read_beijing, read_fee, read_rows, read_yuan, yuan
from core.money import LARGEST_MINOR, Money

amounts = st.integers(0, LARGEST_MINOR).map(lambda minor: Money(minor, "CNY"))


@given(amounts)
def test_an_amount_comes_back_as_it_went(amount: Money) -> None:
    assert read_yuan(yuan(amount)) == amount
    assert Decimal(yuan(amount)) * 100 == amount.minor
    assert read_fee(yuan(amount)) == amount


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_sums_of_texts_are_sums_of_money(one: int, other: int) -> None:
    """What a float would spoil: 0.10 and 0.20 are 0.30."""
    total = read_yuan(yuan(Money(one, "CNY"))) + read_yuan(yuan(Money(other, "CNY")))
    assert yuan(total) == yuan(Money(one + other, "CNY"))


@given(st.text() | st.floats().map(str) | st.decimals().map(str))
def test_what_is_read_as_an_amount_is_written_as_one(text: str) -> None:
    try:
        amount = read_yuan(text)
    except ValueError:
        return
    assert Decimal(text) * 100 == amount.minor


@pytest.mark.parametrize("text", ["", "1.001", "1e2", "+1", "1_0", " 1", "１", "NaN", "-", ".5", "9" * 13])
def test_what_is_no_amount_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_yuan(text)


def test_days_are_those_of_beijing() -> None:
    since, until = datetime(2026, 5, 1, 15, 59, tzinfo=UTC), datetime(2026, 5, 2, 16, 0, tzinfo=UTC)
    assert list(beijing_days(since, until)) == [date(2026, 5, 1), date(2026, 5, 2)]
    assert read_beijing("2026-05-02 00:00:00") == datetime(2026, 5, 1, 16, 0, tzinfo=UTC)


async def test_a_row_that_does_not_fit_its_head_spoils_the_bill() -> None:
    lines = [["金额（元）", "b"], ["`1\t", " 2 "]]
    assert [row async for row in read_rows(lines)] == [{"金额(元)": "1", "b": "2"}]
    with pytest.raises(ValueError, match="1 fields"):
        _ = [row async for row in read_rows([*lines, ["3"]])]
