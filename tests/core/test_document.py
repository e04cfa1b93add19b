"""Every step makes a numbered document, and people find those that are theirs to see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.document import Viewer, find_document, history, number_of, paid_at
from core.errors import NotFound
from core.top_up import TopUp
from tests.conftest import Clock
from tests.core.evening import ANN, BAR, ZED, Evening

ANN_SEES, ZED_SEES = Viewer(customer_id=ANN), Viewer(customer_id=ZED)
BAR_SEES, OTHER_BAR_SEES = Viewer(merchant_id=BAR), Viewer(merchant_id=BAR + 1)
ADMIN_SEES = Viewer(is_admin=True)


@pytest.fixture
async def evening(evening: Evening) -> Evening:
    """With T-1, G-1, C-1 and R-1 of Ann's."""
    await evening.top_up(1000)
    await evening.deliver(1)
    await evening.check_out(refund_rest=True)
    return evening


async def sees(evening: Evening, number: str, viewer: Viewer) -> bool:
    try:
        document = await evening.store.run(lambda books: find_document(books, number, viewer))
    except NotFound:
        return False
    return number_of(document) == number


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        (ANN_SEES, ["T-1", "G-1", "C-1", "R-1"]),
        (ZED_SEES, []),
        (BAR_SEES, ["G-1", "C-1"]),
        (OTHER_BAR_SEES, []),
        (ADMIN_SEES, ["T-1", "G-1", "C-1", "R-1"]),
        (Viewer(), []),
        (Viewer(customer_id=ZED, merchant_id=BAR), ["G-1", "C-1"]),
    ],
)
async def test_each_sees_what_is_theirs(evening: Evening, viewer: Viewer, seen: list[str]) -> None:
    numbers = ["T-1", "G-1", "C-1", "R-1"]
    assert [number for number in numbers if await sees(evening, number, viewer)] == seen


@pytest.mark.parametrize("number", ["t-1", " T1 ", "T - 1", "T-01"])
async def test_a_number_is_found_as_people_type_it(evening: Evening, number: str) -> None:
    document = await evening.store.run(lambda books: find_document(books, number, ANN_SEES))
    assert number_of(document) == "T-1"


@pytest.mark.parametrize("number", ["", "T", "1", "X-1", "T-2", "T--1", "T-" + "9" * 30, "T-1; DROP"])
async def test_what_is_no_number_is_not_found(evening: Evening, number: str) -> None:
    assert not await sees(evening, number, ADMIN_SEES)


async def test_the_history_is_newest_first_and_nobody_elses(evening: Evening, clock: Clock) -> None:
    clock.forward(timedelta(hours=1))
    await evening.sit_down(ZED)
    await evening.invoice(500, customer=ZED)
    await evening.invoice(500)
    documents = await evening.store.run(lambda books: history(books, ANN, 3))
    assert [number_of(documents[0]), len(documents)] == ["T-3", 3]
    assert len(await evening.store.run(lambda books: history(books, ANN, 10))) == 5


async def test_the_history_shows_the_latest_of_many_of_a_kind(evening: Evening) -> None:
    for _ in range(4):
        await evening.invoice(500)
    documents = await evening.store.run(lambda books: history(books, ANN, 20))
    assert {number_of(each) for each in documents} == {*(f"T-{n}" for n in range(1, 6)), "G-1", "C-1", "R-1"}


async def test_of_a_kind_the_latest_are_in_a_short_history(evening: Evening, clock: Clock) -> None:
    clock.forward(timedelta(hours=1))
    for _ in range(3):
        await evening.invoice(500)
    documents = await evening.store.run(lambda books: history(books, ANN, 2))
    assert {number_of(each) for each in documents} == {"T-4", "T-3"}


async def test_what_was_not_found_is_told_as_it_was_asked_but_not_at_length(evening: Evening) -> None:
    with pytest.raises(NotFound) as caught:
        await evening.store.run(lambda books: find_document(books, " " + "9" * 30, ADMIN_SEES))
    assert caught.value.asked == "9" * 20


async def test_a_top_up_names_the_charges_it_brought(evening: Evening) -> None:
    order = await evening.get(TopUp, 1)
    await evening.pay(order, "once more")
    await evening.pay(await evening.invoice(500), "another's")
    lots = await evening.store.run(lambda books: paid_at(books, order))
    assert [lot.charge for lot in lots] == ["tg-1", "once more"]
