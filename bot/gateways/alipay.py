"""Alipay, by its open platform: charges by QR code, refunds, notices, bills.

What is believed is what Alipay has signed; anything else, whatever it says, leaves the outcome unknown.
"""

from __future__ import annotations

import csv
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from math import ceil
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from zipfile import BadZipFile, ZipFile

from bot.clock import Clock
from bot.gateways.answers import BINDS_BY_PAYMENT, ODD, Told, not_opened, text_in, why_not_closed
from bot.gateways.bills import (
    BEIJING,
    BILL_MOST_BYTES,
    CURRENCY,
    Row,
    beijing_days,
    is_due,
    read_beijing,
    read_rows,
    read_yuan,
    yuan,
)
from bot.gateways.counting import ALIPAY
from bot.gateways.signing import KeyUnusable, Signer
from bot.gateways.wire import TIMEOUT_SECONDS, Answer, Wire
from core.gateway import (
    UNKNOWN_KEY,
    Action,
    ActionKind,
    Capabilities,
    Fact,
    FactKind,
    GatewayAway,
    Movement,
    MovementKind,
    Notice,
    NoticeRefused,
    Opened,
    Outcome,
    Payer,
    Verdict,
)
from core.money import Money

log = logging.getLogger(__name__)

API_URL = "https://openapi.alipay.com/gateway.do"
SANDBOX_URL = "https://openapi-sandbox.dl.alipaydev.com/gateway.do"
TITLE_MOST_CHARACTERS = 128
NUMBER_MOST_CHARACTERS = 64
BILLS_AT_HOUR = 9  # of the next day, in Beijing

CAPABILITIES = Capabilities(
    # The pages of alipay.trade.refund and alipay.trade.fastpay.refund.query at https://opendocs.alipay.com
    # (2026-11): parts of one payment at least 3 seconds apart; a repeat keeps its request number; ask after
    # 10 seconds. The window is the contract's and usually 12 months. See docs/gateways/alipay.md.
    refund_spacing=timedelta(seconds=3),
    refund_window=timedelta(days=365),
    retries_same_key=True,
    settle_delay=timedelta(seconds=10),
    lists_after=timedelta(hours=24 + BILLS_AT_HOUR),
    tells_refunds=True,
)

_DONE = "10000"
_REFUSED = "40004"  # the business said no; every other code is of the way there
_AWAY = "20000"
_TRY_LATER = {"ACQ.SYSTEM_ERROR", "SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR"}
_NOT_MADE = "ACQ.TRADE_NOT_EXIST"


@dataclass(frozen=True, slots=True)
class AlipaySettings:
    """What the open platform gave, and where notices shall arrive; a *seller_id* is checked if given."""

    app_id: str
    private_key_file: Path
    public_key_file: Path
    notify_url: str
    seller_id: str = ""
    api_url: str = API_URL


class AlipayGateway:
    """A merchant's own application at Alipay, with plain keys, paid face to face."""

    name: str = "alipay"
    title: str = "Alipay"
    currencies: frozenset[str] | None = ALIPAY.currencies
    capabilities: Capabilities = CAPABILITIES

    def __init__(
        self, settings: AlipaySettings, clock: Clock, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._wire = Wire(timeout_seconds)
        self._fault = _look_at(settings)
        self._signer: Signer | None = None
        try:
            self._signer = Signer.read(
                "ALIPAY_PRIVATE_KEY_FILE", settings.private_key_file,
                "ALIPAY_PUBLIC_KEY_FILE", settings.public_key_file,
            )  # fmt: skip
        except KeyUnusable as error:
            self._fault = self._fault or error.why

    async def begin_binding(self, key: str, customer: str) -> Opened:
        """Refuse: the first payment binds, for it tells the payer's number."""
        return BINDS_BY_PAYMENT

    async def open_charge(
        self, key: str, amount: Money, *, title: str, expires_at: datetime, method: str = ""
    ) -> Opened:
        """Ask for a code to scan. Alipay knows of the charge only once it has been scanned."""
        if amount.currency != CURRENCY:
            return not_opened(Outcome(Verdict.REFUSED, reason="currency"))
        left = ceil((expires_at - self._clock.now()).total_seconds() / 60)
        ask = {
            "out_trade_no": to_number(key),
            "total_amount": yuan(amount),
            "subject": title[:TITLE_MOST_CHARACTERS],
            "time_expire": expires_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
            "qr_code_timeout_express": f"{max(left, 1)}m",
        }
        told = await self._ask("alipay.trade.precreate", ask, notify=True)
        target = told.get("qr_code")
        if told.get("code") == _DONE and isinstance(target, str):
            return Opened(Outcome(Verdict.PENDING), Action(ActionKind.QR, target))
        return not_opened(_refused(told))

    async def find_charge(self, key: str) -> Fact | Outcome:
        """Ask what became of a charge by our number; a code that nobody scanned is unknown to Alipay."""
        told = await self._ask("alipay.trade.query", {"out_trade_no": to_number(key)})
        if told.get("sub_code") == _NOT_MADE:
            return Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
        if told.get("code") != _DONE:  # that a question was refused says nothing about the charge
            return Outcome(Verdict.UNKNOWN, reason=_reason(told))
        try:
            if text_in(told, "out_trade_no") != to_number(key):
                raise ValueError("another charge")
            return _charge(told, "send_pay_date", self._clock.now())
        except ODD as error:
            log.warning("alipay_odd_charge error=%s", type(error).__name__)
            return Outcome(Verdict.UNKNOWN, reason="odd_answer")

    async def find_payer(self, source: str) -> Payer | None:
        """Ask for the buyer's number and masked account."""
        told = await self._ask("alipay.trade.query", {"trade_no": source})
        return _payer(told) if told.get("code") == _DONE else None

    async def close_charge(self, key: str) -> Outcome:
        """End a charge that was scanned and not paid.

        Alipay's cancel is never used: it would send a payment back that has just come in.
        """
        told = await self._ask("alipay.trade.close", {"out_trade_no": to_number(key)})
        if told.get("code") == _DONE:
            return Outcome(Verdict.DONE)
        refused = _refused(told)
        if refused.verdict is not Verdict.REFUSED:
            return refused
        return why_not_closed(await self.find_charge(key), refused)

    async def refund(self, key: str, source: str, amount: Money, total: Money) -> Outcome:
        """Refund under a request number of its own: left out, a second part would be taken for the first."""
        ask = {"trade_no": source, "refund_amount": yuan(amount), "out_request_no": to_number(key)}
        told = await self._ask("alipay.trade.refund", ask)
        if told.get("code") != _DONE:
            return _refused(told)
        if told.get("fund_change") == "Y":
            return Outcome(Verdict.DONE, str(told.get("trade_no", "")))
        found = await self.find_refund(key, source)  # no money moved just now: it may have before
        return found if found.verdict is Verdict.DONE else Outcome(Verdict.PENDING)

    async def find_refund(self, key: str, source: str) -> Outcome:
        """Ask what became of a refund. A good answer that names no state means: there is none."""
        ask = {"trade_no": source, "out_request_no": to_number(key)}
        told = await self._ask("alipay.trade.fastpay.refund.query", ask)
        if told.get("sub_code") == _NOT_MADE:
            return Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
        if told.get("code") != _DONE:
            return Outcome(Verdict.UNKNOWN, reason=_reason(told))
        return _refund_outcome(told, ask["out_request_no"])

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Verify a notice. It carries no time that binds it: one that comes again is known by its number."""
        told = _read_form(body)
        signature, sign_type = told.pop("sign", ""), told.pop("sign_type", "")
        if self._signer is None or sign_type != "RSA2":
            raise NoticeRefused("signature")
        if not self._signer.is_theirs(signed_text(told), signature):
            raise NoticeRefused("signature")
        if told.get("app_id") != self._settings.app_id:
            raise NoticeRefused("merchant")
        if self._settings.seller_id and told.get("seller_id") != self._settings.seller_id:
            raise NoticeRefused("merchant")
        try:
            return Notice(text_in(told, "notify_id"), _facts(told))
        except ODD:
            raise NoticeRefused("body") from None

    def reply(self, taken: bool) -> tuple[int, str, bytes]:
        """Alipay tells again, for a day, until it reads this one word."""
        return (200, "text/plain", b"success") if taken else (400, "text/plain", b"failure")

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        """Yield what the bills of those days list, as far as they are made."""
        for day in beijing_days(since, until):
            if not is_due(day, BILLS_AT_HOUR, self._clock.now()):
                return
            for bill, read in (("trade", _read_trade), ("signcustomer", _read_flow)):
                try:
                    async for row in read_rows(_bill_lines(await self._bill(bill, day))):
                        for movement in read(row):
                            if since <= movement.at < until:
                                yield movement
                except (*ODD, csv.Error, BadZipFile) as error:
                    raise GatewayAway(f"the {bill} bill of {day} cannot be read: {error!r}") from error

    async def check(self) -> str:
        """Look at the keys, and ask for a charge that nobody has made."""
        if self._fault:
            return self._fault
        answer = await self._send("alipay.trade.query", {"out_trade_no": "seatside_check"})
        if answer is None or answer.status != 200:
            raise GatewayAway(f"Alipay does not answer at {self._settings.api_url}")
        told = self._believed("alipay.trade.query", answer)
        if told.get("code") == _AWAY:
            raise GatewayAway(f"Alipay says that it is away: {_reason(told)}")
        return "" if told.get("sub_code") == _NOT_MADE else self._find_fault(told, _claimed(answer.body))

    def _find_fault(self, told: Told, claimed: Told) -> str:
        """Return what is wrong, by what Alipay says and what somebody claims in its name."""
        match _reason(told or claimed).removeprefix("isv."):
            case "invalid-signature":
                return (
                    "Alipay does not take our signature: ALIPAY_PRIVATE_KEY_FILE does not belong to "
                    "ALIPAY_APP_ID."
                )
            case "invalid-app-id" | "missing-app-id":
                return f"Alipay knows no application of ALIPAY_APP_ID {self._settings.app_id}."
            case "insufficient-isv-permissions":
                return "Alipay has not opened face-to-face payment to the application of ALIPAY_APP_ID."
            case why if told:
                return f"Alipay refuses: {why}."
            case _:
                return (
                    "Alipay's answer does not fit ALIPAY_PUBLIC_KEY_FILE, which has to hold Alipay's own key."
                )

    async def close(self) -> None:
        """Close what connections there are."""
        await self._wire.close()

    # Requests

    async def _ask(self, method: str, ask: Told, *, notify: bool = False) -> Told:
        """Return a signed answer, or nothing where nobody can tell what became of the request."""
        answer = await self._send(method, ask, notify=notify)
        return {} if answer is None else self._believed(method, answer)

    async def _send(self, method: str, ask: Told, *, notify: bool = False) -> Answer | None:
        if self._signer is None:
            return None
        now = self._clock.now().astimezone(BEIJING)
        form = {
            "app_id": self._settings.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": now.strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "biz_content": json.dumps(ask, ensure_ascii=False, separators=(",", ":")),
        }
        if notify:
            form["notify_url"] = self._settings.notify_url
        signature = self._signer.sign(signed_text(form))
        content = form.pop("biz_content")
        query = urlencode({**form, "sign": signature})  # the platform reads charset before it reads the body
        return await self._wire.ask(
            "POST",
            f"{self._settings.api_url}?{query}",
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
            body=urlencode({"biz_content": content}).encode(),
        )

    def _believed(self, method: str, answer: Answer) -> Told:
        """Return what an answer says if Alipay has signed it, else nothing."""
        name = f"{method.replace('.', '_')}_response"
        try:
            members = read_members(answer.body.decode())
            signature = json.loads(members["sign"])
            told = json.loads(members[name])
        except ODD:
            log.warning("alipay_unsigned method=%s status=%s", method, answer.status)
            return {}
        signed = self._signer is not None and self._signer.is_theirs(members[name].encode(), str(signature))
        if not signed or not isinstance(told, dict):
            log.warning("alipay_unsigned method=%s status=%s", method, answer.status)
            return {}
        return told

    async def _bill(self, bill: str, day: date) -> bytes:
        """Return the archive of a day's bill, nothing if nothing happened."""
        ask = {"bill_type": bill, "bill_date": day.isoformat()}
        told = await self._ask("alipay.data.dataservice.bill.downloadurl.query", ask)
        if str(told.get("sub_code", "")).removeprefix("isp.").lower() in _NO_BILL:
            return b""
        url = told.get("bill_download_url")
        if told.get("code") != _DONE or not isinstance(url, str):
            raise GatewayAway(f"no {bill} bill of {day}: {_reason(told)}")
        file = await self._wire.ask("GET", url, most_bytes=BILL_MOST_BYTES)
        if file is None or file.status != 200:
            raise GatewayAway(f"the {bill} bill of {day} cannot be fetched")
        return file.body


_NO_BILL = {"bill_not_exist", "bill_not_exists"}


def signed_text(form: Mapping[str, str]) -> bytes:
    """Return what a signature is over: all members but the signature, in order of their names.

    >>> signed_text({"b": "2", "a": "1 & {x}", "sign": "…"})
    b'a=1 & {x}&b=2'
    """
    return "&".join(f"{name}={form[name]}" for name in sorted(form) if name != "sign").encode()


def read_members(text: str) -> dict[str, str]:
    """Return the members of a JSON object, each value as it was written: a signature is over its very text.

    >>> read_members('{"a": {"b":"}{"} , "sign":"x"}')
    {'a': '{"b":"}{"}', 'sign': '"x"'}
    """
    members: dict[str, str] = {}
    at = _after(text, 0, "{")
    while True:
        name, at = _DECODER.raw_decode(text, at)
        start = _after(text, at, ":")
        _, end = _DECODER.raw_decode(text, start)
        if not isinstance(name, str) or name in members:
            raise ValueError(name)
        members[name] = text[start:end]
        at = _skip(text, end)
        if text[at : at + 1] == "}":
            return members
        at = _after(text, at, ",")


_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()


def _after(text: str, at: int, mark: str) -> int:
    """Return where goes on what follows *mark*, with the space around it."""
    at = _skip(text, at)
    if text[at : at + 1] != mark:
        raise ValueError(f"no {mark} at {at}")
    return _skip(text, at + 1)


def to_number(key: str) -> str:
    """Return *key* as a number that Alipay takes: letters, digits and underscores only.

    >>> to_number("refund-a_b")
    'refund_Da_Ub'
    """
    number = key.replace("_", "_U").replace("-", "_D")
    assert re.fullmatch(r"[0-9A-Za-z_]+", number), key
    assert len(number) <= NUMBER_MOST_CHARACTERS, key
    return number


def to_key(number: str) -> str:
    """Return the key of a number of ours; of one that is not, the number.

    >>> to_key(to_number("refund-a_b"))
    'refund-a_b'
    """
    return number.replace("_D", "-").replace("_U", "_")


def mask(account: str) -> str:
    """Return an account so that its owner knows it and nobody else; Alipay has mostly masked it before.

    >>> mask("159****5620"), mask("13912345678"), mask("ann@example.org")
    ('159****5620', '139****78', 'ann****rg')
    """
    return account if "*" in account or not account else f"{account[:3]}****{account[-2:]}"


def _look_at(settings: AlipaySettings) -> str:
    """Return what can be told to be wrong without asking anybody, in one sentence, or ""."""
    if not re.fullmatch(r"[0-9]{16}", settings.app_id):
        return "ALIPAY_APP_ID has to be the application's number, of 16 digits."
    return ""


def _refused(told: Told) -> Outcome:
    """Judge an answer that is no success: refused, or not known yet."""
    known = told.get("code") == _REFUSED and str(told.get("sub_code", "")) not in {"", *_TRY_LATER}
    return Outcome(Verdict.REFUSED if known else Verdict.UNKNOWN, reason=_reason(told))


def _refund_outcome(told: Told, number: str) -> Outcome:
    match told.get("refund_status"):
        case "REFUND_SUCCESS" if told.get("out_request_no") == number:
            return Outcome(Verdict.DONE, str(told.get("trade_no", "")))
        case None | "":
            return Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
        case "REFUND_PROCESSING":
            return Outcome(Verdict.PENDING)
        case "REFUND_FAIL":
            return Outcome(Verdict.REFUSED, reason="REFUND_FAIL")
        case state:
            return Outcome(Verdict.UNKNOWN, reason=str(state))


def _reason(told: Told) -> str:
    return str(told.get("sub_code") or told.get("code") or "no_answer")


def _claimed(body: bytes) -> Told:
    """Return what an answer says that nobody has signed: good for a hint, for nothing else."""
    try:
        values = json.loads(body).values()
    except ODD:
        return {}
    return next((value for value in values if isinstance(value, dict)), {})


def _read_form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=100,
        )
    except ValueError:
        raise NoticeRefused("body") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise NoticeRefused("body")
    return form


def _facts(told: Told) -> tuple[Fact, ...]:
    """Return what a notice says. One about a refund repeats that the charge was paid."""
    charge = _charge(told, "gmt_payment", _time(told, "notify_time"))
    if not isinstance(charge, Fact):
        return ()
    if not told.get("gmt_refund"):
        return (charge,)
    # refund_fee is the sum of all parts so far, which is not this part's amount
    return (
        charge,
        Fact(
            FactKind.REFUNDED, to_key(text_in(told, "out_biz_no")), charge.charge, charge.source, None, None,
            read_beijing(told["gmt_refund"].partition(".")[0]), charge.charge,
        ),
    )  # fmt: skip


def _charge(told: Told, paid_at: str, asked_at: datetime) -> Fact | Outcome:
    """Return what Alipay says about a charge. One that was paid and went back whole is closed, too."""
    key, state = to_key(text_in(told, "out_trade_no")), text_in(told, "trade_status")
    if state == "WAIT_BUYER_PAY":
        return Outcome(Verdict.PENDING)
    if state not in {"TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED"}:
        return Outcome(Verdict.UNKNOWN, reason=state)
    if state == "TRADE_CLOSED" and not told.get(paid_at):
        return Fact(FactKind.CHARGE_ENDED, key, "", "", None, None, asked_at, reason=state)
    charge, amount = text_in(told, "trade_no"), read_yuan(text_in(told, "total_amount"))
    if amount.minor <= 0:
        raise ValueError("no amount")
    return Fact(FactKind.PAID, key, charge, charge, amount, _payer(told), _time(told, paid_at))


def _payer(told: Told) -> Payer | None:
    """Return the buyer; newer applications are told an openid in place of the number."""
    id_ = told.get("buyer_user_id") or told.get("buyer_id") or told.get("buyer_open_id")
    if not isinstance(id_, str):
        return None
    return Payer(id_, f"Alipay {mask(str(told.get('buyer_logon_id') or id_))}")


def _time(told: Told, name: str) -> datetime:
    return read_beijing(text_in(told, name))


# Bills


def _bill_lines(archive: bytes) -> Iterator[list[str]]:
    """Yield the fields of the head and of the rows of the one file in an archive that lists them."""
    if not archive:
        return
    with ZipFile(BytesIO(archive)) as files:
        for info in files.infolist():
            if info.file_size > BILL_MOST_BYTES:
                raise ValueError(info.file_size)
            lines = files.read(info).decode("gb18030").splitlines()
            if any(line.startswith(_HEADS) for line in lines):
                if not any(line.startswith("#") and "明细列表结束" in line for line in lines):
                    raise ValueError("cut off")
                yield from csv.reader(line for line in lines if line and not line.startswith("#"))
                return
    raise ValueError("no list in the archive")


_HEADS = ("支付宝交易号,", "账务流水号,")


def _read_trade(row: Row) -> Iterator[Movement]:
    charge, at = row["支付宝交易号"], read_beijing(row["完成时间"])
    amount, fee = read_yuan(row["订单金额(元)"]), read_yuan(row["服务费(元)"] or "0")
    if row["业务类型"] == "退款":
        key = row["退款批次号/请求号"]
        id_, kind, amount, fee = f"{charge}-{key}", MovementKind.REFUND, -_absolute(amount), _absolute(fee)
    else:
        id_, kind, key, fee = charge, MovementKind.CHARGE, row["商户订单号"], -_absolute(fee)
    yield Movement(id_, kind, to_key(key), charge, amount, at)
    if fee:
        yield Movement(f"{id_}-fee", MovementKind.FEE, to_key(key), charge, fee, at)


def _read_flow(row: Row) -> Iterator[Movement]:
    """Of what moved on the account, take what the bill of trades does not list."""
    if re.search("在线支付|交易|退款|收费|退费|服务费", row["业务类型"]):
        return
    came, went = read_yuan(row["收入金额(+元)"] or "0"), read_yuan(row["支出金额(-元)"] or "0")
    amount = _absolute(came) - _absolute(went)
    kind = MovementKind.PAYOUT if "提现" in row["业务类型"] else MovementKind.OTHER
    yield Movement(row["账务流水号"], kind, "", "", amount, read_beijing(row["发生时间"]))


def _absolute(amount: Money) -> Money:
    return amount if amount.minor >= 0 else -amount
