"""What a command gave is kept as text and given again, refusals too."""

from __future__ import annotations

import inspect
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from core import errors
from core.errors import Change, MenuChanged, MenuRefused, Problem, RefundTooLarge, Refusal
from core.money import Money
from core.order_goods import PlaceOrder, order_goods
from core.outcome import Result, fingerprint, read, write
from core.refund import refund

EUR = Money(320, "EUR")
SAMPLES: dict[str, object] = {
    "int": 7, "str": "ü", "Money": EUR, "datetime": datetime(2026, 5, 1, tzinfo=UTC),
    "tuple[Change, ...]": (Change("Pils", EUR, None), Change("Nuts", EUR, EUR)),
    "tuple[Problem, ...]": (Problem(2, "price", "x"),),
}  # fmt: skip
REFUSALS = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, Refusal)]


@pytest.mark.parametrize("result", [0, 12, "a-code", "", None])
def test_a_result_is_read_as_it_was_written(result: Result) -> None:
    assert read(write(result)) == result


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_every_refusal_there_is_is_raised_again_with_its_fields(kind: type[Refusal]) -> None:
    refusal = kind(*(SAMPLES[str(field.type)] for field in fields(kind)))
    with pytest.raises(kind) as caught:
        read(write(refusal))
    assert type(caught.value) is kind
    assert vars(caught.value) == vars(refusal)


def test_what_is_inside_a_refusal_is_rich_again() -> None:
    with pytest.raises(MenuChanged) as changed:
        read(write(MenuChanged((Change("Pils", EUR, None),))))
    assert changed.value.changes[0].before == EUR
    with pytest.raises(MenuRefused) as refused:
        read(write(MenuRefused((Problem(2, "price", "x"),))))
    assert refused.value.problems == (Problem(2, "price", "x"),)
    with pytest.raises(RefundTooLarge) as large:
        read(write(RefundTooLarge(EUR, Money(1, "EUR"))))
    assert large.value.asked > large.value.left


def test_a_request_is_told_from_any_other() -> None:
    ask = PlaceOrder(7, "EUR", 1, 1, timedelta(minutes=15))
    same = PlaceOrder(7, "EUR", 1, 1, timedelta(seconds=900))
    other = PlaceOrder(7, "EUR", 1, 2, timedelta(minutes=15))
    assert fingerprint(order_goods, ask) == fingerprint(order_goods, same)
    assert fingerprint(order_goods, ask) != fingerprint(order_goods, other)
    assert fingerprint(order_goods, ask) != fingerprint(refund, ask)


def test_a_request_that_differs_in_a_time_alone_is_another_one() -> None:
    asks = [PlaceOrder(7, "EUR", 1, 1, timedelta(minutes=minutes)) for minutes in (5, 6)]
    assert len({fingerprint(order_goods, ask) for ask in asks}) == 2
