"""Daily bills as WeChat Pay and Alipay make them: days of Beijing, rows of named columns, amounts in yuan."""

from __future__ import annotations

import re
from asyncio import sleep
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

from bot.gateways.counting import ALIPAY
from core.money import LARGEST_MINOR, Money

CURRENCY = "CNY"
BEIJING = timezone(timedelta(hours=8))  # without summer time, since 1991
BILL_MOST_BYTES = 1 << 26
_AT_ONCE = 500
_DAY = timedelta(days=1)
_NARROW = str.maketrans("（）", "()")

Row = dict[str, str]


def yuan(amount: Money) -> str:
    """Return *amount* as a decimal text of two places.

    >>> yuan(Money(30, "CNY")), yuan(Money(100005, "CNY"))
    ('0.30', '1000.05')
    """
    fen = ALIPAY.to_gateway(amount)
    assert fen >= 0, amount
    return f"{fen // 100}.{fen % 100:02d}"


_YUAN = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,2})0*)?")


def read_yuan(text: str) -> Money:
    """Return the amount that a decimal text names, or raise ValueError: nothing is rounded.

    >>> str(read_yuan("20")), str(read_yuan("0.3")), str(read_yuan("-1.25"))
    ('20.00 CNY', '0.30 CNY', '-1.25 CNY')
    """
    found = _YUAN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    minor = int(found[2] + (found[3] or "").ljust(2, "0"))
    if minor > LARGEST_MINOR:
        raise ValueError(text)
    return ALIPAY.from_gateway(-minor if found[1] else minor, CURRENCY)


def read_fee(text: str) -> Money:
    """Return a fee, which bills state with up to five places, rounded as it is charged.

    >>> str(read_fee("0.00600")), str(read_fee("0.02500"))
    ('0.01 CNY', '0.03 CNY')
    """
    if not re.fullmatch(r"-?[0-9]{1,12}(?:\.[0-9]{1,5})?", text):
        raise ValueError(text)
    return Money(int((Decimal(text) * 100).to_integral_value(ROUND_HALF_UP)), CURRENCY)


def read_beijing(text: str) -> datetime:
    """Return the time that is written in Beijing's, or raise ValueError."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).astimezone(UTC)


def beijing_days(since: datetime, until: datetime) -> Iterator[date]:
    """Yield the days of Beijing that *since* up to *until* touches."""
    begins = since.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    while begins < until:
        yield begins.date()
        begins += _DAY


def is_due(day: date, at_hour: int, now: datetime) -> bool:
    """Say whether the bill of a day is there, which is made at that hour of the next one.

    >>> is_due(date(2026, 5, 1), 10, datetime(2026, 5, 2, 1, 59, tzinfo=UTC))
    False
    """
    return now >= datetime(day.year, day.month, day.day, at_hour, tzinfo=BEIJING) + _DAY


async def read_rows(lines: Iterable[list[str]]) -> AsyncIterator[Row]:
    """Yield each row by the names in the first one, without what pads a field, with narrow brackets.

    A row that does not fit its head raises ValueError: a bill is read whole or not at all.
    """
    head: list[str] = []
    for number, fields in enumerate(lines):
        if number % _AT_ONCE == 0:
            await sleep(0)  # so that a long bill holds up nobody's order
        values = [field.strip(" `\t\r") for field in fields]
        if not head:
            head = [name.translate(_NARROW) for name in values]
        elif len(values) == len(head):
            yield dict(zip(head, values, strict=True))
        else:
            raise ValueError(f"{len(values)} fields below a head of {len(head)}")
