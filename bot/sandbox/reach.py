"""Whether the bot may do something in a chat, and Telegram's words when it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.errors import Refused, bad_request, forbidden

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.wire import Call
    from bot.sandbox.world import Group, Post, World


def known_chat(parts: Parts, call: Call) -> int:
    """Return the chat a call names; the bot may read about it."""
    chat_id = _chat_id(parts.world, call)
    if chat_id < 0:
        _check_group(parts.world.groups[chat_id])
    elif chat_id not in parts.world.people:
        raise bad_request("chat not found")
    return chat_id


def writable_chat(parts: Parts, call: Call, *, sends: bool = True) -> int:
    """Return the chat a call names; the bot may write there."""
    chat_id = known_chat(parts, call)
    if chat_id < 0:
        _check_voice(parts.world.groups[chat_id], sends)
    else:
        _check_person(parts.world, chat_id)
    return chat_id


def named_post(parts: Parts, call: Call, what: str) -> Post:
    """Return the message a call names, or refuse with "message to … not found"."""
    chat_id = writable_chat(parts, call, sends=False)
    if call.integer("message_id", 0) <= 0:
        raise bad_request("message identifier is not specified")
    post = parts.world.find_post(chat_id, call.integer("message_id"))
    if post is None:
        raise bad_request(f"message to {what} not found")
    return post


def _chat_id(world: World, call: Call) -> int:
    given = call.given.get("chat_id")
    if given in (None, ""):
        raise bad_request("chat_id is empty")
    try:
        chat_id = int(str(given))
    except ValueError:
        raise bad_request("chat not found") from None
    if chat_id < 0 and chat_id not in world.groups:
        raise bad_request("chat not found")
    return chat_id


def _check_group(group: Group) -> None:
    kind = "group" if group.type == "group" else "supergroup"
    if group.migrated_to is not None:
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refused(400, words, {"migrate_to_chat_id": group.migrated_to})
    if group.bot == "kicked":
        raise forbidden(f"bot was kicked from the {kind} chat")
    if group.bot == "left":
        raise forbidden(f"bot is not a member of the {kind} chat")


def _check_voice(group: Group, sends: bool) -> None:
    if sends and group.bot == "restricted":
        raise bad_request("not enough rights to send text messages to the chat")


def _check_person(world: World, person_id: int) -> None:
    person = world.person(person_id)
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")
