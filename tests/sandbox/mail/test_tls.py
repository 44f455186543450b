import asyncio
import ssl
from pathlib import Path

import aiosmtplib
from imapclient import IMAPClient

from sandbox.mail import MailServer
from tests.sandbox.mail.conftest import ANNA, PORTAL, letter


async def test_both_protocols_speak_tls_from_the_first_byte(tmp_path: Path) -> None:
    async with MailServer(tmp_path, tls=True) as server:
        server.add_mailbox(PORTAL, "geheim")
        box = server.add_mailbox(ANNA, "anna")
        trust = ssl.create_default_context(cafile=str(server.certificate))
        await aiosmtplib.send(
            letter(), hostname=server.host, port=server.smtp_port, username=PORTAL, password="geheim", use_tls=True,
            tls_context=trust, timeout=10,
        )  # fmt: skip
        assert (await box.wait()).subject == "Uw dossier"

        def capabilities() -> tuple[bytes, ...]:
            with IMAPClient(server.host, server.imap_port, ssl=True, ssl_context=trust, timeout=10) as client:
                client.login(ANNA, "anna")
                return tuple(client.capabilities())

        assert b"IDLE" in await asyncio.to_thread(capabilities)
