"""What a person sees on the telephone: messages, buttons and files, as they stand at this moment.

A ChatMessage is a live look: after an edit or a deletion it reads as the person would see it now. To compare, keep its
text, not the object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.telegram import html_out
from sandbox.telegram.entities import Json
from sandbox.telegram.files import FileBox
from sandbox.telegram.world import Stored

_FILES = ("photo", "document", "video", "voice", "audio", "animation", "video_note", "sticker")
_ACTIONS = ("callback_data", "url", "copy_text", "web_app", "switch_inline_query", "login_url", "disabled")


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button. At most one of `data`, `url`, `copy` is set; other kinds show in `kind` alone."""

    text: str
    kind: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file in a message; `kind` is Telegram's (document, photo, ...), `size` in bytes."""

    kind: str
    file_id: str
    name: str | None
    mime: str
    size: int
    width: int
    height: int
    box: FileBox

    def content(self) -> bytes:
        """The bytes as they were sent."""
        kept = self.box.get(self.file_id)
        assert kept is not None  # files are never removed
        return self.box.content(kept)


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a tap: a line that fades, or with `alert` a box to close. Empty text only stops the waiting."""

    text: str
    alert: bool
    url: str = ""
    query: str = ""


class ChatMessage:
    """One message as `reader` (a person's id) sees it."""

    def __init__(self, stored: Stored, reader: int, box: FileBox) -> None:
        self.stored = stored
        self._reader = reader
        self._box = box

    @property
    def id(self) -> int:
        """Its number in the chat."""
        return self.stored.id

    @property
    def raw(self) -> Json:
        """The Message object of the Bot API."""
        return self.stored.body

    @property
    def sender(self) -> str:
        """ "me", "bot", or the first name of another member."""
        if self.stored.by_bot:
            return "bot"
        sender = self.raw["from"]
        return "me" if sender["id"] == self._reader else str(sender["first_name"])

    @property
    def text(self) -> str:
        """Text or caption, plain."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def entities(self) -> list[Json]:
        """The marks in the text; offsets in UTF-16 units."""
        entities: list[Json] = self.raw.get("entities") or self.raw.get("caption_entities") or []
        return entities

    @property
    def html(self) -> str:
        """Text or caption as HTML, escaped."""
        return html_out.render(self.text, self.entities)

    @property
    def buttons(self) -> list[list[Button]]:
        """The rows of inline buttons."""
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [[_button(button) for button in row] for row in rows]

    def labels(self) -> list[str]:
        """The texts of all buttons, in reading order."""
        return [button.text for row in self.buttons for button in row]

    @property
    def file(self) -> ChatFile | None:
        """The file, None in a message without."""
        for kind in _FILES:
            if kind in self.raw:
                return _file(kind, self.raw[kind], self._box)
        return None

    @property
    def album(self) -> str | None:
        """What ties the members of an album together."""
        return self.raw.get("media_group_id")

    @property
    def edited(self) -> bool:
        """Whether its content was changed after sending."""
        return "edit_date" in self.raw

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self.stored.deleted

    @property
    def protected(self) -> bool:
        """Whether the app refuses to forward and save it."""
        return bool(self.raw.get("has_protected_content"))

    @property
    def spoiler(self) -> bool:
        """Whether something in it is hidden until tapped."""
        hidden = any(entity["type"] == "spoiler" for entity in self.entities)
        return hidden or bool(self.raw.get("has_media_spoiler"))

    @property
    def silent(self) -> bool:
        """Whether it came without a sound."""
        return self.stored.silent

    @property
    def pinned(self) -> bool:
        """Whether it stands at the top of the chat."""
        return self.stored.id in self.stored.chat.pinned

    @property
    def reaction(self) -> str | None:
        """The bot's emoji on it."""
        return self.stored.reaction

    @property
    def topic(self) -> int | None:
        """The topic's thread id in a forum."""
        return self.raw.get("message_thread_id")

    @property
    def reply_to(self) -> ChatMessage | None:
        """The message that this one answers, when it still stands there."""
        replied = self.stored.chat.messages.get(self.stored.reply_to or 0)
        return ChatMessage(replied, self._reader, self._box) if replied and not replied.deleted else None

    @property
    def date(self) -> int:
        """When it was sent, seconds since 1970."""
        return int(self.raw["date"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChatMessage) and other.stored is self.stored

    def __hash__(self) -> int:
        return id(self.stored)

    def __repr__(self) -> str:
        return f"<{self.sender} #{self.id}: {line(self)}>"


def line(message: ChatMessage) -> str:
    """One line of a transcript."""
    parts = [message.text.replace("\n", " / ")]
    if message.file:
        parts.append(f"[{message.file.kind} {message.file.name or ''}]".replace(" ]", "]"))
    parts.extend(" ".join(f"[{button.text}]" for button in row) for row in message.buttons)
    return " ".join(part for part in parts if part)


def as_json(message: ChatMessage) -> dict[str, Any]:
    """For the page; see `control` for the fields."""
    shown: dict[str, Any] = {"id": message.id, "deleted": message.deleted, "revision": message.stored.revision}
    if message.deleted:
        return shown
    names = [
        "sender",
        "text",
        "html",
        "album",
        "edited",
        "protected",
        "spoiler",
        "silent",
        "pinned",
        "reaction",
        "topic",
        "date",
    ]
    shown |= {name: getattr(message, name) for name in names}
    shown["name"] = message.raw["from"]["first_name"]
    shown["buttons"] = [[_button_json(button) for button in row] for row in message.buttons]
    shown["file"] = _file_json(message.file)
    replied = message.reply_to
    shown["reply_to"] = {"id": replied.id, "text": line(replied)[:120]} if replied else None
    for name in ("contact", "location", "poll"):
        shown[name] = message.raw.get(name)
    shown["sticker"] = message.raw["sticker"].get("emoji", "") if "sticker" in message.raw else None
    shown["service"] = next((name for name in message.raw if name.startswith("forum_topic_")), None)
    return shown


def _button(button: Json) -> Button:
    kind = next((name for name in _ACTIONS if name in button), "other")
    return Button(
        text=button["text"],
        kind=kind,
        data=button.get("callback_data"),
        url=button.get("url"),
        copy=button["copy_text"]["text"] if kind == "copy_text" else None,
        style=button.get("style"),
    )


def _button_json(button: Button) -> Json:
    names = ("text", "kind", "data", "url", "copy", "style")
    return {name: getattr(button, name) for name in names}


def _file(kind: str, described: Any, box: FileBox) -> ChatFile | None:
    largest = described[-1] if kind == "photo" else described
    kept = box.get(largest["file_id"])
    if kept is None:
        return None
    width, height = largest.get("width", 0), largest.get("height", 0)
    return ChatFile(kind, kept.file_id, kept.name, kept.mime, kept.size, width, height, box)


def _file_json(file: ChatFile | None) -> Json | None:
    if file is None:
        return None
    names = ("kind", "file_id", "name", "mime", "size", "width", "height")
    return {name: getattr(file, name) for name in names}
