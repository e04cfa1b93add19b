"""What people do in their chats: write, edit, tap, block; and which of it the bot is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.api_files import keep_document, keep_photo
from bot.sandbox.errors import NotPossible, NotThere
from bot.sandbox.groups import tell_bot_status
from bot.sandbox.keyboards import buttons
from bot.sandbox.markup import parse_text
from bot.sandbox.members import PRESENT
from bot.sandbox.topics import the_topic, thread_of
from bot.sandbox.wire import Upload

if TYPE_CHECKING:
    from bot.sandbox.keyboards import Button
    from bot.sandbox.parts import Parts
    from bot.sandbox.world import Json, Person, Post

_LONGEST_TEXT = 4096
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


def write(
    parts: Parts, person_id: int, chat_id: int, text: str, reply_to: int | None = None, thread_id: int = 0
) -> Post:
    """Write a text, in a topic if one is named."""
    return _say(parts, person_id, chat_id, _text(text), reply_to, thread_id)


def send_sticker(parts: Parts, person_id: int, chat_id: int, emoji: str) -> Post:
    """Send a sticker."""
    kept = parts.world.keep_file(b"RIFF....WEBP", "sticker.webp")
    plain = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return _say(parts, person_id, chat_id, {"sticker": {**kept, **plain, "emoji": emoji}})


def send_document(parts: Parts, person_id: int, chat_id: int, upload: Upload, caption: str = "") -> Post:
    """Send a file."""
    content: Json = {"document": keep_document(parts, upload)}
    return _say(parts, person_id, chat_id, content | _caption(caption))


def send_photo(parts: Parts, person_id: int, chat_id: int, upload: Upload, caption: str = "") -> Post:
    """Send a picture."""
    content: Json = {"photo": keep_photo(parts, upload.content)}
    return _say(parts, person_id, chat_id, content | _caption(caption))


def open_link(parts: Parts, person_id: int, payload: str = "") -> Post:
    """Open the bot by a deep link and press Start; a person who had blocked it unblocks it by that."""
    person = parts.world.person(person_id)
    if not _PAYLOAD.fullmatch(payload):
        raise NotPossible("a deep link carries at most 64 of A-Z a-z 0-9 _ -")
    if person.blocked:
        set_blocked(parts, person, False)
    return write(parts, person_id, person_id, f"/start {payload}".strip())


def edit(parts: Parts, person_id: int, post: Post, text: str) -> Post:
    """Edit one's own text."""
    if post.sender_id != person_id or "text" not in post.body:
        raise NotPossible("only one's own texts can be edited")
    kept = {key: value for key, value in post.body.items() if key not in ("text", "entities")}
    parts.world.edit(post, kept | _text(text))
    if _is_seen(parts, post):
        parts.updates.add("edited_message", post.body, f"chat:{post.chat_id}")
    return post


def set_blocked(parts: Parts, person: Person, blocked: bool) -> None:
    """Block the bot, or let it write again."""
    if person.blocked == blocked:
        return
    person.blocked = blocked
    parts.world.save_person(person)
    former, status = ("member", "kicked") if blocked else ("kicked", "member")
    tell_bot_status(parts, person.chat, person.id, former, status)


def find_button(parts: Parts, chat_id: int, wanted: Json) -> tuple[Post | None, Button]:
    """Return the newest button with this label or data, and the message it is under."""
    message_id = wanted.get("message_id")
    posts = [parts.world.the_post(chat_id, message_id)] if message_id else parts.world.posts(chat_id)[::-1]
    if "thread_id" in wanted:
        posts = [post for post in posts if thread_of(post.body) == wanted["thread_id"]]
    for post in posts:
        for button in buttons(post.body.get("reply_markup")):
            if _is_wanted(button, wanted):
                return post, button
    for button in buttons(parts.world.keyboards.get(chat_id)):
        if not message_id and _is_wanted(button, wanted):
            return None, button
    raise NotThere(f"no button {wanted.get('label') or wanted.get('data')!r} in chat {chat_id}")


def tap(parts: Parts, person_id: int, chat_id: int, wanted: Json) -> Json:
    """Tap a button; return what a phone would do about it."""
    check_present(parts, person_id, chat_id)
    if wanted.get("forged"):
        post = parts.world.the_post(chat_id, wanted["message_id"])
        return _call_back(parts, person_id, post, str(wanted.get("data", "")))
    found, button = find_button(parts, chat_id, wanted)
    if found is None:
        return {"message": write(parts, person_id, chat_id, button["text"]).body}
    match button:
        case {"callback_data": data}:
            return _call_back(parts, person_id, found, data)
        case {"pay": True}:
            return {"pay": found.message_id}
        case {"copy_text": {"text": text}}:
            return {"copy_text": text}
        case _:
            return {"url": button.get("url")}


def check_present(parts: Parts, person_id: int, chat_id: int) -> None:
    """Refuse what somebody does in a chat that they are not in."""
    parts.world.person(person_id)
    if chat_id > 0 and chat_id != person_id:
        raise NotPossible(f"the private chat {chat_id} is not that of person {person_id}")
    if chat_id < 0 and person_id not in parts.world.group(chat_id).members:
        raise NotPossible(f"person {person_id} is not in the group {chat_id}")
    if chat_id < 0 and parts.world.group(chat_id).migrated_to is not None:
        raise NotPossible(f"the group was upgraded to {parts.world.group(chat_id).migrated_to}")


def _is_wanted(button: Button, wanted: Json) -> bool:
    if wanted.get("data") is not None:
        return bool(button.get("callback_data") == wanted["data"])
    return bool(button["text"] == wanted.get("label"))


def _call_back(parts: Parts, person_id: int, post: Post, data: str) -> Json:
    query_id = parts.toasts.tapped(person_id, post.chat_id, post.message_id)
    query = {
        "id": query_id,
        "from": parts.world.user(person_id),
        "chat_instance": str(7_000_000_000_000 + abs(post.chat_id) * 7919),
        "message": post.body,
        "data": data,
    }
    parts.updates.add("callback_query", query, f"callback:{person_id}")
    where = {"person_id": person_id, "chat_id": post.chat_id, "message_id": post.message_id}
    parts.world.events.add("tap", **where, callback_query_id=query_id, data=data)
    return {"callback_query_id": query_id}


def _say(
    parts: Parts,
    person_id: int,
    chat_id: int,
    content: Json,
    reply_to: int | None = None,
    thread_id: int = 0,
) -> Post:
    check_present(parts, person_id, chat_id)
    replied = None if reply_to is None else parts.world.the_post(chat_id, reply_to)
    thread_id = thread_id or (thread_of(replied.body) if replied else 0)
    if thread_id and the_topic(parts.world.group(chat_id), thread_id)["state"] == "closed":
        raise NotPossible("the topic is closed")
    if chat_id > 0:
        _begin_chat(parts, parts.world.person(person_id))
    post = parts.world.post(chat_id, person_id, content, reply_to=replied, thread_id=thread_id)
    if _is_seen(parts, post):
        parts.updates.add("message", post.body, f"chat:{chat_id}")
    return post


def _begin_chat(parts: Parts, person: Person) -> None:
    if person.blocked:
        raise NotPossible(f"person {person.id} has blocked the bot: unblock it first")
    if not person.started:
        person.started = True
        parts.world.save_person(person)


def _is_seen(parts: Parts, post: Post) -> bool:
    """Privacy mode: in a group the bot sees commands for it and replies to it, an administrator sees all."""
    if post.chat_id > 0:
        return True
    status = parts.world.group(post.chat_id).bot
    if status not in PRESENT:
        return False
    if status == "administrator" or not parts.world.settings.privacy_mode:
        return True
    replied = post.body.get("reply_to_message", {}).get("from", {}).get("id")
    return replied == parts.world.settings.bot_id or _is_command_for(
        parts.world.settings.bot_username, post.body
    )


def _is_command_for(username: str, body: Json) -> bool:
    for entity in body.get("entities", []):
        if entity["type"] == "bot_command" and entity["offset"] == 0:
            command: str = body["text"][: entity["length"]]
            _, _, addressed = command.partition("@")
            return not addressed or addressed.lower() == username.lower()
    return False


def _text(text: Any) -> Json:
    if not isinstance(text, str) or not text.strip():
        raise NotPossible("a message needs a text")
    said, entities = parse_text(text, "")
    if len(said) > _LONGEST_TEXT:
        raise NotPossible("the text is too long for one message")
    return {"text": said, "entities": entities} if entities else {"text": said}


def _caption(caption: str) -> Json:
    return {"caption": caption} if caption else {}
