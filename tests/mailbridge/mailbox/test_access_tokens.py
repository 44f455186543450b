"""Logging in with access tokens (XOAUTH2) at servers that take no password: over days, tokens end and are renewed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import aiosmtplib
import pytest
from imapclient.exceptions import LoginError
from structlog.testing import capture_logs

from core.actor import Channel
from core.database import Sessions, Wake, reading
from core.deliveries.sending import Temporary
from core.files.store import FileStore
from core.intake import ledger
from mailbridge import sending
from mailbridge.mailbox import Mailbox
from mailbridge.mailbox.connection import connect
from mailbridge.oauth import AccessTokens, Grant, NoToken
from mailbridge.servers import Protection, ServerAccess
from sandbox.mail import MailServer
from tests.support.token_server import SECRET, TokenServer, token_server
from tests.support.waiting import until

ADDRESS = "portaal@kantoor.example"


@dataclass(slots=True)
class Provider:
    """A mail server that opens the portal's mailbox for the token given out last, and a clock of its own."""

    mail: MailServer
    tokens: TokenServer
    at: float = 1000.0
    kept: AccessTokens = field(init=False)

    def __post_init__(self) -> None:
        self.kept = AccessTokens(Grant(self.tokens.url, "loket", SECRET, scope="https://mail/.default"), now=self.now)

    def now(self) -> float:
        """Seconds."""
        return self.at

    def imap(self) -> ServerAccess:
        """The mailbox."""
        return ServerAccess("127.0.0.1", self.mail.imap_port, ADDRESS, tls=Protection.NONE, tokens=self.kept)

    def smtp(self) -> ServerAccess:
        """The way out."""
        return ServerAccess("127.0.0.1", self.mail.smtp_port, ADDRESS, tls=Protection.NONE, tokens=self.kept)

    async def looks_in(self) -> None:
        """Log in to both once."""
        client = await asyncio.to_thread(connect, self.imap())
        await asyncio.to_thread(client.logout)
        await (await sending.connect(self.smtp())).quit()


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with AsyncExitStack() as stack:
        mail = await stack.enter_async_context(MailServer(None))
        tokens = await stack.enter_async_context(token_server())
        box = mail.add_mailbox(ADDRESS, "nobody knows this password")
        tokens.gives = box.opens_with
        yield Provider(mail, tokens)


async def test_one_token_opens_both_servers_until_shortly_before_its_end(provider: Provider) -> None:
    await provider.looks_in()
    provider.at += 3600 - 301
    await provider.looks_in()
    assert provider.tokens.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "loket",
            "client_secret": SECRET,
            "scope": "https://mail/.default",
        }
    ]
    provider.at += 2
    await provider.looks_in()
    assert len(provider.tokens.asked) == 2


async def test_a_short_life_is_used_by_half(provider: Provider) -> None:
    provider.tokens.life = 60
    assert await asyncio.to_thread(provider.kept.current) == "token-1"
    provider.at += 29
    assert await asyncio.to_thread(provider.kept.current) == "token-1"
    provider.at += 2
    assert await asyncio.to_thread(provider.kept.current) == "token-2"


async def test_a_refresh_token_is_used_when_there_is_one(provider: Provider) -> None:
    kept = AccessTokens(Grant(provider.tokens.url, "loket", SECRET, "1//refresh"))
    assert await asyncio.to_thread(kept.current) == "token-1"
    [asked] = provider.tokens.asked
    assert (asked["grant_type"], asked["refresh_token"]) == ("refresh_token", "1//refresh")
    assert "scope" not in asked


async def test_a_token_that_is_taken_back_is_renewed_on_the_spot(provider: Provider) -> None:
    await provider.looks_in()
    provider.at += 120
    provider.mail.mailbox(ADDRESS).opens_with()
    client = await asyncio.to_thread(connect, provider.imap())
    assert await asyncio.to_thread(client.folder_exists, "INBOX")
    await asyncio.to_thread(client.logout)
    provider.at += 120
    provider.mail.mailbox(ADDRESS).opens_with()
    await (await sending.connect(provider.smtp())).quit()
    assert len(provider.tokens.asked) == 3


async def test_a_fresh_token_that_is_refused_is_an_error_and_not_a_flood(provider: Provider) -> None:
    provider.tokens.gives = str
    for _ in range(3):
        with pytest.raises(LoginError):
            await asyncio.to_thread(connect, provider.imap())
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await sending.connect(provider.smtp())
    assert len(provider.tokens.asked) == 1


async def test_a_token_server_that_refuses_is_told_without_the_secret_and_asked_again_later(provider: Provider) -> None:
    provider.tokens.refuses = "invalid_client"
    for _ in range(2):
        with pytest.raises(NoToken) as none:
            await asyncio.to_thread(connect, provider.imap())
        assert (none.value.reason, none.value.code) == (
            "the token server refuses (HTTP 401 invalid_client AADSTS7000215)",
            "invalid_client",
        )
    with pytest.raises(NoToken) as none:
        await sending.connect(provider.smtp())
    failure = sending.failure(none.value)
    assert isinstance(failure, Temporary) and SECRET not in str(failure)
    assert len(provider.tokens.asked) == 1
    provider.at, provider.tokens.refuses = provider.at + 21, ""
    await provider.looks_in()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b"[" * 100_000, b'{"access_token": 1}', b'{"access_token": "a\\r\\nb"}', b"{}"]
)
def test_an_answer_without_a_token_is_no_token(body: bytes) -> None:
    from mailbridge import oauth

    with pytest.raises(NoToken):
        oauth._read(body)


async def test_nobody_there_is_no_token() -> None:
    kept = AccessTokens(Grant("http://127.0.0.1:1/token", "loket", SECRET))
    with pytest.raises(NoToken, match="can't be reached"):
        await asyncio.to_thread(kept.current)


@pytest.mark.rule("MAIL-10")
async def test_the_mailbox_is_watched_for_days_while_tokens_end(
    provider: Provider, sessions: Sessions, files: FileStore, wake: Wake, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox = Mailbox(provider.imap(), sessions=sessions, files=files, wake=wake)
    stop = asyncio.Event()
    with caplog.at_level(logging.INFO), capture_logs() as logged:
        async with asyncio.TaskGroup() as group:
            group.create_task(mailbox.run(stop))
            for day in range(3):
                await _write(provider, f"Dag {day}")
                await until(lambda day=day: _taken_in(sessions, day + 1), seconds=30)  # type: ignore[misc]  # a day of its own
                provider.at += 3500  # the token ends, and then the server ends the connection, in the middle of IDLE
                provider.mail.mailbox(ADDRESS).opens_with()
                await provider.mail.faults.down(True)
                await provider.mail.faults.down(False)
            await until(lambda: len(provider.tokens.asked) == 4 and mailbox.connected, seconds=30)
            stop.set()
    assert len(provider.tokens.asked) == 4
    assert [line["event"] for line in logged].count("mailbox.interrupted") >= 3
    said = f"{logged}{caplog.text}"
    assert "token-" not in said and SECRET not in said


async def test_the_log_says_why_there_is_no_token(
    provider: Provider, sessions: Sessions, files: FileStore, wake: Wake
) -> None:
    provider.tokens.refuses = "invalid_client"
    mailbox = Mailbox(provider.imap(), sessions=sessions, files=files, wake=wake)
    stop = asyncio.Event()
    with capture_logs() as logged:
        async with asyncio.TaskGroup() as group:
            group.create_task(mailbox.run(stop))
            await until(lambda: bool(logged))
            stop.set()
    assert logged[0]["why"] == "the token server refuses (HTTP 401 invalid_client AADSTS7000215)"
    assert SECRET not in str(logged)


async def _write(provider: Provider, text: str) -> None:
    raw = f"From: anna@post.example\r\nMessage-ID: <{text.replace(' ', '-')}@post.example>\r\n\r\n{text}\r\n"
    await provider.mail.inject(raw.encode(), ADDRESS)


async def _taken_in(sessions: Sessions, count: int) -> bool:
    async with reading(sessions) as session:
        return len(await ledger.listing(session, channel=Channel.EMAIL, limit=10)) == count


def test_no_secret_is_shown(provider: Provider) -> None:
    grant = Grant("https://t.example", "loket", SECRET, "1//refresh")
    assert SECRET not in repr(grant) and "1//refresh" not in repr(grant)
    assert "AccessTokens" not in repr(provider.imap())
