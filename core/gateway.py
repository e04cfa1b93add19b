"""What a third-party payment provider is to the cashier.

Money comes in and goes back through gateways. They are slow, silent, repeat themselves and lie; so a
gateway only ever *tells*: whatever it says is a verified `Fact` or an `Outcome`, the core decides what
follows from it, and what is not known yet is asked for again under the key it always had.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from core.money import Money


class Verdict(StrEnum):
    """What became of something asked of a gateway."""

    DONE = "done"
    PENDING = "pending"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A gateway's answer; *reason* is its own code, *reference* its own number."""

    verdict: Verdict
    reference: str = ""
    reason: str = ""


UNKNOWN_KEY = "unknown_key"
"""The reason of a REFUSED that means: nothing ever arrived under this key."""


class ActionKind(StrEnum):
    """How a person pays, or binds an account."""

    INVOICE = "invoice"  # Telegram's own, in the chat
    LINK = "link"  # a page of the provider
    QR = "qr"  # a text to be drawn as a QR code, and scanned with the provider's app
    NONE = "none"  # nothing: the saved payment method was charged


@dataclass(frozen=True, slots=True)
class Action:
    """What the customer is to do. *target* is an address or a QR code's text; "" for an invoice."""

    kind: ActionKind
    target: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of asking for a charge or a binding: PENDING with an action, or DONE, REFUSED, UNKNOWN."""

    outcome: Outcome
    action: Action


@dataclass(frozen=True, slots=True)
class Payer:
    """Where money came from. *id* is the instrument's or person's stable identity at the gateway (a card's
    fingerprint, an openid); *label* is what its owner recognises it by, such as "Visa ·· 4242"; *method*
    is what a later charge without the customer can name, "" if there is none.
    """

    id: str
    label: str
    method: str = ""


class FactKind(StrEnum):
    """What a gateway vouches for."""

    BOUND = "bound"
    PAID = "paid"
    CHARGE_ENDED = "charge_ended"  # unpaid, and it never will be
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened at a gateway, verified.

    *key* is ours (of the top-up, binding or refund part), "" where the provider does not say it;
    *charge* is the provider's number of the payment, by which it is credited once; *source* is what it is
    refunded by; *reference* is the number of the refund or dispute itself.
    """

    kind: FactKind
    key: str
    charge: str
    source: str
    amount: Money | None
    payer: Payer | None
    at: datetime
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A verified message of a provider; *id* never comes again with another meaning."""

    id: str
    facts: tuple[Fact, ...]


@dataclass(eq=False)
class NoticeRefused(Exception):
    """A notice that is forged, too old, not for us or not to be understood: nothing of it counts.

    *reason* is one word: "signature", "time", "merchant", "body", "currency".
    """

    reason: str


class MovementKind(StrEnum):
    CHARGE = "charge"
    REFUND = "refund"
    DISPUTE = "dispute"
    FEE = "fee"
    PAYOUT = "payout"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the provider's own books; the amount is signed, positive towards us.

    *charge* is the payment it belongs to, *key* ours where the provider keeps it, *id* its own number.
    """

    id: str
    kind: MovementKind
    key: str
    charge: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What differs between gateways, as data. Each adapter names its source for each figure.

    *most_refunds* and *refund_spacing* are of one charge, *refund_window* counts from the payment,
    *key_life* is how long the provider remembers a key (None: for ever); once it is over one asks and
    never sends again. *settle_delay* is how long an answer may take before asking makes sense, *lists_after*
    how long a movement may take to appear in the provider's books.

    Where a refusal was of the moment, the provider either *retries_same_key*, or would only repeat what it
    said under that key. For the reasons in *keeps* it has taken a refund's money, not passed it on, and is
    told how to on its own pages: nobody else may give that money back as well.
    """

    binds: bool = False
    one_tap: bool = False
    partial_refunds: bool = True
    most_refunds: int | None = None
    refund_spacing: timedelta = timedelta(0)
    refund_window: timedelta | None = None
    least_refund_minor: int = 1
    key_life: timedelta | None = None
    retries_same_key: bool = False
    keeps: frozenset[str] = frozenset()
    settle_delay: timedelta = timedelta(0)
    lists_after: timedelta = timedelta(0)
    tells_refunds: bool = False
    tells_disputes: bool = False


class Gateway(Protocol):
    """A third-party payment provider behind one port. Calls raise nothing but what they name.

    All keys are ours; the same key again is the same thing again, never a second one. Amounts are
    `Money` in minor units by ISO 4217; each adapter turns them into what its provider counts in.
    """

    name: str
    """The word in settings, accounts and tables: "stripe"."""
    title: str
    """The name that customers know, such as "Card" or "Alipay"; the catalogue may have a better one."""
    currencies: frozenset[str] | None
    """What can be charged here; None: whatever Telegram or the provider takes."""
    capabilities: Capabilities

    async def begin_binding(self, key: str, customer: str) -> Opened:
        """Ask the provider for a page where the customer names a payment account."""

    async def open_charge(
        self, key: str, amount: Money, *, title: str, expires_at: datetime, method: str = ""
    ) -> Opened:
        """Ask for a payment of *amount*; with *method* the saved one is charged at once."""

    async def find_charge(self, key: str) -> Fact | Outcome:
        """Ask what became of a charge by our key: PAID or CHARGE_ENDED, else PENDING, REFUSED with
        UNKNOWN_KEY, or UNKNOWN.
        """

    async def find_payer(self, source: str) -> Payer | None:
        """Return who paid, or None while the provider cannot tell."""

    async def close_charge(self, key: str) -> Outcome:
        """End a charge so that it cannot be paid any more; REFUSED if it is paid."""

    async def refund(self, key: str, source: str, amount: Money, total: Money) -> Outcome:
        """Send *amount* back to the payment it came from, which was of *total*."""

    async def find_refund(self, key: str, source: str) -> Outcome:
        """Ask what became of a refund; REFUSED with UNKNOWN_KEY if it never arrived."""

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Verify a notice and return what it says. Changes nothing. Raises NoticeRefused."""

    def reply(self, taken: bool) -> tuple[int, str, bytes]:
        """Return status, content type and body with which a notice is answered."""

    def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        """Yield the provider's own lines of that time, as far as it has them by now. Raises GatewayAway."""

    async def check(self) -> str:
        """Ask whether keys and certificates are taken; return "" or one sentence that names what is not.

        Raises GatewayAway where nobody answers: that says nothing about the keys.
        """

    async def close(self) -> None:
        """Close what connections there are."""


class GatewayAway(Exception):
    """The provider cannot be reached, or says nothing useful."""
