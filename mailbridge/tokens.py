"""The signed addresses: a reply address that is bound to one reader, and a bounce address that is bound to one delivery.

A token is the lower-case base32 (RFC 4648) of a few numbers and an HMAC over them, so it needs no table, survives mail
servers that change the case of a local part, and stays below the 64 characters of a local part (RFC 5321, 4.5.3.1.1).
The purpose is part of what is signed, so one mailbox (`portaal+…`) can receive both kinds. A token is a claim about where a mail goes, never the proof of who wrote it: `mailbridge.routing` asks for more.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum

from core.crypto import Keys

REPLY = "r"
BOUNCE = "b"
SIGNATURE_BYTES = 10
MAX_LOCAL_PART = 64

_EPOCH = date(2024, 1, 1)
_REPLY_PURPOSE = "reply address"
_BOUNCE_PURPOSE = "bounce address"


class Audience(IntEnum):
    """On whose side the reader of the mail stands."""

    PERSON = 0
    STAFF = 1


class About(IntEnum):
    """What the mail was about, where that changes what an answer means."""

    ANYTHING = 0
    LINKED = 1
    """Security, so that STOP cuts the link to Telegram; the number of the message is that of the link, 0 for whichever it is."""
    NEWS = 2
    """Not an answer: the address that stops news (List-Unsubscribe, RFC 2369)."""
    WHICH = 3
    """The question to which dossier a mail belongs; the number of the message is that of the mail (`Intake.id`)."""
    TOLD = 4
    """News that an answer proves to be read; the number of the message is that of the delivery."""


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """Who the mail was written to and what it was about; 0 where there was no dossier or no message.

    `reader_id` is a `Person.id` or a `StaffMember.id`, by `audience`. `expires` is the last day that the address works.
    """

    audience: Audience
    reader_id: int
    dossier_id: int
    message_id: int
    expires: date
    about: About = About.ANYTHING
    expired: bool = False


def reply_address(token: ReplyToken, *, keys: Keys, domain: str, local: str = REPLY) -> str:
    """`local+TOKEN@domain` for that reader. ValueError when the numbers are too large for a local part."""
    head = bytes([token.audience | token.about << 1])
    days = (token.expires - _EPOCH).days
    numbers = _packed((token.reader_id, token.dossier_id, token.message_id, max(0, days)))
    return _address(local, head + numbers, _REPLY_PURPOSE, keys, domain)


def expiry(days: int, *, today: date | None = None) -> date:
    """The last day of an address that works for `days` days."""
    return (today or datetime.now(UTC).date()) + timedelta(days=days)


def read_token(addresses: Iterable[str], *, keys: Keys, domain: str, today: date | None = None) -> ReplyToken | None:
    """The first reply token among the addresses of a mail, or None: there is none, or nobody here signed it.

    Never raises. `domain` must be ours; both are compared without regard to case. An expired token comes back with
    `expired` set, since its reader is told so.
    """
    for data in _opened(addresses, _REPLY_PURPOSE, keys, domain):
        token = _reply_token(data, today or datetime.now(UTC).date())
        if token is not None:
            return token
    return None


def bounce_address(delivery_id: int, *, keys: Keys, domain: str, local: str = BOUNCE) -> str:
    """The envelope sender of one delivery: a mail to it is about that delivery (as in VERP)."""
    return _address(local, _packed((delivery_id,)), _BOUNCE_PURPOSE, keys, domain)


def read_bounce(addresses: Iterable[str], *, keys: Keys, domain: str) -> int | None:
    """The id of the delivery that a bounce came back for, or None. Never raises."""
    for data in _opened(addresses, _BOUNCE_PURPOSE, keys, domain):
        numbers = _unpacked(data)
        if numbers is not None and len(numbers) == 1:
            return numbers[0]
    return None


def _address(local: str, data: bytes, purpose: str, keys: Keys, domain: str) -> str:
    signed = data + keys.signature(data, purpose=purpose, length=SIGNATURE_BYTES)
    tagged = f"{local}+{base64.b32encode(signed).decode().rstrip('=').lower()}"
    if len(tagged) > MAX_LOCAL_PART:
        raise ValueError("the numbers are too large for an address")
    return f"{tagged}@{domain}"


def _opened(addresses: Iterable[str], purpose: str, keys: Keys, domain: str) -> Iterator[bytes]:
    """What was signed in each address that we made for this purpose, whatever stands before its +."""
    for address in addresses:
        local, _, host = address.strip().lower().rpartition("@")
        if host != domain.lower() or len(local) > MAX_LOCAL_PART:
            continue
        signed = _decoded(local.partition("+")[2])
        data, signature = signed[:-SIGNATURE_BYTES], signed[-SIGNATURE_BYTES:]
        if data and keys.signed(data, signature, purpose=purpose):
            yield data


def _decoded(text: str) -> bytes:
    try:
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return b""


def _reply_token(data: bytes, today: date) -> ReplyToken | None:
    numbers = _unpacked(data[1:])
    if numbers is None or len(numbers) != 4:
        return None
    reader_id, dossier_id, message_id, days = numbers
    try:
        about = About(data[0] >> 1)
        expires = _EPOCH + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    audience = Audience(data[0] & 1)
    return ReplyToken(audience, reader_id, dossier_id, message_id, expires, about, expired=today > expires)


def _packed(numbers: Iterable[int]) -> bytes:
    """Numbers as LEB128: seven bits a byte, least first."""
    out = bytearray()
    for number in numbers:
        if number < 0:
            raise ValueError("a number in an address can't be negative")
        while number > 127:
            out.append(number & 127 | 128)
            number >>= 7
        out.append(number)
    return bytes(out)


def _unpacked(data: bytes) -> list[int] | None:
    numbers, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value, shift = 0, 0
    return numbers if shift == 0 else None
