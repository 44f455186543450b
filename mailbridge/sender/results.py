"""One Authentication-Results header (RFC 8601), read tolerantly: Microsoft writes no server name and odd comments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_RESULT = re.compile(r"\s*([a-z][a-z0-9_-]{0,30})(?:\s*/\s*\d+)?\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z]{1,20}\.[a-z0-9_-]{1,40})\s*=\s*([^\s;]{1,320})", re.IGNORECASE)
_DEPTH = 20


@dataclass(frozen=True, slots=True)
class MethodResult:
    """The outcome of one method, such as `dkim=pass header.d=example.org`."""

    method: str
    result: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Results:
    """A header: the server that wrote it (None in Microsoft's form) and its results in order."""

    server: str | None
    results: tuple[MethodResult, ...]

    def of(self, method: str) -> tuple[MethodResult, ...]:
        """All results of a method."""
        return tuple(result for result in self.results if result.method == method)


def read_results(value: str) -> Results:
    """Read a header value; what can't be read is left out."""
    first, *rest = _without_comments(value[:20_000]).split(";")
    words = first.split()
    named = bool(words) and "=" not in first
    server = words[0].strip('"').lower().rstrip(".") if named else None
    sections = rest if named else [first, *rest]
    return Results(server, tuple(result for section in sections[:100] if (result := _result(section))))


def _result(section: str) -> MethodResult | None:
    match = _RESULT.match(section)
    if match is None:
        return None
    properties = {name.lower(): _plain(value) for name, value in reversed(_PROPERTY.findall(section[match.end() :]))}
    return MethodResult(match[1].lower(), match[2].lower(), properties)


def _plain(value: str) -> str:
    quoted = _QUOTED.fullmatch(value)
    return (quoted[1] if quoted else value).strip("<>").lower().rstrip(".")


def _without_comments(value: str) -> str:
    """The value outside comments; an unclosed comment hides the rest, so nothing can be smuggled in by one."""
    out: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth = min(depth + 1, _DEPTH)
            continue
        elif letter == ")" and depth and not quoted:
            depth -= 1
            continue
        if not depth:
            out.append(" " if quoted and letter == ";" else letter)
    return "".join(out)
