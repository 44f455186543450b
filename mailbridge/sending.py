"""Mails out: SMTP with connections that are kept, and its answers in the words of deliveries."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from core import clock
from core.crypto import Keys
from core.database import Sessions, forbid_network_in_transaction, reading
from core.deliveries.sending import Outgoing, Permanent, SendingFailed, Temporary
from core.files import files as stored_files
from core.files.store import Damaged, FileStore, StorageUnavailable
from core.office import Office
from core.people import links
from core.portal import tasks
from mailbridge.composing import Enclosure, LeftOut, Letter, Mail, MailSettings, compose, fitting
from mailbridge.oauth import AccessTokens, NoToken
from mailbridge.servers import Protection, ServerAccess

TIMEOUT = 60.0
"""Seconds for one command; a mail with large attachments is one command (RFC 5321, 4.5.3.2 asks for more, nobody waits so long)."""

IDLE_AT_MOST = 60.0
"""Seconds after which a kept connection is not trusted any more."""

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NOBODY_THERE = frozenset({550, 551, 553, 556})


async def connect(access: ServerAccess, *, helo: str = "localhost") -> SMTP:
    """A connection, logged in. Raises aiosmtplib's errors; `SMTPAuthenticationError` when the login is refused, and NoToken."""
    forbid_network_in_transaction()
    client = SMTP(
        hostname=access.host,
        port=access.port,
        username=(access.user or None) if access.tokens is None else None,
        password=access.password or None,
        use_tls=access.tls is Protection.IMPLICIT,
        start_tls=access.tls is Protection.STARTTLS,
        tls_context=None if access.tls is Protection.NONE else access.tls_context(),
        local_hostname=helo,
        timeout=TIMEOUT,
    )
    await client.connect()
    if access.tokens is not None:
        try:
            await _log_in(client, access.user, access.tokens)
        except BaseException:
            client.close()
            raise
    return client


async def _log_in(client: SMTP, user: str, tokens: AccessTokens) -> None:
    await client.ehlo()
    if "xoauth2" not in client.server_auth_methods:
        raise aiosmtplib.SMTPAuthenticationError(504, "the server doesn't offer XOAUTH2")
    token = await asyncio.to_thread(tokens.current)
    try:
        await client.auth_xoauth2(user, token)
    except aiosmtplib.SMTPAuthenticationError:
        another = await asyncio.to_thread(tokens.instead_of, token)
        if another is None:
            raise
        await client.auth_xoauth2(user, another)


class SmtpSender:
    """Sends deliveries as mails (`core.deliveries.sending.Sender`). At most `connections` are open, and they are reused."""

    def __init__(
        self,
        access: ServerAccess,
        *,
        sessions: Sessions,
        files: FileStore,
        keys: Keys,
        office: Office,
        settings: MailSettings,
        connections: int = 2,
    ) -> None:
        self._access = access
        self._sessions = sessions
        self._files = files
        self._keys = keys
        self._office = office
        self._settings = settings
        self._places = asyncio.Semaphore(connections)
        self._kept: list[tuple[SMTP, float]] = []

    async def send(self, outgoing: Outgoing) -> str | None:
        """Compose and send; the Message-ID. A mail sent twice is the same mail, so a lost answer is only `Temporary`."""
        forbid_network_in_transaction()
        letter = await self._letter(outgoing)
        mail = await asyncio.to_thread(compose, letter, office=self._office, settings=self._settings, keys=self._keys)
        async with self._places:
            await self._hand_over(mail)
        return mail.message_id

    async def close(self) -> None:
        """Say goodbye on the connections that are kept."""
        while self._kept:
            client, _ = self._kept.pop()
            await _quit(client)

    async def _hand_over(self, mail: Mail) -> None:
        options = [] if mail.recipient.isascii() and mail.sender.isascii() else ["SMTPUTF8"]
        try:
            async with self._connection() as client:
                await client.sendmail(mail.sender, [mail.recipient], mail.content, mail_options=options)
        except (SMTPException, OSError, ValueError, NoToken) as error:
            raise failure(error) from error

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[SMTP]:
        """A connection that works as far as we know; kept when it still does, else closed."""
        client = await self._fresh_or_kept()
        try:
            yield client
        except SMTPException as error:
            if isinstance(error, SMTPResponseException | SMTPRecipientsRefused) and client.is_connected:
                self._keep(client)
            else:
                client.close()
            raise
        except BaseException:
            client.close()
            raise
        self._keep(client)

    async def _fresh_or_kept(self) -> SMTP:
        while self._kept:
            client, since = self._kept.pop()
            if client.is_connected and asyncio.get_running_loop().time() - since < IDLE_AT_MOST:
                with suppress(SMTPException, OSError):
                    await client.rset()
                    return client
            client.close()
        return await connect(self._access, helo=self._settings.domain)

    def _keep(self, client: SMTP) -> None:
        self._kept.append((client, asyncio.get_running_loop().time()))

    async def _letter(self, outgoing: Outgoing) -> Letter:
        confidential = bool(outgoing.values.get("confidential"))
        taken, left = fitting(() if confidential else outgoing.files, limit=self._office.mail_limit)
        enclosures, lost = await self._enclosures(taken)
        actions, in_telegram = await self._reader(outgoing)
        return Letter(
            delivery_id=outgoing.id,
            kind=outgoing.kind,
            address=outgoing.address,
            language=outgoing.language,
            values=outgoing.values,
            attempt_at=clock.now(),
            secret=outgoing.secret,
            person_id=outgoing.person_id,
            staff_id=outgoing.staff_id,
            dossier_id=outgoing.dossier_id,
            message_id=outgoing.message_id,
            thread=outgoing.thread,
            in_reply_to=outgoing.in_reply_to,
            enclosures=enclosures,
            left_out=(*left, *lost),
            actions=actions,
            in_telegram=in_telegram,
        )

    async def _enclosures(
        self, entries: tuple[Mapping[str, Any], ...]
    ) -> tuple[tuple[Enclosure, ...], tuple[LeftOut, ...]]:
        """The files' bytes. One that is damaged is named as left out, so that the news itself still goes."""
        found, lost = [], []
        for entry in entries:
            try:
                content = await self._files.get(entry.get("sha256") or await self._sha256(entry["file_id"]))
            except StorageUnavailable as error:
                raise Temporary("the file storage can't be read") from error
            except Damaged:
                lost.append(LeftOut(entry["name"], entry["size"]))
            else:
                found.append(Enclosure(entry["name"], entry["media_type"], content))
        return tuple(found), tuple(lost)

    async def _sha256(self, file_id: int) -> str:
        async with reading(self._sessions) as session:
            return (await stored_files.by_id(session, file_id)).sha256

    async def _reader(self, outgoing: Outgoing) -> tuple[int | None, bool]:
        """How many actions wait for the person now (HOME-2), and whether they have a linked chat to go to."""
        if outgoing.person_id is None:
            return None, False
        async with reading(self._sessions) as session:
            link = await links.link_of(session, outgoing.person_id)
            return await tasks.count(session, outgoing.person_id), link is not None


def failure(error: Exception) -> SendingFailed:
    """What SMTP's answer means for the delivery. Reasons carry the server's code, never its text or an address."""
    if isinstance(error, SMTPRecipientsRefused):
        first = error.recipients[0]
        return _refused(first.code, first.message, of_recipient=True)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return Temporary(f"the mail server refuses our login ({error.code})")
    if isinstance(error, aiosmtplib.SMTPConnectResponseError | aiosmtplib.SMTPHeloError):
        return Temporary(f"the mail server refuses the connection ({error.code})")
    if isinstance(error, SMTPResponseException):
        return _refused(error.code, error.message, of_recipient=isinstance(error, aiosmtplib.SMTPRecipientRefused))
    if isinstance(error, NoToken):
        return Temporary(error.reason)
    if isinstance(error, ValueError):
        return Permanent("the address can't be written to", unreachable=True)
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return Permanent("the mail server can't take this address (no SMTPUTF8)", unreachable=True)
    return Temporary(f"the mail server can't be reached ({type(error).__name__})")


def _refused(code: int, message: str, *, of_recipient: bool) -> SendingFailed:
    """4xx: later. 5xx: never; the address itself is no good when its class says so (RFC 3463: X.1.n, X.2.1)."""
    enhanced = _ENHANCED.search(message)
    status = enhanced.group() if enhanced else ""
    reason = f"the mail server answered {code} {status}".rstrip()
    if code < 500:
        return Temporary(reason)
    if enhanced:
        about_address = (enhanced[2] == "1" and enhanced[3] not in {"7", "8"}) or (enhanced[2], enhanced[3]) == (
            "2",
            "1",
        )
        return Permanent(reason, unreachable=about_address)
    return Permanent(reason, unreachable=of_recipient and code in _NOBODY_THERE)


async def _quit(client: SMTP) -> None:
    with suppress(SMTPException, OSError):
        await client.quit()
    client.close()
