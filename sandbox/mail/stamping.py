"""What a receiving server writes on top of a mail: trace headers and its verdict on the sender (RFC 8601).

The verdict is simple on purpose: a mail passes when whoever handed it in owns the mailbox that From names.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

_ADDRESS = re.compile(r"[^\s<>@()\",;:]+@[^\s<>@()\",;:]+")


@dataclass(frozen=True, slots=True)
class Handover:
    """How a mail came in: the envelope, and whether the person behind it owns the address in From."""

    mail_from: str
    recipient: str
    authentic: bool
    helo: str = "localhost"
    protocol: str = "ESMTP"


def stamp(raw: bytes, handover: Handover, *, receiver: str, queue_id: str) -> bytes:
    """The mail as it lands in the mailbox. `receiver` is the name of the receiving server and its authserv-id.

    Authentication-Results that pretend to come from that server are taken out; others stay.
    """
    head, body = split(raw)
    kept = b"".join(field for field in fields(head) if not _claims_verdict_of(field, receiver))
    return _trace(raw, handover, receiver, queue_id).encode("utf-8", "surrogateescape") + kept + body


def from_address(raw: bytes) -> str | None:
    """The one address in the one From header, lower-case; None when there isn't exactly one, plainly written."""
    head, _ = split(raw)
    found = [field for field in fields(head) if field[:5].lower() == b"from:"]
    if len(found) != 1:
        return None
    value = " ".join(found[0][5:].decode("utf-8", "replace").split())
    angle = re.fullmatch(r"[^<>]*<([^<>]+)>", value)
    address = angle.group(1) if angle else value
    return address.lower() if _ADDRESS.fullmatch(address) else None


def split(raw: bytes) -> tuple[bytes, bytes]:
    """Head (with the end of its last line) and the rest, which begins with the empty line."""
    end = re.search(rb"\r?\n(?=\r?\n)", raw)
    return (raw, b"") if end is None else (raw[: end.end()], raw[end.end() :])


def fields(head: bytes) -> list[bytes]:
    """The header fields as they stand, folded lines included, and any line that isn't a field by itself."""
    found: list[bytes] = []
    for line in head.splitlines(keepends=True):
        if found and line[:1] in (b" ", b"\t"):
            found[-1] += line
        else:
            found.append(line)
    return found


def _claims_verdict_of(field: bytes, receiver: str) -> bool:
    name, _, value = field.partition(b":")
    if name.strip().lower() != b"authentication-results":
        return False
    words = re.split(rb"[\s;]+", value.strip().lower())
    return words[0] == receiver.encode("ascii")


def _trace(raw: bytes, handover: Handover, receiver: str, queue_id: str) -> str:
    sender = from_address(raw) or "unknown"
    domain = sender.partition("@")[2] or "unknown"
    verdict = "pass" if handover.authentic else "fail"
    spf = "pass" if handover.authentic else "softfail"
    dkim = f"pass header.d={domain}" if handover.authentic else "none"
    lines = (
        f"Return-Path: <{handover.mail_from}>",
        f"Delivered-To: {handover.recipient}",
        f"X-Original-To: {handover.recipient}",
        f"Authentication-Results: {receiver}; dmarc={verdict} header.from={domain};",
        f" spf={spf} smtp.mailfrom={handover.mail_from or receiver}; dkim={dkim}",
        f"Received: from {handover.helo} (localhost [127.0.0.1])",
        f" by {receiver} with {handover.protocol} id {queue_id}",
        f" for <{handover.recipient}>; {format_datetime(datetime.now(UTC))}",
    )
    return "".join(line + "\r\n" for line in lines)
