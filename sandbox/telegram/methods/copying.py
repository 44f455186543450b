"""Copying and forwarding (Bot API, copyMessage, forwardMessage)."""

from __future__ import annotations

from sandbox.telegram.entities import Json
from sandbox.telegram.errors import bad
from sandbox.telegram.methods import content
from sandbox.telegram.methods.call import Call
from sandbox.telegram.methods.sending import Envelope, deliver, envelope
from sandbox.telegram.world import Stored

_CONTENT = (
    "text",
    "entities",
    "link_preview_options",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "photo",
    "document",
    "video",
    "voice",
    "audio",
    "animation",
    "video_note",
    "sticker",
    "contact",
    "location",
)


def copy_message(call: Call) -> Json:
    """copyMessage: a new caption replaces the old one."""
    stored = _source(call, call.params.integer("message_id"), "copy")
    body = _content(stored)
    if call.params.has("caption") and "text" not in body:
        body = {name: value for name, value in body.items() if not name.startswith("caption")}
        body |= content.caption(call.params)
    return {"message_id": deliver(call, envelope(call), body).id}


def copy_messages(call: Call) -> list[Json]:
    """copyMessages: what can't be found is skipped."""
    to, sources = _many(call, "copy")
    return [{"message_id": deliver(call, to, _content(stored)).id} for stored in sources]


def forward_message(call: Call) -> Json:
    """forwardMessage."""
    stored = _source(call, call.params.integer("message_id"), "forward")
    return call.state.shown(deliver(call, envelope(call), _content(stored) | _origin(stored)))


def forward_messages(call: Call) -> list[Json]:
    """forwardMessages."""
    to, sources = _many(call, "forward")
    return [{"message_id": deliver(call, to, _content(s) | _origin(s)).id} for s in sources]


def _source(call: Call, message_id: int, verb: str) -> Stored:
    chat = call.state.reachable(call.bot, call.params.text("from_chat_id"))
    stored = chat.messages.get(message_id)
    if stored is None or stored.deleted:
        raise bad(f"message to {verb} not found")
    if stored.body.get("has_protected_content"):
        raise bad(f"the message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return stored


def _many(call: Call, verb: str) -> tuple[Envelope, list[Stored]]:
    ids = call.params.array("message_ids", "can't parse message_ids JSON object")
    if not ids or len(ids) > 100:
        raise bad("message identifiers are not specified or are too many")
    chat = call.state.reachable(call.bot, call.params.text("from_chat_id"))
    known = [message_id for message_id in ids if isinstance(message_id, int) and message_id in chat.messages]
    sources = [_source(call, message_id, verb) for message_id in known if not chat.messages[message_id].deleted]
    if not sources:
        raise bad(f"there are no messages to {verb}")
    return envelope(call, messages=len(sources)), sources


def _content(stored: Stored) -> Json:
    body = {name: stored.body[name] for name in _CONTENT if name in stored.body}
    if not body:
        raise bad("the message can't be copied")
    return body


def _origin(stored: Stored) -> Json:
    origin = {"type": "user", "date": stored.body["date"], "sender_user": stored.body["from"]}
    return {"forward_origin": origin}
