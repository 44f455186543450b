"""The mail server of the sandbox: IMAP and SMTP on 127.0.0.1, and the same mailboxes from Python."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from sandbox.mail.accounts import Account, Accounts
from sandbox.mail.bounces import bounce
from sandbox.mail.certificate import certificate, server_context
from sandbox.mail.faults import MailFaults
from sandbox.mail.folders import INBOX, Folders
from sandbox.mail.listening import HOST, Ports
from sandbox.mail.mailbox import Mailbox
from sandbox.mail.reading import read
from sandbox.mail.smtp import Door
from sandbox.mail.stamping import Handover, from_address, split, stamp
from sandbox.mail.store import Store


@dataclass(frozen=True, slots=True)
class MailEvent:
    """Something that happened.

    delivered: a mail landed in `mailbox` as `mail_id`; bounced: it was returned to its sender; refused: SMTP said no,
    with the answer in `subject`; changed: a fault was set or used up.
    """

    kind: Literal["delivered", "bounced", "refused", "changed"]
    at: datetime
    mailbox: str = ""
    mail_id: int = 0
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    size: int = 0
    authentic: bool = True


class MailServer:
    """A whole mail world in one object.

    `data` is the folder in which mails survive (None: in memory). Ports 0 mean free ones, the same again after a
    restart on the same data when they are still free. `size_limit` is what SMTP announces as SIZE, in bytes.
    """

    def __init__(
        self,
        data: Path | None = None,
        domain: str = "kantoor.example",
        *,
        imap_port: int = 0,
        smtp_port: int = 0,
        tls: bool = False,
        size_limit: int = 50 * 1024 * 1024,
    ) -> None:
        self.domain = domain
        self.authserv_id = f"mx.{domain}"
        self.certificate = certificate(data or Path.cwd(), self.authserv_id) if tls else None
        self.faults = MailFaults(self._set_down, lambda: self._tell(MailEvent("changed", datetime.now(UTC))))
        self._accounts = Accounts(self.faults)
        self._store = Store(None if data is None else data / "mail.sqlite")
        self._boxes: dict[str, Mailbox] = {}
        self._listeners: list[Callable[[MailEvent], None]] = []
        self._door = Door(self._accounts, self.post, self._refused, size_limit)
        context = None if self.certificate is None else server_context(self.certificate)
        self._ports = Ports(self._accounts, self._door, host_name=self.authserv_id, tls=context)
        self._ports.imap = imap_port or int(self._store.recall("imap_port") or 0)
        self._ports.smtp = smtp_port or int(self._store.recall("smtp_port") or 0)

    @property
    def host(self) -> str:
        return HOST

    @property
    def imap_port(self) -> int:
        return self._ports.imap

    @property
    def smtp_port(self) -> int:
        return self._ports.smtp

    @property
    def mailboxes(self) -> list[Mailbox]:
        return list(self._boxes.values())

    @property
    def size_limit(self) -> int:
        """The largest mail SMTP takes, in bytes; may be changed at any time."""
        return self._door.size_limit

    @size_limit.setter
    def size_limit(self, limit: int) -> None:
        self._door.size_limit = limit

    async def start(self) -> None:
        """Listen for IMAP and SMTP (both with TLS from the first byte when `tls`)."""
        await self._ports.open()
        self._store.remember("imap_port", str(self.imap_port))
        self._store.remember("smtp_port", str(self.smtp_port))

    async def stop(self) -> None:
        """Break every connection and stop listening; mails stay."""
        await self._ports.close()
        self._store.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def add_mailbox(
        self, address: str, password: str, aliases: Iterable[str] = (), catch_plus: bool = False, name: str = ""
    ) -> Mailbox:
        """Open a mailbox (again: mails of an earlier run are in it). `catch_plus` gives it `name+anything@` too."""
        address = address.lower()
        folders = Folders(self._store, address)
        account = Account(address, password, tuple(alias.lower() for alias in aliases), catch_plus, folders)
        self._accounts.put(account)
        self._boxes[address] = Mailbox(account, name, self.post)
        return self._boxes[address]

    def mailbox(self, address: str) -> Mailbox:
        """The mailbox of that address. KeyError when nobody opened it."""
        return self._boxes[address.lower()]

    async def inject(self, raw: bytes, to: str, *, authentic: bool = False, mail_from: str = "") -> int:
        """Let any bytes arrive for an address, by the receiving server but past every limit. Returns the mail's id.

        `authentic` says whether its verdict on the sender is pass.
        """
        return self._deliver(raw, Handover(mail_from or from_address(raw) or "", to, authentic))

    def on_event(self, callback: Callable[[MailEvent], None]) -> Callable[[], None]:
        """Call back at every event; returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    async def post(self, raw: bytes, *, mail_from: str, recipients: Iterable[str], owner: Account | None) -> None:
        """Deliver a mail that `owner` (None: nobody in particular) handed in; what can't be delivered bounces."""
        sender = from_address(raw)
        authentic = owner is not None and sender is not None and owner.owns(sender)
        protocol = "ESMTPA" if owner else "ESMTP"
        for recipient in recipients:
            reason = self.faults.bouncing.get(recipient.lower())
            if reason is None and self._accounts.owner_of(recipient) is None:
                reason = "550 5.1.1 No such user here"
            if reason is None:
                self._deliver(raw, Handover(mail_from, recipient, authentic, protocol=protocol))
            else:
                self._bounce(raw, mail_from, recipient, reason)

    def _deliver(self, raw: bytes, handover: Handover) -> int:
        account = self._accounts.owner_of(handover.recipient)
        if account is None:
            raise KeyError(handover.recipient)
        receiver = f"mx.{account.address.partition('@')[2]}"
        stamped = stamp(raw, handover, receiver=receiver, queue_id=secrets.token_hex(5).upper())
        entry = account.folders.get(INBOX).add(stamped)
        mail = read(split(stamped)[0], at=entry.at)
        self._tell(
            MailEvent(
                "delivered",
                entry.at,
                mailbox=account.address,
                mail_id=entry.id,
                sender=mail.sender,
                recipient=handover.recipient,
                subject=mail.subject,
                size=len(stamped),
                authentic=handover.authentic,
            )
        )
        return entry.id

    def _bounce(self, raw: bytes, mail_from: str, recipient: str, reason: str) -> None:
        self._tell(MailEvent("bounced", datetime.now(UTC), sender=mail_from, recipient=recipient, subject=reason))
        if mail_from and self._accounts.owner_of(mail_from):
            notice = bounce(raw, mail_from=mail_from, recipient=recipient, reason=reason, server=self.authserv_id)
            self._deliver(notice, Handover("", mail_from, True))

    async def _set_down(self, away: bool) -> None:
        await (self._ports.close() if away else self._ports.open())

    def _refused(self, sender: str, recipient: str, answer: str) -> None:
        self._tell(MailEvent("refused", datetime.now(UTC), sender=sender, recipient=recipient, subject=answer))

    def _tell(self, event: MailEvent) -> None:
        for callback in list(self._listeners):
            callback(event)
