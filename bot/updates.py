"""Reading a raw update (Bot API, `Update`) into one of a few values. Never raises on what Telegram may send: what is not
known becomes `Odd`, so that no update is lost because the Bot API grew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot import callbacks

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """The chat that an update came from and who wrote it. `chat_id` is 0 when there is no chat."""

    chat_id: int
    private: bool
    name: str
    language_code: str


@dataclass(frozen=True, slots=True)
class Tap:
    """A button. `message_id` is None when the message is too old to be edited (InaccessibleMessage)."""

    query_id: str
    data: str
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Words:
    """A text. `answers` is a button of the bot's own message that this is a Telegram reply to, if any."""

    message_id: int
    text: str
    at: datetime
    answers: tuple[callbacks.Callback, ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """A file of any kind, with its caption. `size` is None when Telegram doesn't say."""

    message_id: int
    at: datetime
    kind: str
    file_id: str
    name: str | None
    media_type: str
    size: int | None
    caption: str
    answers: tuple[callbacks.Callback, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """A text or caption that was changed afterwards, empty when there is none. `file` is the message's file as it is now:
    Telegram doesn't say whether that, or the caption, is what was changed."""

    message_id: int
    text: str
    file: Brought | None = None


@dataclass(frozen=True, slots=True)
class Reachable:
    """The person blocked the bot, or came back (`my_chat_member`)."""

    reachable: bool


@dataclass(frozen=True, slots=True)
class SharedContact:
    """A contact card. `user_id`: whose it is, as far as Telegram says; `forwarded`: it was passed on, not shared here."""

    message_id: int
    phone: str
    user_id: int | None
    forwarded: bool


@dataclass(frozen=True, slots=True)
class Odd:
    """Anything else: a sticker, a location, a poll, a kind that didn't exist when this was written."""

    kind: str
    message_id: int | None = None


Event = Tap | Words | Brought | Edited | Reachable | SharedContact | Odd

FILES: Final = ("document", "video", "voice", "audio", "video_note", "animation", "photo")
ODDITIES: Final = ("sticker", "location", "venue", "contact", "poll", "dice", "story", "game", "checklist")
SERVICE: Final = (
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "group_chat_created", "pinned_message", "message_auto_delete_timer_changed", "write_access_allowed",
    "migrate_to_chat_id", "migrate_from_chat_id", "chat_background_set", "forum_topic_created", "forum_topic_edited",
    "forum_topic_closed", "forum_topic_reopened", "boost_added", "users_shared", "chat_shared",
)  # fmt: skip
"""Kinds of messages that nobody wrote: kept, not answered."""


def origin_of(update: Json) -> Origin:
    """Where an update came from; a chat id of 0 for kinds without a chat."""
    body = _body(update)
    message = body.get("message") if "data" in body or "game_short_name" in body else body
    chat = _dict(_dict(message).get("chat"))
    writer = _dict(body.get("from")) or _dict(body.get("user"))
    if not chat and writer:
        chat = {"id": writer.get("id", 0), "type": "private"} if "callback_query" in update else {}
    name = " ".join(str(part) for part in (writer.get("first_name"), writer.get("last_name")) if part)
    username = f" (@{writer['username']})" if writer.get("username") else ""
    return Origin(
        chat_id=_int(chat.get("id")),
        private=chat.get("type") == "private",
        name=(name + username).strip()[:200],
        language_code=str(writer.get("language_code") or ""),
    )


def album_of(update: Json) -> str | None:
    """The album (`media_group_id`) that a message is part of."""
    group = _dict(update.get("message")).get("media_group_id")
    return str(group) if group else None


def event_of(update: Json) -> Event:
    """What happened."""
    if query := _dict(update.get("callback_query")):
        return _tap(query)
    if message := _dict(update.get("message")):
        return _message(message)
    if edited := _dict(update.get("edited_message")):
        return _edited(edited)
    if member := _dict(update.get("my_chat_member")):
        return Reachable(_dict(member.get("new_chat_member")).get("status") not in {"kicked", "left"})
    return Odd(_kind(update))


def _tap(query: Json) -> Tap:
    message = _dict(query.get("message"))
    editable = bool(message.get("date"))
    return Tap(
        query_id=str(query.get("id", "")),
        data=str(query.get("data", "")),
        message_id=_int(message.get("message_id")) if editable else None,
    )


def _edited(message: Json) -> Event:
    now = _message(message)
    match now:
        case Words(number, text):
            return Edited(number, text)
        case Brought(message_id=number, caption=text):
            return Edited(number, text, now)
        case _:
            number, caption = _int(message.get("message_id")), message.get("caption")
            return Odd("edited", number) if caption is None else Edited(number, str(caption))


def file_of(event: Event) -> Brought | None:
    """The file that comes with an event."""
    match event:
        case Brought():
            return event
        case Edited(file=file):
            return file
        case _:
            return None


def _message(message: Json) -> Event:
    number, at = _int(message.get("message_id")), datetime.fromtimestamp(_int(message.get("date")), UTC)
    answers = _answers(_dict(message.get("reply_to_message")))
    if "text" in message:
        return Words(number, str(message["text"]), at, answers)
    for kind in FILES:
        if message.get(kind):
            return _brought(message, kind, number, at, answers)
    if phone := _dict(message.get("contact")).get("phone_number"):
        whose = _int(message["contact"].get("user_id")) or None
        return SharedContact(number, str(phone), whose, "forward_origin" in message)
    known = next((kind for kind in (*ODDITIES, *SERVICE) if kind in message), "other")
    return Odd("service" if known in SERVICE else known, number)


def _brought(message: Json, kind: str, number: int, at: datetime, answers: tuple[callbacks.Callback, ...]) -> Event:
    """A file; of a photo the largest size."""
    found = message[kind]
    sizes = [_dict(size) for size in found] if isinstance(found, list) else [_dict(found)]
    file = max(sizes, key=lambda size: (_int(size.get("file_size")), _int(size.get("width"))))
    if not file.get("file_id"):
        return Odd(kind, number)
    size = file.get("file_size")
    return Brought(
        message_id=number,
        at=at,
        kind=kind,
        file_id=str(file["file_id"]),
        name=str(file["file_name"]) if file.get("file_name") else None,
        media_type=str(file.get("mime_type") or ("image/jpeg" if kind == "photo" else "application/octet-stream")),
        size=_int(size) if size is not None else None,
        caption=str(message.get("caption") or ""),
        answers=answers,
    )


def _answers(original: Json) -> tuple[callbacks.Callback, ...]:
    """The buttons under the message that was replied to: they say what it was about, so nothing need be kept for it."""
    rows = _dict(original.get("reply_markup")).get("inline_keyboard")
    found = []
    for row in rows if isinstance(rows, list) else []:
        for button in row if isinstance(row, list) else []:
            try:
                found.append(callbacks.read(str(_dict(button).get("callback_data", ""))))
            except callbacks.StaleButton:
                continue
    return tuple(found)


def _body(update: Json) -> Json:
    for key, value in update.items():
        if key != "update_id" and isinstance(value, Mapping):
            return value
    return {}


def _kind(update: Json) -> str:
    return next((key for key in update if key != "update_id"), "empty")[:40]


def _dict(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _int(value: object) -> int:
    return value if isinstance(value, int) and abs(value) <= callbacks.LARGEST else 0
