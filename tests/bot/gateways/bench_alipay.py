"""Alipay under the contract suite: our stand-in, and Alipay's own sandbox where there are keys to it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.gateways.alipay import SANDBOX_URL, AlipayGateway, AlipaySettings, to_number
from core.gateway import Movement, Opened
from core.money import Money
from tests.bot.gateways.alipay_stand_in import AlipayStandIn, open_stand_in
from tests.bot.gateways.bench import LIVE, OURS, Bench, Call, CannotDo, Listed, NotPayable, Raw, Trouble
from tests.bot.gateways.china import FAULTS, FIRST_PAYMENT_BINDS, key_pair
from tests.bot.gateways.programs import Programs
from tests.stage import HandClock

_METHODS = {
    Call.OPEN_CHARGE: "alipay.trade.precreate",
    Call.FIND_CHARGE: "alipay.trade.query",
    Call.REFUND: "alipay.trade.refund",
    Call.FIND_REFUND: "alipay.trade.fastpay.refund.query",
    Call.MOVEMENTS: "alipay.data.dataservice.bill.downloadurl.query",
}


class _Patient(AlipayGateway):
    """Asks for bills once they are made."""

    def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        assert isinstance(self._clock, HandClock)
        self._clock.advance(timedelta(days=1) + self.capabilities.lists_after)
        return super().movements(since, until)


class AlipayBench(Bench):
    """The stand-in with a clock that is moved by hand.

    Somebody scans each code as soon as it is there: before that, Alipay knows of no charge.
    """

    currency = "CNY"
    key_setting = "ALIPAY_PRIVATE_KEY_FILE"
    cannot = FIRST_PAYMENT_BINDS

    def __init__(self, alipay: AlipayStandIn, clock: HandClock, folder: Path) -> None:
        self._alipay = alipay
        self._clock = clock
        self._folder = folder
        self._settings = alipay.settings(folder)
        self.gateway = _Patient(self._settings, clock)
        alipay.scans_at_once = True

    def now(self) -> datetime:
        return self._clock.now()

    async def pay(self, key: str, opened: Opened) -> None:
        if not self._alipay.pay(to_number(key)):
            raise NotPayable

    async def pay_abroad(self, key: str, opened: Opened) -> None:
        assert self._alipay.pay(to_number(key), buyer="2088102169481075", account="csq***@sandbox.com")

    async def run_out(self, key: str) -> None:
        self._clock.advance(timedelta(hours=2))

    async def notices(self) -> list[Raw]:
        came = [Raw({}, body) for body in self._alipay.notices]
        self._alipay.notices.clear()
        return came

    def forge(self, raw: Raw) -> Raw:
        (trade,) = self._alipay.trades.values()
        return Raw({}, self._alipay.notice(trade, signed_by="forger"))

    def date(self, raw: Raw, by: timedelta) -> Raw:
        raise CannotDo("a notice of Alipay holds at any time and counts once by its number")

    def readdress(self, raw: Raw) -> Raw:
        (trade,) = self._alipay.trades.values()
        return Raw({}, self._alipay.notice(trade, app_id="2014072300007149"))

    async def trouble(self, call: Call, trouble: Trouble) -> None:
        self._alipay.faults.set(_METHODS[call], FAULTS[trouble])

    async def delay_refunds(self) -> None:
        raise CannotDo("Alipay refunds at once or says nothing of a refund")

    async def sent_back(self, source: str) -> Money:
        self._clock.advance(self.gateway.capabilities.refund_spacing)
        parts = [trade.refunded for trade in self._alipay.trades.values() if trade.number == source]
        return Money(sum(parts), self.currency)

    async def taken(self, key: str) -> int:
        return int(self._alipay.trades[to_number(key)].paid_at is not None)

    def with_wrong_keys(self) -> AlipayGateway:
        strange = self._folder / "strange.pem"
        strange.write_text(key_pair("stranger").private)
        return AlipayGateway(replace(self._settings, private_key_file=strange), self._clock)

    def without_provider(self) -> AlipayGateway:
        return AlipayGateway(replace(self._settings, api_url="http://127.0.0.1:1"), self._clock)


class AlipaySandboxBench(Bench):
    """Alipay's sandbox, where a person pays with its own app: most cases cannot be shown by a program."""

    currency = "CNY"
    key_setting = "ALIPAY_PRIVATE_KEY_FILE"
    cannot = FIRST_PAYMENT_BINDS | {
        "an_unpaid_charge_is_pending": "nobody scans the code",
        "an_opening_whose_answer_is_lost_is_found_out": "nobody scans the code",
        "a_closed_charge_takes_no_payment": "nobody scans the code",
        "closing_twice_changes_nothing": "nobody scans the code",
        "the_same_key_opens_the_same_charge": "the sandbox draws a new code each time",
    }

    def __init__(self, settings: AlipaySettings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self.gateway = AlipayGateway(settings, SystemClock())

    def with_wrong_keys(self) -> AlipayGateway:
        strange = self._folder / "strange.pem"
        strange.write_text(key_pair("stranger").private)
        return AlipayGateway(replace(self._settings, private_key_file=strange), SystemClock())


@asynccontextmanager
async def _open(programs: Programs) -> AsyncIterator[AlipayBench]:
    clock = HandClock()
    with tempfile.TemporaryDirectory() as folder:
        async with open_stand_in(clock.now) as alipay:
            bench = AlipayBench(alipay, clock, Path(folder))
            yield bench
            await bench.gateway.close()


@asynccontextmanager
async def _open_sandbox(programs: Programs) -> AsyncIterator[AlipaySandboxBench]:
    if not all(os.environ.get(key) for key in _SANDBOX_KEYS):
        pytest.skip(_SANDBOX_NEEDS)
    app_id, ours, theirs = (os.environ[key] for key in _SANDBOX_KEYS)
    settings = AlipaySettings(
        app_id=app_id, private_key_file=Path(ours), public_key_file=Path(theirs),
        notify_url="https://cashier.example/notices/alipay", api_url=SANDBOX_URL,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        bench = AlipaySandboxBench(settings, Path(folder))
        yield bench
        await bench.gateway.close()


_SANDBOX_KEYS = (
    "ALIPAY_SANDBOX_APP_ID",
    "ALIPAY_SANDBOX_PRIVATE_KEY_FILE",
    "ALIPAY_SANDBOX_PUBLIC_KEY_FILE",
)
_SANDBOX_NEEDS = f"{', '.join(_SANDBOX_KEYS[:-1])} and {_SANDBOX_KEYS[-1]} in the environment"

BENCHES = (
    Listed("alipay", f"{OURS} and python-alipay-sdk", _open),
    Listed("alipay", LIVE, _open_sandbox, needs=_SANDBOX_NEEDS),
)
