"""Content-Type and Content-Disposition: a value and its parameters (RFC 2045, RFC 2231), read tolerantly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from mailbridge.parsing import charsets, words

_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*)(?:"|$)|([^;]*))')
_CONTINUED = re.compile(r"([^*]+)\*(\d{1,3})?(\*)?$")
_MEDIA_TYPE = re.compile(r"([a-z0-9!#$&^_.+-]{1,60})/([a-z0-9!#$&^_.+-]{1,100})")


@dataclass(frozen=True, slots=True)
class Parameterised:
    """A header value such as `text/plain; charset=utf-8`: the value in lower case, parameters by lower-case name."""

    value: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def parameterised(header: str | None) -> Parameterised:
    """Read a header value with parameters; what can't be read is left out."""
    text = header or ""
    value, _, _ = text.partition(";")
    return Parameterised(value.strip().strip("\"'").lower(), _parameters(text[len(value) :]))


def media_type(header: str | None, default: str = "text/plain") -> Parameterised:
    """Read a Content-Type; the default stands for a missing or unreadable type (RFC 2045, section 5.2)."""
    found = parameterised(header)
    match = _MEDIA_TYPE.match(found.value)
    return Parameterised(match[0] if match else default, found.parameters)


def _parameters(text: str) -> dict[str, str]:
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(text):
        name = match[1].lower()
        value = _unescaped(match[2]) if match[2] is not None else match[3].strip()
        if continued := _CONTINUED.match(name):
            number, encoded = int(continued[2] or 0), bool(continued[3]) or continued[2] is None
            pieces.setdefault(continued[1], {})[number] = (value, encoded)
        else:
            plain.setdefault(name, words.decoded(value))
    return plain | {name: _joined(parts) for name, parts in pieces.items()}


def _unescaped(quoted: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", quoted)


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """Put RFC 2231 pieces together: charset'language'percent-encoded bytes."""
    ordered = [parts[number] for number in sorted(parts)]
    charset, content = None, b""
    for index, (value, encoded) in enumerate(ordered):
        text = value
        if index == 0 and encoded and value.count("'") >= 2:
            charset, _, text = value.split("'", 2)
        content += unquote_to_bytes(text) if encoded else text.encode()
    return charsets.decode(content, charset)
