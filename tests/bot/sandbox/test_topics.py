"""Topics of a forum, as the published Bot API has them."""

from __future__ import annotations

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import BadRequest, RetryAfter

from bot.sandbox import SandboxClient, SandboxSettings
from bot.sandbox.client import Person, SandboxRefused
from tests.bot.sandbox.conftest import Clock
from tests.bot.sandbox.inbox import Inbox


@pytest.fixture
async def bar(client: SandboxClient, inbox: Inbox, ann: Person) -> int:
    """A supergroup with the bot in it."""
    bar = await client.group("Bar", ann, type="supergroup")
    await inbox.rest()
    return bar


@pytest.fixture
async def kitchen(client: SandboxClient, inbox: Inbox, bar: int) -> int:
    """A topic of the bar."""
    kitchen = await client.topic(bar, "Kitchen")
    await inbox.rest()
    return kitchen


def message_of(found: Message | None) -> Message:
    assert found is not None
    return found


async def test_the_message_that_makes_a_topic_gives_it_its_number(
    client: SandboxClient, inbox: Inbox, bar: int
) -> None:
    kitchen = await client.topic(bar, "Kitchen")
    made = message_of((await inbox.next()).message)
    assert made.forum_topic_created is not None
    assert (made.forum_topic_created.name, made.message_id) == ("Kitchen", kitchen)
    assert (made.message_thread_id, made.is_topic_message, made.chat.is_forum) == (kitchen, True, True)


async def test_a_plain_group_has_no_topics(client: SandboxClient, ann: Person) -> None:
    with pytest.raises(SandboxRefused, match="only a supergroup"):
        await client.topic(await client.group("Bar", ann), "Kitchen")


async def test_what_is_said_in_a_topic_names_it_and_answers_its_first_message(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person, bar: int, kitchen: int
) -> None:
    await client.send(ann, "/menu", bar, thread_id=kitchen)
    heard = message_of((await inbox.next()).message)
    sent = await bot.send_message(bar, "Order 7", message_thread_id=kitchen)
    for each in (heard, sent):
        assert (each.message_thread_id, each.is_topic_message) == (kitchen, True)
        assert message_of(each.reply_to_message).forum_topic_created is not None


async def test_without_a_topic_a_message_goes_to_general_which_has_no_number(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person, bar: int, kitchen: int
) -> None:
    sent = await bot.send_message(bar, "Order 7")
    await client.send(ann, "/menu", bar)
    heard = message_of((await inbox.next()).message)
    for each in (heard, sent):
        assert (each.message_thread_id, each.is_topic_message) == (None, None)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(bar, "x", message_thread_id=1)


async def test_an_answer_in_a_supergroup_has_a_thread_that_is_no_topic(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person, bar: int
) -> None:
    card = await bot.send_message(bar, "Order 7")
    await client.send(ann, "mine", bar, reply_to=card.message_id)
    heard = message_of((await inbox.next()).message)
    assert (heard.message_thread_id, heard.is_topic_message) == (card.message_id, None)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(bar, "x", message_thread_id=card.message_id)


async def test_a_card_in_a_topic_is_edited_and_tapped_without_naming_it(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person, bar: int, kitchen: int
) -> None:
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Accept", callback_data="ac1:7")]])
    await bot.send_message(bar, "Order 6", reply_markup=keys)
    card = await bot.send_message(bar, "Order 7", message_thread_id=kitchen, reply_markup=keys)
    edited = await bot.edit_message_text("Order 7 again", bar, card.message_id, reply_markup=keys)
    assert isinstance(edited, Message)
    assert (edited.message_thread_id, edited.is_topic_message) == (kitchen, True)
    for thread_id, text in ((kitchen, "Order 7 again"), (0, "Order 6")):
        await client.tap(ann, "Accept", bar, thread_id=thread_id)
        query = (await inbox.next()).callback_query
        assert query is not None
        assert isinstance(query.message, Message)
        assert query.message.text == text


async def test_a_pin_is_told_in_the_topic_of_what_is_pinned(
    bot: Bot, client: SandboxClient, inbox: Inbox, bar: int, kitchen: int
) -> None:
    await client.set_bot(bar, "administrator")
    await inbox.rest()
    board = await bot.send_message(bar, "Board", message_thread_id=kitchen)
    await bot.pin_chat_message(bar, board.message_id)
    service = message_of((await inbox.next()).message)
    assert service.message_thread_id == kitchen
    assert service.pinned_message is not None


async def test_in_a_closed_topic_only_an_administrator_writes(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person, bar: int, kitchen: int
) -> None:
    card = await bot.send_message(bar, "Order 7", message_thread_id=kitchen)
    await client.set_topic(bar, kitchen, "closed")
    closed = message_of((await inbox.next()).message)
    assert closed.forum_topic_closed is not None
    assert closed.message_thread_id == kitchen
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(bar, "x", message_thread_id=kitchen)
    with pytest.raises(SandboxRefused, match="the topic is closed"):
        await client.send(ann, "x", bar, thread_id=kitchen)
    await bot.edit_message_text("Order 7 again", bar, card.message_id)
    await client.set_topic(bar, kitchen, "open")
    assert message_of((await inbox.next()).message).forum_topic_reopened is not None
    assert await bot.send_message(bar, "x", message_thread_id=kitchen)


async def test_a_deleted_topic_is_gone_with_all_that_was_in_it_and_nobody_is_told(
    bot: Bot, client: SandboxClient, inbox: Inbox, bar: int, kitchen: int
) -> None:
    card = await bot.send_message(bar, "Order 7", message_thread_id=kitchen)
    other = await bot.send_message(bar, "Order 8")
    await client.set_topic(bar, kitchen, "deleted")
    assert await inbox.rest() == []
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(bar, "x", message_thread_id=kitchen)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("Order 7 again", bar, card.message_id)
    assert await bot.edit_message_text("Order 8 again", bar, other.message_id)


class TestLimits:
    """Telegram's flood limits, on a clock that is moved by hand."""

    @pytest.fixture
    def settings(self) -> SandboxSettings:
        return SandboxSettings(group_per_minute=4)

    async def test_topics_share_the_limit_of_their_group(
        self, bot: Bot, client: SandboxClient, clock: Clock, bar: int
    ) -> None:
        topics = [await client.topic(bar, name) for name in ("Kitchen", "Bar")]
        for thread_id in (*topics, *topics):
            await bot.send_message(bar, "x", message_thread_id=thread_id)
            clock.seconds += 1
        for thread_id in topics:
            with pytest.raises(RetryAfter):
                await bot.send_message(bar, "x", message_thread_id=thread_id)
