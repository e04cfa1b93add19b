"""What works and what does not: token, webhook, database, payments, groups."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from telegram import Bot
from telegram.constants import ChatMemberStatus
from telegram.error import InvalidToken, TelegramError

from bot import wiring
from bot.clock import SystemClock
from bot.settings import Settings
from bot.wiring import NewerDatabase, StorageError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    sound: bool
    what: str
    how: str
    is_setting: bool = False
    """Whether what is wrong is a setting, which has an exit status of its own."""

    @property
    def status(self) -> int:
        if self.sound:
            return 0
        return 2 if self.is_setting else 1

    def __str__(self) -> str:
        return f"{'✓' if self.sound else '✗'} {self.what}: {self.how}"


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything that the bot needs; changes nothing, and may run beside the bot."""
    yield Finding(True, "settings", "all are understood")
    groups: dict[str, int | None] = {}
    try:
        findings = await wiring.database_of(settings).verify()
        groups = await wiring.groups(settings)
        how = (
            f"{len(findings)} invariants broken, see seatside verify" if findings else "every invariant holds"
        )
        yield Finding(not findings, "database", how)
    except NewerDatabase as error:
        yield Finding(False, "database", str(error))
    except StorageError as error:
        yield Finding(False, "database", f"{error} (seatside migrate makes it)")
    async for finding in _payments(settings):
        yield finding
    if settings.bot_token is None:
        yield Finding(False, "token", "BOT_TOKEN is missing: nothing reaches Telegram")
        return
    bot = wiring.make_bot(settings)
    try:
        async with bot:
            yield Finding(True, "token", f"@{bot.username}")
            yield await _webhook(settings, bot)
            for merchant, group_id in groups.items():
                yield await _group(bot, merchant, group_id)
    except InvalidToken:  # its message holds the token
        yield Finding(False, "token", "Telegram refuses it; expected the one that @BotFather gave")
    except TelegramError as error:
        yield Finding(False, "token", error.message)


async def _payments(settings: Settings) -> AsyncIterator[Finding]:
    """Look at each gateway by itself: what is wrong with one says nothing about the others."""
    if not settings.gateways:
        yield Finding(False, "payments", "GATEWAYS names none: nobody can top up, every refund is parked")
    gateways = wiring.make_gateways(settings, SystemClock())
    try:
        wrong, away = await wiring.try_keys(gateways)
        if settings.payment_provider_token is None and gateways.has("sandbox"):
            yield Finding(False, "payments", "PAYMENT_PROVIDER_TOKEN is missing: no invoice can be paid")
        for gateway in gateways:
            why, what = wrong.get(gateway.name), f"gateway {gateway.name}"
            if gateway.name in away:
                yield Finding(False, what, "nobody answers now, so its keys were not tried")
            else:
                yield Finding(not why, what, why or "set up, and its keys are taken", is_setting=True)
    finally:
        await gateways.close()


async def _webhook(settings: Settings, bot: Bot) -> Finding:
    info = await bot.get_webhook_info()
    wanted = settings.webhook_url or ""
    how = f"{info.url or 'long polling'}, {info.pending_update_count} updates waiting"
    if info.last_error_message:
        how += f", last error: {info.last_error_message}"
    if info.url == wanted:
        return Finding(not info.last_error_message, "updates", how)
    return Finding(
        False, "updates", f"{how}; the settings say {wanted or 'long polling'} (seatside run sets it)"
    )


async def _group(bot: Bot, merchant: str, group_id: int | None) -> Finding:
    what = f"group of {merchant}"
    if group_id is None:
        return Finding(False, what, "none is linked: /linkcode")
    try:
        member = await bot.get_chat_member(group_id, bot.id)
    except TelegramError as error:
        return Finding(False, what, error.message)
    there = member.status in {ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER}
    return Finding(there, what, f"the bot is {member.status} there")
