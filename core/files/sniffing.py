"""What a file is, by its content and not by its name (DOC-8, DOC-10). Pure functions over the first and last bytes.

An own table of magic numbers for what an office gets comes first; puremagic is asked about the rest. A zip is looked into
(Office Open XML, OpenDocument, Java), and so is an OLE container (Word, Excel, Outlook before 2007, installers).
"""

import re

import puremagic

HEAD = 1024 * 1024
"""How many bytes of the beginning of a file are looked at, at most."""
TAIL = 64 * 1024
"""How many of its end: there stands the list of contents of a zip."""

UNKNOWN = "application/octet-stream"

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (0, b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (0, b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm"),
    (0, b"\x4c\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypmsf1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
)

_ZIPPED: tuple[tuple[bytes, str], ...] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)

_OLE: tuple[tuple[bytes, str], ...] = (
    (bytes.fromhex("84100c0000000000c000000000000046"), "application/x-msi"),
    ("__properties_version1.0".encode("utf-16-le"), "application/vnd.ms-outlook"),
    ("WordDocument".encode("utf-16-le"), "application/msword"),
    ("Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
    ("PowerPoint Document".encode("utf-16-le"), "application/vnd.ms-powerpoint"),
)

_SCRIPT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:#!\s*/|@echo off|<\?php|<script|<job\b|Windows Registry Editor)", re.IGNORECASE
)
_HTML = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html)", re.IGNORECASE)
_HEADER_LINE = re.compile(
    rb"\A(?:From|Return-Path|Received|Delivered-To|Date|Subject|MIME-Version|Message-ID|X-[\w-]+): ", re.IGNORECASE
)
_LOCAL_NAME = re.compile(rb"PK\x03\x04.{22}(?P<length>..).{2}", re.DOTALL)
_CENTRAL_NAME = re.compile(rb"PK\x01\x02.{24}(?P<length>..).{16}", re.DOTALL)
_ODF = re.compile(rb"mimetype(application/(?:vnd\.oasis\.opendocument\.[a-z-]+|epub\+zip))")

_BY_EXTENSION = {"csv": "text/csv", "eml": "message/rfc822", "md": "text/markdown", "ics": "text/calendar"}


def sniff(head: bytes, tail: bytes = b"") -> str:
    """The media type of a file that begins with `head` (up to `HEAD` bytes) and ends with `tail` (up to `TAIL`)."""
    if head.startswith(b"PK\x03\x04"):
        return _zip(head, tail)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return next((kind for mark, kind in _OLE if mark in head or mark in tail), "application/x-ole-storage")
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    for offset, mark, kind in _MAGIC:
        if head.startswith(mark, offset):
            return kind
    return _text(head) or _other(head)


def refined(media_type: str, name: str) -> str:
    """A text told apart by its name, where content alone can't: `.csv`, `.eml`. Never turns anything into another family."""
    if media_type != "text/plain":
        return media_type
    return _BY_EXTENSION.get(name.rpartition(".")[2].lower(), media_type)


def _zip(head: bytes, tail: bytes) -> str:
    """Which of the formats that are a zip this is, by the names inside."""
    if odf := _ODF.search(head[:200]):
        return odf[1].decode("ascii")
    names = set(_names(head, _LOCAL_NAME)) | set(_names(tail or head, _CENTRAL_NAME))
    if b"META-INF/MANIFEST.MF" in names or b"AndroidManifest.xml" in names:
        return "application/java-archive"
    if b"[Content_Types].xml" in names:
        for folder, kind in _ZIPPED:
            if any(name.startswith(folder) for name in names):
                return kind
    return "application/zip"


def _names(data: bytes, header: re.Pattern[bytes]) -> list[bytes]:
    return [
        data[found.end() : found.end() + int.from_bytes(found["length"], "little")] for found in header.finditer(data)
    ]


def _text(head: bytes) -> str | None:
    """The kind of text, or None for what is no text: holds a NUL or is neither UTF-8, UTF-16 nor Windows-1252."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text/plain"
    if not _readable(head):
        return None
    if _SCRIPT.match(head):
        return "text/x-script"
    if _HTML.match(head):
        return "text/html"
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        return "application/xml"
    if head.startswith(b"BEGIN:VCALENDAR"):
        return "text/calendar"
    if head.startswith(b"BEGIN:VCARD"):
        return "text/vcard"
    return "message/rfc822" if _HEADER_LINE.match(head) and b"\nSubject:" in b"\n" + head[:16384] else "text/plain"


def _readable(head: bytes) -> bool:
    control = sum(head.count(byte) for byte in (b"\x00", b"\x01", b"\x02", b"\x03", b"\x04", b"\x05", b"\x06", b"\x0e"))
    return bool(head) and not control


def _other(head: bytes) -> str:
    """What puremagic makes of it, when it is rather sure; it takes every zip for a .docx, so zips never come here."""
    try:
        found = puremagic.magic_string(head[:65536])
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    best = found[0] if found else None
    return best.mime_type if best and best.confidence >= 0.7 and best.mime_type else UNKNOWN
