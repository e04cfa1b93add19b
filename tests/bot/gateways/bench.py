"""What the contract suite needs beside an adapter: a hand on everything outside of it.

A bench is a provider (a program of others, a stand-in of ours, a provider's test system) with an adapter
before it. Whoever adds a gateway writes one in a module `bench_<name>.py` with a tuple `BENCHES`; the suite
and the published table find it there. What a bench does not override, it cannot do, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from core.gateway import Fact, Gateway, Opened
from core.money import Money
from tests.bot.gateways.programs import Programs

OURS = "our stand-in"
LIVE = "the provider's test system"


@dataclass(eq=False)
class CannotDo(Exception):
    """A bench cannot show this case; the reason goes into the published table."""

    reason: str


class NotPayable(Exception):
    """The provider takes no payment for this charge (any more)."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A notice as it comes over the wire."""

    headers: Mapping[str, str]
    body: bytes


class Call(StrEnum):
    """A call of the adapter that can run into trouble."""

    OPEN_CHARGE = "open_charge"
    FIND_CHARGE = "find_charge"
    REFUND = "refund"
    FIND_REFUND = "find_refund"
    MOVEMENTS = "movements"


class Trouble(StrEnum):
    """What becomes of the next call. The provider has done nothing, or all of it, before it fails."""

    LOST = "lost"  # the connection breaks and nothing was done
    BROKEN = "broken"  # 500 and nothing was done
    BROKEN_AFTER = "broken_after"  # it was done, then 500
    SILENT_AFTER = "silent_after"  # it was done, and no answer ever comes


class Bench:
    """A provider and an adapter. Overridden methods raise CannotDo where they cannot do a thing."""

    gateway: Gateway
    currency = "EUR"
    key_setting = ""
    """The setting that a wrong key is to be named by."""
    cannot: Mapping[str, str] = {}
    """Cases that this judge would judge wrongly or not at all, each with the reason."""

    async def aclose(self) -> None:
        """Close the adapter."""
        await self.gateway.close()

    def now(self) -> datetime:
        """Return the time by which notices are read."""
        return datetime.now(UTC)

    def expires_at(self) -> datetime:
        """Return an end for a charge that the provider keeps."""
        return self.now() + timedelta(hours=1)

    async def pay(self, key: str, opened: Opened) -> None:
        """Let the customer pay. Raises NotPayable."""
        _cannot("no customer can pay here")

    async def payment(self, key: str, amount: Money) -> str:
        """Let a payment happen, by whatever way this bench has, and return what it is refunded by."""
        opened = await self.gateway.open_charge(key, amount, title="Top-up", expires_at=self.expires_at())
        await self.pay(key, opened)
        found = await self.gateway.find_charge(key)
        assert isinstance(found, Fact), found
        return found.source

    async def pay_abroad(self, key: str, opened: Opened) -> None:
        """Let somebody else pay, with an instrument of their own. Raises NotPayable."""
        _cannot("nobody else can pay here")

    async def run_out(self, key: str) -> None:
        """Let the time of a charge end at the provider."""
        _cannot("time cannot be moved here")

    async def bind(self, opened: Opened) -> None:
        """Let the customer name a payment account on the page of a binding."""
        _cannot("there is nothing to bind")

    async def saved_method(self) -> str:
        """Return a saved payment method that can be charged."""
        _cannot("there are no saved payment methods")

    async def empty_method(self) -> str:
        """Return a saved payment method whose charges are declined."""
        _cannot("there are no saved payment methods")

    async def notices(self) -> list[Raw]:
        """Return the notices that came since this was asked last."""
        _cannot("this judge sends no notices")

    def forge(self, raw: Raw) -> Raw:
        """Return the notice signed by somebody without the provider's key."""
        _cannot("this judge sends no notices")

    def date(self, raw: Raw, by: timedelta) -> Raw:
        """Return the notice rightly signed at another time."""
        _cannot("this judge sends no notices")

    def readdress(self, raw: Raw) -> Raw:
        """Return the notice rightly signed, but about another merchant."""
        _cannot("this judge sends no notices")

    async def trouble(self, call: Call, trouble: Trouble) -> None:
        """Let the next call of that kind fail so."""
        _cannot("this judge fails on no command")

    async def delay_refunds(self) -> None:
        """Let refunds be pending from now on."""
        _cannot("refunds are done at once here")

    async def end_refund(self, key: str, *, well: bool) -> None:
        """End a pending refund."""
        _cannot("refunds are done at once here")

    async def sent_back(self, source: str) -> Money:
        """Return all that the provider has sent back of a payment, or is about to."""
        _cannot("this judge keeps no sum of refunds")

    async def taken(self, key: str) -> int:
        """Return how many payments the provider took under our key."""
        _cannot("this judge keeps no keys")

    async def dispute(self, source: str) -> None:
        """Let the payer dispute a payment."""
        _cannot("this judge has no disputes")

    async def end_dispute(self, source: str, *, won: bool) -> None:
        """Let a dispute end."""
        _cannot("this judge has no disputes")

    def with_wrong_keys(self) -> Gateway:
        """Return an adapter that was set up wrongly."""
        _cannot("this judge takes any key")

    def without_provider(self) -> Gateway:
        """Return an adapter whose provider cannot be reached."""
        _cannot("this judge is always there")


@dataclass(frozen=True, slots=True)
class Listed:
    """A bench of the suite. *open* skips, with a reason, where the judge is not at hand."""

    adapter: str
    judge: str
    open: Callable[[Programs], AbstractAsyncContextManager[Bench]]
    needs: str = field(default="", kw_only=True)
    """What has to be there for it to run, in words."""

    def __str__(self) -> str:
        return f"{self.adapter}-{self.judge.replace(' ', '_')}"


def listed() -> tuple[Listed, ...]:
    """Return all benches that there are."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    found = [each for name in modules for each in import_module(f"tests.bot.gateways.{name}").BENCHES]
    return tuple(sorted(found, key=lambda each: (each.adapter, each.judge)))


def _cannot(reason: str) -> NoReturn:
    raise CannotDo(reason)
