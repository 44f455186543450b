"""Opening a mail that was taken in: its bytes from the store, its meaning read, its attachments stored.

The `fetch` half of handling: network and processor, no transaction, no question of who the author is.
"""

import asyncio
from collections.abc import AsyncIterator, Container
from dataclasses import dataclass, field

from core.deliveries.sending import Temporary
from core.errors import Refused
from core.files import policy
from core.files.content import Content
from core.files.store import FileStore, StorageUnavailable
from core.messages import wording
from core.office import Office
from mailbridge.composing import MailSettings
from mailbridge.parsing import IncomingMail, MailPart, read_mail
from mailbridge.replies import Reply, attachments_of, reply_of
from mailbridge.rules import Classification, classify
from mailbridge.sender import SenderVerdict, authenticated

GROWTH = 1.4
"""How much larger a mail is than its files (base64, RFC 2045), with room for the text."""

QUICK = 128 * 1024
"""Bytes up to which a mail is read on the spot, in some milliseconds: a thread would only compete with this one."""

HEAD = 512 * 1024
"""Bytes that are read of a mail that is too big, to see who it is from."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail, read. `files` are its attachments as stored, `refused` those that the office doesn't take.

    `full_text` is the whole text as stored file, when it is longer than a message may be.
    """

    mail: IncomingMail
    what: Classification
    verdict: SenderVerdict
    reply: Reply
    files: tuple[tuple[Content, str], ...] = ()
    refused: tuple[Refused, ...] = ()
    full_text: Content | None = None
    too_big: Refused | None = None


@dataclass(frozen=True, slots=True)
class OwnAddresses(Container[str]):
    """The addresses that only our own mails can be from: the portal's, and every reply and bounce address."""

    settings: MailSettings
    _locals: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        names = {self.settings.reply_local.lower(), self.settings.bounce_local.lower()}
        object.__setattr__(self, "_locals", frozenset(names))

    def __contains__(self, address: object) -> bool:
        given = str(address).lower()
        local, _, domain = given.rpartition("@")
        tagged = domain == self.settings.domain.lower() and local.partition("+")[0] in self._locals
        return given == self.settings.portal.lower() or (tagged and "+" in local)


async def open_mail(sha256: str, size: int, *, files: FileStore, office: Office, settings: MailSettings) -> Opened:
    """Read the stored mail. `Temporary` when the storage can't be reached; no other trouble with any bytes.

    Of one that is larger than the office takes only the beginning is read; its `too_big` says why.
    """
    limit = int(office.mail_limit * GROWTH)
    try:
        raw = await (files.get(sha256) if size <= limit else _head(files, sha256))
        opened = await asyncio.to_thread(_read, raw, settings) if len(raw) > QUICK else _read(raw, settings)
        if size > limit:
            return _without_files(opened, policy.limit_text(office.mail_limit))
        if opened.what.kind.machine:
            return opened
        return await _with_files(opened, files, office)
    except StorageUnavailable as error:
        raise Temporary("the file storage can't be reached") from error


def _read(raw: bytes, settings: MailSettings) -> Opened:
    mail = read_mail(raw)
    return Opened(
        mail=mail,
        what=classify(mail, OwnAddresses(settings)),
        verdict=authenticated(mail, settings.authserv_id),
        reply=reply_of(mail),
    )


async def _head(files: FileStore, sha256: str) -> bytes:
    pieces: list[bytes] = []
    stream: AsyncIterator[bytes] = files.stream(sha256)
    async for piece in stream:
        pieces.append(piece)
        if sum(map(len, pieces)) >= HEAD:
            break
    return b"".join(pieces)


def _without_files(opened: Opened, limit: str) -> Opened:
    return Opened(opened.mail, opened.what, opened.verdict, opened.reply, too_big=Refused("mail.too_big", limit=limit))


async def _with_files(opened: Opened, files: FileStore, office: Office) -> Opened:
    kept: list[tuple[Content, str]] = []
    refused: list[Refused] = []
    for part in attachments_of(opened.mail, opened.reply):
        try:
            kept.append((await _stored(part, files, office), part.name))
        except Refused as reason:
            refused.append(reason)
    text = wording.clean(opened.reply.text)
    full_text = await files.put(text.encode()) if len(text) > office.message_limit else None
    return Opened(opened.mail, opened.what, opened.verdict, opened.reply, tuple(kept), tuple(refused), full_text)


async def _stored(part: MailPart, files: FileStore, office: Office) -> Content:
    policy.check_size(len(part.content), name=part.name, limit=office.upload_limit)
    content = await files.put(part.content)
    policy.check(content, name=part.name, limit=office.upload_limit)
    return content
