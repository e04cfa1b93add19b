"""Bot API methods of taps and payments: answers to queries, and invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.api_messages import send
from bot.sandbox.currencies import is_known, is_payable, shown
from bot.sandbox.errors import bad_request
from bot.sandbox.keyboards import checked_inline
from bot.sandbox.markup import utf16_length

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.wire import Call
    from bot.sandbox.world import Json

_LONGEST_ANSWER = 200
_LONGEST = {"title": 32, "description": 255}
_LONGEST_PAYLOAD_BYTES = 128
_NOT_PLAYED = ("is_flexible", "need_shipping_address", "max_tip_amount", "suggested_tip_amounts")


def answer_callback_query(parts: Parts, call: Call) -> bool:
    """Answer a tap."""
    if utf16_length(call.text("text")) > _LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id, url = call.text("callback_query_id"), call.text("url")
    parts.toasts.answer(query_id, call.text("text"), call.boolean("show_alert"), url)
    return True


def answer_pre_checkout_query(parts: Parts, call: Call) -> bool:
    """Say whether a payment may go on."""
    if call.boolean("ok"):
        parts.payments.answer(call.text("pre_checkout_query_id"), None)
        return True
    if not call.has("error_message"):
        raise bad_request('parameter "error_message" is required')
    parts.payments.answer(call.text("pre_checkout_query_id"), call.text("error_message"))
    return True


def send_invoice(parts: Parts, call: Call) -> Json:
    """Send an invoice that can be paid at the sandbox's provider."""
    _check_words(call)
    _check_provider(parts, call)
    prices = _prices(call)
    total = sum(price["amount"] for price in prices)
    currency = _currency(call, total)
    invoice = {
        "title": call.text("title"),
        "description": call.text("description"),
        "start_parameter": call.text("start_parameter"),
        "currency": currency,
        "total_amount": total,
    }
    markup = checked_inline(call.json("reply_markup"), invoice=True)
    hidden = {"payload": call.text("payload"), "prices": prices}
    return send(parts, call, {"invoice": invoice}, markup or _pay_button(total, currency), hidden)


def _check_words(call: Call) -> None:
    for name, longest in _LONGEST.items():
        if not call.text(name).strip():
            raise bad_request(f"invoice {name} must be non-empty")
        if utf16_length(call.text(name)) > longest:
            raise bad_request(f"INVOICE_{name.upper()}_TOO_LONG")
    if not 1 <= len(call.text("payload").encode()) <= _LONGEST_PAYLOAD_BYTES:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if played := [name for name in _NOT_PLAYED if call.has(name) and call.json(name)]:
        raise bad_request(f"SANDBOX: invoices with {played[0]} are not played here")


def _check_provider(parts: Parts, call: Call) -> None:
    if call.text("currency") == "XTR":
        raise bad_request("SANDBOX: payments in Stars are not played here")
    if call.text("provider_token") != parts.world.settings.provider_token:
        raise bad_request("PAYMENT_PROVIDER_INVALID")


def _prices(call: Call) -> list[Json]:
    prices = call.json("prices")
    if not isinstance(prices, list):
        raise bad_request("can't parse prices JSON object")
    if not prices:
        raise bad_request("there must be at least one price")
    for price in prices:
        _check_price(price)
    return prices


def _check_price(price: Any) -> None:
    if not isinstance(price, dict) or not isinstance(price.get("label"), str) or not price["label"]:
        raise bad_request("can't parse labeled price: LabeledPrice label must be non-empty")
    amount = price.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise bad_request("can't parse labeled price: amount must be an Integer")


def _currency(call: Call, total: int) -> str:
    currency = call.text("currency")
    if not is_known(currency):
        raise bad_request("CURRENCY_INVALID")
    if not is_payable(total, currency):
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    return currency


def _pay_button(total: int, currency: str) -> Json:
    return {"inline_keyboard": [[{"text": f"Pay {shown(total, currency)}", "pay": True}]]}
