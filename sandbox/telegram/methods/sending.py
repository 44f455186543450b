"""Sending: the envelope that all messages share, and those that carry text, a contact or a place."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.telegram import markup
from sandbox.telegram.entities import Json
from sandbox.telegram.errors import bad
from sandbox.telegram.methods import content
from sandbox.telegram.methods.call import Call
from sandbox.telegram.world import Chat, Stored

ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "record_audio",
        "upload_audio",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where a message goes and how: `common` are the fields that every message of the call bears."""

    chat: Chat
    common: Json
    inline: Json | None
    keyboard: Json | None
    reply_to: int | None
    silent: bool


def send_message(call: Call) -> Json:
    """sendMessage."""
    body = content.message_text(call.params)
    if options := call.params.object("link_preview_options", "can't parse link preview options JSON object"):
        body["link_preview_options"] = options
    return call.state.shown(deliver(call, envelope(call), body))


def send_contact(call: Call) -> Json:
    """sendContact."""
    params = call.params
    if not params.has("phone_number"):
        raise bad("phone number must be non-empty")
    if not params.has("first_name"):
        raise bad("first name must be non-empty")
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: params.text(name) for name in names if params.has(name)}
    return call.state.shown(deliver(call, envelope(call), {"contact": contact}))


def send_location(call: Call) -> Json:
    """sendLocation."""
    try:
        place = {name: float(call.params.text(name)) for name in ("latitude", "longitude")}
    except ValueError:
        raise bad("can't parse location") from None
    return call.state.shown(deliver(call, envelope(call), {"location": place}))


def send_chat_action(call: Call) -> bool:
    """sendChatAction."""
    action = call.params.text("action")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = call.chat()
    call.state.hub.tell("action", chat.key, action)
    return True


def envelope(call: Call, *, messages: int = 1) -> Envelope:
    """Check where to and how, and count `messages` against the rates."""
    params = call.params
    chat = call.chat()
    given = params.object("reply_markup", "object expected as reply markup")
    inline, keyboard = markup.keyboard(given, private=chat.private)
    common = _topic(call, chat)
    if params.boolean("protect_content"):
        common["has_protected_content"] = True
    if params.has("message_effect_id") and chat.private:
        common["effect_id"] = params.text("message_effect_id")
    reply_to = _reply_to(call, chat)
    _spend(call, chat, messages)
    return Envelope(chat, common, inline, keyboard, reply_to, params.boolean("disable_notification"))


def deliver(call: Call, to: Envelope, body: Json) -> Stored:
    """Put one message into the chat, with its keyboard."""
    full = body | to.common
    if to.inline:
        full["reply_markup"] = to.inline
    if to.keyboard is not None:
        to.chat.keyboard = None if to.keyboard.get("remove_keyboard") else to.keyboard
        call.state.save_chat(to.chat)
    stored = call.state.add_message(to.chat, full, sender=call.bot, reply_to=to.reply_to, silent=to.silent)
    if to.keyboard is not None:
        call.state.hub.tell("keyboard", to.chat.key, to.chat.keyboard)
    return stored


def _topic(call: Call, chat: Chat) -> Json:
    thread_id = call.params.integer("message_thread_id")
    if not thread_id:
        return {}
    topic = chat.topics.get(thread_id)
    if topic is None or topic.deleted:
        raise bad("message thread not found")
    return {"message_thread_id": thread_id, "is_topic_message": True}


def _reply_to(call: Call, chat: Chat) -> int | None:
    params = call.params
    given = params.object("reply_parameters", "can't parse reply parameters JSON object") or {}
    message_id = given.get("message_id") or params.integer("reply_to_message_id")
    if not message_id:
        return None
    replied = chat.messages.get(int(message_id))
    if replied is not None and not replied.deleted:
        return replied.id
    if given.get("allow_sending_without_reply") or params.boolean("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def _spend(call: Call, chat: Chat, messages: int) -> None:
    now = call.state.now()
    answering = now - chat.heard_at <= call.state.limits.reply_seconds
    call.bot.rates.spend(chat.key, messages=messages, now=now, group=not chat.private, answering=answering)
