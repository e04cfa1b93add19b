"""The topics of a forum: made, closed, opened again, deleted; and what a message in one carries."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from bot.sandbox.errors import NotPossible, NotThere, bad_request
from bot.sandbox.members import PRESENT

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.wire import Call
    from bot.sandbox.world import Group, Json, Post, World

_ICON_COLOR = 7322096


def make_forum(parts: Parts, group: Group) -> None:
    """Turn topics on; what was written before is in the topic General, which has no number."""
    if group.type != "supergroup":
        raise NotPossible("only a supergroup can have topics: upgrade it first")
    group.is_forum = True
    parts.world.save_group(group)


def make_topic(parts: Parts, group: Group, name: str, by: int) -> int:
    """Make a topic; return its number, which is that of the message that tells of it."""
    if not group.is_forum:
        raise NotPossible("the group has no topics: turn them on first")
    created = {"forum_topic_created": {"name": name, "icon_color": _ICON_COLOR}}
    post = parts.world.post(group.id, by, created)
    group.topics[str(post.message_id)] = {"name": name, "state": "open"}
    parts.world.save_group(group)
    post.body |= {"message_thread_id": post.message_id, "is_topic_message": True}
    parts.world.save_post(post)
    parts.world.events.add("edited", chat_id=group.id, message=copy.deepcopy(post.body))
    _tell(parts, group, post)
    return post.message_id


def set_topic(parts: Parts, group: Group, thread_id: int, state: str, by: int) -> None:
    """Close a topic or open it again, which is told, or delete it with all that is in it, which is not."""
    topic = the_topic(group, thread_id)
    words = {("open", "closed"): "forum_topic_closed", ("closed", "open"): "forum_topic_reopened"}
    topic["state"], change = state, (topic["state"], state)
    parts.world.save_group(group)
    if state == "deleted":
        for post in parts.world.posts(group.id):
            if thread_of(post.body) == thread_id:
                parts.world.delete(post)
    elif change in words:
        _tell(parts, group, parts.world.post(group.id, by, {words[change]: {}}, thread_id=thread_id))
    else:
        raise NotPossible(f"the topic is {change[0]}")


def the_topic(group: Group, thread_id: int) -> Json:
    """Return a topic that is there, or say that there is none."""
    topic = group.topics.get(str(thread_id))
    if topic is None or topic["state"] == "deleted":
        raise NotThere(f"no topic {thread_id} in group {group.id}")
    return topic


def thread_of(body: Json) -> int:
    """Return the topic that a message is in, 0 for none."""
    return int(body["message_thread_id"]) if body.get("is_topic_message") else 0


def in_topic(world: World, chat_id: int, thread_id: int) -> Json:
    """Return what a message in a topic carries, besides an answer to the one that made the topic."""
    the_topic(world.group(chat_id), thread_id)
    first = world.the_post(chat_id, thread_id)
    answered = {key: copy.deepcopy(value) for key, value in first.body.items() if key != "reply_to_message"}
    return {"message_thread_id": thread_id, "is_topic_message": True, "reply_to_message": answered}


def named_topic(parts: Parts, call: Call, chat_id: int) -> int:
    """Return the topic that a call names, 0 for none, or refuse; General is never named."""
    thread_id = call.integer("message_thread_id", 0)
    if not thread_id:
        return 0
    group = parts.world.groups.get(chat_id)
    topic = group.topics.get(str(thread_id)) if group else None
    if group is None or topic is None or topic["state"] == "deleted":
        raise bad_request("message thread not found")
    if topic["state"] == "closed" and group.bot != "administrator":
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def _tell(parts: Parts, group: Group, post: Post) -> None:
    if group.bot in PRESENT:
        parts.updates.add("message", post.body, f"chat:{group.id}")
