"""The text of a message as it is kept: counted as people count, cut at the limit, in one Unicode form. Pure functions."""

import re
import unicodedata
from collections.abc import Iterable

LIMIT = 4000
"""Characters of a message, unless the office sets another limit (MSG-4)."""

SUBJECT_LIMIT = 250
"""Characters of a subject, as long as its column."""

TELEGRAM_PART = 4096
"""UTF-16 units after which Telegram's apps split a text into the next message (Bot API, Message.text: 0-4096)."""

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""What a database can't keep in a text: NUL (PostgreSQL) and halves of surrogate pairs (UTF-8)."""

_REPLY = re.compile(r"(?:re|antw|betr)\s*:", re.IGNORECASE)


def keepable(text: str) -> str:
    """The text without what a database can't keep, else untouched."""
    return _UNKEEPABLE.sub("", text)


def clean(text: str) -> str:
    """The text in NFC, with line ends of one kind, without what a database can't keep and without space around it."""
    plain = keepable(text).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain).strip()


def subject(text: str) -> str:
    """A subject on one line, at most 250 characters."""
    return " ".join(clean(text).split())[:SUBJECT_LIMIT]


def reply_subject(original: str) -> str:
    """The subject of an answer: "Re: " before it, once."""
    return original if _REPLY.match(original) else subject(f"Re: {original}")


def cut(text: str, limit: int) -> tuple[str, str]:
    """A cleaned text up to `limit` characters, and what was cut off (empty when it fits)."""
    return text[:limit], text[limit:]


def joined(parts: Iterable[str]) -> str:
    """Parts as one text: what filled a message of Telegram goes on without a break, else a part begins on a new line."""
    text, full = "", True
    for part in parts:
        text += part if full else f"\n{part}"
        full = utf16_length(part) >= TELEGRAM_PART
    return clean(text)


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
