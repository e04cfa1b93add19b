"""Whether a merchant takes orders at an hour, and what its day has next: over midnight and clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.closing import HOURS_LENGTH, check_hours
from core.endings import Door, Endings, Moment, Stage, door_at, next_moment, refuse_orders
from core.errors import HoursRefused, LastOrdersOver, NotOpenNow
from core.hours import closed_since, find_window, open_until, opens_next, read_windows

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = 366 * 24 * 60
HOURS = (
    "Mon-Thu 18:00-02:00; Fri,Sat 18:00-04:00",
    "11:00-14:30; 14:30-17:00; 18:00-24:00",
    "Sat 22:00-02:30",
    "Sun 01:30-02:30",
    "00:00-24:00",
)


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def stage(hours: str, moment: str, fold: int = 0, last_orders: int = 30) -> Stage:
    return door_at(Endings(1, hours, last_orders_minutes=last_orders), at(moment, fold)).stage


def berlin(moment: datetime | None) -> str:
    assert moment is not None
    return f"{moment.astimezone(BERLIN):%a %H:%M}"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-05-01T17:59", Stage.CLOSED),  # a Friday
        ("2026-05-01T18:00", Stage.OPEN),
        ("2026-05-02T03:14", Stage.OPEN),
        ("2026-05-02T03:15", Stage.LAST_ORDERS),
        ("2026-05-02T03:30", Stage.CLOSING),
        ("2026-05-02T03:59", Stage.CLOSING),
        ("2026-05-02T04:00", Stage.CLOSED),
        ("2026-05-03T18:30", Stage.CLOSED),
    ],
)
def test_an_evening_over_midnight_goes_through_its_stages(moment: str, expected: Stage) -> None:
    assert stage(HOURS[0], moment) is expected


def test_without_hours_it_is_always_open_and_nothing_waits() -> None:
    assert door_at(Endings(1), at("2026-05-01T04:00")) == Door(Stage.OPEN)
    assert next_moment(Endings(1), at("2026-05-01T04:00")) is None
    assert next_moment(Endings(1, "00:00-24:00"), at("2026-05-01T04:00")) is None


def test_without_last_orders_one_can_order_until_it_closes() -> None:
    assert stage("18:00-23:00", "2026-05-01T22:59", last_orders=0) is Stage.OPEN
    rules = Endings(1, "18:00-23:00", last_orders_minutes=0)
    assert next_moment(rules, at("2026-05-01T22:59")) == (Moment.CLOSING, at("2026-05-01T23:00"))


def test_where_one_window_begins_as_another_ends_it_stays_open() -> None:
    assert stage(HOURS[1], "2026-05-01T14:20") is Stage.OPEN
    door = door_at(Endings(1, HOURS[1]), at("2026-05-01T14:20"))
    assert (berlin(door.closes_at), berlin(door.opens_at)) == ("Fri 17:00", "Fri 18:00")


def test_where_the_clock_is_put_back_it_closes_an_hour_later() -> None:
    """From 02:00 to 03:00 twice in the night to the 25th of October."""
    hours = "Sat 22:00-02:30"
    assert stage(hours, "2026-10-25T02:15") is Stage.OPEN
    assert stage(hours, "2026-10-25T02:05", fold=1) is Stage.CLOSING
    closes_at = door_at(Endings(1, hours), at("2026-10-25T01:00")).closes_at
    assert closes_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_where_the_clock_is_put_forward_it_closes_an_hour_earlier() -> None:
    """There is no 02:30 in the night to the 29th of March; it is 03:30 then."""
    door = door_at(Endings(1, "Sat 22:00-04:00"), at("2026-03-29T01:30"))
    assert door.closes_at == datetime(2026, 3, 29, 2, 0, tzinfo=UTC)
    assert door.orders_until == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_who_comes_too_late_is_told_when_it_opens_again() -> None:
    rules = Endings(1, HOURS[0])
    refuse_orders(rules, "Blue Bar", at("2026-05-02T03:29"))
    with pytest.raises(LastOrdersOver) as late:
        refuse_orders(rules, "Blue Bar", at("2026-05-03T03:31"))
    assert berlin(late.value.opens_at) == "Mon 18:00"
    with pytest.raises(NotOpenNow) as closed:
        refuse_orders(rules, "Blue Bar", at("2026-05-01T02:30"))
    assert berlin(closed.value.opens_at) == "Fri 18:00"


@given(
    hours=st.sampled_from(HOURS),
    minutes=st.integers(0, YEAR),
    last_orders=st.sampled_from([0, 15, 60]),
)
def test_whatever_comes_next_is_later_and_is_then_so(hours: str, minutes: int, last_orders: int) -> None:
    """Following the day from any moment of a year, each moment finds the day at the stage it is named for."""
    rules = Endings(1, hours, last_orders_minutes=last_orders)
    now = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(BERLIN)
    for _ in range(5):
        coming = next_moment(rules, now)
        if coming is None:
            assert hours == "00:00-24:00"
            return
        moment, due = coming
        assert due > now
        now = due.astimezone(BERLIN)
        found = door_at(rules, now).stage
        if moment is Moment.CLOSING:
            assert found is Stage.CLOSED
        elif moment is Moment.OPENING:
            assert found is not Stage.CLOSED
        else:
            assert found is {Moment.CALL: Stage.LAST_ORDERS, Moment.ORDERS_END: Stage.CLOSING}[moment]


@given(hours=st.sampled_from(HOURS[:4]), minutes=st.integers(0, YEAR))
def test_closed_is_between_a_closing_and_an_opening(hours: str, minutes: int) -> None:
    windows = read_windows(hours)
    now = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(BERLIN)
    opens, closed = opens_next(windows, now), closed_since(windows, now)
    assert closed <= now < opens
    if find_window(windows, now) is None:
        assert find_window(windows, opens.astimezone(BERLIN)) is not None
        assert closed == now or find_window(windows, (closed - timedelta(minutes=1)).astimezone(BERLIN))
    else:
        closes = open_until(windows, now)
        assert closes is not None
        assert closes > now
        assert find_window(windows, closes.astimezone(BERLIN)) is None


@pytest.mark.parametrize(
    ("text", "why", "found"),
    [
        ("Fry 18-23", "form", "Fry 18-23"),
        ("Fri 18:00-23:00 happy", "form", "happy"),
        ("Mon-Fri 18:00-02:00; Tue 20:00-22:00", "overlap", "Tue 20:00-22:00"),
        (" ; ", "form", ";"),
        (";" * 25, "form", ";" * 20),
        ("Mon 18:00-19:00; " * 20, "long", "Mon 18:00-19:00; Mon"),
    ],
)
def test_hours_that_cannot_be_meant_so_are_refused(text: str, why: str, found: str) -> None:
    with pytest.raises(HoursRefused) as refused:
        check_hours(text)
    assert (refused.value.why, refused.value.found) == (why, found)


def test_hours_may_be_as_long_as_that() -> None:
    two, eight = [f"Mon 2{n}:01-2{n}:02" for n in range(2)], [f"Mon,Tue 0{n}:01-0{n}:02" for n in range(8)]
    hours = "; ".join([*two, *eight])
    assert len(hours) == HOURS_LENGTH
    assert check_hours(hours) == hours
