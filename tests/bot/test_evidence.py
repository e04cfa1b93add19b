"""A disputed charge's document: all that happened since it was paid, on as many pages as that takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.evidence import Chapter, Evidence, gather, print_evidence
from bot.locales import Locale
from core.dispute import DisputeState
from core.errors import DisputeUnknown
from core.gateway import Verdict
from core.ports import Store
from tests.conftest import Clock
from tests.core.evening import ZED, Evening


@pytest.fixture
async def evening(store: Store) -> Evening:
    evening = Evening(store)
    await evening.open_the_bar()
    await evening.sit_down()
    return evening


async def gathered(evening: Evening, language: str = "en") -> Evidence:
    return await evening.store.run(lambda books: gather(books, Locale.of(language), 1))


async def test_it_tells_what_was_paid_ordered_brought_and_given_back(evening: Evening) -> None:
    await evening.top_up(2000)
    await evening.deliver(2)
    await evening.check_out()
    await evening.refund(300)
    await evening.hear(1, Verdict.DONE)
    await evening.dispute(1, DisputeState.OPEN)
    found = await gathered(evening)
    text = "\n".join(row for chapter in found.chapters for row in (chapter.heading, *chapter.rows))
    for told in (
        "€20.00 disputed", "fraudulent", "charge tg-1", "Spent of this payment on goods: €6.40",
        "G-1 · 1 May 2026", "Blue Bar, seat A12", "2 × Pils · €6.40 · delivered", "delivered by Bea",
        "C-1 · 1 May 2026", "€6.40 for 1 order lines", "R-1 · €3.00 · given back · re-1",
    ):  # fmt: skip
        assert told in text, (told, text)


async def test_it_says_for_whom_an_order_was_that_the_customer_paid(evening: Evening) -> None:
    await evening.top_up(2000)
    await evening.sit_down(ZED, "A13")
    party = await evening.start_party()
    await evening.join_party(party)
    await evening.set_limit(party, 1000)
    await evening.order_on_host(party)
    await evening.dispute(1, DisputeState.OPEN)
    rows = (await gathered(evening)).chapters[1].rows
    assert [row.split(" · ")[0] for row in rows[1:]] == [
        "  for Customer 9, paid by this customer", "    1 × Pils",
    ]  # fmt: skip


async def test_what_was_before_the_payment_is_left_out(evening: Evening, clock: Clock) -> None:
    await evening.top_up(1000)
    await evening.deliver(1)
    clock.forward(timedelta(hours=1))
    await evening.top_up(1000)
    await evening.order(1, "Nuts")
    await evening.dispute(2, DisputeState.OPEN)
    found = await gathered(evening, "zh")
    assert [row.split(" · ")[0] for row in found.chapters[1].rows] == ["G-2", "    1 × Nuts"]
    assert [chapter.rows for chapter in found.chapters[2:]] == [("无",), ("无",)]


async def test_a_dispute_that_is_none_has_no_evidence(evening: Evening) -> None:
    with pytest.raises(DisputeUnknown):
        await gathered(evening)


@pytest.mark.parametrize("rows", [1, 60, 400])
def test_it_is_drawn_on_as_many_pages_as_it_takes(rows: int) -> None:
    chapter = Chapter("Orders · 订单", tuple(f"G-{n} · 2 × 青岛啤酒 · €6.40" for n in range(rows)))
    sheet = print_evidence(Evidence("Dispute D-1", (chapter,)))
    assert sheet.startswith(b"%PDF")
    assert sheet.count(b"/Type /Page\n") + sheet.count(b"/Type /Page ") == -(-(rows + 3) // 52)


def test_a_long_row_is_folded_and_a_wild_one_drawn() -> None:
    assert print_evidence(Evidence("D", (Chapter("x", ("word " * 200, "🍺\x00\n")),)))
