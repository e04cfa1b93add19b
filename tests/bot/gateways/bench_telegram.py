"""Telegram Payments, whose money arrives at Stripe: before our stand-in for Stripe."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager

from bot.gateways.counting import STRIPE
from bot.gateways.telegram import TelegramStripeGateway
from core.money import Money
from tests.bot.gateways.bench import OURS, Bench, Listed
from tests.bot.gateways.bench_stripe import StripeBench
from tests.bot.gateways.programs import Programs
from tests.bot.gateways.stripe_stand_in import StripeStandIn, serve

CHARGES_ARE_TOLD_BY_UPDATES = dict.fromkeys(
    (
        "an_unpaid_charge_is_pending",
        "a_charge_that_nobody_opened_is_known_as_such",
        "a_payment_is_found_by_our_key",
        "a_payment_is_told_by_a_notice_as_it_is_found",
        "another_payer_is_told_apart",
        "a_late_payment_is_told_or_not_taken",
        "a_second_payment_is_another_charge_or_not_taken",
        "a_closed_charge_takes_no_payment",
        "a_paid_charge_cannot_be_closed",
        "an_opening_whose_answer_is_lost_is_found_out",
        "an_opening_that_never_arrived_can_be_sent_again",
        "a_question_about_a_charge_without_an_answer_is_unknown",
        "notices_say_the_same_in_any_order",
    ),
    "Telegram tells payments by its own updates",
)
SAVES_NOTHING = dict.fromkeys(
    (
        "a_binding_tells_whom_it_binds",
        "a_saved_method_is_charged_at_once",
        "a_saved_method_is_charged_once_per_key",
        "a_saved_method_that_is_declined_takes_nothing",
    ),
    "Telegram passes on no saved payment method",
)
ASKS_NOBODY = {
    "a_provider_that_is_away_is_unknown_and_raises_nothing": "an invoice is opened and closed without Stripe"
}


class TelegramBench(StripeBench):
    """A charge made by Telegram at the stand-in, and given back through Stripe."""

    cannot: Mapping[str, str] = CHARGES_ARE_TOLD_BY_UPDATES | SAVES_NOTHING | ASKS_NOBODY

    def __init__(self, stripe: StripeStandIn, url: str) -> None:
        super().__init__(stripe, url)
        self.gateway = TelegramStripeGateway(self.settings)

    async def payment(self, key: str, amount: Money) -> str:
        made = self.stripe.pay_through_telegram(STRIPE.to_gateway(amount), amount.currency.lower())
        return str(made["id"])


@asynccontextmanager
async def _open(programs: Programs) -> AsyncIterator[Bench]:
    stripe = StripeStandIn()
    async with serve(stripe.answer) as url, aclosing(TelegramBench(stripe, url)) as bench:
        yield bench


BENCHES = (Listed("telegram", OURS, _open),)
