"""What a provider tells by itself is kept once, word by word, and each thing that it says is applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.errand import APPLY_FACT, Errand
from core.gateway import Fact, FactKind, Notice, Payer
from core.notice import KeptNotice, RefusedNotices, ToldFact, count_refused, keep_notice
from tests.conftest import START, Clock
from tests.core.evening import Evening, eur

PAID = Fact(
    FactKind.PAID, "token-1", "ch_1", "pp_1", eur(1000), Payer("fp_1", "Visa ·· 4242", "pm_1"),
    START - timedelta(minutes=1), "re_1", "late",
)  # fmt: skip
ENDED = replace(PAID, kind=FactKind.CHARGE_ENDED, key="token-2", amount=None, payer=None)
HEADERS, BODY = '{"Signature": "v1=abc"}', b'{"id": "nt_1"}'


async def tell(evening: Evening, number: str, *facts: Fact, gateway: str = "stripe") -> bool:
    notice = Notice(number, facts)
    return await evening.store.run(lambda books: keep_notice(books, gateway, notice, HEADERS, BODY))


async def refuse(evening: Evening, gateway: str, reason: str) -> None:
    await evening.store.run(lambda books: count_refused(books, gateway, reason))


async def test_a_notice_is_kept_word_by_word_and_what_it_says_waits_to_be_applied(evening: Evening) -> None:
    assert await tell(evening, "nt_1", PAID, ENDED)
    (kept,) = await evening.find(KeptNotice)
    assert kept == KeptNotice(1, "stripe", "nt_1", HEADERS, BODY, START)
    told = await evening.find(ToldFact)
    assert [(each.notice_id, each.gateway, each.fact) for each in told] == [
        (kept.id, "stripe", PAID), (kept.id, "stripe", ENDED),
    ]  # fmt: skip
    assert (told[1].payer_id, told[1].payer, told[1].method) == ("", "", "")
    assert [each.subject_id for each in await evening.find(Errand, kind=APPLY_FACT)] == [1, 2]


async def test_a_notice_that_comes_again_is_known_by_its_number_at_its_gateway(evening: Evening) -> None:
    assert await tell(evening, "nt_1", PAID)
    assert not await tell(evening, "nt_1", PAID)
    assert await tell(evening, "nt_1", gateway="wechat")
    assert await tell(evening, "nt_2")
    assert [(each.gateway, each.uid) for each in await evening.find(KeptNotice)] == [
        ("stripe", "nt_1"), ("wechat", "nt_1"), ("stripe", "nt_2"),
    ]  # fmt: skip
    assert len(await evening.find(ToldFact)) == 1


async def test_what_is_refused_is_counted_by_gateway_reason_and_hour(evening: Evening, clock: Clock) -> None:
    for _ in range(3):
        await refuse(evening, "stripe", "signature")
        clock.forward(timedelta(minutes=19, seconds=30, microseconds=1))
    await refuse(evening, "stripe", "body")
    await refuse(evening, "wechat", "signature")
    clock.forward(timedelta(minutes=2))
    await refuse(evening, "stripe", "signature")
    found = await evening.find(RefusedNotices)
    assert [(each.gateway, each.reason, each.hour, each.count) for each in found] == [
        ("stripe", "signature", START, 3),
        ("stripe", "body", START, 1),
        ("wechat", "signature", START, 1),
        ("stripe", "signature", START + timedelta(hours=1), 1),
    ]
