"""WeChat Pay under the contract suite: our stand-in alone, which the published table says."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.gateways.wechat import WechatGateway
from core.gateway import Movement, Opened
from core.money import Money
from tests.bot.gateways.bench import LIVE, OURS, Bench, Call, Listed, NotPayable, Raw, Trouble
from tests.bot.gateways.china import FAULTS, FIRST_PAYMENT_BINDS, key_pair
from tests.bot.gateways.programs import Programs
from tests.bot.gateways.wechat_stand_in import WechatStandIn, open_stand_in
from tests.stage import HandClock

_PLACES = {
    Call.OPEN_CHARGE: "POST /v3/pay/transactions/native",
    Call.FIND_CHARGE: "GET /v3/pay/transactions/out-trade-no/",
    Call.REFUND: "POST /v3/refund/",
    Call.FIND_REFUND: "GET /v3/refund/",
    Call.MOVEMENTS: "GET /v3/bill/",
}


class _Patient(WechatGateway):
    """Asks for bills once they are made."""

    def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        assert isinstance(self._clock, HandClock)
        self._clock.advance(timedelta(days=1) + self.capabilities.lists_after)
        return super().movements(since, until)


class WechatBench(Bench):
    """The stand-in with a clock that is moved by hand; refunds wait as long as the capabilities ask for."""

    currency = "CNY"
    key_setting = "WECHAT_PRIVATE_KEY_FILE"
    cannot = FIRST_PAYMENT_BINDS

    def __init__(self, wechat: WechatStandIn, clock: HandClock, folder: Path) -> None:
        self._wechat = wechat
        self._clock = clock
        self._folder = folder
        self._settings = wechat.settings(folder)
        self.gateway = _Patient(self._settings, clock)

    def now(self) -> datetime:
        return self._clock.now()

    async def pay(self, key: str, opened: Opened) -> None:
        if not self._wechat.pay(key):
            raise NotPayable

    async def pay_abroad(self, key: str, opened: Opened) -> None:
        assert self._wechat.pay(key, openid="oUpF8uN95-Ptaags6E_roPHg7AG0")

    async def run_out(self, key: str) -> None:
        """Let the time end; WeChat Pay then waits for the merchant to close the charge."""
        self._clock.advance(timedelta(hours=2))
        await self.gateway.close_charge(key)

    async def notices(self) -> list[Raw]:
        came = [Raw(*each) for each in self._wechat.notices]
        self._wechat.notices.clear()
        return came

    def forge(self, raw: Raw) -> Raw:
        return Raw(self._wechat.sign(raw.body.decode(), signed_by="forger"), raw.body)

    def date(self, raw: Raw, by: timedelta) -> Raw:
        return Raw(self._wechat.sign(raw.body.decode(), at=self.now() + by), raw.body)

    def readdress(self, raw: Raw) -> Raw:
        (charge,) = self._wechat.charges.values()
        told = self._wechat.tell_charge(charge) | {"mchid": "1900000110"}
        return Raw(*self._wechat.notice("TRANSACTION.SUCCESS", told))

    async def trouble(self, call: Call, trouble: Trouble) -> None:
        place = _PLACES[call]
        times = 2 if place.startswith("GET") else 1  # aiohttp asks again where that cannot harm
        self._wechat.faults.set(place, FAULTS[trouble], times)

    async def delay_refunds(self) -> None:
        self._wechat.refunds_are = "PROCESSING"

    async def end_refund(self, key: str, *, well: bool) -> None:
        self._wechat.settle(key, "SUCCESS" if well else "ABNORMAL")

    async def sent_back(self, source: str) -> Money:
        self._clock.advance(self.gateway.capabilities.refund_spacing)
        parts = [part for part in self._wechat.refunds.values() if part.charge.number == source]
        return Money(sum(part.amount for part in parts), self.currency)

    async def taken(self, key: str) -> int:
        return int(self._wechat.charges[key].paid_at is not None)

    def with_wrong_keys(self) -> WechatGateway:
        strange = self._folder / "strange.pem"
        strange.write_text(key_pair("stranger").private)
        return WechatGateway(replace(self._settings, private_key_file=strange), self._clock)

    def without_provider(self) -> WechatGateway:
        return WechatGateway(replace(self._settings, api_url="http://127.0.0.1:1"), self._clock)


@asynccontextmanager
async def _open(programs: Programs) -> AsyncIterator[WechatBench]:
    clock = HandClock()
    with tempfile.TemporaryDirectory() as folder:
        async with open_stand_in(clock.now) as wechat:
            bench = WechatBench(wechat, clock, Path(folder))
            yield bench
            await bench.gateway.close()


def _open_nothing(programs: Programs) -> AbstractAsyncContextManager[Bench]:
    pytest.skip(_NO_TEST_SYSTEM)


_NO_TEST_SYSTEM = "one for the API v3, which WeChat Pay does not offer"

BENCHES = (
    Listed("wechat", f"{OURS} and wechatpayv3", _open),
    Listed("wechat", LIVE, _open_nothing, needs=_NO_TEST_SYSTEM),
)
