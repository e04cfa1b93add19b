"""The payment gateways behind `core.ports.Gateway`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout

from core.gateway import GatewayAway, Movement, MovementKind
from core.money import Money
from core.ports import Charge, Outcome, Verdict

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 15
_MOVEMENTS = {
    "charge": MovementKind.CHARGE,
    "refund": MovementKind.REFUND,
    "refund_failed": MovementKind.REFUND,
    "dispute": MovementKind.DISPUTE,
    "dispute_won": MovementKind.DISPUTE,
}
_VERDICTS = {"succeeded": Verdict.DONE, "pending": Verdict.PENDING, "failed": Verdict.REFUSED}


class NoGateway:
    """Stands where no gateway is set up: refunds are refused, and so parked for the admins."""

    name = "none"

    async def refund(self, key: str, charge: str, amount: Money) -> Outcome:
        return Outcome(Verdict.REFUSED, reason="no_gateway")

    async def find_refund(self, key: str) -> Outcome:
        return Outcome(Verdict.REFUSED, reason="no_gateway")

    async def find_charge(self, charge: str) -> Charge | None:
        return None

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        return
        yield

    async def close(self) -> None:
        """Nothing is open."""


class SandboxGateway:
    """The sandbox's payment provider over HTTP, refunded by the charge that Telegram named."""

    name = "sandbox"

    def __init__(self, url: str, key: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout = ClientTimeout(total=timeout_seconds)
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"}
        self._session: ClientSession | None = None

    async def refund(self, key: str, charge: str, amount: Money) -> Outcome:
        body = {"charge": charge, "amount": amount.minor}
        status, told = await self._ask(
            "POST", "/provider/refunds", json=body, headers={"Idempotency-Key": key}
        )
        return _refund_outcome(status, told)

    async def find_refund(self, key: str) -> Outcome:
        status, told = await self._ask("GET", "/provider/refunds", params={"key": key})
        if status == 404 and _code_of(told) == "refund_not_found":
            return Outcome(Verdict.REFUSED, reason="unknown_key")
        if status != 200:  # that a question was refused says nothing about the refund
            return Outcome(Verdict.UNKNOWN, reason=f"http_{status}")
        return _refund_outcome(status, told)

    async def find_charge(self, charge: str) -> Charge | None:
        status, told = await self._ask("GET", f"/provider/charges/{quote(charge, safe='')}")
        try:
            payer = f"{told['card']['brand']} ·· {told['card']['last4']}"
            return Charge(told["id"], Money(told["amount"], told["currency"]), payer)
        except (TypeError, KeyError):
            log.warning("gateway_tells_no_charge status=%s", status)
            return None

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        after = 0
        while True:
            status, told = await self._ask("GET", "/provider/movements", params={"after": str(after)})
            if status != 200:
                raise GatewayAway(f"http_{status}")
            if not told["movements"]:
                return
            for line in told["movements"]:
                after = line["seq"]
                at = datetime.fromtimestamp(line["created"], UTC)
                if since <= at < until:
                    amount = Money(line["amount"], line["currency"])
                    kind = _MOVEMENTS.get(line["kind"], MovementKind.OTHER)
                    yield Movement(str(line["seq"]), kind, "", line["charge"], amount, at)

    async def close(self) -> None:
        """Close what connections there are."""
        if self._session:
            await self._session.close()

    async def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> tuple[int, Any]:
        """Return status and answer; status 0 where nobody can tell what became of the request."""
        if self._session is None:
            self._session = ClientSession(timeout=self._timeout)
        try:
            async with self._session.request(
                method, self._url + path, headers={**self._headers, **(headers or {})}, **more
            ) as answer:
                return answer.status, await answer.json(content_type=None)
        except (TimeoutError, ClientError, ValueError) as error:
            log.warning("gateway_silent path=%s error=%s", path.partition("?")[0], type(error).__name__)
            return 0, None


def _refund_outcome(status: int, told: Any) -> Outcome:
    """Judge an answer: done, pending, refused, or not known yet and to be asked for again."""
    code = _code_of(told)
    if 400 <= status < 500 and status not in (408, 429) and code:
        return Outcome(Verdict.REFUSED, reason=code)
    if status not in {200, 201} or not isinstance(told, dict) or told.get("status") not in _VERDICTS:
        return Outcome(Verdict.UNKNOWN, reason=f"http_{status}")
    reference, reason = str(told.get("id", "")), str(told.get("failure_code") or "")
    return Outcome(_VERDICTS[told["status"]], reference, reason)


def _code_of(told: Any) -> str:
    """Return the provider's word for why not, "" if the answer is none of the provider's."""
    error = told.get("error") if isinstance(told, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""
