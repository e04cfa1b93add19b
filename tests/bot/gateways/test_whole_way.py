"""Money's whole way with the unchanged bot: in by WeChat Pay or Alipay, and back to where it came from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.gateways.alipay import to_number
from bot.tell import tell_all
from core.draft import DraftKind, carry_out, draft_for
from core.ledger import wallet
from core.lot import Lot
from core.money import Money
from core.open_account import OpenAccount, open_account
from core.ports import Books
from core.refund import AskRefund, RefundPart, refund
from core.top_up import AskTopUp, TopUp, top_up
from tests.bot.gateways import alipay_stand_in, wechat_stand_in
from tests.bot.gateways.alipay_stand_in import AlipayStandIn
from tests.bot.gateways.bench import Raw
from tests.bot.gateways.wechat_stand_in import WechatStandIn
from tests.loopback import free_port
from tests.stage import Stage, open_stage

pytestmark = pytest.mark.slow


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


@dataclass(slots=True)
class Way:
    """The bot with one gateway on, Ann with an account, and the provider's side."""

    stage: Stage
    name: str
    provider: AlipayStandIn | WechatStandIn
    ann: int

    async def run(self, work: Callable[[Books], Awaitable[Any]]) -> None:
        """Do what a handler would, and return once everything that follows is done."""

        async def do(books: Books) -> None:
            await work(books)
            await tell_all(books, self.stage.service.house)

        await self.stage.service.store.run(do)
        self.stage.service.relay.wake()
        self.stage.service.errands.wake()
        await self.stage.settle()

    async def top_up(self, amount: Money) -> str:
        """Ask for a top-up; return its token, under which the provider knows the charge."""

        async def ask(books: Books) -> None:
            draft = await draft_for(books, self.ann, DraftKind.TOP_UP)
            limits = (amount, amount, timedelta(minutes=30))
            await carry_out(
                books, top_up, AskTopUp(self.ann, self.name, draft.id, draft.version, amount, *limits)
            )

        await self.run(ask)
        return (await self.stage.service.store.run(lambda books: books.find(TopUp, by="-id")))[0].token

    async def refund(self, amount: Money) -> None:
        async def ask(books: Books) -> None:
            draft = await draft_for(books, self.ann, DraftKind.REFUND)
            await carry_out(books, refund, AskRefund(self.ann, "CNY", draft.id, draft.version, amount))

        await self.run(ask)

    async def tell(self, *notices: Raw) -> list[int]:
        """Bring notices to where the charge said; return how they were answered."""
        async with ClientSession() as session:
            answers = [
                await session.post(self.told_at, data=each.body, headers=dict(each.headers))
                for each in notices
            ]
        await self.stage.settle()
        return [each.status for each in answers]

    @property
    def told_at(self) -> str:
        return f"{self.stage.settings['PUBLIC_URL']}/notices/{self.name}"

    @property
    def notices(self) -> list[Raw]:
        """The notices that the provider has made so far."""
        form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        return [Raw(form, each) if isinstance(each, bytes) else Raw(*each) for each in self.provider.notices]

    async def left(self) -> Money:
        standing = await self.stage.service.store.run(lambda books: books.standing(wallet(self.ann, "CNY")))
        return standing.balance

    async def parts(self) -> list[str]:
        return [
            each.state for each in await self.stage.service.store.run(lambda books: books.find(RefundPart))
        ]


def wechat_settings(provider: WechatStandIn, folder: Path) -> dict[str, str]:
    given = provider.settings(folder)
    return {
        "WECHAT_MCH_ID": given.mch_id,
        "WECHAT_APP_ID": given.app_id,
        "WECHAT_API_V3_KEY": given.api_v3_key,
        "WECHAT_CERT_SERIAL": given.cert_serial,
        "WECHAT_PRIVATE_KEY_FILE": str(given.private_key_file),
        "WECHAT_PUBLIC_KEY_ID": given.public_key_id,
        "WECHAT_PUBLIC_KEY_FILE": str(given.public_key_file),
        "WECHAT_API_URL": given.api_url,
    }


def alipay_settings(provider: AlipayStandIn, folder: Path) -> dict[str, str]:
    given = provider.settings(folder)
    return {
        "ALIPAY_APP_ID": given.app_id,
        "ALIPAY_PRIVATE_KEY_FILE": str(given.private_key_file),
        "ALIPAY_PUBLIC_KEY_FILE": str(given.public_key_file),
        "ALIPAY_SELLER_ID": given.seller_id,
        "ALIPAY_API_URL": given.api_url,
    }


NAMES = {"wechat": "微信支付", "alipay": "支付宝"}
SIDES: dict[str, tuple[Any, Any]] = {
    "wechat": (wechat_stand_in.open_stand_in, wechat_settings),
    "alipay": (alipay_stand_in.open_stand_in, alipay_settings),
}


@pytest.fixture(params=SIDES)
async def way(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Way]:
    """The bot with that gateway on; Ann has an account."""
    open_stand_in, settings_of = SIDES[request.param]
    address = f"127.0.0.1:{free_port()}"
    here: dict[str, Any] = {"LISTEN": address, "PUBLIC_URL": f"http://{address}", "CURRENCY": "CNY"}
    async with (
        open_stage(tmp_path, GATEWAYS=request.param, **here) as stage,
        open_stand_in(stage.clock.now) as provider,
    ):
        stage.settings |= settings_of(provider, tmp_path)
        await stage.start_bot()
        ann = await stage.add_person("Ann", "zh-hans")
        await stage.client.start(ann)
        await stage.settle()
        way = Way(stage, request.param, provider, ann.id)
        account = OpenAccount(ann.id, "Ann", request.param)
        await way.run(lambda books: books.once("account", open_account, account))
        yield way
        await stage.stop_bot()


def paid_by(way: Way, token: str) -> bool:
    number = to_number(token) if way.name == "alipay" else token
    return way.provider.pay(number)


async def test_the_customer_is_asked_by_the_name_they_know_and_shown_the_code(way: Way) -> None:
    await way.top_up(cny(2000))
    said = await way.stage.client.messages(way.ann)
    assert any(NAMES[way.name] in each.get("text", "") for each in said)
    assert any("photo" in each for each in said)


async def test_money_comes_in_by_a_notice_and_goes_back_in_parts(way: Way) -> None:
    token = await way.top_up(cny(2000))
    assert paid_by(way, token)
    assert await way.tell(*way.notices, *way.notices) == [200, 200]  # told twice, counted once
    assert await way.left() == cny(2000)
    for left in (1500, 1000):
        await way.refund(cny(500))
        way.stage.clock.advance(timedelta(minutes=1))
        await way.stage.settle()
        assert await way.left() == cny(left)
    assert await way.parts() == ["done", "done"]
    await way.tell(*way.notices)
    assert await way.left() == cny(1000)
    (lot,) = await way.stage.service.store.run(lambda books: books.find(Lot))
    assert (lot.brought, lot.refunded) == (cny(2000), cny(1000))
    await way.stage.assert_true_books()


async def test_money_that_nobody_told_of_is_found(way: Way) -> None:
    token = await way.top_up(cny(2000))
    assert paid_by(way, token)
    way.stage.clock.advance(timedelta(minutes=2))
    await way.stage.settle()
    assert await way.left() == cny(2000)
    assert await way.tell(*way.notices) == [200]  # it comes after all
    assert await way.left() == cny(2000)
    await way.stage.assert_true_books()


async def test_a_forged_notice_moves_nothing(way: Way) -> None:
    token = await way.top_up(cny(2000))
    assert paid_by(way, token)
    forged = [Raw(each.headers, each.body.replace(b"0", b"9")) for each in way.notices]
    assert await way.tell(*forged) == [400]
    assert await way.left() == cny(0)
    await way.stage.assert_true_books()


async def test_a_charge_that_nobody_pays_ends_with_its_top_up(way: Way) -> None:
    token = await way.top_up(cny(2000))
    for _ in range(40):
        way.stage.clock.advance(timedelta(minutes=1))
        await way.stage.settle()
    assert not paid_by(way, token)
    assert await way.left() == cny(0)
    await way.stage.assert_true_books()
