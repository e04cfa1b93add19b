"""Bot API methods that write, change and remove messages."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from bot.sandbox.errors import bad_request
from bot.sandbox.keyboards import checked_inline, checked_markup
from bot.sandbox.markup import parse_text, utf16_length
from bot.sandbox.reach import named_post, writable_chat
from bot.sandbox.topics import named_topic, thread_of

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.wire import Call
    from bot.sandbox.world import Json, Post

_LONGEST_TEXT = 4096
_LONGEST_CAPTION = 1024
_DELETE_WITHIN_SECONDS = 48 * 3600
_ACTIONS = ("typing", "upload_photo", "upload_document", "find_location", "choose_sticker")


def send_message(parts: Parts, call: Call) -> Json:
    """Send a text."""
    return send(parts, call, _text_of(call), checked_markup(call.json("reply_markup")))


def send(parts: Parts, call: Call, content: Json, markup: Json | None, invoice: Json | None = None) -> Json:
    """Put checked content into the chat that the call names; return the Message."""
    chat_id = writable_chat(parts, call)
    thread_id, reply_to = named_topic(parts, call, chat_id), _replied(parts, call, chat_id)
    if markup is not None and "inline_keyboard" in markup:
        content = {**content, "reply_markup": markup}
    sender = parts.world.settings.bot_id
    post = parts.world.post(chat_id, sender, content, reply_to=reply_to, invoice=invoice, thread_id=thread_id)
    if markup is not None and "inline_keyboard" not in markup:
        parts.world.show_keyboard(chat_id, markup)
    return copy.deepcopy(post.body)


def edit_message_text(parts: Parts, call: Call) -> Json:
    """Replace text and keyboard of an own message."""
    post = _editable(parts, call)
    content = _text_of(call)
    if "text" not in post.body:
        raise bad_request("there is no text in the message to edit")
    return _change(parts, post, content, checked_inline(call.json("reply_markup")))


def edit_message_caption(parts: Parts, call: Call) -> Json:
    """Replace caption and keyboard of an own file or picture."""
    post = _editable(parts, call)
    if not post.body.keys() & {"document", "photo"}:
        raise bad_request("there is no caption in the message to edit")
    return _change(parts, post, caption_of(call), checked_inline(call.json("reply_markup")))


def edit_message_reply_markup(parts: Parts, call: Call) -> Json:
    """Replace the keyboard of an own message; none given takes it away."""
    post = _editable(parts, call)
    markup = checked_inline(call.json("reply_markup"), invoice="invoice" in post.body)
    kept = {key: post.body[key] for key in _SAID if key in post.body}
    return _change(parts, post, kept, markup)


def delete_message(parts: Parts, call: Call) -> bool:
    """Take a message away."""
    post = named_post(parts, call, "delete")
    if not _may_delete(parts, post):
        raise bad_request("message can't be deleted")
    parts.world.delete(post)
    return True


def pin_chat_message(parts: Parts, call: Call) -> bool:
    """Pin a message; in a group the bot must be an administrator."""
    post = named_post(parts, call, "pin")
    _check_pin_right(parts, post.chat_id)
    if post.pinned:
        return True
    parts.world.pin(post, True)
    pinned = {key: value for key, value in post.body.items() if key != "reply_to_message"}
    told = {"pinned_message": copy.deepcopy(pinned)}
    sender, thread_id = parts.world.settings.bot_id, thread_of(post.body)
    service = parts.world.post(post.chat_id, sender, told, thread_id=thread_id)
    parts.updates.add("message", service.body, f"chat:{post.chat_id}")
    return True


def unpin_chat_message(parts: Parts, call: Call) -> bool:
    """Unpin one message, or the newest pinned one."""
    chat_id = writable_chat(parts, call, sends=False)
    _check_pin_right(parts, chat_id)
    pinned = [post for post in parts.world.posts(chat_id) if post.pinned]
    if call.has("message_id"):
        pinned = [post for post in pinned if post.message_id == call.integer("message_id")]
    if not pinned:
        raise bad_request("Message to unpin not found")
    parts.world.pin(pinned[-1], False)
    return True


def send_chat_action(parts: Parts, call: Call) -> bool:
    """Show that the bot is busy."""
    chat_id = writable_chat(parts, call)
    named_topic(parts, call, chat_id)
    if call.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    parts.world.events.add("action", chat_id=chat_id, action=call.text("action"))
    return True


_SAID = ("text", "entities", "caption", "caption_entities")


def _text_of(call: Call) -> Json:
    text, entities = parse_text(call.text("text"), call.text("parse_mode"), call.json("entities"))
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > _LONGEST_TEXT:
        raise bad_request("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_of(call: Call) -> Json:
    """Return the caption a call gives, checked, as fields of a message."""
    caption, entities = parse_text(
        call.text("caption"), call.text("parse_mode"), call.json("caption_entities")
    )
    if utf16_length(caption) > _LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    if not caption:
        return {}
    return {"caption": caption, "caption_entities": entities} if entities else {"caption": caption}


def _replied(parts: Parts, call: Call, chat_id: int) -> Post | None:
    asked = call.json("reply_parameters")
    if asked is None:
        return None
    if not isinstance(asked, dict) or not isinstance(asked.get("message_id"), int):
        raise bad_request("can't parse reply parameters JSON object")
    post = parts.world.find_post(asked.get("chat_id", chat_id), asked["message_id"])
    if post is None and not asked.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return post


def _editable(parts: Parts, call: Call) -> Post:
    post = named_post(parts, call, "edit")
    if post.sender_id != parts.world.settings.bot_id or post.is_service:
        raise bad_request("message can't be edited")
    return post


def _change(parts: Parts, post: Post, content: Json, markup: Json | None) -> Json:
    body = {
        key: value for key, value in post.body.items() if key not in (*_SAID, "reply_markup", "edit_date")
    }
    body |= content
    if markup is not None:
        body["reply_markup"] = markup
    if body == {key: value for key, value in post.body.items() if key != "edit_date"}:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as "
            "a current content and reply markup of the message"
        )
    parts.world.edit(post, body)
    return copy.deepcopy(post.body)


def _may_delete(parts: Parts, post: Post) -> bool:
    is_young = parts.world.now() - post.body["date"] < _DELETE_WITHIN_SECONDS
    is_own = post.sender_id == parts.world.settings.bot_id
    is_ruled = post.chat_id < 0 and parts.world.group(post.chat_id).bot == "administrator"
    return is_ruled or (is_young and (is_own or post.chat_id > 0))


def _check_pin_right(parts: Parts, chat_id: int) -> None:
    if chat_id < 0 and parts.world.group(chat_id).bot != "administrator":
        raise bad_request("not enough rights to manage pinned messages in the chat")
