"""Which files go with a mail: those that fit below the office's limit, in their order."""

from collections.abc import Mapping, Sequence
from typing import Any

from mailbridge.composing.letters import LeftOut

BASE64_GROWTH = 78 / 57
"""57 bytes become a line of 76 characters and a line end (RFC 2045, 6.8)."""

BODY_ALLOWANCE = 256 * 1024
"""What is kept free for the text, the HTML and the headers, in bytes."""


def fitting(
    files: Sequence[Mapping[str, Any]], *, limit: int
) -> tuple[tuple[Mapping[str, Any], ...], tuple[LeftOut, ...]]:
    """The files that fit in a mail of `limit` bytes, and those that don't.

    A file that does not fit doesn't keep a smaller one after it out.
    """
    room = (limit - BODY_ALLOWANCE) / BASE64_GROWTH
    taken, left = [], []
    for file in files:
        if file["size"] <= room:
            room -= file["size"]
            taken.append(file)
        else:
            left.append(LeftOut(file["name"], file["size"]))
    return tuple(taken), tuple(left)
