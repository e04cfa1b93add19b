"""When something holds: windows of the week by the merchant's clock, over midnight and across clock changes.

`Mon-Fri 11:00-14:30; Sat,Sun 10:00-02:00` are two windows; without days a window is open on all of them.
One that ends at or before the time at which it begins ends on the next day, and belongs to the day before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

DAY = 24 * 60
WEEK = 7 * DAY
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Window:
    """From *begin* to *end*, in minutes since midnight, on each of *days*; Monday is 0.

    *tag* is what stands behind it.
    """

    days: tuple[int, ...]
    begin: int
    end: int
    tag: str = ""

    @property
    def minutes(self) -> int:
        return (self.end - self.begin - 1) % DAY + 1


@dataclass(eq=False)
class BadHours(Exception):
    """The windows cannot be meant so; *why* is a word of the catalogue, *found* the part that is wrong."""

    why: str
    found: str


@lru_cache(maxsize=1000)
def read_windows(text: str) -> tuple[Window, ...]:
    """Return the windows that *text* writes, or raise BadHours: unreadable, or two that overlap.

    >>> read_windows("Fri-Sat 22:00-01:30")
    (Window(days=(4, 5), begin=1320, end=90, tag=''),)
    """
    parts = [part.strip() for part in text.split(";")] if text else []
    windows = tuple(_read_window(part) for part in parts)
    _refuse_overlaps(windows, parts)
    return windows


def find_window(windows: Sequence[Window], at: datetime) -> tuple[Window, datetime] | None:
    """Return the window that is open *at* that time, in its time zone, and when it closes, in UTC.

    Where the clock is put back while a window is open it is open longer; it never closes to open again.
    """
    now = at.astimezone(UTC)
    for window in windows:
        for day in (at.date() - timedelta(days=1), at.date()):
            if day.weekday() in window.days:
                closes = _closes(window, day, at)
                if _opens(window, day, at) <= now < closes:
                    return window, closes
    return None


def next_window(windows: Sequence[Window], at: datetime, within: timedelta) -> tuple[Window, datetime] | None:
    """Return the window that opens first after *at*, no later than *within*, and when it does, in UTC."""
    now = at.astimezone(UTC)
    days = (at.date() + timedelta(days=n) for n in range(within.days + 2))
    found = [
        (window, opens)
        for day in days
        for window in windows
        if day.weekday() in window.days and now < (opens := _opens(window, day, at)) <= now + within
    ]
    return min(found, key=lambda each: each[1], default=None)


def open_until(windows: Sequence[Window], at: datetime) -> datetime | None:
    """Return until when it is open that is open *at* that time, in UTC; None if it never closes.

    Where one window begins as another ends it stays open.
    """
    closes = at.astimezone(UTC)
    while found := find_window(windows, closes.astimezone(at.tzinfo)):
        closes = found[1]
        if closes > at.astimezone(UTC) + timedelta(days=8):
            return None
    return closes


def opens_next(windows: Sequence[Window], at: datetime) -> datetime:
    """Return when the next window opens after that time, in UTC; there must be windows."""
    now, days = at.astimezone(UTC), [at.date() + timedelta(days=n) for n in range(9)]
    opens = [_opens(window, day, at) for window in windows for day in days if day.weekday() in window.days]
    return min(moment for moment in opens if moment > now)


def closed_since(windows: Sequence[Window], at: datetime) -> datetime:
    """Return when a window closed last before that time, or at it, in UTC; there must be windows."""
    now, days = at.astimezone(UTC), [at.date() - timedelta(days=n) for n in range(9)]
    closes = [_closes(window, day, at) for window in windows for day in days if day.weekday() in window.days]
    return max(moment for moment in closes if moment <= now)


def _opens(window: Window, day: date, at: datetime) -> datetime:
    """Return when the window of that day opens; an hour that comes twice begins with the first."""
    return _wall(day, window.begin, at).astimezone(UTC)


def _closes(window: Window, day: date, at: datetime) -> datetime:
    """Return when it closes; of an hour that comes twice, with the second."""
    wall = _wall(day, window.begin + window.minutes, at)
    return max(wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC))


def _wall(day: date, minutes: int, at: datetime) -> datetime:
    midnight = datetime.combine(day, time.min, at.tzinfo)
    return midnight + timedelta(minutes=minutes)  # wall clock: arithmetic within one zone knows no changes


def _read_window(text: str) -> Window:
    found = _WINDOW.fullmatch(text)
    if not found:
        raise BadHours("form", text)
    begin, end = _minutes(found["begin"]), _minutes(found["end"])
    if begin >= DAY or end > DAY:
        raise BadHours("form", text)
    days = tuple(sorted(set(_days(found["days"])))) if found["days"] else tuple(range(7))
    return Window(days, begin, end % DAY, found["tag"] or "")


def _days(text: str) -> Iterator[int]:
    for part in text.casefold().split(","):
        first, _, last = (DAYS.index(name) if name in DAYS else -1 for name in _ends(part))
        if first < 0 or last < 0:
            raise BadHours("form", text)
        for n in range((last - first) % 7 + 1):
            yield (first + n) % 7


def _ends(part: str) -> tuple[str, str, str]:
    first, dash, last = part.strip().partition("-")
    return first.strip(), dash, (last if dash else first).strip()


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _refuse_overlaps(windows: Sequence[Window], parts: Sequence[str]) -> None:
    spans = sorted(
        (day * DAY + window.begin, window.minutes, part)
        for window, part in zip(windows, parts, strict=True)
        for day in window.days
    )
    for (begin, minutes, _), (next_, _, part) in zip(spans, [*spans[1:], *spans[:1]], strict=True):
        if len(spans) > 1 and (next_ - begin) % WEEK < minutes:
            raise BadHours("overlap", part)


_TIME = r"[0-9]{1,2}:[0-5][0-9]"
_WINDOW = re.compile(
    rf"(?:(?P<days>[A-Za-z,\s-]*[A-Za-z])\s+)?(?P<begin>{_TIME})\s*[-–]\s*(?P<end>{_TIME})(?:\s+(?P<tag>\S.*))?"
)
