"""Changing and removing what was sent (Bot API, "Updating messages").

An edit without `reply_markup` takes the inline keyboard away, and one that changes nothing is refused: both as Telegram.
"""

from __future__ import annotations

from sandbox.telegram import limits, markup, reactions
from sandbox.telegram.entities import Json
from sandbox.telegram.errors import bad
from sandbox.telegram.methods import content, media
from sandbox.telegram.methods.call import Call
from sandbox.telegram.world import Chat, Stored

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")
_MEDIA = ("photo", "document", "video", "voice", "audio", "animation", "video_note")
_ENVELOPE = (
    "message_id",
    "from",
    "chat",
    "date",
    "message_thread_id",
    "is_topic_message",
    "has_protected_content",
    "media_group_id",
    "effect_id",
)


def edit_message_text(call: Call) -> Json:
    """editMessageText."""
    new = content.message_text(call.params)
    stored = _to_edit(call)
    if "text" not in stored.body:
        raise bad("there is no text in the message to edit")
    if options := call.params.object("link_preview_options", "can't parse link preview options JSON object"):
        new["link_preview_options"] = options
    return _replaced(call, stored, _without(stored.body, ("text", "entities", "link_preview_options")) | new)


def edit_message_caption(call: Call) -> Json:
    """editMessageCaption."""
    new = content.caption(call.params)
    stored = _to_edit(call)
    if not any(kind in stored.body for kind in _MEDIA):
        raise bad("there is no caption in the message to edit")
    return _replaced(call, stored, _without(stored.body, _CAPTION) | new)


def edit_message_media(call: Call) -> Json:
    """editMessageMedia."""
    item = call.params.object("media", "can't parse InputMedia JSON object")
    if item is None:
        raise bad("there is no media in the request")
    new = media.input_media(call, item)
    stored = _to_edit(call)
    kept = {name: stored.body[name] for name in _ENVELOPE if name in stored.body}
    return _replaced(call, stored, kept | new)


def edit_message_reply_markup(call: Call) -> Json:
    """editMessageReplyMarkup."""
    stored = _to_edit(call)
    return _replaced(call, stored, stored.body, dated=False)


def delete_message(call: Call) -> bool:
    """deleteMessage: not after 48 hours."""
    message_id = _message_id(call)
    chat = call.chat()
    stored = chat.messages.get(message_id)
    if stored is None or stored.deleted:
        raise bad("message to delete not found")
    if call.state.now() - stored.body["date"] >= limits.DELETE_SECONDS:
        raise bad("message can't be deleted for everyone")
    call.state.delete(stored)
    return True


def delete_messages(call: Call) -> bool:
    """deleteMessages: 1-100; what isn't there (or is too old) is skipped."""
    ids = call.params.array("message_ids", "can't parse message_ids JSON object")
    if not ids or len(ids) not in limits.DELETED_AT_ONCE:
        raise bad("message identifiers are not specified or are too many")
    chat = call.chat()
    young = call.state.now() - limits.DELETE_SECONDS
    for stored in _found(chat, ids):
        if stored.body["date"] > young:
            call.state.delete(stored)
    return True


def pin_chat_message(call: Call) -> bool:
    """pinChatMessage."""
    message_id = _message_id(call)
    chat = call.chat()
    stored = chat.messages.get(message_id)
    if stored is None or stored.deleted:
        raise bad("message to pin not found")
    chat.pinned = [pinned for pinned in chat.pinned if pinned != message_id] + [message_id]
    call.state.save_chat(chat)
    call.state.changed(stored, "edited")
    return True


def unpin_chat_message(call: Call) -> bool:
    """unpinChatMessage: without an id the newest."""
    chat = call.chat()
    message_id = call.params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(message_id)
    call.state.save_chat(chat)
    call.state.changed(chat.messages[message_id], "edited")
    return True


def unpin_all_chat_messages(call: Call) -> bool:
    """unpinAllChatMessages."""
    chat = call.chat()
    chat.pinned.clear()
    call.state.save_chat(chat)
    return True


def set_message_reaction(call: Call) -> bool:
    """setMessageReaction: a bot sets at most one."""
    message_id = _message_id(call)
    chat = call.chat()
    wanted = call.params.array("reaction", "can't parse reaction types JSON object") or []
    stored = chat.messages.get(message_id)
    if stored is None or stored.deleted:
        raise bad("message to react not found")
    if len(wanted) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if not all(isinstance(item, dict) and reactions.allowed(item.get("emoji")) for item in wanted):
        raise bad("REACTION_INVALID")
    stored.reaction = wanted[0]["emoji"] if wanted else None
    call.state.changed(stored, "reaction")
    return True


def _to_edit(call: Call) -> Stored:
    message_id = _message_id(call)
    chat = call.chat()
    stored = chat.messages.get(message_id)
    if stored is None or stored.deleted:
        raise bad("message to edit not found")
    if not stored.by_bot or stored.body["from"]["id"] != call.bot.id or _is_service(stored):
        raise bad("message can't be edited")
    return stored


def _replaced(call: Call, stored: Stored, body: Json, *, dated: bool = True) -> Json:
    given = call.params.object("reply_markup", "object expected as reply markup")
    inline = markup.inline(given or None, private=stored.chat.private)
    new = _without(body, ("reply_markup",)) | ({"reply_markup": inline} if inline else {})
    if _without(new, ("edit_date",)) == _without(stored.body, ("edit_date",)):
        raise bad(NOT_MODIFIED)
    if dated:
        new["edit_date"] = int(call.state.now())
    stored.body = new
    call.state.changed(stored, "edited")
    return call.state.shown(stored)


def _message_id(call: Call) -> int:
    message_id = call.params.integer("message_id")
    if not message_id:
        raise bad("message identifier is not specified")
    return message_id


def _found(chat: Chat, ids: list[object]) -> list[Stored]:
    found = [chat.messages.get(message_id) for message_id in ids if isinstance(message_id, int)]
    return [stored for stored in found if stored is not None and not stored.deleted]


def _is_service(stored: Stored) -> bool:
    return any(name.startswith("forum_topic_") for name in stored.body)


def _without(body: Json, names: tuple[str, ...]) -> Json:
    return {name: value for name, value in body.items() if name not in names}
