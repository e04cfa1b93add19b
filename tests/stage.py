"""A whole evening in one process: the sandbox, the unchanged bot over HTTP, and people to play.

The clock moves only when it is told to, and `settle` waits until nobody has anything left to do.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.people import Peer
from bot.sandbox import Person, Sandbox, SandboxClient, SandboxSettings
from bot.sandbox.world import card_of
from bot.service import Service
from bot.settings import Settings
from bot.tell import tell_all
from bot.wiring import database_of, open_service
from core.dispute import DisputeState, TellDispute, take_dispute
from core.draft import DraftKind, carry_out, draft_for
from core.errand import OPEN_CHARGE, Errand, ErrandState
from core.menu import Entry, LoadMenu, load_menu, menu_of
from core.merchant import NewLinkCode, NewMerchant, create_merchant, make_link_code
from core.money import Money
from core.ports import Books
from core.seat import MakeSeats, Seat, make_seats
from core.station import LinkGroup, link_group, merchant_at
from core.top_up import AskTopUp, Payment, TopUp, credit, top_up
from tests.bot.sandbox.oracles import Oracle
from tests.conftest import make_empty_books
from tests.loopback import free_port

START = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)
PATIENCE_SECONDS = 60
LOOK_AGAIN_SECONDS = 0.001
LOOP_TURNS = 20

MENU = (
    Entry("Beer", "Pils", Money(320, "EUR")),
    Entry("Beer", "Stout", Money(450, "EUR")),
    Entry("Food", "Nuts", Money(250, "EUR")),
)


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time = START
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        """Move on, and let everybody who waits look again."""
        self.time += by
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait(self, event: asyncio.Event, until: datetime | None) -> None:
        while not event.is_set() and (until is None or until > self.time):
            waits = [asyncio.ensure_future(each.wait()) for each in (event, self._moved)]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waits:
                    each.cancel()


@dataclass(slots=True)
class Stage:
    """Everybody and everything of an evening."""

    folder: Path
    sandbox: Sandbox
    client: SandboxClient
    oracle: Oracle
    clock: HandClock = field(default_factory=HandClock)
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    topics: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The topics that were made, each with its group's number and its own."""
    settings: dict[str, str] = field(default_factory=dict)
    _service: Service | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _running: asyncio.Task[None] | None = None

    @property
    def service(self) -> Service:
        assert self._service is not None, "the bot is not running"
        return self._service

    @property
    def house_settings(self) -> Settings:
        return Settings.read(self.settings)

    def where(self, word: str) -> tuple[int, int | None]:
        """Return the chat of a group that is called so, or of a topic, and the topic."""
        return self.topics[word] if word in self.topics else (self.groups[word], None)

    async def start_bot(self) -> None:
        """Start the bot, on the books that are there."""
        started: asyncio.Future[Service] = asyncio.get_running_loop().create_future()
        self._stop = asyncio.Event()
        self._running = asyncio.create_task(self._run(started))
        either: set[asyncio.Future[Any]] = {started, self._running}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            failed, self._running = self._running, None
            failed.result()
        self._service = started.result()

    async def stop_bot(self) -> None:
        """Stop the bot in good order."""
        if self._running:
            self._stop.set()
            await self._running
        self._running = self._service = None

    async def settle(self) -> None:
        """Return once every update is handled and everything due is said and done."""
        for _ in range(LOOP_TURNS):  # whoever waits for the clock notices that it moved
            await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self._settled():
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                if self._running and self._running.done():
                    self._running.result()

    async def ready_bar(self) -> None:
        """Make the Blue Bar: a menu, three seats, a group with Bea and Carl, and a running bot."""
        await self.start_bot()
        for name in ("Bea", "Carl"):
            await self.add_person(name)
        await self.open_bar("bar", "Blue Bar", ("bea", "carl"), ("A1", "A2", "A12"))

    async def open_bar(self, word: str, name: str, staff: Sequence[str], seats: tuple[str, ...]) -> None:
        """Make a merchant with a group of its staff, a menu and seats; *word* is what we call the group."""
        members = [self.people[each] for each in staff]
        group = self.groups[word] = await self.client.group(name, *members)
        await self.settle()
        await self.service.store.run(lambda books: make_bar(books, name, group, members[0].id, seats))
        await self.settle()

    async def link_station(self, bar: str, station: str, items: tuple[str, ...]) -> None:
        """Give a station its place without the talk, and have it make these items."""
        chat_id, thread_id = self.where(station)

        async def link(books: Books) -> None:
            merchant = await merchant_at(books, self.groups[bar])
            assert merchant is not None
            name = f"{merchant.name} · {station}"
            await books.add_new(Peer(chat_id, name, "en", "", None, "", True), "id")
            code = await books.once(f"code {station}", make_link_code, NewLinkCode(merchant.id))
            ask = LinkGroup(code, chat_id, 0, station, thread_id or 0)
            await books.once(f"link {station}", link_group, ask)
            books.told.clear()
            for item in await menu_of(books, merchant.id):
                if item.name in items:
                    await books.save(replace(item, station=station))

        await self.service.store.run(link)

    async def add_person(self, name: str, language: str = "en") -> Person:
        """Bring in a person, who is called by their name in lower case."""
        number = 1001 + len(self.people)
        person = await self.client.person(name, language, id=number)
        self.people[name.lower()] = person
        return person

    async def top_up(self, who: str, amount: Money) -> None:
        """Let somebody have paid for a top-up, without the talk; the provider knows of the charge."""
        house, person = self.service.house, self.people[who]

        async def ask(books: Books) -> str:
            draft = await draft_for(books, person.id, DraftKind.TOP_UP)
            limits = (amount, amount, timedelta(minutes=30))
            asked = AskTopUp(person.id, house.gateways.first, draft.id, draft.version, amount, *limits)
            order = await books.get(TopUp, await carry_out(books, top_up, asked))
            assert order is not None
            for errand in await books.find(Errand, kind=OPEN_CHARGE, state=ErrandState.WAITING):
                await books.save(replace(errand, state=ErrandState.DONE))  # no invoice is due
            return order.token

        async def pay(books: Books) -> None:
            await books.once(f"credit:{paid.charge}", credit, paid)
            await tell_all(books, house)

        token, reference = await self.service.store.run(ask), f"tpc_{secrets.token_hex(12)}"
        charge = self.sandbox.parts.provider.charge(
            amount.minor, amount.currency, card_of(person.id), token, reference
        )
        paid = Payment(house.gateways.first, token, reference, charge["id"], person.id, amount)
        await self.service.store.run(pay)
        self.service.relay.wake()
        self.service.errands.wake()
        await self.settle()

    async def tell_dispute(self, state: DisputeState | None = None) -> None:
        """Let the bot hear how the latest dispute stands, or what else the provider says of it."""
        disputes = [*self.sandbox.parts.provider.disputes.values()]
        dispute, reference = disputes[-1], f"dp_{len(disputes)}"
        house, told = self.service.house, state or DisputeState(dispute["status"])
        amount = Money(dispute["amount"], "EUR")
        ask = TellDispute("sandbox", told, "", dispute["charge"], amount, reference, "fraudulent")

        async def tell(books: Books) -> None:
            await books.once(f"dispute:{secrets.token_hex(8)}", take_dispute, ask)
            await tell_all(books, house)

        await self.service.store.run(tell)
        self.service.relay.wake()
        await self.settle()

    async def seat_token(self, label: str) -> str:
        """Return what the QR code of a seat holds."""
        found = await self.service.store.run(lambda books: books.find(Seat, by="-id", label=label))
        return found[0].token

    async def assert_true_books(self) -> None:
        """Every invariant of the ledger holds, and others' models agree with all that was sent."""
        findings = await database_of(self.house_settings).verify()
        assert not findings, "\n".join(map(str, findings))
        self.oracle.assert_satisfied()

    async def _run(self, started: asyncio.Future[Service]) -> None:
        async with open_service(self.house_settings, self.clock) as service:
            service.answers.tap_seconds = (
                PATIENCE_SECONDS  # however slow the machine, a tap is answered in full
            )
            await service.run(self._stop, lambda: started.set_result(service))

    def _settled(self) -> bool:
        parts = self.sandbox.parts
        return not parts.updates.waiting and not parts.notices.waiting and self.service.idle


async def make_bar(
    books: Books, name: str, group_id: int, owner_id: int, seats: tuple[str, ...], currency: str = "EUR"
) -> None:
    """Make a bar as an admin would, without the talk."""
    bar = await books.once(f"bar {name}", create_merchant, NewMerchant(name, currency))
    await books.add_new(Peer(group_id, name, "en", "", None, "", True), "id")
    code = await books.once(f"code {name}", make_link_code, NewLinkCode(bar))
    await books.once(f"link {name}", link_group, LinkGroup(code, group_id, owner_id))
    books.told.clear()
    menu = tuple(replace(each, price=Money(each.price.minor, currency)) for each in MENU)
    await books.once(f"menu {name}", load_menu, LoadMenu(bar, menu))
    await books.once(f"seats {name}", make_seats, MakeSeats(bar, seats))


@asynccontextmanager
async def open_stage(
    folder: Path,
    sandbox_settings: SandboxSettings | None = None,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """Open a sandbox and a stage on it; the bot is not started yet. Ada is the admin."""
    clock = HandClock()
    async with (
        Sandbox(
            sandbox_settings or SandboxSettings(flood_limits=False), now=lambda: clock.now().timestamp()
        ) as sandbox,
        SandboxClient(sandbox.url) as client,
    ):
        stage = Stage(folder, sandbox, client, Oracle.watch(sandbox), clock)
        ada = await stage.add_person("Ada")
        make_empty_books(folder / "books.sqlite3")
        stage.settings = bot_settings(sandbox, folder / "books.sqlite3", ada.id) | settings
        if "sandbox-" in settings.get("GATEWAYS", ""):  # their notices have to find the bot
            address = f"127.0.0.1:{free_port()}"
            stage.settings |= {"LISTEN": address, "PUBLIC_URL": f"http://{address}"}
        try:
            yield stage
        finally:
            await stage.stop_bot()


def bot_settings(sandbox: Sandbox, database: Path, admin_id: int) -> dict[str, str]:
    """Return the environment of a bot that lives in a sandbox and is in no hurry to keep limits."""
    return {
        "BOT_TOKEN": sandbox.settings.bot_token,
        "TELEGRAM_API_URL": sandbox.url,
        "LINK_BASE": f"{sandbox.url}/chat",
        "DATABASE_URL": f"sqlite:///{database}",
        "ADMIN_IDS": str(admin_id),
        "PAYMENT_PROVIDER_TOKEN": sandbox.settings.provider_token,
        "PAYMENT_GATEWAY_URL": sandbox.url,
        "PAYMENT_GATEWAY_KEY": sandbox.settings.provider_key,
        "CHAT_PER_SECOND": "1000",
        "CHAT_BURST": "100",
        "GROUP_PER_MINUTE": "6000",
        "BOT_PER_SECOND": "1000",
    }
