"""Programs of others that play Stripe, before both adapters that send money back through it.

They run as processes of their own under build/judges, on loopback, and are never imported: localstripe is
under the GPL. `make judges` installs them. What they get wrong, as read in their code and seen here:

localstripe 1.15.10 has no Checkout, no search and no disputes; ignores idempotency keys; takes any API key
and refunds above the payment, does all refunds at once and tells none; refuses `created` in lists; copies no
metadata from a PaymentIntent to its charge, which it shows whole where Stripe names it; sends each notice
once, after a second. It binds all interfaces and writes its store to a fixed temporary file: both are bent
below.

stripe-stateful-mock 0.0.16 plays the API of 2020-08-27: charges, customers and refunds, nothing newer. It
sends no notices, does all refunds at once, and gives one card a new fingerprint with each charge. It keeps
idempotency keys, and the ceiling of refunds.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.gateways.stripe import StripeGateway
from bot.gateways.stripe_account import StripeSettings
from bot.gateways.telegram import TelegramStripeGateway
from core.gateway import Fact, Gateway
from core.money import Money
from tests.bot.gateways.bench import Bench, Call, Listed, Raw, Trouble
from tests.bot.gateways.bench_stripe import set_wait, settings_for
from tests.bot.gateways.bench_telegram import CHARGES_ARE_TOLD_BY_UPDATES, SAVES_NOTHING
from tests.bot.gateways.programs import Programs
from tests.bot.gateways.stripe_stand_in import SECRET_KEY, WEBHOOK_SECRET, Troubles, serve, sign

JUDGES = Path(__file__).parents[3] / "build" / "judges"
NEEDS = "`make judges`"

_LOCALSTRIPE = """
import builtins, os, runpy, socket
bind, opened = socket.socket.bind, builtins.open
socket.socket.bind = lambda self, address: bind(self, ("::ffff:127.0.0.1", *address[1:]))
builtins.open = lambda file, *more, **named: opened(
    os.devnull if file == "/tmp/localstripe.pickle" else file, *more, **named
)
runpy.run_module("localstripe.server", run_name="__main__")
"""
_STATEFUL_MOCK = """
const app = require("stripe-stateful-mock").createExpressApp();
app.listen({port}, "127.0.0.1", () => console.log("listening"));
"""

_NO_PAGES = dict.fromkeys(
    (
        "an_opened_charge_asks_the_customer_for_something",
        "the_same_key_opens_the_same_charge",
        "an_unpaid_charge_is_pending",
        "a_charge_that_nobody_opened_is_known_as_such",
        "another_payer_is_told_apart",
        "a_late_payment_is_told_or_not_taken",
        "a_second_payment_is_another_charge_or_not_taken",
        "a_closed_charge_takes_no_payment",
        "closing_twice_changes_nothing",
        "a_paid_charge_cannot_be_closed",
        "an_opening_whose_answer_is_lost_is_found_out",
        "an_opening_that_never_arrived_can_be_sent_again",
        "a_binding_tells_whom_it_binds",
    ),
    "it has no Checkout pages",
)
_NO_INTENTS = dict.fromkeys(
    (
        "a_payment_is_found_by_our_key",
        "a_question_about_a_charge_without_an_answer_is_unknown",
        "a_saved_method_is_charged_at_once",
        "a_saved_method_is_charged_once_per_key",
        "a_saved_method_that_is_declined_takes_nothing",
        "a_provider_that_is_away_is_unknown_and_raises_nothing",
        "wrong_keys_are_named_in_one_sentence",
        "right_keys_have_nothing_against_them",
    ),
    "it has neither PaymentIntents nor a balance",
)
_NO_BOOKS = dict.fromkeys(
    (
        "the_books_of_the_provider_show_payment_and_refund",
        "books_that_cannot_be_read_are_not_taken_for_empty",
    ),
    "it lists no movements by time",
)
_NOTHING_OF_THE_JUDGE = dict.fromkeys(
    (
        "what_is_no_notice_is_refused",
        "an_opened_charge_asks_the_customer_for_something",
        "the_same_key_opens_the_same_charge",
        "closing_twice_changes_nothing",
    ),
    "the adapter answers without asking",
)


class ProgramBench(Bench):
    """A program with a door before it that can jam."""

    secret_key = SECRET_KEY

    def __init__(self, url: str, door: Troubles, make: Callable[[StripeSettings], Gateway], at: str) -> None:
        self.url, self.door, self.session = url, door, ClientSession()
        self.settings = settings_for(at)
        self.gateway = make(self.settings)
        door.wait = lambda seconds: set_wait(self.gateway, seconds)

    async def aclose(self) -> None:
        await self.session.close()
        await super().aclose()

    async def trouble(self, call: Call, trouble: Trouble) -> None:
        self.door.expect(call, trouble)

    async def ask(self, method: str, path: str, **form: str) -> dict[str, Any]:
        """Ask the judge itself."""
        headers = {"Authorization": f"Bearer {self.secret_key}"}
        query, data = ({}, form) if method == "POST" else (form, None)
        async with self.session.request(
            method, self.url + path, headers=headers, params=query, data=data
        ) as answer:
            told: dict[str, Any] = await answer.json(content_type=None)
            assert answer.status == 200, told
            return told

    async def sent_back(self, source: str) -> Money:
        name = "charge" if source.startswith("ch_") else "payment_intent"
        told = await self.ask("GET", "/v1/refunds", **{name: source}, limit="100")
        return Money(sum(each["amount"] for each in told["data"]), self.currency)

    async def taken(self, key: str) -> int:
        told = await self.ask("GET", "/v1/payment_intents", limit="100")
        found = [each for each in told["data"] if each["metadata"].get("seatside_key") == key]
        return len([each for each in found if each["status"] == "succeeded"])


class LocalstripeBench(ProgramBench):
    key_setting = "STRIPE_SECRET_KEY"
    cannot: Mapping[str, str] = {
        **_NO_PAGES,
        **_NO_BOOKS,
        "a_saved_method_is_charged_once_per_key": "it ignores idempotency keys",
        "more_than_the_payment_does_not_go_back": "it takes refunds above the payment",
        "notices_say_the_same_in_any_order": "it tells no refunds",
        "wrong_keys_are_named_in_one_sentence": "it takes any key",
        "right_keys_have_nothing_against_them": "its balance does not say what it is, as Stripe's answers do",
        "a_provider_that_is_away_is_unknown_and_raises_nothing": "the adapter answers without asking",
        "what_is_no_notice_is_refused": "the adapter answers without asking",
    }

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.made: list[str] = []
        self.came: asyncio.Queue[Raw] = asyncio.Queue()

    async def payment(self, key: str, amount: Money) -> str:
        method = await self.saved_method()
        await self.gateway.open_charge(
            key, amount, title="Top-up", expires_at=self.expires_at(), method=method
        )
        found = await self.gateway.find_charge(key)
        assert isinstance(found, Fact), found
        self.made.append(found.source)
        return found.source

    async def saved_method(self) -> str:
        return await self._save("4242424242424242")

    async def empty_method(self) -> str:
        return await self._save("4000000000000341")

    async def notices(self) -> list[Raw]:
        """Wait for one notice of each payment: they come a second late."""
        raws: list[Raw] = []
        while self.made:
            raw = await asyncio.wait_for(self.came.get(), 30)
            event = json.loads(raw.body)
            if event["type"] == "payment_intent.succeeded" and event["data"]["object"]["id"] in self.made:
                self.made.remove(event["data"]["object"]["id"])
                raws.append(raw)
        return raws

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take a notice that the judge sends."""
        self.came.put_nowait(Raw(dict(request.headers), await request.read()))
        return web.Response()

    def forge(self, raw: Raw) -> Raw:
        return sign(raw.body, self.now(), "whsec_of_somebody_else")

    def date(self, raw: Raw, by: timedelta) -> Raw:
        return sign(raw.body, self.now() + by)

    def readdress(self, raw: Raw) -> Raw:
        return sign(json.dumps({**json.loads(raw.body), "account": "acct_other"}).encode(), self.now())

    async def _save(self, number: str) -> str:
        customer = await self.ask("POST", "/v1/customers", email="ann@example.org")
        card = {"number": number, "exp_month": "12", "exp_year": "2040", "cvc": "123"}
        fields = {f"card[{name}]": value for name, value in card.items()}
        method = await self.ask("POST", "/v1/payment_methods", type="card", **fields)
        await self.ask("POST", f"/v1/payment_methods/{method['id']}/attach", customer=customer["id"])
        return f"{customer['id']}/{method['id']}"


class TelegramLocalstripeBench(LocalstripeBench):
    cannot: Mapping[str, str] = {
        **LocalstripeBench.cannot,
        **CHARGES_ARE_TOLD_BY_UPDATES,
        **SAVES_NOTHING,
        **_NOTHING_OF_THE_JUDGE,
    }

    async def payment(self, key: str, amount: Money) -> str:
        customer, _, method = (await self.saved_method()).partition("/")
        made = await self.ask(
            "POST",
            "/v1/payment_intents",
            amount=str(amount.minor),
            currency=amount.currency.lower(),
            customer=customer,
            payment_method=method,
            confirm="true",
        )
        return str(made["id"])

    async def notices(self) -> list[Raw]:
        """It tells no refunds, and payments are none of this adapter's business."""
        return await Bench.notices(self)


class StatefulMockBench(ProgramBench):
    cannot: Mapping[str, str] = {
        **_NO_PAGES,
        **_NO_INTENTS,
        **_NO_BOOKS,
        **_NOTHING_OF_THE_JUDGE,
        "who_paid_is_known_and_is_the_same_the_next_time": "it gives a card a new fingerprint each time",
    }

    async def payment(self, key: str, amount: Money) -> str:
        made = await self.ask(
            "POST",
            "/v1/charges",
            amount=str(amount.minor),
            currency=amount.currency.lower(),
            source="tok_visa",
        )
        return str(made["id"])


class TelegramStatefulMockBench(StatefulMockBench):
    cannot: Mapping[str, str] = {
        **StatefulMockBench.cannot,
        **CHARGES_ARE_TOLD_BY_UPDATES,
        **SAVES_NOTHING,
        **_NOTHING_OF_THE_JUDGE,
    }


def _localstripe(make: Callable[[StripeSettings], Gateway], kind: type[LocalstripeBench]) -> Any:
    @asynccontextmanager
    async def open_bench(programs: Programs) -> AsyncIterator[Bench]:
        python = JUDGES / "localstripe" / "bin" / "python"
        command = [str(python), "-c", _LOCALSTRIPE, "--port", "{port}", "--from-scratch"]
        url = _started(programs, "localstripe", python, command, "Running on")
        door = Troubles()
        async with (
            serve(door_to(url, door)) as at,
            aclosing(kind(url, door, make, at)) as bench,
            serve(bench.take) as told_to,
        ):
            await bench.ask("POST", "/_config/webhooks/bench", url=told_to, secret=WEBHOOK_SECRET)
            yield bench

    return open_bench


def _stateful_mock(make: Callable[[StripeSettings], Gateway], kind: type[StatefulMockBench]) -> Any:
    @asynccontextmanager
    async def open_bench(programs: Programs) -> AsyncIterator[Bench]:
        package = JUDGES / "node_modules" / "stripe-stateful-mock"
        command = [shutil.which("node") or "node", "-e", _STATEFUL_MOCK]
        url = _started(programs, "stripe-stateful-mock", package, command, "listening")
        door = Troubles()
        async with serve(door_to(url, door)) as at, aclosing(kind(url, door, make, at)) as bench:
            yield bench

    return open_bench


def _started(programs: Programs, name: str, needed: Path, command: Sequence[str], ready: str) -> str:
    """Start a judge, or skip what it would judge."""
    if not needed.exists():
        pytest.skip(f"{name} is not installed: make judges")
    return programs.start(name, command, ready, {"NODE_PATH": str(JUDGES / "node_modules")})


def door_to(url: str, door: Troubles) -> Callable[[web.Request], Any]:
    """Return a door that passes everything on to *url*, and fails on command."""

    async def answer(request: web.Request) -> web.StreamResponse:
        async def pass_on() -> web.Response:
            async with (
                ClientSession() as session,
                session.request(
                    request.method,
                    url + request.path_qs,
                    data=await request.read(),
                    headers={key: value for key, value in request.headers.items() if key != "Host"},
                ) as told,
            ):
                return web.Response(
                    status=told.status, body=await told.read(), content_type="application/json"
                )

        return await door.answer(request, pass_on)

    return answer


BENCHES = (
    Listed("stripe", "localstripe", _localstripe(StripeGateway, LocalstripeBench), needs=NEEDS),
    Listed("stripe", "stripe-stateful-mock", _stateful_mock(StripeGateway, StatefulMockBench), needs=NEEDS),
    Listed(
        "telegram", "localstripe", _localstripe(TelegramStripeGateway, TelegramLocalstripeBench), needs=NEEDS
    ),
    Listed(
        "telegram",
        "stripe-stateful-mock",
        _stateful_mock(TelegramStripeGateway, TelegramStatefulMockBench),
        needs=NEEDS,
    ),
)
