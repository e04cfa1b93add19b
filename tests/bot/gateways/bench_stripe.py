"""Stripe's adapter before our stand-in for Stripe."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientTimeout

from bot.gateways.stripe import StripeGateway
from bot.gateways.stripe_account import StripeSettings
from core.gateway import Gateway, Opened
from core.money import Money
from tests.bot.gateways.bench import OURS, Bench, Call, Listed, Raw, Trouble
from tests.bot.gateways.programs import Programs
from tests.bot.gateways.stripe_stand_in import (
    DECLINED,
    LONG_SECONDS,
    MASTERCARD,
    SECRET_KEY,
    VISA,
    WEBHOOK_SECRET,
    StripeStandIn,
    serve,
    sign,
)

NOWHERE = "http://127.0.0.1:9"
"""Nobody listens at the discard port."""


def settings_for(url: str) -> StripeSettings:
    """Return settings with which a call is made once."""
    return StripeSettings(SECRET_KEY, WEBHOOK_SECRET, url, retries=0, timeout_seconds=LONG_SECONDS)


def set_wait(gateway: Any, seconds: float) -> None:
    """Set how long an adapter waits for Stripe's answers."""
    gateway._account._http._timeout = ClientTimeout(total=seconds)


class StripeBench(Bench):
    """The adapter before the stand-in."""

    key_setting = "STRIPE_SECRET_KEY"
    cannot: Mapping[str, str] = {}

    def __init__(self, stripe: StripeStandIn, url: str) -> None:
        self.stripe = stripe
        self.settings = settings_for(url)
        self.gateway: Gateway = StripeGateway(self.settings, self.now)
        stripe.door.wait = lambda seconds: set_wait(self.gateway, seconds)

    def now(self) -> datetime:
        return self.stripe.now

    async def pay(self, key: str, opened: Opened) -> None:
        self.stripe.pay(self._page(key), VISA)

    async def pay_abroad(self, key: str, opened: Opened) -> None:
        self.stripe.pay(self._page(key), MASTERCARD)

    async def run_out(self, key: str) -> None:
        self.stripe.run_out(self._page(key))

    async def bind(self, opened: Opened) -> None:
        (page,) = [
            each for each in self.stripe.all("checkout.session") if each["url"] == opened.action.target
        ]
        self.stripe.save_card(page["id"])

    async def saved_method(self) -> str:
        return self.stripe.saved(VISA)

    async def empty_method(self) -> str:
        return self.stripe.saved(DECLINED)

    async def notices(self) -> list[Raw]:
        sent, self.stripe.sent = self.stripe.sent, []
        return sent

    def forge(self, raw: Raw) -> Raw:
        return sign(raw.body, self.now(), "whsec_of_somebody_else")

    def date(self, raw: Raw, by: timedelta) -> Raw:
        return sign(raw.body, self.now() + by)

    def readdress(self, raw: Raw) -> Raw:
        return sign(json.dumps({**json.loads(raw.body), "account": "acct_other"}).encode(), self.now())

    async def trouble(self, call: Call, trouble: Trouble) -> None:
        self.stripe.door.expect(call, trouble)

    async def delay_refunds(self) -> None:
        self.stripe.refunds_wait = True

    async def end_refund(self, key: str, *, well: bool) -> None:
        (found,) = [each for each in self.stripe.all("refund") if each["metadata"].get("seatside_key") == key]
        self.stripe.end_refund(found, well=well)

    async def sent_back(self, source: str) -> Money:
        refunds = [each for each in self.stripe.all("refund") if each["payment_intent"] == source]
        return Money(sum(each["amount"] for each in refunds if each["status"] != "failed"), self.currency)

    async def taken(self, key: str) -> int:
        charges = self.stripe.all("charge")
        return len([each for each in charges if each["metadata"].get("seatside_key") == key])

    async def dispute(self, source: str) -> None:
        self.stripe.dispute(self._charge(source))

    async def end_dispute(self, source: str, *, won: bool) -> None:
        charge = self._charge(source)["id"]
        (found,) = [each for each in self.stripe.all("dispute") if each["charge"] == charge]
        self.stripe.end_dispute(found, won=won)

    def with_wrong_keys(self) -> Gateway:
        return type(self.gateway)(replace(self.settings, secret_key="sk_test_wrong"))  # type: ignore[call-arg]

    def without_provider(self) -> Gateway:
        return type(self.gateway)(replace(self.settings, api_url=NOWHERE))  # type: ignore[call-arg]

    def _page(self, key: str) -> str:
        (page,) = [each for each in self.stripe.all("checkout.session") if each["client_reference_id"] == key]
        return str(page["id"])

    def _charge(self, source: str) -> dict[str, object]:
        (found,) = [
            each for each in self.stripe.all("charge") if source in {each["id"], each["payment_intent"]}
        ]
        return found


@asynccontextmanager
async def _open(programs: Programs) -> AsyncIterator[Bench]:
    stripe = StripeStandIn()
    async with serve(stripe.answer) as url:
        bench = StripeBench(stripe, url)
        async with aclosing(bench):
            yield bench


BENCHES = (Listed("stripe", OURS, _open),)
