"""People's mailboxes on the real servers: they log in, write by SMTP, and read what Dovecot keeps for them."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from sandbox.mail import Attachment, Mail, read
from sandbox.mail.replies import Style, reply_content, reply_subject
from sandbox.mail.writing import Content, compose
from tests.support.mail_servers import MailServers
from tests.support.waiting import until

PASSWORD = "a password of the tests"


class Box:
    """One mailbox, with what the sandbox's mailboxes can do as far as the stories here want it."""

    def __init__(self, servers: MailServers, address: str, name: str) -> None:
        self.address, self.name = address, name
        self._servers = servers

    @property
    def mails(self) -> list[Mail]:
        """The mails in the inbox, newest last."""
        return self.folder("INBOX")

    def folder(self, name: str) -> list[Mail]:
        """The mails of one folder, newest last."""
        found = enumerate(self._servers.raw_mails(self.address, name), start=1)
        return [read(raw, mail_id=number, at=datetime.now(UTC), folder=name) for number, (_, raw) in found]

    async def wait(self, wanted: Callable[[Mail], bool] = lambda _: True, *, seconds: float = 20) -> Mail:
        """The newest mail that is `wanted`, once there is one."""
        found: list[Mail] = []

        def there() -> bool:
            found[:] = [mail for mail in self.mails if wanted(mail)]
            return bool(found)

        await until(there, seconds=seconds)
        return found[-1]

    async def send(
        self,
        to: str,
        subject: str,
        text: str,
        attachments: Sequence[Attachment] = (),
        headers: Mapping[str, str] | None = None,
        from_: str | None = None,
    ) -> None:
        """Write a new mail; another address in `from_` makes it a forged one."""
        content = Content(text, attachments=attachments)
        raw = compose(
            sender=from_ or self.address,
            sender_name=self.name,
            to=[to],
            subject=subject,
            content=content,
            headers=headers,
        )
        await hand_in(self._servers, self.address, raw, to)

    async def reply(self, mail: Mail, text: str, style: Style = "gmail") -> None:
        """Answer a mail as that client would."""
        raw = compose(
            sender=self.address,
            sender_name=self.name,
            to=[mail.reply_to],
            subject=reply_subject(mail.subject, style),
            content=reply_content(mail, text, style=style),
            headers={"In-Reply-To": mail.message_id, "References": f"{mail.header('References')} {mail.message_id}"},
        )
        await hand_in(self._servers, self.address, raw, mail.reply_to)


async def hand_in(servers: MailServers, address: str, raw: bytes, to: str) -> None:
    """Log in as the owner of `address` and send these bytes."""
    await asyncio.to_thread(_hand_in, servers.smtp_port, address, raw, to)


def _hand_in(port: int, address: str, raw: bytes, to: str) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", port, "localhost", timeout=20) as client:
        client.starttls(context=context)
        client.login(address, PASSWORD)
        client.sendmail(address, [to], raw)
