"""What the Bot API calls a ChatMember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.sandbox.world import Group, World

_ADMINISTRATOR = {
    "can_be_edited": False,
    "is_anonymous": False,
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_manage_video_chats": False,
    "can_restrict_members": False,
    "can_promote_members": False,
    "can_change_info": False,
    "can_invite_users": True,
    "can_post_stories": False,
    "can_edit_stories": False,
    "can_delete_stories": False,
    "can_send_welcome_messages": False,
    "can_pin_messages": True,
}
_MUTED = {
    "is_member": True,
    "until_date": 0,
    **dict.fromkeys(
        (
            "can_send_messages",
            "can_send_audios",
            "can_send_documents",
            "can_send_photos",
            "can_send_videos",
            "can_send_video_notes",
            "can_send_voice_notes",
            "can_send_polls",
            "can_send_other_messages",
            "can_add_web_page_previews",
            "can_react_to_messages",
            "can_edit_tag",
            "can_change_info",
            "can_invite_users",
            "can_pin_messages",
            "can_manage_topics",
        ),
        False,
    ),
}
_EXTRA: dict[str, dict[str, Any]] = {
    "creator": {"is_anonymous": False},
    "administrator": _ADMINISTRATOR,
    "restricted": _MUTED,
    "kicked": {"until_date": 0},
}
STATUSES = ("member", "administrator", "restricted", "left", "kicked")
PRESENT = ("creator", "administrator", "member", "restricted")


def member(user: dict[str, Any], status: str) -> dict[str, Any]:
    """Return a ChatMember of that status."""
    return {"status": status, "user": user, **_EXTRA.get(status, {})}


def status_in(group: Group, user_id: int, bot_id: int) -> str:
    """Return what somebody is in a group."""
    if user_id == bot_id:
        return group.bot
    if user_id not in group.members:
        return "left"
    return "creator" if group.members[0] == user_id else "member"


def bot_status(world: World, chat_id: int) -> str:
    """Return what the bot is in any chat."""
    if chat_id < 0:
        return world.group(chat_id).bot
    return "kicked" if world.person(chat_id).blocked else "member"
