"""The sandbox's payment provider behind the port: invoices of Telegram, links, and QR codes.

Its figures are the sandbox's own (bot/sandbox/README.md); `SandboxRules` changes them, so that the
rules of any other provider can be played.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.gateways.counting import TELEGRAM
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

TIMEOUT_SECONDS = 15
SIGNATURE_HEADER = "sandbox-signature"
TOLERANCE = timedelta(minutes=5)

_VERDICTS = {"succeeded": Verdict.DONE, "pending": Verdict.PENDING, "failed": Verdict.REFUSED}
_FACTS = {
    "charge.paid": FactKind.PAID,
    "charge.closed": FactKind.CHARGE_ENDED,
    "binding.bound": FactKind.BOUND,
    "refund.succeeded": FactKind.REFUNDED,
    "refund.failed": FactKind.REFUND_FAILED,
    "dispute.open": FactKind.DISPUTE_OPENED,
    "dispute.won": FactKind.DISPUTE_WON,
    "dispute.lost": FactKind.DISPUTE_LOST,
}
_MOVEMENTS = {
    "charge": MovementKind.CHARGE,
    "refund": MovementKind.REFUND,
    "refund_failed": MovementKind.REFUND,
    "dispute": MovementKind.DISPUTE,
    "dispute_won": MovementKind.DISPUTE,
}
_NO_ACTION = Action(ActionKind.NONE)
_INVOICE = Capabilities()
_PAGE = Capabilities(binds=True, one_tap=True, tells_refunds=True, tells_disputes=True)

NAMES = {
    "sandbox": (ActionKind.INVOICE, "Card"),
    "sandbox-link": (ActionKind.LINK, "Sandbox Pay"),
    "sandbox-qr": (ActionKind.QR, "Sandbox QR"),
}
"""What each of the sandbox's gateways is paid by, and what customers call it."""


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Where the provider is, its key, and where its notices shall go ("": nowhere)."""

    url: str
    key: str
    notify_url: str = ""
    timeout_seconds: float = TIMEOUT_SECONDS


class SandboxGateway:
    """The provider over HTTP. An invoice is refunded by the charge that Telegram named."""

    currencies: frozenset[str] | None

    def __init__(
        self, config: SandboxConfig, name: str = "sandbox", capabilities: Capabilities | None = None
    ) -> None:
        self.name = name
        self._kind, self.title = NAMES[name]
        is_invoice = self._kind is ActionKind.INVOICE
        self.currencies = TELEGRAM.currencies if is_invoice else None
        self.capabilities = capabilities or (_INVOICE if is_invoice else _PAGE)
        self._timeout = ClientTimeout(total=config.timeout_seconds)
        self._url = config.url.rstrip("/")
        self._key = config.key
        self._notify_url = config.notify_url
        self._session: ClientSession | None = None

    async def begin_binding(self, key: str, customer: str) -> Opened:
        status, told = await self._post("/provider/bindings", key, {"notify_url": self._notify_url})
        return self._opened(status, told, ActionKind.LINK)

    async def open_charge(
        self, key: str, amount: Money, *, title: str, expires_at: datetime, method: str = ""
    ) -> Opened:
        if self._kind is ActionKind.INVOICE:  # Telegram opens it, once it is shown
            return Opened(Outcome(Verdict.PENDING), Action(ActionKind.INVOICE))
        body = {
            "amount": amount.minor,
            "currency": amount.currency,
            "how": self._kind.value,
            "title": title,
            "expires": int(expires_at.timestamp()),
            "notify_url": self._notify_url,
            "method": method,
        }
        return self._opened(*await self._post("/provider/charges", key, body), self._kind)

    async def find_charge(self, key: str) -> Fact | Outcome:
        status, told = await self._ask("GET", "/provider/charges", params={"key": key})
        if status == 404 and _code_of(told) == "charge_not_found":
            return Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
        try:
            if status != 200:
                return Outcome(Verdict.UNKNOWN, reason=f"http_{status}")
            if told["status"] == "open":
                return Outcome(Verdict.PENDING)
            return _charge_fact(FactKind.PAID if told["charge"] else FactKind.CHARGE_ENDED, told)
        except (TypeError, KeyError, ValueError):
            return Outcome(Verdict.UNKNOWN, reason="not_understood")

    async def find_payer(self, source: str) -> Payer | None:
        if not source.replace("_", "").isalnum():
            return None
        status, told = await self._ask("GET", f"/provider/charges/{source}")
        try:
            return _payer(told["card"])
        except (TypeError, KeyError):
            log.warning("gateway_tells_no_charge gateway=%s status=%s", self.name, status)
            return None

    async def close_charge(self, key: str) -> Outcome:
        if self._kind is ActionKind.INVOICE:
            return Outcome(Verdict.DONE)  # nobody is let through any more: see core.top_up.claim_top_up
        status, told = await self._ask("POST", "/provider/charges/close", params={"key": key})
        if status == 404 and _code_of(told) == "charge_not_found":
            return Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
        return _outcome(status, told, {"closed": Verdict.DONE})

    async def refund(self, key: str, source: str, amount: Money, total: Money) -> Outcome:
        status, told = await self._post("/provider/refunds", key, {"charge": source, "amount": amount.minor})
        return _outcome(status, told, _VERDICTS)

    async def find_refund(self, key: str, source: str) -> Outcome:
        status, told = await self._ask("GET", "/provider/refunds", params={"key": key})
        if status == 404 and _code_of(told) == "refund_not_found":
            return Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
        if status != 200:  # that a question was refused says nothing about the refund
            return Outcome(Verdict.UNKNOWN, reason=f"http_{status}")
        return _outcome(status, told, _VERDICTS)

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        given = {name.lower(): value for name, value in headers.items()}.get(SIGNATURE_HEADER, "")
        moment, _, signature = given.removeprefix("t=").partition(",v1=")
        signed = f"{moment}.".encode(errors="replace") + body
        expected = hmac.new(self._key.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature.encode(errors="replace"), expected.encode()):
            raise NoticeRefused("signature")
        if abs(now - _time(int(moment))) > TOLERANCE:
            raise NoticeRefused("time")
        try:
            told = json.loads(body)
            kind = _FACTS.get(told["type"])
            facts = (_fact(kind, told["data"], told["created"]),) if kind else ()
            return Notice(str(told["id"]), facts)
        except (ValueError, KeyError, TypeError):
            raise NoticeRefused("body") from None

    def reply(self, taken: bool) -> tuple[int, str, bytes]:
        return (200 if taken else 400), "text/plain", b""

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        after = 0
        while True:
            status, told = await self._ask("GET", "/provider/movements", params={"after": str(after)})
            if status != 200:
                raise GatewayAway(f"http_{status}")
            if not told["movements"]:
                return
            for line in told["movements"]:
                after = line["seq"]
                if since <= _time(line["created"]) < until:
                    yield _movement(line)

    async def check(self) -> str:
        status, told = await self._ask("GET", "/provider/account")
        refused = status == 401 or _code_of(told) == "invalid_api_key"
        if not status:
            raise GatewayAway("silent")
        return "PAYMENT_GATEWAY_KEY is refused by the provider." if refused else ""

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    def _opened(self, status: int, told: Any, kind: ActionKind) -> Opened:
        outcome = _outcome(
            status, told, {"open": Verdict.PENDING, "paid": Verdict.DONE, "closed": Verdict.REFUSED}
        )
        if outcome.verdict is not Verdict.PENDING:
            return Opened(outcome, _NO_ACTION)
        return Opened(outcome, Action(kind, str(told.get("url", ""))))

    async def _post(self, path: str, key: str, body: dict[str, Any]) -> tuple[int, Any]:
        return await self._ask("POST", path, json=body, headers={"Idempotency-Key": key})

    async def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> tuple[int, Any]:
        """Return status and answer; status 0 where nobody can tell what became of the request."""
        if self._session is None:
            self._session = ClientSession(timeout=self._timeout)
        mine = {"Authorization": f"Bearer {self._key}", **(headers or {})}
        try:
            async with self._session.request(method, self._url + path, headers=mine, **more) as answer:
                return answer.status, await answer.json(content_type=None)
        except (TimeoutError, ClientError, ValueError) as error:
            log.warning("gateway_silent path=%s error=%s", path.partition("?")[0], type(error).__name__)
            return 0, None


def _outcome(status: int, told: Any, verdicts: Mapping[str, Verdict]) -> Outcome:
    """Judge an answer: done, pending, refused, or not known yet and to be asked for again."""
    code = _code_of(told)
    if 400 <= status < 500 and status not in (408, 429) and code:
        return Outcome(Verdict.REFUSED, reason=code)
    if status not in {200, 201} or not isinstance(told, dict) or told.get("status") not in verdicts:
        return Outcome(Verdict.UNKNOWN, reason=f"http_{status}")
    reference, reason = str(told.get("id", "")), str(told.get("failure_code") or "")
    return Outcome(verdicts[told["status"]], reference, reason)


def _code_of(told: Any) -> str:
    """Return the provider's word for why not, "" if the answer is none of the provider's."""
    error = told.get("error") if isinstance(told, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _fact(kind: FactKind, data: dict[str, Any], created: int) -> Fact:
    if kind in (FactKind.PAID, FactKind.CHARGE_ENDED):
        return _charge_fact(kind, data)
    if kind is FactKind.BOUND:
        return Fact(kind, data["key"], "", "", None, _payer(data["card"]), _time(created))
    charge = data["of"]
    return Fact(
        kind, data.get("key", ""), charge["reference"], charge["id"],
        Money(data["amount"], charge["currency"]), None, _time(created),
        data["id"], str(data.get("failure_code") or ""),
    )  # fmt: skip


def _charge_fact(kind: FactKind, told: dict[str, Any]) -> Fact:
    charge = told["charge"]
    if not charge:
        return Fact(kind, told["key"], "", "", None, None, _time(told["created"]))
    amount = Money(charge["amount"], charge["currency"])
    paid_at = _time(charge["created"])
    return Fact(kind, told["key"], charge["reference"], charge["id"], amount, _payer(charge["card"]), paid_at)


def _movement(line: dict[str, Any]) -> Movement:
    amount = Money(line["amount"], line["currency"])
    kind = _MOVEMENTS.get(line["kind"], MovementKind.OTHER)
    key = "" if kind is MovementKind.DISPUTE else line.get("key", "")
    return Movement(str(line["seq"]), kind, key, line["charge"], amount, _time(line["created"]))


def _payer(card: dict[str, Any]) -> Payer:
    return Payer(card["fingerprint"], f"{card['brand']} ·· {card['last4']}", card["fingerprint"])


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
