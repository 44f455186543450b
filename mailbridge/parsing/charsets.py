"""Bytes to text, whatever the label says. Promise: never raises, and never loses a readable letter."""

import codecs
import re

_SAFE = re.compile(
    r"ascii|utf-?(?:8|7|16|32)|iso-?8859|iso2022|cp\d|windows|koi8|gb|big5|euc|shift|tis|hz|johab|mac|latin|kz1048"
)
_SLOW = ("punycode", "idna", "escape")
_WIDER = {"iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_GUESSED = ("ascii", "utf-8")


def decode(content: bytes, label: str | None) -> str:
    """Decode by the label, or by guess when the label is missing, unknown or wrong."""
    codec = known_codec(label)
    if codec is None or codec in _GUESSED:
        return _guess(content)
    try:
        return content.decode(codec)
    except (UnicodeDecodeError, ValueError):
        return _guess(content) if codec.startswith("utf") else content.decode(codec, "replace")


def known_codec(label: str | None) -> str | None:
    """The codec for a charset label, None when there is none that is safe to run on foreign bytes.

    A mail that says ISO 8859-1 mostly means its superset Windows-1252 (WHATWG Encoding, section 4.2).
    """
    name = (label or "").strip().strip("\"'").lower()[:40]
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    if not _SAFE.match(codec) or any(slow in codec for slow in _SLOW):
        return None
    return _WIDER.get(codec, codec)


def _guess(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace") if not _cut_utf8(content) else content.decode("utf-8", "replace")


def _cut_utf8(content: bytes) -> bool:
    """Whether the bytes are UTF-8 with little damage (a cut character), rather than a one-byte charset."""
    text = content.decode("utf-8", "replace")
    broken = text.count("�")
    good = sum(1 for letter in text if letter > "\x7f" and letter != "�")
    return good >= max(broken, 1)
