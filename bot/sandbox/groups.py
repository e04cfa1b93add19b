"""What happens to groups: made, joined, left, upgraded; each becomes service messages and updates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.errors import NotPossible
from bot.sandbox.members import PRESENT, STATUSES, member
from bot.sandbox.world import Group

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.world import Json

_FIRST_GROUP = 4_001_000
_FIRST_SUPERGROUP = 1_002_001_000_000


def make_group(
    parts: Parts, title: str, kind: str, members: list[int], bot: str | None, group_id: int | None = None
) -> Group:
    """Make a group of these people, with or without the bot."""
    if kind not in ("group", "supergroup"):
        raise NotPossible(f"no such type of group: {kind}")
    if not members:
        raise NotPossible("a group needs at least one member")
    for person_id in members:
        parts.world.person(person_id)
    if group_id is not None and (group_id >= 0 or group_id in parts.world.groups):
        raise NotPossible(f"id {group_id} is taken, or not below zero")
    group = Group(group_id or _new_id(parts, kind), title, kind, members)
    parts.world.save_group(group)
    if bot is not None:
        set_bot_status(parts, group, bot, members[0])
    return group


def set_bot_status(parts: Parts, group: Group, status: str, by: int) -> None:
    """Add, promote, mute or remove the bot; it is told by my_chat_member."""
    _check_status(group, status)
    former, group.bot = group.bot, status
    parts.world.save_group(group)
    user = parts.world.bot_user
    if former not in PRESENT and status in PRESENT:
        _service(parts, group, by, {"new_chat_members": [user]})
    if former in PRESENT and status not in PRESENT:
        _service(parts, group, by, {"left_chat_member": user})
    if former != status:
        tell_bot_status(parts, group.chat, by, former, status)


def tell_bot_status(parts: Parts, chat: Json, by: int, former: str, status: str) -> None:
    """Send the bot a my_chat_member update."""
    change = {
        "chat": chat,
        "from": parts.world.user(by),
        "date": int(parts.world.now()),
        "old_chat_member": member(parts.world.bot_user, former),
        "new_chat_member": member(parts.world.bot_user, status),
    }
    parts.updates.add("my_chat_member", change, f"member:{chat['id']}")


def set_present(parts: Parts, group: Group, person_id: int, present: bool) -> None:
    """Let somebody join or leave a group."""
    user = parts.world.user(person_id)
    if present == (person_id in group.members):
        raise NotPossible(f"person {person_id} is {'already' if present else 'not'} in the group")
    if present:
        group.members.append(person_id)
        _service(parts, group, person_id, {"new_chat_members": [user]})
    else:
        group.members.remove(person_id)
        _service(parts, group, person_id, {"left_chat_member": user})
    parts.world.save_group(group)


def upgrade(parts: Parts, group: Group) -> Group:
    """Make a supergroup of a group; its id changes, and both ends are told."""
    if group.type != "group" or group.migrated_to is not None:
        raise NotPossible("only a group that was not upgraded can be")
    new = Group(_new_id(parts, "supergroup"), group.title, "supergroup", list(group.members), group.bot)
    parts.world.save_group(new)
    owner = group.members[0]
    _service(parts, group, owner, {"migrate_to_chat_id": new.id})
    group.migrated_to = new.id
    parts.world.save_group(group)
    _service(parts, new, owner, {"migrate_from_chat_id": group.id})
    return new


def _check_status(group: Group, status: str) -> None:
    if status not in STATUSES:
        raise NotPossible(f"no such status: {status}")
    if status == "restricted" and group.type == "group":
        raise NotPossible("one member of a basic group cannot be muted: upgrade it first")
    if group.migrated_to is not None:
        raise NotPossible(f"the group was upgraded to {group.migrated_to}")


def _service(parts: Parts, group: Group, by: int, content: Json) -> None:
    post = parts.world.post(group.id, by, content)
    if group.bot in PRESENT or content.get("left_chat_member") == parts.world.bot_user:
        parts.updates.add("message", post.body, f"chat:{group.id}")


def _new_id(parts: Parts, kind: str) -> int:
    number = parts.world.file.count("group")
    return -(_FIRST_GROUP + number) if kind == "group" else -(_FIRST_SUPERGROUP + number)
