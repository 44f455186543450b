"""ChatMember objects, and the my_chat_member update that they travel in."""

from __future__ import annotations

from sandbox.telegram.entities import Json

_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
)


def member(user: Json) -> Json:
    """ChatMemberMember."""
    return {"user": user, "status": "member"}


def kicked(user: Json) -> Json:
    """ChatMemberBanned: of a bot in a private chat, that the person blocked it."""
    return {"user": user, "status": "kicked", "until_date": 0}


def administrator(user: Json) -> Json:
    """ChatMemberAdministrator with all rights."""
    rights = dict.fromkeys(_RIGHTS, True)
    return {"user": user, "status": "administrator", "can_be_edited": False, "is_anonymous": False, **rights}


def changed(*, chat: Json, by: Json, date: int, old: Json, new: Json) -> Json:
    """ChatMemberUpdated."""
    return {"chat": chat, "from": by, "date": date, "old_chat_member": old, "new_chat_member": new}
