"""A mail server with an office and a customer, and clients that speak to it as the product does."""

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from imapclient import IMAPClient

from sandbox.mail import MailServer

PORTAL = "portaal@kantoor.example"
ANNA = "anna@post.example"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as running:
        running.add_mailbox(PORTAL, "geheim", catch_plus=True, aliases=["notaris@kantoor.example"])
        running.add_mailbox(ANNA, "anna", name="Anna Jansen")
        yield running


@contextmanager
def imap(server: MailServer, user: str = PORTAL, password: str = "geheim") -> Iterator[IMAPClient]:
    """A logged-in client. Blocking: call it in a thread."""
    client = IMAPClient(server.host, server.imap_port, ssl=False, timeout=10)
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        client.login(user, password)
        yield client
    finally:
        client.shutdown()


def letter(sender: str = PORTAL, to: str = ANNA, subject: str = "Uw dossier", text: str = "Dag Anna") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message.set_content(text)
    return message


Wanted = Callable[[], bool]
