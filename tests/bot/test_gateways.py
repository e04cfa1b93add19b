"""The gateway port against the sandbox's provider, which can fail in every way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.gateways.none import NoGateway
from bot.gateways.sandbox import SandboxConfig, SandboxGateway
from bot.sandbox import Sandbox, SandboxClient, SandboxSettings
from core.gateway import Outcome, Payer, Verdict
from core.money import Money
from tests.bot.gateways.bench_sandbox import give_up_soon


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@dataclass(slots=True)
class Till:
    client: SandboxClient
    gateway: SandboxGateway
    charge: str


@pytest.fixture
async def till() -> AsyncIterator[Till]:
    """A provider that has one charge of 20.00, and a gateway to it."""
    async with Sandbox(SandboxSettings()) as sandbox, SandboxClient(sandbox.url) as client:
        card = {"brand": "Visa", "last4": "4242", "fingerprint": "f"}
        charge = sandbox.parts.provider.charge(2000, "EUR", card, "payload", "tpc_1")
        config = SandboxConfig(sandbox.url, sandbox.settings.provider_key)
        gateway = SandboxGateway(config)
        yield Till(client, gateway, charge["id"])
        await gateway.close()


async def test_a_charge_tells_its_payer(till: Till) -> None:
    assert await till.gateway.find_payer(till.charge) == Payer("f", "Visa ·· 4242", "f")


@pytest.mark.parametrize("charge", ["ch_unknown", "../refunds", "a b/c?d"])
async def test_a_charge_that_is_not_there_is_none(till: Till, charge: str) -> None:
    assert await till.gateway.find_payer(charge) is None


async def test_a_refund_is_done_and_the_same_key_does_nothing_more(till: Till) -> None:
    outcomes = [await till.gateway.refund("key", till.charge, eur(500), eur(2000)) for _ in range(2)]
    assert outcomes[0] == outcomes[1] == await till.gateway.find_refund("key", "ch")
    assert outcomes[0].verdict is Verdict.DONE
    assert len(await till.client.refunds()) == 1


@pytest.mark.parametrize("kind", ["status", "hang", "drop"])
async def test_what_nobody_can_tell_is_unknown_and_found_later(till: Till, kind: str) -> None:
    await till.client.fault("provider.refund", kind, effect=True)
    if kind == "hang":
        await give_up_soon(till.gateway)
    assert (await till.gateway.refund("key", till.charge, eur(500), eur(2000))).verdict is Verdict.UNKNOWN
    assert (await till.gateway.find_refund("key", "ch")).verdict is Verdict.DONE


@pytest.mark.parametrize("kind", ["status", "hang", "drop"])
async def test_a_question_without_an_answer_is_unknown(till: Till, kind: str) -> None:
    await till.client.fault("provider.refund_query", kind, times=2)  # aiohttp asks twice
    if kind == "hang":
        await give_up_soon(till.gateway)
    assert (await till.gateway.find_refund("key", "ch")).verdict is Verdict.UNKNOWN
    await till.client.fault("provider.charge_query", kind, times=2)
    assert await till.gateway.find_payer(till.charge) is None


async def test_a_refund_that_never_arrived_is_known_as_such(till: Till) -> None:
    await till.client.fault("provider.refund", "drop")
    await till.gateway.refund("key", till.charge, eur(500), eur(2000))
    assert await till.gateway.find_refund("key", "ch") == Outcome(Verdict.REFUSED, reason="unknown_key")


async def test_pending_and_failed_are_told_apart(till: Till) -> None:
    await till.client.fault("provider.refund", "pending")
    assert (await till.gateway.refund("one", till.charge, eur(500), eur(2000))).verdict is Verdict.PENDING
    await till.client.fault("provider.refund", "fail", code="expired_card")
    failed = await till.gateway.refund("two", till.charge, eur(500), eur(2000))
    assert (failed.verdict, failed.reason) == (Verdict.REFUSED, "expired_card")


async def test_more_than_the_charge_is_refused(till: Till) -> None:
    refused = Outcome(Verdict.REFUSED, reason="refund_exceeds_charge")
    assert await till.gateway.refund("key", till.charge, eur(2001), eur(2000)) == refused


async def test_a_key_with_another_body_is_refused(till: Till) -> None:
    await till.gateway.refund("key", till.charge, eur(500), eur(2000))
    again = await till.gateway.refund("key", till.charge, eur(600), eur(2000))
    assert again == Outcome(Verdict.REFUSED, reason="idempotency_key_reused")


async def test_a_wrong_api_key_says_nothing_about_a_refund_that_was_sent(till: Till) -> None:
    stranger = SandboxGateway(SandboxConfig(till.gateway._url, "sk_wrong"))
    assert (await stranger.find_refund("key", "ch")).verdict is Verdict.UNKNOWN
    assert (await stranger.refund("key", till.charge, eur(500), eur(2000))).verdict is Verdict.REFUSED
    await stranger.close()


@pytest.mark.parametrize("status", [200, 201, 204, 302, 400, 404, 408, 409, 429, 500, 503])
@pytest.mark.parametrize("body", ["", "<html>", "null", "[]", "{}", '{"error": 5}', '{"status": "odd"}'])
async def test_an_odd_answer_is_unknown_and_raises_nothing(status: int, body: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        gateway = SandboxGateway(SandboxConfig(str(server.make_url("")), "key"))
        assert (await gateway.refund("key", "ch", eur(5), eur(2000))).verdict is Verdict.UNKNOWN
        assert (await gateway.find_refund("key", "ch")).verdict is Verdict.UNKNOWN
        assert await gateway.find_payer("ch") is None
        await gateway.close()


async def test_a_gateway_that_is_off_sends_nothing_and_knows_nothing() -> None:
    gateway: Any = NoGateway()
    assert (await gateway.refund("key", "ch", eur(5), eur(5))).verdict is Verdict.REFUSED
    assert (await gateway.find_refund("key", "ch")).verdict is Verdict.UNKNOWN
    assert (await gateway.find_charge("key")).verdict is Verdict.UNKNOWN
    assert await gateway.find_payer("ch") is None
    await gateway.close()
