"""A person's mailbox, as tests and the page use it: reading, waiting, answering, writing."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from sandbox.mail.accounts import Account
from sandbox.mail.folders import INBOX
from sandbox.mail.reading import Attachment, Mail, read
from sandbox.mail.replies import Language, Style, reply_content, reply_subject
from sandbox.mail.writing import Content, compose

SENT = "Sent"
_SEEN = "\\Seen"


class Post(Protocol):
    """What hands a mail over to the mail server; returns nothing, may raise `Refused`."""

    async def __call__(self, raw: bytes, *, mail_from: str, recipients: Iterable[str], owner: Account | None) -> None:
        """Deliver `raw` to every recipient on behalf of `owner`."""


class NoMail(AssertionError):
    """The mail that was waited for did not come; the message lists what did."""


class Mailbox:
    """The mailbox of one address. `name` is what people see before the address."""

    def __init__(self, account: Account, name: str, post: Post) -> None:
        self.address = account.address
        self.name = name
        self._account = account
        self._post = post
        self._read: dict[int, Mail] = {}
        self._changed = asyncio.Event()
        account.folders.get(INBOX).listeners.append(self._wake)

    def opens_with(self, *tokens: str) -> None:
        """From now on these access tokens open it (XOAUTH2), and no others."""
        self._account.tokens.clear()
        self._account.tokens.update(tokens)

    @property
    def mails(self) -> list[Mail]:
        """The mails in the inbox, newest last."""
        return self.folder(INBOX)

    @property
    def sent(self) -> list[Mail]:
        """What this person wrote, newest last."""
        return self.folder(SENT)

    @property
    def folders(self) -> list[str]:
        return self._account.folders.names

    def folder(self, name: str) -> list[Mail]:
        """The mails of one folder, newest last; empty when there is no such folder."""
        if name not in self._account.folders.names:
            return []
        folder = self._account.folders.get(name)
        return [self._mail(entry.id, uid, name) for uid, entry in sorted(folder.entries.items())]

    def find(self, mail_id: int) -> Mail:
        """The mail with that number, in any folder. KeyError when it isn't here."""
        for name in self.folders:
            for uid, entry in self._account.folders.get(name).entries.items():
                if entry.id == mail_id:
                    return self._mail(mail_id, uid, name)
        raise KeyError(mail_id)

    def unread(self, name: str = INBOX) -> set[int]:
        """The ids of the mails without \\Seen."""
        entries = self._account.folders.get(name).entries.values()
        return {entry.id for entry in entries if _SEEN not in entry.flags}

    def mark_read(self, mail_id: int) -> None:
        """Set \\Seen, as opening a mail in a client does."""
        mail = self.find(mail_id)
        folder = self._account.folders.get(mail.folder)
        entry = next(entry for entry in folder.entries.values() if entry.id == mail_id)
        folder.mark(entry.uid, flags=entry.flags | {_SEEN})

    def restart_uids(self, folder: str = INBOX) -> None:
        """Change UIDVALIDITY, as a mail server does after a restore."""
        self._account.folders.get(folder).restart_uids()

    async def wait(self, wanted: Callable[[Mail], bool] = lambda _: True, timeout: float = 10, after: int = 0) -> Mail:
        """The newest mail in the inbox that is `wanted` (and has an id above `after`), as soon as there is one.

        Raises NoMail after `timeout` seconds.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    for mail in reversed(self.mails):
                        if mail.id > after and wanted(mail):
                            return mail
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            there = "\n".join(f"  {mail.id} {mail.sender}: {mail.subject}" for mail in self.mails) or "  (empty)"
            raise NoMail(f"No such mail for {self.address} within {timeout} s. The inbox:\n{there}") from None

    async def reply(
        self,
        mail: Mail,
        text: str,
        html: str | None = None,
        attachments: Sequence[Attachment] = (),
        style: Style = "gmail",
        language: Language = "nl",
        headers: Mapping[str, str] | None = None,
    ) -> Mail:
        """Answer a mail as that client would; returns what was sent. `html` is the person's own formatting."""
        content = reply_content(mail, text, html=html, attachments=attachments, style=style, language=language)
        references = f"{mail.header('References')} {mail.message_id}".strip()
        threading = {"In-Reply-To": mail.message_id, "References": references}
        return await self._send(
            [mail.reply_to], reply_subject(mail.subject, style), content, self.address, {**threading, **(headers or {})}
        )

    async def send(
        self,
        to: str | Sequence[str],
        subject: str,
        text: str,
        html: str | None = None,
        attachments: Sequence[Attachment] = (),
        headers: Mapping[str, str] | None = None,
        from_: str | None = None,
    ) -> Mail:
        """Write a new mail; returns what was sent. Another address in `from_` makes it a forged one."""
        recipients = [to] if isinstance(to, str) else list(to)
        content = Content(text, html, attachments=attachments)
        return await self._send(recipients, subject, content, from_ or self.address, headers)

    async def _send(
        self, to: list[str], subject: str, content: Content, sender: str, headers: Mapping[str, str] | None
    ) -> Mail:
        raw = compose(sender=sender, sender_name=self.name, to=to, subject=subject, content=content, headers=headers)
        if SENT not in self._account.folders.names:
            self._account.folders.make(SENT)
        await self._post(raw, mail_from=self.address, recipients=to, owner=self._account)
        entry = self._account.folders.get(SENT).add(raw, flags=frozenset({_SEEN}), recent=False)
        return read(raw, mail_id=entry.id, at=entry.at, folder=SENT)

    def _mail(self, mail_id: int, uid: int, folder: str) -> Mail:
        known = self._read.get(mail_id)
        if known is None or known.folder != folder:
            live = self._account.folders.get(folder)
            entry = live.entries[uid]
            known = read(live.raw(entry) or b"", mail_id=mail_id, at=entry.at, folder=folder)
            self._read[mail_id] = known
        return known

    def _wake(self) -> None:
        self._changed.set()
