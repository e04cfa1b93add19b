"""WeChat Pay, by its API v3: charges by QR code or page, refunds, notices, bills.

What is believed is what WeChat Pay has signed; anything else, whatever it says, leaves the outcome unknown.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

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
    read_fee,
    read_rows,
    read_yuan,
)
from bot.gateways.counting import WECHAT
from bot.gateways.signing import KeyUnusable, Signer
from bot.gateways.wire import ANSWER_MOST_BYTES, TIMEOUT_SECONDS, Answer, Wire
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
from core.money import LARGEST_MINOR, Money

log = logging.getLogger(__name__)

API_URL = "https://api.mch.weixin.qq.com"
SCHEME = "WECHATPAY2-SHA256-RSA2048"
TITLE_MOST_BYTES = 127
CLOCKS_DIFFER = timedelta(minutes=5)  # the limit that WeChat Pay names for its notices and answers
BILLS_AT_HOUR = 10  # of the next day, in Beijing

CAPABILITIES = Capabilities(
    # The refund page of https://pay.weixin.qq.com/wiki/doc/api_external/en/apis/chapter3_3_3.shtml (2026-11):
    # within a year; at most 50 parts of one payment, a minute apart; a refund that failed goes again under
    # the number it had; what is accepted is not done yet. See docs/gateways/wechat.md.
    most_refunds=50,
    refund_spacing=timedelta(minutes=1),
    refund_window=timedelta(days=365),
    retries_same_key=True,
    keeps=frozenset({"ABNORMAL"}),
    lists_after=timedelta(hours=24 + BILLS_AT_HOUR),
    tells_refunds=True,
)

_TRY_LATER = {"SYSTEM_ERROR", "FREQUENCY_LIMITED", "SIGN_ERROR"}
_REFUNDS = {
    "SUCCESS": Verdict.DONE,
    "PROCESSING": Verdict.PENDING,
    "CLOSED": Verdict.REFUSED,
    "ABNORMAL": Verdict.REFUSED,  # the payer's card takes nothing: a person has to look
}
_PAID = {"SUCCESS", "REFUND"}  # a payment of which something was refunded is still a payment
_ENDED = {"CLOSED", "REVOKED"}
_WAITING = {"NOTPAY", "USERPAYING"}


@dataclass(frozen=True, slots=True)
class WechatSettings:
    """What the merchant platform gave, where notices shall arrive, and how customers pay: QR or LINK."""

    mch_id: str
    app_id: str
    api_v3_key: str = field(repr=False)
    cert_serial: str
    private_key_file: Path
    public_key_id: str
    public_key_file: Path
    notify_url: str
    api_url: str = API_URL
    pays_by: ActionKind = ActionKind.QR
    payer_ip: str = "127.0.0.1"  # a page asks for it, and a chat does not know it


class WechatGateway:
    """A merchant's own account at WeChat Pay, in public-key mode."""

    name: str = "wechat"
    title: str = "WeChat Pay"
    currencies: frozenset[str] | None = WECHAT.currencies
    capabilities: Capabilities = CAPABILITIES

    def __init__(
        self, settings: WechatSettings, clock: Clock, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._wire = Wire(timeout_seconds)
        self._fault = _look_at(settings)
        self._signer: Signer | None = None
        try:
            self._signer = Signer.read(
                "WECHAT_PRIVATE_KEY_FILE", settings.private_key_file,
                "WECHAT_PUBLIC_KEY_FILE", settings.public_key_file,
            )  # fmt: skip
        except KeyUnusable as error:
            self._fault = self._fault or error.why

    async def begin_binding(self, key: str, customer: str) -> Opened:
        """Refuse: the first payment binds, for it tells the payer's openid."""
        return BINDS_BY_PAYMENT

    async def open_charge(
        self, key: str, amount: Money, *, title: str, expires_at: datetime, method: str = ""
    ) -> Opened:
        """Ask for a code to scan, or for a page."""
        if amount.currency != CURRENCY:
            return not_opened(Outcome(Verdict.REFUSED, reason="currency"))
        by_page = self._settings.pays_by is ActionKind.LINK
        ask: Told = {
            "appid": self._settings.app_id,
            "mchid": self._settings.mch_id,
            "description": title.encode()[:TITLE_MOST_BYTES].decode(errors="ignore"),
            "out_trade_no": key,
            "time_expire": expires_at.astimezone(BEIJING).isoformat(timespec="seconds"),
            "notify_url": self._settings.notify_url,
            "amount": {"total": WECHAT.to_gateway(amount), "currency": CURRENCY},
        }
        if by_page:
            ask["scene_info"] = {"payer_client_ip": self._settings.payer_ip, "h5_info": {"type": "Wap"}}
        status, told = await self._ask("POST", f"/v3/pay/transactions/{'h5' if by_page else 'native'}", ask)
        target = told.get("h5_url" if by_page else "code_url")
        if status == 200 and isinstance(target, str):
            return Opened(Outcome(Verdict.PENDING), Action(self._settings.pays_by, target))
        return not_opened(_refused(status, told))

    async def find_charge(self, key: str) -> Fact | Outcome:
        """Ask what became of a charge by our number."""
        status, told = await self._ask("GET", self._charge_path(key))
        if status == 404 and told.get("code") == "ORDER_NOT_EXIST":
            return Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
        if status != 200:  # that a question was refused says nothing about the charge
            return Outcome(Verdict.UNKNOWN, reason=_reason(status, told))
        try:
            if text_in(told, "out_trade_no") != key:
                raise ValueError("another charge")
            return self._charge(told, self._clock.now())
        except (NoticeRefused, *_ODD) as error:
            log.warning("wechat_odd_charge error=%s", type(error).__name__)
            return Outcome(Verdict.UNKNOWN, reason="odd_answer")

    async def find_payer(self, source: str) -> Payer | None:
        """Ask for the payer's openid."""
        status, told = await self._ask("GET", self._path(f"/v3/pay/transactions/id/{quote(source, safe='')}"))
        return _payer(told) if status == 200 else None

    async def close_charge(self, key: str) -> Outcome:
        """End a charge. Where that is refused the charge itself says why."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(key, safe='')}/close"
        status, told = await self._ask("POST", path, {"mchid": self._settings.mch_id})
        if status == 204:
            return Outcome(Verdict.DONE)
        refused = _refused(status, told)
        if refused.verdict is not Verdict.REFUSED:
            return refused
        return why_not_closed(await self.find_charge(key), refused)

    async def refund(self, key: str, source: str, amount: Money, total: Money) -> Outcome:
        """Ask for a refund; that it is accepted does not mean that it is done."""
        ask = {
            "transaction_id": source,
            "out_refund_no": key,
            "notify_url": self._settings.notify_url,
            "amount": {
                "refund": WECHAT.to_gateway(amount),
                "total": WECHAT.to_gateway(total),
                "currency": CURRENCY,
            },
        }
        status, told = await self._ask("POST", "/v3/refund/domestic/refunds", ask)
        return _refund_outcome(key, told) if status == 200 else _refused(status, told)

    async def find_refund(self, key: str, source: str) -> Outcome:
        """Ask what became of a refund by our number."""
        status, told = await self._ask("GET", f"/v3/refund/domestic/refunds/{quote(key, safe='')}")
        if status == 200:
            return _refund_outcome(key, told)
        if status == 404 and told.get("code") == "RESOURCE_NOT_EXISTS":
            return Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
        return Outcome(Verdict.UNKNOWN, reason=_reason(status, told))

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Verify and decrypt a notice."""
        given = {name.lower(): value for name, value in headers.items()}
        if not self._is_signed(given, body):
            raise NoticeRefused("signature")
        if abs(_signed_at(given) - now) > CLOCKS_DIFFER:
            raise NoticeRefused("time")
        try:
            told = json.loads(body)
            opened = self._open(told["resource"])
            return Notice(text_in(told, "id"), self._facts(text_in(told, "event_type"), opened, told))
        except _ODD:
            raise NoticeRefused("body") from None

    def reply(self, taken: bool) -> tuple[int, str, bytes]:
        """WeChat Pay tells again, for a day, what is not answered with success."""
        if taken:
            return 200, "application/json", b'{"code":"SUCCESS"}'
        return 400, "application/json", b'{"code":"FAIL","message":"not taken"}'

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        """Yield what the bills of those days list, as far as they are made."""
        for day in beijing_days(since, until):
            if not is_due(day, BILLS_AT_HOUR, self._clock.now()):
                return
            for bill in _BILLS:
                lines = await self._bill(bill, day)
                try:
                    async for row in read_rows(lines):
                        for movement in bill.read(row):
                            if since <= movement.at < until:
                                yield movement
                except _ODD as error:
                    raise GatewayAway(f"the {bill.path} of {day} cannot be read: {error!r}") from error

    async def check(self) -> str:
        """Look at the keys, and ask for a charge that nobody has made."""
        if self._fault:
            return self._fault
        answer = await self._send("GET", self._charge_path("seatside-check"))
        if answer is None or answer.status >= 500:
            raise GatewayAway(f"WeChat Pay does not answer at {self._settings.api_url}")
        if answer.status == 401:
            return (
                "WeChat Pay does not take our signature: WECHAT_MCH_ID, WECHAT_CERT_SERIAL and "
                "WECHAT_PRIVATE_KEY_FILE have to belong together."
            )
        if not self._is_signed(answer.headers, answer.body):
            return "WeChat Pay's answer does not fit WECHAT_PUBLIC_KEY_ID and WECHAT_PUBLIC_KEY_FILE."
        told = _read_object(answer.body)
        if answer.status in {200, 404} or _code(told) in _TRY_LATER:
            return ""
        return f"WeChat Pay refuses WECHAT_MCH_ID {self._settings.mch_id}: {_reason(answer.status, told)}."

    async def close(self) -> None:
        """Close what connections there are."""
        await self._wire.close()

    # Requests

    def _charge_path(self, key: str) -> str:
        return self._path(f"/v3/pay/transactions/out-trade-no/{quote(key, safe='')}")

    def _path(self, path: str) -> str:
        return f"{path}?{urlencode({'mchid': self._settings.mch_id})}"

    async def _ask(self, method: str, path: str, ask: Told | None = None) -> tuple[int, Told]:
        """Return status and content of a signed answer; status 0 where nobody can tell what became of it."""
        answer = await self._send(method, path, ask)
        if answer is None:
            return 0, {}
        if not self._is_signed(answer.headers, answer.body):
            log.warning("wechat_unsigned path=%s status=%s", path.partition("?")[0], answer.status)
            return 0, {}
        if abs(_signed_at(answer.headers) - self._clock.now()) > CLOCKS_DIFFER:
            log.warning("wechat_clocks_differ path=%s", path.partition("?")[0])
            return 0, {}
        return answer.status, _read_object(answer.body)

    async def _send(
        self, method: str, path: str, ask: Told | None = None, most_bytes: int = ANSWER_MOST_BYTES
    ) -> Answer | None:
        if self._signer is None:
            return None
        body = b"" if ask is None else json.dumps(ask, ensure_ascii=False, separators=(",", ":")).encode()
        stamp, nonce = str(int(self._clock.now().timestamp())), secrets.token_hex(16)
        signature = self._signer.sign(signed_text(method, path, stamp, nonce, body))
        headers = {
            "Authorization": f'{SCHEME} mchid="{self._settings.mch_id}",nonce_str="{nonce}",'
            f'signature="{signature}",timestamp="{stamp}",serial_no="{self._settings.cert_serial}"',
            "Accept": "application/json",
            "User-Agent": "Seatside",
            "Wechatpay-Serial": self._settings.public_key_id,
        }
        if body:
            headers["Content-Type"] = "application/json"
        url = self._settings.api_url + path
        return await self._wire.ask(method, url, headers=headers, body=body or None, most_bytes=most_bytes)

    def _is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Say whether WeChat Pay has signed an answer or a notice.

        To see whether we look, it sends signatures that begin with WECHATPAY/SIGNTEST/ and fit nothing.
        """
        if self._signer is None or headers.get("wechatpay-serial") != self._settings.public_key_id:
            return False
        stamp, nonce = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-nonce", "")
        if not re.fullmatch(r"[0-9]{10}", stamp):
            return False
        return self._signer.is_theirs(signed_text(stamp, nonce, body), headers.get("wechatpay-signature", ""))

    # What WeChat Pay says

    def _open(self, resource: Told) -> Told:
        """Return what a notice holds, which only the owner of the API v3 key can read."""
        if resource["algorithm"] != "AEAD_AES_256_GCM":
            raise ValueError(resource["algorithm"])
        cipher = AESGCM(self._settings.api_v3_key.encode())
        sealed = b64decode(resource["ciphertext"], validate=True)
        named = (resource.get("associated_data") or "").encode()
        opened = json.loads(cipher.decrypt(resource["nonce"].encode(), sealed, named))
        if not isinstance(opened, dict):
            raise TypeError
        return opened

    def _facts(self, event: str, opened: Told, told: Told) -> tuple[Fact, ...]:
        made_at = _time(told, "create_time")
        if event.startswith("REFUND."):
            return (self._refund_fact(opened, made_at),)
        if event.startswith("TRANSACTION."):
            fact = self._charge(opened, made_at)
            return (fact,) if isinstance(fact, Fact) else ()
        return ()  # of something that we do not use

    def _charge(self, told: Told, asked_at: datetime) -> Fact | Outcome:
        """Return what WeChat Pay says about a charge, if it is one of ours."""
        if (told.get("mchid"), told.get("appid")) != (self._settings.mch_id, self._settings.app_id):
            raise NoticeRefused("merchant")
        key, state = text_in(told, "out_trade_no"), text_in(told, "trade_state")
        if state in _ENDED:
            return Fact(FactKind.CHARGE_ENDED, key, "", "", None, None, asked_at, reason=state)
        if state in _WAITING:
            return Outcome(Verdict.PENDING)
        if state not in _PAID:
            return Outcome(Verdict.UNKNOWN, reason=state)
        amount = told["amount"]
        if amount["currency"] != CURRENCY:
            raise NoticeRefused("currency")
        charge = text_in(told, "transaction_id")
        paid, at = _fen(amount["total"]), _time(told, "success_time")
        return Fact(FactKind.PAID, key, charge, charge, paid, _payer(told), at)

    def _refund_fact(self, told: Told, made_at: datetime) -> Fact:
        if told.get("mchid") != self._settings.mch_id:
            raise NoticeRefused("merchant")
        status, charge = text_in(told, "refund_status"), text_in(told, "transaction_id")
        key, part = text_in(told, "out_refund_no"), _fen(told["amount"]["refund"])
        number = text_in(told, "refund_id")
        if status == "SUCCESS":
            at = _time(told, "success_time")
            return Fact(FactKind.REFUNDED, key, charge, charge, part, None, at, number)
        return Fact(FactKind.REFUND_FAILED, key, charge, charge, part, None, made_at, number, status)

    # Bills

    async def _bill(self, bill: _Bill, day: date) -> Iterator[list[str]]:
        """Return the lines of a day's bill, none if nothing happened."""
        path = f"/v3/bill/{bill.path}?{urlencode({'bill_date': day.isoformat(), **bill.of})}"
        status, told = await self._ask("GET", path)
        if status == 400 and told.get("code") == "NO_STATEMENT_EXIST":
            return iter(())
        url = told.get("download_url")
        if status != 200 or not isinstance(url, str):
            raise GatewayAway(f"no {bill.path} of {day}: {_reason(status, told)}")
        # The file itself comes without a signature: the signed answer vouches for it by its hash.
        file = await self._send("GET", _behind_host(url), most_bytes=BILL_MOST_BYTES)
        if file is None or file.status != 200:
            raise GatewayAway(f"the {bill.path} of {day} cannot be fetched")
        if told.get("hash_type") != "SHA1" or told.get("hash_value") != sha1(file.body).hexdigest():
            raise GatewayAway(f"the {bill.path} of {day} is not the file that was announced")
        return _bill_lines(file.body)


@dataclass(frozen=True, slots=True)
class _Bill:
    """A kind of bill: where it is asked for, and what a row of it means."""

    path: str
    of: Mapping[str, str]
    read: Callable[[Row], Iterator[Movement]]


def _read_charge(row: Row) -> Iterator[Movement]:
    charge, key, at = row["微信订单号"], row["商户订单号"], read_beijing(row["交易时间"])
    yield Movement(charge, MovementKind.CHARGE, key, charge, read_yuan(row["订单金额"]), at)
    yield from _fee(f"{charge}-fee", key, charge, -read_fee(row["手续费"]), at)


def _read_refund(row: Row) -> Iterator[Movement]:
    if row["退款状态"] == "FAIL":
        return
    id_, key, charge = row["微信退款单号"], row["商户退款单号"], row["微信订单号"]
    at = read_beijing(row["退款申请时间"])
    yield Movement(id_, MovementKind.REFUND, key, charge, -read_yuan(row["申请退款金额"]), at)
    yield from _fee(f"{id_}-fee", key, charge, -read_fee(row["手续费"]), at)


def _read_flow(row: Row) -> Iterator[Movement]:
    """Of what moved on the account, take what the other two bills do not list."""
    if re.search("交易|退款|手续费", row["业务类型"]):
        return
    amount = read_yuan(row["收支金额(元)"])
    signed = amount if row["收支类型"] == "收入" else -amount
    kind = MovementKind.PAYOUT if "提现" in row["业务类型"] else MovementKind.OTHER
    yield Movement(row["资金流水单号"], kind, "", "", signed, read_beijing(row["记账时间"]))


_BILLS = (
    _Bill("tradebill", {"bill_type": "SUCCESS"}, _read_charge),
    _Bill("tradebill", {"bill_type": "REFUND"}, _read_refund),
    _Bill("fundflowbill", {"account_type": "BASIC"}, _read_flow),
)


def _fee(id_: str, key: str, charge: str, amount: Money, at: datetime) -> Iterator[Movement]:
    if amount:
        yield Movement(id_, MovementKind.FEE, key, charge, amount, at)


def _bill_lines(file: bytes) -> Iterator[list[str]]:
    """Yield the fields of the head and of the rows: each field of a row begins with a backquote."""
    head, _, rest = file.decode("utf-8-sig").partition("\n")
    yield head.split(",")
    for line in rest.split("\n"):
        if not line.startswith("`"):
            return  # the sums
        yield line.split(",`")


def signed_text(*lines: str | bytes) -> bytes:
    r"""Return what a signature is over: each part on a line of its own.

    >>> signed_text("GET", "/v3/certificates", "1554208460", "593BEC0C930BF1AFEB40B4A08C8FB242", b"")
    b'GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n'
    """
    return b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)


_ODD = (*ODD, InvalidTag)


def _look_at(settings: WechatSettings) -> str:
    """Return what can be told to be wrong without asking anybody, in one sentence, or ""."""
    if not re.fullmatch(r"[0-9]{8,12}", settings.mch_id):
        return "WECHAT_MCH_ID has to be the merchant number, of 8 to 12 digits."
    if len(settings.api_v3_key.encode()) != 32:
        length = len(settings.api_v3_key.encode())
        return f"WECHAT_API_V3_KEY has to be 32 characters long, and is {length}."
    if not re.fullmatch(r"[0-9A-Fa-f]{40}", settings.cert_serial):
        return "WECHAT_CERT_SERIAL has to be the serial number of your certificate, of 40 digits 0-9 and A-F."
    if not re.fullmatch(r"PUB_KEY_ID_[0-9A-Za-z]+", settings.public_key_id):
        return "WECHAT_PUBLIC_KEY_ID has to begin with PUB_KEY_ID_, as the merchant platform shows it."
    return ""


def _refused(status: int, told: Told) -> Outcome:
    """Judge an answer that is no success: refused, or not known yet."""
    known = 400 <= status < 500 and status != 429 and _code(told) not in {"", *_TRY_LATER}
    return Outcome(Verdict.REFUSED if known else Verdict.UNKNOWN, reason=_reason(status, told))


def _reason(status: int, told: Told) -> str:
    return _code(told) or f"http_{status}"


def _code(told: Told) -> str:
    code = told.get("code")
    return code if isinstance(code, str) else ""


def _refund_outcome(key: str, told: Told) -> Outcome:
    if told.get("out_refund_no") != key:
        return Outcome(Verdict.UNKNOWN, reason="odd_answer")
    status = str(told.get("status"))
    verdict = _REFUNDS.get(status, Verdict.UNKNOWN)
    reason = "" if verdict in {Verdict.DONE, Verdict.PENDING} else status
    return Outcome(verdict, str(told.get("refund_id", "")), reason)


def _payer(told: Told) -> Payer | None:
    payer = told.get("payer")
    openid = payer.get("openid") if isinstance(payer, dict) else None
    return Payer(openid, f"WeChat Pay ·· {openid[-4:]}") if isinstance(openid, str) and openid else None


def _fen(told: Any) -> Money:
    amount = WECHAT.from_gateway(told, CURRENCY)
    if not 0 < amount.minor <= LARGEST_MINOR:
        raise ValueError("no amount")
    return amount


def _time(told: Told, name: str) -> datetime:
    at = datetime.fromisoformat(text_in(told, name))
    if at.tzinfo is None:
        raise ValueError(name)
    return at.astimezone(UTC)


def _signed_at(headers: Mapping[str, str]) -> datetime:
    """Return when something was signed; only asked of what is."""
    return datetime.fromtimestamp(int(headers["wechatpay-timestamp"]), UTC)


def _read_object(body: bytes) -> Told:
    try:
        told = json.loads(body) if body else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _behind_host(url: str) -> str:
    """Return path and query of an address."""
    return "/" + url.partition("://")[2].partition("/")[2]
