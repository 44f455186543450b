"""From the bytes of a mail to an `IncomingMail`."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailbridge.parsing import addresses, words
from mailbridge.parsing.body import OPAQUE, Content
from mailbridge.parsing.fields import Fields
from mailbridge.parsing.limits import Limits
from mailbridge.parsing.structure import Entity, read_structure
from mailbridge.parsing.values import Address, IncomingMail, MailPart

_ID = re.compile(r"<([^<>\s]{1,990})>")
_RECIPIENT_HEADERS = (
    "to",
    "cc",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-gm-original-to",
    "x-forwarded-to",
    "resent-to",
    "apparently-to",
)
_USUAL = ("from", "to", "subject", "date", "received", "message-id", "content-type", "mime-version", "return-path")


def read_mail(raw: bytes, limits: Limits = Limits()) -> IncomingMail:  # noqa: B008 - frozen, so safe to share
    """Read a mail. Promise: a value for any bytes whatever, in time and memory that grow with its size alone."""
    problems: set[str] = set()
    fingerprint = hashlib.sha256(raw).hexdigest()
    if len(raw) > limits.size:
        problems.add("too-big")
        raw = raw[: limits.size]
    if b"\n" not in raw[:100_000] and b"\r" in raw[:100_000]:
        raw = raw.replace(b"\r", b"\n")
    root = read_structure(raw, _beginning(raw), len(raw), limits, problems)
    content = Content(raw, limits, problems)
    text, html = content.read(root)
    _name_defects(root, content, problems)
    return _mail(root, fingerprint, limits, problems, text, html, content)


def _mail(
    root: Entity,
    fingerprint: str,
    limits: Limits,
    problems: set[str],
    text: str | None,
    html: str | None,
    content: Content,
) -> IncomingMail:
    fields = root.fields
    author = addresses.only_address(fields.all("from"))
    if author is None:
        problems.add("no-from" if not "".join(fields.all("from")).strip() else "ambiguous-from")
    elif addresses.names_another(author):
        problems.add("misleading-from-name")
    return IncomingMail(
        fingerprint=fingerprint,
        fields=fields,
        message_id=_message_id(fields),
        in_reply_to=_ids(fields, "in-reply-to"),
        references=_ids(fields, "references"),
        subject=words.one_line(fields.first("subject") or "", 500),
        date=_date(fields),
        from_=author,
        reply_to=_addresses(fields, "reply-to", limits),
        to=_addresses(fields, "to", limits),
        cc=_addresses(fields, "cc", limits),
        recipients=_recipients(fields, limits),
        media_type=root.type.value,
        text=text,
        html=html,
        attachments=tuple(_shown_inline(part, html) for part in content.attachments),
        calendars=tuple(content.calendars),
        reports=tuple(content.reports),
        problems=tuple(sorted(problems)),
    )


def _beginning(raw: bytes) -> int:
    """Where the headers begin: after blank lines and the separator line of a mailbox file."""
    start = len(raw[:1_000]) - len(raw[:1_000].lstrip(b"\r\n \t"))
    if raw.startswith((b"From ", b">From "), start):
        newline = raw.find(b"\n", start, start + 1_000)
        return newline + 1 if newline >= 0 else start
    return start


def _name_defects(root: Entity, content: Content, problems: set[str]) -> None:
    if not any(root.fields.first(name) is not None for name in _USUAL):
        problems.add("not-a-mail")
    if root.type.value == "multipart/encrypted" or (
        root.type.value in OPAQUE and any(map(_sealed, content.attachments))
    ):
        problems.add("encrypted")
    if any(
        part.media_type == "application/ms-tnef" or part.name.lower() == "winmail.dat" for part in content.attachments
    ):
        problems.add("tnef")


def _sealed(part: MailPart) -> bool:
    return part.media_type in OPAQUE and part.parameter("smime-type") != "signed-data"


def _message_id(fields: Fields) -> str | None:
    value = fields.first("message-id") or ""
    if found := _ID.search(value):
        return found[1]
    bare = value.strip("<> \t")
    return bare if bare and not re.search(r"\s", bare) and len(bare) <= 990 else None


def _ids(fields: Fields, name: str) -> tuple[str, ...]:
    found = dict.fromkeys(match[1] for value in fields.all(name) for match in _ID.finditer(value))
    return tuple(found)[-100:]


def _date(fields: Fields) -> datetime | None:
    try:
        date = parsedate_to_datetime((fields.first("date") or "")[:200])
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _addresses(fields: Fields, name: str, limits: Limits) -> tuple[Address, ...]:
    found = (address for value in fields.all(name) for address in addresses.read_addresses(value, limits.addresses))
    return tuple(found)[: limits.addresses]


def _recipients(fields: Fields, limits: Limits) -> tuple[str, ...]:
    found = (address.addr_spec for name in _RECIPIENT_HEADERS for address in _addresses(fields, name, limits))
    return tuple(dict.fromkeys(found))[: limits.addresses]


def _shown_inline(part: MailPart, html: str | None) -> MailPart:
    return replace(part, inline=True) if part.content_id and html and f"cid:{part.content_id}" in html else part
