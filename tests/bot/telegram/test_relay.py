"""What is wanted said is said: in order, within the limits, and whatever Telegram answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot

from bot.buttons import GoHome
from bot.clock import SystemClock
from bot.desk import House
from bot.gateways import Gateways
from bot.outbox import (
    Chat,
    Message,
    MessageState,
    begin,
    due_messages,
    finish,
    note_posted,
    say,
    show,
    strip_copy,
)
from bot.pages import Invoice, Key, Page
from bot.people import Peer, Sender, follow_group, meet
from bot.sandbox import Person, Sandbox, SandboxClient, SandboxSettings
from bot.settings import Settings
from bot.telegram.pace import Limits, Pace
from bot.telegram.relay import Relay
from bot.telegram.request import AiohttpRequest, Patience
from core.merchant import NewLinkCode, NewMerchant, create_merchant, make_link_code
from core.ports import Books
from core.station import LinkGroup, Station, link_group
from storage.sqlite import Writer
from tests.conftest import make_empty_books
from tests.stage import HandClock, bot_settings

LOOK_AGAIN_SECONDS = 0.001
PATIENCE_SECONDS = 60
FREE = Limits(chat_per_second=1000, chat_burst=100, group_per_minute=6000, bot_per_second=1000)
TELEGRAM = Limits(chat_per_second=1, chat_burst=3, group_per_minute=20, bot_per_second=30)
KEYS = [[Key("Home", GoHome())]]


@dataclass(slots=True)
class PostOffice:
    """A relay at work between an outbox and a sandbox; the clock of both is moved by hand."""

    sandbox: Sandbox
    client: SandboxClient
    clock: HandClock | SystemClock
    store: Writer
    house: House
    bot: Bot
    ann: Person
    ada: Person
    relay: Relay = field(init=False)
    _running: asyncio.Task[None] | None = None

    async def open(self, limits: Limits = FREE) -> None:
        self.relay = Relay(self.store, self.bot, self.house, Pace(limits), self.clock)
        self._running = asyncio.create_task(self.relay.run())

    async def close(self) -> None:
        if self._running:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def want(self, work: Any) -> None:
        await self.store.run(work)
        self.relay.wake()

    async def say(self, text: str, chat_id: int | None = None) -> None:
        await self.want(lambda books: say(books, chat_id or self.ann.id, Page(text, KEYS)))

    async def show(self, text: str, *, follows: bool = False) -> None:
        await self.want(lambda books: show(books, self.ann.id, "screen", Page(text, KEYS), follows=follows))

    def give_up_soon(self) -> None:
        """Wait but a moment for Telegram from now on: for tests in which no answer comes."""
        assert isinstance(self.bot.request, AiohttpRequest)
        self.bot.request._patience = Patience(read_seconds=0.3)

    async def settle(self) -> None:
        """Wait until nothing more can be said at this time."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.relay.idle:
                assert self._running
                if self._running.done():
                    self._running.result()
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def pass_time(self, seconds: float) -> None:
        await self.settle()
        assert isinstance(self.clock, HandClock)
        self.clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(LOOK_AGAIN_SECONDS)  # whoever waits for the clock has a turn
        await self.settle()

    async def texts(self, chat: Person | int | None = None) -> list[str]:
        """Return what the bot has said in a chat; a star marks what has buttons."""
        messages = await self.client.messages(chat or self.ann)
        return [
            each["text"] + ("*" if "reply_markup" in each else "")
            for each in messages
            if each["from"]["is_bot"] and "text" in each
        ]

    async def state_is(self, state: MessageState) -> None:
        """Wait until some message has come so far."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while state not in [each.state for each in await self.rows()]:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def rows(self) -> list[Message]:
        return await self.store.run(all_messages)


async def all_messages(books: Books) -> list[Message]:
    return await books.find(Message)


@asynccontextmanager
async def open_office(
    folder: Path, settings: SandboxSettings, clock: HandClock | SystemClock
) -> AsyncIterator[PostOffice]:
    """Open a post office whose sandbox, store and relay share a clock. Ann and Ada have met the bot."""

    def now() -> float:
        return clock.now().timestamp()

    path = folder / "books.sqlite3"
    make_empty_books(path)
    async with Sandbox(settings, now=now) as sandbox, SandboxClient(sandbox.url) as client:
        ann, ada = await client.person("Ann"), await client.person("Ada")
        store = Writer(path, clock.now)
        for each in (ann, ada):
            await client.start(each)
            await store.run(partial(meet, sender=Sender(each.id, each.first_name, "en")))
        house = House(Settings.read(bot_settings(sandbox, path, ada.id)), "seatside_bot", Gateways())
        async with make_bot(sandbox) as bot:
            office = PostOffice(sandbox, client, clock, store, house, bot, ann, ada)
            yield office
            await office.close()
        await store.close()


def make_bot(sandbox: Sandbox) -> Bot:
    return Bot(
        sandbox.settings.bot_token,
        base_url=f"{sandbox.url}/bot",
        request=AiohttpRequest(Patience(read_seconds=PATIENCE_SECONDS)),
        get_updates_request=AiohttpRequest(),
    )


@pytest.fixture
async def office(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[PostOffice]:
    """A post office whose clock stands still; with flood limits where a test is parametrized so."""
    settings = SandboxSettings(flood_limits=getattr(request, "param", False))
    async with open_office(tmp_path, settings, HandClock()) as office:
        yield office


async def test_a_chat_reads_everything_in_the_order_in_which_it_was_wanted(office: PostOffice) -> None:
    await office.open()
    for number in range(20):
        await office.say(str(number))
    await office.settle()
    assert await office.texts() == [f"{number}*" for number in range(20)]


async def test_a_living_message_shows_the_last_that_was_wanted(office: PostOffice) -> None:
    async def want_three(books: Books) -> None:
        for text in ("one", "two", "three"):
            await show(books, office.ann.id, "screen", Page(text))

    await office.open()
    await office.want(want_three)
    await office.settle()
    await office.show("four")
    await office.settle()
    assert await office.texts() == ["four*"]


async def test_what_is_wanted_while_it_is_being_sent_is_sent_after_it(office: PostOffice) -> None:
    await office.open()
    await office.client.fault("sendMessage", "hang")
    office.give_up_soon()
    await office.show("one")
    await office.state_is(MessageState.STARTED)
    await office.show("two")
    await office.pass_time(1)
    assert await office.texts() == ["🔁 two*"]
    (row,) = await office.rows()
    assert (row.wanted, row.shown, row.state) == (2, 2, MessageState.SHOWN)


async def test_the_end_of_an_older_sending_leaves_the_newer_waiting(office: PostOffice) -> None:
    await office.open()
    await office.client.fault("editMessageText", "status", status=500, effect=True)
    await office.show("one")
    await office.settle()
    await office.show("two")
    await office.show("three")
    await office.pass_time(1)
    assert await office.texts() == ["three*"]


async def test_a_screen_that_was_buried_moves_to_the_end(office: PostOffice) -> None:
    await office.open()
    await office.show("one", follows=True)
    await office.settle()
    posted = await office.client.send(office.ann, "hello")
    await office.want(lambda books: note_posted(books, office.ann.id, posted["message_id"]))
    await office.show("one", follows=True)
    await office.settle()
    moved = await office.client.last(office.ann)
    assert (await office.texts(), moved["message_id"] > posted["message_id"]) == (["one*"], True)
    await office.show("one", follows=True)
    await office.settle()
    assert await office.client.last(office.ann) == moved, "it is at the end already"


async def test_a_message_that_is_not_modified_counts_as_shown(office: PostOffice) -> None:
    await office.open()
    await office.client.fault("editMessageText", "drop", effect=True)
    await office.show("one")
    await office.settle()
    await office.show("two")
    await office.pass_time(1)
    assert await office.texts() == ["two*"]
    assert [each.state for each in await office.rows()] == [MessageState.SHOWN]


async def test_a_message_that_is_gone_is_sent_anew(office: PostOffice) -> None:
    await office.open()
    await office.show("one")
    await office.settle()
    (row,) = await office.rows()
    assert row.telegram_id
    await office.bot.delete_message(office.ann.id, row.telegram_id)
    await office.show("two")
    await office.settle()
    assert await office.texts() == ["two*"]


async def test_who_blocked_the_bot_is_given_up_and_the_admins_hear_of_it_once(office: PostOffice) -> None:
    await office.open()
    await office.client.block(office.ann)
    for text in ("one", "two"):
        await office.say(text)
        await office.settle()
    assert [text.partition(":")[0] for text in await office.texts(office.ada)] == [
        "⚠️ A message to Ann was not delivered"
    ]
    await office.client.unblock(office.ann)
    await office.want(lambda books: meet(books, Sender(office.ann.id, "Ann", "en")))
    await office.say("three")
    await office.settle()
    assert await office.texts() == ["three*"]
    await office.client.block(office.ann)
    await office.say("four")
    await office.settle()
    assert len(await office.texts(office.ada)) == 2


async def test_an_admin_who_blocked_the_bot_is_not_told_so(office: PostOffice) -> None:
    await office.open()
    await office.client.block(office.ada)
    await office.say("one", office.ada.id)
    await office.settle()
    assert [each.state for each in await office.rows()] == [MessageState.FAILED]


async def test_a_429_holds_up_its_chat_only_and_as_long_as_telegram_said(office: PostOffice) -> None:
    await office.open()
    await office.client.fault("sendMessage", "status", chat_id=office.ann.id, retry_after=30)
    await office.say("one")
    await office.say("two")
    await office.say("hello", office.ada.id)
    await office.settle()
    assert (await office.texts(), await office.texts(office.ada)) == ([], ["hello*"])
    await office.pass_time(29)
    assert await office.texts() == []
    await office.pass_time(1)
    assert await office.texts() == ["one*", "two*"]


async def test_a_group_that_moved_is_followed(office: PostOffice) -> None:
    await office.open()
    group = await office.client.group("Bar", office.ada)
    await office.want(lambda books: books.add(Peer(group, "Bar", "en", "", None, "", True)))
    await office.say("one", group)
    await office.settle()
    supergroup = await office.client.upgrade(group)
    await office.say("two", group)
    await office.settle()
    assert await office.texts(supergroup) == ["two*"]
    chat = await office.store.run(lambda books: books.get(Chat, group))
    assert chat
    assert chat.moved_to == supergroup


async def test_following_a_group_twice_or_over_what_is_there_already_does_no_harm(office: PostOffice) -> None:
    async def show_in_both(books: Books) -> None:
        for chat_id in (-1, -2):
            await show(books, chat_id, "menu", Page("menu"))
        for _ in range(2):
            await follow_group(books, -1, -2)

    await office.store.run(show_in_both)
    assert [(each.chat_id, each.state) for each in await office.rows()] == [
        (-1, MessageState.FAILED),
        (-2, MessageState.WAITING),
    ]


@pytest.mark.parametrize("kind", ["hang", "drop"])
async def test_a_message_of_unknown_fate_is_repeated_with_a_mark(office: PostOffice, kind: str) -> None:
    await office.open()
    await office.client.fault("sendMessage", kind, effect=True)
    if kind == "hang":
        office.give_up_soon()
    await office.say("one")
    await office.pass_time(1)
    assert await office.texts() == ["one*", "🔁 one*"]
    await office.say("two")
    await office.settle()
    assert (await office.texts())[-1] == "two*"


async def test_an_edit_of_unknown_fate_is_repeated_plainly(office: PostOffice) -> None:
    await office.open()
    await office.show("one")
    await office.settle()
    await office.client.fault("editMessageText", "drop")
    await office.show("two")
    await office.pass_time(1)
    assert await office.texts() == ["two*"]


async def test_an_invoice_of_unknown_fate_says_that_it_is_a_repeat(office: PostOffice) -> None:
    await office.open()
    await office.client.fault("sendInvoice", "drop", effect=True)
    invoice = Invoice("Top-up T-1", "Prepaid", "token", "Top-up", 2000, "EUR")
    await office.want(lambda books: say(books, office.ann.id, invoice))
    await office.pass_time(1)
    assert [each["title"] for each in await office.client.invoices(office.ann)] == [
        "Top-up T-1",
        "🔁 Top-up T-1",
    ]


async def test_what_surely_was_not_sent_is_repeated_without_a_mark(office: PostOffice) -> None:
    await office.open()
    deaf = Bot(
        office.sandbox.settings.bot_token,
        base_url="http://127.0.0.1:1/bot",
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(),
    )
    await deaf._request[1].initialize()
    office.relay.bot = deaf
    await office.say("one")
    await office.settle()
    await deaf._request[1].shutdown()
    office.relay.bot = office.bot
    await office.pass_time(1)
    assert await office.texts() == ["one*"]


async def test_what_a_restart_interrupted_is_said_again_with_a_mark(office: PostOffice) -> None:
    async def start_two(books: Books) -> None:
        for text in ("one", "two"):
            await say(books, office.ann.id, Page(text))
        await begin(books, (await books.find(Message))[0].id)

    await office.store.run(start_two)
    await office.open()
    await office.settle()
    assert await office.texts() == ["🔁 one", "two"]


async def test_the_limits_outlive_a_restart(office: PostOffice) -> None:
    await office.open(TELEGRAM)
    for number in range(5):
        await office.say(str(number))
    await office.settle()
    await office.close()
    await office.open(TELEGRAM)
    await office.settle()
    assert len(await office.texts()) == 3
    await office.pass_time(1)
    await office.pass_time(1)
    assert len(await office.texts()) == 5


async def test_a_refused_message_is_given_up_and_seen_and_the_next_one_goes_out(office: PostOffice) -> None:
    await office.open()
    await office.say("<b>never closed")
    await office.say("fine")
    await office.settle()
    assert await office.texts() == ["fine*"]
    assert len(await office.texts(office.ada)) == 1


def watch_refusals(sandbox: Sandbox) -> list[Any]:
    """Return a list that grows with each refusal of a call."""
    refusals: list[Any] = []

    def judge(kind: str, method: str, told: Any) -> None:
        if kind == "refusal":
            refusals.append(told)

    sandbox.world.observers.append(judge)
    return refusals


@pytest.mark.slow
async def test_a_busy_burst_meets_no_429_in_real_time(tmp_path: Path) -> None:
    ten_times = Limits(chat_per_second=10, chat_burst=3, group_per_minute=20, bot_per_second=300)
    async with open_office(tmp_path, SandboxSettings(speed=10), SystemClock()) as office:
        refusals = watch_refusals(office.sandbox)
        await office.open(ten_times)
        group = await office.client.group("Bar", office.ada)
        for chat_id in (office.ann.id, office.ada.id, group):
            for number in range(20):
                await office.say(str(number), chat_id)
        await office.client.wait(lambda event: event.chat_id == group and event.text == "19")
        assert refusals == []


@pytest.mark.parametrize("office", [True], indirect=True)
async def test_a_busy_burst_meets_no_429_at_telegrams_limits(office: PostOffice) -> None:
    refusals = watch_refusals(office.sandbox)
    await office.open(TELEGRAM)
    group = await office.client.group("Bar", office.ada)
    guests = [await office.client.person(f"Guest {number}") for number in range(15)]
    for guest in guests:
        await office.client.start(guest)
    for number in range(25):
        await office.say(f"order {number}", group)
    for guest in guests:
        for text in ("one", "two", "three", "four"):
            await office.say(text, guest.id)
    for _ in range(25):
        await office.pass_time(1)
    await office.pass_time(45)
    await office.pass_time(5)
    assert refusals == []
    assert len(await office.texts(group)) == 25
    assert {len(await office.texts(guest)) for guest in guests} == {4}


async def test_only_chats_that_may_be_written_to_are_looked_at(office: PostOffice) -> None:
    async def want_many(books: Books) -> list[int]:
        for number in range(100):
            await say(books, -1, Page(str(number)))
        await say(books, 7, Page("hello"))
        return [each.chat_id for each in await due_messages(books, hushed=(-1,))]

    assert await office.store.run(want_many) == [7]
    heads = await office.store.run(due_messages)
    assert [each.chat_id for each in heads] == [-1], "behind the first few, chats are looked at later"


async def test_a_long_queue_of_one_chat_holds_up_no_other(office: PostOffice) -> None:
    await office.open(TELEGRAM)
    for number in range(100):
        await office.say(str(number))
    await office.say("hello", office.ada.id)
    await office.settle()
    assert await office.texts(office.ada) == ["hello*"]
    assert len(await office.texts()) == 3


async def test_the_same_page_wanted_again_costs_nothing(office: PostOffice) -> None:
    await office.open()
    await office.show("one")
    await office.settle()
    await office.show("one")
    await office.settle()
    (row,) = await office.rows()
    assert (row.wanted, row.shown) == (1, 1)


async def test_a_tap_on_what_is_on_its_way_does_not_strip_it(office: PostOffice) -> None:
    async def tap_early(books: Books) -> list[Message]:
        await show(books, office.ann.id, "screen", Page("one", KEYS))
        (message,) = await books.find(Message)
        await begin(books, message.id)
        await strip_copy(books, office.ann.id, 99)
        found = await books.find(Message)
        await books.save(replace(found[0], state=MessageState.SHOWN, telegram_id=98))
        await strip_copy(books, office.ann.id, 99)
        return (await books.find(Message))[len(found) :]

    later = await office.store.run(tap_early)
    assert [each.chat_id for each in later] == [office.ann.id], "once nothing is under way, it is a copy"


async def test_in_a_group_new_cards_pass_edits_and_the_overview_waits_in_line(office: PostOffice) -> None:
    async def busy(books: Books) -> list[str]:
        await show(books, -100, "board", Page("1 open"), overview=True)
        await show(books, -100, "card:1", Page("new"))
        (card,) = await due_messages(books)
        started, _ = await begin(books, card.id)
        await finish(books, started, 11)
        await show(books, -100, "board", Page("2 open"), overview=True)
        await show(books, -100, "card:1", Page("accepted"))
        await show(books, -100, "card:2", Page("new"))
        said: list[str] = []
        while found := await due_messages(books):
            started, _ = await begin(books, found[0].id)
            await finish(books, started, started.telegram_id or 12 + len(said))
            said.append(started.subject)
        return said

    assert await office.store.run(busy) == ["card:2", "board", "card:1"]


@pytest.mark.parametrize("office", [True], indirect=True)
async def test_topics_of_a_group_share_its_limit_and_its_order(office: PostOffice) -> None:
    """Twenty a minute go to a group, whatever the topic, and none of them is refused."""
    refused: list[Any] = []
    office.sandbox.world.observers.append(
        lambda kind, method, told: refused.append(told) if kind == "refusal" else None
    )
    bar = await office.client.group("Bar", office.ann, type="supergroup")
    topics = [await office.client.topic(bar, name) for name in ("Kitchen", "Grill")]
    await office.open(TELEGRAM)

    async def want(books: Books) -> None:
        for number in range(30):
            await say(books, bar, Page(str(number)), topics[number % 2])

    await office.want(want)
    for _ in range(59):
        await office.pass_time(1)
    assert await office.texts(bar) == [str(number) for number in range(20)]
    for _ in range(60):
        await office.pass_time(1)
    assert await office.texts(bar) == [str(number) for number in range(30)]
    assert refused == []


async def test_a_living_message_is_one_of_its_subject_in_each_topic(office: PostOffice) -> None:
    bar = await office.client.group("Bar", office.ann, type="supergroup")
    kitchen = await office.client.topic(bar, "Kitchen")
    await office.open()
    for text in ("one", "two"):
        for thread_id in (0, kitchen):
            page = Page(f"{text} in {thread_id}")
            await office.want(lambda books, p=page, t=thread_id: show(books, bar, "card:1", p, thread_id=t))
            await office.settle()
    assert await office.texts(bar) == ["two in 0", f"two in {kitchen}"]
    messages = await office.client.messages(bar)
    assert [each.get("message_thread_id") for each in messages if "text" in each] == [None, kitchen]


@pytest.mark.parametrize("how", ["closed", "deleted"])
async def test_what_a_lost_topic_does_not_take_is_given_up_and_nobody_is_alarmed_for_a_page(
    office: PostOffice, how: str
) -> None:
    """A topic that is no station's place has nothing that is owed to anybody."""
    bar = await office.client.group("Bar", office.ann, type="supergroup")
    topic = await office.client.topic(bar, "Talk")
    await office.client.set_topic(bar, topic, how)
    await office.open()
    await office.want(lambda books: say(books, bar, Page("the figures"), topic))
    await office.say("elsewhere it goes on", bar)
    await office.settle()
    assert await office.texts(bar) == ["elsewhere it goes on*"]
    assert [row.state for row in await office.rows()] == [MessageState.FAILED, MessageState.SHOWN]
    assert await office.texts(office.ada) == []


async def give_the_kitchen_a_place(books: Books, main: int, chat: int, thread_id: int) -> None:
    """A merchant whose kitchen has a place of its own, made without the talk."""
    bar = await books.once("bar", create_merchant, NewMerchant("Blue Bar", "EUR"))
    for group, station, thread in ((main, "", 0), (chat, "kitchen", thread_id)):
        await books.add_new(Peer(group, "Blue Bar", "en", "", None, "", True), "id")
        code = await books.once(f"code {station}", make_link_code, NewLinkCode(bar))
        await books.once(f"link {station}", link_group, LinkGroup(code, group, 1, station, thread))
    books.told.clear()


@pytest.mark.parametrize("how", ["kicked", "restricted", "deleted"])
async def test_a_stations_place_that_takes_nothing_is_lost_and_told_once(
    office: PostOffice, how: str
) -> None:
    """No update told of it, as after a long outage: the first message that is refused does."""
    main = await office.client.group("Bar", office.ann)
    kitchen = await office.client.group("Kitchen", office.ann, type="supergroup")
    topic = await office.client.topic(kitchen, "Orders") if how == "deleted" else 0
    await office.store.run(lambda books: give_the_kitchen_a_place(books, main, kitchen, topic))
    if how == "deleted":
        await office.client.set_topic(kitchen, topic, "deleted")
    else:
        await office.client.set_bot(kitchen, how)
    await office.open()
    for text in ("G-1", "G-2"):
        await office.want(lambda books, t=text: say(books, kitchen, Page(t), topic))
    await office.settle()
    (station,) = await office.store.run(lambda books: books.find(Station))
    assert not station.reached
    for who, word in ((main, "⚠️ I cannot write to kitchen"), (office.ada, "⚠️ Blue Bar: I cannot write")):
        (told,) = await office.texts(who)
        assert told.startswith(word)
