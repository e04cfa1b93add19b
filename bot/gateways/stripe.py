"""Stripe: paid on its Checkout page or with the saved card, told by signed events.

Stripe finds nothing by a key of ours, except by its search, which lags behind. So what is young is looked for
in Stripe's lists, where our key stands in the metadata, and only what is older is searched.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.gateways.counting import STRIPE, Inexpressible
from bot.gateways.stripe_account import (
    BY,
    CAPABILITIES,
    KEY,
    StripeAccount,
    StripeRefused,
    StripeSettings,
    StripeSilent,
    id_of,
    metadata_of,
    read_money_back,
)
from core.gateway import (
    UNKNOWN_KEY,
    Action,
    ActionKind,
    Fact,
    FactKind,
    Movement,
    Notice,
    NoticeRefused,
    Opened,
    Outcome,
    Payer,
    Verdict,
)
from core.money import Money

PAGE_LASTS_AT_LEAST = timedelta(minutes=31)
PAGE_LASTS_AT_MOST = timedelta(hours=24)
"""When a Checkout page may end, from its making (docs.stripe.com/api/checkout/sessions/create)."""

YOUNG = PAGE_LASTS_AT_MOST + timedelta(hours=1)
"""No page is open longer than that, and everything older can be searched."""

_WAY = "seatside_way"
_SAVED = "saved"
_UNKNOWN_KEY = Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)


class StripeGateway:
    """Cards through Stripe."""

    name = "stripe"
    title = "Card"
    currencies: frozenset[str] | None = STRIPE.currencies
    capabilities = replace(CAPABILITIES, binds=True, one_tap=True)

    def __init__(
        self, settings: StripeSettings, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._account = StripeAccount(self.name, settings)
        self._settings = settings
        self._now = now

    async def begin_binding(self, key: str, customer: str) -> Opened:
        """Make a page where the customer saves a card."""
        params = {
            "mode": "setup",
            "client_reference_id": key,
            "allowed_payment_method_types": ["card"],
            "setup_intent_data": {"metadata": self._marked(key)},
            **self._returns(),
        }
        try:
            params["customer"] = await self._customer(customer)
            return _page(await self._create_page(f"bind-{key}", params))
        except (StripeRefused, StripeSilent) as error:
            return _opened(_failed(error))

    async def open_charge(
        self, key: str, amount: Money, *, title: str, expires_at: datetime, method: str = ""
    ) -> Opened:
        """Make a page where *amount* can be paid, or charge the saved *method*."""
        try:
            asked = STRIPE.to_gateway(amount)
            if method:
                return _opened(await self._charge_saved(key, asked, amount.currency, method))
            return await self._open_page(key, asked, amount, title, expires_at)
        except Inexpressible:
            return _opened(Outcome(Verdict.REFUSED, reason="amount"))
        except (StripeRefused, StripeSilent) as error:
            return _opened(_failed(error))

    async def find_charge(self, key: str) -> Fact | Outcome:
        """Look for the payment first, and for its page if there is none."""
        try:
            intent = await self._young_intent(key)
            if intent is None or _may_be_tried_again(intent):
                page = await self._young_page(key)
                if page:
                    return _judge_page(key, page)
                intent = intent or await self._searched_intent(key)
            return _judge_intent(key, intent) if intent else _UNKNOWN_KEY
        except (StripeRefused, StripeSilent) as error:  # that a question was refused says nothing
            return Outcome(Verdict.UNKNOWN, reason=_failed(error).reason)
        except Inexpressible:
            return Outcome(Verdict.UNKNOWN, reason="currency")

    async def find_payer(self, source: str) -> Payer | None:
        """Ask whose card it was."""
        return await self._account.find_payer(source)

    async def close_charge(self, key: str) -> Outcome:
        """Let the page end now."""
        try:
            page = await self._young_page(key)
            if page and page.get("status") == "open":
                page = await self._end_page(key, page)
        except (StripeRefused, StripeSilent) as error:
            return Outcome(Verdict.UNKNOWN, reason=_failed(error).reason)
        if page is None:
            found = await self.find_charge(key)
            if isinstance(found, Outcome):
                return found
            ended = found.kind is FactKind.CHARGE_ENDED
            return Outcome(Verdict.DONE) if ended else Outcome(Verdict.REFUSED, reason="paid")
        if page.get("status") == "expired":
            return Outcome(Verdict.DONE, id_of(page))
        return Outcome(Verdict.REFUSED, id_of(page), "paid")

    async def refund(self, key: str, source: str, amount: Money, total: Money) -> Outcome:
        """Send *amount* back; Stripe itself minds the *total*."""
        return await self._account.refund(key, source, amount)

    async def find_refund(self, key: str, source: str) -> Outcome:
        """Look through the refunds of that payment."""
        return await self._account.find_refund(key, source)

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Verify an event and return what it says of our charges, bindings, refunds, and of disputes."""
        event = self._account.read_event(headers, body, now)
        try:
            told = event["data"]["object"]
            fact = _fact(str(event["type"]), told, int(event["created"]))
            return Notice(event["id"], (fact,)) if fact else read_money_back(self.name, event)
        except Inexpressible:
            raise NoticeRefused("currency") from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise NoticeRefused("body") from None

    def reply(self, taken: bool) -> tuple[int, str, bytes]:
        """Answer so that Stripe sends again what was not taken, for up to three days."""
        return (200 if taken else 400), "text/plain", b""

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        """Yield the account's lines; on a shared account all but the payments of other gateways."""
        async for movement, by in self._account.movements(since, until):
            if not self._settings.shared or by in {self.name, None}:
                yield movement

    async def check(self) -> str:
        """Ask whether the keys are taken; without notices no payment would be told. Raises GatewayAway."""
        if not self._settings.webhook_secret.strip():
            return "STRIPE_WEBHOOK_SECRET is missing: it is shown with the webhook endpoint."
        return await self._account.check()

    async def close(self) -> None:
        """Close what connections there are."""
        await self._account.close()

    async def _open_page(
        self, key: str, asked: int, amount: Money, title: str, expires_at: datetime
    ) -> Opened:
        earliest, latest = self._now() + PAGE_LASTS_AT_LEAST, self._now() + PAGE_LASTS_AT_MOST
        price = {
            "currency": amount.currency.lower(),
            "unit_amount": asked,
            "product_data": {"name": title},
        }
        params = {
            "mode": "payment",
            "client_reference_id": key,
            "allowed_payment_method_types": ["card"],
            "customer_creation": "always",
            "line_items": [{"quantity": 1, "price_data": price}],
            "payment_intent_data": {"setup_future_usage": "off_session", "metadata": self._marked(key)},
            "expires_at": int(min(max(expires_at, earliest), latest).timestamp()),
            **self._returns(),
        }
        try:
            return _page(await self._create_page(f"charge-{key}", params))
        except StripeRefused as refused:
            # Asked again later, its end may be another: then the first page is the one.
            page = await self._young_page(key) if refused.code == "idempotency_error" else None
            if page and (page["amount_total"], page["currency"]) == (asked, price["currency"]):
                return _page(page)
            raise

    async def _create_page(self, key: str, params: dict[str, Any]) -> dict[str, Any]:
        create: Any = self._account.client.v1.checkout.sessions.create_async
        return await self._account.ask(create(params, {"idempotency_key": key}))

    async def _end_page(self, key: str, page: dict[str, Any]) -> dict[str, Any] | None:
        """End an open page; if it was paid in the meantime, return it as it is now."""
        try:
            return await self._account.ask(self._account.client.v1.checkout.sessions.expire_async(page["id"]))
        except StripeRefused:
            return await self._young_page(key)

    async def _charge_saved(self, key: str, asked: int, currency: str, method: str) -> Outcome:
        customer, _, saved = method.partition("/")
        made = await self._account.ask(
            self._account.client.v1.payment_intents.create_async(
                {
                    "amount": asked,
                    "currency": currency.lower(),
                    "customer": customer,
                    "payment_method": saved,
                    "off_session": True,
                    "confirm": True,
                    "metadata": {**self._marked(key), _WAY: _SAVED},
                },
                {"idempotency_key": f"saved-{key}"},
            )
        )
        status = str(made.get("status"))
        verdict = {"succeeded": Verdict.DONE, "processing": Verdict.PENDING}.get(status, Verdict.REFUSED)
        return Outcome(verdict, id_of(made), "" if verdict is Verdict.DONE else status)

    async def _customer(self, customer: str) -> str:
        """Return Stripe's number of our customer; who has two by mishap has lost nothing."""
        search: Any = self._account.client.v1.customers.search_async
        create: Any = self._account.client.v1.customers.create_async
        mark = "seatside_customer"
        try:
            found = await self._account.ask(search({"query": _query(mark, customer), "limit": 1}))
            if found["data"]:
                return str(found["data"][0]["id"])
        except StripeRefused:
            pass  # not every country's accounts can search
        made = await self._account.ask(
            create({"metadata": {mark: customer}}, {"idempotency_key": f"customer-{customer}"})
        )
        return str(made["id"])

    async def _young_intent(self, key: str) -> dict[str, Any] | None:
        listed = self._account.client.v1.payment_intents.list_async
        async for each in self._account.list_since(self._now() - YOUNG, listed):
            if metadata_of(each).get(KEY) == key:
                return each
        return None

    async def _young_page(self, key: str) -> dict[str, Any] | None:
        listed = self._account.client.v1.checkout.sessions.list_async
        async for each in self._account.list_since(
            self._now() - YOUNG, listed, expand=["data.payment_intent"]
        ):
            if each.get("client_reference_id") == key and each.get("mode") == "payment":
                return each
        return None

    async def _searched_intent(self, key: str) -> dict[str, Any] | None:
        search: Awaitable[Any] = self._account.client.v1.payment_intents.search_async(
            {"query": _query(KEY, key), "limit": 1}
        )
        found = (await self._account.ask(search))["data"]
        return found[0] if found else None

    def _marked(self, key: str) -> dict[str, str]:
        return {KEY: key, BY: self.name}

    def _returns(self) -> dict[str, str]:
        return {"success_url": self._settings.return_url, "cancel_url": self._settings.return_url}


def _fact(kind: str, told: dict[str, Any], at: int) -> Fact | None:
    """Return what an event says of a charge or a binding of ours, None if it is about something else."""
    moment = datetime.fromtimestamp(at, UTC)
    if kind == "payment_intent.succeeded" and metadata_of(told).get(BY) == StripeGateway.name:
        found = _judge_intent(metadata_of(told)[KEY], told)
        return found if isinstance(found, Fact) else None
    key = str(told.get("client_reference_id") or "")
    if kind in {"checkout.session.expired", "checkout.session.async_payment_failed"} and key:
        return _ended(key, moment)
    if kind == "checkout.session.completed" and told.get("mode") == "setup" and key:
        return Fact(FactKind.BOUND, key, "", id_of(told["setup_intent"]), None, None, moment)
    return None


def _judge_page(key: str, page: dict[str, Any]) -> Fact | Outcome:
    intent = page.get("payment_intent")
    if isinstance(intent, dict) and intent.get("status") == "succeeded":
        return _judge_intent(key, intent)
    if page.get("status") == "expired":
        return _ended(key, datetime.fromtimestamp(int(page.get("expires_at") or 0), UTC))
    return Outcome(Verdict.PENDING, id_of(page))


def _judge_intent(key: str, intent: dict[str, Any]) -> Fact | Outcome:
    """Judge a payment: taken, under way, still to be tried on its page, or never to be."""
    status = intent.get("status")
    at = datetime.fromtimestamp(int(intent.get("created") or 0), UTC)
    if status == "succeeded":
        amount = STRIPE.from_gateway(
            intent.get("amount_received") or intent.get("amount"), intent.get("currency")
        )
        charge = id_of(intent.get("latest_charge")) or id_of(intent)
        return Fact(FactKind.PAID, key, charge, id_of(intent), amount, None, at)
    if status == "processing" or _may_be_tried_again(intent):
        return Outcome(Verdict.PENDING, id_of(intent))
    return _ended(key, at)


def _may_be_tried_again(intent: dict[str, Any]) -> bool:
    """Whether it has not been paid so far, and its page may still be open."""
    over = intent.get("status") in {"succeeded", "processing", "canceled"}
    return not over and metadata_of(intent).get(_WAY) != _SAVED


def _ended(key: str, at: datetime) -> Fact:
    return Fact(FactKind.CHARGE_ENDED, key, "", "", None, None, at)


def _page(page: dict[str, Any]) -> Opened:
    if not page.get("url"):
        raise StripeSilent("no_page")
    return Opened(Outcome(Verdict.PENDING, id_of(page)), Action(ActionKind.LINK, str(page["url"])))


def _opened(outcome: Outcome) -> Opened:
    return Opened(outcome, Action(ActionKind.NONE))


def _failed(error: StripeRefused | StripeSilent) -> Outcome:
    if isinstance(error, StripeRefused):
        return Outcome(Verdict.REFUSED, reason=error.code)
    return Outcome(Verdict.UNKNOWN, reason=error.reason)


def _query(field: str, value: str) -> str:
    """Return a question in Stripe's search language.

    >>> _query("seatside_key", "it's")
    "metadata['seatside_key']:'it\\\\'s'"
    """
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"metadata['{field}']:'{quoted}'"
