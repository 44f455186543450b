"""Which dossiers a list shows: of some statuses, holding some words. It travels in the buttons, so nothing is kept for it.

"1:fnd:5.a3f:lindelaan:16" is the third page of what has the first or the third status and holds "lindelaan".
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST_STATUSES: Final = 30
"""Statuses that are offered; the buttons still fit on one screen, and their bits in a button."""

WORDS: Final = 32
"""Bytes of words that fit in a button beside all else."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`ticked` says which statuses, as `mask` writes it; empty is all of them, as are no `words`."""

    ticked: str = ""
    words: str = ""


ALL: Final = Choice()


def mask(ticked: Sequence[str], statuses: Sequence[str]) -> str:
    """The ticked ones among the statuses, as a few characters; "" for none."""
    bits = sum(1 << place for place, status in enumerate(statuses[:MOST_STATUSES]) if status in ticked)
    return f"{bits:x}.{_mark(statuses)}" if bits else ""


def ticked(written: str, statuses: Sequence[str]) -> tuple[str, ...]:
    """The statuses that `mask` wrote down; none of them when these are other statuses than it saw."""
    bits, _, mark = written.partition(".")
    if mark != _mark(statuses):
        return ()
    try:
        number = int(bits, 16)
    except ValueError:
        return ()
    return tuple(status for place, status in enumerate(statuses[:MOST_STATUSES]) if number >> place & 1)


def carried(words: str) -> str:
    """As much of the words as a button carries; what a beginning finds holds all that the whole finds."""
    beginning = " ".join(words.replace(":", " ").split()).encode()[:WORDS]
    return beginning.decode(errors="ignore").strip()


def _mark(statuses: Sequence[str]) -> str:
    return f"{zlib.crc32(chr(0).join(statuses).encode()):x}"[-3:]
