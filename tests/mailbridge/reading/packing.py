"""Writes what the tests of winmail.dat read: TNEF as Outlook makes it (MS-OXTNEF)."""

import struct
import zlib

CODEPAGE, PROPERTIES = 0x9007, 0x9003
NEXT_FILE, TITLE, DATA, FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
EMBEDDED_MAIL = bytes.fromhex("0703020000000000c000000000000046")

Property = tuple[int, int, bytes]
"""Number, type and value of a MAPI property."""


def attribute(level: int, name: int, data: bytes) -> bytes:
    """One attribute with its checksum."""
    return struct.pack("<BHHI", level, name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*values: Property) -> bytes:
    """A list of properties; those of variable size get their count of one."""
    out = struct.pack("<I", len(values))
    for number, kind, value in values:
        out += struct.pack("<HH", kind, number)
        if number >= 0x8000:
            out += bytes(16) + struct.pack("<II", 0, 1)
        if kind in (0x1E, 0x1F, 0x0D, 0x102):
            out += struct.pack("<II", 1, len(value))
        out += value + bytes(-len(value) % 4)
    return out


def text(value: str) -> bytes:
    """A value of type PT_UNICODE."""
    return value.encode("utf-16-le") + b"\0\0"


def file(name: str, content: bytes, *more: Property) -> bytes:
    """An attached file, with its short name in the attribute and its long name in a property."""
    return b"".join(
        (
            attribute(2, NEXT_FILE, bytes(14)),
            attribute(2, TITLE, name[:8].encode("cp1252") + b"\0"),
            attribute(2, DATA, content),
            attribute(2, FILE_PROPERTIES, properties((0x3707, 0x1F, text(name)), *more)),
        )
    )


def tnef(*attributes: bytes, body: tuple[Property, ...] = ()) -> bytes:
    """A whole winmail.dat."""
    head = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, CODEPAGE, struct.pack("<II", 1252, 0))
    return head + (attribute(1, PROPERTIES, properties(*body)) if body else b"") + b"".join(attributes)


def compressed(rich: bytes) -> bytes:
    """Rich text as PR_RTF_COMPRESSED, all of it literal (MS-OXRTFCP)."""
    runs = b"".join(b"\0" + rich[at : at + 8] for at in range(0, len(rich), 8))
    return struct.pack("<IIII", len(runs) + 12, len(rich), 0x75465A4C, zlib.crc32(runs)) + runs
