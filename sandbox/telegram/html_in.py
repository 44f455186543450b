"""Telegram's HTML into text and entities, with Telegram's refusals (Bot API, "HTML style").

Byte offsets in the refusals count UTF-8, entity offsets UTF-16. Only the four named character references are known
besides the numeric ones; an unknown one stays as it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.entities import Formatted, Json, order, utf16_length
from sandbox.telegram.errors import ApiError, bad

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_SPECIAL = re.compile(r"[<&]")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_SPACE = re.compile(r"\s*")
_USER_LINK = re.compile(r"tg://user\?id=(\d+)$")


@dataclass(slots=True)
class _Open:
    tag: str
    argument: dict[str, str]
    offset: int
    size: int


def parse(html: str) -> Formatted:
    """Text and entities of `html`; raises ApiError 400 "can't parse entities: ..." as Telegram words it."""
    if not _SPECIAL.search(html):
        return Formatted(html)
    return _Parser(html).run()


class _Parser:
    def __init__(self, html: str) -> None:
        self.html = html
        self.position = 0
        self.pieces: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def run(self) -> Formatted:
        while match := _SPECIAL.search(self.html, self.position):
            self.emit(self.html[self.position : match.start()])
            self.position = match.start()
            if match[0] == "&":
                self.reference()
            elif self.html.startswith("</", self.position):
                self.end_tag()
            else:
                self.start_tag()
        self.emit(self.html[self.position :])
        if self.open:
            raise _refusal(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return Formatted("".join(self.pieces), sorted(self.entities, key=order))

    def emit(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.offset += utf16_length(text)

    def reference(self) -> None:
        match = _REFERENCE.match(self.html, self.position)
        self.emit(_character(match) if match else "&")
        self.position = match.end() if match else self.position + 1

    def start_tag(self) -> None:
        begin = self.position
        name = self.take(_TAG_NAME, begin + 1)
        tag = name.lower()
        if self.position >= len(self.html):
            raise _refusal(f"Unclosed start tag at byte offset {self.bytes_to(begin)}")
        if tag not in _TYPES:
            raise _refusal(f'Unsupported start tag "{tag}" at byte offset {self.bytes_to(begin)}')
        attributes = self.attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _refusal(f'Tag "span" must have class "tg-spoiler" at byte offset {self.bytes_to(begin)}')
        self.open.append(_Open(tag, attributes, self.offset, len(self.pieces)))

    def attributes(self, tag: str, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self.take(_SPACE)
            if self.peek() == ">":
                self.position += 1
                return found
            name = self.take(_ATTRIBUTE_NAME).lower()
            if not name:
                where = self.bytes_to(begin)
                raise _refusal(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
            self.take(_SPACE)
            found[name] = self.attribute_value(tag, begin)

    def attribute_value(self, tag: str, begin: int) -> str:
        if self.peek() != "=":
            self.demand_more(tag, begin)
            return ""
        self.position += 1
        self.take(_SPACE)
        quote = self.peek()
        value = self.quoted(quote) if quote in ("'", '"') else self.token()
        self.demand_more(tag, begin)
        return value

    def quoted(self, quote: str) -> str:
        end = self.html.find(quote, self.position + 1)
        end = len(self.html) if end < 0 else end
        raw = self.html[self.position + 1 : end]
        self.position = end + 1
        return _REFERENCE.sub(_character, raw)

    def token(self) -> str:
        begin = self.position
        value = self.take(_NAME_TOKEN)
        if self.peek() not in ("", ">") and not self.peek().isspace():
            raise _refusal(f"Unexpected end of name token at byte offset {self.bytes_to(begin)}")
        return value.lower()

    def end_tag(self) -> None:
        begin = self.position
        where = self.bytes_to(begin)
        if not self.open:
            raise _refusal(f"Unexpected end tag at byte offset {where}")
        name = self.take(_TAG_NAME, begin + 2)
        self.take(_SPACE)
        if self.peek() != ">":
            raise _refusal(f"Unclosed end tag at byte offset {where}")
        self.position += 1
        expected = self.open[-1].tag
        if name and name.lower() != expected:
            raise _refusal(f'Unmatched end tag at byte offset {where}, expected "</{expected}>", found "</{name}>"')
        self.close(self.open.pop())

    def close(self, opened: _Open) -> None:
        length = self.offset - opened.offset
        if length == 0:
            return
        content = "".join(self.pieces[opened.size :])
        extra = _details(opened, content, parents=self.open)
        if extra is not None:
            self.entities.append({"offset": opened.offset, "length": length, **extra})

    def take(self, pattern: re.Pattern[str], position: int | None = None) -> str:
        match = pattern.match(self.html, self.position if position is None else position)
        assert match is not None  # every pattern here also matches nothing
        self.position = match.end()
        return match[0]

    def peek(self) -> str:
        return self.html[self.position : self.position + 1]

    def demand_more(self, tag: str, begin: int) -> None:
        if self.position >= len(self.html):
            raise _refusal(f'Unclosed start tag "{tag}" at byte offset {self.bytes_to(begin)}')

    def bytes_to(self, position: int) -> int:
        return len(self.html[:position].encode())


def _details(opened: _Open, content: str, *, parents: list[_Open]) -> dict[str, Any] | None:
    """Type and extra fields of one entity; None where Telegram drops it (no link, code inside pre)."""
    kind = _TYPES[opened.tag]
    match opened.tag:
        case "a":
            return _link(opened.argument.get("href") or content)
        case "code" if parents and parents[-1].tag == "pre":
            language = opened.argument.get("class", "")
            if language.startswith("language-"):
                parents[-1].argument["language"] = language.removeprefix("language-")
            return None
        case "pre" if "language" in opened.argument:
            return {"type": kind, "language": opened.argument["language"]}
        case "blockquote" if "expandable" in opened.argument:
            return {"type": "expandable_blockquote"}
        case "tg-emoji":
            return {"type": kind, "custom_emoji_id": opened.argument.get("emoji-id", "")}
        case "tg-time":
            return {"type": kind, "unix_time": int(opened.argument.get("unix", "0") or 0)}
    return {"type": kind}


def _link(address: str) -> dict[str, Any] | None:
    if user := _USER_LINK.match(address):
        return {"type": "text_mention", "user": {"id": int(user[1]), "is_bot": False, "first_name": "-"}}
    if re.match(r"(https?|tg|tel|mailto|ton):", address):
        return {"type": "text_link", "url": address}
    if re.match(r"[\w-]+(\.[\w-]+)+(/|$|\?|:)", address):
        return {"type": "text_link", "url": f"http://{address}"}
    return None


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    code = int(match[1]) if match[1] else int(match[2], 16)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return match[0]
    return chr(code)


def _refusal(words: str) -> ApiError:
    return bad(f"can't parse entities: {words}")
