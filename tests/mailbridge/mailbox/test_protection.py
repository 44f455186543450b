"""TLS to the mail servers: used when asked for, and only with a certificate that can be trusted unless told otherwise."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mailbridge import sending
from mailbridge.mailbox.connection import connect
from mailbridge.servers import Protection, ServerAccess
from sandbox.mail import MailServer

ADDRESS, PASSWORD = "portaal@kantoor.example", "a password of the tests"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MailServer]:
    """A mail server that speaks TLS from the first byte, with a certificate of its own making."""
    async with MailServer(tmp_path, tls=True) as started:
        started.add_mailbox(ADDRESS, PASSWORD)
        yield started


def _access(port: int, *, verify: bool) -> ServerAccess:
    return ServerAccess("127.0.0.1", port, ADDRESS, PASSWORD, Protection.IMPLICIT, verify)


async def test_imap_over_tls(server: MailServer) -> None:
    client = await asyncio.to_thread(connect, _access(server.imap_port, verify=False))
    assert await asyncio.to_thread(client.folder_exists, "INBOX")
    await asyncio.to_thread(client.logout)


async def test_smtp_over_tls(server: MailServer) -> None:
    client = await sending.connect(_access(server.smtp_port, verify=False))
    assert client.is_connected
    await client.quit()


async def test_a_certificate_that_nobody_vouches_for_is_refused(server: MailServer) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(connect, _access(server.imap_port, verify=True))
    with pytest.raises(Exception, match=r"(?i)certificate"):
        await sending.connect(_access(server.smtp_port, verify=True))


def test_a_password_is_never_shown() -> None:
    assert PASSWORD not in repr(_access(1, verify=True))
