"""The payment gateways behind `core.gateway.Gateway`: a module each, and which of them are on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.gateways.none import NoGateway
from core.gateway import Gateway

INVOICES = ("telegram", "sandbox")
"""The gateways that are paid by Telegram's invoices; one of them is on at most."""


@dataclass(frozen=True, slots=True)
class Till:
    """A gateway that is on, and for whom; None stands for all."""

    gateway: Gateway
    currencies: frozenset[str] | None = None
    merchants: frozenset[int] | None = None

    def takes(self, currency: str, merchant_id: int | None) -> bool:
        """Whether *currency* can be brought here, by somebody at that merchant or at none."""
        here = self.merchants is None or merchant_id in self.merchants
        own = self.gateway.currencies
        return here and all(each is None or currency in each for each in (self.currencies, own))


@dataclass(frozen=True, slots=True)
class Gateways:
    """All gateways that are on, in the order in which they are offered."""

    tills: tuple[Till, ...] = ()
    _off: dict[str, NoGateway] = field(default_factory=dict)

    @classmethod
    def only(cls, *gateways: Gateway) -> Gateways:
        """Return these, for everybody."""
        return cls(tuple(Till(each) for each in gateways))

    def __iter__(self) -> Iterator[Gateway]:
        return (till.gateway for till in self.tills)

    @property
    def first(self) -> str:
        """Return the name of the one that is offered first."""
        return next((gateway.name for gateway in self), "none")

    @property
    def invoices(self) -> str:
        """Return the name of the one that is paid by Telegram's invoices."""
        return next((gateway.name for gateway in self if gateway.name in INVOICES), INVOICES[0])

    def named(self, name: str) -> Gateway:
        """Return the gateway of that name, one that can do nothing where it is off."""
        for gateway in self:
            if gateway.name == name:
                return gateway
        return self._off.setdefault(name, NoGateway(name))

    def has(self, name: str) -> bool:
        return any(gateway.name == name for gateway in self)

    def open_to(self, currency: str, merchant_id: int | None) -> list[Gateway]:
        """Return the gateways through which *currency* can be brought."""
        return [till.gateway for till in self.tills if till.takes(currency, merchant_id)]

    async def close(self) -> None:
        """Close what connections they have."""
        for gateway in self:
            await gateway.close()
