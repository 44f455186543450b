"""A block of header fields (RFC 5322, section 2.2), read as it is found in the wild."""

import re
from dataclasses import dataclass

from mailbridge.parsing.limits import Limits

_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_BLANK = (b"", b"\r")


@dataclass(frozen=True, slots=True)
class Fields:
    """Header fields in order, names in lower case, values unfolded but not decoded (RFC 2047 words as they came)."""

    items: tuple[tuple[str, str], ...]
    body: int
    """Offset in the raw mail where the body begins."""
    problems: tuple[str, ...] = ()

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, top-most first."""
        wanted = name.lower()
        return tuple(value for key, value in self.items if key == wanted)

    def first(self, name: str) -> str | None:
        """The top-most value of a field."""
        wanted = name.lower()
        return next((value for key, value in self.items if key == wanted), None)


def read_fields(raw: bytes, start: int, end: int, limits: Limits) -> Fields:
    """Read the fields that begin at `start`. A line that is no field is skipped when fields follow it before the

    first blank line, else the body begins there.
    """
    found: list[tuple[str, list[bytes]]] = []
    problems: set[str] = set()
    position, last = start, min(end, start + limits.header_bytes)
    while position < last:
        newline = raw.find(b"\n", position, end)
        stop = end if newline < 0 else newline
        line = raw[position : min(stop, last)]
        following = min(stop + 1, end)
        if line in _BLANK:
            position = following
            break
        if line[:1] in b" \t" and found:
            found[-1][1].append(line)
        elif name := _NAME.match(line):
            if len(found) >= limits.headers:
                problems.add("too-many-headers")
            else:
                found.append((name[1].decode("latin-1").lower(), [line[name.end() :]]))
        elif line.startswith(b"--") or not _fields_follow(raw, following, end):
            problems.add("no-blank-line-after-headers")
            break
        else:
            problems.add("malformed-header-line")
        position = following
    else:
        if position < end:
            problems.add("headers-too-long")
    items = tuple((name, _value(lines, limits, problems)) for name, lines in found)
    return Fields(items, position, tuple(sorted(problems)))


def _fields_follow(raw: bytes, position: int, end: int) -> bool:
    for line in raw[position : min(end, position + 1_000)].split(b"\n", 6)[:6]:
        if line in _BLANK:
            return False
        if name := _NAME.match(line):
            return b"-" in name[1] or name[1].lower() in (b"from", b"to", b"subject", b"date", b"received", b"cc")
    return False


def _value(lines: list[bytes], limits: Limits, problems: set[str]) -> str:
    content = b"".join(line.rstrip(b"\r") for line in lines)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if len(text) > limits.header_length:
        problems.add("header-too-long")
    return text[: limits.header_length].strip()
