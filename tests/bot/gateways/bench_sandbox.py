"""The sandbox's provider under the contract suite: a stand-in for a page where people pay."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from aiohttp import ClientTimeout, web
from aiohttp.test_utils import TestServer

from bot.gateways.sandbox import SandboxConfig, SandboxGateway
from bot.sandbox import Sandbox, SandboxSettings
from bot.sandbox.errors import NotPossible
from bot.sandbox.notices import SIGNATURE_HEADER
from core.gateway import Opened
from core.money import Money
from tests.bot.gateways.bench import OURS, Bench, Call, Listed, NotPayable, Raw, Trouble
from tests.bot.gateways.programs import Programs
from tests.stage import HandClock

_OPERATIONS = {
    Call.OPEN_CHARGE: "provider.charge",
    Call.FIND_CHARGE: "provider.charge_query",
    Call.REFUND: "provider.refund",
    Call.FIND_REFUND: "provider.refund_query",
    Call.MOVEMENTS: "provider.movements",
}
_FAULTS: dict[Trouble, dict[str, Any]] = {
    Trouble.LOST: {"kind": "drop"},
    Trouble.BROKEN: {"kind": "status"},
    Trouble.BROKEN_AFTER: {"kind": "status", "effect": True},
    Trouble.SILENT_AFTER: {"kind": "drop", "effect": True},  # nobody waits for what will not come
}
_ASKED_TWICE = {Call.FIND_CHARGE, Call.FIND_REFUND, Call.MOVEMENTS}
"""Where a connection breaks, aiohttp by itself asks once more for what only reads."""
_ANN, _BOB = 5_000_001, 5_000_002


async def give_up_soon(gateway: SandboxGateway) -> None:
    """Let an adapter wait but a moment from now on: for tests in which no answer comes."""
    await gateway.close()
    gateway._session, gateway._timeout = None, ClientTimeout(total=0.3)


class SandboxBench(Bench):
    """A sandbox on a clock that is moved by hand, which tells its notices to a server of this bench."""

    key_setting = "PAYMENT_GATEWAY_KEY"
    cannot = MappingProxyType({"a_notice_about_another_merchant_is_refused": "its notices name no merchant"})

    def __init__(self, sandbox: Sandbox, clock: HandClock, config: SandboxConfig, came: list[Raw]) -> None:
        self._sandbox = sandbox
        self._clock = clock
        self._config = config
        self._came = came
        self.gateway = SandboxGateway(config, "sandbox-link")

    def now(self) -> datetime:
        return self._clock.now()

    async def pay(self, key: str, opened: Opened) -> None:
        self._use(opened, _ANN)

    async def pay_abroad(self, key: str, opened: Opened) -> None:
        self._use(opened, _BOB)

    async def run_out(self, key: str) -> None:
        self._clock.advance(timedelta(hours=2))

    async def bind(self, opened: Opened) -> None:
        self._use(opened, _ANN)

    async def saved_method(self) -> str:
        opened = await self.gateway.begin_binding("saved", "customer-saved")
        self._use(opened, _ANN)
        await self.notices()
        return f"fp_{_ANN:012x}"

    async def empty_method(self) -> str:
        return "fp_of_nobody"

    async def notices(self) -> list[Raw]:
        while self._sandbox.parts.notices.waiting:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        came = list(self._came)
        self._came.clear()
        return came

    def forge(self, raw: Raw) -> Raw:
        return self._signed(raw.body, "stranger")

    def date(self, raw: Raw, by: timedelta) -> Raw:
        return self._signed(raw.body, self._config.key, by)

    async def trouble(self, call: Call, trouble: Trouble) -> None:
        fault = {"on": _OPERATIONS[call], **_FAULTS[trouble]}
        twice = fault["kind"] == "drop" and call in _ASKED_TWICE
        self._sandbox.parts.faults.add({**fault, "times": 2 if twice else 1})

    async def delay_refunds(self) -> None:
        self._sandbox.parts.faults.add({"on": "provider.refund", "kind": "pending", "times": 99})

    async def end_refund(self, key: str, *, well: bool) -> None:
        provider = self._sandbox.parts.provider
        refund = provider.find_refund(key)
        assert refund is not None
        provider.settle(refund["id"], "succeeded" if well else "failed")

    async def sent_back(self, source: str) -> Money:
        charge = self._sandbox.parts.provider.charges[source]
        return Money(charge["refunded"], charge["currency"])

    async def taken(self, key: str) -> int:
        charges = self._sandbox.parts.provider.charges.values()
        return sum(charge["payload"] == key for charge in charges)

    async def dispute(self, source: str) -> None:
        self._sandbox.parts.provider.dispute(source)

    async def end_dispute(self, source: str, *, won: bool) -> None:
        provider = self._sandbox.parts.provider
        (dispute,) = [each for each in provider.disputes.values() if each["charge"] == source]
        provider.close_dispute(dispute["id"], won)

    def with_wrong_keys(self) -> SandboxGateway:
        return SandboxGateway(replace(self._config, key="sk_wrong"), "sandbox-link")

    def without_provider(self) -> SandboxGateway:
        return SandboxGateway(replace(self._config, url="http://127.0.0.1:9"), "sandbox-link")

    def _use(self, opened: Opened, person_id: int) -> None:
        try:
            self._sandbox.parts.pages.use(opened.action.target.rsplit("/", 1)[-1], person_id)
        except NotPossible:
            raise NotPayable from None

    def _signed(self, body: bytes, key: str, by: timedelta = timedelta(0)) -> Raw:
        moment = int((self.now() + by).timestamp())
        signature = hmac.new(key.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        return Raw({SIGNATURE_HEADER: f"t={moment},v1={signature}"}, body)


@asynccontextmanager
async def _open() -> AsyncIterator[Bench]:
    clock, came = HandClock(), list[Raw]()

    async def take(request: web.Request) -> web.Response:
        came.append(Raw(dict(request.headers), await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/notices", take)
    async with (
        TestServer(app) as server,
        Sandbox(SandboxSettings(), now=lambda: clock.now().timestamp()) as sandbox,
    ):
        key, url = sandbox.settings.provider_key, str(server.make_url("/notices"))
        bench = SandboxBench(sandbox, clock, SandboxConfig(sandbox.url, key, url), came)
        try:
            yield bench
        finally:
            await bench.aclose()


def _of(programs: Programs) -> AbstractAsyncContextManager[Bench]:
    return _open()


BENCHES = (Listed("sandbox", OURS, _of),)
