"""Groups: privacy mode, membership, upgrades, and commands."""

from __future__ import annotations

import pytest
from telegram import Bot, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.sandbox import SandboxClient, SandboxSettings
from bot.sandbox.client import Person, SandboxRefused
from tests.bot.sandbox.inbox import Inbox


def texts(updates: list[Update]) -> list[str | None]:
    """Return what the messages among updates say."""
    return [update.message.text for update in updates if update.message]


@pytest.fixture
async def bar(client: SandboxClient, inbox: Inbox, ann: Person) -> int:
    """A merchant's group with the bot in it."""
    bar = await client.group("Bar", ann)
    await inbox.rest()
    return bar


async def test_joining_is_told_twice(client: SandboxClient, inbox: Inbox, ann: Person) -> None:
    bar = await client.group("Bar", ann)
    service, member = await inbox.rest()
    assert service.message is not None
    assert [each.username for each in service.message.new_chat_members] == ["seatside_bot"]
    assert member.my_chat_member is not None
    assert member.my_chat_member.chat.id == bar
    assert member.my_chat_member.new_chat_member.status == "member"


async def test_privacy_mode_hides_chatter_and_shows_what_is_meant_for_the_bot(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person, bar: int, settings: SandboxSettings
) -> None:
    card = await bot.send_message(bar, "Order 7")
    await client.send(ann, "who takes seat 4?", bar)
    await client.send(ann, "/board", bar)
    await client.send(ann, f"/board@{settings.bot_username} now", bar)
    await client.send(ann, "/board@another_bot", bar)
    await client.send(ann, "mine", bar, reply_to=card.message_id)
    await client.send(ann, "see /board", bar)
    assert texts(await inbox.rest()) == ["/board", "/board@seatside_bot now", "mine"]


async def test_an_administrator_sees_all(client: SandboxClient, inbox: Inbox, ann: Person, bar: int) -> None:
    await client.set_bot(bar, "administrator")
    await client.send(ann, "who takes seat 4?", bar)
    assert "who takes seat 4?" in texts(await inbox.rest())


async def test_taps_in_a_group_always_arrive(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person, bar: int
) -> None:
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Accept", callback_data="ac1:7")]])
    await bot.send_message(bar, "Order 7", reply_markup=keys)
    await client.tap(ann, "Accept", bar)
    query = (await inbox.next()).callback_query
    assert query is not None
    assert query.data == "ac1:7"


async def test_only_members_act_in_a_group(client: SandboxClient, bar: int) -> None:
    stranger = await client.person("Eve")
    with pytest.raises(SandboxRefused, match="is not in the group"):
        await client.send(stranger, "hello", bar)
    await client.join(stranger, bar)
    await client.send(stranger, "hello", bar)
    await client.leave(stranger, bar)
    with pytest.raises(SandboxRefused, match="is not in the group"):
        await client.send(stranger, "hello", bar)


async def test_a_removed_bot_cannot_write(bot: Bot, client: SandboxClient, inbox: Inbox, bar: int) -> None:
    await client.set_bot(bar, "kicked")
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(bar, "x")
    left, member = await inbox.rest()
    assert left.message is not None
    assert left.message.left_chat_member is not None
    assert member.my_chat_member is not None
    assert member.my_chat_member.new_chat_member.status == "kicked"


async def test_a_bot_can_leave(bot: Bot, bar: int) -> None:
    assert await bot.leave_chat(bar)
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(bar, "x")


async def test_a_muted_bot_has_no_right_to_send(bot: Bot, client: SandboxClient, ann: Person) -> None:
    bar = await client.group("Bar", ann, type="supergroup")
    await client.set_bot(bar, "restricted")
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(bar, "x")


async def test_an_upgrade_changes_the_id_and_tells_both_ends(
    bot: Bot, client: SandboxClient, inbox: Inbox, bar: int
) -> None:
    new = await client.upgrade(bar)
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(bar, "x")
    assert migrated.value.new_chat_id == new
    old_end, new_end = await inbox.rest()
    assert old_end.message is not None
    assert new_end.message is not None
    assert (old_end.message.migrate_to_chat_id, new_end.message.migrate_from_chat_id) == (new, bar)
    assert (await bot.send_message(new, "x")).chat.type == "supergroup"


async def test_who_is_what(bot: Bot, client: SandboxClient, ann: Person, bar: int) -> None:
    bob = await client.person("Bob")
    await client.join(bob, bar)
    statuses = [(await bot.get_chat_member(bar, who)).status for who in (ann.id, bob.id, bot.id)]
    assert statuses == ["creator", "member", "member"]
    assert [each.user.id for each in await bot.get_chat_administrators(bar)] == [ann.id]
    assert (await bot.get_chat(bar)).title == "Bar"
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await bot.get_chat_administrators(ann.id)


async def test_pinning_needs_an_administrator_and_leaves_a_service_message(
    bot: Bot, client: SandboxClient, inbox: Inbox, bar: int
) -> None:
    board = await bot.send_message(bar, "Board")
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(bar, board.message_id)
    await client.set_bot(bar, "administrator")
    await inbox.rest()
    await bot.pin_chat_message(bar, board.message_id)
    service = (await inbox.next()).message
    assert service is not None
    assert service.pinned_message is not None
    assert service.pinned_message.message_id == board.message_id


async def test_commands_are_kept_by_scope_and_language(bot: Bot, client: SandboxClient, bar: int) -> None:
    await bot.set_my_commands([("balance", "What is left")])
    await bot.set_my_commands([("board", "Open orders")], scope=BotCommandScopeChat(bar))
    assert [each.command for each in await bot.get_my_commands()] == ["balance"]
    assert [each.command for each in await bot.get_my_commands(BotCommandScopeChat(bar))] == ["board"]
    assert await bot.get_my_commands(language_code="de") == ()
    assert len((await client.info())["commands"]) == 2
    with pytest.raises(BadRequest, match=r"(?i)bot_command_invalid"):
        await bot.set_my_commands([("Balance", "x")])


async def test_blocking_is_told(client: SandboxClient, inbox: Inbox, ann: Person) -> None:
    await client.block(ann)
    change = (await inbox.next()).my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    await client.start(ann)
    unblocked, start = await inbox.rest()
    assert unblocked.my_chat_member is not None
    assert start.message is not None
