"""What can be made to go wrong between bot and Telegram."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.sandbox import SandboxClient, SandboxSettings
from bot.sandbox.client import Person, SandboxRefused
from tests.bot.sandbox.conftest import Clock


async def texts(client: SandboxClient, chat: Person) -> list[str]:
    """Return what the bot said in a chat."""
    return [each["text"] for each in await client.messages(chat) if each["from"]["is_bot"]]


async def test_a_429_names_the_time_to_wait(bot: Bot, client: SandboxClient, ann: Person) -> None:
    await client.fault("sendMessage", "status", status=429, retry_after=7)
    with pytest.raises(RetryAfter) as refusal:
        await bot.send_message(ann.id, "x")
    assert refusal.value._retry_after.total_seconds() == 7
    assert await bot.send_message(ann.id, "y")
    assert await texts(client, ann) == ["y"]


async def test_any_status_with_any_words(bot: Bot, client: SandboxClient, ann: Person) -> None:
    await client.fault("*", "status", status=403, description="Forbidden: user is deactivated")
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(ann.id, "x")
    await client.fault("sendMessage", "status", status=400, description="Bad Request: TOPIC_CLOSED")
    with pytest.raises(BadRequest):
        await bot.send_message(ann.id, "x")


async def test_a_fault_may_hold_for_one_chat_and_several_times(
    bot: Bot, client: SandboxClient, ann: Person
) -> None:
    bob = await client.person("Bob")
    await client.start(bob)
    await client.fault("sendMessage", "status", status=500, chat_id=bob.id, times=2)
    assert await bot.send_message(ann.id, "x")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(bob.id, "x")
    assert await bot.send_message(bob.id, "x")


@pytest.mark.parametrize("effect", [True, False])
async def test_a_lost_connection_says_nothing_of_the_effect(
    bot: Bot, client: SandboxClient, ann: Person, effect: bool
) -> None:
    await client.fault("sendMessage", "drop", effect=effect)
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "x")
    assert await texts(client, ann) == (["x"] if effect else [])


async def test_no_answer_is_a_timeout_and_the_effect_stands(
    bot: Bot, client: SandboxClient, ann: Person
) -> None:
    await client.fault("sendMessage", "hang", effect=True)
    with pytest.raises(TimedOut):
        await bot.send_message(ann.id, "x", read_timeout=0.3)
    assert await texts(client, ann) == ["x"]


async def test_faults_can_be_forgotten_and_are_told_when_met(
    bot: Bot, client: SandboxClient, ann: Person
) -> None:
    await client.fault("sendMessage", "status", times=5)
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "x")
    assert (await client.wait(lambda event: event.kind == "fault")).fields["fault"]["times"] == 4
    await client.clear_faults()
    assert await bot.send_message(ann.id, "x")


async def test_a_fault_that_cannot_be_is_refused(client: SandboxClient) -> None:
    for on, kind in (("sendMessage", "pending"), ("provider.nothing", "status"), ("update", "hang")):
        with pytest.raises(SandboxRefused, match="no fault"):
            await client.fault(on, kind)


class TestFlood:
    """Telegram's flood limits, on a clock that is moved by hand."""

    @pytest.fixture
    def settings(self) -> SandboxSettings:
        """As it is out of the box."""
        return SandboxSettings()

    async def test_a_chat_takes_a_burst_and_then_one_a_second(
        self, bot: Bot, ann: Person, clock: Clock
    ) -> None:
        for _ in range(5):
            await bot.send_message(ann.id, "x")
        with pytest.raises(RetryAfter) as refusal:
            await bot.send_message(ann.id, "x")
        clock.seconds += refusal.value._retry_after.total_seconds()
        assert await bot.send_message(ann.id, "x")

    async def test_a_group_takes_20_a_minute_and_edits_count(
        self, bot: Bot, client: SandboxClient, ann: Person, clock: Clock
    ) -> None:
        bar = await client.group("Bar", ann)
        card = await bot.send_message(bar, "0")
        for number in range(1, 20):
            clock.seconds += 1
            await bot.edit_message_text(f"{number}", bar, card.message_id)
        clock.seconds += 1
        with pytest.raises(RetryAfter) as refusal:
            await bot.send_message(bar, "x")
        assert refusal.value._retry_after.total_seconds() == 40
        assert await bot.send_message(ann.id, "elsewhere it goes on")

    async def test_all_chats_together_take_30_a_second(
        self, bot: Bot, client: SandboxClient, clock: Clock
    ) -> None:
        people = [await client.person(f"P{number}") for number in range(11)]
        for person in people:
            await client.start(person)
        for person in people[:10]:
            for _ in range(3):
                await bot.send_message(person.id, "x")
        with pytest.raises(RetryAfter):
            await bot.send_message(people[10].id, "x")
        clock.seconds += 1
        assert await bot.send_message(people[10].id, "x")

    async def test_answers_are_never_counted(self, bot: Bot, client: SandboxClient, ann: Person) -> None:
        sent = await bot.send_message(ann.id, "x")
        for _ in range(8):
            tapped = await client.forge(ann, "d", sent.message_id)
            assert await bot.answer_callback_query(tapped["callback_query_id"])


class TestFast:
    """A sandbox on which a minute lasts a second."""

    @pytest.fixture
    def settings(self) -> SandboxSettings:
        """Sixty times as fast."""
        return SandboxSettings(speed=60.0)

    async def test_speed_shortens_the_wait(
        self, bot: Bot, client: SandboxClient, ann: Person, clock: Clock
    ) -> None:
        bar = await client.group("Bar", ann)
        for _ in range(20):
            clock.seconds += 0.02
            await bot.send_message(bar, "x")
        with pytest.raises(RetryAfter):
            await bot.send_message(bar, "x")
        clock.seconds += 1
        assert await bot.send_message(bar, "x")
