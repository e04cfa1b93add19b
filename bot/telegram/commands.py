"""The commands that Telegram lists for each person, in their language."""

from __future__ import annotations

import logging

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot.desk import House
from bot.locales import Locale
from bot.routes import COMMANDS, Who

log = logging.getLogger(__name__)


async def publish_commands(bot: Bot, house: House) -> None:
    """Tell Telegram the commands: customers', staff's, and each admin's own. A failure is logged."""
    try:
        for language in ("", "zh"):
            locale = Locale.of(language)
            customer = _listed(locale, Who.CUSTOMER)
            await _set(bot, customer, BotCommandScopeAllPrivateChats(), language)
            await _set(bot, _listed(locale, Who.STAFF), BotCommandScopeAllGroupChats(), language)
            for admin_id in house.settings.admin_ids:
                own = [*_listed(locale, Who.ADMIN), *customer]
                await _set(bot, own, BotCommandScopeChat(admin_id), language)
    except TelegramError as error:
        log.warning("commands_not_published error=%s", error.message)


async def _set(bot: Bot, commands: list[BotCommand], scope: BotCommandScope, language: str) -> None:
    await bot.set_my_commands(commands, scope=scope, language_code=language or None)


def _listed(locale: Locale, who: Who) -> list[BotCommand]:
    return [
        BotCommand(name, locale.plain(f"command-{who}-{name}"))
        for each, name in COMMANDS
        if each is who and name != "start"
    ]
