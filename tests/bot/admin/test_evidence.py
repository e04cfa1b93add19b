"""A disputed charge's document: all that happened since it was paid, on as many pages as that takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.admin.evidence import Chapter, Evidence, Row, gather, print_evidence
from bot.locales import Locale
from core.dispute import DisputeState
from core.errors import DisputeUnknown
from core.gateway import Payer, Verdict
from core.lot import Lot
from core.order_goods import LineState
from core.ports import Store
from core.refund import PartState
from core.serve import Action, Reason
from core.top_up import KnowPayer, know_payer
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


def text_of(evidence: Evidence) -> str:
    rows = [
        f"{row.label}: {row.text}" if row.label else row.text
        for chapter in evidence.chapters
        for row in (Row("", chapter.heading), *chapter.rows)
    ]
    return "\n".join([evidence.title, *evidence.summary, *rows])


async def test_it_tells_what_was_paid_ordered_brought_and_given_back(evening: Evening) -> None:
    await evening.top_up(2000)
    await evening.deliver(2)
    await evening.check_out()
    await evening.refund(300)
    await evening.hear(1, Verdict.DONE)
    await evening.dispute(1, DisputeState.OPEN)
    text = text_of(await gathered(evening))
    for told in (
        "Evidence in dispute dp-1", "Customer 7 paid €20.00 into their account on 1 May 2026",
        "€6.40 of it paid for goods", "€3.00 of it was given back", "All times are those of UTC",
        "Disputed: €20.00, as told", "fraudulent", "sandbox, payment tg-1", "(top-up T-1)",
        "G-1: Ordered 1 May 2026, 20:00 at Blue Bar, seat A12",
        "2 × Pils · €6.40 · delivered (€6.40 of it with this payment)", "20:00 · Bea · delivered",
        "C-1: 1 May 2026, 20:00 · Blue Bar · €6.40 paid from the account, for:\n2 × Pils · €6.40",
        "R-1: €3.00 · given back 1 May 2026, 20:00 · number at the provider: re-1",
    ):  # fmt: skip
        assert told in text, (told, text)


async def test_what_was_paid_with_other_money_is_told_apart(evening: Evening) -> None:
    await evening.top_up(500, 1000)
    await evening.deliver(3)
    await evening.check_out()
    await evening.dispute(2, DisputeState.OPEN)
    assert "3 × Pils · €9.60 · delivered (€4.60 of it with this payment)" in text_of(await gathered(evening))


async def test_what_the_same_payer_brought_before_and_left_undisputed_speaks_for_us(evening: Evening) -> None:
    await evening.top_up(500, 1000, 1000)
    for lot in await evening.find(Lot):
        ask = KnowPayer(lot.id, Payer("fp-1", "Visa ·· 4242"))
        await evening.once(know_payer, ask)
    await evening.dispute(1, DisputeState.LOST, reference="dp-0")
    await evening.dispute(3, DisputeState.OPEN)
    found = await evening.store.run(lambda books: gather(books, Locale.of("en"), 2))
    assert "Paid with: Visa ·· 4242" in text_of(found)
    assert "Another payment came with the same card or account before" in text_of(found)


async def test_everything_that_staff_can_do_is_told(evening: Evening) -> None:
    await evening.top_up(2000)
    served = await evening.order(1)
    await evening.serve(served, Action.ACCEPT, Action.PREPARE, Action.READY, Action.DELIVER)
    await evening.serve(served, Action.COMP, reason=Reason.MISTAKE)
    gone = await evening.order(1, "Nuts")
    await evening.serve(gone, Action.ACCEPT, Action.READY, Action.MISS, Action.GIVE_UP)
    await evening.dispute(1, DisputeState.OPEN)
    text = text_of(await gathered(evening))
    assert "1 × Pils · €3.20 · on the house, not paid" in text
    assert "1 × Nuts · €2.50 · made, and nobody was at the seat" in text
    assert "Bea · nobody at the seat" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_there_are_words_for_every_state_and_every_deed(language: str) -> None:
    locale = Locale.of(language)
    keys = [f"evidence-line-{state}" for state in LineState]
    keys += [f"evidence-part-{state}" for state in PartState]
    keys += [f"deed-{action}" for action in Action]
    assert all(locale.plain(key) for key in keys)


async def test_it_says_for_whom_an_order_was_that_the_customer_paid(evening: Evening) -> None:
    await evening.top_up(2000)
    await evening.sit_down(ZED, "A13")
    party = await evening.start_party()
    await evening.join_party(party)
    await evening.set_limit(party, 1000)
    await evening.order_on_host(party)
    await evening.dispute(1, DisputeState.OPEN)
    assert "for Customer 9, paid by this customer" in text_of(await gathered(evening))


async def test_what_was_before_the_payment_is_left_out(evening: Evening, clock: Clock) -> None:
    await evening.top_up(1000)
    await evening.deliver(1)
    clock.forward(timedelta(hours=1))
    await evening.top_up(1000)
    await evening.order(1, "Nuts")
    await evening.dispute(2, DisputeState.OPEN)
    found = await gathered(evening, "zh")
    assert [(row.label, row.text.split(" · ")[0]) for row in found.chapters[1].rows[1:]] == [("", "1 × Nuts")]
    assert [row.label for row in found.chapters[1].rows] == ["G-2", ""]
    assert [chapter.rows for chapter in found.chapters[2:]] == [(Row("", "无"),), (Row("", "无"),)]


async def test_a_dispute_that_is_none_has_no_evidence(evening: Evening) -> None:
    with pytest.raises(DisputeUnknown):
        await gathered(evening)


@pytest.mark.parametrize(("rows", "pages"), [(1, 1), (47, 1), (48, 2), (400, 8)])
def test_it_is_drawn_on_as_many_pages_as_it_takes(rows: int, pages: int) -> None:
    chapter = Chapter("Orders · 订单", tuple(Row("G", f"{n} × 青岛啤酒 · €6.40") for n in range(rows)))
    sheet = print_evidence(Evidence("Dispute D-1", ("What happened",), (chapter,)))
    assert sheet.startswith(b"%PDF")
    assert sheet.count(b"/Type /Page\n") + sheet.count(b"/Type /Page ") == pages


def test_a_long_row_is_folded_and_a_wild_one_drawn() -> None:
    wild = tuple(
        Row("x" * 90, text) for text in ("word " * 200, "w" * 900, "啤酒。" * 90, "🍺\x00\n", "", "    ")
    )
    assert print_evidence(Evidence("D", ("word " * 200,), (Chapter("x", wild),)))
