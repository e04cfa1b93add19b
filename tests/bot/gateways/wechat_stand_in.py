"""A stand-in for WeChat Pay's API v3, as strict as its public pages are.

Signatures are made and checked by the package wechatpayv3, which others have written; the rules of the states
are ours, after the public pages at https://pay.weixin.qq.com/doc/v3/merchant/ (2026-11).
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha1
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from wechatpayv3 import utils as sdk

from bot.gateways.bills import BEIJING
from bot.gateways.wechat import WechatSettings
from core.gateway import ActionKind
from tests.bot.gateways.china import Fault, Faults, hang_up, key_pair, say_nothing, serve, write_keys

MCH_ID = "1900000109"
APP_ID = "wx8888888888888888"
API_V3_KEY = "0123456789abcdef0123456789ABCDEF"
CERT_SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000001092024111111111111"
CLOCKS_DIFFER_SECONDS = 300

Told = dict[str, Any]


@dataclass(eq=False)
class Refusal(Exception):
    status: int
    code: str


@dataclass(slots=True)
class Charge:
    ask: Told
    state: str = "NOTPAY"
    number: str = ""
    openid: str = ""
    paid_at: datetime | None = None
    refunded_at: datetime | None = None


@dataclass(slots=True)
class Refund:
    key: str
    charge: Charge
    amount: int
    number: str
    made_at: datetime
    status: str


@dataclass(slots=True)
class WechatStandIn:
    """One merchant's account at WeChat Pay. *refunds_are* is what becomes of refunds at first."""

    now: Callable[[], datetime]
    url: str = ""
    charges: dict[str, Charge] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    notices: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    refunds_are: str = "SUCCESS"
    funds: int = 10**9
    faults: Faults = field(default_factory=Faults)
    asked: list[tuple[str, str]] = field(default_factory=list)
    flow: list[str] = field(default_factory=list)
    cheats_with_bills: bool = False
    bills_are_late: bool = False
    lie: tuple[int, str] | None = None
    _numbers: Any = field(default_factory=lambda: count(1))
    _files: dict[str, bytes] = field(default_factory=dict)

    def settings(self, folder: Path, pays_by: ActionKind = ActionKind.QR) -> WechatSettings:
        """Return what a gateway of this merchant is set up with."""
        ours, theirs = write_keys(folder, key_pair("wechat-merchant").private, key_pair("wechat").public)
        return WechatSettings(
            mch_id=MCH_ID, app_id=APP_ID, api_v3_key=API_V3_KEY, cert_serial=CERT_SERIAL,
            private_key_file=ours, public_key_id=PUBLIC_KEY_ID, public_key_file=theirs,
            notify_url="https://cashier.example/notices/wechat", api_url=self.url, pays_by=pays_by,
        )  # fmt: skip

    # What people do

    def pay(self, key: str, openid: str = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o") -> bool:
        """Scan the code and pay; False if WeChat Pay does not let them."""
        charge = self.charges[key]
        if charge.state != "NOTPAY" or self.now() >= datetime.fromisoformat(charge.ask["time_expire"]):
            return False
        charge.state, charge.openid, charge.paid_at = "SUCCESS", openid, self.now()
        charge.number = f"42000000{next(self._numbers):020d}"
        self.notices.append(self.notice("TRANSACTION.SUCCESS", self.tell_charge(charge)))
        return True

    def settle(self, key: str, status: str = "SUCCESS") -> None:
        """Let a refund under way come to its end, and tell of it."""
        refund = self.refunds[key]
        refund.status = status
        self.notices.append(self.notice(f"REFUND.{status}", self._tell_refund_notice(refund)))

    # Notices

    def notice(
        self,
        event: str,
        resource: Told,
        *,
        id_: str = "",
        at: datetime | None = None,
        signed_by: str = "wechat",
    ) -> tuple[dict[str, str], bytes]:
        """Return headers and body of a notice."""
        nonce, named = f"{next(self._numbers):012d}", "transaction"
        sealed = AESGCM(API_V3_KEY.encode()).encrypt(
            nonce.encode(), json.dumps(resource, ensure_ascii=False).encode(), named.encode()
        )
        body = {
            "id": id_ or f"notice-{next(self._numbers)}",
            "create_time": _stamp(self.now()),
            "resource_type": "encrypt-resource",
            "event_type": event,
            "summary": "支付成功",
            "resource": {
                "original_type": named,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": b64encode(sealed).decode(),
                "associated_data": named,
                "nonce": nonce,
            },
        }
        content = json.dumps(body, ensure_ascii=False)
        return self.sign(content, at=at, signed_by=signed_by), content.encode()

    def sign(self, body: str, *, at: datetime | None = None, signed_by: str = "wechat") -> dict[str, str]:
        """Return the headers that sign *body*, by the hand of wechatpayv3."""
        stamp, nonce = str(int((at or self.now()).timestamp())), f"n{next(self._numbers)}"
        private = _private_key(signed_by)
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": PUBLIC_KEY_ID,
            "Wechatpay-Signature": sdk.rsa_sign(private, f"{stamp}\n{nonce}\n{body}\n"),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    # The API

    def routes(self) -> list[web.RouteDef]:
        pay = "/v3/pay/transactions"
        return [
            web.post(f"{pay}/native", self._answer(self._open)),
            web.post(f"{pay}/h5", self._answer(self._open)),
            web.get(f"{pay}/out-trade-no/{{key}}", self._answer(self._find)),
            web.get(f"{pay}/id/{{number}}", self._answer(self._find)),
            web.post(f"{pay}/out-trade-no/{{key}}/close", self._answer(self._close)),
            web.post("/v3/refund/domestic/refunds", self._answer(self._refund)),
            web.get("/v3/refund/domestic/refunds/{key}", self._answer(self._find_refund)),
            web.get("/v3/bill/{bill}", self._answer(self._bill)),
            web.get("/v3/billdownload/file", self._download),
        ]

    def _answer(self, work: Callable[[web.Request, Told], Told | None]) -> Any:
        """Return a handler that checks who asks, does *work*, and signs what came of it."""

        async def handle(request: web.Request) -> web.StreamResponse:
            body = (await request.read()).decode()
            self.asked.append((request.method, request.path_qs))
            fault = self.faults.take(f"{request.method} {request.path}")
            if fault is Fault.LOST:
                return hang_up(request)
            if self.lie:
                status, content = self.lie
                return web.Response(text=content, status=status, headers=self.sign(content))
            if fault is Fault.BROKEN:
                return self._tell({"code": "SYSTEM_ERROR", "message": "系统繁忙"}, 500)
            if not self._knows(request, body):  # the one answer that is never signed
                return web.json_response({"code": "SIGN_ERROR", "message": "签名错误"}, status=401)
            try:
                told, status = work(request, json.loads(body) if body else {}), 200
            except Refusal as refusal:
                told, status = {"code": refusal.code, "message": "不行"}, refusal.status
            if fault is Fault.SILENT_AFTER:
                await say_nothing()
            if fault is Fault.DROPPED_AFTER:
                return hang_up(request)
            if fault is Fault.BROKEN_AFTER:
                told, status = {"code": "SYSTEM_ERROR", "message": "系统繁忙"}, 500
            return self._tell(told, status, fault)

        return handle

    def _tell(self, told: Told | None, status: int, fault: Fault = Fault.NONE) -> web.Response:
        content = "" if told is None else json.dumps(told, ensure_ascii=False)
        signed_by = "forger" if fault is Fault.FORGED else "wechat"
        headers = {} if fault is Fault.UNSIGNED else self.sign(content, signed_by=signed_by)
        if told is None:
            return web.Response(status=204, headers=headers)
        return web.Response(text=content, status=status, headers=headers, content_type="application/json")

    def _knows(self, request: web.Request, body: str) -> bool:
        scheme, _, fields = request.headers["Authorization"].partition(" ")
        given = dict(re.findall(r'(\w+)="([^"]*)"', fields))
        text = f"{request.method}\n{request.raw_path}\n{given['timestamp']}\n{given['nonce_str']}\n{body}\n"
        public = _public_key("wechat-merchant")
        return (
            scheme == "WECHATPAY2-SHA256-RSA2048"
            and (given["mchid"], given["serial_no"]) == (MCH_ID, CERT_SERIAL)
            and abs(int(given["timestamp"]) - self.now().timestamp()) <= CLOCKS_DIFFER_SECONDS
            and request.headers.get("Wechatpay-Serial") == PUBLIC_KEY_ID
            and bool(request.headers.get("User-Agent"))
            and verified(text, given["signature"], public)
        )

    def _open(self, request: web.Request, ask: Told) -> Told:
        _need(ask["appid"] == APP_ID and ask["mchid"] == MCH_ID, 400, "APPID_MCHID_NOT_MATCH")
        _need(re.fullmatch(r"[0-9A-Za-z_\-|*]{6,32}", ask["out_trade_no"]), 400, "PARAM_ERROR")
        _need(0 < len(ask["description"].encode()) <= 127, 400, "PARAM_ERROR")
        _need(type(ask["amount"]["total"]) is int and ask["amount"]["total"] >= 1, 400, "PARAM_ERROR")
        _need(ask["amount"]["currency"] == "CNY", 400, "PARAM_ERROR")
        _need(re.fullmatch(r"https?://[^?#]+", ask["notify_url"]), 400, "PARAM_ERROR")
        _need(
            datetime.fromisoformat(ask["time_expire"]) > self.now() + timedelta(minutes=1), 400, "PARAM_ERROR"
        )
        page = request.path.endswith("/h5")
        if page:
            _need(
                ask["scene_info"]["payer_client_ip"] and ask["scene_info"]["h5_info"]["type"],
                400,
                "PARAM_ERROR",
            )
        charge = self.charges.setdefault(ask["out_trade_no"], Charge(ask))
        _need(charge.state != "SUCCESS", 400, "ORDERPAID")
        _need(charge.state != "CLOSED", 400, "ORDER_CLOSED")
        _need(charge.ask == ask, 403, "OUT_TRADE_NO_USED")
        number = list(self.charges).index(ask["out_trade_no"])
        if page:
            return {"h5_url": f"https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx{number}"}
        return {"code_url": f"weixin://wxpay/bizpayurl?pr=p{number}zz"}

    def _charge(self, request: web.Request) -> Charge:
        key, number = request.match_info.get("key"), request.match_info.get("number")
        for charge in self.charges.values():
            if (number and charge.number == number) or charge.ask["out_trade_no"] == key:
                return charge
        raise Refusal(404, "ORDER_NOT_EXIST")

    def _find(self, request: web.Request, ask: Told) -> Told:
        _need(request.query.get("mchid") == MCH_ID, 400, "PARAM_ERROR")
        return self.tell_charge(self._charge(request))

    def _close(self, request: web.Request, ask: Told) -> None:
        _need(ask == {"mchid": MCH_ID}, 400, "PARAM_ERROR")
        charge = self._charge(request)
        _need(charge.state not in {"SUCCESS", "REFUND"}, 400, "ORDERPAID")
        _need(charge.state != "CLOSED", 400, "ORDER_CLOSED")
        charge.state = "CLOSED"

    def _refund(self, request: web.Request, ask: Told) -> Told:
        _need(re.fullmatch(r"[0-9A-Za-z_\-|*@]{1,64}", ask["out_refund_no"]), 400, "PARAM_ERROR")
        amount = ask["amount"]
        _need(type(amount["refund"]) is int and amount["refund"] >= 1, 400, "PARAM_ERROR")
        _need(amount["currency"] == "CNY", 400, "PARAM_ERROR")
        charge = next((each for each in self.charges.values() if each.number == ask["transaction_id"]), None)
        if charge is None or charge.paid_at is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS")
        _need(amount["total"] == charge.ask["amount"]["total"], 400, "INVALID_REQUEST")
        if made := self.refunds.get(ask["out_refund_no"]):
            _need((made.charge, made.amount) == (charge, amount["refund"]), 400, "INVALID_REQUEST")
            return self._tell_refund(made)
        parts = [part for part in self.refunds.values() if part.charge is charge]
        gone = sum(part.amount for part in parts if part.status != "CLOSED")
        _need(self.now() <= charge.paid_at + timedelta(days=365), 400, "INVALID_REQUEST")
        _need(gone + amount["refund"] <= amount["total"], 400, "INVALID_REQUEST")
        _need(len(parts) < 50, 400, "INVALID_REQUEST")
        soon = charge.refunded_at and self.now() < charge.refunded_at + timedelta(minutes=1)
        _need(not soon, 429, "FREQUENCY_LIMITED")
        _need(amount["refund"] <= self.funds, 403, "NOT_ENOUGH")
        charge.refunded_at, charge.state = self.now(), "REFUND"
        self.funds -= amount["refund"]
        part = Refund(
            ask["out_refund_no"], charge, amount["refund"], f"50000000{next(self._numbers):020d}",
            self.now(), self.refunds_are,
        )  # fmt: skip
        self.refunds[part.key] = part
        if part.status == "SUCCESS":
            self.notices.append(self.notice("REFUND.SUCCESS", self._tell_refund_notice(part)))
        return self._tell_refund(part)

    def _find_refund(self, request: web.Request, ask: Told) -> Told:
        part = self.refunds.get(request.match_info["key"])
        if part is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS")
        return self._tell_refund(part)

    # What it tells

    def tell_charge(self, charge: Charge) -> Told:
        told: Told = {
            "appid": APP_ID,
            "mchid": MCH_ID,
            "out_trade_no": charge.ask["out_trade_no"],
            "trade_state": charge.state,
            "trade_state_desc": "",
        }
        if charge.paid_at:
            total = charge.ask["amount"]["total"]
            told |= {
                "transaction_id": charge.number,
                "trade_type": "NATIVE",
                "bank_type": "OTHERS",
                "success_time": _stamp(charge.paid_at),
                "payer": {"openid": charge.openid},
                "amount": {"total": total, "payer_total": total, "currency": "CNY", "payer_currency": "CNY"},
            }
        return told

    def _tell_refund(self, part: Refund) -> Told:
        told: Told = {
            "refund_id": part.number,
            "out_refund_no": part.key,
            "transaction_id": part.charge.number,
            "out_trade_no": part.charge.ask["out_trade_no"],
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": _stamp(part.made_at),
            "status": part.status,
            "amount": {"refund": part.amount, "total": part.charge.ask["amount"]["total"], "currency": "CNY"},
        }
        return told | ({"success_time": _stamp(part.made_at)} if part.status == "SUCCESS" else {})

    def _tell_refund_notice(self, part: Refund) -> Told:
        told = self._tell_refund(part)
        status = told.pop("status")
        amount = {"refund": part.amount, "total": told["amount"]["total"]}
        return told | {"mchid": MCH_ID, "refund_status": status, "amount": amount}

    # Bills

    def _bill(self, request: web.Request, ask: Told) -> Told:
        day = request.query["bill_date"]
        made = not self.bills_are_late and day < _day(self.now() - timedelta(hours=10))
        _need(made, 400, "STATEMENT_CREATING")
        kind = request.match_info["bill"]
        rows = (
            self._flow_rows(day)
            if kind == "fundflowbill"
            else self._trade_rows(request.query["bill_type"], day)
        )
        _need(len(rows) > 1, 400, "NO_STATEMENT_EXIST")
        file = (
            "\ufeff" + "\r\n".join([*rows, "总交易单数,应结订单总金额", f"`{len(rows) - 1},`0.00", ""])
        ).encode()
        token = f"t{next(self._numbers)}"
        self._files[token] = file + b"`" if self.cheats_with_bills else file
        url = f"{self.url}/v3/billdownload/file?token={token}"
        return {"hash_type": "SHA1", "hash_value": sha1(file).hexdigest(), "download_url": url}

    async def _download(self, request: web.Request) -> web.Response:
        if not self._knows(request, ""):
            return web.Response(status=401)
        return web.Response(body=self._files[request.query["token"]])

    def _trade_rows(self, bill: str, day: str) -> list[str]:
        if bill == "SUCCESS":
            paid = (each for each in self.charges.values() if each.paid_at and _day(each.paid_at) == day)
            return [SUCCESS_HEAD, *(_fields(self._success_row(each)) for each in paid)]
        parts = (part for part in self.refunds.values() if _day(part.made_at) == day)
        return [REFUND_HEAD, *(_fields(self._refund_row(part)) for part in parts)]

    def _success_row(self, charge: Charge) -> list[str]:
        assert charge.paid_at
        yuan = _yuan(charge.ask["amount"]["total"])
        return [
            _local(charge.paid_at), APP_ID, MCH_ID, "0", "", charge.number, charge.ask["out_trade_no"],
            charge.openid, "NATIVE", "SUCCESS", "OTHERS", "CNY", yuan, "0.00", charge.ask["description"], "",
            f"{charge.ask['amount']['total'] * 6 / 100_000:.5f}", "0.60%", yuan, "",
        ]  # fmt: skip

    def _refund_row(self, part: Refund) -> list[str]:
        assert part.charge.paid_at
        yuan, at = _yuan(part.amount), _local(part.made_at)
        status = {"CLOSED": "FAIL", "ABNORMAL": "CHANGE"}.get(part.status, part.status)
        return [
            _local(part.charge.paid_at), APP_ID, MCH_ID, "0", "", part.charge.number,
            part.charge.ask["out_trade_no"], part.charge.openid, "NATIVE", "REFUND", "OTHERS", "CNY",
            "0.00", "0.00", at, at, part.number, part.key, yuan, "0.00", "ORIGINAL", status,
            part.charge.ask["description"], "",
            f"{-part.amount * 6 / 100_000:.5f}", "0.60%", "0.00", yuan, "",
        ]  # fmt: skip

    def _flow_rows(self, day: str) -> list[str]:
        return [FLOW_HEAD, *(row for row in self.flow if row.startswith(f"`{day}"))]


@cache
def _private_key(owner: str) -> Any:
    return sdk.load_private_key(key_pair(owner).private)


@cache
def _public_key(owner: str) -> Any:
    return sdk.load_public_key(key_pair(owner).public)


def verified(text: str, signature: str, public: Any) -> bool:
    """Say whether wechatpayv3 takes a signature; its function wants three lines, a request has five."""
    first, _, rest = text.partition("\n")
    second, _, third = rest.partition("\n")
    return bool(sdk.rsa_verify(first, second, third.removesuffix("\n"), signature, public))


def change(notice: tuple[Mapping[str, str], bytes], old: str, new: str) -> tuple[Mapping[str, str], bytes]:
    """Return a notice that somebody has changed on its way."""
    headers, body = notice
    assert old in body.decode()
    return headers, body.decode().replace(old, new).encode()


@asynccontextmanager
async def open_stand_in(now: Callable[[], datetime]) -> AsyncIterator[WechatStandIn]:
    """Serve a stand-in on loopback."""
    stand_in = WechatStandIn(now)
    async with serve(*stand_in.routes()) as url:
        stand_in.url = url
        yield stand_in


SUCCESS_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注"
)
REFUND_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,退款申请时间,退款成功时间,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,"
    "退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
FLOW_HEAD = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,"
    "备注,业务凭证号"
)


def _need(holds: object, status: int, code: str) -> None:
    if not holds:
        raise Refusal(status, code)


def _stamp(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


def _local(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _day(at: datetime) -> str:
    return at.astimezone(BEIJING).date().isoformat()


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _fields(values: list[str]) -> str:
    return ",".join(f"`{value}" for value in values)
