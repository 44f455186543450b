"""Content-Transfer-Encodings (RFC 2045), undone as far as the bytes allow. Nothing here raises."""

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_UU_BEGIN = re.compile(r"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.MULTILINE)
_UU_END = re.compile(r"^`?\r?\nend[ \t]*\r?$", re.MULTILINE)


def undone(content: memoryview, encoding: str) -> bytes:
    """The bytes that the encoding stands for; unknown encodings are taken as they are."""
    match encoding.strip().strip("\"'").lower():
        case "base64":
            return from_base64(content)
        case "quoted-printable":
            return binascii.a2b_qp(content)
        case "x-uuencode" | "uuencode" | "x-uue":
            files = uuencoded_files(bytes(content).decode("latin-1"))[1]
            return files[0][1] if files else bytes(content)
        case _:
            return bytes(content)


def from_base64(content: bytes | memoryview) -> bytes:
    """Base64 with foreign characters skipped, and missing or broken padding forgiven."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        clean = _NOT_BASE64.sub(b"", bytes(content))
        clean = clean[:-1] if len(clean) % 4 == 1 else clean
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def uuencoded_files(text: str, most: int = 20) -> tuple[str, list[tuple[str, bytes]]]:
    """Text without the files that old mailers put in it uuencoded, and those files as (name, bytes)."""
    files: list[tuple[str, bytes]] = []
    kept, position = [], 0
    while len(files) < most and (begin := _UU_BEGIN.search(text, position)):
        end = _UU_END.search(text, begin.end() - 1)
        if end is None:
            break
        content = _from_uu(text[begin.end() : end.start()])
        if content is None:
            kept.append(text[position : end.end()])
        else:
            kept.append(text[position : begin.start()])
            files.append((begin[1].strip(), content))
        position = end.end()
    return "".join(kept) + text[position:], files


def _from_uu(text: str) -> bytes | None:
    try:
        return b"".join(binascii.a2b_uu(line) for line in text.splitlines() if line)
    except (binascii.Error, ValueError):
        return None
