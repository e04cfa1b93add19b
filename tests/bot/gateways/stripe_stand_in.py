"""A stand-in for Stripe over real HTTP, for what programs of others do not show.

Shaped after Stripe's published API, strict where Stripe is: it takes no parameter that Stripe's own library
does not declare, keeps the answer to a key, and sends what it says through the library's own shapes. It is
ours: what it shows is that the adapter and the documentation, as we read it, agree.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import json
import re
import sys
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from aiohttp import web
from stripe import params
from stripe.params import checkout

from tests.bot.gateways.bench import Call, NotPayable, Raw, Trouble

SECRET_KEY = "sk_test_stand_in"
WEBHOOK_SECRET = "whsec_stand_in"
START = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)
LONG_SECONDS = 30
SHORT_SECONDS = 1
Values = dict[str, Any]

VISA = {"brand": "visa", "last4": "4242", "fingerprint": "fingerprint_visa"}
MASTERCARD = {"brand": "mastercard", "last4": "4444", "fingerprint": "fingerprint_mastercard"}
DECLINED = {"brand": "visa", "last4": "9995", "fingerprint": "fingerprint_declined"}

_CALLS = {
    ("POST", "checkout/sessions"): Call.OPEN_CHARGE,
    ("POST", "payment_intents"): Call.OPEN_CHARGE,
    ("GET", "payment_intents"): Call.FIND_CHARGE,
    ("POST", "refunds"): Call.REFUND,
    ("GET", "refunds"): Call.FIND_REFUND,
    ("GET", "balance_transactions"): Call.MOVEMENTS,
}


@dataclass(eq=False)
class Refused(Exception):
    """An answer in Stripe's shape of errors."""

    status: int
    type: str
    code: str
    more: Values = field(default_factory=dict)


@dataclass(slots=True)
class Troubles:
    """What is to go wrong, call by call, whoever answers behind.

    *wait* sets how long the adapter waits for an answer: long, so that a busy machine changes nothing, and
    short where silence is the case.
    """

    troubles: list[tuple[Call, Trouble]] = field(default_factory=list)
    wait: Callable[[float], None] = lambda seconds: None

    def expect(self, call: Call, trouble: Trouble) -> None:
        """Let the next call of that kind fail so."""
        self.troubles.append((call, trouble))
        if trouble is Trouble.SILENT_AFTER:
            self.wait(SHORT_SECONDS)

    async def answer(
        self, request: web.Request, work: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Answer by *work*, unless something is to go wrong."""
        trouble = self._next(_CALLS.get((request.method, request.path.removeprefix("/v1/").strip("/"))))
        broken = web.json_response({"error": {"type": "api_error"}}, status=500)
        if trouble is Trouble.LOST:
            return await _break_off(request)
        if trouble is Trouble.BROKEN:
            return broken
        answer = await work()
        if trouble is Trouble.SILENT_AFTER:
            try:
                await asyncio.Event().wait()
            finally:
                self.wait(LONG_SECONDS)
        return broken if trouble is Trouble.BROKEN_AFTER else answer

    def _next(self, call: Call | None) -> Trouble | None:
        for index, (wanted, trouble) in enumerate(self.troubles):
            if wanted is call:
                del self.troubles[index]
                return trouble
        return None


@dataclass(slots=True)
class StripeStandIn:
    """Everything at one Stripe account."""

    now: datetime = START
    objects: dict[str, Values] = field(default_factory=dict)
    sent: list[Raw] = field(default_factory=list)
    refunds_wait: bool = False
    door: Troubles = field(default_factory=Troubles)
    answers: dict[str, tuple[Any, int, Values]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    # What people and banks do

    def pay(self, page_id: str, card: Values = VISA) -> Values:
        """Let somebody pay on a Checkout page."""
        page = self.objects[page_id]
        self._end_if_over(page)
        if page["status"] != "open":
            raise NotPayable
        customer = self._add("customer", "cus", metadata={}, email=None)
        method = self._save(card, customer["id"])
        given = page.pop("_intent")
        intent = self._intent(page["amount_total"], page["currency"], customer["id"], method, given)
        self._succeed(intent)
        page.update(status="complete", payment_status="paid", payment_intent=intent["id"], url=None)
        self.tell("checkout.session.completed", page)
        return intent

    def save_card(self, page_id: str, card: Values = VISA) -> None:
        """Let a customer name a card on the page of a binding."""
        page = self.objects[page_id]
        method = self._save(card, page["customer"])
        made = self._add(
            "setup_intent",
            "seti",
            customer=page["customer"],
            payment_method=method["id"],
            status="succeeded",
            usage="off_session",
            metadata=page.pop("_intent").get("metadata", {}),
        )
        page.update(status="complete", setup_intent=made["id"], url=None)
        self.tell("setup_intent.succeeded", made)
        self.tell("checkout.session.completed", page)

    def saved(self, card: Values) -> str:
        """Return a saved card, as the adapter names it."""
        customer = self._add("customer", "cus", metadata={}, email=None)
        return f"{customer['id']}/{self._save(card, customer['id'])['id']}"

    def pay_through_telegram(self, amount: int, currency: str) -> Values:
        """Let Telegram make a charge with its own access to the account, and none of our marks."""
        intent = self._intent(amount, currency, None, self._save(VISA, None), {})
        self._succeed(intent)
        return intent

    def run_out(self, page_id: str) -> None:
        """Let the time of a page end."""
        page = self.objects[page_id]
        self.now = datetime.fromtimestamp(page["expires_at"], UTC) + timedelta(seconds=1)
        self._end_if_over(page)

    def end_refund(self, refund: Values, *, well: bool) -> None:
        """Let a bank take a refund, or send it back."""
        refund.update(status="succeeded" if well else "failed", pending_reason=None)
        if not well:
            refund["failure_reason"] = "expired_or_canceled_card"
            charge = self.objects[refund["charge"]]
            charge["amount_refunded"] -= refund["amount"]
        self.tell("refund.updated" if well else "refund.failed", refund)

    def dispute(self, charge: Values) -> Values:
        """Let a card's owner dispute a payment."""
        made = self._add(
            "dispute",
            "dp",
            charge=charge["id"],
            payment_intent=charge["payment_intent"],
            amount=charge["amount"],
            currency=charge["currency"],
            reason="fraudulent",
            status="needs_response",
            metadata={},
        )
        charge["disputed"] = True
        self._line("adjustment", -made["amount"], made, fee=1500)
        self.tell("charge.dispute.created", made)
        return made

    def end_dispute(self, dispute: Values, *, won: bool) -> None:
        dispute["status"] = "won" if won else "lost"
        if won:
            self._line("adjustment", dispute["amount"], dispute)
        self.tell("charge.dispute.closed", dispute)

    def all(self, kind: str) -> list[Values]:
        """Return all objects of a kind, newest first."""
        return [each for each in reversed(self.objects.values()) if each["object"] == kind]

    def tell(self, kind: str, told: Values) -> None:
        """Send an event, signed now."""
        event = self._add(
            "event",
            "evt",
            type=kind,
            data={"object": copy.deepcopy(_shown(told))},
            api_version="2026-10-28.endive",
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
        )
        body = json.dumps(event, indent=2).encode()
        self.sent.append(sign(body, self.now))

    # What Stripe's programs do

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a call of the API."""

        async def work() -> web.StreamResponse:
            path = request.path.removeprefix("/v1/").strip("/")
            self.asked.append((request.method, path))
            form = (await request.text()) or request.query_string
            status, told = self._once(request, path, _nested(parse_qsl(form, keep_blank_values=True)))
            return web.json_response(told, status=status, headers={"Request-Id": "req_1"})

        return await self.door.answer(request, work)

    def _once(self, request: web.Request, path: str, given: Values) -> tuple[int, Values]:
        """Answer a key that came before as then; a refusal of what was asked keeps no key."""
        try:
            if request.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
                raise Refused(401, "invalid_request_error", "")
            key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
            asked = (path, given)
            if key in self.answers:
                first, status, told = self.answers[key]
                if first != asked:
                    raise Refused(400, "idempotency_error", "")
                return status, told
            told = self._do(request.method, path, given)
            if key:
                self.answers[key] = (asked, 200, told)
        except Refused as refused:
            error = {"type": refused.type, "message": "The stand-in says no.", **refused.more}
            return refused.status, {"error": error | ({"code": refused.code} if refused.code else {})}
        return 200, told

    def _do(self, method: str, path: str, given: Values) -> Values:
        for (verb, pattern), (declared, work) in _ROUTES.items():
            if verb == method and (match := re.fullmatch(pattern, path)):
                _check(given, declared)
                told = work(self, given, *match.groups())
                return self._expanded(copy.deepcopy(_shown(told)), given.get("expand", []))
        raise Refused(404, "invalid_request_error", "")

    def create_page(self, given: Values) -> Values:
        ends_at = int(given.get("expires_at", self._stamp() + 86400))
        if not 1800 <= ends_at - self._stamp() <= 86400:
            _refuse("", "expires_at")
        common = {
            "client_reference_id": given.get("client_reference_id"),
            "expires_at": ends_at,
            "metadata": given.get("metadata", {}),
            "mode": given["mode"],
            "payment_intent": None,
            "setup_intent": None,
            "status": "open",
            "success_url": given["success_url"],
            "cancel_url": given.get("cancel_url"),
            "url": f"https://checkout.stripe.com/c/pay/cs_test_{len(self.objects)}",
        }
        if given["mode"] == "setup":
            self._known(given["customer"], "customer")
            intent = given.get("setup_intent_data", {})
            return self._add(
                "checkout.session", "cs", **common, customer=given["customer"], _intent=intent,
                payment_status="no_payment_required",
            )  # fmt: skip
        (line,) = given["line_items"].values()
        price = line["price_data"]
        if not price["product_data"]["name"]:
            _refuse("parameter_missing", "line_items[0][price_data][product_data][name]")
        total = int(price["unit_amount"]) * int(line["quantity"])
        if total < 50:
            _refuse("amount_too_small", "line_items")
        return self._add(
            "checkout.session", "cs", **common, amount_total=total, currency=price["currency"],
            customer=None, customer_creation=given.get("customer_creation"),
            payment_status="unpaid", _intent=given.get("payment_intent_data", {}),
        )  # fmt: skip

    def expire_page(self, given: Values, page_id: str) -> Values:
        page = self._known(page_id, "checkout.session")
        if page["status"] != "open":
            _refuse("", "session")
        return self._expire(page)

    def create_intent(self, given: Values) -> Values:
        customer = self._known(given["customer"], "customer")
        method = self._known(given["payment_method"], "payment_method")
        if method["customer"] != customer["id"]:
            _refuse("", "payment_method")
        amount, currency = int(given["amount"]), given["currency"]
        intent = self._intent(amount, currency, customer["id"], method, given)
        if method["card"]["fingerprint"] == DECLINED["fingerprint"]:
            intent["status"] = "requires_payment_method"
            told = {"decline_code": "insufficient_funds", "payment_intent": _shown(intent)}
            raise Refused(402, "card_error", "card_declined", told)
        self._succeed(intent)
        return intent

    def create_refund(self, given: Values) -> Values:
        if intent_id := given.get("payment_intent"):
            intent = self._known(intent_id, "payment_intent")
            charge = self._known(intent["latest_charge"], "charge")
        else:
            charge = self._known(given.get("charge", ""), "charge")
        left = charge["amount"] - charge["amount_refunded"]
        amount = int(given.get("amount", left))
        if charge["disputed"]:
            _refuse("charge_disputed", "charge")
        if left == 0:
            _refuse("charge_already_refunded", "charge")
        if not 0 < amount <= left:
            _refuse("", "amount")
        charge["amount_refunded"] += amount
        refund = self._add(
            "refund",
            "re",
            amount=amount,
            charge=charge["id"],
            currency=charge["currency"],
            failure_reason=None,
            metadata=given.get("metadata", {}),
            payment_intent=charge["payment_intent"],
            pending_reason="processing" if self.refunds_wait else None,
            status="pending" if self.refunds_wait else "succeeded",
        )
        self._line("refund", -amount, refund)
        self.tell("refund.created", refund)
        return refund

    def create_customer(self, given: Values) -> Values:
        return self._add("customer", "cus", metadata=given.get("metadata", {}), email=None)

    def attach(self, given: Values, name: str) -> Values:
        """Attach one of Stripe's test cards to a customer."""
        self._known(given["customer"], "customer")
        return self._save({"pm_card_visa": VISA}.get(name, DECLINED), given["customer"])

    def retrieve(self, given: Values, kind: str, id_: str) -> Values:
        return self._known(id_, {v: k for k, v in _LISTS.items()}[kind])

    def list(self, given: Values, kind: str) -> Values:
        """List newest first, a page at a time."""
        found = self.all({v: k for k, v in _LISTS.items()}[kind])
        for name in ("payment_intent", "charge"):
            if name in given:
                self._known(given[name], name)
                found = [each for each in found if each.get(name) == given[name]]
        for name, bound in given.get("created", {}).items():
            within = {"gte": int.__ge__, "lt": int.__lt__}[name]
            found = [each for each in found if within(each["created"], int(bound))]
        if "starting_after" in given:
            found = found[[each["id"] for each in found].index(given["starting_after"]) + 1 :]
        most = int(given.get("limit", 10))
        page = {"data": [_shown(each) for each in found[:most]], "has_more": len(found) > most}
        return {"object": "list", "url": f"/v1/{kind}", **page}

    def search(self, given: Values, kind: str) -> Values:
        """Search by metadata; what is younger than a minute is not found yet."""
        match = re.fullmatch(r"metadata\['(.+)'\]:'(.+)'", given["query"])
        if not match:
            _refuse("", "query")
        found = [
            _shown(each)
            for each in self.all({v: k for k, v in _LISTS.items()}[kind])
            if each["metadata"].get(match[1]) == match[2] and each["created"] <= self._stamp() - 60
        ]
        return {"object": "search_result", "url": f"/v1/{kind}/search", "data": found, "has_more": False}

    def balance(self, given: Values) -> Values:
        return {"object": "balance", "available": [], "pending": [], "livemode": False}

    def _intent(
        self, amount: int, currency: str, customer: str | None, method: Values, given: Values
    ) -> Values:
        return self._add(
            "payment_intent",
            "pi",
            amount=amount,
            amount_received=0,
            currency=currency,
            customer=customer,
            latest_charge=None,
            metadata=given.get("metadata", {}),
            payment_method=method["id"],
            status="requires_confirmation",
        )

    def _succeed(self, intent: Values) -> None:
        method = self.objects[intent["payment_method"]]
        charge = self._add(
            "charge",
            "ch",
            amount=intent["amount"],
            amount_refunded=0,
            captured=True,
            currency=intent["currency"],
            customer=intent["customer"],
            disputed=False,
            metadata=dict(intent["metadata"]),
            paid=True,
            payment_intent=intent["id"],
            payment_method=method["id"],
            payment_method_details={"type": "card", "card": method["card"]},
            status="succeeded",
        )
        taken = intent["amount"]
        intent.update(status="succeeded", latest_charge=charge["id"], amount_received=taken)
        self._line("charge", taken, charge, fee=taken * 15 // 1000 + 25)
        self.tell("charge.succeeded", charge)
        self.tell("payment_intent.succeeded", intent)

    def _save(self, card: Values, customer: str | None) -> Values:
        return self._add("payment_method", "pm", type="card", card=dict(card), customer=customer, metadata={})

    def _line(self, kind: str, amount: int, source: Values, fee: int = 0) -> None:
        self._add(
            "balance_transaction",
            "txn",
            amount=amount,
            currency=source["currency"],
            fee=fee,
            net=amount - fee,
            source=source["id"],
            type=kind,
        )

    def _add(self, kind: str, prefix: str, **more: Any) -> Values:
        id_ = f"{prefix}_{len(self.objects) + 1:06}"
        made = {"id": id_, "object": kind, "created": self._stamp(), "livemode": False, **more}
        if kind in {"balance_transaction", "refund"}:
            del made["livemode"]
        self.objects[id_] = made
        return made

    def _known(self, id_: str, kind: str) -> Values:
        found = self.objects.get(id_)
        if not found or found["object"] != kind:
            raise Refused(404, "invalid_request_error", "resource_missing")
        return found

    def _end_if_over(self, page: Values) -> None:
        if page["status"] == "open" and page["expires_at"] <= self._stamp():
            self._expire(page)

    def _expire(self, page: Values) -> Values:
        page.update(status="expired", url=None)
        self.tell("checkout.session.expired", page)
        return page

    def _expanded(self, told: Values, paths: Any) -> Values:
        """Show whole what was asked for and is named by its id."""
        for path in paths.values() if isinstance(paths, dict) else paths:
            inside = [told]
            *way, last = path.split(".")
            for step in way:
                inside = [deeper for each in inside for deeper in each[step]]
            for each in inside:
                if isinstance(each[last], str):
                    each[last] = _shown(self.objects[each[last]])
        return told

    def _stamp(self) -> int:
        return int(self.now.timestamp())


def sign(body: bytes, at: datetime, secret: str = WEBHOOK_SECRET) -> Raw:
    """Sign a notice by Stripe's scheme "v1"."""
    stamp = int(at.timestamp())
    mark = hmac.new(secret.encode(), b"%d." % stamp + body, hashlib.sha256).hexdigest()
    return Raw({"Content-Type": "application/json", "Stripe-Signature": f"t={stamp},v1={mark}"}, body)


@asynccontextmanager
async def serve(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
    """Serve on loopback and yield the address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


_LISTS = {
    "balance_transaction": "balance_transactions",
    "charge": "charges",
    "checkout.session": "checkout/sessions",
    "customer": "customers",
    "payment_intent": "payment_intents",
    "refund": "refunds",
    "setup_intent": "setup_intents",
}
_ANY = "|".join(_LISTS.values())
_Route = tuple[Any, Callable[..., Values]]
_ROUTES: dict[tuple[str, str], _Route] = {
    ("POST", "checkout/sessions"): (checkout.SessionCreateParams, StripeStandIn.create_page),
    ("POST", r"checkout/sessions/([^/]+)/expire"): (
        checkout.SessionExpireParams,
        StripeStandIn.expire_page,
    ),
    ("POST", "payment_intents"): (params.PaymentIntentCreateParams, StripeStandIn.create_intent),
    ("POST", "refunds"): (params.RefundCreateParams, StripeStandIn.create_refund),
    ("POST", "customers"): (params.CustomerCreateParams, StripeStandIn.create_customer),
    ("POST", r"payment_methods/([^/]+)/attach"): (
        params.PaymentMethodAttachParams,
        StripeStandIn.attach,
    ),
    ("GET", "balance"): (params.BalanceRetrieveParams, StripeStandIn.balance),
    ("GET", "(payment_intents|customers)/search"): (
        params.PaymentIntentSearchParams,
        StripeStandIn.search,
    ),
    ("GET", "(checkout/sessions)"): (checkout.SessionListParams, StripeStandIn.list),
    ("GET", "(payment_intents)"): (params.PaymentIntentListParams, StripeStandIn.list),
    ("GET", "(refunds)"): (params.RefundListParams, StripeStandIn.list),
    ("GET", "(balance_transactions)"): (params.BalanceTransactionListParams, StripeStandIn.list),
    ("GET", f"({_ANY})/([^/]+)"): (params.ChargeRetrieveParams, StripeStandIn.retrieve),
}


def _check(given: Values, declared: Any) -> None:
    """Refuse what Stripe's own library does not declare, at any depth."""
    module = sys.modules[declared.__module__]
    for name, value in given.items():
        if name not in declared.__annotations__:
            _refuse("parameter_unknown", name)
        inner = declared.__name__ + name.title().replace("_", "")
        deeper = getattr(module, inner, None) or getattr(module, inner.removesuffix("s"), None)
        if deeper and isinstance(value, dict):
            for each in value.values() if all(key.isdigit() for key in value) else [value]:
                _check(each, deeper)


def _refuse(code: str, param: str) -> NoReturn:
    raise Refused(400, "invalid_request_error", code, {"param": param})


def _shown(told: Values) -> Values:
    return {key: value for key, value in told.items() if not key.startswith("_")}


def _nested(pairs: list[tuple[str, str]]) -> Values:
    """Read a form whose names say where a value belongs: a[b][0]=c."""
    read: Values = {}
    for name, value in pairs:
        first, *rest = re.split(r"\]?\[", name.removesuffix("]"))
        inside, steps = read, [first, *rest]
        for step in steps[:-1]:
            inside = inside.setdefault(step, {})
        inside[steps[-1]] = value
    return read


async def _break_off(request: web.Request) -> web.StreamResponse:
    """Begin an answer and end the connection, so that nobody asks again by itself."""
    answer = web.StreamResponse(headers={"Content-Length": "1000"})
    await answer.prepare(request)
    await answer.write(b"{")
    if request.transport:
        request.transport.abort()
    return answer
