"""Text and entities as HTML that a page may show: everything of a person is escaped, tags are Telegram's own."""

from __future__ import annotations

from html import escape

from sandbox.telegram.entities import Json

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}


def render(text: str, entities: list[Json]) -> str:
    """HTML of `text`; entities (UTF-16 offsets) nest, and one that crosses another is closed and opened again."""
    units = text.encode("utf-16-le", "surrogatepass")
    cuts = sorted({0, len(units) // 2, *(edge for entity in entities for edge in _edges(entity))})
    pieces: list[str] = []
    opened: list[Json] = []
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        wanted = [entity for entity in entities if _covers(entity, start)]
        pieces.extend(_switch(opened, wanted))
        opened = wanted
        if end is not None:
            pieces.append(escape(units[start * 2 : end * 2].decode("utf-16-le", "replace")))
    return "".join(pieces)


def _edges(entity: Json) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]


def _covers(entity: Json, position: int) -> bool:
    start, end = _edges(entity)
    return bool(start <= position < end)


def _switch(opened: list[Json], wanted: list[Json]) -> list[str]:
    same = 0
    while same < min(len(opened), len(wanted)) and opened[same] is wanted[same]:
        same += 1
    return [*(_close(e) for e in reversed(opened[same:])), *(_open(e) for e in wanted[same:])]


def _open(entity: Json) -> str:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{escape(entity["url"])}">'
    if kind == "expandable_blockquote":
        return "<blockquote expandable>"
    return f"<{_TAGS[kind]}>" if kind in _TAGS else ""


def _close(entity: Json) -> str:
    kind = entity["type"]
    if kind == "text_link":
        return "</a>"
    return f"</{_TAGS[kind]}>" if kind in _TAGS else ""
