"""What can be asked of one Stripe account, whoever brought the payment there.

Stripe keeps the answer to a key for a day, errors of its own included; after that the key is new again. So a
refund is looked for by our key, which it carries along, before it is sent.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import stripe
from aiohttp import ClientError, ClientTimeout
from stripe import AIOHTTPClient, StripeClient, StripeError

from bot.gateways.counting import STRIPE, Inexpressible
from core.gateway import (
    UNKNOWN_KEY,
    Capabilities,
    Fact,
    FactKind,
    GatewayAway,
    Movement,
    MovementKind,
    Notice,
    NoticeRefused,
    Outcome,
    Payer,
    Verdict,
)
from core.money import Money

log = logging.getLogger(__name__)

KEY = "seatside_key"
"""Where our key stands in the metadata of what we make at Stripe."""
BY = "seatside_gateway"
"""Where the gateway's name stands: two gateways can bring payments to one account."""

NOTICE_MAY_BE_OFF = timedelta(minutes=5)
"""How far a notice's time may be from ours, both ways; Stripe's libraries refuse only what is old."""
PAGE = 100
"""The most that one answer of Stripe lists."""

CAPABILITIES = Capabilities(
    partial_refunds=True,  # docs.stripe.com/refunds: several, up to the payment in sum
    most_refunds=None,  # the same: no number is named
    refund_window=None,  # the same: none is named for cards; the card's bank may still decline
    least_refund_minor=1,  # docs.stripe.com/api/refunds/create: a positive integer
    key_life=timedelta(hours=24),  # docs.stripe.com/api/idempotent_requests: at least a day
    settle_delay=timedelta(minutes=1),  # docs.stripe.com/search: searchable within a minute
    tells_refunds=True,  # docs.stripe.com/api/events/types: refund.updated, refund.failed
    tells_disputes=True,  # the same: charge.dispute.created, charge.dispute.closed
)

_REFUNDS = {
    "succeeded": Verdict.DONE,
    "pending": Verdict.PENDING,
    "requires_action": Verdict.PENDING,
    "failed": Verdict.REFUSED,
    "canceled": Verdict.REFUSED,
}
_DISPUTES = {
    "won": FactKind.DISPUTE_WON,
    "warning_closed": FactKind.DISPUTE_WON,  # an enquiry that came to nothing
    "lost": FactKind.DISPUTE_LOST,
}
_MOVEMENTS = {
    "charge": MovementKind.CHARGE,
    "payment": MovementKind.CHARGE,
    "refund": MovementKind.REFUND,
    "payment_refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND,
    "payment_failure_refund": MovementKind.REFUND,
    "stripe_fee": MovementKind.FEE,
    "stripe_fx_fee": MovementKind.FEE,
    "tax_fee": MovementKind.FEE,
    "payout": MovementKind.PAYOUT,
    "payout_cancel": MovementKind.PAYOUT,
    "payout_failure": MovementKind.PAYOUT,
}
_BRANDS = {"amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """Which account, and how it is reached.

    *account* is the account's own id, only needed where notices are sent for several ("Connect").
    *shared* says that both the gateways "stripe" and "telegram" bring payments to this account.
    *return_url* is where the provider's pages send customers back to.
    """

    secret_key: str
    webhook_secret: str
    api_url: str = "https://api.stripe.com"
    account: str = ""
    shared: bool = False
    return_url: str = "https://t.me"
    timeout_seconds: float = 15
    retries: int = 2

    @property
    def live(self) -> bool:
        return "_live_" in self.secret_key


@dataclass(eq=False)
class StripeRefused(Exception):
    """Stripe has understood and said no; nothing was done."""

    code: str


@dataclass(eq=False)
class StripeSilent(Exception):
    """Nobody can tell what became of it."""

    reason: str


class _Told(Protocol):
    """What Stripe's library makes of an answer."""

    def to_dict(self) -> dict[str, Any]: ...


class StripeAccount:
    """One account at Stripe, as the gateway *name* uses it."""

    def __init__(self, name: str, settings: StripeSettings) -> None:
        stripe.enable_telemetry = False
        self.settings = settings
        self._name = name
        self._http = AIOHTTPClient(timeout=ClientTimeout(total=settings.timeout_seconds))
        self._used = False
        self._client = StripeClient(
            settings.secret_key or "none",
            base_addresses={"api": settings.api_url.rstrip("/")},
            max_network_retries=settings.retries,  # they come under the key of the first
            http_client=self._http,
        )

    @property
    def client(self) -> stripe.StripeClient:
        """Stripe's own client, whose calls go through `ask`."""
        self._used = True
        return self._client

    async def ask(self, call: Awaitable[_Told]) -> dict[str, Any]:
        """Return the answer to *call*. Raises StripeRefused and StripeSilent."""
        try:
            async with asyncio.timeout(self.settings.timeout_seconds):  # over all that the library repeats
                told = (await call).to_dict()
        except StripeError as error:
            raise _judge(error) from error
        except (ClientError, TimeoutError, OSError, ValueError, AttributeError, TypeError) as error:
            # The library reads a body outside of its own guard, and takes any JSON for an object.
            raise StripeSilent(type(error).__name__) from error
        if "object" not in told:
            raise StripeSilent("odd_answer")
        return told

    async def list_since(self, since: datetime, ask: Any, **params: Any) -> AsyncIterator[dict[str, Any]]:
        """Yield what *ask* lists, newest first, back to *since*."""
        after: dict[str, str] = {}
        while True:
            page = await self.ask(ask({"limit": PAGE, **params, **after}))
            for each in page.get("data", ()):
                if _time(each) < since:
                    return
                yield each
            if not page.get("has_more"):
                return
            after = {"starting_after": page["data"][-1]["id"]}

    async def refund(self, key: str, source: str, amount: Money) -> Outcome:
        """Send *amount* of a payment back, unless that was done under the key already."""
        try:
            asked = STRIPE.to_gateway(amount)
            if found := await self._refund_of(key, source):
                same = (found["amount"], found["currency"].upper()) == (asked, amount.currency)
                return refund_outcome(found) if same else Outcome(Verdict.REFUSED, reason="key_reused")
            send: Any = self.client.v1.refunds.create_async
            wanted = {**_payment(source), "amount": asked, "metadata": {KEY: key, BY: self._name}}
            return refund_outcome(await self.ask(send(wanted, {"idempotency_key": f"refund-{key}"})))
        except Inexpressible:
            return Outcome(Verdict.REFUSED, reason="amount")
        except StripeRefused as refused:
            return Outcome(Verdict.REFUSED, reason=refused.code)
        except StripeSilent as silent:
            return Outcome(Verdict.UNKNOWN, reason=silent.reason)

    async def find_refund(self, key: str, source: str) -> Outcome:
        """Say what became of a refund."""
        try:
            found = await self._refund_of(key, source)
        except StripeRefused as refused:  # that a question was refused says nothing about the refund
            return Outcome(Verdict.UNKNOWN, reason=refused.code)
        except StripeSilent as silent:
            return Outcome(Verdict.UNKNOWN, reason=silent.reason)
        return refund_outcome(found) if found else Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)

    async def find_payer(self, source: str) -> Payer | None:
        """Return who paid, or who was bound by a SetupIntent."""
        try:
            if source.startswith("ch_"):
                charge = await self.ask(self.client.v1.charges.retrieve_async(source))
                return payer_of(charge.get("payment_method_details"), charge, charge.get("payment_method"))
            expand = {"expand": ["payment_method"]}
            if source.startswith("pi_"):
                made = await self.ask(self.client.v1.payment_intents.retrieve_async(source, expand))  # type: ignore[arg-type]
            elif source.startswith("seti_"):
                made = await self.ask(self.client.v1.setup_intents.retrieve_async(source, expand))  # type: ignore[arg-type]
            else:
                return None
        except (StripeRefused, StripeSilent) as error:
            log.warning("gateway_tells_no_payer gateway=%s error=%s", self._name, error)
            return None
        method = made.get("payment_method")
        return payer_of(method, made, method.get("id")) if isinstance(method, dict) else None

    def read_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> dict[str, Any]:
        """Return the event of a notice that Stripe has sent to us, and lately."""
        event = self._verified(_header(headers, "Stripe-Signature"), body, now)
        ours = event.get("account") in {None, "", self.settings.account}
        if not ours or event.get("livemode") is not self.settings.live:
            raise NoticeRefused("merchant")
        return event

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[tuple[Movement, str | None]]:
        """Yield the lines of the account's books, each with the name of the gateway that it belongs to.

        "" means a payment that none of our gateways put its name on, None what is no payment at all.
        """
        listed = self.list_since(
            since,
            self.client.v1.balance_transactions.list_async,
            created={"gte": int(since.timestamp()), "lt": int(until.timestamp())},
            expand=["data.source"],
        )
        try:
            async for line in listed:
                source = line.get("source")
                source = source if isinstance(source, dict) else {}
                by = await self._brought_by(source)
                for movement in _movements(line, source):
                    yield movement, by
        except (StripeRefused, StripeSilent) as error:
            raise GatewayAway(str(error)) from error

    async def check(self) -> str:
        """Say what is wrong with the keys, in one sentence. Raises GatewayAway."""
        if not self.settings.secret_key.startswith(("sk_", "rk_")):
            return "STRIPE_SECRET_KEY is no secret key of Stripe: it begins with sk_ or rk_."
        if not all(each.startswith("whsec_") for each in self._secrets()):
            return "STRIPE_WEBHOOK_SECRET is no signing secret of a webhook endpoint: it begins with whsec_."
        try:
            await self.ask(self.client.v1.balance.retrieve_async())
        except StripeRefused as refused:
            return f"STRIPE_SECRET_KEY cannot be used: Stripe answers {refused.code}."
        except StripeSilent as silent:
            if silent.reason in {"http_401", "http_403"}:
                return f"STRIPE_SECRET_KEY is not taken by Stripe ({silent.reason})."
            raise GatewayAway(f"Stripe does not answer at {self.settings.api_url}") from silent
        return ""

    async def close(self) -> None:
        """Close what connections there are."""
        if self._used:
            await self._http.close_async()  # type: ignore[no-untyped-call]

    async def _refund_of(self, key: str, source: str) -> dict[str, Any] | None:
        listed = self.list_since(_EVER, self.client.v1.refunds.list_async, **_payment(source))
        async for each in listed:
            if metadata_of(each).get(KEY) == key:
                return each
        return None

    async def _brought_by(self, source: dict[str, Any]) -> str | None:
        """Return who brought the payment that a line is about; a dispute does not say so itself."""
        if source.get("object") == "dispute" and self.settings.shared:
            charge = await self.ask(self.client.v1.charges.retrieve_async(str(source.get("charge"))))
            return metadata_of(charge).get(BY, "")
        return metadata_of(source).get(BY, "") if source.get("object") in {"charge", "refund"} else None

    def _secrets(self) -> list[str]:
        """Return the signing secrets, several while one takes over from another."""
        return self.settings.webhook_secret.replace(",", " ").split()

    def _verified(self, signature: str, body: bytes, now: datetime) -> dict[str, Any]:
        for secret in self._secrets():
            try:
                stripe.WebhookSignature.verify_header(body, signature, secret, tolerance=None)
                break
            except stripe.SignatureVerificationError:
                continue
            except ValueError:
                raise NoticeRefused("body") from None
        else:
            raise NoticeRefused("signature")
        signed_at = next(part[2:] for part in signature.split(",") if part.startswith("t="))
        if abs(now - datetime.fromtimestamp(int(signed_at), UTC)) > NOTICE_MAY_BE_OFF:
            raise NoticeRefused("time")
        try:
            event = json.loads(body)
        except ValueError:
            raise NoticeRefused("body") from None
        if not isinstance(event, dict) or event.get("object") != "event" or not event.get("id"):
            raise NoticeRefused("body")
        return event


def read_money_back(name: str, event: dict[str, Any]) -> Notice:
    """Return what an event says of refunds and disputes, for the gateway of that *name*.

    Whose payment a dispute is about it does not say: whoever knows the charge takes it.
    """
    kind, told = str(event["type"]), event["data"]["object"]
    fact = None
    if kind.startswith("refund.") or kind == "charge.refund.updated":
        metadata = metadata_of(told)
        verdict = _REFUNDS.get(str(told.get("status")))
        if metadata.get(KEY) and metadata.get(BY) == name and verdict in {Verdict.DONE, Verdict.REFUSED}:
            done = FactKind.REFUNDED if verdict is Verdict.DONE else FactKind.REFUND_FAILED
            fact = fact_of(done, event, metadata[KEY], told, reason=refund_outcome(told).reason)
    elif kind == "charge.dispute.created":
        fact = fact_of(FactKind.DISPUTE_OPENED, event, "", told, reason=str(told.get("reason") or ""))
    elif kind == "charge.dispute.closed" and told.get("status") in _DISPUTES:
        fact = fact_of(_DISPUTES[told["status"]], event, "", told, reason=str(told.get("reason") or ""))
    return Notice(event["id"], (fact,) if fact else ())


def fact_of(kind: FactKind, event: dict[str, Any], key: str, told: dict[str, Any], reason: str = "") -> Fact:
    """Return a fact about a refund or a dispute."""
    try:
        amount = STRIPE.from_gateway(told.get("amount"), told.get("currency"))
    except Inexpressible:
        raise NoticeRefused("currency") from None
    charge = id_of(told.get("charge"))
    source = id_of(told.get("payment_intent")) or charge
    return Fact(kind, key, charge, source, amount, None, _time(event), str(told.get("id")), reason)


def refund_outcome(told: dict[str, Any]) -> Outcome:
    """Judge a refund as Stripe shows it."""
    status = str(told.get("status"))
    verdict = _REFUNDS.get(status, Verdict.UNKNOWN)
    reason = ""
    if verdict is not Verdict.DONE:
        reason = str(told.get("failure_reason") or told.get("pending_reason") or status)
    return Outcome(verdict, str(told.get("id", "")), reason)


def payer_of(details: Any, owner: dict[str, Any], method: Any) -> Payer | None:
    """Return the payer whose instrument Stripe describes; *owner* names the customer there.

    >>> card = {"type": "card", "card": {"brand": "visa", "last4": "4242", "fingerprint": "Xt5"}}
    >>> payer_of(card, {"customer": "cus_1"}, "pm_1")
    Payer(id='Xt5', label='Visa ·· 4242', method='cus_1/pm_1')
    """
    kind = str(details.get("type")) if isinstance(details, dict) else ""
    instrument = details.get(kind) if kind else None
    if not isinstance(instrument, dict) or not instrument.get("fingerprint"):
        return None
    brand = str(instrument.get("brand") or kind)
    name = _BRANDS.get(brand, brand.replace("_", " ").title())
    last = instrument.get("last4")
    customer = id_of(owner.get("customer"))
    saved = f"{customer}/{method}" if customer and method else ""
    return Payer(str(instrument["fingerprint"]), f"{name} ·· {last}" if last else name, saved)


def metadata_of(told: dict[str, Any]) -> dict[str, str]:
    """Return what we wrote on an object of Stripe's."""
    metadata = told.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def id_of(told: Any) -> str:
    """Return the id of what may be named or shown whole."""
    return str(told.get("id", "") if isinstance(told, dict) else told or "")


_EVER = datetime.fromtimestamp(0, UTC)


def _time(told: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(told.get("created") or 0), UTC)


def _payment(source: str) -> dict[str, str]:
    """Name a payment as Stripe wants it; Telegram may tell either kind of number."""
    return {"charge": source} if source.startswith(("ch_", "py_")) else {"payment_intent": source}


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def _judge(error: StripeError) -> StripeRefused | StripeSilent:
    """Tell a refusal, after which nothing was done, from everything that leaves it open."""
    status = error.http_status or 0
    if 400 <= status < 500 and status not in {401, 403, 408, 409, 429} and error.error:
        code = getattr(error.error, "decline_code", None) or error.code
        return StripeRefused(str(code or getattr(error.error, "type", None) or f"http_{status}"))
    return StripeSilent(f"http_{status}" if status else type(error).__name__)


def _movements(line: dict[str, Any], source: dict[str, Any]) -> list[Movement]:
    """Return a line of the books, and what Stripe took of it for itself.

    A payment and its refund stand in their own currency, whatever Stripe changed it into.
    """
    kind = _MOVEMENTS.get(str(line.get("type")), MovementKind.OTHER)
    if source.get("object") == "dispute":
        kind = MovementKind.DISPUTE
    charge = id_of(source if source.get("object") == "charge" else source.get("charge"))
    key, at, number = metadata_of(source).get(KEY, ""), _time(line), str(line.get("id"))
    amount, currency = line.get("amount"), line.get("currency")
    if source.get("object") in {"charge", "refund", "dispute"} and source.get("currency") != currency:
        sign = -1 if isinstance(amount, int) and amount < 0 else 1
        amount, currency = sign * abs(int(source.get("amount") or 0)), source.get("currency")
    found = []
    try:
        found.append(Movement(number, kind, key, charge, STRIPE.from_gateway(amount, currency), at))
        if fee := line.get("fee"):
            taken = -STRIPE.from_gateway(fee, line.get("currency"))
            found.append(Movement(f"{number}:fee", MovementKind.FEE, key, charge, taken, at))
    except Inexpressible:
        log.warning("gateway_line_inexpressible id=%s currency=%s", number, currency)
    return found
