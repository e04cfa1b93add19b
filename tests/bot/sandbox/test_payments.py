"""Invoices and what can become of a payment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LabeledPrice, Message, PreCheckoutQuery
from telegram.error import BadRequest

from bot.sandbox import SandboxClient, SandboxSettings
from bot.sandbox.client import Payment, Person
from tests.bot.sandbox.inbox import Inbox

INVOICE: dict[str, Any] = {
    "title": "Top-up",
    "description": "Ten euros for your wallet",
    "payload": "tu1:41",
    "currency": "EUR",
    "prices": [LabeledPrice("Top-up", 1000)],
    "provider_token": SandboxSettings().provider_token,
}


async def asked(inbox: Inbox) -> PreCheckoutQuery:
    """Return the bot's next update, a pre-checkout query."""
    query = (await inbox.next()).pre_checkout_query
    assert query is not None
    return query


async def told(inbox: Inbox) -> Message:
    """Return the bot's next update, a message that money came."""
    message = (await inbox.next()).message
    assert message is not None
    assert message.successful_payment is not None
    return message


async def pay(client: SandboxClient, inbox: Inbox, ann: Person, **wishes: Any) -> Payment:
    """Pay, with a bot that says OK."""
    paying = asyncio.create_task(client.pay(ann, **wishes))
    await (await asked(inbox)).answer(True)
    return await paying


@pytest.fixture
async def invoice(bot: Bot, ann: Person) -> Message:
    """An invoice over 10.00 EUR in Ann's chat."""
    return await bot.send_invoice(ann.id, **INVOICE)


async def test_an_invoice_shows_what_it_asks_for(
    client: SandboxClient, ann: Person, invoice: Message
) -> None:
    assert invoice.invoice is not None
    assert (invoice.invoice.total_amount, invoice.invoice.currency) == (1000, "EUR")
    assert [each["payload"] for each in await client.invoices(ann)] == ["tu1:41"]
    assert (await client.tap(ann, "Pay EUR 10.00")) == {"pay": invoice.message_id}


async def test_a_payment_goes_over_pre_checkout_to_the_provider_and_back(
    client: SandboxClient, inbox: Inbox, ann: Person, invoice: Message
) -> None:
    paying = asyncio.create_task(client.pay(ann))
    query = await asked(inbox)
    assert (query.total_amount, query.invoice_payload, query.from_user.id) == (1000, "tu1:41", ann.id)
    assert await client.charges() == []
    await query.answer(True)
    payment = await paying
    paid = (await told(inbox)).successful_payment
    assert paid is not None
    (charge,) = await client.charges()
    assert payment.status == "paid"
    assert paid.provider_payment_charge_id == charge["id"] == payment.charge_id
    assert (charge["amount"], charge["currency"], charge["card"]["last4"]) == (1000, "EUR", ann.last4)


async def test_a_refused_payment_shows_the_bots_words_and_charges_nothing(
    client: SandboxClient, inbox: Inbox, ann: Person, invoice: Message
) -> None:
    paying = asyncio.create_task(client.pay(ann))
    await (await asked(inbox)).answer(False, "This invoice is out of date")
    payment = await paying
    assert (payment.status, payment.error_message) == ("refused", "This invoice is out of date")
    assert await client.charges() == []


class TestImpatient:
    """A sandbox that waits for the answer a twentieth of a second only."""

    @pytest.fixture
    def settings(self) -> SandboxSettings:
        """Everything as usual, only faster."""
        return SandboxSettings(flood_limits=False, speed=200.0)

    async def test_a_payment_that_is_not_answered_in_time_is_cancelled(
        self, client: SandboxClient, inbox: Inbox, ann: Person, invoice: Message
    ) -> None:
        assert (await client.pay(ann)).status == "timed_out"
        assert await client.charges() == []
        with pytest.raises(BadRequest, match="Query is too old"):
            await (await asked(inbox)).answer(True)


async def test_a_pre_checkout_query_can_be_answered_once(
    client: SandboxClient, inbox: Inbox, ann: Person, invoice: Message
) -> None:
    paying = asyncio.create_task(client.pay(ann))
    query = await asked(inbox)
    await query.answer(True)
    await paying
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer(True)


async def test_one_invoice_can_be_paid_twice_with_two_charges(
    client: SandboxClient, inbox: Inbox, ann: Person, invoice: Message
) -> None:
    first = await pay(client, inbox, ann)
    await told(inbox)
    second = await pay(client, inbox, ann)
    await told(inbox)
    assert first.telegram_payment_charge_id != second.telegram_payment_charge_id
    assert len(await client.charges()) == 2


async def test_two_phones_can_ask_at_once(
    client: SandboxClient, inbox: Inbox, ann: Person, invoice: Message
) -> None:
    both = [asyncio.create_task(client.pay(ann)) for _ in range(2)]
    first, second = await asked(inbox), await asked(inbox)
    assert first.id != second.id
    await first.answer(True)
    await second.answer(False, "Already being paid")
    assert sorted([(await each).status for each in both]) == ["paid", "refused"]


async def test_the_bot_may_hear_of_a_payment_late(
    client: SandboxClient, inbox: Inbox, ann: Person, invoice: Message
) -> None:
    payment = await pay(client, inbox, ann, hold=True)
    assert payment.status == "held"
    assert len(await client.charges()) == 1
    assert await inbox.rest() == []
    assert (await client.release(payment)).status == "paid"
    assert await told(inbox)


async def test_a_declined_card_is_never_told(
    client: SandboxClient, inbox: Inbox, ann: Person, invoice: Message
) -> None:
    assert (await pay(client, inbox, ann, declined=True)).status == "declined"
    assert await client.charges() == []
    assert await inbox.rest() == []


async def test_another_amount_can_come_than_was_asked(
    client: SandboxClient, inbox: Inbox, ann: Person, invoice: Message
) -> None:
    await pay(client, inbox, ann, charged_minor=900)
    paid = (await told(inbox)).successful_payment
    assert paid is not None
    assert paid.total_amount == 900
    assert (await client.charges())[0]["amount"] == 900


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"title": "x" * 33}, "invoice_title"),
        ({"description": "x" * 256}, "invoice_description"),
        ({"payload": "é" * 65}, "invoice_payload_invalid"),
        ({"currency": "EUX"}, "currency_invalid"),
        ({"prices": []}, "there must be at least one price"),
        ({"prices": [LabeledPrice("x", 10)]}, "currency_total_amount_invalid"),
        ({"prices": [LabeledPrice("x", 100_000_000)]}, "currency_total_amount_invalid"),
        ({"prices": [LabeledPrice("x", 2000), LabeledPrice("y", -3000)]}, "currency_total_amount_invalid"),
        ({"provider_token": "381764678:TEST:1"}, "payment_provider_invalid"),
        ({"currency": "XTR"}, "stars are not played here"),
    ],
)
async def test_invoices_have_limits(bot: Bot, ann: Person, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){why}"):
        await bot.send_invoice(ann.id, **(INVOICE | wrong))


async def test_the_first_button_of_an_invoice_is_the_pay_button(bot: Bot, ann: Person) -> None:
    pay_button = InlineKeyboardButton("Pay 10.00", pay=True)
    other = InlineKeyboardButton("Cancel", callback_data="x")
    sent = await bot.send_invoice(
        ann.id, reply_markup=InlineKeyboardMarkup([[pay_button], [other]]), **INVOICE
    )
    assert sent.reply_markup is not None
    with pytest.raises(BadRequest):
        await bot.send_invoice(ann.id, reply_markup=InlineKeyboardMarkup([[other], [pay_button]]), **INVOICE)
