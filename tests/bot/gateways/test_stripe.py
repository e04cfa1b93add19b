"""What is Stripe's alone: its currencies, its lists, its notices, and how its library is used."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import stripe
from aiohttp import web

from bot.gateways.stripe import PAGE_LASTS_AT_LEAST, StripeGateway
from bot.gateways.stripe_account import PAGE, StripeSettings
from bot.gateways.telegram import TelegramStripeGateway
from core.gateway import (
    Fact,
    FactKind,
    GatewayAway,
    Movement,
    MovementKind,
    NoticeRefused,
    Opened,
    Outcome,
    Verdict,
)
from core.money import Money
from tests.bot.gateways.bench import Call, Trouble
from tests.bot.gateways.bench_stripe import NOWHERE, StripeBench, settings_for
from tests.bot.gateways.bench_telegram import TelegramBench
from tests.bot.gateways.stripe_stand_in import StripeStandIn, serve, sign

pytestmark = pytest.mark.slow


@pytest.fixture
async def bench() -> AsyncIterator[StripeBench]:
    stand_in = StripeStandIn()
    async with serve(stand_in.answer) as url, aclosing(StripeBench(stand_in, url)) as bench:
        yield bench


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


async def open_charge(bench: StripeBench, key: str, amount: Money | None = None) -> Opened:
    return await bench.gateway.open_charge(
        key, amount or eur(2000), title="Top-up", expires_at=bench.expires_at()
    )


def read(bench: StripeBench, event: dict[str, Any]) -> tuple[Fact, ...]:
    raw = sign(json.dumps(event).encode(), bench.now())
    return bench.gateway.read_notice(raw.headers, raw.body, bench.now()).facts


def an_event(kind: str, told: dict[str, Any], **more: Any) -> dict[str, Any]:
    data = {"data": {"object": told}, "created": 1_770_000_000, "livemode": False}
    return {"id": "evt_1", "object": "event", "type": kind, **data, **more}


# Money


async def test_an_amount_that_stripe_cannot_count_is_refused_before_anybody_is_asked(
    bench: StripeBench,
) -> None:
    opened = await open_charge(bench, "key", Money(5001, "KWD"))
    assert opened.outcome == Outcome(Verdict.REFUSED, reason="amount")
    assert not bench.stripe.asked


@pytest.mark.parametrize("currency", ["JPY", "ISK", "KWD", "HUF"])
async def test_other_currencies_come_and_go_as_they_are(bench: StripeBench, currency: str) -> None:
    bench.currency = currency
    source = await bench.payment("key", Money(2000, currency))
    found = await bench.gateway.find_charge("key")
    assert isinstance(found, Fact)
    assert found.amount == Money(2000, currency)
    await bench.gateway.refund("back", source, Money(500, currency), Money(2000, currency))
    amounts = [each.amount for each in await books(bench, bench.gateway)]
    assert amounts.count(Money(2000, currency)) == amounts.count(Money(-500, currency)) == 1


# Charges


async def test_a_charge_asked_for_again_with_another_end_is_the_first_one(bench: StripeBench) -> None:
    first = await open_charge(bench, "key")
    bench.stripe.now += timedelta(minutes=5)
    assert await open_charge(bench, "key") == first
    other = await open_charge(bench, "key", eur(3000))
    assert other.outcome == Outcome(Verdict.REFUSED, reason="idempotency_error")


async def test_a_page_lasts_as_long_as_stripe_allows(bench: StripeBench) -> None:
    for key, lasts in (("short", timedelta(minutes=1)), ("long", timedelta(days=9))):
        opened = await bench.gateway.open_charge(
            key, eur(2000), title="Top-up", expires_at=bench.now() + lasts
        )
        assert opened.outcome.verdict is Verdict.PENDING
    ends = sorted(each["expires_at"] for each in bench.stripe.all("checkout.session"))
    start = bench.now().timestamp()
    assert [each - start for each in ends] == [PAGE_LASTS_AT_LEAST.total_seconds(), 86400]


async def test_a_charge_is_found_behind_many_others(bench: StripeBench) -> None:
    await bench.payment("key", eur(2000))
    for number in range(PAGE + 1):
        await open_charge(bench, f"open-{number}")
        bench.stripe.pay_through_telegram(500, "eur")
    found = await bench.gateway.find_charge("key")
    assert isinstance(found, Fact)
    assert found.kind is FactKind.PAID


async def test_a_charge_of_long_ago_is_searched(bench: StripeBench) -> None:
    await bench.payment("key", eur(2000))
    bench.stripe.now += timedelta(days=30)
    found = await bench.gateway.find_charge("key")
    assert isinstance(found, Fact)
    assert found.kind is FactKind.PAID
    assert ("GET", "payment_intents/search") in bench.stripe.asked


async def test_a_payment_while_its_page_is_being_closed_is_not_lost(bench: StripeBench) -> None:
    await open_charge(bench, "key")
    (page,) = bench.stripe.all("checkout.session")
    gateway: Any = bench.gateway
    end = gateway._end_page

    async def paid_first(key: str, shown: dict[str, Any]) -> Any:
        bench.stripe.pay(page["id"])
        return await end(key, shown)

    gateway._end_page = paid_first
    closed = await bench.gateway.close_charge("key")
    assert (closed.verdict, closed.reason) == (Verdict.REFUSED, "paid")


async def test_a_customer_has_one_number_at_stripe(bench: StripeBench) -> None:
    await bench.gateway.begin_binding("one", "7")
    bench.stripe.now += timedelta(days=3)
    bench.stripe.answers.clear()  # Stripe has forgotten the key by then
    await bench.gateway.begin_binding("two", "7")
    assert len(bench.stripe.all("customer")) == 1


async def test_the_card_that_was_bound_can_be_charged(bench: StripeBench) -> None:
    opened = await bench.gateway.begin_binding("bind", "7")
    await bench.bind(opened)
    payer = await bench.gateway.find_payer(bench.stripe.all("setup_intent")[0]["id"])
    assert payer
    charged = await bench.gateway.open_charge(
        "key", eur(2000), title="Top-up", expires_at=bench.expires_at(), method=payer.method
    )
    assert charged.outcome.verdict is Verdict.DONE
    assert payer.label == "Visa ·· 4242"


# Refunds


async def test_the_library_may_ask_again_because_it_does_so_under_our_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stripe.AIOHTTPClient, "sleep_async", lambda self, seconds: asyncio.sleep(0))
    stand_in = StripeStandIn()
    async with serve(stand_in.answer) as url, aclosing(StripeBench(stand_in, url)) as bench:
        source = await bench.payment("key", eur(2000))
        gateway = StripeGateway(replace(settings_for(url), retries=2), bench.now)
        for trouble in (Trouble.BROKEN, Trouble.BROKEN_AFTER, Trouble.LOST):
            await bench.trouble(Call.REFUND, trouble)
            outcome = await gateway.refund(trouble, source, eur(500), eur(2000))
            assert outcome.verdict in {Verdict.DONE, Verdict.UNKNOWN}
            found = await gateway.find_refund(trouble, source)
            if found.verdict is Verdict.REFUSED:
                await gateway.refund(trouble, source, eur(500), eur(2000))
        await gateway.close()
        assert len(stand_in.all("refund")) == 3


async def test_nobody_waits_longer_because_the_library_asks_again() -> None:
    asked = []

    async def say_nothing(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        await asyncio.Event().wait()
        raise AssertionError

    async with serve(say_nothing) as url:
        gateway = StripeGateway(replace(settings_for(url), retries=2, timeout_seconds=0.2))
        found = await gateway.find_charge("key")
        await gateway.close()
    assert isinstance(found, Outcome)
    assert (found.verdict, asked) == (Verdict.UNKNOWN, ["/v1/payment_intents"])


async def test_a_refund_is_not_sent_twice_when_stripe_has_forgotten_its_key(bench: StripeBench) -> None:
    source = await bench.payment("key", eur(2000))
    first = await bench.gateway.refund("back", source, eur(500), eur(2000))
    bench.stripe.answers.clear()
    bench.stripe.now += timedelta(days=2)
    assert await bench.gateway.refund("back", source, eur(500), eur(2000)) == first
    assert await bench.sent_back(source) == eur(500)


async def test_two_that_send_at_once_send_back_once(bench: StripeBench) -> None:
    source = await bench.payment("key", eur(2000))
    refunds = [bench.gateway.refund("back", source, eur(500), eur(2000)) for _ in range(2)]
    first, again = await asyncio.gather(*refunds)
    assert first == again
    assert await bench.sent_back(source) == eur(500)


async def test_a_refund_that_was_done_can_still_fail_at_the_bank(bench: StripeBench) -> None:
    source = await bench.payment("key", eur(2000))
    assert (await bench.gateway.refund("back", source, eur(500), eur(2000))).verdict is Verdict.DONE
    await bench.notices()
    await bench.end_refund("back", well=False)
    (raw,) = await bench.notices()
    (fact,) = bench.gateway.read_notice(raw.headers, raw.body, bench.now()).facts
    assert (fact.kind, fact.key) == (FactKind.REFUND_FAILED, "back")
    assert (await bench.gateway.find_refund("back", source)).reason == "expired_or_canceled_card"


async def test_a_disputed_payment_is_not_given_back_as_well(bench: StripeBench) -> None:
    source = await bench.payment("key", eur(2000))
    await bench.dispute(source)
    refused = await bench.gateway.refund("back", source, eur(500), eur(2000))
    assert refused == Outcome(Verdict.REFUSED, reason="charge_disputed")


async def test_telegram_may_name_a_charge_or_a_payment_intent() -> None:
    stand_in = StripeStandIn()
    async with serve(stand_in.answer) as url, aclosing(TelegramBench(stand_in, url)) as bench:
        made = stand_in.pay_through_telegram(2000, "eur")
        payers = []
        for source in (made["id"], made["latest_charge"]):
            outcome = await bench.gateway.refund(f"back-{source}", source, eur(500), eur(2000))
            assert outcome.verdict is Verdict.DONE
            assert (await bench.gateway.find_refund(f"back-{source}", source)) == outcome
            payers.append(await bench.gateway.find_payer(source))
        assert payers[0]
        assert payers[0] == payers[1]


# Notices


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("payment_intent.succeeded", {"id": "pi_1", "metadata": {}, "status": "succeeded"}),
        ("refund.updated", {"id": "re_1", "metadata": {}, "status": "succeeded"}),
        ("refund.updated", {"id": "re_1", "status": "succeeded", "metadata": {"seatside_key": "k"}}),
        ("checkout.session.completed", {"id": "cs_1", "mode": "setup", "client_reference_id": None}),
        ("checkout.session.expired", {"id": "cs_1", "client_reference_id": None}),
        ("charge.dispute.updated", {"id": "dp_1"}),
        ("an.event.of.tomorrow", {}),
    ],
)
def test_what_is_none_of_our_business_says_nothing(kind: str, told: dict[str, Any]) -> None:
    bench = StripeBench(StripeStandIn(), NOWHERE)
    assert read(bench, an_event(kind, told)) == ()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("won", FactKind.DISPUTE_WON),
        ("warning_closed", FactKind.DISPUTE_WON),
        ("lost", FactKind.DISPUTE_LOST),
    ],
)
def test_disputes_and_enquiries_end(status: str, kind: FactKind) -> None:
    told = {"id": "dp_1", "charge": "ch_1", "payment_intent": "pi_1", "amount": 2000, "currency": "eur"}
    bench = StripeBench(StripeStandIn(), NOWHERE)
    (fact,) = read(bench, an_event("charge.dispute.closed", {**told, "status": status}))
    assert (fact.kind, fact.charge, fact.source) == (kind, "ch_1", "pi_1")


PAID = {
    "id": "pi_1",
    "metadata": {"seatside_gateway": "stripe", "seatside_key": "key"},
    "status": "succeeded",
    "amount_received": 500,
    "latest_charge": "ch_1",
}


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (an_event("payment_intent.succeeded", {**PAID, "currency": "xxx"}), "currency"),
        (an_event("payment_intent.succeeded", {**PAID, "currency": "isk", "amount_received": 5}), "currency"),
        (an_event("payment_intent.succeeded", {**PAID, "currency": "eur"}, livemode=True), "merchant"),
        (an_event("payment_intent.succeeded", {**PAID, "currency": "eur"}, account="acct_2"), "merchant"),
        (an_event("payment_intent.succeeded", {"metadata": {"seatside_gateway": "stripe"}}), "body"),
        (an_event("payment_intent.succeeded", []), "body"),  # type: ignore[arg-type]
        ({"id": "evt_1", "object": "v2.core.event"}, "body"),
        ({"object": "event", "livemode": False}, "body"),
    ],
)
def test_a_signed_notice_that_is_not_for_us_is_refused(event: dict[str, Any], reason: str) -> None:
    with pytest.raises(NoticeRefused) as refused:
        read(StripeBench(StripeStandIn(), NOWHERE), event)
    assert refused.value.reason == reason


def test_two_signing_secrets_hold_while_one_takes_over() -> None:
    settings = StripeSettings("sk_test_1", "whsec_old, whsec_new")
    for gateway in (StripeGateway(settings), TelegramStripeGateway(settings)):
        now = StripeStandIn().now
        for secret in ("whsec_old", "whsec_new"):
            raw = sign(json.dumps(an_event("an.event", {})).encode(), now, secret)
            assert gateway.read_notice(raw.headers, raw.body, now).id == "evt_1"


@pytest.mark.parametrize("header", ["", "t=,v1=", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=00,v1=11", "=", ","])
def test_an_odd_signature_is_no_signature(header: str) -> None:
    bench = StripeBench(StripeStandIn(), NOWHERE)
    with pytest.raises(NoticeRefused):
        bench.gateway.read_notice({"stripe-signature": header}, b"{}", bench.now())


# The account's books


async def books(bench: StripeBench, gateway: Any) -> list[Movement]:
    day = timedelta(days=1)
    return [each async for each in gateway.movements(bench.now() - day, bench.now() + day)]


async def test_each_payment_of_a_shared_account_is_in_the_books_of_one_gateway(bench: StripeBench) -> None:
    source = await bench.payment("card", eur(2000))
    await bench.gateway.refund("back", source, eur(500), eur(2000))
    told = bench.stripe.pay_through_telegram(3000, "eur")
    bench.stripe.dispute(bench.stripe.objects[told["latest_charge"]])
    settings = replace(bench.settings, shared=True)
    async with AsyncExitStack() as stack:
        both: list[list[Movement]] = []
        for gateway in (StripeGateway(settings, bench.now), TelegramStripeGateway(settings)):
            stack.push_async_callback(gateway.close)
            both.append(await books(bench, gateway))
    cards, invoices = [{each.id: each for each in lines} for lines in both]
    assert not cards.keys() & invoices.keys()
    assert {each.id for each in await books(bench, bench.gateway)} == cards.keys() | invoices.keys()
    assert [each.kind for each in invoices.values() if each.kind is not MovementKind.FEE] == [
        MovementKind.DISPUTE,
        MovementKind.CHARGE,
    ]


async def test_fees_are_lines_of_their_own(bench: StripeBench) -> None:
    await bench.payment("card", eur(2000))
    lines = {each.kind: each for each in await books(bench, bench.gateway)}
    assert lines[MovementKind.FEE].amount == eur(-55)
    assert lines[MovementKind.FEE].charge == lines[MovementKind.CHARGE].charge
    assert lines[MovementKind.CHARGE].key == "card"


async def test_a_payment_that_stripe_changed_stands_in_its_own_currency(bench: StripeBench) -> None:
    await bench.payment("card", Money(2000, "JPY"))
    (line,) = bench.stripe.all("balance_transaction")
    line.update(amount=1230, currency="eur", fee=44)
    amounts = {each.kind: each.amount for each in await books(bench, bench.gateway)}
    assert amounts == {MovementKind.CHARGE: Money(2000, "JPY"), MovementKind.FEE: eur(-44)}


# Set-up, and odd answers


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"secret_key": ""}, "STRIPE_SECRET_KEY"),
        ({"secret_key": "pk_test_1"}, "STRIPE_SECRET_KEY"),
        ({"secret_key": "sk_test_wrong"}, "STRIPE_SECRET_KEY"),
        ({"webhook_secret": "sk_test_1"}, "STRIPE_WEBHOOK_SECRET"),
    ],
)
async def test_what_is_set_wrong_is_named(bench: StripeBench, change: dict[str, str], named: str) -> None:
    for kind in (StripeGateway, TelegramStripeGateway):
        gateway = kind(replace(bench.settings, **change))  # type: ignore[arg-type]
        told = await gateway.check()
        assert named in told
        assert told.count(".") >= 1
        assert bench.settings.secret_key not in told
        await gateway.close()


async def test_only_pages_need_notices_and_silence_says_nothing_about_keys(bench: StripeBench) -> None:
    settings = replace(bench.settings, webhook_secret="")
    async with AsyncExitStack() as stack:
        page, invoice = StripeGateway(settings), TelegramStripeGateway(settings)
        away = StripeGateway(replace(bench.settings, api_url=NOWHERE))
        for gateway in (page, invoice, away):
            stack.push_async_callback(gateway.close)
        assert "STRIPE_WEBHOOK_SECRET" in await page.check()
        assert await invoice.check() == ""
        with pytest.raises(GatewayAway):
            await away.check()


@pytest.mark.parametrize("status", [200, 201, 204, 302, 400, 404, 408, 409, 429, 500, 503])
@pytest.mark.parametrize("body", ["", "<html>", "null", "[]", "{}", '{"error": 5}', '{"status": "odd"}'])
async def test_an_odd_answer_is_unknown_and_raises_nothing(status: int, body: str) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body)

    async with serve(answer) as url:
        gateway = StripeGateway(settings_for(url))
        later = StripeStandIn().now
        for method in ("", "cus_1/pm_1"):
            opened = await gateway.open_charge("k", eur(500), title="t", expires_at=later, method=method)
            assert opened.outcome.verdict is Verdict.UNKNOWN
        assert (await gateway.begin_binding("k", "7")).outcome.verdict is Verdict.UNKNOWN
        for found in (await gateway.find_charge("k"), await gateway.close_charge("k")):
            assert isinstance(found, Outcome)
            assert found.verdict is Verdict.UNKNOWN
        assert (await gateway.refund("k", "pi_1", eur(5), eur(5))).verdict is Verdict.UNKNOWN
        assert (await gateway.find_refund("k", "pi_1")).verdict is Verdict.UNKNOWN
        assert await gateway.find_payer("pi_1") is None
        with suppress(GatewayAway):
            assert (await gateway.check()).endswith(".")
        await gateway.close()


def test_nothing_is_measured_for_stripe() -> None:
    StripeGateway(StripeSettings("sk_test_1", "whsec_1"))
    assert stripe.enable_telemetry is False


# The stand-in


async def test_the_stand_in_shows_nothing_that_stripes_library_does_not_know(bench: StripeBench) -> None:
    await bench.bind(await bench.gateway.begin_binding("bind", "7"))
    await bench.dispute(await bench.payment("key", eur(2000)))
    source = await bench.payment("other", eur(2000))
    await bench.gateway.refund("back", source, eur(500), eur(2000))
    shapes = {
        "balance_transaction": stripe.BalanceTransaction,
        "charge": stripe.Charge,
        "checkout.session": stripe.checkout.Session,
        "customer": stripe.Customer,
        "dispute": stripe.Dispute,
        "event": stripe.Event,
        "payment_intent": stripe.PaymentIntent,
        "payment_method": stripe.PaymentMethod,
        "refund": stripe.Refund,
        "setup_intent": stripe.SetupIntent,
    }
    assert {each["object"] for each in bench.stripe.objects.values()} == shapes.keys()
    for each in bench.stripe.objects.values():
        known = shapes[each["object"]].__annotations__
        assert {name for name in each if not name.startswith("_")} <= known.keys()


async def test_the_stand_in_takes_nothing_that_stripe_does_not_know(bench: StripeBench) -> None:
    gateway: Any = bench.gateway
    create = gateway._account.client.v1.checkout.sessions.create_async
    for odd in ({"odd": 1}, {"payment_intent_data": {"odd": 1}}, {"line_items": [{"odd": 1}]}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await create({"mode": "payment", "success_url": "https://t.me", **odd})
        assert refused.value.code == "parameter_unknown"
