"""Money's whole way through each provider while the bot is killed at every turn: in once, and back once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.gateways.alipay import to_number
from storage.database import open_database
from tests.bot.gateways import alipay_stand_in, wechat_stand_in
from tests.bot.gateways.bench import Raw
from tests.bot.gateways.stripe_stand_in import SECRET_KEY, WEBHOOK_SECRET, StripeStandIn, serve
from tests.bot.gateways.test_whole_way import alipay_settings, wechat_settings
from tests.loopback import free_port
from tests.test_kill import LONG_SECONDS, Evening, open_evening, quiet

pytestmark = pytest.mark.slow

LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Provider:
    """A stand-in as these tests need it: its settings, what it has by now, and how it is paid."""

    settings: dict[str, str]
    has_charge: Callable[[], bool]
    pay: Callable[[str], object]
    sent_back: Callable[[], list[int]]
    notices: Callable[[], list[Raw]]


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def stripe(folder: Path) -> AsyncIterator[Provider]:
    stand_in = StripeStandIn(now=now())
    async with serve(stand_in.answer) as url:
        yield Provider(
            {
                "STRIPE_SECRET_KEY": SECRET_KEY,
                "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
                "STRIPE_API_URL": url,
            },
            lambda: bool(stand_in.all("checkout.session")),
            lambda token: stand_in.pay(stand_in.all("checkout.session")[0]["id"]),
            lambda: [each["amount"] for each in stand_in.all("refund")],
            lambda: stand_in.sent,
        )


@asynccontextmanager
async def wechat(folder: Path) -> AsyncIterator[Provider]:
    async with wechat_stand_in.open_stand_in(now) as stand_in:
        yield Provider(
            {"CURRENCY": "CNY", **wechat_settings(stand_in, folder)},
            lambda: bool(stand_in.charges),
            stand_in.pay,
            lambda: [each.amount for each in stand_in.refunds.values()],
            lambda: [Raw(*each) for each in stand_in.notices],
        )


@asynccontextmanager
async def alipay(folder: Path) -> AsyncIterator[Provider]:
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    async with alipay_stand_in.open_stand_in(now) as stand_in:
        yield Provider(
            {"CURRENCY": "CNY", **alipay_settings(stand_in, folder)},
            lambda: bool(stand_in.trades),
            lambda token: stand_in.pay(to_number(token)),
            lambda: [fen for trade in stand_in.trades.values() for fen, _ in trade.refunds.values()],
            lambda: [Raw(form, each) for each in stand_in.notices],
        )


@pytest.mark.parametrize("provider_of", [stripe, wechat, alipay])
async def test_the_rest_is_back_once_however_often_the_bot_is_killed(
    provider_of: Callable[[Path], AbstractAsyncContextManager[Provider]], tmp_path: Path
) -> None:
    address = f"127.0.0.1:{free_port()}"
    told_at = f"http://{address}/notices/{provider_of.__name__}"
    here = {"LISTEN": address, "PUBLIC_URL": f"http://{address}", "GATEWAYS": provider_of.__name__}
    async with (
        provider_of(tmp_path) as provider,
        open_evening(tmp_path, **here, **provider.settings) as evening,
    ):
        ann, bot = evening.customers[0], evening.bot
        await evening.come_in(ann)
        killing = asyncio.create_task(kill_once(evening, provider.has_charge))
        await ask_for_top_up(evening)
        await killing
        assert await evening.wait_for(lambda: number_is(evening, "charge WHERE state = 'open'"), LONG_SECONDS)
        (token,) = bot.rows("SELECT token FROM top_up")[0]
        provider.pay(token)
        await bot.kill()  # so nobody could be told
        await bot.start()
        assert await evening.wait_for(evening.reads(ann, r"received \(T-1\)"), LONG_SECONDS)
        killing = asyncio.create_task(kill_once(evening, lambda: bool(provider.sent_back())))
        await evening.leave(ann)
        await killing
        assert await evening.wait_for(quiet(bot), LONG_SECONDS), bot.rows("SELECT * FROM refund_part")
        await tell(told_at, provider.notices())  # late, all of them, and changes nothing
        assert await evening.wait_for(quiet(bot), LONG_SECONDS)
        await bot.stop()
        assert provider.sent_back() == [2000]
        assert bot.rows("SELECT brought_minor, refunded_minor FROM lot") == [(2000, 2000)]
        assert bot.kills["in all"] == 3
        assert open_database(f"sqlite:///{bot.database}").examine() == []
        assert " ERROR " not in bot.log.read_text()


async def kill_once(evening: Evening, seen: Callable[[], bool]) -> None:
    """Kill the bot as soon as the provider has done something, before it can say so, and start it again."""
    async with asyncio.timeout(LONG_SECONDS):
        while not seen():  # noqa: ASYNC110 - the provider tells nobody else
            await asyncio.sleep(LOOK_SECONDS)
    await evening.bot.kill()
    await evening.bot.start()


async def ask_for_top_up(evening: Evening) -> None:
    """Top up 20 of whatever the bar sells in."""
    ann = evening.customers[0]

    async def step() -> None:
        labels = await evening.labels(ann)
        amount = next((each for each in labels if each.endswith("20.00")), None)
        await evening.client.tap(ann, amount or ("Top up" if "Top up" in labels else "‹ Back"))

    await evening.keep_trying(step, lambda: number_is(evening, "top_up"))


async def number_is(evening: Evening, table: str, number: int = 1) -> bool:
    return evening.bot.number(f"SELECT count(*) FROM {table}") == number


async def tell(url: str, notices: list[Raw]) -> None:
    async with ClientSession() as session:
        for each in notices * 2:
            async with session.post(url, data=each.body, headers=dict(each.headers)) as answer:
                assert answer.status == 200
