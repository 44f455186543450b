"""Text with marks as Telegram keeps it: plain text plus entities, offsets and lengths in UTF-16 units.

Source: Bot API, MessageEntity. Here are the value and what is found in plain text by itself; reading and writing HTML
live beside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_DETECTED = re.compile(
    r"(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<url>(?:https?://|www\.)[^\s<>\"']*[^\s<>\"'.,;:!?)])"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z][A-Za-z0-9_]{3,31})(?!\w)"
    r"|(?<![\w#])(?P<hashtag>#[^\W\d]\w*)"
)
_HINTS = re.compile(r"[@/#]|www\.")
_OPAQUE = frozenset({"code", "pre", "text_link", "text_mention"})


@dataclass(frozen=True, slots=True)
class Formatted:
    """Plain text and its entities, sorted by offset, longest first."""

    text: str
    entities: list[Json] = field(default_factory=list)


def utf16_length(text: str) -> int:
    """How Telegram counts text: a character outside the basic plane counts for two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def tidy(formatted: Formatted) -> Formatted:
    """Cut white space off both ends, as the server does, and shift the entities along."""
    stripped = formatted.text.strip()
    if len(stripped) == len(formatted.text):
        return formatted
    lead = utf16_length(formatted.text[: len(formatted.text) - len(formatted.text.lstrip())])
    return Formatted(stripped, list(_clipped(formatted.entities, lead, utf16_length(stripped))))


def _clipped(entities: list[Json], lead: int, length: int) -> list[Json]:
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, length)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return kept


def with_detected(formatted: Formatted) -> Formatted:
    """Add commands, addresses, links, mentions and hashtags that stand in the text, outside code and links."""
    if not _HINTS.search(formatted.text):
        return formatted
    taken = [_span(entity) for entity in formatted.entities if entity["type"] in _OPAQUE]
    found = [entity for entity in _detected(formatted.text) if not _overlaps(_span(entity), taken)]
    if not found:
        return formatted
    return Formatted(formatted.text, sorted([*formatted.entities, *found], key=order))


def order(entity: Json) -> tuple[int, int]:
    """Telegram's order: by start, then the longer first."""
    return entity["offset"], -entity["length"]


def _detected(text: str) -> list[Json]:
    return [
        {
            "type": match.lastgroup,
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match[0]),
        }
        for match in _DETECTED.finditer(text)
    ]


def _span(entity: Json) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)
