"""Stripe's adapter before Stripe's own test system, where STRIPE_TEST_SECRET_KEY is set."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import pytest

from bot.gateways.stripe import StripeGateway
from core.gateway import Fact, Gateway
from core.money import Money
from tests.bot.gateways.bench import LIVE, Bench, Listed
from tests.bot.gateways.bench_stripe import NOWHERE
from tests.bot.gateways.bench_stripe_programs import ProgramBench, door_to
from tests.bot.gateways.programs import Programs
from tests.bot.gateways.stripe_stand_in import Troubles, serve

KEY = "STRIPE_TEST_SECRET_KEY"
_IN_A_BROWSER = dict.fromkeys(
    (
        "another_payer_is_told_apart",
        "a_late_payment_is_told_or_not_taken",
        "a_second_payment_is_another_charge_or_not_taken",
        "a_closed_charge_takes_no_payment",
        "a_binding_tells_whom_it_binds",
    ),
    "its pages are paid in a browser",
)


class StripeLiveBench(ProgramBench):
    """Pays with Stripe's test cards, saved without a page."""

    key_setting = "STRIPE_SECRET_KEY"
    cannot: Mapping[str, str] = {
        **_IN_A_BROWSER,
        "the_books_of_the_provider_show_payment_and_refund": "its books hold what others did",
        "what_is_no_notice_is_refused": "the adapter answers without asking",
    }

    def __init__(self, secret_key: str, url: str, door: Troubles, at: str) -> None:
        super().__init__(url, door, StripeGateway, at)
        self.secret_key = secret_key
        self.settings = replace(self.settings, secret_key=secret_key)
        self.gateway = StripeGateway(self.settings)

    async def payment(self, key: str, amount: Money) -> str:
        method = await self.saved_method()
        await self.gateway.open_charge(
            key, amount, title="Top-up", expires_at=self.expires_at(), method=method
        )
        found = await self.gateway.find_charge(key)
        assert isinstance(found, Fact), found
        return found.source

    async def saved_method(self) -> str:
        return await self._save("pm_card_visa")

    async def empty_method(self) -> str:
        return await self._save("pm_card_chargeCustomerFail")

    def with_wrong_keys(self) -> Gateway:
        return StripeGateway(replace(self.settings, secret_key="sk_test_wrong"))

    def without_provider(self) -> Gateway:
        return StripeGateway(replace(self.settings, api_url=NOWHERE, retries=0))

    async def _save(self, card: str) -> str:
        customer = await self.ask("POST", "/v1/customers")
        method = await self.ask("POST", f"/v1/payment_methods/{card}/attach", customer=customer["id"])
        return f"{customer['id']}/{method['id']}"


@asynccontextmanager
async def _open(programs: Programs) -> AsyncIterator[Bench]:
    secret_key = os.environ.get(KEY, "")
    if not secret_key:
        pytest.skip(f"{KEY} is not set")
    assert "_test_" in secret_key, "never with a live key"
    url, door = "https://api.stripe.com", Troubles()
    async with (
        serve(door_to(url, door)) as at,
        aclosing(StripeLiveBench(secret_key, url, door, at)) as bench,
    ):
        yield bench


BENCHES = (Listed("stripe", LIVE, _open, needs=f"`{KEY}`"),)
