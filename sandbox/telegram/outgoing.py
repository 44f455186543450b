"""What an app sends for a person: message bodies as values, files put into the box."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.telegram import files, limits
from sandbox.telegram.entities import Formatted, Json, tidy, utf16_length, with_detected
from sandbox.telegram.files import FileBox
from sandbox.telegram.world import Person


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture, sent compressed."""

    content: bytes
    caption: str = ""
    spoiler: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file; without `mime` the type follows the name."""

    name: str
    content: bytes
    mime: str | None = None
    caption: str = ""


def text_bodies(text: str) -> list[Json]:
    """The messages that an app makes of a text: one for each 4096 UTF-16 units, none for white space."""
    return [_marked(part, "text", "entities") for part in _split(text.strip(), limits.TEXT_LENGTH)]


def document(box: FileBox, item: Document) -> Json:
    """A message with a file."""
    kept = box.keep("document", item.content, name=item.name, mime=item.mime)
    return {"document": files.described(kept)} | _caption(item.caption)


def photo(box: FileBox, item: Photo) -> Json:
    """A message with a picture."""
    kept = box.keep("photo", item.content)
    spoiler: Json = {"has_media_spoiler": True} if item.spoiler else {}
    return {"photo": files.photo_sizes(kept)} | spoiler | _caption(item.caption)


def album(box: FileBox, items: Sequence[Photo | Document], caption: str) -> list[Json]:
    """The members of an album; ValueError unless 2 to 10 of one sort."""
    if len(items) not in limits.ALBUM_SIZES:
        raise ValueError("an album has 2 to 10 members")
    if len({type(item) for item in items}) > 1:
        raise ValueError("documents make an album only with documents")
    tie = {"media_group_id": str(secrets.randbelow(10**17) + 10**17)}
    bodies = [photo(box, item) if isinstance(item, Photo) else document(box, item) for item in items]
    bodies[0] |= _caption(caption)
    return [tie | body for body in bodies]


def voice(box: FileBox, content: bytes, seconds: int) -> Json:
    """A spoken message."""
    kept = box.keep("voice", content)
    return {"voice": files.described(kept) | {"duration": seconds}}


def video(box: FileBox, content: bytes, name: str, caption: str) -> Json:
    """A film."""
    kept = box.keep("video", content, name=name)
    shape = {"width": 1280, "height": 720, "duration": 5}
    return {"video": files.described(kept) | shape} | _caption(caption)


def sticker(box: FileBox, content: bytes, emoji: str) -> Json:
    """A sticker."""
    described = files.described(box.keep("sticker", content))
    described.pop("mime_type")
    looks = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": emoji}
    return {"sticker": described | looks}


def own_contact(person: Person) -> Json:
    """The person's own card: with `user_id`, and the number without plus, as many apps give it."""
    card = contact(person.phone_number.removeprefix("+"), person.first_name)["contact"]
    if person.last_name:
        card["last_name"] = person.last_name
    return {"contact": card | {"user_id": person.user_id}}


def contact(phone_number: str, first_name: str) -> Json:
    """Somebody's card."""
    return {"contact": {"phone_number": phone_number, "first_name": first_name}}


def poll(question: str, options: Sequence[str]) -> Json:
    """A poll that nobody answered yet."""
    choices = [
        {"persistent_id": str(number), "text": option, "voter_count": 0} for number, option in enumerate(options)
    ]
    return {
        "poll": {
            "id": str(secrets.randbelow(10**18)),
            "question": question,
            "options": choices,
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
    }


def edited(body: Json, text: str) -> Json:
    """The body with its text, or a file's caption, changed."""
    field, marks = ("text", "entities") if "text" in body else ("caption", "caption_entities")
    rest = {name: value for name, value in body.items() if name not in (field, marks)}
    return rest | _marked(text.strip(), field, marks)


def _caption(caption: str) -> Json:
    return _marked(caption, "caption", "caption_entities") if caption.strip() else {}


def _marked(text: str, field: str, marks: str) -> Json:
    formatted = with_detected(tidy(Formatted(text)))
    return {field: formatted.text} | ({marks: formatted.entities} if formatted.entities else {})


def _split(text: str, size: int) -> list[str]:
    if utf16_length(text) <= size:
        return [text] if text else []
    parts: list[str] = []
    part: list[str] = []
    length = 0
    for character in text:
        width = utf16_length(character)
        if length + width > size:
            parts.append("".join(part))
            part, length = [], 0
        part.append(character)
        length += width
    return [*parts, "".join(part)]
