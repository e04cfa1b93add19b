"""Stands where no gateway is: nothing can be sent or asked for, and nothing is lost for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from core.gateway import (
    Action,
    ActionKind,
    Capabilities,
    Fact,
    GatewayAway,
    Movement,
    Notice,
    NoticeRefused,
    Opened,
    Outcome,
    Payer,
    Verdict,
)
from core.money import Money

NO_GATEWAY = "no_gateway"
_UNKNOWN = Outcome(Verdict.UNKNOWN, reason=NO_GATEWAY)
_REFUSED = Outcome(Verdict.REFUSED, reason=NO_GATEWAY)


class NoGateway:
    """A gateway that is not on. Refunds are refused, and so parked for the admins; what may have been sent
    while it was on stays unknown.
    """

    capabilities = Capabilities()
    currencies: frozenset[str] | None = frozenset()

    def __init__(self, name: str = "none") -> None:
        self.name = self.title = name

    async def begin_binding(self, key: str, customer: str) -> Opened:
        return Opened(_REFUSED, Action(ActionKind.NONE))

    async def open_charge(
        self, key: str, amount: Money, *, title: str, expires_at: datetime, method: str = ""
    ) -> Opened:
        return Opened(_REFUSED, Action(ActionKind.NONE))

    async def find_charge(self, key: str) -> Fact | Outcome:
        return _UNKNOWN

    async def find_payer(self, source: str) -> Payer | None:
        return None

    async def close_charge(self, key: str) -> Outcome:
        return _UNKNOWN

    async def refund(self, key: str, source: str, amount: Money, total: Money) -> Outcome:
        return _REFUSED

    async def find_refund(self, key: str, source: str) -> Outcome:
        return _UNKNOWN

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        raise NoticeRefused("merchant")

    def reply(self, taken: bool) -> tuple[int, str, bytes]:
        return 404, "text/plain", b""

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        nothing: tuple[Movement, ...] = ()
        for each in nothing:
            yield each
        raise GatewayAway(NO_GATEWAY)

    async def check(self) -> str:
        return ""

    async def close(self) -> None:
        """Nothing is open."""
