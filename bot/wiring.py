"""Where core, storage and bot are joined: the only module that knows all three."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from telegram import Bot

from bot.clock import Clock, SystemClock
from bot.desk import House
from bot.errands import Errands
from bot.gateways import NoGateway, SandboxGateway
from bot.service import Service
from bot.settings import Settings, SettingsError
from bot.telegram.pace import Limits, Pace
from bot.telegram.relay import Relay
from bot.telegram.request import AiohttpRequest
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
    "NewerDatabase",
    "StorageError",
    "database_of",
    "groups",
    "make_bot",
    "open_service",
    "trial_balance",
]

log = logging.getLogger(__name__)

EXPORT_FORMATS = tuple(FORMATS)


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
        gateway = make_gateway(settings)
        open_things.push_async_callback(gateway.close)
        updates = AiohttpRequest()
        bot = await open_things.enter_async_context(make_bot(settings, updates))
        house = House(settings, bot.username, gateway.name)
        relay = Relay(store, bot, house, Pace(_limits(settings)), clock)
        errands = Errands(store, bot, house, gateway, reports, clock, relay.wake)
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


def make_gateway(settings: Settings) -> SandboxGateway | NoGateway:
    """Return the gateway that the settings name."""
    if settings.payment_gateway_url and settings.payment_gateway_key:
        return SandboxGateway(settings.payment_gateway_url, settings.payment_gateway_key.reveal())
    return NoGateway()


def database_of(settings: Settings) -> Database:
    """Return the database that the settings name; it has `migrate`, `verify`, `backup` and more."""
    return open_database(settings.database_url.reveal())


async def groups(settings: Settings) -> dict[str, int | None]:
    """Return each merchant's group chat by the merchant's name."""
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


async def _check_currency(books: Books, currency: str) -> None:
    """A bot sells in one currency: what merchants were made with must be what is set."""
    others = {merchant.currency for merchant in await books.find(Merchant)} - {currency}
    if others:
        raise SettingsError("CURRENCY", currency, f"{min(others)}, which merchants in the books sell in")


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.chat_per_second, settings.chat_burst, settings.group_per_minute, settings.bot_per_second
    )
