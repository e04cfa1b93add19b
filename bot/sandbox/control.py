"""The client API's other half: the event stream, faults, and what the provider knows."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.people import json_body, number

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.world import Json

_LONGEST_WAIT_SECONDS = 60.0
_HEARTBEAT_SECONDS = 15.0


class ControlApi:
    """Watches the sandbox and makes things go wrong in it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[web.RouteDef]:
        """Return where it answers."""
        return [
            web.get("/sandbox/events", self._events),
            web.get("/sandbox/faults", self._faults),
            web.post("/sandbox/faults", self._add_fault),
            web.delete("/sandbox/faults", self._forget_faults),
            web.get("/sandbox/charges", self._charges),
            web.get("/sandbox/refunds", self._refunds),
            web.post("/sandbox/refunds/{refund}/settle", self._settle),
            web.post("/sandbox/disputes", self._dispute),
            web.post("/sandbox/disputes/{dispute}/close", self._close_dispute),
        ]

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if "text/event-stream" in request.headers.get("Accept", ""):
            return await self._stream(request)
        wait_seconds = min(float(request.query.get("timeout", 0)), _LONGEST_WAIT_SECONDS)
        found = await self._wait(number(request, "after"), wait_seconds)
        return web.json_response({"events": found, "seq": self._parts.world.events.last})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        asked = request.headers.get("Last-Event-ID") or request.query.get("after")
        after = self._parts.world.events.last if asked is None else int(asked)
        await response.prepare(request)
        with suppress(ConnectionResetError):  # the reader has gone
            await self._tell(response, after)
        return response

    async def _tell(self, response: web.StreamResponse, after: int) -> None:
        await response.write(b": the sandbox\n\n")
        while not self._parts.closing.is_set():
            for event in await self._wait(after, _HEARTBEAT_SECONDS):
                after = event["seq"]
                await response.write(f"id: {after}\ndata: {json.dumps(event)}\n\n".encode())
            await response.write(b": still here\n\n")

    async def _wait(self, after: int, wait_seconds: float) -> list[Json]:
        """Wait for events, but not beyond the end of the sandbox."""
        events = asyncio.ensure_future(self._parts.world.events.wait(after, wait_seconds))
        closing = asyncio.ensure_future(self._parts.closing.wait())
        try:
            await asyncio.wait((events, closing), return_when=asyncio.FIRST_COMPLETED)
            return events.result() if events.done() else []
        finally:
            events.cancel()
            closing.cancel()

    async def _faults(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(fault) for fault in self._parts.faults.left])

    async def _add_fault(self, request: web.Request) -> web.Response:
        return web.json_response(asdict(self._parts.faults.add(await json_body(request))))

    async def _forget_faults(self, request: web.Request) -> web.Response:
        self._parts.faults.left.clear()
        return web.json_response([])

    async def _charges(self, request: web.Request) -> web.Response:
        return web.json_response(list(self._parts.provider.charges.values()))

    async def _refunds(self, request: web.Request) -> web.Response:
        return web.json_response(list(self._parts.provider.refunds.values()))

    async def _settle(self, request: web.Request) -> web.Response:
        given = await json_body(request)
        refund_id, code = request.match_info["refund"], given.get("failure_code") or ""
        return web.json_response(self._parts.provider.settle(refund_id, given["status"], code))

    async def _dispute(self, request: web.Request) -> web.Response:
        given = await json_body(request)
        return web.json_response(self._parts.provider.dispute(given["charge"], given.get("amount")))

    async def _close_dispute(self, request: web.Request) -> web.Response:
        given = await json_body(request)
        dispute = self._parts.provider.close_dispute(request.match_info["dispute"], bool(given["won"]))
        return web.json_response(dispute)
