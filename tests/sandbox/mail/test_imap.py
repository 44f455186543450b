import asyncio
import select

import pytest
from imapclient.exceptions import LoginError

from sandbox.mail import MailServer
from tests.sandbox.mail.conftest import ANNA, PORTAL, imap, letter


async def test_bytes_come_back_exactly_as_they_were_put_in(server: MailServer) -> None:
    odd = b"From: x\r\nSubject: \xe9\xff =?kapot?\r\nContent-Type: multipart/mixed\r\n\r\nniets\x00\r\n.punt\r\n"
    await server.inject(odd, PORTAL)

    def fetch() -> bytes:
        with imap(server) as client:
            client.select_folder("INBOX")
            (uid,) = client.search()
            return bytes(client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"])

    assert (await asyncio.to_thread(fetch)).endswith(odd)


async def test_a_mail_can_be_moved_to_a_folder_that_was_made(server: MailServer) -> None:
    await server.inject(letter(ANNA, PORTAL).as_bytes(), PORTAL)

    def move() -> tuple[list[int], list[str]]:
        with imap(server) as client:
            client.create_folder("Processed")
            client.select_folder("INBOX")
            client.move(client.search(), "Processed")
            left = client.search()
            return left, [name for _, _, name in client.list_folders()]

    assert await asyncio.to_thread(move) == ([], ["INBOX", "Processed"])
    assert [mail.subject for mail in server.mailbox(PORTAL).folder("Processed")] == ["Uw dossier"]
    assert server.mailbox(PORTAL).mails == []


async def test_idle_announces_a_new_mail(server: MailServer) -> None:
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()

    def idle() -> list[object]:
        with imap(server) as client:
            client.select_folder("INBOX")
            client.idle()
            loop.call_soon_threadsafe(ready.set)
            select.select([client.socket()], [], [], 10)  # idle_check would end with a line that comes in two packets
            heard: list[object] = client.idle_done()[1]
            return heard

    async with asyncio.TaskGroup() as group:
        listening = group.create_task(asyncio.to_thread(idle))
        await ready.wait()
        await server.inject(letter().as_bytes(), PORTAL)
    assert (1, b"EXISTS") in listening.result()


async def test_a_connection_that_stays_sees_what_others_move_and_flag(server: MailServer) -> None:
    for number in range(3):
        await server.inject(letter(subject=str(number)).as_bytes(), PORTAL)

    def together() -> tuple[list[int], bool]:
        with imap(server) as first, imap(server) as second:
            first.select_folder("INBOX")
            second.select_folder("INBOX")
            uids = first.search()
            second.delete_messages(uids[:1])
            second.expunge()
            second.add_flags(uids[1:2], [b"\\Seen"])
            first.noop()
            return first.search(), b"\\Seen" in first.get_flags(uids[1:2])[uids[1]]

    assert await asyncio.to_thread(together) == ([2, 3], True)


async def test_a_wrong_password_is_refused(server: MailServer) -> None:
    def log_in() -> None:
        with imap(server, password="fout"):
            pass

    with pytest.raises(LoginError):
        await asyncio.to_thread(log_in)


async def test_uidvalidity_can_be_restarted_as_after_a_restore(server: MailServer) -> None:
    def validity() -> int:
        with imap(server) as client:
            return int(client.select_folder("INBOX")[b"UIDVALIDITY"])

    before = await asyncio.to_thread(validity)
    server.mailbox(PORTAL).restart_uids()
    assert await asyncio.to_thread(validity) > before
