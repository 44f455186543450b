"""Taking mails in: their bytes into the file store, then a row in the intake, then never again.

A mail is known by its place (mailbox, UIDVALIDITY, UID) and by its identity, so that a second copy, a crash half-way or
a server that numbers its mails anew changes nothing (MAIL-10).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.actor import Actor, ActorKind, Channel
from core.database import Session, Sessions, transaction
from core.files import files as stored_files
from core.files.content import Content
from core.intake import store
from core.intake.models import Intake, SeenMail
from core.intake.store import Arrival
from mailbridge.parsing import IncomingMail, read_mail
from mailbridge.rules import classify

HEADER_AT_MOST = 256 * 1024
"""Bytes within which a header is looked for."""

_NAME = "mail.eml"
_MAILBOX = Actor(kind=ActorKind.OFFICE, id=0, channel=Channel.EMAIL)


@dataclass(frozen=True, slots=True)
class Stored:
    """A mail whose bytes are stored: where it stands, and what its header says it is."""

    uid: int
    content: Content
    sender: str
    identity: str
    machine: bool


def stored(uid: int, content: Content, head: bytes) -> Stored:
    """From the first bytes of a mail. Never raises."""
    mail = read_mail(header_of(head))
    return Stored(
        uid=uid,
        content=content,
        sender=sender_of(mail),
        identity=identity_of(mail, content.sha256),
        machine=classify(mail, ()).kind.machine,
    )


def header_of(head: bytes) -> bytes:
    """The header block: up to the first empty line."""
    ends = [end for line in (b"\r\n\r\n", b"\n\n") if (end := head.find(line, 0, HEADER_AT_MOST)) >= 0]
    return head[: min(ends, default=HEADER_AT_MOST)] + b"\r\n\r\n"


def sender_of(mail: IncomingMail) -> str:
    """Whose mails are handled in order. Nobody certain: one queue for all of those."""
    address = mail.from_.addr_spec.lower() if mail.from_ else ""
    return address.replace("\x00", "")[:254] or "?"


def identity_of(mail: IncomingMail, sha256: str) -> str:
    """What makes two mails the same: Message-ID, author and date, or all bytes where there is no Message-ID.

    Message-ID alone is not enough: there are scanners that give every mail the same one.
    """
    if mail.message_id is None:
        return f"bytes:{sha256}"
    author = mail.from_.addr_spec.lower() if mail.from_ else mail.header("From") or ""
    told = "\0".join((mail.message_id, author, mail.header("Date") or ""))
    return f"mail:{hashlib.sha256(told.encode(errors='replace')).hexdigest()}"


async def take_in(sessions: Sessions, mails: Sequence[Stored], *, source: str, validity: int) -> dict[int, int]:
    """Record these mails in one transaction; the intake item of each UID, also of those that were known before."""
    async with transaction(sessions) as session:
        taken = await _all_new(session, mails, source, validity) if len(mails) > 1 else {}
        return {mail.uid: taken.get(mail.uid) or await _taken(session, mail, source, validity) for mail in mails}


async def _all_new(session: Session, mails: Sequence[Stored], source: str, validity: int) -> dict[int, int]:
    """The items of those that are certainly new, by UID: recorded together, because each alone costs several statements."""
    mail_at = {f"{validity}:{mail.uid}": mail for mail in mails}
    arrivals = [_arrival(mail, source, place) for place, mail in mail_at.items()]
    new = await store.new_among(session, arrivals)
    contents = [mail_at[arrival.key].content for arrival in new]
    files = await stored_files.record_all(session, contents, name=_NAME, actor=_MAILBOX)
    kept = [replace(arrival, file_id=file.id) for arrival, file in zip(new, files, strict=True)]
    items = await store.take_in_new(session, Channel.EMAIL, kept)
    return {mail_at[item.key].uid: item.id for item in items}


async def _taken(session: Session, mail: Stored, source: str, validity: int) -> int:
    place = f"{validity}:{mail.uid}"
    intake = await _recorded(session, mail, source, place)
    if intake is not None:
        return intake.id
    known = await session.get(SeenMail, mail.identity)
    if known is not None:
        return known.intake_id
    # Another mail once had this place: the server uses its numbers again.
    intake = await _recorded(session, mail, source, f"{place}:{mail.identity[-24:]}")
    if intake is not None:
        return intake.id
    return (await session.get_one(SeenMail, mail.identity)).intake_id


async def _recorded(session: Session, mail: Stored, source: str, place: str) -> Intake | None:
    """A new item of the intake; None, and nothing recorded, when its place or its identity is known."""
    arrival = _arrival(mail, source, place)
    file = await stored_files.record(session, mail.content, name=_NAME, actor=_MAILBOX)
    intake = await store.take_in(
        session,
        channel=Channel.EMAIL,
        source=arrival.source,
        key=arrival.key,
        sender=arrival.sender,
        payload=arrival.payload,
        file_id=file.id,
        identity=arrival.identity,
    )
    if intake is None:
        await session.delete(file)
    return intake


def _arrival(mail: Stored, source: str, place: str) -> Arrival:
    content = mail.content
    payload = {"uid": mail.uid, "sha256": content.sha256, "size": content.size, "machine": mail.machine}
    return Arrival(source=source, key=place, sender=mail.sender, payload=payload, identity=mail.identity)
