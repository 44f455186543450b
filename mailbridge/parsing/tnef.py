"""winmail.dat: the files and the body that Outlook wraps in TNEF (MS-OXTNEF, MS-OXPROPS).

Read here and not by a library, for hostile mails come in too: counts and lengths are believed only as far as there are
bytes, so the time grows with the size alone.
"""

import mimetypes
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbridge.parsing import charsets, markup, rtf

_SIGNATURE = b"\x78\x9f\x3e\x22"
_EMBEDDED_MAIL = bytes.fromhex("0703020000000000c000000000000046")
_IDENTITY = 16
_DEPTH = 3

_BODY, _PROPERTIES, _CODEPAGE = 0x800C, 0x9003, 0x9007
_SUBJECT = 0x8004
_TITLE, _DATA, _NEXT, _FILE_PROPERTIES = 0x8010, 0x800F, 0x9002, 0x9005

_P_BODY, _P_RTF, _P_HTML, _P_CODEPAGE, _P_SUBJECT = 0x1000, 0x1009, 0x1013, 0x3FDE, 0x0037
_P_DATA, _P_SHORT_NAME, _P_LONG_NAME, _P_DISPLAY_NAME = 0x3701, 0x3704, 0x3707, 0x3001
_P_TYPE, _P_CONTENT_ID = 0x370E, 0x3712

_STRING, _UNICODE, _OBJECT = 0x001E, 0x001F, 0x000D
_MANY = 0x1000
_SIZES = {0x0001: 0, 0x0002: 2, 0x000B: 2, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x0048: 16} | dict.fromkeys(
    (0x0005, 0x0006, 0x0007, 0x0014, 0x0040), 8
)
_PAGES = {20127: "ascii", 20866: "koi8-r", 28591: "iso-8859-1", 65001: "utf-8", 1200: "utf-16-le"}

_Value = tuple[int, memoryview]
"""The type of a property and its (first) value."""


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file in a winmail.dat. `name` is as the sender gave it, perhaps empty."""

    name: str
    media_type: str
    content: bytes
    content_id: str | None = None


@dataclass(slots=True)
class Unpacked:
    """What was found. `whole` is false when the bytes ended, or made no sense, before their end."""

    files: list[PackedFile] = field(default_factory=list)
    subject: str = ""
    text: str = ""
    html: str = ""
    rtf: bytes = b""
    whole: bool = True

    def body(self) -> tuple[str, str]:
        """Plain text and HTML; the text from the compressed RTF when there is nothing else."""
        if not self.text and not self.html and self.rtf:
            return rtf.to_text(rtf.decompressed(self.rtf)), ""
        return self.text, self.html


def is_tnef(content: bytes) -> bool:
    """Whether these bytes begin as TNEF does."""
    return content[:4] == _SIGNATURE


def unpacked(content: bytes | memoryview, *, most: int, depth: int = _DEPTH) -> Unpacked:
    """Read a TNEF stream: at most `most` files, with the files of mails that are within it. Never raises."""
    found = Unpacked()
    reading = _Reading(memoryview(content), found, most, depth)
    try:
        reading.read()
    except (struct.error, ValueError):
        found.whole = False
    reading.close()
    return found


@dataclass(slots=True)
class _Reading:
    view: memoryview
    found: Unpacked
    most: int
    depth: int
    page: str = "cp1252"
    file: dict[int, _Value] | None = None

    def read(self) -> None:
        for level, name, data in _attributes(self.view):
            if level == 2:
                self._of_file(name, data)
            else:
                self._of_mail(name, data)

    def _of_mail(self, name: int, data: memoryview) -> None:
        if name == _CODEPAGE:
            self.page = _page(struct.unpack_from("<I", data)[0])
        elif name == _BODY:
            self.found.text = self.found.text or self._text((_STRING, data))
        elif name == _SUBJECT:
            self.found.subject = self._text((_STRING, data))
        elif name == _PROPERTIES:
            self._body(dict(_properties(data)))

    def _body(self, values: dict[int, _Value]) -> None:
        found, page = self.found, self.page
        if _P_CODEPAGE in values:
            page = _page(struct.unpack_from("<I", values[_P_CODEPAGE][1])[0])
        if _P_BODY in values:
            found.text = _decoded(values[_P_BODY], page)
        if _P_HTML in values:
            found.html = _decoded(values[_P_HTML], page)
        if _P_RTF in values:
            found.rtf = bytes(values[_P_RTF][1])
        if _P_SUBJECT in values:
            found.subject = found.subject or self._text(values[_P_SUBJECT])

    def _of_file(self, name: int, data: memoryview) -> None:
        if name == _NEXT or self.file is None:
            self.close()
            self.file = {}
        if name == _FILE_PROPERTIES:
            try:
                for number, value in _properties(data):
                    self.file.setdefault(number, value)
            except (struct.error, ValueError):
                self.found.whole = False
        elif name in (_TITLE, _DATA):
            self.file[name] = (_STRING, data)

    def close(self) -> None:
        """Keep the file that was being read."""
        values, self.file = self.file, None
        if values is None or len(self.found.files) >= self.most:
            return
        name = next((text for key in _NAMES if key in values and (text := self._text(values[key]))), "")
        kind, content = values.get(_DATA) or values.get(_P_DATA) or (_STRING, memoryview(b""))
        if kind == _OBJECT:
            if content[:_IDENTITY] == _EMBEDDED_MAIL:
                self._embedded(content[_IDENTITY:], name)
                return
            content = content[_IDENTITY:]
        if content:
            self.found.files.append(PackedFile(name, self._type(values, name), bytes(content), self._identity(values)))

    def _embedded(self, content: memoryview, name: str) -> None:
        """A mail that is attached: its text as a file, and its own files."""
        if self.depth <= 0:
            self.found.whole = False
            return
        inner = unpacked(content, most=self.most - len(self.found.files), depth=self.depth - 1)
        text, html = inner.body()
        if written := (text or markup.to_text(html)).strip():
            title = inner.subject.strip() or name
            self.found.files.append(PackedFile(f"{title or 'bericht'}.txt", "text/plain", f"{written}\n".encode()))
        self.found.files.extend(inner.files)
        self.found.whole = self.found.whole and inner.whole

    def _type(self, values: dict[int, _Value], name: str) -> str:
        told = self._text(values[_P_TYPE]).lower() if _P_TYPE in values else ""
        return told if "/" in told else mimetypes.guess_type(name)[0] or "application/octet-stream"

    def _identity(self, values: dict[int, _Value]) -> str | None:
        return self._text(values[_P_CONTENT_ID]).strip("<> ")[:300] or None if _P_CONTENT_ID in values else None

    def _text(self, value: _Value) -> str:
        return _decoded(value, self.page)


_NAMES = (_P_LONG_NAME, _P_SHORT_NAME, _TITLE, _P_DISPLAY_NAME)


def _attributes(view: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Level (1 the mail, 2 a file), name and data of every attribute (MS-OXTNEF, section 2.1.3)."""
    position = 6
    while position + 11 <= len(view):
        level, name, _, size = struct.unpack_from("<BHHI", view, position)
        if level not in (1, 2):
            return
        start = position + 9
        if start + size + 2 > len(view):
            raise ValueError("an attribute goes on beyond the end")
        yield level, name, view[start : start + size]
        position = start + size + 2


def _properties(view: memoryview) -> Iterator[tuple[int, _Value]]:
    """Number and first value of every MAPI property (MS-OXTNEF, section 2.1.3.4)."""
    (count,), position = struct.unpack_from("<I", view), 4
    for _ in range(min(count, len(view) // 4)):
        if position >= len(view):
            return
        kind, number = struct.unpack_from("<HH", view, position)
        position = _after_name(view, position + 4) if number >= 0x8000 else position + 4
        values = 1
        size = _SIZES.get(kind & ~_MANY)
        if kind & _MANY or size is None:
            (values,) = struct.unpack_from("<I", view, position)
            position += 4
        if size is None:
            value, position = _sized(view, position, values)
        else:
            value, position = view[position : position + size], _padded(position + size * values)
        yield number, (kind & ~_MANY, value)


def _after_name(view: memoryview, position: int) -> int:
    """Where the name of a named property ends: its set, and a number or a text."""
    (kind,) = struct.unpack_from("<I", view, position + 16)
    if kind == 0:
        return position + 24
    (size,) = struct.unpack_from("<I", view, position + 20)
    return _padded(position + 24 + int(size))


def _sized(view: memoryview, position: int, values: int) -> tuple[memoryview, int]:
    """The first of the values that tell their sizes, and where they end."""
    first = view[:0]
    for index in range(values):
        (size,) = struct.unpack_from("<I", view, position)
        if position + 4 + size > len(view):
            raise ValueError("a value goes on beyond the end")
        if index == 0:
            first = view[position + 4 : position + 4 + size]
        position = _padded(position + 4 + size)
    return first, position


def _padded(position: int) -> int:
    return position + -position % 4


def _decoded(value: _Value, page: str) -> str:
    kind, content = value
    label = "utf-16-le" if kind == _UNICODE else page
    text = charsets.decode(bytes(content[:4_000_000]), label)
    return text.split("\x00", 1)[0].replace("\r\n", "\n")


def _page(number: int) -> str:
    return _PAGES.get(number, f"cp{number}")
