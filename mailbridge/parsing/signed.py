"""Signed mails whose content is within the signature: S/MIME's opaque form (RFC 8551) and PGP's clear text (RFC 9580).

The content is taken out; whether the signature is right is not looked at, for who a mail is from is told by the
receiving server.
"""

import re

_SIGNED = bytes.fromhex("06092a864886f70d010702")
_DEPTH = 12
_SEQUENCE, _OCTETS, _CHOSEN = 0x30, 0x04, 0xA0
_ARMOUR = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]{1,20}:[^\n]*\n)*\n(.*?)\n-----BEGIN PGP SIGNATURE-----.*?"
    r"^-----END PGP SIGNATURE-----[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_ENCRYPTED = re.compile(r"\s*-----BEGIN PGP MESSAGE-----")


def signed_content(message: bytes) -> bytes | None:
    """The MIME entity within CMS signed data (RFC 5652, section 5.1); None for anything else. Never raises."""
    try:
        return _content(memoryview(message))
    except (ValueError, IndexError):
        return None


def without_armour(text: str) -> str:
    """Text without the lines that PGP puts around what was signed (RFC 9580, section 7)."""
    return _ARMOUR.sub(lambda found: re.sub(r"^- ", "", found[1], flags=re.MULTILINE), text)


def is_encrypted_text(text: str) -> bool:
    """Whether the text is a PGP message and nothing else that a person can read."""
    return _ENCRYPTED.match(text) is not None


def _content(view: memoryview) -> bytes | None:
    inside = _into(view, 0, _SEQUENCE)
    if bytes(view[inside : inside + len(_SIGNED)]) != _SIGNED:
        return None
    position = _into(view, inside + len(_SIGNED), _CHOSEN)
    position = _into(view, position, _SEQUENCE)
    position = _after(view, position)  # the version
    position = _after(view, position)  # the digests
    position = _after(view, _into(view, position, _SEQUENCE))  # what kind of content
    return b"".join(_octets(view, _into(view, position, _CHOSEN), 0)) or None


def _octets(view: memoryview, position: int, depth: int) -> list[bytes]:
    """The pieces of an octet string, which may be cut up (X.690, section 8.7)."""
    tag, start, end = _element(view, position)
    if tag == _OCTETS:
        return [bytes(view[start:end])]
    if tag != _OCTETS | 0x20 or depth >= _DEPTH:
        raise ValueError("no octets")
    pieces: list[bytes] = []
    last = len(view) if end is None else end
    position = start
    while position < last and bytes(view[position : position + 2]) != b"\0\0":
        pieces.extend(_octets(view, position, depth + 1))
        position = _after(view, position)
    return pieces


def _into(view: memoryview, position: int, wanted: int) -> int:
    """Where the content of the element begins, which must have this tag."""
    tag, start, _ = _element(view, position)
    if tag != wanted:
        raise ValueError("another tag")
    return start


def _after(view: memoryview, position: int, depth: int = 0) -> int:
    """Where the next element begins."""
    _, start, end = _element(view, position)
    if end is not None:
        return end
    if depth >= _DEPTH:
        raise ValueError("too deep")
    while bytes(view[start : start + 2]) != b"\0\0":
        start = _after(view, start, depth + 1)
    return start + 2


def _element(view: memoryview, position: int) -> tuple[int, int, int | None]:
    """Tag, begin and end of the content (X.690, section 8.1); no end when it is told by a mark that follows."""
    tag, size = view[position], view[position + 1]
    if size == 0x80:
        return tag, position + 2, None
    start = position + 2
    if size > 0x80:
        start += size & 0x7F
        size = int.from_bytes(view[position + 2 : start], "big")
    if start + size > len(view):
        raise ValueError("an element goes on beyond the end")
    return tag, start, start + size
