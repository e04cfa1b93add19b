"""A value comes back from its row as it was, and every class has the table of its name."""

from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.call import Calling, StaffCall
from core.check_out import CheckOut
from core.draft import Draft, DraftKind
from core.errand import Errand
from core.lot import Lot, LotUse
from core.menu import MenuItem
from core.merchant import LinkCode, Merchant
from core.money import EXPONENTS, Money
from core.open_account import Customer
from core.order_goods import CartLine, GoodsOrder, Line
from core.presence import Admission, Seating
from core.refund import RefundOrder, RefundPart
from core.seat import Seat
from core.serve import Deed
from core.station import Station
from core.stray import StrayCase
from core.top_up import Stray, TopUp
from core.visit import Visit
from storage.rows import shape_of, to_column
from tests.thorough import examples

KINDS = [
    Admission, Calling, CartLine, CheckOut, Customer, Deed, Draft, Errand, GoodsOrder, Line, LinkCode, Lot,
    LotUse, MenuItem, Merchant, RefundOrder, RefundPart, Seat, Seating, StaffCall, Stray, StrayCase, TopUp,
    Station, Visit,
]  # fmt: skip

ZONES = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001


def values(kind: type[Any], currency: str) -> st.SearchStrategy[Any]:
    """Return any value of a class, its amounts in one currency."""
    st.register_type_strategy(datetime, MOMENTS)
    st.register_type_strategy(Money, st.integers(-(2**62), 2**62).map(lambda n: Money(n, currency)))
    st.register_type_strategy(int, st.integers(-(2**62), 2**62))
    return st.builds(kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=examples(25))
@given(data=st.data(), currency=st.sampled_from(sorted(EXPONENTS)))
def test_a_value_comes_back_as_it_was(kind: type[Any], data: st.DataObject, currency: str) -> None:
    shape = shape_of(kind)
    value = data.draw(values(kind, currency))
    row = shape.write(value)
    assert len(row) == len(shape.columns)
    assert all(each is None or type(each) in (int, str) for each in row)
    assert shape.read(row) == value
    assert shape.numbered(value, 12) == dataclasses.replace(value, id=12)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_class_has_the_table_of_its_name_with_a_column_for_each_field(
    kind: type[Any], path: Path
) -> None:
    shape = shape_of(kind)
    with closing(sqlite3.connect(path)) as connection:
        found = [row[1] for row in connection.execute(f"PRAGMA table_info({shape.table})")]
    assert sorted(found) == sorted(shape.columns)


@given(MOMENTS, MOMENTS)
def test_times_sort_as_their_texts_do(one: datetime, other: datetime) -> None:
    assert (one < other) == (to_column(one) < to_column(other))


def test_a_field_may_be_none() -> None:
    draft = Draft(1, 7, DraftKind.CART, None, 1, None, "", waits=False, used=True)
    shape = shape_of(Draft)
    row = dict(zip(shape.columns, shape.write(draft), strict=True))
    assert (row["visit_id"], row["amount_minor"], row["currency"], row["used"]) == (None, None, None, 1)
    assert shape.read(tuple(row.values())) == draft


@dataclass(frozen=True)
class Mixed:
    id: int
    first: Money
    second: Money


def test_two_currencies_in_one_row_are_a_bug() -> None:
    with pytest.raises(AssertionError, match="two currencies"):
        shape_of(Mixed).write(Mixed(1, Money(1, "EUR"), Money(1, "USD")))


def test_a_field_that_is_not_there_is_a_bug_and_never_reaches_sql() -> None:
    for field in ("nothing", 'id" OR 1=1 --'):
        with pytest.raises(AssertionError):
            shape_of(Visit).column(field)


def test_values_are_frozen_dataclasses_with_an_id() -> None:
    for kind in KINDS:
        first, *_ = dataclasses.fields(kind)
        assert first.name == "id"
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_a_moment_is_utc_text() -> None:
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=8)))
    assert to_column(moment) == "2026-01-01 19:04:00.000000+00:00"
    assert shape_of(Merchant).read((1, "Bar", "EUR", None, to_column(moment))).made_at == moment.astimezone(
        UTC
    )
