"""The payment provider over HTTP, with an API key, in the manner of a card processor."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.bot_api import fail
from bot.sandbox.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.faults import Fault
    from bot.sandbox.parts import Parts
    from bot.sandbox.world import Json

_MOST_MOVEMENTS = 500


class ProviderApi:
    """The face that the cashier's gateway sees."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._provider = parts.provider

    def routes(self) -> list[web.RouteDef]:
        """Return where it answers."""
        return [
            web.get("/provider/charges/{id}", self._charge),
            web.post("/provider/refunds", self._refund),
            web.get("/provider/refunds", self._find_refunds),
            web.get("/provider/refunds/{name}", self._one_refund),
            web.get("/provider/movements", self._movements),
        ]

    async def _charge(self, request: web.Request) -> web.StreamResponse:
        charge_id = request.match_info["id"]
        return await answer(
            self._parts, request, "charge_query", lambda fault: self._provider.the_charge(charge_id)
        )

    async def _refund(self, request: web.Request) -> web.StreamResponse:
        check_key(self._parts, request)
        key = request.headers.get("Idempotency-Key", "")
        charge_id, amount_minor = _asked(await body_of(request), key)
        return await answer(
            self._parts,
            request,
            "refund",
            lambda fault: self._provider.refund(key, charge_id, amount_minor, *_wanted_end(fault)),
        )

    async def _find_refunds(self, request: web.Request) -> web.StreamResponse:
        if "key" in request.query:
            return await answer(
                self._parts, request, "refund_query", lambda fault: self._the_refund(request.query["key"])
            )
        return await answer(
            self._parts, request, "refund_query", lambda fault: self._refunds_of(request.query["charge"])
        )

    async def _one_refund(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        return await answer(self._parts, request, "refund_query", lambda fault: self._the_refund(name))

    async def _movements(self, request: web.Request) -> web.StreamResponse:
        after = _number(request.query.get("after", "0"))
        limit = min(_number(request.query.get("limit", str(_MOST_MOVEMENTS))), _MOST_MOVEMENTS)
        return await answer(
            self._parts,
            request,
            "movements",
            lambda fault: {"movements": self._provider.movements[after : after + limit]},
        )

    def _the_refund(self, name: str) -> Json:
        refund = self._provider.find_refund(name)
        if refund is None:
            raise ProviderError(404, "refund_not_found", f"no refund {name}")
        return refund

    def _refunds_of(self, charge_id: str) -> Json:
        found = [refund for refund in self._provider.refunds.values() if refund["charge"] == charge_id]
        return {"refunds": found}


async def answer(
    parts: Parts, request: web.Request, operation: str, run: Callable[[Fault | None], Json]
) -> web.StreamResponse:
    """Run what was asked for, or let it go wrong as somebody wished."""
    check_key(parts, request)
    fault = parts.faults.take(f"provider.{operation}")
    if fault is None or fault.kind in ("pending", "fail"):
        return web.json_response(run(fault))
    if fault.effect:
        run(None)
    refusal = ProviderError(
        fault.status, fault.code or "internal_error", fault.description or "try again later"
    )
    return await fail(request, fault, parts.closing, refusal)


def check_key(parts: Parts, request: web.Request) -> None:
    """Refuse whoever does not have the provider's key."""
    expected = f"Bearer {parts.world.settings.provider_key}"
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode()):
        raise ProviderError(401, "invalid_api_key", "the API key is not known here")


def provider_error_body(error: ProviderError) -> Json:
    """Return a refusal as the provider's JSON."""
    return {"error": {"code": error.code, "message": error.message}}


async def body_of(request: web.Request) -> Json:
    """Return the body, or refuse what is no object."""
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ProviderError(400, "invalid_request", "the body is not a JSON object")
    return body


def _asked(body: Json, key: str) -> tuple[str, int]:
    if not key:
        raise ProviderError(400, "idempotency_key_required", "a refund needs an Idempotency-Key")
    if unknown := body.keys() - {"charge", "amount", "reason"}:
        raise ProviderError(400, "parameter_unknown", f"unknown parameters {sorted(unknown)}")
    amount: Any = body.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise ProviderError(400, "amount_invalid", "amount is a positive whole number of minor units")
    return str(body.get("charge", "")), amount


def _wanted_end(fault: Fault | None) -> tuple[str, str]:
    if fault is None:
        return "succeeded", ""
    return ("pending", "") if fault.kind == "pending" else ("failed", fault.code)


def _number(text: str) -> int:
    if not text.isdigit():
        raise ProviderError(400, "invalid_request", f"not a number: {text}")
    return int(text)
