"""What a seat is: a label with a secret token in its QR code."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from core.errors import LabelsRefused, SeatLabelUnknown, SeatRetired, SeatUnknown
from core.merchant import find_merchant
from core.ports import Books

SEATS_AT_ONCE = 200
LABEL_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Seat:
    """A labelled place. Its token is all that the QR code tells; a new token retires the old seat."""

    id: int
    merchant_id: int
    label: str
    token: str
    made_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class MakeSeats:
    merchant_id: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RotateSeat:
    merchant_id: int
    label: str


def read_labels(text: str) -> tuple[str, ...]:
    """Return the labels that *text* lists: separated by blanks or commas, with ranges.

    >>> read_labels("A1-A3, Bar")
    ('A1', 'A2', 'A3', 'Bar')
    """
    labels: list[str] = []
    for part in re.split(r"[\s,，、]+", text.strip()):
        labels += _read_range(part)
        if len(labels) > SEATS_AT_ONCE:
            raise LabelsRefused(part)
    return tuple({label.casefold(): label for label in reversed(labels)}.values())[::-1]


async def make_seats(books: Books, ask: MakeSeats) -> int:
    """Make the seats that are not there yet; return how many were made."""
    merchant = await find_merchant(books, ask.merchant_id)
    there = {seat.label.casefold() for seat in await seats_of(books, merchant.id)}
    new = [label for label in ask.labels if label.casefold() not in there]
    for label in new:
        await books.add(Seat(0, merchant.id, label, books.token(), books.now, retired_at=None))
    return len(new)


async def rotate_seat(books: Books, ask: RotateSeat) -> int:
    """Give the seat a new token, so that its old QR code only says that it is old."""
    seat = await seat_by_label(books, ask.merchant_id, ask.label)
    await books.save(replace(seat, retired_at=books.now))
    return (await books.add(replace(seat, id=0, token=books.token(), made_at=books.now))).id


async def seat_by_token(books: Books, token: str) -> Seat:
    """Return the seat whose QR code was scanned, or refuse."""
    found = await books.find(Seat, token=token)
    if not found:
        raise SeatUnknown
    if found[0].retired_at:
        raise SeatRetired(found[0].label)
    return found[0]


async def seat_by_label(books: Books, merchant_id: int, label: str) -> Seat:
    """Return the merchant's seat of that label, whatever its case, or refuse."""
    for seat in await seats_of(books, merchant_id):
        if seat.label.casefold() == label.casefold():
            return seat
    raise SeatLabelUnknown(label)


async def seats_of(books: Books, merchant_id: int) -> list[Seat]:
    """Return the merchant's seats that are in use."""
    return await books.find(Seat, merchant_id=merchant_id, retired_at=None)


def _read_range(part: str) -> list[str]:
    if match := re.fullmatch(r"(\D*)(\d{1,4})-(\D*)(\d{1,4})", part):
        zone, first, zone_again, last = match.groups()
        if zone_again not in ("", zone) or not 0 <= int(last) - int(first) < SEATS_AT_ONCE:
            raise LabelsRefused(part)
        return [_checked(f"{zone}{n:0{len(first)}d}") for n in range(int(first), int(last) + 1)]
    return [_checked(part)]


def _checked(label: str) -> str:
    if not 0 < len(label) <= LABEL_LENGTH or not label.replace("-", "").isalnum():
        raise LabelsRefused(label)
    return label
