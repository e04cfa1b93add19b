"""An evening during which the bot is killed again and again: nothing is lost, nothing happens twice.

The sandbox is a process of its own, the bot another. People do what people do: when nothing happens,
they tap again. KILL_SEED repeats a run.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Person, SandboxClient, SandboxRefused, SandboxSettings
from storage.database import open_database
from storage.migrate import migrate
from storage.sqlite import Writer
from tests.loopback import free_port
from tests.stage import make_bar

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
RUN = "from bot.cli import main; main(['run'])"
KILLS = 10
PATIENCE_SECONDS = 1.5
"""How long people wait before they tap again."""
LONG_SECONDS = 60
"""How long what comes by itself may take: on a busy machine, much longer than here."""
LOOK_AGAIN_SECONDS = 0.2
TRIES = 80
"""Two minutes: what a gateway did not answer about the opening of a charge is asked again after one."""
SANDBOX = SandboxSettings()

Seen = Callable[[], Awaitable[bool]]
Act = Callable[[], Awaitable[Any]]


@dataclass(slots=True)
class BotProcess:
    """The real bot, which can be killed and started again."""

    environ: dict[str, str]
    folder: Path
    kills: Counter[str] = field(default_factory=Counter)
    _process: asyncio.subprocess.Process | None = None

    @property
    def database(self) -> Path:
        return self.folder / "books.sqlite3"

    @property
    def log(self) -> Path:
        return self.folder / "bot.log"

    async def start(self) -> None:
        """Start the bot; return once it runs."""
        with self.log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", RUN, cwd=self.folder, env=self.environ,
                stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert b"is running" in line, self.log.read_text()

    async def kill(self) -> None:
        """Kill the bot as `kill -9` does, and note what that interrupted."""
        await self._end(signal.SIGKILL)
        self.kills["in all"] += 1
        self.kills.update(f"{what} under way" for what in self._under_way())

    async def stop(self) -> None:
        """Stop the bot in good order."""
        assert await self._end(signal.SIGTERM) == 0, self.log.read_text()

    async def close(self) -> None:
        if self._process and self._process.returncode is None:
            await self._end(signal.SIGKILL)

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0] or 0)

    def _under_way(self) -> list[str]:
        found = {
            "an update": "SELECT count(*) FROM arrival WHERE state = 'new'",
            "a message": "SELECT count(*) FROM message WHERE state = 'started'",
            "a refund": "SELECT count(*) FROM errand WHERE state = 'started'",
        }
        return [what for what, sql in found.items() if self.number(sql)]

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        async with asyncio.timeout(LONG_SECONDS):
            return await self._process.wait()


@dataclass(slots=True)
class Evening:
    """Everybody, and what they try until it has happened."""

    client: SandboxClient
    bot: BotProcess
    group: int
    bea: Person
    customers: list[Person]
    tokens: dict[int, str]
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep_trying(self, act: Act, seen: Seen) -> None:
        """Do something until it is seen to have happened."""
        for _ in range(TRIES):
            if await seen():
                return
            with suppress(SandboxRefused):
                await act()
            await self.wait_for(seen)
        raise AssertionError(f"gave up\n{self.bot.log.read_text()[-4000:]}")

    async def wait_for(self, seen: Seen, patience_seconds: float = PATIENCE_SECONDS) -> bool:
        """Watch until it is seen, or patience is at its end; the books move without an event too."""
        after = (await self.client.info())["seq"]
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                while not await seen():
                    events = await self.client.events(after, LOOK_AGAIN_SECONDS)
                    after = max((each.seq for each in events), default=after)
                return True
        return False

    async def text(self, chat: Person | int, pattern: str) -> re.Match[str] | None:
        """Return the newest message of a chat in which the pattern is found."""
        for message in reversed(await self.client.messages(chat)):
            if found := re.search(pattern, message.get("text", "")):
                return found
        return None

    def reads(self, chat: Person | int, pattern: str) -> Seen:
        async def seen() -> bool:
            return await self.text(chat, pattern) is not None

        return seen

    async def labels(self, chat: Person | int) -> list[str]:
        """Return what can be tapped under the newest message with buttons that leads on; no receipt does."""
        for message in reversed(await self.client.messages(chat)):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            if rows and "🧾" not in message.get("text", ""):
                return [key["text"] for row in rows for key in row]
        return []

    def offers(self, chat: Person | int, label: str) -> Seen:
        async def seen() -> bool:
            return label in await self.labels(chat)

        return seen

    async def tap(self, person: Person, label: str, done: Seen, chat: int | None = None) -> None:
        await self.keep_trying(lambda: self.client.tap(person, label, chat), done)

    # What customers do

    async def visit(self, ann: Person, amount: str, item: str, price: str, *, declined: bool) -> None:
        """Come in, top up, order, once more if it is declined, leave with the rest."""
        await self.come_in(ann)
        await self.top_up(ann, amount)
        if declined:
            await self.serve(await self.order(ann, item, price), "Decline", "Declined by")
        number = await self.order(ann, item, price)
        await self.serve(number, "Accept", "Accepted by")
        await self.serve(number, "Delivered", "Delivered by")
        await self.leave(ann)

    async def come_in(self, ann: Person) -> None:
        """Scan the seat's code; open an account where there is none."""

        async def seen() -> bool:
            return not {"Open my account", "🍺 Order"}.isdisjoint(await self.labels(ann))

        await self.keep_trying(lambda: self.client.start(ann, self.tokens[ann.id]), seen)
        if "Open my account" in await self.labels(ann):
            await self.tap(ann, "Open my account", self.offers(ann, "🍺 Order"))

    async def top_up(self, ann: Person, amount: str) -> None:
        """Top up, and pay once."""
        before = len(await self.client.invoices(ann))

        async def invoiced() -> bool:
            return len(await self.client.invoices(ann)) > before

        await self.go(ann, "Top up", self.offers(ann, amount))
        await self.tap(ann, amount, invoiced)
        await self.pay(ann)

    async def top_up_on_a_page(self, ann: Person, amount: str, number: int) -> None:
        """Top up, and pay on the provider's page of the top-up of that number."""

        async def opened() -> bool:
            return self.bot.number("SELECT count(*) FROM charge WHERE state = 'open'") > 0

        async def choose() -> None:
            labels = await self.labels(ann)
            others = (each for each in ("Sandbox Pay", "Top up", "‹ Back") if each in labels)
            await self.client.tap(ann, amount if amount in labels else next(others, "‹ Back"))

        async def asked() -> bool:
            return self.bot.number("SELECT count(*) FROM top_up") == number

        await self.keep_trying(choose, asked)
        assert await self.wait_for(opened, LONG_SECONDS)
        await self.client.use_page(ann, (await self.client.pages())[-1]["id"])
        assert await self.wait_for(self.reads(ann, rf"received \(T-{number}\)"), LONG_SECONDS)

    async def pay(self, ann: Person) -> None:
        """Pay the newest invoice, again if it did not work."""
        for _ in range(TRIES):
            payment = await self.client.pay(ann)
            if payment.status == "paid":
                break
            await self.wait_for(self.never, PATIENCE_SECONDS)
        invoice = (await self.client.invoices(ann))[-1]
        number = re.sub(r"\D", "", invoice["title"])
        assert await self.wait_for(self.reads(ann, rf"received \(T-{number}\)"), LONG_SECONDS)

    async def order(self, ann: Person, item: str, price: str) -> str:
        """Order one of something; return the order's number."""
        before = self._orders(ann)
        label = f"Order · {price}"

        async def step() -> None:
            labels = await self.labels(ann)
            again = next((each for each in labels if each.startswith("Order · ")), None)
            chosen = next((each for each in labels if each.startswith(item)), None)
            if label in labels:
                await self.client.tap(ann, label)
            elif again:  # for another sum: a tap that was repeated counted twice, perhaps only now
                await self.client.tap(ann, next((each for each in labels if "Cart" in each), "−"))
            elif chosen or "🍺 Order" in labels:
                await self.client.tap(ann, chosen or "🍺 Order")
            else:
                await self.client.tap(ann, "‹ Back")

        async def placed() -> bool:
            return self._orders(ann) > before

        await self.keep_trying(step, placed)
        number = f"G-{max(self._orders(ann) - before)}"
        assert await self.wait_for(self.reads(ann, rf"Order {number} "), LONG_SECONDS), number
        assert await self.wait_for(self.reads(self.group, rf"{number} "), LONG_SECONDS), number
        return number

    async def leave(self, ann: Person) -> None:
        """Check out, with the rest back to the card."""
        sql = f"SELECT count(*) FROM check_out WHERE customer_id = {ann.id}"
        before = self.bot.number(sql)

        async def left() -> bool:
            return self.bot.number(sql) > before

        async def step() -> None:
            labels = await self.labels(ann)
            back = next((each for each in labels if each.endswith(" back") and "Check out" in each), None)
            await self.client.tap(ann, back or ("Check out" if "Check out" in labels else "‹ Back"))

        await self.keep_trying(step, left)

    async def go(self, ann: Person, label: str, done: Seen) -> None:
        """Tap a button of home, after going back there if need be."""

        async def step() -> None:
            labels = await self.labels(ann)
            await self.client.tap(ann, label if label in labels else "‹ Back")

        await self.keep_trying(step, done)

    # What staff do

    async def serve(self, number: str, label: str, done: str) -> None:
        """Press a button on an order's card, whichever copy of it is the newest."""

        async def press() -> None:
            cards = [
                message
                for message in await self.client.messages(self.group)
                if f"{number} " in message.get("text", "") and "reply_markup" in message
            ]
            labels = [key["text"] for row in cards[-1]["reply_markup"]["inline_keyboard"] for key in row]
            wanted = "Too busy" if "Too busy" in labels else label
            await self.client.tap(self.bea, wanted, self.group, message_id=cards[-1]["message_id"])

        with suppress(IndexError):
            await self.keep_trying(press, self.reads(self.group, rf"(?s){number} .*{done}"))

    async def never(self) -> bool:
        return False

    def _orders(self, ann: Person) -> set[int]:
        return {row[0] for row in self.bot.rows(f"SELECT id FROM goods_order WHERE customer_id = {ann.id}")}


async def test_ten_kills_in_an_evening_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    await play_and_judge(tmp_path, KILLS)


async def test_the_same_with_a_webhook(tmp_path: Path) -> None:
    port = free_port()
    await play_and_judge(
        tmp_path,
        KILLS // 2,
        WEBHOOK_URL=f"http://127.0.0.1:{port}/telegram",
        WEBHOOK_SECRET="not-to-be-guessed",
        LISTEN=f"127.0.0.1:{port}",
    )


@pytest.mark.parametrize("kind", ["payment", "charge"])
async def test_a_kill_between_pre_checkout_and_payment_charges_and_credits_once(
    tmp_path: Path, kind: str
) -> None:
    async with open_evening(tmp_path) as evening:
        ann = evening.customers[0]
        await evening.come_in(ann)
        for milliseconds in (0, 5, 20):
            killing = asyncio.create_task(kill_at(evening, kind, milliseconds / 1000))
            await evening.top_up(ann, "€20.00")
            await killing
        assert await evening.wait_for(quiet(evening.bot), LONG_SECONDS)
        await evening.bot.stop()
        charges = await evening.client.charges()
        assert [charge["amount"] for charge in charges] == [2000] * 3
        assert evening.bot.number("SELECT sum(brought_minor) FROM lot") == 6000
        assert open_database(f"sqlite:///{evening.bot.database}").examine() == []


async def test_a_kill_while_a_refund_is_being_sent_pays_back_once(tmp_path: Path) -> None:
    async with open_evening(tmp_path) as evening:
        ann = evening.customers[0]
        await evening.come_in(ann)
        await evening.top_up(ann, "€20.00")
        await evening.client.fault("provider.refund", "hang", effect=True)
        killing = asyncio.create_task(kill_at(evening, "refund", 0.02))
        await evening.leave(ann)
        await killing
        assert evening.bot.kills["a refund under way"] == 1
        assert await evening.wait_for(quiet(evening.bot), LONG_SECONDS)
        await evening.bot.stop()
        assert [refund["amount"] for refund in await evening.client.refunds()] == [2000]
        assert open_database(f"sqlite:///{evening.bot.database}").examine() == []


@pytest.mark.parametrize("kind", ["page", "charge"])
async def test_a_kill_while_a_page_is_opened_or_paid_makes_one_page_and_credits_once(
    tmp_path: Path, kind: str
) -> None:
    """A page is opened by an errand; that it is paid is told by a notice, again until it is taken."""
    address = f"127.0.0.1:{free_port()}"
    here = {"LISTEN": address, "PUBLIC_URL": f"http://{address}", "GATEWAYS": "sandbox-link"}
    async with open_evening(tmp_path, **here) as evening:
        ann = evening.customers[0]
        await evening.come_in(ann)
        for number, milliseconds in enumerate((0, 5, 20), 1):
            killing = asyncio.create_task(kill_at(evening, kind, milliseconds / 1000))
            await evening.top_up_on_a_page(ann, "€20.00", number)
            await killing
        assert await evening.wait_for(quiet(evening.bot), LONG_SECONDS)
        await evening.bot.stop()
        assert [page["status"] for page in await evening.client.pages()] == ["paid"] * 3
        assert [charge["amount"] for charge in await evening.client.charges()] == [2000] * 3
        assert evening.bot.number("SELECT sum(brought_minor) FROM lot") == 6000
        assert open_database(f"sqlite:///{evening.bot.database}").examine() == []


async def kill_at(evening: Evening, kind: str, seconds: float) -> None:
    """Kill the bot so long after the next event of that kind, and start it again."""
    async with SandboxClient(evening.client.base_url) as watcher:
        await watcher.mark()
        await watcher.wait(lambda event: event.kind == kind)
        await asyncio.sleep(seconds)  # not a wait: the moment that is tried
        await evening.bot.kill()
        await evening.bot.start()


async def play_and_judge(folder: Path, kills: int, **settings: str) -> None:
    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10_000)))
    print(f"KILL_SEED={seed}")  # noqa: T201 - to repeat a run
    async with open_evening(folder, **settings) as evening:
        rounds = await play(evening, random.Random(seed), kills)
        await assert_all_is_well(evening, rounds)
        print(dict(evening.bot.kills), f"{rounds} rounds")  # noqa: T201


async def play(evening: Evening, dice: random.Random, kills: int) -> int:
    """Play rounds until the bot has been killed often enough; return how many."""
    rounds = 0
    killing = asyncio.create_task(kill_now_and_then(evening, dice, kills))
    ann, bob = evening.customers
    while not killing.done() or not rounds:
        rounds += 1
        await asyncio.gather(
            evening.visit(ann, "€20.00", "Pils", "€3.20", declined=False),
            evening.visit(bob, "€10.00", "Stout", "€4.50", declined=True),
        )
    await killing
    return rounds


async def kill_now_and_then(evening: Evening, dice: random.Random, kills: int) -> None:
    """Kill the bot some events and some milliseconds after it has come up, so many times."""
    async with SandboxClient(evening.client.base_url) as watcher:
        while evening.bot.kills["in all"] < kills:
            after = await watcher.mark()
            for _ in range(dice.randint(1, 12)):
                events = await watcher.events(after, 5)
                after = events[0].seq if events else after
            await asyncio.sleep(dice.random() * 0.05)  # not a wait: a random moment
            await evening.bot.kill()
            await evening.bot.start()


async def assert_all_is_well(evening: Evening, rounds: int) -> None:
    bot, client = evening.bot, evening.client
    assert await evening.wait_for(quiet(bot), LONG_SECONDS), bot.rows(
        "SELECT * FROM message WHERE state <> 'shown'"
    )
    await bot.stop()
    assert open_database(f"sqlite:///{bot.database}").examine() == []
    assert_each_step_ended_once(bot, rounds)
    await assert_the_provider_agrees(client, rounds)
    await assert_everybody_has_read_everything(evening)
    before = documents(bot)
    await bot.start()
    await tap_every_old_button(evening)
    await bot.stop()
    assert documents(bot) == before, "an old button still moved something"
    assert open_database(f"sqlite:///{bot.database}").examine() == []
    log = bot.log.read_text()
    assert " ERROR " not in log, log
    assert SANDBOX.bot_token not in log


def quiet(bot: BotProcess) -> Seen:
    """Whether nothing is left to be handled, said or paid back."""

    async def seen() -> bool:
        left = (
            "SELECT (SELECT count(*) FROM arrival WHERE state = 'new')"
            " + (SELECT count(*) FROM message WHERE state IN ('waiting', 'started'))"
            " + (SELECT count(*) FROM refund_part WHERE state <> 'done')"
        )
        return bot.number(left) == 0

    return seen


def documents(bot: BotProcess) -> dict[str, int]:
    tables = ("top_up", "lot", "goods_order", "deed", "check_out", "refund_order", "refund_part", "transfer")
    return {table: bot.number(f"SELECT count(*) FROM {table}") for table in tables}


def assert_each_step_ended_once(bot: BotProcess, rounds: int) -> None:
    assert bot.number("SELECT count(*) FROM top_up WHERE state = 'paid'") == 2 * rounds
    assert bot.number("SELECT count(*) FROM lot") == 2 * rounds
    states = dict(bot.rows("SELECT state, count(*) FROM line GROUP BY state"))
    assert states == {"delivered": 2 * rounds, "declined": rounds}
    assert bot.number("SELECT count(*) FROM check_out") == 2 * rounds
    assert bot.number("SELECT count(*) FROM refund_order") == 2 * rounds
    balances = dict(bot.rows("SELECT name, balance FROM account"))
    sold = (320 + 450) * rounds
    owed = {name: balance for name, balance in balances.items() if "clearing" not in name and balance}
    assert owed == {"merchant:1:payable": sold}
    assert balances["gateway:sandbox:clearing"] == -sold


async def assert_the_provider_agrees(client: SandboxClient, rounds: int) -> None:
    charges, refunds = await client.charges(), await client.refunds()
    assert sorted(charge["amount"] for charge in charges) == sorted([2000, 1000] * rounds)
    assert sorted(refund["amount"] for refund in refunds) == sorted([1680, 550] * rounds)
    assert {refund["status"] for refund in refunds} == {"succeeded"}


async def assert_everybody_has_read_everything(evening: Evening) -> None:
    """The final text of each card and order, each receipt and each payment is there; copies may be too."""
    bot, group = evening.bot, evening.group
    for number, person_id, state in bot.rows(
        "SELECT goods_order.id, customer_id, state FROM goods_order JOIN line ON order_id = goods_order.id"
    ):
        assert await evening.text(group, rf"(?si)G-{number} .*{state} by Bea"), number
        told = "Delivered" if state == "delivered" else "Not possible"
        assert await evening.text(person_id, rf"(?s)Order G-{number} .*{told}"), number
    for number, person_id in bot.rows("SELECT id, customer_id FROM check_out"):
        assert await evening.text(person_id, rf"Receipt C-{number}\b"), number
        assert await evening.text(group, rf"left\. .*\(C-{number}\)"), number
    for number, person_id in bot.rows("SELECT id, customer_id FROM refund_order"):
        assert await evening.text(person_id, rf"(?s)Refund R-{number} .*✅"), number
    for number, person_id in bot.rows("SELECT id, customer_id FROM top_up WHERE state = 'paid'"):
        assert await evening.text(person_id, rf"received \(T-{number}\)"), number


async def tap_every_old_button(evening: Evening) -> None:
    """Tap whatever can still be tapped, but for the screens that are true; each tap is answered."""
    for chat, person in [(each.id, each) for each in evening.customers] + [(evening.group, evening.bea)]:
        screens = {row[0] for row in evening.bot.rows(
            f"SELECT telegram_id FROM message WHERE chat_id = {chat} AND subject = 'screen'"
        )}  # fmt: skip
        for message in await evening.client.messages(chat):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            data = [key["callback_data"] for row in rows for key in row if "callback_data" in key]
            for each in data if message["message_id"] not in screens else []:
                with suppress(SandboxRefused):  # a tap took the other buttons of its message away
                    tapped = await evening.client.tap(
                        person, data=each, chat=chat, message_id=message["message_id"]
                    )
                    await evening.client.wait_toast(tapped)


@asynccontextmanager
async def open_evening(folder: Path, **settings: str) -> AsyncIterator[Evening]:
    """Start the sandbox, make the bar, start the bot."""
    async with _sandbox() as url, SandboxClient(url) as client:
        bea, *customers = [await client.person(name) for name in ("Bea", "Ann", "Bob")]
        group = await client.group("Blue Bar", bea)
        bot = BotProcess(_environ(url, folder, **settings), folder)
        tokens = await _make_bar(bot.database, group, bea.id, settings.get("CURRENCY", "EUR"))
        await bot.start()
        try:
            seats = {each.id: token for each, token in zip(customers, tokens, strict=True)}
            yield Evening(client, bot, group, bea, customers, seats)
        finally:
            await bot.close()


@asynccontextmanager
async def _sandbox() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox", "--port", "0", "--no-flood-limits",
        "--webhook-delay-cap-seconds", "0.5", cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().split()[1]
    finally:
        process.terminate()
        await process.wait()


async def _make_bar(database: Path, group: int, owner_id: int, currency: str) -> list[str]:
    """Make the bar; return what the QR codes of its two seats hold."""
    migrate(database)
    store = Writer(database, lambda: datetime.now(UTC))
    try:
        await store.run(lambda books: make_bar(books, "Blue Bar", group, owner_id, ("A1", "A2"), currency))
    finally:
        await store.close()
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("SELECT token FROM seat ORDER BY id")]


def _environ(url: str, folder: Path, **settings: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "BOT_TOKEN": SANDBOX.bot_token,
        "TELEGRAM_API_URL": url,
        "DATABASE_URL": f"sqlite:///{folder / 'books.sqlite3'}",
        "PAYMENT_PROVIDER_TOKEN": SANDBOX.provider_token,
        "PAYMENT_GATEWAY_URL": url,
        "PAYMENT_GATEWAY_KEY": SANDBOX.provider_key,
        "CHAT_PER_SECOND": "1000",
        "CHAT_BURST": "100",
        "GROUP_PER_MINUTE": "6000",
        "BOT_PER_SECOND": "1000",
        "CLAIM_SECONDS": "15",
        "LOG_LEVEL": "DEBUG",
        **settings,
    }
