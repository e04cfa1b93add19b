"""Where core, storage and bot are joined: the only module that knows all three."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from telegram import Bot

from bot.admin.reconcile import (
    ask_for_lines,
    hours_of,
    is_listed,
    latest_day,
    not_listed_text,
    read_request,
    summary_text,
)
from bot.clock import Clock, SystemClock
from bot.desk import House
from bot.errands.runner import Errands
from bot.errands.work import Work
from bot.gateways import Gateways, Till
from bot.gateways.alipay import AlipayGateway, AlipaySettings
from bot.gateways.sandbox import SandboxConfig, SandboxGateway
from bot.gateways.stripe import StripeGateway
from bot.gateways.stripe_account import StripeSettings
from bot.gateways.telegram import TelegramStripeGateway
from bot.gateways.wechat import WechatGateway, WechatSettings
from bot.locales import Locale
from bot.refusals import plain_text
from bot.service import Service
from bot.settings import Settings, SettingsError
from bot.telegram.pace import Limits, Pace
from bot.telegram.relay import Relay
from bot.telegram.request import AiohttpRequest
from core.gateway import Gateway, GatewayAway
from core.ledger import Standing
from core.merchant import Merchant
from core.ports import Books
from storage.database import Database, open_database
from storage.errors import NewerDatabase, StorageError
from storage.export import FORMATS
from storage.verify.finding import Finding

__all__ = [
    "EXPORT_FORMATS",
    "Database",
    "Finding",
    "GatewayRefused",
    "NewerDatabase",
    "StorageError",
    "database_of",
    "groups",
    "make_bot",
    "open_service",
    "reconcile",
    "trial_balance",
]

T = TypeVar("T")

log = logging.getLogger(__name__)

EXPORT_FORMATS = tuple(FORMATS)
CHECK_SECONDS = 10


class GatewayRefused(Exception):
    """Keys or certificates of a gateway are wrong; its text names the gateways and their settings."""


@asynccontextmanager
async def open_service(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Service]:
    """Open database, bot and gateway, ready to run. The schema is brought up to date first.

    Raises SettingsError, StorageError and telegram.error.TelegramError.
    """
    clock = clock or SystemClock()
    database = database_of(settings)
    migrated = await database.migrate()
    if migrated.ahead:
        log.warning("schema_ahead migrations=%s", ",".join(migrated.ahead))
    async with AsyncExitStack() as open_things:
        store = await database.open_store(clock.now)
        open_things.push_async_callback(store.close)
        await store.run(lambda books: _check_currency(books, settings.currency))
        reports = await database.open_reports()
        open_things.push_async_callback(reports.close)
        updates = AiohttpRequest()
        bot = await open_things.enter_async_context(make_bot(settings, updates))
        gateways = make_gateways(settings, clock, bot.username)
        open_things.push_async_callback(gateways.close)
        await _check_keys(gateways)
        house = House(settings, bot.username, gateways)
        relay = Relay(store, bot, house, Pace(_limits(settings)), clock)
        errands = Errands(Work(store, bot, house, reports, clock, relay.wake))
        yield Service(store, bot, updates, house, relay, errands)


def make_bot(settings: Settings, updates: AiohttpRequest | None = None) -> Bot:
    """Return python-telegram-bot's Bot, calling over aiohttp. Raises SettingsError without a token."""
    api = settings.telegram_api_url.rstrip("/")
    return Bot(
        settings.require_bot_token().reveal(),
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=AiohttpRequest(),
        get_updates_request=updates or AiohttpRequest(),
    )


def make_gateways(settings: Settings, clock: Clock, username: str = "") -> Gateways:
    """Return the gateways that the settings name, each for whom it is on; their pages send customers back
    to the bot of that name.
    """
    return Gateways(
        tuple(
            Till(_make_gateway(settings, choice.name, clock, username), choice.currencies, choice.merchants)
            for choice in settings.gateways
        )
    )


def _make_gateway(settings: Settings, name: str, clock: Clock, username: str) -> Gateway:
    notify_url = f"{settings.public_url.rstrip('/')}/notices/{name}" if settings.public_url else ""
    match name:
        case "stripe":
            return StripeGateway(stripe_settings(settings, username), clock.now)
        case "telegram":
            return TelegramStripeGateway(stripe_settings(settings, username))
        case "wechat":
            return WechatGateway(_wechat(settings, notify_url), clock)
        case "alipay":
            return AlipayGateway(_alipay(settings, notify_url), clock)
    url, key = _there(settings.payment_gateway_url), _there(settings.payment_gateway_key)
    return SandboxGateway(SandboxConfig(url, key.reveal(), notify_url), name)


def stripe_settings(settings: Settings, username: str) -> StripeSettings:
    """Return which account at Stripe is meant, and where its page leads back to."""
    on = {choice.name for choice in settings.gateways}
    secret = settings.stripe_webhook_secret
    return StripeSettings(
        secret_key=_there(settings.stripe_secret_key).reveal(),
        webhook_secret=secret.reveal() if secret else "",
        shared={"stripe", "telegram"} <= on,
        return_url=settings.bot_link(username),
        **_address(settings.stripe_api_url),
    )


def _wechat(settings: Settings, notify_url: str) -> WechatSettings:
    return WechatSettings(
        mch_id=_there(settings.wechat_mch_id),
        app_id=_there(settings.wechat_app_id),
        api_v3_key=_there(settings.wechat_api_v3_key).reveal(),
        cert_serial=_there(settings.wechat_cert_serial),
        private_key_file=_there(settings.wechat_private_key_file),
        public_key_id=_there(settings.wechat_public_key_id),
        public_key_file=_there(settings.wechat_public_key_file),
        notify_url=notify_url,
        pays_by=settings.wechat_pays_by,
        **_address(settings.wechat_api_url),
    )


def _alipay(settings: Settings, notify_url: str) -> AlipaySettings:
    return AlipaySettings(
        app_id=_there(settings.alipay_app_id),
        private_key_file=_there(settings.alipay_private_key_file),
        public_key_file=_there(settings.alipay_public_key_file),
        notify_url=notify_url,
        seller_id=settings.alipay_seller_id or "",
        **_address(settings.alipay_api_url),
    )


def _there(setting: T | None) -> T:
    assert setting is not None, "see bot.settings.NEEDED"
    return setting


def _address(api_url: str | None) -> dict[str, Any]:
    """Return an address that is set; else the provider's own is taken."""
    return {"api_url": api_url} if api_url else {}


async def _check_keys(gateways: Gateways) -> None:
    """Refuse to start with keys that a provider refuses: all gateways are asked, all that is wrong is named.

    One that cannot be reached is no reason: it is asked again with each call.
    """
    wrong, _ = await try_keys(gateways)
    if wrong:
        raise GatewayRefused("; ".join(f"{name}: {why}" for name, why in wrong.items()))


async def try_keys(gateways: Gateways) -> tuple[dict[str, str], set[str]]:
    """Return by gateway what its provider does not take, and which gateways nobody answered for."""
    checks = [_check(gateway) for gateway in gateways]
    found = dict(zip([gateway.name for gateway in gateways], await asyncio.gather(*checks), strict=True))
    wrong = {name: why for name, why in found.items() if why}
    return wrong, {name for name, why in found.items() if why is None}


async def _check(gateway: Gateway) -> str | None:
    """Return what is wrong with a gateway's keys, "" for nothing, None where nobody answers."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await gateway.check()
    except (TimeoutError, GatewayAway):
        log.warning("gateway_away gateway=%s", gateway.name)
        return None


def database_of(settings: Settings) -> Database:
    """Return the database that the settings name; it has `migrate`, `verify`, `backup` and more."""
    return open_database(settings.database_url.reveal())


async def groups(settings: Settings) -> dict[str, int | None]:
    """Return each merchant's group by the merchant's name, and the chats of its stations by theirs."""
    reports = await database_of(settings).open_reports()
    try:
        return await reports.groups()
    finally:
        await reports.close()


async def trial_balance(settings: Settings) -> list[Standing]:
    """Return how every account stands."""
    reports = await database_of(settings).open_reports()
    try:
        return await reports.trial_balance()
    finally:
        await reports.close()


async def reconcile(settings: Settings, asked: str) -> AsyncIterator[tuple[bool, str]]:
    """Yield for each gateway that is asked for whether its books agree with ours, and how.

    Reading only, so that it can be done beside a running bot: what it finds is neither kept nor booked.
    Raises SettingsError, StorageError and Refusal.
    """
    locale, gateways = Locale.of("en", settings.timezone), make_gateways(settings, SystemClock())
    now, zone = datetime.now(UTC), settings.timezone
    names, asked_day = read_request(asked, [gateway.name for gateway in gateways])
    reports = await database_of(settings).open_reports()
    try:
        for name in names:
            gateway = gateways.named(name)
            day = asked_day or latest_day(gateway, now, zone)
            if not is_listed(gateway, day, now, zone):
                yield False, plain_text(not_listed_text(locale, gateway, day))
                continue
            hours = hours_of(day, zone)
            try:
                lines = await ask_for_lines(gateway, *hours)
            except GatewayAway as away:
                yield False, f"{name}: does not tell its books ({away})"
                continue
            found = await reports.reconcile(name, lines, *hours)
            yield found.agrees, plain_text(summary_text(locale, found))
    finally:
        await reports.close()
        await gateways.close()


async def _check_currency(books: Books, currency: str) -> None:
    """A bot sells in one currency: what merchants were made with must be what is set."""
    others = {merchant.currency for merchant in await books.find(Merchant)} - {currency}
    if others:
        raise SettingsError("CURRENCY", currency, f"{min(others)}, which merchants in the books sell in")


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.chat_per_second, settings.chat_burst, settings.group_per_minute, settings.bot_per_second
    )
