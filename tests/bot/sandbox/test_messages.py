"""What the bot writes, and Telegram's words when it may not."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest, EndPointNotFound, Forbidden

from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.client import Person, SandboxRefused
from tests.bot.sandbox.conftest import Clock
from tests.bot.sandbox.inbox import Inbox

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63000100000500010d0a2db4"
    "0000000049454e44ae426082"
)
GO = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])


async def test_a_message_shows_in_the_chat_as_the_bot_was_told(
    bot: Bot, client: SandboxClient, ann: Person
) -> None:
    sent = await bot.send_message(ann.id, "Hello", reply_markup=GO)
    shown = await client.last(ann)
    assert (shown["message_id"], shown["text"]) == (sent.message_id, "Hello")
    assert await client.buttons(ann) == [["Go"]]


async def test_html_becomes_text_and_entities_in_utf16_units(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(
        ann.id,
        "🙂 <b>bold <i>both</i></b> &lt;1 &amp; 2&gt; <a href='https://example.org/?a=1&amp;b=2'>x</a>",
        "HTML",
    )
    assert sent.text == "🙂 bold both <1 & 2> x"
    assert [(each.type, each.offset, each.length) for each in sent.entities] == [
        ("bold", 3, 9),
        ("italic", 8, 4),
        ("text_link", 21, 1),
    ]
    assert sent.entities[2].url == "https://example.org/?a=1&b=2"


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é</b>", "Unexpected end tag at byte offset 2"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("Fish & chips", 'Unescaped "&" at byte offset 5'),
        ("<b onclick='x'>x</b>", 'Unsupported attribute "onclick" in the tag "b" at byte offset 0'),
    ],
)
async def test_broken_html_is_refused(bot: Bot, ann: Person, html: str, why: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        await bot.send_message(ann.id, html, "HTML")
    assert refusal.value.message == f"Can't parse entities: {why.lower()}" or why in refusal.value.message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("  \n ", "Message text is empty"),
        ("x" * 4097, "Message is too long"),
        ("🙂" * 2049, "Message is too long"),
    ],
)
async def test_a_text_has_one_to_4096_units(bot: Bot, ann: Person, text: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        await bot.send_message(ann.id, text)


async def test_4096_units_after_parsing_are_enough(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(ann.id, f"<b>{'&amp;' * 4096}</b>", "HTML")
    assert sent.text == "&" * 4096


@pytest.mark.parametrize(
    ("button", "why"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID|button_data_invalid"),
        ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "", "callback_data": "x"}, 'Field "text" must be a non-empty String'),
        ({"text": "x", "url": "not a link"}, "BUTTON_URL_INVALID|button_url_invalid"),
        (
            {"text": "x", "callback_data": "a", "url": "https://example.org"},
            "exactly one of the optional fields",
        ),
        ({"text": "x", "callback_data": "a", "colour": "red"}, "unknown button fields"),
        ({"text": "x", "callback_data": "a", "style": "loud"}, "invalid button style"),
        ({"text": "x", "pay": True}, "BUTTON_TYPE_INVALID|button_type_invalid"),
    ],
)
async def test_bad_buttons_are_refused(bot: Bot, ann: Person, button: dict[str, object], why: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){why}"):
        await bot.send_message(ann.id, "x", api_kwargs={"reply_markup": {"inline_keyboard": [[button]]}})


@pytest.mark.parametrize(("rows", "columns"), [(101, 1), (1, 9)])
async def test_a_keyboard_has_limits(bot: Bot, ann: Person, rows: int, columns: int) -> None:
    row = [InlineKeyboardButton("x", callback_data="x")] * columns
    with pytest.raises(BadRequest):
        await bot.send_message(ann.id, "x", reply_markup=InlineKeyboardMarkup([row] * rows))


async def test_a_misspelt_parameter_does_not_pass(bot: Bot, ann: Person) -> None:
    with pytest.raises(BadRequest, match="disable_notificaton"):
        await bot.send_message(ann.id, "x", api_kwargs={"disable_notificaton": True})


async def test_an_edit_replaces_text_and_keyboard(bot: Bot, client: SandboxClient, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "one", reply_markup=GO)
    edited = await bot.edit_message_text("two", ann.id, sent.message_id)
    assert isinstance(edited, Message)
    assert (edited.text, edited.reply_markup) == ("two", None)
    assert (await client.wait_text(ann, "two")).kind == "edited"


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "<b>one</b>", "HTML", reply_markup=GO)
    words = (
        "Message is not modified: specified new message content and reply markup are exactly the same as "
        "a current content and reply markup of the message"
    )
    with pytest.raises(BadRequest) as refusal:
        await bot.edit_message_text("<b>one</b>", ann.id, sent.message_id, parse_mode="HTML", reply_markup=GO)
    assert refusal.value.message == words
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(ann.id, sent.message_id, reply_markup=GO)


async def test_only_own_messages_that_exist_can_be_edited(
    bot: Bot, client: SandboxClient, ann: Person
) -> None:
    said = await client.send(ann, "mine")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("yours", ann.id, said["message_id"])
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", ann.id, 999)
    document = await bot.send_document(ann.id, b"x", filename="x.txt")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", ann.id, document.message_id)


async def test_keyboards_are_stripped_by_an_edit_without_one(
    bot: Bot, client: SandboxClient, ann: Person
) -> None:
    sent = await bot.send_message(ann.id, "one", reply_markup=GO)
    await bot.edit_message_reply_markup(ann.id, sent.message_id)
    assert await client.buttons(ann) == []


async def test_a_deleted_message_is_gone(bot: Bot, client: SandboxClient, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "one")
    assert await bot.delete_message(ann.id, sent.message_id)
    assert sent.message_id not in [each["message_id"] for each in await client.messages(ann)]
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(ann.id, sent.message_id)


async def test_what_the_bot_may_delete(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person, clock: Clock
) -> None:
    said = await client.send(ann, "mine")
    assert await bot.delete_message(ann.id, said["message_id"])
    bar = await client.group("Bar", ann)
    said = await client.send(ann, "/mine", bar)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(bar, said["message_id"])
    sent = await bot.send_message(ann.id, "old")
    clock.seconds += 48 * 3600
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(ann.id, sent.message_id)
    await client.set_bot(bar, "administrator")
    assert await bot.delete_message(bar, said["message_id"])


async def test_an_edit_by_a_person_is_told(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person
) -> None:
    said = await client.send(ann, "tee")
    edited = await client.edit(ann, said, "tea")
    assert edited["edit_date"]
    _, update = await inbox.rest()
    assert update.edited_message is not None
    assert update.edited_message.text == "tea"


async def test_stickers_and_pictures_reach_the_bot(
    bot: Bot, client: SandboxClient, inbox: Inbox, ann: Person
) -> None:
    await client.send_sticker(ann, "🍵")
    await client.send_photo(ann, PIXEL, caption="seat")
    sticker, photo = [each.message for each in await inbox.rest()]
    assert sticker is not None
    assert sticker.sticker is not None
    assert sticker.sticker.emoji == "🍵"
    assert photo is not None
    assert (photo.caption, len(photo.photo)) == ("seat", 1)


async def test_a_deep_link_is_as_short_and_plain_as_telegrams(client: SandboxClient, ann: Person) -> None:
    for payload in ("x" * 65, "seat A12", "sëat"):
        with pytest.raises(SandboxRefused, match="at most 64"):
            await client.start(ann, payload)


async def test_replies_name_a_message_that_is_there(bot: Bot, client: SandboxClient, ann: Person) -> None:
    said = await client.send(ann, "question")
    answer = await bot.send_message(ann.id, "answer", reply_parameters=ReplyParameters(said["message_id"]))
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.text == "question"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(ann.id, "answer", reply_parameters=ReplyParameters(999))


async def test_files_come_back_as_they_were_sent(bot: Bot, client: SandboxClient, ann: Person) -> None:
    sent = await bot.send_document(
        ann.id, b"a,b\n1,2\n", filename="day.csv", caption="<b>Day</b>", parse_mode="HTML"
    )
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption) == ("day.csv", "Day")
    assert await client.download(sent.document.file_id) == b"a,b\n1,2\n"
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"a,b\n1,2\n"
    again = await bot.send_document(ann.id, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_id == sent.document.file_id


async def test_pictures_have_a_size(bot: Bot, ann: Person) -> None:
    sent = await bot.send_photo(ann.id, PIXEL)
    assert [(each.width, each.height) for each in sent.photo] == [(1, 1)]
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(ann.id, b"not a picture")


async def test_a_caption_has_at_most_1024_units(bot: Bot, ann: Person) -> None:
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(ann.id, b"x", caption="x" * 1025)


async def test_what_people_send_can_be_fetched(bot: Bot, client: SandboxClient, ann: Person) -> None:
    message = await client.send_document(ann, "menu.csv", b"tea;2.50", mime_type="text/csv")
    file = await bot.get_file(message["document"]["file_id"])
    assert bytes(await file.download_as_bytearray()) == b"tea;2.50"
    with pytest.raises(BadRequest, match="Wrong file_id or the file is temporarily unavailable"):
        await bot.get_file("nonsense")


async def test_a_reply_keyboard_sends_its_label(bot: Bot, client: SandboxClient, ann: Person) -> None:
    await bot.send_message(ann.id, "choose", reply_markup=ReplyKeyboardMarkup([["Balance"]]))
    tapped = await client.tap(ann, "Balance")
    assert tapped["message"]["text"] == "Balance"
    assert (await client.chat(ann))["keyboard"]["keyboard"] == [[{"text": "Balance"}]]
    await bot.send_message(ann.id, "chosen", reply_markup=ReplyKeyboardRemove())
    assert (await client.chat(ann))["keyboard"] is None


async def test_pins_are_seen_in_the_chat(bot: Bot, client: SandboxClient, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "board")
    await bot.pin_chat_message(ann.id, sent.message_id)
    assert (await client.chat(ann))["pinned"] == [sent.message_id]
    pinned = (await bot.get_chat(ann.id)).pinned_message
    assert pinned is not None
    assert pinned.text == "board"
    await bot.unpin_chat_message(ann.id, sent.message_id)
    assert (await client.chat(ann))["pinned"] == []


async def test_who_cannot_be_written_to(bot: Bot, client: SandboxClient, ann: Person) -> None:
    bob = await client.person("Bob")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(bob.id, "hello")
    await client.block(ann)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ann.id, "hello")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(999, "hello")
    await client.unblock(ann)
    assert await bot.send_message(ann.id, "hello")


async def test_methods_and_tokens_that_do_not_exist(http: ClientSession, bot: Bot, sandbox: Sandbox) -> None:
    async with http.get(f"{sandbox.url}/bot1:WRONG/getMe") as answer:
        assert answer.status == 401
        assert await answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("frobnicate")


async def test_calls_come_as_json_or_in_the_query_too(
    sandbox: Sandbox, http: ClientSession, ann: Person
) -> None:
    address = f"{sandbox.url}/bot{sandbox.settings.bot_token}"
    async with http.post(f"{address}/sendMessage", json={"chat_id": ann.id, "text": "one"}) as answer:
        assert (await answer.json())["result"]["text"] == "one"
    async with http.get(f"{address}/SENDMESSAGE", params={"chat_id": ann.id, "text": "two"}) as answer:
        assert (await answer.json())["result"]["text"] == "two"


async def test_a_chat_action_is_seen(bot: Bot, client: SandboxClient, ann: Person) -> None:
    await client.mark()
    await bot.send_chat_action(ann.id, "typing")
    assert (await client.wait(lambda event: event.kind == "action")).fields["action"] == "typing"
