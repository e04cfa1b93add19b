"""What the bot hears of: by polling, by webhook, and not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, web
from telegram import Bot, LabeledPrice
from telegram.error import BadRequest, Conflict

from bot.sandbox import Sandbox, SandboxClient, SandboxSettings
from bot.sandbox.client import Person
from tests.bot.sandbox.conftest import Clock
from tests.bot.sandbox.inbox import Inbox, bot_of


class Hook:
    """A bot's webhook that answers as it is told, and hands over what it got."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[tuple[dict[str, Any], str]] = asyncio.Queue()
        self.answer: Callable[[dict[str, Any]], web.Response] = lambda update: web.Response()
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.got.put_nowait((update, request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")))
        return self.answer(update)


@pytest.fixture
async def hook(sandbox: Sandbox) -> AsyncIterator[Hook]:
    """A webhook on a port of its own, and a sandbox that sends to it only after it listens."""
    hook = Hook()
    app = web.Application()
    app.add_routes([web.post("/hook", hook.take)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    await sandbox.stop()
    await runner.cleanup()


async def test_ids_are_sequential_and_an_offset_confirms_what_lies_below(
    bot: Bot, client: SandboxClient, ann: Person
) -> None:
    for text in ("one", "two", "three"):
        await client.send(ann, text)
    first = await bot.get_updates()
    assert [each.update_id - first[0].update_id for each in first] == [0, 1, 2]
    assert [each.update_id for each in await bot.get_updates()] == [each.update_id for each in first]
    left = await bot.get_updates(offset=first[1].update_id)
    assert [each.message.text for each in left if each.message] == ["two", "three"]
    assert [each.message.text for each in await bot.get_updates(offset=-1) if each.message] == ["three"]
    assert len(await bot.get_updates()) == 1


async def test_a_limit_bounds_the_batch(bot: Bot, client: SandboxClient, ann: Person) -> None:
    for text in ("one", "two"):
        await client.send(ann, text)
    assert len(await bot.get_updates(limit=1)) == 1


async def test_a_long_poll_ends_with_the_first_update(
    client: SandboxClient, inbox: Inbox, ann: Person
) -> None:
    polling = asyncio.create_task(inbox.next())
    await client.send(ann, "wake up")
    update = await polling
    assert update.message is not None
    assert update.message.text == "wake up"


async def test_a_second_poller_ends_the_first(sandbox: Sandbox, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=60))
    async with asyncio.timeout(60):
        while sandbox.parts.updates._poller is None:  # noqa: ASYNC110 - the poll's arrival shows nowhere else
            await asyncio.sleep(0)
    async with bot_of(sandbox) as second:
        assert await second.get_updates(timeout=0) == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first


async def test_a_webhook_excludes_polling(bot: Bot, hook: Hook) -> None:
    await bot.set_webhook(hook.url)
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_allowed_updates_stay_until_changed(bot: Bot, client: SandboxClient, ann: Person) -> None:
    assert await bot.get_updates(allowed_updates=["callback_query"]) == ()
    await client.send(ann, "not wanted")
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=[])
    await client.send(ann, "wanted again")
    assert len(await bot.get_updates()) == 1


async def test_a_tap_is_forgotten_after_150_seconds_and_a_message_after_a_day(
    bot: Bot, client: SandboxClient, ann: Person, clock: Clock
) -> None:
    sent = await bot.send_message(ann.id, "x")
    await client.send(ann, "hello")
    await client.forge(ann, "old", sent.message_id)
    clock.seconds += 151
    assert [each.message.text for each in await bot.get_updates() if each.message] == ["hello"]
    clock.seconds += 86_400
    assert await bot.get_updates() == ()


async def test_a_webhook_gets_the_update_and_the_secret(bot: Bot, client: SandboxClient, hook: Hook) -> None:
    await bot.set_webhook(hook.url, secret_token="s-e_c", max_connections=7)
    ann = await client.person("Ann")
    await client.start(ann, "seat_A12")
    update, secret = await hook.got.get()
    assert (update["message"]["text"], secret) == ("/start seat_A12", "s-e_c")
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections) == (hook.url, 7)


async def test_an_update_comes_again_until_it_is_taken_and_in_order(
    bot: Bot, client: SandboxClient, ann: Person, hook: Hook
) -> None:
    hook.answer = lambda update: web.Response(status=500)
    await bot.set_webhook(hook.url)
    await client.send(ann, "one")
    await client.send(ann, "two")
    first, _ = await hook.got.get()
    hook.answer = lambda update: web.Response()
    again, _ = await hook.got.get()
    after, _ = await hook.got.get()
    assert first == again
    assert (again["message"]["text"], after["message"]["text"]) == ("one", "two")
    assert "500" in str((await bot.get_webhook_info()).last_error_message)


async def test_a_failing_update_blocks_only_its_own_queue(
    bot: Bot, client: SandboxClient, ann: Person, hook: Hook
) -> None:
    hook.answer = lambda update: web.Response(status=503 if "message" in update else 200)
    sent = await bot.send_message(ann.id, "x")
    await bot.set_webhook(hook.url)
    await client.send(ann, "stuck")
    await client.forge(ann, "free", sent.message_id)
    kinds: set[str] = set()
    while "callback_query" not in kinds:
        update, _ = await hook.got.get()
        kinds |= update.keys()
    pending = await client.pending_updates()
    assert [each["message"]["text"] for each in pending if "message" in each] == ["stuck"]


async def test_no_update_is_left_lying(bot: Bot, client: SandboxClient, ann: Person, hook: Hook) -> None:
    await bot.set_webhook(hook.url)
    bob = await client.person("Bob")
    for number in range(40):
        await client.send(bob if number % 2 else ann, f"{number}")
    got = [(await hook.got.get())[0]["message"]["text"] for _ in range(40)]
    evens, odds = (
        [int(text) for text in got if int(text) % 2 == 0],
        [int(text) for text in got if int(text) % 2],
    )
    assert (evens, odds) == (list(range(0, 40, 2)), list(range(1, 40, 2)))


async def test_the_answer_to_a_webhook_may_be_a_call(
    bot: Bot, client: SandboxClient, ann: Person, hook: Hook
) -> None:
    hook.answer = lambda update: web.json_response(
        {"method": "sendMessage", "chat_id": ann.id, "text": "at once"}
    )
    await bot.set_webhook(hook.url)
    await client.send(ann, "hello")
    assert (await client.wait_text(ann)).text == "at once"


@pytest.mark.parametrize(
    ("url", "secret", "why"),
    [
        ("http://example.org/hook", "", "an https url must be provided for webhook"),
        ("nonsense", "", "nvalid webhook url specified"),
        ("https://example.org/hook", "nö", "ecret token contains unallowed characters"),
    ],
)
async def test_bad_webhooks_are_refused(bot: Bot, url: str, secret: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        await bot.set_webhook(url, secret_token=secret)


async def test_pending_updates_can_be_dropped(bot: Bot, client: SandboxClient, ann: Person) -> None:
    await client.send(ann, "hello")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_an_update_can_come_twice_or_after_the_next(
    bot: Bot, client: SandboxClient, ann: Person
) -> None:
    await client.fault("update", "repeat")
    await client.send(ann, "twice")
    twice = await bot.get_updates()
    assert [each.update_id for each in twice] == [twice[0].update_id] * 2
    await client.fault("update", "swap")
    await client.send(ann, "one")
    await client.send(ann, "two")
    swapped = await bot.get_updates(offset=twice[0].update_id + 1)
    assert [each.message.text for each in swapped if each.message] == ["two", "one"]
    assert swapped[0].update_id > swapped[1].update_id


async def test_any_json_can_be_put_in_the_queue(client: SandboxClient, hook: Hook, bot: Bot) -> None:
    await bot.set_webhook(hook.url)
    await client.inject({"update_id": 7, "message": {"malformed": True}})
    update, _ = await hook.got.get()
    assert update == {"update_id": 7, "message": {"malformed": True}}


async def test_everything_survives_a_restart_of_the_sandbox(
    tmp_path: Path, settings: SandboxSettings, clock: Clock
) -> None:
    path = str(tmp_path / "sandbox.sqlite3")
    async with Sandbox(settings, file=path, now=clock) as first, SandboxClient(first.url) as client:
        ann = await client.person("Ann")
        group = await client.group("Bar", ann)
        message = await client.start(ann, "seat_A12")
        before = await client.pending_updates()
    async with Sandbox(settings, file=path, now=clock) as second, SandboxClient(second.url) as client:
        assert await client.pending_updates() == before
        assert await client.messages(ann) == [message]
        assert (await client.chat(group))["members"] == [ann.id]
        await client.send(ann, "still here")
        async with bot_of(second) as bot:
            updates = await bot.get_updates()
        assert [each.update_id for each in updates] == sorted({each.update_id for each in updates})
        assert len(updates) == len(before) + 1


async def test_money_and_queries_survive_a_restart_too(
    tmp_path: Path, settings: SandboxSettings, clock: Clock
) -> None:
    path = str(tmp_path / "sandbox.sqlite3")
    async with Sandbox(settings, file=path, now=clock) as first, SandboxClient(first.url) as client:
        ann = await client.person("Ann")
        charge = first.parts.provider.charge(1000, "EUR", {}, "tu1:1", "tpc_1")
        first.parts.provider.refund("part-1", charge["id"], 300, "pending")
        await client.start(ann)
        async with bot_of(first) as bot:
            sent = await bot.send_document(ann.id, b"x", filename="x.txt")
            await bot.set_my_commands([("balance", "What is left")])
        tapped = await client.forge(ann, "d", sent.message_id)
        charges, refunds = await client.charges(), await client.refunds()
    async with Sandbox(settings, file=path, now=clock) as second, SandboxClient(second.url) as client:
        assert (await client.charges(), await client.refunds()) == (charges, refunds)
        assert second.parts.provider.movements == first.parts.provider.movements
        async with bot_of(second) as bot:
            await bot.answer_callback_query(tapped["callback_query_id"], "still alive")
            assert [each.command for each in await bot.get_my_commands()] == ["balance"]
        assert sent.document is not None
        assert await client.download(sent.document.file_id) == b"x"


async def test_a_payment_that_was_being_asked_for_at_a_restart_is_cancelled(
    tmp_path: Path, settings: SandboxSettings, clock: Clock
) -> None:
    path = str(tmp_path / "sandbox.sqlite3")
    async with Sandbox(settings, file=path, now=clock) as first, SandboxClient(first.url) as client:
        ann = await client.person("Ann")
        await client.start(ann)
        async with bot_of(first) as bot:
            prices = [LabeledPrice("x", 1000)]
            await bot.send_invoice(ann.id, "x", "x", "x", "EUR", prices, settings.provider_token)
        paying = asyncio.create_task(client.pay(ann))
        await client.wait(lambda event: event.kind == "payment")
    with pytest.raises(ClientError):
        await paying
    async with Sandbox(settings, file=path, now=clock) as second, SandboxClient(second.url) as client:
        assert [each.status for each in await client.payments()] == ["timed_out"]
        async with bot_of(second) as bot:
            with pytest.raises(BadRequest, match="Query is too old"):
                await bot.answer_pre_checkout_query((await client.payments())[0].id, True)
