"""File names of attachments: what a sender chose, made safe to store and to show."""

import mimetypes
import re

from mailbridge.parsing import words

_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_LONGEST = 120


def safe_name(given: str | None, media_type: str, number: int) -> str:
    """A base name of at most 120 characters: no folder, no control or direction characters; made up when missing."""
    name = re.split(r"[/\\]", words.one_line(given or ""))[-1]
    name = _FORBIDDEN.sub("_", name).strip(" .")
    if not name:
        return f"bijlage-{number}{_extension(media_type)}"
    if len(name) > _LONGEST:
        stem, dot, extension = name.rpartition(".")
        keep = dot + extension if dot and len(extension) <= 10 else ""
        name = (stem if keep else name)[: _LONGEST - len(keep)] + keep
    return name


def _extension(media_type: str) -> str:
    if media_type == "message/rfc822":
        return ".eml"
    return mimetypes.guess_extension(media_type) or ".bin"
