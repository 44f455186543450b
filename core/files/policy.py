"""What an office takes in: not empty, not over its limit, nothing that runs (DOC-8). By content, not by name."""

from core.errors import Refused
from core.files.content import Content

FORBIDDEN = {
    "application/vnd.microsoft.portable-executable": ".exe",
    "application/x-elf": "ELF",
    "application/x-mach-binary": "Mach-O",
    "application/java-vm": ".class",
    "application/java-archive": ".jar",
    "application/x-ms-shortcut": ".lnk",
    "application/x-msi": ".msi",
    "text/x-script": "script",
}
"""What is never taken in, with the word by which a person knows it."""


def check(content: Content, *, name: str, limit: int) -> None:
    """Refuses what the office does not take: `file.empty`, `file.too_big` (limit), `file.forbidden` (type); all carry `name`."""
    check_size(content.size, name=name, limit=limit)
    if kind := FORBIDDEN.get(content.media_type):
        raise Refused("file.forbidden", name=name, type=kind)


def check_size(size: int, *, name: str, limit: int) -> None:
    """The same for a size that is known before the bytes are fetched."""
    if size == 0:
        raise Refused("file.empty", name=name)
    if size > limit:
        raise too_big(limit, name=name)


def too_big(limit: int, *, name: str) -> Refused:
    """The refusal of a file of more than `limit` bytes."""
    return Refused("file.too_big", name=name, limit=limit_text(limit))


def limit_text(limit: int) -> str:
    """A limit as people write it: "20 MB" for 20 * 1024 * 1024 (both languages)."""
    megabytes = limit / (1024 * 1024)
    return f"{megabytes:.0f} MB" if megabytes >= 1 else f"{max(1, limit // 1024)} kB"
