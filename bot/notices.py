"""Where providers tell what happened: `POST /notices/{gateway}`, kept before it is answered."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from bot.clock import Clock
from bot.gateways import Gateways
from core.gateway import Gateway, Notice, NoticeRefused
from core.notice import count_refused, keep_notice
from core.ports import Store

log = logging.getLogger(__name__)

BODY_BYTES = 256 * 1024
BODY_SECONDS = 10
"""How long a notice may take to come in: who is slower is told to come again."""
HEADERS_KEPT = 50


@dataclass(slots=True)
class Notices:
    """Takes notices in; *taken* is called when there is something to do."""

    store: Store
    gateways: Gateways
    clock: Clock
    per_second: int
    taken: Callable[[], None]
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def add_to(self, app: web.Application) -> None:
        """Answer at `/notices/{gateway}`."""
        app.router.add_post("/notices/{gateway}", self._receive)

    async def _receive(self, request: web.Request) -> web.Response:
        name = request.match_info["gateway"]
        if not self.gateways.has(name):
            return web.Response(status=404)
        gateway, now = self.gateways.named(name), self.clock.now()
        bucket = self._buckets.setdefault(name, _Bucket(self.per_second, now))
        if not bucket.take(now):
            log.warning("notices_too_many gateway=%s", name)
            return web.Response(status=429, headers={"Retry-After": "1"})
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(request)
        except TimeoutError:
            log.warning("notice_slow gateway=%s", name)
            return web.Response(status=408)
        if body is None:
            await self._refuse(gateway, "size")
            return web.Response(status=413)
        return await self._take(gateway, request, body, now)

    async def _take(self, gateway: Gateway, request: web.Request, body: bytes, now: datetime) -> web.Response:
        try:
            notice = _verify(gateway, request, body, now)
        except NoticeRefused as refused:
            await self._refuse(gateway, refused.reason)
            return _answer(gateway.reply(False))
        headers = json.dumps(list(request.headers.items())[:HEADERS_KEPT])
        name = gateway.name
        new = await self.store.run(lambda books: keep_notice(books, name, notice, headers, body))
        if new:
            self.taken()
        else:
            log.info("notice_repeated gateway=%s", name)
        return _answer(gateway.reply(True))

    async def _refuse(self, gateway: Gateway, reason: str) -> None:
        log.warning("notice_refused gateway=%s reason=%s", gateway.name, reason)
        await self.store.run(lambda books: count_refused(books, gateway.name, reason))


@dataclass(slots=True)
class _Bucket:
    """So many a second, and as many at once."""

    per_second: int
    filled_at: datetime
    left: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.per_second

    def take(self, now: datetime) -> bool:
        passed = max(0.0, (now - self.filled_at).total_seconds())
        self.left, self.filled_at = min(self.per_second, self.left + passed * self.per_second), now
        if self.left < 1:
            return False
        self.left -= 1
        return True


def _verify(gateway: Gateway, request: web.Request, body: bytes, now: datetime) -> Notice:
    """Let the gateway read a notice; what makes it stumble is as little to be believed as a forgery."""
    try:
        return gateway.read_notice(request.headers, body, now)
    except NoticeRefused:
        raise
    except Exception:
        log.exception("notice_unreadable gateway=%s", gateway.name)
        raise NoticeRefused("body") from None


async def _read(request: web.Request) -> bytes | None:
    """Return the body, None if it is too long."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_BYTES:
            return None
    return bytes(body)


def _answer(reply: tuple[int, str, bytes]) -> web.Response:
    status, content_type, body = reply
    return web.Response(status=status, body=body, content_type=content_type)
