"""How updates come in: stored first, acknowledged then. By long polling, or by a webhook."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest

from bot.arrivals import UPDATE_KINDS, Arrival, ArrivalState, lane_of
from core.ports import Books, Store

log = logging.getLogger(__name__)

SOURCE = "telegram"
POLL_SECONDS = 30
BODY_BYTES = 1_000_000
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

Accepted = Callable[[list[Arrival]], None]


async def accept(store: Store, bodies: list[dict[str, Any]]) -> list[Arrival]:
    """Store raw updates and return those that are new; a repeated update_id changes nothing."""

    async def keep(books: Books) -> list[Arrival]:
        kept = []
        for body in bodies:
            text = json.dumps(body, ensure_ascii=False)
            new = Arrival(
                0, SOURCE, body["update_id"], lane_of(body), text, ArrivalState.NEW, 0, "", books.now
            )
            if stored := await books.add_new(new, "source", "uid"):
                kept.append(stored)
        return kept

    return await store.run(keep)


async def poll(bot: Bot, request: BaseRequest, store: Store, accepted: Accepted) -> None:
    """Fetch updates until cancelled; the offset moves on once they are stored.

    Raw updates are asked for, so that one that does not parse holds up none of the others.
    """
    offset, pause = 0, 1
    while True:
        try:
            bodies = await _fetch(bot, request, offset)
            pause = 1
        except (InvalidToken, Conflict):
            raise
        except TimedOut:
            continue
        except TelegramError as error:
            log.warning("poll_failed error=%s", type(error).__name__)
            await asyncio.sleep(_wait_seconds(error, pause))
            pause = min(2 * pause, 30)
            continue
        whole = [body for body in bodies if isinstance(body.get("update_id"), int)]
        accepted(await accept(store, whole))
        offset = max((body["update_id"] + 1 for body in whole), default=offset)


def webhook_app(secret: str, store: Store, accepted: Accepted) -> web.Application:
    """Return the web application that takes updates at `/telegram` and says at `/health` that it runs."""

    async def receive(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, ""), secret):
            return web.Response(status=403)
        try:
            body = json.loads(await request.read())
            new = await accept(store, [body] if isinstance(body["update_id"], int) else [])
        except (ValueError, KeyError, TypeError):
            log.error("update_unreadable bytes=%s", request.content_length)
            return web.Response()  # Telegram would send it again and again
        accepted(new)
        return web.Response()

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "running"})

    app = web.Application(client_max_size=BODY_BYTES)
    app.router.add_post("/telegram", receive)
    app.router.add_get("/health", health)
    return app


def _wait_seconds(error: TelegramError, pause: int) -> float:
    if isinstance(error, RetryAfter) and isinstance(error.retry_after, timedelta):
        return error.retry_after.total_seconds()
    return pause


async def _fetch(bot: Bot, request: BaseRequest, offset: int) -> list[dict[str, Any]]:
    wanted = {
        "offset": offset,
        "timeout": POLL_SECONDS,
        "limit": 100,
        "allowed_updates": json.dumps(UPDATE_KINDS),
    }
    url = f"{bot.base_url}/getUpdates?{urlencode(wanted)}"
    updates = await request.post(url, read_timeout=POLL_SECONDS + 10)
    assert isinstance(updates, list)
    return updates
