"""Texts and captions as a bot gives them: parsed, tidied, measured."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import html_in, limits
from sandbox.telegram.entities import Formatted, Json, order, tidy, utf16_length, with_detected
from sandbox.telegram.errors import bad
from sandbox.telegram.parameters import Parameters


def message_text(params: Parameters) -> Json:
    """`text` and `entities` of a message: 1-4096 after parsing."""
    formatted = read(params, "text", "entities")
    if not formatted.text:
        raise bad("message text is empty")
    if utf16_length(formatted.text) > limits.TEXT_LENGTH:
        raise bad("message is too long")
    return _body(formatted, "text", "entities")


def caption(params: Parameters) -> Json:
    """`caption` and `caption_entities` of a medium: 0-1024 after parsing; empty when there is none."""
    formatted = read(params, "caption", "caption_entities")
    if utf16_length(formatted.text) > limits.CAPTION_LENGTH:
        raise bad("message caption is too long")
    body = _body(formatted, "caption", "caption_entities") if formatted.text else {}
    if formatted.text and params.boolean("show_caption_above_media"):
        body["show_caption_above_media"] = True
    return body


def read(params: Parameters, field: str, entities_field: str) -> Formatted:
    """The text of `field`, marked up by its parse mode or its entities, white space cut off the ends."""
    text = params.text(field).replace("\r", "")
    mode = params.text("parse_mode").lower()
    if mode == "html":
        formatted = html_in.parse(text)
    elif mode in ("markdown", "markdownv2"):
        raise bad("can't parse entities: the sandbox reads parse_mode HTML only")
    elif mode not in ("", "none"):
        raise bad("unsupported parse_mode")
    else:
        given = params.array(entities_field, "can't parse entities JSON object") or []
        formatted = Formatted(text, _checked(given, utf16_length(text)))
    return with_detected(tidy(formatted))


def _checked(entities: list[Any], length: int) -> list[Json]:
    for entity in entities:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise bad("can't parse MessageEntity: Expected an Object")
        start, size = entity.get("offset"), entity.get("length")
        if not isinstance(start, int) or not isinstance(size, int):
            raise bad('can\'t parse MessageEntity: Field "offset" must be of type Number')
        if start < 0 or size <= 0 or start + size > length:
            raise bad(f"entity beginning at UTF-16 offset {start} ends after the end of the text")
    return sorted(entities, key=order)


def _body(formatted: Formatted, field: str, entities_field: str) -> Json:
    body: Json = {field: formatted.text}
    if formatted.entities:
        body[entities_field] = formatted.entities
    return body
