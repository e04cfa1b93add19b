"""The provider's pages: how the cashier asks for them, and what people see in their browser."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.errors import ProviderError
from bot.sandbox.people import json_body
from bot.sandbox.provider_api import answer, body_of
from bot.sandbox.world import FIRST_PERSON

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.world import Json

_HOW = ("link", "qr")


class PagesApi:
    """Charges by link and QR code, cards on file, and the pages for both."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._pages = parts.pages

    def routes(self) -> list[web.RouteDef]:
        """Return where it answers."""
        return [
            web.get("/provider/account", self._account),
            web.post("/provider/charges", self._open_charge),
            web.get("/provider/charges", self._find_charge),
            web.post("/provider/charges/close", self._close_charge),
            web.post("/provider/bindings", self._open_binding),
            web.get("/pay/{page}", self._show),
            web.post("/pay/{page}", self._submit),
            web.get("/sandbox/pages", self._all),
            web.post("/sandbox/pages/{page}/use", self._use),
            web.post("/sandbox/notices/release", self._release),
        ]

    async def _account(self, request: web.Request) -> web.StreamResponse:
        return await answer(self._parts, request, "account", lambda fault: {"name": "Sandbox"})

    async def _open_charge(self, request: web.Request) -> web.StreamResponse:
        key, asked = request.headers.get("Idempotency-Key", ""), await body_of(request)
        if not key or asked.get("how") not in _HOW or not isinstance(asked.get("amount"), int):
            raise ProviderError(400, "invalid_request", "a charge needs a key, an amount and how it is paid")
        return await answer(
            self._parts, request, "charge", lambda fault: self._shown(self._pages.open_charge(key, asked))
        )

    async def _find_charge(self, request: web.Request) -> web.StreamResponse:
        key = request.query.get("key", "")
        return await answer(self._parts, request, "charge_query", lambda fault: self._found(key))

    async def _close_charge(self, request: web.Request) -> web.StreamResponse:
        key = request.query.get("key", "")
        return await answer(self._parts, request, "close", lambda fault: self._shown(self._pages.close(key)))

    async def _open_binding(self, request: web.Request) -> web.StreamResponse:
        key, asked = request.headers.get("Idempotency-Key", ""), await body_of(request)
        notify_url = str(asked.get("notify_url", ""))
        return await answer(
            self._parts, request, "binding",
            lambda fault: self._shown(self._pages.open_binding(key, notify_url)),
        )  # fmt: skip

    def _found(self, key: str) -> Json:
        """Return a page by its key, or the charge of an invoice with that payload."""
        page = self._pages.by_key(key)
        if page is not None:
            return self._shown(page)
        for charge in self._parts.provider.charges.values():
            if charge["payload"] == key:
                return {"status": "paid", "key": key, "charge": charge}
        raise ProviderError(404, "charge_not_found", "nothing came under this key")

    def _shown(self, page: Json) -> Json:
        base = self._parts.link_base.partition("/chat")[0]
        charge = self._parts.provider.charges.get(page["charge"] or "")
        return {**page, "url": f"{base}/pay/{page['id']}", "charge": charge}

    async def _show(self, request: web.Request) -> web.Response:
        page = self._page(request)
        what = f"{page['title']}: {page['amount']} {page['currency']}" if "amount" in page else "Name a card"
        button = '<form method="post"><button>Do it</button></form>' if page["status"] == "open" else ""
        text = f"<!doctype html><title>Provider</title><h1>{escape(what)}</h1><p>{page['status']}</p>{button}"
        return web.Response(text=text, content_type="text/html")

    async def _submit(self, request: web.Request) -> web.Response:
        self._pages.use(self._page(request)["id"], FIRST_PERSON)
        return await self._show(request)

    async def _all(self, request: web.Request) -> web.Response:
        return web.json_response(list(self._pages.known.values()))

    async def _use(self, request: web.Request) -> web.Response:
        given = await json_body(request)
        page = self._pages.use(
            request.match_info["page"], given["person"],
            declined=bool(given.get("declined")), amount_minor=given.get("amount"),
        )  # fmt: skip
        return web.json_response(page)

    async def _release(self, request: web.Request) -> web.Response:
        self._parts.notices.release()
        return web.json_response([])

    def _page(self, request: web.Request) -> Json:
        page = self._pages.known.get(request.match_info["page"])
        if page is None:
            raise web.HTTPNotFound
        return page
