"""WeChat Pay: what its adapter believes, and what it makes of it; on the other side stands wechatpayv3."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpayv3 import utils as sdk
from wechatpayv3.async_ import AsyncWeChatPay, WeChatPayType

from bot.clock import SystemClock
from bot.gateways.wechat import WechatGateway, signed_text
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
from tests.bot.gateways.china import ODD_CONTENTS, Fault, key_pair, odd_values
from tests.bot.gateways.wechat_stand_in import (
    API_V3_KEY,
    APP_ID,
    CERT_SERIAL,
    MCH_ID,
    PUBLIC_KEY_ID,
    WechatStandIn,
    change,
    open_stand_in,
)
from tests.stage import HandClock

pytestmark = pytest.mark.slow

OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
PAID: dict[str, Any] = {
    "appid": APP_ID,
    "mchid": MCH_ID,
    "out_trade_no": "top-up-1",
    "transaction_id": "42",
    "trade_state": "SUCCESS",
    "success_time": "2026-05-02T04:00:00+08:00",
    "payer": {"openid": OPENID},
    "amount": {"total": 1000, "currency": "CNY", "refund": 400},
    "out_refund_no": "refund-1",
    "refund_id": "50",
    "refund_status": "SUCCESS",
}


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


@dataclass(slots=True)
class Till:
    clock: HandClock
    wechat: WechatStandIn
    gateway: WechatGateway
    folder: Path

    async def open(self, key: str = "top-up-1", amount: int = 1000, title: str = "充值 T-12") -> Opened:
        ends_at = self.clock.now() + timedelta(hours=1)
        return await self.gateway.open_charge(key, cny(amount), title=title, expires_at=ends_at)

    async def paid(self, key: str = "top-up-1", amount: int = 1000) -> str:
        """Let a charge be paid; return what it is refunded by."""
        await self.open(key, amount)
        assert self.wechat.pay(key)
        found = await self.gateway.find_charge(key)
        assert isinstance(found, Fact)
        return found.source


@pytest.fixture
async def till(tmp_path: Path) -> AsyncIterator[Till]:
    clock = HandClock()
    async with open_stand_in(clock.now) as wechat:
        gateway = WechatGateway(wechat.settings(tmp_path), clock, timeout_seconds=5)
        yield Till(clock, wechat, gateway, tmp_path)
        await gateway.close()


# Charges


async def test_a_charge_is_a_code_to_scan(till: Till) -> None:
    opened = await till.open()
    assert opened.outcome == Outcome(Verdict.PENDING)
    assert opened.action.kind is ActionKind.QR
    assert opened.action.target.startswith("weixin://wxpay/bizpayurl?")
    assert till.wechat.charges["top-up-1"].ask["time_expire"] == "2026-05-02T05:00:00+08:00"


async def test_a_charge_can_be_a_page_instead(till: Till, tmp_path: Path) -> None:
    gateway = WechatGateway(till.wechat.settings(tmp_path, ActionKind.LINK), till.clock)
    ends_at = till.clock.now() + timedelta(hours=1)
    opened = await gateway.open_charge("top-up-1", cny(1000), title="Top-up", expires_at=ends_at)
    assert opened.action.kind is ActionKind.LINK
    assert opened.action.target.startswith("https://wx.tenpay.com/")
    await gateway.close()


async def test_what_cannot_be_charged_here_is_refused(till: Till) -> None:
    ends_at = till.clock.now() + timedelta(hours=1)
    opened = await till.gateway.open_charge("top-up-1", Money(1, "EUR"), title="x", expires_at=ends_at)
    assert opened.outcome == Outcome(Verdict.REFUSED, reason="currency")
    assert not till.wechat.asked


async def test_a_long_title_is_cut_between_characters(till: Till) -> None:
    assert (await till.open(title="充值" * 60)).outcome.verdict is Verdict.PENDING
    assert till.wechat.charges["top-up-1"].ask["description"] == "充值" * 21


async def test_a_payment_tells_amount_payer_and_time(till: Till) -> None:
    await till.open(amount=1234)
    till.wechat.pay("top-up-1")
    found = await till.gateway.find_charge("top-up-1")
    assert isinstance(found, Fact)
    assert found.payer
    assert (found.kind, found.amount, found.at) == (FactKind.PAID, cny(1234), till.clock.now())
    assert (found.payer.id, found.payer.label) == (OPENID, "WeChat Pay ·· eS6o")
    assert await till.gateway.find_payer(found.source) == found.payer


async def test_a_payment_that_went_back_was_one_still(till: Till) -> None:
    source = await till.paid()
    await till.gateway.refund("refund-1", source, cny(1000), cny(1000))
    found = await till.gateway.find_charge("top-up-1")
    assert isinstance(found, Fact)
    assert (found.kind, found.amount) == (FactKind.PAID, cny(1000))


async def test_a_closed_charge_cannot_be_paid(till: Till) -> None:
    await till.open()
    assert (await till.gateway.close_charge("top-up-1")).verdict is Verdict.DONE
    assert not till.wechat.pay("top-up-1")
    found = await till.gateway.find_charge("top-up-1")
    assert isinstance(found, Fact)
    assert found.kind is FactKind.CHARGE_ENDED
    assert (await till.open()).outcome == Outcome(Verdict.REFUSED, reason="ORDER_CLOSED")


async def test_a_charge_whose_time_is_over_waits_until_it_is_closed(till: Till) -> None:
    await till.open()
    till.clock.advance(timedelta(hours=2))
    assert not till.wechat.pay("top-up-1")
    assert await till.gateway.find_charge("top-up-1") == Outcome(Verdict.PENDING)
    assert (await till.gateway.close_charge("top-up-1")).verdict is Verdict.DONE


async def test_closing_what_is_paid_or_unknown_is_refused(till: Till) -> None:
    await till.paid()
    assert await till.gateway.close_charge("top-up-1") == Outcome(Verdict.REFUSED, reason="ORDERPAID")
    assert await till.gateway.close_charge("top-up-2") == Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)


async def test_the_same_number_for_another_amount_is_refused(till: Till) -> None:
    await till.open()
    assert (await till.open(amount=2000)).outcome == Outcome(Verdict.REFUSED, reason="OUT_TRADE_NO_USED")


async def test_somebody_elses_payment_under_our_number_is_not_believed(till: Till) -> None:
    await till.paid()
    gateway = WechatGateway(
        replace(till.wechat.settings(till.folder), app_id="wx0000000000000000"), till.clock
    )
    assert await gateway.find_charge("top-up-1") == Outcome(Verdict.UNKNOWN, reason="odd_answer")
    await gateway.close()


# What is believed


@pytest.mark.parametrize(
    "fault",
    [Fault.LOST, Fault.BROKEN, Fault.BROKEN_AFTER, Fault.DROPPED_AFTER, Fault.UNSIGNED, Fault.FORGED],
)
async def test_a_refund_without_a_signed_answer_is_not_known_yet(till: Till, fault: Fault) -> None:
    source = await till.paid()
    till.wechat.faults.set("POST /v3/refund", fault)
    assert (await till.gateway.refund("refund-1", source, cny(400), cny(1000))).verdict is Verdict.UNKNOWN
    found = await till.gateway.find_refund("refund-1", source)
    if fault in {Fault.LOST, Fault.BROKEN}:
        assert found == Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
    else:
        assert found.verdict is Verdict.DONE


@pytest.mark.parametrize("fault", [Fault.UNSIGNED, Fault.FORGED, Fault.BROKEN])
async def test_that_a_refund_is_unknown_is_believed_of_a_signed_answer_only(till: Till, fault: Fault) -> None:
    source = await till.paid()
    till.wechat.faults.set("GET /v3/refund", fault)
    assert (await till.gateway.find_refund("refund-1", source)).verdict is Verdict.UNKNOWN


async def test_who_never_answers_is_given_up(till: Till) -> None:
    source = await till.paid()
    gateway = WechatGateway(till.wechat.settings(till.folder), till.clock, timeout_seconds=0.5)
    till.wechat.faults.set("POST /v3/refund", Fault.SILENT_AFTER)
    assert (await gateway.refund("refund-1", source, cny(400), cny(1000))).verdict is Verdict.UNKNOWN
    await gateway.close()
    assert (await till.gateway.find_refund("refund-1", source)).verdict is Verdict.DONE


async def test_an_answer_of_another_day_is_not_believed(till: Till) -> None:
    await till.paid()
    behind = HandClock()
    behind.advance(timedelta(minutes=-4, seconds=-59))
    late = WechatGateway(till.wechat.settings(till.folder), behind, timeout_seconds=5)
    assert isinstance(await late.find_charge("top-up-1"), Fact)
    await late.close()


@pytest.mark.parametrize("lie", [(404, "{}"), (204, ""), *((200, each) for each in ODD_CONTENTS)])
async def test_a_signed_answer_that_makes_no_sense_raises_nothing(till: Till, lie: tuple[int, str]) -> None:
    till.wechat.lie = lie
    opened, found = await till.open(), await till.gateway.find_charge("top-up-1")
    assert opened.action.kind is ActionKind.NONE
    assert isinstance(found, Outcome)
    assert await till.gateway.find_payer("1") is None
    assert (await till.gateway.refund("refund-1", "1", cny(1), cny(1))).verdict is not Verdict.DONE
    assert (await till.gateway.find_refund("refund-1", "1")).verdict is not Verdict.DONE
    assert isinstance(await till.gateway.close_charge("top-up-1"), Outcome)
    since = till.clock.now() - timedelta(days=9)
    with pytest.raises(GatewayAway):
        _ = [each async for each in till.gateway.movements(since, since + timedelta(days=1))]


# Refunds


async def test_parts_go_back_a_minute_apart_and_never_more_than_the_payment(till: Till) -> None:
    source = await till.paid()
    first = await till.gateway.refund("refund-1", source, cny(400), cny(1000))
    soon = await till.gateway.refund("refund-2", source, cny(400), cny(1000))
    assert (first.verdict, soon) == (Verdict.DONE, Outcome(Verdict.UNKNOWN, reason="FREQUENCY_LIMITED"))
    assert await till.gateway.find_refund("refund-2", source) == Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
    till.clock.advance(till.gateway.capabilities.refund_spacing)
    assert (await till.gateway.refund("refund-2", source, cny(400), cny(1000))).verdict is Verdict.DONE
    till.clock.advance(till.gateway.capabilities.refund_spacing)
    over = await till.gateway.refund("refund-3", source, cny(400), cny(1000))
    assert over == Outcome(Verdict.REFUSED, reason="INVALID_REQUEST")


async def test_the_window_and_the_number_of_parts_are_those_that_we_name(till: Till) -> None:
    able = till.gateway.capabilities
    source = await till.paid(amount=10_000)
    assert able.most_refunds
    assert able.refund_window
    for number in range(able.most_refunds):
        part = await till.gateway.refund(f"refund-{number}", source, cny(1), cny(10_000))
        assert part.verdict is Verdict.DONE
        till.clock.advance(able.refund_spacing)
    one_more = await till.gateway.refund("one-more", source, cny(1), cny(10_000))
    assert one_more.verdict is Verdict.REFUSED
    other = await till.paid("top-up-2")
    till.clock.advance(able.refund_window)
    assert (await till.gateway.refund("last", other, cny(1), cny(1000))).verdict is Verdict.DONE
    till.clock.advance(able.refund_spacing)
    assert (await till.gateway.refund("late", other, cny(1), cny(1000))).verdict is Verdict.REFUSED


async def test_a_refund_without_funds_is_refused_by_name(till: Till) -> None:
    source = await till.paid()
    till.wechat.funds = 0
    outcome = await till.gateway.refund("refund-1", source, cny(400), cny(1000))
    assert outcome == Outcome(Verdict.REFUSED, reason="NOT_ENOUGH")


@pytest.mark.parametrize(
    ("status", "verdict", "kind"),
    [
        ("SUCCESS", Verdict.DONE, FactKind.REFUNDED),
        ("CLOSED", Verdict.REFUSED, FactKind.REFUND_FAILED),
        ("ABNORMAL", Verdict.REFUSED, FactKind.REFUND_FAILED),
    ],
)
async def test_a_refund_under_way_ends_and_is_told(
    till: Till, status: str, verdict: Verdict, kind: FactKind
) -> None:
    source = await till.paid()
    till.wechat.refunds_are = "PROCESSING"
    assert (await till.gateway.refund("refund-1", source, cny(400), cny(1000))).verdict is Verdict.PENDING
    till.wechat.settle("refund-1", status)
    found = await till.gateway.find_refund("refund-1", source)
    (fact,) = till.gateway.read_notice(*till.wechat.notices[-1], till.clock.now()).facts
    assert (found.verdict, fact.kind) == (verdict, kind)
    assert (fact.key, fact.source, fact.amount) == ("refund-1", source, cny(400))
    assert (fact.reference, fact.reason) == (found.reference, found.reason)


# Notices


async def test_a_notice_says_what_one_would_find(till: Till) -> None:
    await till.paid()
    notice = till.gateway.read_notice(*till.wechat.notices[0], till.clock.now())
    assert notice.facts == (await till.gateway.find_charge("top-up-1"),)
    assert notice.id


def refusal(till: Till, headers: Any, body: bytes) -> str:
    with pytest.raises(NoticeRefused) as refused:
        till.gateway.read_notice(headers, body, till.clock.now())
    return refused.value.reason


async def test_the_probe_for_careless_readers_is_refused(till: Till) -> None:
    await till.paid()
    headers, body = till.wechat.notices[0]
    probe = headers | {"Wechatpay-Signature": f"WECHATPAY/SIGNTEST/{headers['Wechatpay-Signature']}"}
    assert refusal(till, probe, body) == "signature"
    assert till.gateway.reply(taken=False)[0] >= 400


async def test_forged_changed_and_foreign_notices_are_refused(till: Till) -> None:
    await till.paid()
    charge = till.wechat.tell_charge(till.wechat.charges["top-up-1"])
    genuine = till.wechat.notices[0]
    assert refusal(till, *change(genuine, "支付成功", "支付成攻")) == "signature"
    assert refusal(till, genuine[0] | {"Wechatpay-Serial": "PUB_KEY_ID_1"}, genuine[1]) == "signature"
    assert refusal(till, {}, genuine[1]) == "signature"
    made = till.wechat.notice
    assert refusal(till, *made("TRANSACTION.SUCCESS", charge, signed_by="forger")) == "signature"
    assert refusal(till, *made("TRANSACTION.SUCCESS", charge | {"mchid": "1900000110"})) == "merchant"
    assert refusal(till, *made("TRANSACTION.SUCCESS", charge | {"appid": "wx1"})) == "merchant"
    abroad = {"total": 1000, "currency": "HKD"}
    assert refusal(till, *made("TRANSACTION.SUCCESS", charge | {"amount": abroad})) == "currency"
    for total in (True, 0, -1, 1.5, "1000", 10**13, None):
        told = charge | {"amount": {"total": total, "currency": "CNY"}}
        assert refusal(till, *made("TRANSACTION.SUCCESS", told)) == "body"
    for odd in ({"success_time": "gestern"}, {"amount": None}, {"transaction_id": ""}):
        assert refusal(till, *made("TRANSACTION.SUCCESS", charge | odd)) == "body"


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_notice_of_another_time_is_refused(till: Till, seconds: int) -> None:
    await till.paid()
    charge = till.wechat.tell_charge(till.wechat.charges["top-up-1"])
    at = till.clock.now() + timedelta(seconds=seconds)
    assert refusal(till, *till.wechat.notice("TRANSACTION.SUCCESS", charge, at=at)) == "time"
    edge = till.wechat.notice("TRANSACTION.SUCCESS", charge, at=till.clock.now() + timedelta(seconds=300))
    assert till.gateway.read_notice(*edge, till.clock.now()).facts


async def test_a_notice_of_something_else_has_no_facts(till: Till) -> None:
    headers, body = till.wechat.notice("COUPON.USE", {"stock_id": "9865888"})
    assert till.gateway.read_notice(headers, body, till.clock.now()).facts == ()


@given(field=st.sampled_from(sorted(PAID)), value=odd_values)
def test_no_notice_raises_anything_but_its_refusal(field: str, value: Any) -> None:
    """Whatever a rightly signed and sealed notice says."""
    wechat, gateway = apart()
    for event in ("TRANSACTION.SUCCESS", "REFUND.SUCCESS", "REFUND.CLOSED"):
        notice = wechat.notice(event, PAID | {field: value})
        with suppress(NoticeRefused):
            gateway.read_notice(*notice, wechat.now())


@cache
def apart() -> tuple[WechatStandIn, WechatGateway]:
    """Return both sides without a wire between them."""
    clock = HandClock()
    wechat = WechatStandIn(clock.now)
    with TemporaryDirectory() as folder:
        return wechat, WechatGateway(wechat.settings(Path(folder)), clock)


@pytest.mark.parametrize("content", ["", "[]", "null", "{}", '{"resource":{}}', "{" * 2000])
async def test_a_signed_body_that_says_nothing_is_refused(till: Till, content: str) -> None:
    assert refusal(till, till.wechat.sign(content), content.encode()) == "body"


# Bills


async def test_bills_list_payments_refunds_fees_and_payouts(till: Till) -> None:
    source = await till.paid(amount=10_000)
    till.clock.advance(timedelta(minutes=1))
    part = await till.gateway.refund("refund-1", source, cny(2_500), cny(10_000))
    till.wechat.flow = [
        f"`2026-05-02 04:00:00,`{source},`f1,`交易,`交易,`收入,`100.00,`100.00,`system,`,`",
        f"`2026-05-02 04:00:00,`{source},`f2,`交易,`扣除交易手续费,`支出,`0.60,`99.40,`system,`,`",
        "`2026-05-02 23:00:00,`5,`f3,`提现,`提现,`支出,`74.40,`0.00,`system,`,`W1",
        "`2026-05-02 23:30:00,`6,`f4,`其他,`其他,`收入,`0.01,`0.01,`system,`,`",
    ]
    since, until = till.clock.now() - timedelta(hours=1), till.clock.now() + timedelta(days=1)
    till.clock.advance(timedelta(days=3))
    lines = [each async for each in till.gateway.movements(since, until)]
    paid_at, part_at = since + timedelta(minutes=59), since + timedelta(hours=1)
    assert lines[:4] == [
        Movement(source, MovementKind.CHARGE, "top-up-1", source, cny(10_000), paid_at),
        Movement(f"{source}-fee", MovementKind.FEE, "top-up-1", source, cny(-60), paid_at),
        Movement(part.reference, MovementKind.REFUND, "refund-1", source, cny(-2_500), part_at),
        Movement(f"{part.reference}-fee", MovementKind.FEE, "refund-1", source, cny(15), part_at),
    ]
    assert [(each.kind, each.amount) for each in lines[4:]] == [
        (MovementKind.PAYOUT, cny(-7_440)),
        (MovementKind.OTHER, cny(1)),
    ]


async def test_only_the_time_that_was_asked_for_is_listed(till: Till) -> None:
    await till.paid()
    since = till.clock.now() + timedelta(seconds=1)
    till.clock.advance(timedelta(days=3))
    assert [each async for each in till.gateway.movements(since, since + timedelta(hours=1))] == []


async def test_a_bill_lists_a_movement_no_later_than_we_say(till: Till) -> None:
    await till.paid()
    paid_at, hour = till.clock.now(), timedelta(hours=1)
    assert [each async for each in till.gateway.movements(paid_at - hour, paid_at + hour)] == []
    till.clock.advance(till.gateway.capabilities.lists_after)
    assert [each async for each in till.gateway.movements(paid_at - hour, paid_at + hour)]


async def test_a_bill_that_is_late_or_not_what_was_announced_is_not_read(till: Till) -> None:
    await till.paid()
    since, until = till.clock.now() - timedelta(hours=1), till.clock.now() + timedelta(hours=1)
    till.clock.advance(till.gateway.capabilities.lists_after)
    till.wechat.bills_are_late = True
    with pytest.raises(GatewayAway, match="STATEMENT_CREATING"):
        _ = [each async for each in till.gateway.movements(since, until)]
    till.wechat.bills_are_late, till.wechat.cheats_with_bills = False, True
    with pytest.raises(GatewayAway, match="announced"):
        _ = [each async for each in till.gateway.movements(since, until)]


# Set-up


async def test_wrong_settings_are_named_in_one_sentence(till: Till) -> None:
    right = till.wechat.settings(till.folder)
    strange, small = till.folder / "strange.pem", till.folder / "small.pem"
    strange.write_text(key_pair("stranger").private)
    small.write_text(key_pair("small", 1024).private)
    own = till.folder / "own.pem"
    own.write_text(key_pair("wechat-merchant").public)
    empty, locked = till.folder / "empty.pem", till.folder / "locked.pem"
    empty.touch()
    locked.write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----")
    garbage = till.folder / "garbage.pem"
    garbage.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")
    wrong = {
        "WECHAT_MCH_ID": replace(right, mch_id="wx1"),
        "WECHAT_API_V3_KEY": replace(right, api_v3_key="short"),
        "WECHAT_CERT_SERIAL": replace(right, cert_serial="12"),
        "WECHAT_PUBLIC_KEY_ID": replace(right, public_key_id="5157F09EFDC096DE"),
        "cannot be read": replace(right, private_key_file=till.folder / "none.pem"),
        "it is damaged": replace(right, private_key_file=garbage),
        "and holds a public key": replace(right, private_key_file=own),
        "and holds nothing.": replace(right, private_key_file=empty),
        "with a password": replace(right, private_key_file=locked),
        "2048 bits": replace(right, private_key_file=small),
        "holds your own public key": replace(right, public_key_file=own),
        "has to hold a public key, and holds a private key": replace(right, public_key_file=strange),
        "WECHAT_PRIVATE_KEY_FILE have to belong": replace(right, private_key_file=strange),
    }
    for expected, settings in wrong.items():
        gateway = WechatGateway(settings, till.clock, timeout_seconds=5)
        told = await gateway.check()
        assert expected in told
        assert told.endswith(".")
        assert "short" not in told
        await gateway.close()
    assert await till.gateway.check() == ""


async def test_who_is_away_has_nothing_against_the_keys(till: Till) -> None:
    gateway = WechatGateway(
        replace(till.wechat.settings(till.folder), api_url="http://127.0.0.1:1"), till.clock
    )
    with pytest.raises(GatewayAway):
        await gateway.check()
    await gateway.close()
    till.wechat.faults.set("GET", Fault.BROKEN)
    with pytest.raises(GatewayAway):
        await till.gateway.check()


async def test_a_wrong_public_key_of_theirs_is_named(till: Till) -> None:
    other = till.folder / "other.pem"
    other.write_text(key_pair("stranger").public)
    settings = replace(till.wechat.settings(till.folder), public_key_file=other)
    gateway = WechatGateway(settings, till.clock)
    assert "WECHAT_PUBLIC_KEY_FILE" in await gateway.check()
    await gateway.close()


async def test_without_keys_nothing_is_believed_and_nothing_raised(till: Till) -> None:
    settings = replace(till.wechat.settings(till.folder), private_key_file=till.folder / "none.pem")
    gateway = WechatGateway(settings, till.clock)
    assert (await gateway.find_refund("refund-1", "42")).verdict is Verdict.UNKNOWN
    assert await gateway.find_payer("42") is None
    with pytest.raises(NoticeRefused):
        gateway.read_notice({}, b"{}", till.clock.now())
    assert "none.pem" in await gateway.check()
    await gateway.close()


def test_secrets_do_not_show(till: Till) -> None:
    assert API_V3_KEY not in repr(till.wechat.settings(till.folder))


# Signatures, judged by others


@given(method=st.sampled_from(["GET", "POST"]), path=st.text(), body=st.binary())
def test_what_is_signed_is_each_part_and_a_line_break(method: str, path: str, body: bytes) -> None:
    text = signed_text(method, path, body)
    assert text == method.encode() + b"\n" + path.encode("utf-8", "surrogatepass") + b"\n" + body + b"\n"


async def test_their_client_takes_our_stand_in_for_wechat_pay(tmp_path: Path) -> None:
    """The unmodified client of wechatpayv3 pays, asks, refunds and closes at the stand-in."""
    clock = SystemClock()
    async with open_stand_in(clock.now) as wechat, their_client() as client:
        client._core._gate_way = wechat.url
        ends_at = (clock.now() + timedelta(hours=1)).isoformat(timespec="seconds")
        for key in ("order-1", "order-2"):
            code, told = await client.pay(
                description="x", out_trade_no=key, amount={"total": 100, "currency": "CNY"},
                time_expire=ends_at, notify_url="https://cashier.example/n",
            )  # fmt: skip
            assert (code, "code_url" in told) == (200, True)
        assert (await client.close(out_trade_no="order-2"))[0] == 204
        wechat.pay("order-1")
        _, told = await client.query(out_trade_no="order-1")
        number = json.loads(told)["transaction_id"]
        amount = {"refund": 40, "total": 100, "currency": "CNY"}
        code, told = await client.refund(out_refund_no="r-1", amount=amount, transaction_id=number)
        assert (code, json.loads(told)["status"]) == (200, "SUCCESS")
        assert (await client.query_refund(out_refund_no="r-1"))[0] == 200
        read = client.callback(*wechat.notices[0])
        assert read["resource"]["out_trade_no"] == "order-1"
        gateway = WechatGateway(wechat.settings(tmp_path), clock)
        mine = gateway.read_notice(*wechat.notices[0], clock.now())
        assert mine.facts[0].source == read["resource"]["transaction_id"]
        await gateway.close()


def their_client() -> Any:
    return AsyncWeChatPay(
        wechatpay_type=WeChatPayType.NATIVE, mchid=MCH_ID, private_key=key_pair("wechat-merchant").private,
        cert_serial_no=CERT_SERIAL, appid=APP_ID, apiv3_key=API_V3_KEY,
        notify_url="https://cashier.example/n", public_key=key_pair("wechat").public,
        public_key_id=PUBLIC_KEY_ID,
    )  # fmt: skip


async def test_their_code_verifies_our_signature_and_not_one_of_a_stranger(till: Till) -> None:
    assert await till.gateway.check() == ""  # the stand-in verifies by wechatpayv3
    public = sdk.load_public_key(key_pair("stranger").public)
    signature = sdk.rsa_sign(sdk.load_private_key(key_pair("wechat-merchant").private), "1\n2\n3\n")
    assert not sdk.rsa_verify("1", "2", "3", signature, public)
