"""Alipay: what its adapter believes, and what it makes of it; on the other side stands python-alipay-sdk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from alipay import AliPay
from alipay.exceptions import AliPayValidationError
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.gateways.alipay import AlipayGateway, mask, read_members, signed_text, to_key, to_number
from core.gateway import (
    UNKNOWN_KEY,
    ActionKind,
    Fact,
    FactKind,
    GatewayAway,
    Movement,
    MovementKind,
    NoticeRefused,
    Opened,
    Outcome,
    Verdict,
)
from core.money import Money
from tests.bot.gateways.alipay_stand_in import APP_ID, AlipayStandIn, Trade, alipay, flow_row, open_stand_in
from tests.bot.gateways.china import ODD_CONTENTS, Fault, key_pair
from tests.stage import HandClock

pytestmark = pytest.mark.slow

KEY = "AbC_d-e"
NUMBER = "AbC_Ud_De"


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


@dataclass(slots=True)
class Till:
    clock: HandClock
    alipay: AlipayStandIn
    gateway: AlipayGateway
    folder: Path

    async def open(self, key: str = KEY, amount: int = 1000, title: str = "充值 T-12") -> Opened:
        ends_at = self.clock.now() + timedelta(hours=1)
        return await self.gateway.open_charge(key, cny(amount), title=title, expires_at=ends_at)

    async def paid(self, key: str = KEY, amount: int = 1000) -> str:
        """Let a charge be paid; return what it is refunded by."""
        await self.open(key, amount)
        assert self.alipay.pay(to_number(key))
        found = await self.gateway.find_charge(key)
        assert isinstance(found, Fact)
        return found.source


@pytest.fixture
async def till(tmp_path: Path) -> AsyncIterator[Till]:
    clock = HandClock()
    async with open_stand_in(clock.now) as stand_in:
        gateway = AlipayGateway(stand_in.settings(tmp_path), clock, timeout_seconds=5)
        yield Till(clock, stand_in, gateway, tmp_path)
        await gateway.close()


# Charges


async def test_a_charge_is_a_code_to_scan_that_ends_with_the_top_up(till: Till) -> None:
    opened = await till.open()
    assert opened.outcome == Outcome(Verdict.PENDING)
    assert opened.action.kind is ActionKind.QR
    assert opened.action.target.startswith("https://qr.alipay.com/")
    ask = till.alipay.trades[NUMBER].ask
    assert (ask["total_amount"], ask["time_expire"]) == ("10.00", "2026-05-02 05:00:00")
    assert ask["qr_code_timeout_express"] == "60m"
    assert till.alipay.asked[0]["notify_url"] == "https://cashier.example/notices/alipay"


async def test_what_cannot_be_charged_here_is_refused(till: Till) -> None:
    ends_at = till.clock.now() + timedelta(hours=1)
    opened = await till.gateway.open_charge(KEY, Money(1, "EUR"), title="x", expires_at=ends_at)
    assert opened.outcome == Outcome(Verdict.REFUSED, reason="currency")
    assert not till.alipay.asked


async def test_nobody_knows_a_charge_before_its_code_is_scanned(till: Till) -> None:
    await till.open()
    assert await till.gateway.find_charge(KEY) == Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
    assert await till.gateway.close_charge(KEY) == Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
    till.alipay.scan(NUMBER)
    assert await till.gateway.find_charge(KEY) == Outcome(Verdict.PENDING)


async def test_a_code_is_dead_when_its_time_is_over(till: Till) -> None:
    await till.open()
    till.clock.advance(timedelta(hours=1))
    assert not till.alipay.pay(NUMBER)


async def test_closing_never_sends_a_payment_back(till: Till) -> None:
    source = await till.paid()
    closed = await till.gateway.close_charge(KEY)
    assert closed == Outcome(Verdict.REFUSED, reason="ACQ.REASON_TRADE_STATUS_INVALID")
    assert not till.alipay.trades[NUMBER].refunds
    assert {each["method"] for each in till.alipay.asked}.isdisjoint({"alipay.trade.cancel"})
    assert await till.gateway.find_payer(source)


@pytest.mark.parametrize("title", ["}", "{", '"}{"', 'a "b" \\ c', "&=+%", "茶 ☕ 🍵", "}}}]]]"])
async def test_any_title_survives_the_signature(till: Till, title: str) -> None:
    """Others count brackets to find what is signed, and trip over those inside of texts."""
    await till.open(title=title)
    till.alipay.pay(NUMBER)
    found = await till.gateway.find_charge(KEY)
    assert isinstance(found, Fact)
    notice = till.gateway.read_notice({}, till.alipay.notices[0], till.clock.now())
    assert notice.facts[0] == found
    assert till.alipay.trades[NUMBER].ask["subject"] == title


async def test_a_payment_tells_amount_payer_and_time(till: Till) -> None:
    await till.paid(amount=30)
    found = await till.gateway.find_charge(KEY)
    assert isinstance(found, Fact)
    assert found.payer
    assert (found.kind, found.key, found.amount) == (FactKind.PAID, KEY, cny(30))
    assert found.at == till.clock.now()
    assert (found.payer.id, found.payer.label) == ("2088102122524333", "Alipay 159****5620")
    assert await till.gateway.find_payer(found.source) == found.payer


async def test_an_account_that_came_unmasked_is_masked(till: Till) -> None:
    await till.open()
    till.alipay.pay(NUMBER, account="ann.smith@example.org")
    found = await till.gateway.find_charge(KEY)
    assert isinstance(found, Fact)
    assert found.payer
    assert found.payer.label == "Alipay ann****rg"


async def test_a_payment_that_went_back_whole_is_closed_and_was_one_still(till: Till) -> None:
    source = await till.paid()
    assert (await till.gateway.refund("refund-1", source, cny(1000), cny(1000))).verdict is Verdict.DONE
    assert till.alipay.trades[NUMBER].state == "TRADE_CLOSED"
    found = await till.gateway.find_charge(KEY)
    assert isinstance(found, Fact)
    assert (found.kind, found.amount) == (FactKind.PAID, cny(1000))


# What is believed


@pytest.mark.parametrize(
    "fault",
    [Fault.LOST, Fault.BROKEN, Fault.BROKEN_AFTER, Fault.DROPPED_AFTER, Fault.UNSIGNED, Fault.FORGED],
)
async def test_a_refund_without_a_signed_answer_is_not_known_yet(till: Till, fault: Fault) -> None:
    source = await till.paid()
    till.alipay.faults.set("alipay.trade.refund", fault)
    assert (await till.gateway.refund("refund-1", source, cny(400), cny(1000))).verdict is Verdict.UNKNOWN
    found = await till.gateway.find_refund("refund-1", source)
    if fault in {Fault.LOST, Fault.BROKEN}:
        assert found == Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
    else:
        assert found.verdict is Verdict.DONE


@pytest.mark.parametrize("fault", [Fault.UNSIGNED, Fault.FORGED, Fault.BROKEN])
async def test_that_a_refund_is_unknown_is_believed_of_a_signed_answer_only(till: Till, fault: Fault) -> None:
    source = await till.paid()
    till.alipay.faults.set("alipay.trade.fastpay.refund.query", fault)
    assert (await till.gateway.find_refund("refund-1", source)).verdict is Verdict.UNKNOWN


async def test_who_never_answers_is_given_up(till: Till) -> None:
    source = await till.paid()
    gateway = AlipayGateway(till.alipay.settings(till.folder), till.clock, timeout_seconds=0.5)
    till.alipay.faults.set("alipay.trade.refund", Fault.SILENT_AFTER)
    assert (await gateway.refund("refund-1", source, cny(400), cny(1000))).verdict is Verdict.UNKNOWN
    await gateway.close()
    assert (await till.gateway.find_refund("refund-1", source)).verdict is Verdict.DONE


@pytest.mark.parametrize("content", ODD_CONTENTS)
async def test_a_signed_answer_that_makes_no_sense_raises_nothing(till: Till, content: str) -> None:
    till.alipay.lie = content
    opened, found = await till.open(), await till.gateway.find_charge(KEY)
    assert opened.action.kind is ActionKind.NONE
    assert isinstance(found, Outcome)
    assert await till.gateway.find_payer("1") is None
    assert (await till.gateway.refund("refund-1", "1", cny(1), cny(1))).verdict is not Verdict.DONE
    assert (await till.gateway.find_refund("refund-1", "1")).verdict is not Verdict.DONE
    assert isinstance(await till.gateway.close_charge(KEY), Outcome)
    since = till.clock.now() - timedelta(days=9)
    with pytest.raises(GatewayAway):
        _ = [each async for each in till.gateway.movements(since, since + timedelta(days=1))]


# Refunds


async def test_equal_parts_are_two_refunds_for_each_has_its_number(till: Till) -> None:
    source = await till.paid()
    for key in ("refund-1", "refund-2"):
        assert (await till.gateway.refund(key, source, cny(400), cny(1000))).verdict is Verdict.DONE
        till.clock.advance(till.gateway.capabilities.refund_spacing)
    assert till.alipay.trades[NUMBER].refunded == 800
    assert all("out_request_no" in json.loads(each["biz_content"]) for each in _refunds(till))
    over = await till.gateway.refund("refund-3", source, cny(400), cny(1000))
    assert over == Outcome(Verdict.REFUSED, reason="ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")


def _refunds(till: Till) -> list[dict[str, Any]]:
    return [each for each in till.alipay.asked if each["method"] == "alipay.trade.refund"]


async def test_parts_that_come_too_close_go_later_under_the_same_number(till: Till) -> None:
    source = await till.paid()
    await till.gateway.refund("refund-1", source, cny(400), cny(1000))
    soon = await till.gateway.refund("refund-2", source, cny(400), cny(1000))
    assert soon == Outcome(Verdict.UNKNOWN, reason="ACQ.SYSTEM_ERROR")
    assert await till.gateway.find_refund("refund-2", source) == Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
    till.clock.advance(till.gateway.capabilities.refund_spacing)
    assert (await till.gateway.refund("refund-2", source, cny(400), cny(1000))).verdict is Verdict.DONE


async def test_a_refund_that_moved_nothing_now_is_asked_for_until_it_shows(till: Till) -> None:
    source = await till.paid()
    till.alipay.tells_fund_change = False
    till.alipay.settle_delay = till.gateway.capabilities.settle_delay
    assert await till.gateway.refund("refund-1", source, cny(400), cny(1000)) == Outcome(Verdict.PENDING)
    till.clock.advance(till.gateway.capabilities.settle_delay)
    assert (await till.gateway.find_refund("refund-1", source)).verdict is Verdict.DONE


async def test_the_window_is_the_one_that_we_name(till: Till) -> None:
    able = till.gateway.capabilities
    source = await till.paid()
    assert able.refund_window
    till.clock.advance(able.refund_window)
    assert (await till.gateway.refund("refund-1", source, cny(1), cny(1000))).verdict is Verdict.DONE
    till.clock.advance(able.refund_spacing)
    late = await till.gateway.refund("refund-2", source, cny(1), cny(1000))
    assert late == Outcome(Verdict.REFUSED, reason="ACQ.TRADE_HAS_FINISHED")


async def test_a_refund_without_funds_is_refused_by_name(till: Till) -> None:
    source = await till.paid()
    till.alipay.funds = 0
    outcome = await till.gateway.refund("refund-1", source, cny(400), cny(1000))
    assert outcome == Outcome(Verdict.REFUSED, reason="ACQ.SELLER_BALANCE_NOT_ENOUGH")


# Notices


def refusal(till: Till, body: bytes) -> str:
    with pytest.raises(NoticeRefused) as refused:
        till.gateway.read_notice({}, body, till.clock.now())
    return refused.value.reason


async def test_forged_changed_and_foreign_notices_are_refused(till: Till) -> None:
    await till.paid()
    trade, genuine = till.alipay.trades[NUMBER], till.alipay.notices[0]
    assert refusal(till, genuine.replace(b"total_amount=10.00", b"total_amount=99.00")) == "signature"
    assert refusal(till, genuine + b"&more=1") == "signature"
    assert refusal(till, genuine + b"&app_id=1") == "body"
    assert refusal(till, genuine.replace(b"RSA2", b"RSA")) == "signature"
    unsigned = [each for each in parse_qsl(genuine.decode()) if each[0] != "sign"]
    assert refusal(till, urlencode(unsigned).encode()) == "signature"
    assert refusal(till, till.alipay.notice(trade, signed_by="forger")) == "signature"
    assert refusal(till, till.alipay.notice(trade, app_id="2014072300007149")) == "merchant"
    assert refusal(till, till.alipay.notice(trade, seller_id="2088101106499365")) == "merchant"


@pytest.mark.parametrize(
    "amount", ["1e1", "10.001", "-10.00", "０.10", "", " 10.00", "10,00", "0.00", "9" * 13]
)
async def test_a_signed_amount_that_is_none_is_refused(till: Till, amount: str) -> None:
    await till.paid()
    notice = till.alipay.notice(till.alipay.trades[NUMBER], total_amount=amount)
    assert refusal(till, notice) == "body"


FIELDS = (
    "notify_id", "notify_time", "out_trade_no", "trade_no", "trade_status", "total_amount", "gmt_payment",
    "gmt_refund", "out_biz_no", "buyer_id", "buyer_logon_id", "charset", "\u2603",
)  # fmt: skip


@given(
    field=st.sampled_from(FIELDS),
    value=st.text(st.characters(codec="utf-8")) | st.dates().map("{} 00:00:00".format),
)
def test_no_notice_raises_anything_but_its_refusal(field: str, value: str) -> None:
    """Whatever a rightly signed notice says."""
    stand_in, gateway = apart()
    ask, now = {"out_trade_no": NUMBER, "subject": "}"}, stand_in.now()
    trade = Trade(ask, 1000, "42", "TRADE_SUCCESS", "2088", "a***", now, now, {"refund_D1": (400, now)})
    with suppress(NoticeRefused):
        gateway.read_notice({}, stand_in.notice(trade, **{field: value}), now)


@given(st.binary())
def test_no_bytes_are_a_notice(body: bytes) -> None:
    stand_in, gateway = apart()
    with pytest.raises(NoticeRefused):
        gateway.read_notice({}, body, stand_in.now())


@cache
def apart() -> tuple[AlipayStandIn, AlipayGateway]:
    """Return both sides without a wire between them."""
    clock = HandClock()
    stand_in = AlipayStandIn(clock.now)
    with TemporaryDirectory() as folder:
        return stand_in, AlipayGateway(stand_in.settings(Path(folder)), clock)


async def test_a_notice_that_comes_again_is_the_same_one(till: Till) -> None:
    await till.paid()
    first, again = [
        till.gateway.read_notice({}, till.alipay.notices[0], at)
        for at in (till.clock.now(), till.clock.now() + timedelta(hours=25))
    ]
    assert first == again


async def test_a_notice_about_a_refund_repeats_the_payment(till: Till) -> None:
    source = await till.paid()
    await till.gateway.refund("refund-1", source, cny(400), cny(1000))
    paid, back = till.gateway.read_notice({}, till.alipay.notices[-1], till.clock.now()).facts
    assert (paid.kind, paid.amount) == (FactKind.PAID, cny(1000))
    assert (back.kind, back.key, back.source) == (FactKind.REFUNDED, "refund-1", source)
    assert back.amount is None  # it tells the sum of all parts only


async def test_a_notice_of_a_charge_that_ended_or_waits(till: Till) -> None:
    await till.open()
    till.alipay.scan(NUMBER)
    trade = till.alipay.trades[NUMBER]
    assert till.gateway.read_notice({}, till.alipay.notice(trade), till.clock.now()).facts == ()
    await till.gateway.close_charge(KEY)
    (fact,) = till.gateway.read_notice({}, till.alipay.notice(trade), till.clock.now()).facts
    assert (fact.kind, fact.key) == (FactKind.CHARGE_ENDED, KEY)


def test_the_reply_is_the_one_word_that_ends_the_telling(till: Till) -> None:
    assert till.gateway.reply(taken=True) == (200, "text/plain", b"success")
    assert till.gateway.reply(taken=False)[2] != b"success"


# Bills


async def test_bills_list_payments_refunds_fees_and_payouts(till: Till) -> None:
    source = await till.paid(amount=10_000)
    till.clock.advance(timedelta(minutes=1))
    await till.gateway.refund("refund-1", source, cny(2_500), cny(10_000))
    now = till.clock.now()
    till.alipay.flow = [
        (now, flow_row("f1", "交易付款", now, "100.00", "")),
        (now, flow_row("f2", "收费", now, "", "-0.60")),
        (now, flow_row("f3", "提现", now, "0.00", "74.40")),
        (now, flow_row("f4", "其它", now, "0.01", "")),
    ]
    since, until = now - timedelta(hours=1), now + timedelta(hours=1)
    till.clock.advance(timedelta(days=2))
    lines = [each async for each in till.gateway.movements(since, until)]
    paid_at = now - timedelta(minutes=1)
    assert lines == [
        Movement(source, MovementKind.CHARGE, KEY, source, cny(10_000), paid_at),
        Movement(f"{source}-fee", MovementKind.FEE, KEY, source, cny(-60), paid_at),
        Movement(f"{source}-refund_D1", MovementKind.REFUND, "refund-1", source, cny(-2_500), now),
        Movement(f"{source}-refund_D1-fee", MovementKind.FEE, "refund-1", source, cny(15), now),
        Movement("f3", MovementKind.PAYOUT, "", "", cny(-7_440), now),
        Movement("f4", MovementKind.OTHER, "", "", cny(1), now),
    ]


async def test_a_bill_lists_a_movement_no_later_than_we_say(till: Till) -> None:
    await till.paid()
    paid_at, hour = till.clock.now(), timedelta(hours=1)
    assert [each async for each in till.gateway.movements(paid_at - hour, paid_at + hour)] == []
    till.clock.advance(till.gateway.capabilities.lists_after)
    assert [each async for each in till.gateway.movements(paid_at - hour, paid_at + hour)]


async def test_days_without_anything_are_empty_and_late_bills_are_not(till: Till) -> None:
    now = till.clock.now()
    till.clock.advance(timedelta(days=2))
    assert [each async for each in till.gateway.movements(now - timedelta(hours=1), now)] == []
    till.alipay.bills_are_late = True
    with pytest.raises(GatewayAway):
        _ = [each async for each in till.gateway.movements(now - timedelta(hours=1), now)]


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.BROKEN, Fault.FORGED])
async def test_a_bill_that_cannot_be_had_is_not_taken_for_empty(till: Till, fault: Fault) -> None:
    now = till.clock.now()
    till.clock.advance(timedelta(days=2))
    till.alipay.faults.set("alipay.data", fault)
    with pytest.raises(GatewayAway):
        _ = [each async for each in till.gateway.movements(now - timedelta(hours=1), now)]


# Set-up


async def test_wrong_settings_are_named_in_one_sentence(till: Till) -> None:
    right = till.alipay.settings(till.folder)
    strange, own, other = (till.folder / f"{name}.pem" for name in ("strange", "own", "other"))
    strange.write_text(key_pair("stranger").private)
    own.write_text(key_pair("alipay-merchant").bare_public)
    other.write_text(key_pair("stranger").bare_public)
    garbage = till.folder / "garbage.txt"
    garbage.write_text("not a key")
    wrong = {
        "ALIPAY_APP_ID has to be": replace(right, app_id="wx1"),
        "knows no application of ALIPAY_APP_ID": replace(right, app_id="2014072300007149"),
        "cannot be read": replace(right, private_key_file=till.folder / "none.pem"),
        "ALIPAY_PRIVATE_KEY_FILE: ": replace(right, private_key_file=garbage),
        "ALIPAY_PUBLIC_KEY_FILE: ": replace(right, public_key_file=garbage),
        "holds your own public key": replace(right, public_key_file=own),
        "ALIPAY_PRIVATE_KEY_FILE does not belong": replace(right, private_key_file=strange),
        "does not fit ALIPAY_PUBLIC_KEY_FILE": replace(right, public_key_file=other),
    }
    for expected, settings in wrong.items():
        gateway = AlipayGateway(settings, till.clock, timeout_seconds=5)
        told = await gateway.check()
        assert expected in told
        assert told.endswith(".")
        await gateway.close()
    assert await till.gateway.check() == ""


async def test_who_is_away_has_nothing_against_the_keys(till: Till) -> None:
    settings = replace(till.alipay.settings(till.folder), api_url="http://127.0.0.1:1/gateway.do")
    gateway = AlipayGateway(settings, till.clock)
    with pytest.raises(GatewayAway):
        await gateway.check()
    await gateway.close()
    for fault in (Fault.BROKEN, Fault.BROKEN_AFTER):
        till.alipay.faults.set("alipay.trade.query", fault)
        with pytest.raises(GatewayAway):
            await till.gateway.check()


# Texts and numbers


@given(st.from_regex(r"[0-9A-Za-z_-]{1,32}", fullmatch=True))
def test_every_key_of_ours_becomes_a_number_and_comes_back(key: str) -> None:
    assert set(to_number(key)) <= set("_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    assert to_key(to_number(key)) == key


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(), each, max_size=3),
    max_leaves=10,
)


@given(
    st.dictionaries(st.text(), _JSON, max_size=4),
    st.sampled_from([None, 1]),
    st.booleans(),
    st.sampled_from(["", " \n"]),
)
def test_members_are_read_as_they_were_written(
    told: dict[str, Any], indent: int | None, ascii_only: bool, around: str
) -> None:
    written = {
        name: json.dumps(value, indent=indent, ensure_ascii=ascii_only) for name, value in told.items()
    }
    text = ",".join(
        f"{around}{json.dumps(name)}{around}:{around}{each}{around}" for name, each in written.items()
    )
    if told:
        assert read_members(f"{around}{{{text}}}{around}") == written


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"a"}', '{"a":}', '{"a":1,', '{"a":1,"a":2}', "{1:2}"]
)
def test_what_is_no_object_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_members(text)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text(st.characters(codec="utf-8"))))
def test_what_is_signed_is_what_others_verify(form: dict[str, str]) -> None:
    """Our canonical text against theirs, on any names and values."""
    form.pop("sign", None)
    form.pop("sign_type", None)
    signature = alipay("alipay-merchant")._sign(signed_text(form).decode())
    assert alipay("alipay").verify(dict(form), signature)


@given(st.text())
def test_no_account_is_shown_in_full(account: str) -> None:
    shown = mask(account)
    assert "*" in shown or not account


# Their client


async def test_their_client_takes_our_stand_in_for_alipay(tmp_path: Path) -> None:
    """The unmodified client of python-alipay-sdk pays, asks, refunds and closes at the stand-in."""
    clock = SystemClock()
    async with open_stand_in(clock.now) as stand_in:
        client = their_client(stand_in.url)
        told = await asyncio.to_thread(client.api_alipay_trade_precreate, "茶", "order_1", "10.00")
        assert (told["code"], told["out_trade_no"]) == ("10000", "order_1")
        stand_in.pay("order_1")
        told = await asyncio.to_thread(client.api_alipay_trade_query, out_trade_no="order_1")
        number = told["trade_no"]
        parts = [
            await asyncio.to_thread(client.api_alipay_trade_refund, "4.00", trade_no=number) for _ in range(2)
        ]
        assert [part["fund_change"] for part in parts] == ["Y", "N"]  # without a number: one refund, not two
        gateway = AlipayGateway(stand_in.settings(tmp_path), clock)
        mine = gateway.read_notice({}, stand_in.notices[0], clock.now())
        form = dict(parse_qsl(stand_in.notices[0].decode()))
        assert client.verify(form, form.pop("sign"))
        assert mine.facts[0].source == number
        await gateway.close()


async def test_their_client_trips_over_a_bracket_where_ours_does_not(till: Till, tmp_path: Path) -> None:
    await till.open(title="}")
    till.alipay.pay(NUMBER)
    client = their_client(till.alipay.url)
    with pytest.raises((AliPayValidationError, ValueError)):
        await asyncio.to_thread(client.api_alipay_trade_query, out_trade_no=NUMBER)
    assert isinstance(await till.gateway.find_charge(KEY), Fact)


def their_client(url: str) -> Any:
    client = AliPay(
        appid=APP_ID,
        app_notify_url="https://cashier.example/n",
        app_private_key_string=key_pair("alipay-merchant").private,
        alipay_public_key_string=key_pair("alipay").public,
    )
    client._gateway = f"{url}/gateway.do"
    return client
