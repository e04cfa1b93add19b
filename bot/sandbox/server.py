"""Puts the four faces of the sandbox into one server."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.answers import Toasts
from bot.sandbox.bot_api import BotApi, refusal_body
from bot.sandbox.control import ControlApi
from bot.sandbox.errors import NotPossible, NotThere, ProviderError, Refused
from bot.sandbox.events import EventStream
from bot.sandbox.faults import Faults
from bot.sandbox.file import SandboxFile
from bot.sandbox.flood import FloodGuard
from bot.sandbox.notices import Notices
from bot.sandbox.pages import Pages
from bot.sandbox.pages_api import PagesApi
from bot.sandbox.parts import Parts
from bot.sandbox.payments import Payments
from bot.sandbox.people import PeopleApi
from bot.sandbox.provider import Provider
from bot.sandbox.provider_api import ProviderApi, provider_error_body
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.updates import Updates
from bot.sandbox.webhook import WebhookSender
from bot.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LARGEST_REQUEST_BYTES = 64 * 1024 * 1024
_PAGE = Path(__file__).parent / "page"


class Sandbox:
    """A local Telegram with people and a payment provider, for as long as it is entered."""

    def __init__(
        self,
        settings: SandboxSettings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        file: str | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings or SandboxSettings()
        self.url = ""
        self.parts = _assemble(self.settings, SandboxFile(file), now)
        self._host, self._port = host, port
        self._bot_api, self._people = BotApi(self.parts), PeopleApi(self.parts)
        self._sender = WebhookSender(self.parts.updates, self._bot_api.execute)
        self._runner: web.AppRunner | None = None

    @property
    def world(self) -> World:
        """The people, chats and messages."""
        return self.parts.world

    def app(self) -> web.Application:
        """Return all faces as one application."""
        app = web.Application(middlewares=[self._keep, _explain], client_max_size=_LARGEST_REQUEST_BYTES)
        app.add_routes(self._bot_api.routes())
        app.add_routes(self._people.routes())
        app.add_routes(ControlApi(self.parts).routes())
        app.add_routes(ProviderApi(self.parts).routes())
        app.add_routes(PagesApi(self.parts).routes())
        app.add_routes(_page_routes())
        return app

    async def start(self) -> Sandbox:
        """Listen, and go on delivering what a former process left."""
        self._runner = web.AppRunner(
            self.app(), handler_cancellation=True, access_log=None, shutdown_timeout=1.0, handle_signals=False
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://{self._host}:{self._port}"
        self.parts.link_base = self.settings.link_base or f"{self.url}/chat?start="
        self.parts.webhook_changed = self._sender.restart
        self.parts.updates.wake = self._sender.wake
        self._sender.restart()
        return self

    async def stop(self) -> None:
        """Stop listening and delivering; what was not confirmed stays in the file. Again is harmless."""
        if self.parts.closing.is_set():
            return
        self.parts.closing.set()
        self.parts.updates.close()
        self.parts.updates.wake = lambda: None
        await self._people.close()
        await self.parts.notices.close()
        await self._sender.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.world.file.close()

    async def __aenter__(self) -> Sandbox:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @web.middleware
    async def _keep(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Commit before anything is answered, and say which event was the last before."""
        before = self.world.events.last
        try:
            response = await handler(request)
        finally:
            self.world.file.commit()
        if not response.prepared:
            response.headers["Sandbox-Seq"] = str(before)
        return response


@web.middleware
async def _explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into each face's own JSON."""
    try:
        return await handler(request)
    except Refused as refused:
        return _json(refused.status, refusal_body(refused))
    except ProviderError as error:
        return _json(error.status, provider_error_body(error))
    except NotThere as missing:
        return _json(404, {"error": missing.why})
    except NotPossible as impossible:
        return _json(400, {"error": impossible.why})
    except (KeyError, TypeError) as error:
        if not request.path.startswith("/sandbox/"):
            raise
        return _json(400, {"error": f"missing or wrong: {error}"})


def _json(status: int, body: dict[str, Any]) -> web.Response:
    return web.json_response(body, status=status)


def _assemble(settings: SandboxSettings, file: SandboxFile, now: Callable[[], float]) -> Parts:
    events = EventStream()
    world = World(settings, file, events, now)
    updates, provider, toasts = Updates(world), Provider(world), Toasts(world)
    payments = Payments(world, updates, provider)
    faults = Faults(tell=lambda fault: events.add("fault", fault=fault))
    updates.next_fault = faults.take_for_update
    notices = Notices(world, faults)
    pages = Pages(world, provider, notices)
    provider.tell = pages.tell
    for part in (world, updates, provider, toasts, payments, pages):
        part.load()
    return Parts(
        world, updates, toasts, payments, provider, pages, notices, faults, FloodGuard(settings, now)
    )


def _page_routes() -> list[web.RouteDef]:
    return [
        web.get("/", _index),
        web.get("/chat", _index),
        web.get("/page/{path:.+}", _static),
    ]


async def _index(request: web.Request) -> web.StreamResponse:
    return _page_file("index.html")


async def _static(request: web.Request) -> web.StreamResponse:
    return _page_file(request.match_info["path"])


def _page_file(name: str) -> web.StreamResponse:
    path = (_PAGE / name).resolve()
    if not path.is_relative_to(_PAGE.resolve()) or not path.is_file():
        raise NotThere(f"no page {name}")
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})


async def serve(sandbox: Sandbox, stopped: asyncio.Event) -> None:
    """Run until told to stop."""
    async with sandbox:
        print(f"sandbox {sandbox.url}", flush=True)  # noqa: T201 - the one line that callers read
        await stopped.wait()
