"""What happens between a tap on Pay and the bot's `successful_payment`."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.errors import NotPossible, NotThere, query_is_too_old
from bot.sandbox.world import card_of

if TYPE_CHECKING:
    from bot.sandbox.provider import Provider
    from bot.sandbox.updates import Updates
    from bot.sandbox.world import Json, Post, World


@dataclass(slots=True)
class Payment:
    """One try to pay an invoice."""

    id: str
    person_id: int
    chat_id: int
    message_id: int
    amount_minor: int
    charged_minor: int
    currency: str
    payload: str
    status: str = "asked"
    error_message: str | None = None
    charge_id: str | None = None
    telegram_payment_charge_id: str | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a payment shall depart from the plain way."""

    amount_minor: int | None = None
    charged_minor: int | None = None
    hold: bool = False
    declined: bool = False


@dataclass(slots=True)
class Payments:
    """Payments by id; a pre-checkout query must be answered in time, else the payment is cancelled."""

    world: World
    updates: Updates
    provider: Provider
    known: dict[str, Payment] = field(default_factory=dict)
    _asked: dict[str, asyncio.Future[str | None]] = field(default_factory=dict)

    def load(self) -> None:
        """Take up what the file remembers."""
        self.known = {key: Payment(**body) for key, body in self.world.file.all("payment")}
        for payment in self.known.values():
            if payment.status == "asked":  # nobody waits for the answer any more
                self._become(payment, "timed_out")

    async def pay(self, person_id: int, post: Post, wishes: Wishes) -> Payment:
        """Ask the bot, then charge the card and tell the bot; return how it went."""
        payment = self._begin(person_id, post, wishes)
        try:
            error_message = await self._ask(payment)
        except TimeoutError:
            self._become(payment, "timed_out")
            return payment
        if error_message is not None:
            payment.error_message = error_message
            self._become(payment, "refused")
        elif wishes.declined:
            self._become(payment, "declined")
        else:
            self._charge(payment, wishes.hold)
        return payment

    def answer(self, query_id: str, error_message: str | None) -> None:
        """Take the bot's answer to a pre-checkout query; None is OK."""
        asked = self._asked.pop(query_id, None)
        if asked is None or asked.done():
            raise query_is_too_old()
        asked.set_result(error_message)

    def release(self, payment_id: str) -> Payment:
        """Tell the bot of a payment that was held back."""
        if payment_id not in self.known:
            raise NotThere(f"no payment {payment_id}")
        payment = self.known[payment_id]
        if payment.status != "held":
            raise NotPossible(f"payment {payment_id} is {payment.status}")
        self._tell(payment)
        return payment

    def _begin(self, person_id: int, post: Post, wishes: Wishes) -> Payment:
        invoice = post.body.get("invoice")
        if invoice is None or post.invoice is None:
            raise NotPossible(f"message {post.message_id} is no invoice")
        amount = invoice["total_amount"] if wishes.amount_minor is None else wishes.amount_minor
        payment = Payment(
            id=str(7_700_000_000_000_000 + self.world.file.count("payment")),
            person_id=person_id,
            chat_id=post.chat_id,
            message_id=post.message_id,
            amount_minor=amount,
            charged_minor=amount if wishes.charged_minor is None else wishes.charged_minor,
            currency=invoice["currency"],
            payload=post.invoice["payload"],
        )
        self.known[payment.id] = payment
        self._become(payment, "asked")
        return payment

    async def _ask(self, payment: Payment) -> str | None:
        asked: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._asked[payment.id] = asked
        query: Json = {
            "id": payment.id,
            "from": self.world.user(payment.person_id),
            "currency": payment.currency,
            "total_amount": payment.amount_minor,
            "invoice_payload": payment.payload,
        }
        self.updates.add("pre_checkout_query", query, f"checkout:{payment.person_id}")
        settings = self.world.settings
        try:
            async with asyncio.timeout(settings.real(settings.pre_checkout_seconds)):
                return await asked
        finally:
            self._asked.pop(payment.id, None)

    def _charge(self, payment: Payment, hold: bool) -> None:
        payment.telegram_payment_charge_id = f"tpc_{secrets.token_hex(12)}"
        charge = self.provider.charge(
            payment.charged_minor,
            payment.currency,
            card_of(payment.person_id),
            payment.payload,
            payment.telegram_payment_charge_id,
        )
        payment.charge_id = charge["id"]
        if hold:
            self._become(payment, "held")
        else:
            self._tell(payment)

    def _tell(self, payment: Payment) -> None:
        paid = {
            "currency": payment.currency,
            "total_amount": payment.charged_minor,
            "invoice_payload": payment.payload,
            "telegram_payment_charge_id": payment.telegram_payment_charge_id,
            "provider_payment_charge_id": payment.charge_id,
        }
        post = self.world.post(payment.chat_id, payment.person_id, {"successful_payment": paid})
        self.updates.add("message", post.body, f"chat:{post.chat_id}")
        self._become(payment, "paid")

    def _become(self, payment: Payment, status: str) -> None:
        payment.status = status
        self.world.file.put("payment", payment.id, asdict(payment))
        self.world.events.add("payment", payment=asdict(payment))
