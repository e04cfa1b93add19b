"""Telegram Payments with a provider token of Stripe: paid in the chat, given back through Stripe.

Telegram makes the charge and tells it in an update, which the bot's own arrivals handle; it cannot refund it.
Stripe can, by the number that Telegram passes on, which may be a charge's or a PaymentIntent's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from bot.gateways.counting import STRIPE, TELEGRAM
from bot.gateways.stripe_account import CAPABILITIES, StripeAccount, StripeSettings, read_money_back
from core.gateway import (
    Action,
    ActionKind,
    Fact,
    Movement,
    Notice,
    NoticeRefused,
    Opened,
    Outcome,
    Payer,
    Verdict,
)
from core.money import Money

_TOLD_BY_TELEGRAM = "told_by_telegram"


class TelegramStripeGateway:
    """Invoices in the chat, whose money arrives at a Stripe account."""

    name = "telegram"
    title = "Telegram"
    currencies: frozenset[str] | None = TELEGRAM.currencies & STRIPE.currencies
    capabilities = CAPABILITIES

    def __init__(self, settings: StripeSettings) -> None:
        self._account = StripeAccount(self.name, settings)
        self._settings = settings

    async def begin_binding(self, key: str, customer: str) -> Opened:
        """Telegram binds nothing: the first payment does."""
        return Opened(Outcome(Verdict.REFUSED, reason="binds_by_payment"), Action(ActionKind.NONE))

    async def open_charge(
        self, key: str, amount: Money, *, title: str, expires_at: datetime, method: str = ""
    ) -> Opened:
        """Let the bot send an invoice; nothing is asked of anybody."""
        return Opened(Outcome(Verdict.PENDING, key), Action(ActionKind.INVOICE))

    async def find_charge(self, key: str) -> Fact | Outcome:
        """Nobody but Telegram knows our key, and it keeps what it has to tell for a day."""
        return Outcome(Verdict.UNKNOWN, reason=_TOLD_BY_TELEGRAM)

    async def find_payer(self, source: str) -> Payer | None:
        """Ask Stripe whose card it was."""
        return await self._account.find_payer(source)

    async def close_charge(self, key: str) -> Outcome:
        """An invoice ends when the bot no longer agrees to its checkout, which it is asked each time."""
        return Outcome(Verdict.DONE, key)

    async def refund(self, key: str, source: str, amount: Money, total: Money) -> Outcome:
        """Send *amount* back through Stripe."""
        return await self._account.refund(key, source, amount)

    async def find_refund(self, key: str, source: str) -> Outcome:
        """Look through the payment's refunds at Stripe."""
        return await self._account.find_refund(key, source)

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Verify an event of Stripe and return what it says of our refunds, and of disputes."""
        event = self._account.read_event(headers, body, now)
        try:
            return read_money_back(self.name, event)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise NoticeRefused("body") from None

    def reply(self, taken: bool) -> tuple[int, str, bytes]:
        """Answer so that Stripe sends again what was not taken."""
        return (200 if taken else 400), "text/plain", b""

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        """Yield the account's lines; on a shared account only the payments that came through Telegram."""
        async for movement, by in self._account.movements(since, until):
            if not self._settings.shared or by in {self.name, ""}:
                yield movement

    async def check(self) -> str:
        """Ask whether Stripe takes the keys. Raises GatewayAway."""
        return await self._account.check()

    async def close(self) -> None:
        """Close what connections there are."""
        await self._account.close()
