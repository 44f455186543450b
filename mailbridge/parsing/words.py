"""Encoded words in header values (RFC 2047), read tolerantly."""

import binascii
import re

from mailbridge.parsing import charsets, transfer

_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,30})?\?([bBqQ])\?([^?]*)\?=")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def decoded(value: str) -> str:
    """The header value with its encoded words read. Adjacent words of one charset are joined before decoding,

    because some mailers split a character over two words.
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        if pending and (between.strip() or match[1].lower() != charset):
            out.append(charsets.decode(pending, charset))
            pending = b""
        if between.strip() or not end:
            out.append(between)
        pending, charset, end = pending + _bytes_of(match[2], match[3]), match[1].lower(), match.end()
    out.append(charsets.decode(pending, charset) if pending else "")
    return "".join(out) + value[end:]


def one_line(value: str, length: int = 998) -> str:
    """The value as a person reads it: decoded, on one line, without control or direction characters."""
    return " ".join(_CONTROL.sub(" ", decoded(value)).split())[:length]


def _bytes_of(encoding: str, text: str) -> bytes:
    content = text.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return transfer.from_base64(content)
    return binascii.a2b_qp(content, header=True)
