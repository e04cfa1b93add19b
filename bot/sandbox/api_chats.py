"""Bot API methods about the bot itself, chats and their members, and commands."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import bad_request
from bot.sandbox.groups import set_bot_status
from bot.sandbox.members import bot_status, member, status_in
from bot.sandbox.reach import known_chat

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.wire import Call
    from bot.sandbox.world import Json

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MOST_COMMANDS = 100
_LONGEST_DESCRIPTION = 256
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
_FULL_INFO = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        False,
    ),
}


def get_me(parts: Parts, call: Call) -> Json:
    """Return the bot."""
    return {
        **parts.world.bot_user,
        "can_join_groups": True,
        "can_read_all_group_messages": not parts.world.settings.privacy_mode,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(parts: Parts, call: Call) -> Json:
    """Return all about a chat, with its newest pinned message."""
    chat_id = known_chat(parts, call)
    info = {**parts.world.chat(chat_id), **copy.deepcopy(_FULL_INFO)}
    pinned = [post.body for post in parts.world.posts(chat_id) if post.pinned]
    return {**info, "pinned_message": copy.deepcopy(pinned[-1])} if pinned else info


def get_chat_member(parts: Parts, call: Call) -> Json:
    """Return what somebody is in a chat."""
    chat_id, user_id = known_chat(parts, call), call.integer("user_id")
    bot_id = parts.world.settings.bot_id
    if user_id != bot_id and user_id not in parts.world.people:
        raise bad_request("user not found")
    if chat_id < 0:
        return member(parts.world.user(user_id), status_in(parts.world.group(chat_id), user_id, bot_id))
    status = bot_status(parts.world, chat_id) if user_id == bot_id else "member"
    return member(parts.world.user(user_id), status)


def get_chat_administrators(parts: Parts, call: Call) -> list[Json]:
    """Return the owner of a group; other bots are not told, the bot itself is."""
    chat_id = known_chat(parts, call)
    if chat_id > 0:
        raise bad_request("there are no administrators in the private chat")
    group = parts.world.group(chat_id)
    found = [member(parts.world.user(group.members[0]), "creator")] if group.members else []
    if group.bot == "administrator":
        found.append(member(parts.world.bot_user, "administrator"))
    return found


def leave_chat(parts: Parts, call: Call) -> bool:
    """Leave a group."""
    chat_id = known_chat(parts, call)
    if chat_id > 0:
        raise bad_request("chat member status can't be changed in private chats")
    set_bot_status(parts, parts.world.group(chat_id), "left", parts.world.settings.bot_id)
    return True


def set_my_commands(parts: Parts, call: Call) -> bool:
    """Set the commands of a scope and language."""
    commands = call.json("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands JSON object")
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        _check_command(command)
    _save_commands(parts, call, commands)
    return True


def delete_my_commands(parts: Parts, call: Call) -> bool:
    """Forget the commands of a scope and language."""
    _save_commands(parts, call, [])
    return True


def get_my_commands(parts: Parts, call: Call) -> list[Json]:
    """Return the commands of exactly this scope and language."""
    found = parts.world.file.get("commands", _commands_key(parts, call))
    return [] if found is None else list(found["commands"])


def all_commands(parts: Parts) -> list[Json]:
    """Return the commands of every scope and language that has some."""
    return [body for _, body in parts.world.file.all("commands") if body["commands"]]


def set_text(parts: Parts, call: Call) -> bool:
    """Take a name or description of the bot, and show it nowhere."""
    return True


def _save_commands(parts: Parts, call: Call, commands: list[Json]) -> None:
    scope = call.json("scope") or {"type": "default"}
    body = {"scope": scope, "language_code": call.text("language_code"), "commands": commands}
    parts.world.file.put("commands", _commands_key(parts, call), body)
    parts.world.events.add("commands")


def _commands_key(parts: Parts, call: Call) -> str:
    scope = call.json("scope") or {"type": "default"}
    if not isinstance(scope, dict) or str(scope.get("type")) not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    named = [scope.get(name) for name in _SCOPES[scope["type"]]]
    if None in named:
        raise bad_request("can't parse BotCommandScope: empty chat_id specified")
    if named and named[0] not in [*parts.world.people, *parts.world.groups]:
        raise bad_request("chat not found")
    return f"{scope['type']}:{named}:{call.text('language_code')}"


def _check_command(command: Any) -> None:
    if not isinstance(command, dict) or not _COMMAND.fullmatch(str(command.get("command", ""))):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(str(command.get("description", ""))) <= _LONGEST_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
