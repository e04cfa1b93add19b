"""How updates come in: stored first, acknowledged then. By long polling, or by a webhook."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest

from bot.telegram.arrivals import UPDATE_KINDS, Arrival, ArrivalState, lane_of, uid_of
from core.ports import Books, Store

log = logging.getLogger(__name__)

POLL_SECONDS = 30
SHORTEST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 30
BODY_BYTES = 1_000_000
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

Accepted = Callable[[list[Arrival]], None]


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where updates are stored; *source* is the bot that they are for, *accepted* is told of new ones."""

    store: Store
    source: str
    accepted: Accepted

    async def take(self, bodies: list[Any]) -> list[int]:
        """Store raw updates, hand on those that are new, and return the ids of all that are kept.

        What has no id that could be kept is logged and let go: it can neither be told from a repeat
        nor confirmed.
        """
        whole = [(uid, body) for body in bodies if (uid := uid_of(body)) is not None]
        if len(whole) < len(bodies):
            log.error("updates_without_id count=%s", len(bodies) - len(whole))
        if whole:
            self.accepted(await self.store.run(lambda books: self._keep(books, whole)))
        return [uid for uid, _ in whole]

    async def _keep(self, books: Books, bodies: list[tuple[int, dict[str, Any]]]) -> list[Arrival]:
        kept = []
        for uid, body in bodies:
            lane, text = lane_of(body), _text_of(body)
            new = Arrival(0, self.source, uid, lane, text, ArrivalState.NEW, 0, "", books.now)
            if stored := await books.add_new(new, "source", "uid"):
                kept.append(stored)
        return kept


async def poll(bot: Bot, request: BaseRequest, inbox: Inbox) -> None:
    """Fetch updates until cancelled; the offset moves on once they are stored.

    Raw updates are asked for, so that one that does not parse holds up none of the others. One that
    hides even its number is taken to have the next one, so that it is confirmed all the same.
    """
    offset, pause = 0, SHORTEST_PAUSE_SECONDS
    while True:
        try:
            bodies = await _fetch(bot, request, offset)
        except (InvalidToken, Conflict):
            raise
        except TimedOut:
            continue
        except TelegramError as error:
            log.warning("poll_failed error=%s", type(error).__name__)
            pause = await _rest(_wait_seconds(error, pause))
            continue
        kept = await inbox.take(bodies)
        if kept or not bodies:
            offset, pause = max(kept, default=offset - 1) + 1, SHORTEST_PAUSE_SECONDS
        else:
            offset, pause = offset + 1, await _rest(pause)


def webhook_app(secret: str, inbox: Inbox) -> web.Application:
    """Return the web application that takes updates at `/telegram` and says at `/health` that it runs."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(errors="replace"), secret.encode()):
            return web.Response(status=403)
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):
            log.error("update_unreadable bytes=%s", request.content_length)
            return web.Response()  # Telegram would send it again and again
        await inbox.take([body])
        return web.Response()

    app = plain_app()
    app.router.add_post("/telegram", receive)
    return app


def plain_app() -> web.Application:
    """Return a web application that only says at `/health` that it runs."""

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "running"})

    app = web.Application(client_max_size=BODY_BYTES)
    app.router.add_get("/health", health)
    return app


def _text_of(body: dict[str, Any]) -> str:
    """Return a raw update as the database can keep it: half a surrogate pair is no text."""
    return json.dumps(body, ensure_ascii=False).encode(errors="replace").decode()


async def _rest(seconds: float) -> float:
    """Rest before Telegram is asked again; return how long to rest the next time."""
    await asyncio.sleep(seconds)
    return min(2 * seconds, LONGEST_PAUSE_SECONDS)


def _wait_seconds(error: TelegramError, pause: float) -> float:
    if isinstance(error, RetryAfter) and isinstance(error.retry_after, timedelta):
        return error.retry_after.total_seconds()
    return pause


async def _fetch(bot: Bot, request: BaseRequest, offset: int) -> list[Any]:
    wanted = {
        "offset": offset,
        "timeout": POLL_SECONDS,
        "limit": 100,
        "allowed_updates": json.dumps(UPDATE_KINDS),
    }
    url = f"{bot.base_url}/getUpdates?{urlencode(wanted)}"
    updates = await request.post(url, read_timeout=POLL_SECONDS + 10)
    if not isinstance(updates, list):
        raise TelegramError("getUpdates gave no list")
    return updates
