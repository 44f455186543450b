import asyncio
import os
import signal
import sys
from pathlib import Path

import aiosmtplib
from imapclient import IMAPClient

from sandbox.mail import MailServer
from tests.sandbox.mail.conftest import ANNA, PORTAL, imap, letter

_PROCESS = """
import asyncio, sys
from pathlib import Path
from sandbox.mail import MailServer
async def main():
    server = MailServer(Path(sys.argv[1]))
    server.add_mailbox("portaal@kantoor.example", "geheim", catch_plus=True)
    server.add_mailbox("anna@post.example", "anna")
    await server.start()
    print(server.imap_port, server.smtp_port, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_mails_uids_folders_and_ports_outlive_a_restart(tmp_path: Path) -> None:
    before = await _run(tmp_path, arrives=True)
    after = await _run(tmp_path, arrives=False)
    assert before == after
    assert before[1:] == ([1], ["INBOX", "Failed"])


async def _run(data: Path, *, arrives: bool) -> tuple[tuple[int, int, int], list[int], list[str]]:
    async with MailServer(data) as server:
        box = server.add_mailbox(PORTAL, "geheim")
        if arrives:
            await server.inject(letter().as_bytes(), PORTAL)

        def look() -> tuple[int, list[int], list[str]]:
            with imap(server) as client:
                if arrives:
                    client.create_folder("Failed")
                validity = int(client.select_folder("INBOX")[b"UIDVALIDITY"])
                return validity, client.search(), [name for _, _, name in client.list_folders()]

        validity, uids, folders = await asyncio.to_thread(look)
        assert [mail.subject for mail in box.mails] == ["Uw dossier"]
        return (validity, server.imap_port, server.smtp_port), uids, folders


async def test_what_was_answered_with_250_survives_kill_9(tmp_path: Path) -> None:
    first = await _start(tmp_path)
    validity, _ = await asyncio.to_thread(_look, first[1])
    for number in range(5):
        await aiosmtplib.send(
            letter(ANNA, "portaal+r1@kantoor.example", str(number)), hostname="127.0.0.1", port=first[2],
            start_tls=False, timeout=10,
        )  # fmt: skip
    await _kill(first[0])
    second = await _start(tmp_path)
    try:
        assert second[1:] == first[1:]
        assert await asyncio.to_thread(_look, second[1]) == (validity, [1, 2, 3, 4, 5])
    finally:
        await _kill(second[0])


async def _start(data: Path) -> tuple[asyncio.subprocess.Process, int, int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROCESS, str(data), stdout=asyncio.subprocess.PIPE, cwd=Path.cwd(),
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    assert process.stdout is not None
    imap_port, smtp_port = (await asyncio.wait_for(process.stdout.readline(), 20)).split()
    return process, int(imap_port), int(smtp_port)


async def _kill(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGKILL)
    await process.communicate()


def _look(port: int) -> tuple[int, list[int]]:
    client = IMAPClient("127.0.0.1", port, ssl=False, timeout=10)
    try:
        client.login(PORTAL, "geheim")
        return int(client.select_folder("INBOX")[b"UIDVALIDITY"]), client.search()
    finally:
        client.shutdown()
