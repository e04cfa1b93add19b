"""A real bot at the sandbox, and its updates one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import Bot
from telegram.request import HTTPXRequest

if TYPE_CHECKING:
    from telegram import Update

    from bot.sandbox import Sandbox


def bot_of(sandbox: Sandbox) -> Bot:
    """Return a bot that talks to this sandbox."""
    return Bot(
        sandbox.settings.bot_token,
        base_url=f"{sandbox.url}/bot",
        base_file_url=f"{sandbox.url}/file/bot",
        request=_request(),
        get_updates_request=_request(),
    )


def _request() -> HTTPXRequest:
    """Return the default way of asking, without the certificates that it would read for each test."""
    return HTTPXRequest(httpx_kwargs={"verify": False})


@dataclass
class Inbox:
    """What a poller sees."""

    bot: Bot
    offset: int = 0

    async def next(self) -> Update:
        """Return the next update, waiting for it; the one after confirms it."""
        found = await self.bot.get_updates(offset=self.offset, limit=1, timeout=30)
        assert found, "no update came"
        self.offset = found[0].update_id + 1
        return found[0]

    async def rest(self) -> list[Update]:
        """Return what is there now, confirmed."""
        found = await self.bot.get_updates(offset=self.offset)
        if found:
            self.offset = found[-1].update_id + 1
            await self.bot.get_updates(offset=self.offset, limit=1)
        return list(found)
