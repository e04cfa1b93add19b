"""Buttons, toasts, and answers that come too late."""

from __future__ import annotations

import pytest
from telegram import Bot, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.sandbox import SandboxClient
from bot.sandbox.client import Person, SandboxRefused
from tests.bot.sandbox.conftest import Clock
from tests.bot.sandbox.inbox import Inbox

TOO_OLD = "Query is too old and response timeout expired or query id is invalid"
KEYS = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Order", callback_data="o1:7"),
            InlineKeyboardButton("Menu", url="https://example.org"),
        ],
        [InlineKeyboardButton("Copy", copy_text=CopyTextButton("A12"))],
    ]
)


async def test_a_tap_is_a_callback_query_with_its_message(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person
) -> None:
    sent = await bot.send_message(ann.id, "Seat A12", reply_markup=KEYS)
    tapped = await client.tap(ann, "Order")
    query = (await inbox.next()).callback_query
    assert query is not None
    assert query.message is not None
    assert (query.id, query.data) == (tapped["callback_query_id"], "o1:7")
    assert (query.from_user.id, query.message.message_id) == (ann.id, sent.message_id)


async def test_an_answer_is_a_toast_for_who_tapped(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person
) -> None:
    await bot.send_message(ann.id, "Seat A12", reply_markup=KEYS)
    tapped = await client.tap(ann, data="o1:7")
    query = (await inbox.next()).callback_query
    assert query is not None
    await query.answer("Placed", show_alert=True)
    toast = await client.wait_toast(tapped)
    assert (toast.text, toast.fields["show_alert"]) == ("Placed", True)
    assert [each["text"] for each in await client.toasts(ann)] == ["Placed"]


async def test_a_query_can_be_answered_once(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person
) -> None:
    await bot.send_message(ann.id, "Seat A12", reply_markup=KEYS)
    await client.tap(ann, "Order")
    query = (await inbox.next()).callback_query
    assert query is not None
    await query.answer()
    with pytest.raises(BadRequest, match=f"(?i){TOO_OLD}"):
        await query.answer()


async def test_a_query_dies_unanswered(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person, clock: Clock
) -> None:
    await bot.send_message(ann.id, "Seat A12", reply_markup=KEYS)
    await client.tap(ann, "Order")
    query = (await inbox.next()).callback_query
    assert query is not None
    clock.seconds += 15
    with pytest.raises(BadRequest, match=f"(?i){TOO_OLD}"):
        await query.answer()


async def test_an_answer_has_at_most_200_units(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await bot.answer_callback_query("1", "x" * 201)


async def test_other_buttons_do_what_a_phone_would(bot: Bot, client: SandboxClient, ann: Person) -> None:
    await bot.send_message(ann.id, "Seat A12", reply_markup=KEYS)
    assert await client.tap(ann, "Menu") == {"url": "https://example.org"}
    assert await client.tap(ann, "Copy") == {"copy_text": "A12"}
    with pytest.raises(SandboxRefused, match="no button 'Nothing'"):
        await client.tap(ann, "Nothing")


async def test_the_newest_button_of_that_label_is_tapped(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person
) -> None:
    old = await bot.send_message(ann.id, "one", reply_markup=KEYS)
    new = await bot.send_message(ann.id, "two", reply_markup=KEYS)
    for message_id, expected in ((None, new.message_id), (old.message_id, old.message_id)):
        await client.tap(ann, "Order", message_id=message_id)
        query = (await inbox.next()).callback_query
        assert query is not None
        assert query.message is not None
        assert query.message.message_id == expected


async def test_a_forged_tap_carries_any_data(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person
) -> None:
    sent = await bot.send_message(ann.id, "no buttons here")
    await client.forge(ann, "rf1:999999", sent.message_id)
    query = (await inbox.next()).callback_query
    assert query is not None
    assert query.data == "rf1:999999"
