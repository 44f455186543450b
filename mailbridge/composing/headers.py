"""Values for headers: one line each, whatever a name or subject brings along."""

import re
from collections.abc import Sequence
from email.headerregistry import Address

from mailbridge.composing.rendering import printable

_SPACE = re.compile(r"\s+")
_PREFIX = re.compile(r"^(?:\s*(?:re|fw|fwd|antw|doorst|aw|wg|betr|tr|sv|vs)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)

_ISOLATES = re.compile("[\u2066-\u2069]")

MAX_SUBJECT = 200
FOLD = "\r\n "


def header_text(text: str, limit: int = MAX_SUBJECT) -> str:
    """Text on one line, without what could end a header, at most `limit` characters."""
    line = _SPACE.sub(" ", _ISOLATES.sub("", printable(text))).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def mailbox(name: str, address: str) -> str:
    """`name <address>`, quoted as RFC 5322 asks."""
    local, _, domain = address.rpartition("@")
    return str(Address(header_text(name, 120), username=local, domain=domain))


def ids_header(name: str, ids: Sequence[str]) -> bytes:
    """A header of Message-IDs, one a line, as bytes: the email package breaks and re-encodes long ones."""
    return f"{name}: {FOLD.join(ids)}\r\n".encode("ascii")


def plain_subject(subject: str, number: str = "") -> str:
    """A subject without "Re:", "Antw:" and the like, and without our own tag with the dossier's number."""
    bare = _PREFIX.sub("", header_text(subject, 1000))
    tag = f"[{number}]"
    if number and bare.endswith(tag):
        bare = _PREFIX.sub("", bare.removesuffix(tag).rstrip())
    return header_text(bare, 250)


def tagged_subject(subject: str, number: str, *, answers: bool) -> str:
    """The subject of a mail about a dossier: "Re: what it is about [2026-0123]", so that clients thread by it too."""
    bare = header_text(plain_subject(subject, number), MAX_SUBJECT)
    return f"{'Re: ' if answers else ''}{bare} [{header_text(number)}]"
