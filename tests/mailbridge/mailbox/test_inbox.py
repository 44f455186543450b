"""The INBOX over a real IMAP connection, also on servers that can do less."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest
from imapclient.exceptions import IMAPClientError, LoginError

from mailbridge.mailbox.connection import PIECE, Inbox, connect
from mailbridge.servers import Protection, ServerAccess
from sandbox.mail import MailServer

ADDRESS, PASSWORD = "portaal@kantoor.example", "a password of the tests"
T = TypeVar("T")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """A mail server with the portal's mailbox, empty."""
    async with MailServer(None) as started:
        started.add_mailbox(ADDRESS, PASSWORD)
        yield started


@pytest.fixture
async def inbox(server: MailServer) -> AsyncIterator[Inbox]:
    """The INBOX, open."""
    client = await asyncio.to_thread(connect, _access(server))
    found = await _in_thread(Inbox, client)
    await asyncio.to_thread(found.select)
    await asyncio.to_thread(found.uids)
    yield found
    await asyncio.to_thread(found.close)


def _access(server: MailServer, password: str = PASSWORD) -> ServerAccess:
    return ServerAccess("127.0.0.1", server.imap_port, ADDRESS, password, Protection.NONE)


async def _in_thread(call: Callable[..., T], *arguments: object) -> T:
    return await asyncio.to_thread(call, *arguments)


def _raw(text: str) -> bytes:
    return f"From: anna@post.example\r\nSubject: x\r\n\r\n{text}\r\n".encode()


async def test_a_wrong_password_is_an_error_of_its_own(server: MailServer) -> None:
    with pytest.raises(LoginError):
        await _in_thread(connect, _access(server, "wrong"))


async def test_what_is_fetched_is_not_marked_as_read(server: MailServer, inbox: Inbox) -> None:
    await server.inject(_raw("Hallo"), ADDRESS)
    [uid] = await _in_thread(inbox.uids)
    whole = await _in_thread(inbox.whole, [uid])
    assert whole[uid].endswith(b"Hallo\r\n")
    assert (await _in_thread(inbox.sizes, [uid]))[uid] == len(whole[uid])
    assert len(server.mailbox(ADDRESS).unread()) == 1


async def test_a_large_mail_comes_in_pieces_that_make_it_whole(server: MailServer, inbox: Inbox) -> None:
    await server.inject(_raw("regel\r\n" * 200_000), ADDRESS)
    [mail] = server.mailbox(ADDRESS).mails
    [uid] = await _in_thread(inbox.uids)
    pieces = await _in_thread(lambda: list(inbox.pieces(uid)))
    assert max(map(len, pieces)) <= PIECE < len(mail.raw)
    assert b"".join(pieces) == mail.raw


@pytest.mark.parametrize("lacking", [(), ("_can_move",), ("_can_move", "_can_expunge_some")])
async def test_mails_move_to_a_folder_that_is_made_on_first_use(
    server: MailServer, inbox: Inbox, lacking: tuple[str, ...]
) -> None:
    for name in lacking:
        setattr(inbox, name, False)
    for number in range(3):
        await server.inject(_raw(f"Mail {number}"), ADDRESS)
    uids = await _in_thread(inbox.uids)
    await _in_thread(inbox.move, uids[:2], "Processed")
    await _in_thread(inbox.move, uids[2:], "Processed")
    box = server.mailbox(ADDRESS)
    assert box.mails == []
    assert [mail.text.strip() for mail in box.folder("Processed")] == ["Mail 0", "Mail 1", "Mail 2"]


async def test_moving_what_is_gone_is_no_error(server: MailServer, inbox: Inbox) -> None:
    await server.inject(_raw("x"), ADDRESS)
    [uid] = await _in_thread(inbox.uids)
    await _in_thread(inbox.move, [uid], "Processed")
    await _in_thread(inbox.move, [uid], "Processed")
    assert len(server.mailbox(ADDRESS).folder("Processed")) == 1


@pytest.mark.parametrize("can_idle", [True, False])
async def test_a_new_mail_ends_the_waiting(server: MailServer, inbox: Inbox, can_idle: bool) -> None:
    inbox._can_idle = can_idle
    await _in_thread(inbox.uids)
    assert not await _in_thread(inbox.wait, 0.05)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        waiting = group.create_task(_until_news(inbox))
        group.create_task(server.inject(_raw("nieuw"), ADDRESS))
    assert waiting.result()
    assert len(await _in_thread(inbox.uids)) == 1


async def test_a_mail_that_came_during_another_command_is_news_too(server: MailServer, inbox: Inbox) -> None:
    await _in_thread(inbox.uids)
    await server.inject(_raw("tussendoor"), ADDRESS)
    await _in_thread(inbox.sizes, [1])
    async with asyncio.timeout(10):
        assert await _until_news(inbox)


async def test_news_that_comes_in_one_packet_with_the_start_of_idle_is_heard() -> None:
    """Python's buffer has it then, and the socket nothing."""
    async with _scripted({b"IDLE": [b"+ idling\r\n* 1 EXISTS\r\n"]}) as port:
        client = await _in_thread(connect, ServerAccess("127.0.0.1", port, ADDRESS, PASSWORD, Protection.NONE))
        found = await _in_thread(Inbox, client)
        assert await _in_thread(found.wait, 2.0)
        await _in_thread(client.shutdown)


async def test_a_line_that_comes_in_two_packets_is_one_line() -> None:
    packets = [b"+ idling\r\n", b"* 1 FETCH (", b"FLAGS ())\r\n* 2 EXISTS\r\n"]
    async with _scripted({b"IDLE": packets}) as port:
        client = await _in_thread(connect, ServerAccess("127.0.0.1", port, ADDRESS, PASSWORD, Protection.NONE))
        found = await _in_thread(Inbox, client)
        async with asyncio.timeout(10):
            assert await _until_news(found)
        await _in_thread(client.shutdown)


async def test_a_connection_that_ended_is_an_error_not_an_endless_loop(server: MailServer, inbox: Inbox) -> None:
    assert not await _in_thread(inbox.wait, 0.05)
    await server.faults.down(True)
    with pytest.raises((IMAPClientError, OSError)):
        async with asyncio.timeout(10):
            await _until_news(inbox)


async def test_idle_is_renewed_before_anybody_takes_the_connection_for_dead(
    server: MailServer, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailbridge.mailbox.connection.IDLE_FOR", 0.0)
    begun: list[bool] = []
    idle = inbox._client.idle

    def counted() -> None:
        begun.append(True)
        idle()

    monkeypatch.setattr(inbox._client, "idle", counted)
    for _ in range(3):
        await _in_thread(inbox.wait, 0.02)
    assert len(begun) == 3


async def _until_news(inbox: Inbox) -> bool:
    while not await _in_thread(inbox.wait, 0.2):
        pass
    return True


@asynccontextmanager
async def _scripted(answers: dict[bytes, list[bytes]]) -> AsyncIterator[int]:
    """The port of a server that takes one client, any login, and answers these commands in these packets."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        idling = b""
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, _, command = line.strip().partition(b" ")
            name = command.partition(b" ")[0]
            said = b"* CAPABILITY IMAP4rev1 IDLE\r\n" if name == b"CAPABILITY" else b""
            tag, idling = (idling, b"") if tag == b"DONE" else (tag, tag)
            for packet in answers.get(name, [said + tag + b" OK done\r\n"]):
                writer.write(packet)
                await asyncio.sleep(0.1)  # so that the next is a packet of its own
        writer.close()
        await writer.wait_closed()
        ended.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await ended.wait()
