"""How a list of seats is read, and what becomes of a seat's token."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LabelsRefused, SeatLabelUnknown, SeatRetired, SeatUnknown
from core.merchant import NewMerchant, create_merchant
from core.seat import (
    LABEL_LENGTH,
    SEATS_AT_ONCE,
    MakeSeats,
    RotateSeat,
    Seat,
    make_seats,
    read_labels,
    rotate_seat,
    seat_by_label,
    seats_of,
)
from core.visit import SitDown, Visit, sit_down
from tests.conftest import Clock
from tests.core.evening import ANN, BAR, Evening


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("A1", ["A1"]),
        ("A1 A2,A3，B1、B2\nBar", ["A1", "A2", "A3", "B1", "B2", "Bar"]),
        ("A1-A3", ["A1", "A2", "A3"]),
        ("A1-A1", ["A1"]),
        (f"A1-A{SEATS_AT_ONCE}", [f"A{n}" for n in range(1, SEATS_AT_ONCE + 1)]),
        ("x" * LABEL_LENGTH, ["x" * LABEL_LENGTH]),
        ("A1-3", ["A1", "A2", "A3"]),
        ("1-3", ["1", "2", "3"]),
        ("A08-A11", ["A08", "A09", "A10", "A11"]),
        ("VIP-1", ["VIP-1"]),
        ("A-1-3", ["A-1", "A-2", "A-3"]),
        ("A1,A1,A1-A2", ["A1", "A2"]),
        ("雅座1-2", ["雅座1", "雅座2"]),
    ],
)
def test_labels_are_read_with_their_ranges(text: str, labels: list[str]) -> None:
    assert list(read_labels(text)) == labels


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", ""),
        ("A3-A1", "A3-A1"),
        ("A1-B3", "A1-B3"),
        ("A1-A9999", "A1-A9999"),
        ("A1 <b>", "<b>"),
        ("x" * (LABEL_LENGTH + 1), "x" * (LABEL_LENGTH + 1)),
        ("A1-A150 B1-B150", "B1-B150"),
        ("-", "-"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_the_part_that_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(LabelsRefused) as caught:
        read_labels(text)
    assert caught.value.found == wrong


@given(st.text() | st.text("A19- ,", max_size=30))
def test_no_text_whatever_makes_too_many_or_empty_labels(text: str) -> None:
    try:
        labels = read_labels(text)
    except LabelsRefused:
        return
    assert 0 < len(labels) <= SEATS_AT_ONCE
    assert all(0 < len(label) <= LABEL_LENGTH for label in labels)


async def test_seats_that_are_there_stay_as_they_are(evening: Evening) -> None:
    before = await evening.find(Seat, label="A12")
    assert await evening.once(make_seats, MakeSeats(BAR, ("A12", "A14"))) == 1
    assert await evening.find(Seat, label="A12") == before


async def test_a_merchant_has_its_own_seats_and_no_others(evening: Evening) -> None:
    red = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    assert await evening.once(make_seats, MakeSeats(red, ("A12", "R1"))) == 2
    seats = await evening.store.run(lambda books: seats_of(books, BAR))
    assert [seat.label for seat in seats] == ["A12", "A13"]


async def test_a_new_token_retires_the_old_code_and_leaves_the_visit_alone(
    evening: Evening, clock: Clock
) -> None:
    clock.forward(timedelta(hours=1))
    (old,) = await evening.find(Seat, label="A12")
    new = await evening.get(Seat, await evening.once(rotate_seat, RotateSeat(BAR, "a12")))
    assert (new.label, new.token == old.token, new.made_at) == ("A12", False, clock.now)
    with pytest.raises(SeatRetired) as caught:
        await evening.once(sit_down, SitDown(ANN, old.token))
    assert caught.value.label == "A12"
    assert [visit.seat_id for visit in await evening.find(Visit)] == [old.id]
    assert [seat.label for seat in await evening.store.run(lambda books: seats_of(books, BAR))] == [
        "A13",
        "A12",
    ]


async def test_what_nobody_made_is_no_seat(evening: Evening) -> None:
    with pytest.raises(SeatUnknown):
        await evening.once(sit_down, SitDown(ANN, "made-up"))
    with pytest.raises(SeatLabelUnknown):
        await evening.store.run(lambda books: seat_by_label(books, BAR, "Z1"))


async def test_a_change_of_seat_moves_the_visit(evening: Evening) -> None:
    (other,) = await evening.find(Seat, label="A13")
    first = await evening.visit()
    assert first.version == 1
    assert await evening.once(sit_down, SitDown(ANN, other.token)) == first.id
    assert (await evening.visit()).seat_id == other.id
