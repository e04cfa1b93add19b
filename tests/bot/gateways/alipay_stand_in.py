"""A stand-in for Alipay's gateway, as strict as its public pages are.

Signatures are made and checked by python-alipay-sdk, which others have written, on another package's RSA;
the rules of the states are ours, after the public pages of https://opendocs.alipay.com (2026-11).
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from alipay import AliPay

from bot.gateways.alipay import AlipaySettings
from bot.gateways.bills import BEIJING
from tests.bot.gateways.china import Fault, Faults, hang_up, key_pair, say_nothing, serve, write_keys

APP_ID = "2014072300007148"
SELLER_ID = "2088101106499364"

Told = dict[str, Any]


@dataclass(eq=False)
class Refusal(Exception):
    code: str
    sub_code: str


@dataclass(slots=True)
class Trade:
    """A charge: a code at first; Alipay's books know it from the scan on."""

    ask: Told
    fen: int
    number: str = ""
    state: str = "CODE"
    buyer: str = ""
    account: str = ""
    paid_at: datetime | None = None
    refunded_at: datetime | None = None
    refunds: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    @property
    def refunded(self) -> int:
        return sum(fen for fen, _ in self.refunds.values())


@dataclass(slots=True)
class AlipayStandIn:
    """One merchant's application at Alipay. Refunds show when one asks *settle_delay* after them."""

    now: Callable[[], datetime]
    url: str = ""
    trades: dict[str, Trade] = field(default_factory=dict)
    notices: list[bytes] = field(default_factory=list)
    settle_delay: timedelta = timedelta(0)
    tells_fund_change: bool = True
    scans_at_once: bool = False  # somebody scans each code as soon as it is there
    bills_are_late: bool = False
    lie: str = ""
    funds: int = 10**9
    faults: Faults = field(default_factory=Faults)
    asked: list[Told] = field(default_factory=list)
    flow: list[tuple[datetime, str]] = field(default_factory=list)
    signed_by: str = "alipay"
    _numbers: Any = field(default_factory=lambda: count(1))

    def settings(self, folder: Path) -> AlipaySettings:
        """Return what a gateway of this application is set up with."""
        ours, theirs = write_keys(
            folder, key_pair("alipay-merchant").bare_private, key_pair("alipay").bare_public
        )
        return AlipaySettings(
            app_id=APP_ID, private_key_file=ours, public_key_file=theirs, seller_id=SELLER_ID,
            notify_url="https://cashier.example/notices/alipay", api_url=f"{self.url}/gateway.do",
        )  # fmt: skip

    # What people do

    def scan(self, key: str) -> bool:
        """Scan the code; False if it is of no use any more."""
        trade = self.trades[key]
        if trade.state == "CODE" and self.now() < _until(trade.ask):
            trade.state, trade.number = "WAIT_BUYER_PAY", f"20261125220014{next(self._numbers):014d}"
        return trade.state == "WAIT_BUYER_PAY" and self.now() < _until(trade.ask)

    def pay(self, key: str, buyer: str = "2088102122524333", account: str = "159****5620") -> bool:
        """Scan the code and pay; False if Alipay does not let them."""
        if not self.scan(key):
            return False
        trade = self.trades[key]
        trade.state, trade.paid_at, trade.buyer, trade.account = "TRADE_SUCCESS", self.now(), buyer, account
        self.notices.append(self.notice(trade))
        return True

    # Notices

    def notice(self, trade: Trade, signed_by: str = "alipay", **change: str) -> bytes:
        """Return the body of a notice about *trade*."""
        form = {
            "notify_time": _local(self.now()),
            "notify_type": "trade_status_sync",
            "notify_id": f"notice{next(self._numbers):04d}",
            "app_id": APP_ID,
            "charset": "utf-8",
            "version": "1.0",
            "seller_id": SELLER_ID,
            "out_trade_no": trade.ask["out_trade_no"],
            "trade_no": trade.number,
            "trade_status": trade.state,
            "subject": trade.ask["subject"],
            "total_amount": _yuan(trade.fen),
        }
        if trade.paid_at:
            form |= {
                "buyer_id": trade.buyer,
                "buyer_logon_id": trade.account,
                "gmt_payment": _local(trade.paid_at),
                "receipt_amount": _yuan(trade.fen),
            }
        if trade.refunded_at:
            form |= {
                "gmt_refund": _local(trade.refunded_at) + ".123",
                "refund_fee": _yuan(trade.refunded),
                "out_biz_no": next(reversed(trade.refunds)),
            }
        form |= change
        text = "&".join(f"{name}={form[name]}" for name in sorted(form))
        return urlencode({**form, "sign_type": "RSA2", "sign": alipay(signed_by)._sign(text)}).encode()

    # The API

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Check who asks, do what is asked, sign what came of it."""
        form = {**request.query, **(await request.post())}
        self.asked.append(form)
        method, fault = str(form["method"]), self.faults.take(str(form["method"]))
        if fault is Fault.LOST:
            return hang_up(request)
        if fault is Fault.BROKEN:
            return web.Response(status=500, text="<html>")
        if told := _judge_request(form, self.now()):  # such answers come without a signature
            return self._answer(method, told, "")
        if self.lie:
            name, sign = method.replace(".", "_") + "_response", alipay("alipay")._sign(self.lie)
            return web.Response(text=f'{{"sign":"{sign}","{name}":{self.lie}}}')
        try:
            content = json.loads(str(form["biz_content"]))
            told = {"code": "10000", "msg": "Success"} | self._work(method)(content)
        except Refusal as refusal:
            told = {
                "code": refusal.code,
                "msg": "Business Failed",
                "sub_code": refusal.sub_code,
                "sub_msg": "不行",
            }
        if fault is Fault.SILENT_AFTER:
            await say_nothing()
        if fault is Fault.DROPPED_AFTER:
            return hang_up(request)
        if fault is Fault.BROKEN_AFTER:
            told = {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "isp.unknow-error"}
        signed_by = {Fault.UNSIGNED: "", Fault.FORGED: "forger"}.get(fault, self.signed_by)
        return self._answer(method, told, signed_by)

    def _answer(self, method: str, told: Told, signed_by: str) -> web.Response:
        raw = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        name = method.replace(".", "_") + "_response"
        sign = f',"sign":"{alipay(signed_by)._sign(raw)}"' if signed_by else ""
        return web.Response(text=f'{{"{name}":{raw}{sign}}}', content_type="text/html")

    def _work(self, method: str) -> Callable[[Told], Told]:
        works = {
            "alipay.trade.precreate": self._open,
            "alipay.trade.query": self._find,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._find_refund,
            "alipay.data.dataservice.bill.downloadurl.query": self._bill,
        }
        if method not in works:
            raise Refusal("40002", "isv.invalid-method")
        return works[method]

    def _open(self, ask: Told) -> Told:
        _need(re.fullmatch(r"[0-9A-Za-z_]{1,64}", ask["out_trade_no"]), "ACQ.INVALID_PARAMETER")
        fen = _fen(ask["total_amount"])
        _need(fen >= 1 and 0 < len(ask["subject"]) <= 256, "ACQ.INVALID_PARAMETER")
        trade = self.trades.get(ask["out_trade_no"])
        if trade and trade.state != "CODE":
            _need(trade.state not in {"TRADE_SUCCESS", "TRADE_FINISHED"}, "ACQ.TRADE_HAS_SUCCESS")
            _need(trade.state != "TRADE_CLOSED", "ACQ.TRADE_HAS_CLOSE")
            _need(trade.fen == fen, "ACQ.CONTEXT_INCONSISTENT")
        else:
            self.trades[ask["out_trade_no"]] = Trade(ask, fen)
            if self.scans_at_once:
                self.scan(ask["out_trade_no"])
        number = list(self.trades).index(ask["out_trade_no"])
        return {"out_trade_no": ask["out_trade_no"], "qr_code": f"https://qr.alipay.com/bav{number:05d}"}

    def _trade(self, ask: Told) -> Trade:
        for trade in self.trades.values():
            named = (
                ask.get("out_trade_no") == trade.ask["out_trade_no"] or ask.get("trade_no") == trade.number
            )
            if named and trade.state != "CODE":
                if trade.state == "WAIT_BUYER_PAY" and self.now() >= _until(trade.ask):
                    trade.state = "TRADE_CLOSED"
                return trade
        raise Refusal("40004", "ACQ.TRADE_NOT_EXIST")

    def _find(self, ask: Told) -> Told:
        trade = self._trade(ask)
        told = {
            "out_trade_no": trade.ask["out_trade_no"],
            "trade_no": trade.number,
            "trade_status": trade.state,
            "total_amount": _yuan(trade.fen),
            "subject": trade.ask["subject"],
        }
        if trade.paid_at:
            told |= {
                "buyer_user_id": trade.buyer,
                "buyer_logon_id": trade.account,
                "send_pay_date": _local(trade.paid_at),
            }
        return told

    def _close(self, ask: Told) -> Told:
        trade = self._trade(ask)
        _need(trade.state == "WAIT_BUYER_PAY", "ACQ.REASON_TRADE_STATUS_INVALID")
        trade.state = "TRADE_CLOSED"
        return {"out_trade_no": trade.ask["out_trade_no"], "trade_no": trade.number}

    def _refund(self, ask: Told) -> Told:
        trade = self._trade(ask)
        # Left out, the number of the charge stands in for it: a second part is then taken for the first.
        number, fen = ask.get("out_request_no") or trade.ask["out_trade_no"], _fen(ask["refund_amount"])
        _need(1 <= len(number) <= 64, "ACQ.INVALID_PARAMETER")
        if number in trade.refunds:
            _need(trade.refunds[number][0] == fen, "ACQ.DISCORDANT_REPEAT_REQUEST")
            return self._tell_refund(trade, "N")
        _need(trade.paid_at is not None, "ACQ.TRADE_STATUS_ERROR")
        assert trade.paid_at
        _need(self.now() <= trade.paid_at + timedelta(days=365), "ACQ.TRADE_HAS_FINISHED")
        _need(fen >= 1 and trade.refunded + fen <= trade.fen, "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        soon = trade.refunded_at and self.now() < trade.refunded_at + timedelta(seconds=3)
        _need(not soon, "ACQ.SYSTEM_ERROR")
        _need(fen <= self.funds, "ACQ.SELLER_BALANCE_NOT_ENOUGH")
        self.funds -= fen
        trade.refunds[number] = (fen, self.now())
        trade.refunded_at = self.now()
        if trade.refunded == trade.fen:
            trade.state = "TRADE_CLOSED"
        self.notices.append(self.notice(trade))
        return self._tell_refund(trade, "Y" if self.tells_fund_change else "N")

    def _tell_refund(self, trade: Trade, fund_change: str) -> Told:
        return {
            "out_trade_no": trade.ask["out_trade_no"],
            "trade_no": trade.number,
            "fund_change": fund_change,
            "refund_fee": _yuan(trade.refunded),
        }

    def _find_refund(self, ask: Told) -> Told:
        trade, number = self._trade(ask), ask["out_request_no"]
        fen, at = trade.refunds.get(number, (0, self.now()))
        if not fen or self.now() < at + self.settle_delay:
            return {}
        return {
            "out_trade_no": trade.ask["out_trade_no"],
            "trade_no": trade.number,
            "out_request_no": number,
            "refund_status": "REFUND_SUCCESS",
            "total_amount": _yuan(trade.fen),
            "refund_amount": _yuan(fen),
        }

    # Bills

    def _bill(self, ask: Told) -> Told:
        _need(ask["bill_type"] in {"trade", "signcustomer"}, "isv.invalid-arguments")
        made = not self.bills_are_late and ask["bill_date"] < _day(self.now() - timedelta(hours=9))
        _need(made, "isv.invalid-arguments")
        if not self._bill_rows(ask["bill_type"], ask["bill_date"]):
            raise Refusal("40004", "isp.bill_not_exist")
        return {"bill_download_url": f"{self.url}/bill?kind={ask['bill_type']}&day={ask['bill_date']}"}

    async def download(self, request: web.Request) -> web.Response:
        kind, day = request.query["kind"], request.query["day"]
        what = "业务明细" if kind == "trade" else "账务明细"
        head = TRADE_HEAD if kind == "trade" else FLOW_HEAD
        begin = [
            f"#支付宝{what}查询",
            f"#账号：[{SELLER_ID}0156]",
            f"#起始日期：[{day}]",
            f"#----{what}列表----",
        ]
        end = [f"#----{what}列表结束----", "#交易合计：1笔", "#导出时间：[2026年11月26日 09:00:00]"]
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            sums = ["#支付宝汇总查询", "门店编号,门店名称,交易订单总笔数", "合计,,1"]
            archive.writestr(f"{SELLER_ID}_{what}(汇总).csv", "\r\n".join(sums).encode("gbk"))
            lines = [*begin, head, *self._bill_rows(kind, day), *end]
            archive.writestr(f"{SELLER_ID}_{what}.csv", "\r\n".join(lines).encode("gbk"))
        return web.Response(body=file.getvalue())

    def _bill_rows(self, kind: str, day: str) -> list[str]:
        if kind == "signcustomer":
            return [row for at, row in self.flow if _day(at) == day]
        rows: list[tuple[datetime, str]] = []
        for trade in self.trades.values():
            if trade.paid_at:
                rows.append((trade.paid_at, _row(trade, "交易", trade.fen, "", trade.paid_at)))
            rows += [(at, _row(trade, "退款", -fen, no, at)) for no, (fen, at) in trade.refunds.items()]
        return [row for at, row in rows if _day(at) == day]


@cache
def alipay(owner: str) -> Any:
    """Return the SDK as a hand that signs for *owner* and checks what our merchant signs."""
    return AliPay(
        appid=APP_ID,
        app_private_key_string=key_pair(owner).private,
        alipay_public_key_string=key_pair("alipay-merchant").public,
    )


@asynccontextmanager
async def open_stand_in(now: Callable[[], datetime]) -> AsyncIterator[AlipayStandIn]:
    """Serve a stand-in on loopback."""
    stand_in = AlipayStandIn(now)
    routes = (
        web.route("*", "/gateway.do", stand_in.handle),
        web.get("/bill", stand_in.download),
    )
    async with serve(*routes) as url:
        stand_in.url = url
        yield stand_in


TRADE_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,"
    "卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
FLOW_HEAD = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,"
    "业务类型,备注"
)


def flow_row(number: str, kind: str, at: datetime, came: str, went: str) -> str:
    return f"{number}\t,B1\t,\t,,{_local(at)},,{came},{went},0.00,支付宝,{kind},"


def _row(trade: Trade, kind: str, fen: int, request: str, at: datetime) -> str:
    yuan, fee = _yuan(fen), _yuan(-round(fen * 6 / 1000))
    values = [
        f"{trade.number}\t", f"{trade.ask['out_trade_no']}\t", f"{kind}\t", trade.ask["subject"],
        _local(at), _local(at), "\t", "\t", "\t", "\t", f"*杨({trade.account})\t", yuan, yuan,
        "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00\t", "0.00", f"{request}\t", fee, "0.00", "",
    ]  # fmt: skip
    return ",".join(values)


def _judge_request(form: Told, now: datetime) -> Told:
    """Return what the gateway says to one whom it does not know, nothing to one whom it does."""
    text = "&".join(f"{name}={form[name]}" for name in sorted(form) if name != "sign")
    fault = ""
    if form.get("app_id") != APP_ID:
        fault = "isv.invalid-app-id"
    elif form.get("charset") != "utf-8" or form.get("sign_type") != "RSA2" or form.get("version") != "1.0":
        fault = "isv.invalid-arguments"
    elif not alipay("alipay")._verify(text, str(form.get("sign", ""))):
        fault = "isv.invalid-signature"
    elif not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", str(form.get("timestamp"))):
        fault = "isv.invalid-timestamp"
    return {"code": "40002", "msg": "Invalid Arguments", "sub_code": fault} if fault else {}


def _need(holds: object, sub_code: str) -> None:
    if not holds:
        raise Refusal("40004", sub_code)


def _fen(text: object) -> int:
    """Read an amount as Alipay does: a text of two places; what a float turns into is refused."""
    _need(isinstance(text, str) and re.fullmatch(r"\d{1,9}\.\d{2}", text), "ACQ.INVALID_PARAMETER")
    return int(str(text).replace(".", ""))


def _until(ask: Told) -> datetime:
    """Return until when a code can be paid; two hours where nothing is said, which nobody tests."""
    if "time_expire" not in ask:
        return datetime.max.replace(tzinfo=BEIJING)
    return datetime.strptime(ask["time_expire"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _local(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _day(at: datetime) -> str:
    return at.astimezone(BEIJING).date().isoformat()
