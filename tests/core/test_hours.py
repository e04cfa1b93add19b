"""When windows are open: over midnight, across clock changes, and never two at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hours import DAY, DAYS, BadHours, find_window, next_window, read_windows

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def is_open(hours: str, moment: datetime) -> bool:
    return find_window(read_windows(hours), moment) is not None


def closes(hours: str, moment: datetime) -> datetime:
    found = find_window(read_windows(hours), moment)
    assert found is not None
    return found[1].astimezone(BERLIN)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-05-01T21:59", False),  # a Friday
        ("2026-05-01T22:00", True),
        ("2026-05-02T00:59", True),
        ("2026-05-02T01:00", False),
        ("2026-05-02T22:30", False),
        ("2026-05-01T00:30", False),
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_on_which_it_began(moment: str, expected: bool) -> None:
    assert is_open("Fri 22:00-01:00", at(moment)) is expected


def test_days_may_be_named_as_people_do() -> None:
    assert [window.days for window in read_windows("Fri-Mon 10:00-11:00; tue, THU 10:00-24:00")] == [
        (0, 4, 5, 6),
        (1, 3),
    ]
    assert read_windows("10:00-24:00")[0].minutes == 14 * 60
    assert is_open("00:00-24:00", at("2026-05-01T00:00"))


def test_where_the_clock_is_put_back_a_window_stays_open_and_does_not_open_again() -> None:
    hours = "Sat 22:00-02:30"
    assert is_open(hours, at("2026-10-25T02:15"))
    assert is_open(hours, at("2026-10-25T02:45"))
    assert is_open(hours, at("2026-10-25T02:15", fold=1))
    assert not is_open(hours, at("2026-10-25T02:45", fold=1))
    assert closes(hours, at("2026-10-24T23:00")) == at("2026-10-25T02:30", fold=1)


def test_where_the_clock_is_put_forward_a_window_ends_with_the_hour_that_is_not_there() -> None:
    hours = "Sat 22:00-02:30"
    assert is_open(hours, at("2026-03-29T01:59"))
    assert closes(hours, at("2026-03-29T01:00")) == at("2026-03-29T03:30")


@pytest.mark.parametrize(
    ("text", "why", "found"),
    [
        ("always", "form", "always"),
        ("Mon", "form", "Mon"),
        ("Mon 25:00-26:00", "form", "Mon 25:00-26:00"),
        ("Mon 10:00-24:01", "form", "Mon 10:00-24:01"),
        ("Mon 10.00-12.00", "form", "Mon 10.00-12.00"),
        ("Mon 24:00-24:00", "form", "Mon 24:00-24:00"),
        ("Moon 10:00-12:00", "form", "Moon"),
        ("Mon-Moon 10:00-12:00", "form", "Mon-Moon"),
        ("10:00-12:00;", "form", ""),
        ("Mon 10:00-12:00; Mon 11:59-13:00", "overlap", "Mon 11:59-13:00"),
        ("Mon-Wed 22:00-02:00; Tue 01:00-03:00", "overlap", "Tue 01:00-03:00"),
        ("Sun 22:00-02:00; Mon 01:00-03:00", "overlap", "Mon 01:00-03:00"),
        ("00:00-24:00; Mon 10:00-11:00", "overlap", "Mon 10:00-11:00"),
    ],
)
def test_hours_that_cannot_be_meant_are_refused(text: str, why: str, found: str) -> None:
    with pytest.raises(BadHours) as caught:
        read_windows(text)
    assert (caught.value.why, caught.value.found) == (why, found)


def test_windows_may_touch() -> None:
    assert len(read_windows("Mon 10:00-12:00; Mon 12:00-13:00; Sun 20:00-00:00; Mon 00:00-01:00")) == 4


clock_times = st.integers(0, DAY - 1)


@given(
    clock_times,
    clock_times,
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 2 * 365 * DAY).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes)),
    st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai")),
)
def test_a_window_is_open_as_its_clock_says_and_until_it_says(
    begin: int, end: int, days: set[int], moment: datetime, zone: str
) -> None:
    told = ",".join(DAYS[day] for day in sorted(days))
    windows = read_windows(f"{told} {begin // 60}:{begin % 60:02}-{end // 60}:{end % 60:02}")
    now = moment.astimezone(ZoneInfo(zone))
    found = find_window(windows, now)
    if found:
        _, until = found
        assert timedelta(0) < until - now.astimezone(UTC) <= timedelta(days=1, hours=1)
    if _no_change_near(now):
        minute, today = now.hour * 60 + now.minute, now.weekday()
        over = end <= begin
        expected = (today in days and begin <= minute and (over or minute < end)) or (
            over and (today - 1) % 7 in days and minute < end
        )
        assert (found is not None) is expected


def _no_change_near(now: datetime) -> bool:
    utc, zone = now.astimezone(UTC), now.tzinfo
    near = {(utc + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in (-30, 0, 30)}
    return len(near) == 1


def test_the_window_that_opens_at_that_very_time_is_not_the_next_one() -> None:
    now, windows = at("2026-05-01T17:00"), read_windows("Fri,Sat 17:00-19:00")
    assert next_window(windows, now, timedelta(hours=23)) is None
    assert next_window(windows, now, timedelta(days=1)) == (windows[0], now + timedelta(days=1))


@given(later=st.timedeltas(timedelta(0), timedelta(days=14)), hours=st.integers(1, 30))
def test_the_window_that_opens_next_is_the_one_that_is_open_then(later: timedelta, hours: int) -> None:
    windows = read_windows("Mon-Thu 17:00-19:00 1; Fri 22:00-01:30 2; Sat 03:00-04:00 3")
    now = at("2026-03-27T12:00") + later  # the clock is put forward meanwhile
    found = next_window(windows, now, timedelta(hours=hours))
    ahead = [now.astimezone(UTC) + timedelta(minutes=n) for n in range(1, hours * 60 + 1)]
    opened = [
        moment
        for moment in ahead
        if find_window(windows, moment.astimezone(BERLIN))
        and not find_window(windows, (moment - timedelta(minutes=1)).astimezone(BERLIN))
    ]
    assert (found is None) == (not opened)
    if found:
        assert timedelta(0) <= opened[0] - found[1] < timedelta(minutes=1)
        open_then = find_window(windows, found[1].astimezone(BERLIN))
        assert open_then
        assert open_then[0] == found[0]
