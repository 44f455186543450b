"""Mail in: taking in and handling mails, against merely fetching and parsing the same ones.

`python -m benchmarks.mail_in` measures on a SQLite file with durable commits and files on disk. The mail server is another
process, the same for both, so that it costs both the same. The mails are answers of the usual clients, some with a file.
"""

import asyncio
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from multiprocessing.connection import Connection
from pathlib import Path

from imapclient import IMAPClient

from benchmarks.figures import Figure
from core import clock
from core.accounts import accounts
from core.accounts.models import AccountKind
from core.actor import OFFICE, Channel, Language
from core.crypto import Keys
from core.database import Sessions, Wake, open_database, reading, transaction
from core.dossiers import dossiers
from core.files.store import FileStore
from core.intake import ledger
from core.intake.models import IntakeState
from core.intake.worker import IntakeWorker
from core.office import Office
from core.people import persons
from core.staff import members
from core.staff.models import StaffRole
from loket import collecting
from mailbridge.composing import Letter, MailSettings, compose
from mailbridge.handler import MailHandler
from mailbridge.mailbox import Mailbox
from mailbridge.mailbox.watching import SETTLED
from mailbridge.servers import Protection, ServerAccess
from migrations import upgrade
from sandbox.mail import MailServer, attachment

MAILS, PEOPLE, ROUNDS = 400, 20, 3
TARGET = 3.0
KEYS = Keys(("a secret of the benchmark",))
BATCH = 25
PORTAL, PASSWORD = "portaal@kantoor.example", "a password of the benchmark"
SETTINGS = MailSettings(domain="kantoor.example", portal=PORTAL, authserv_id="mx.kantoor.example")


async def measure(database_url: str) -> list[Figure]:
    """How many times longer it takes to take mails in and handle them, on an empty database that has its tables."""
    engine, sessions = open_database(database_url)
    kind = "SQLite" if engine.dialect.name == "sqlite" else "PostgreSQL"
    try:
        with mail_server(MAILS, photo_every=4) as port, tempfile.TemporaryDirectory() as folder:
            bare = sorted([await asyncio.to_thread(_fetch_and_parse, port) for _ in range(ROUNDS)])[ROUNDS // 2]
            await open_office(sessions)
            collecting.settle_in()  # as the product does when it starts; the plain script was measured without
            async with Wake(sessions) as wake:
                whole = await _take_in_and_handle(port, Path(folder), sessions, wake)
    finally:
        await engine.dispose()
    ratio, rate = whole / bare, MAILS / whole
    return [
        Figure(
            f"mail in against fetching and parsing, {kind}",
            round(ratio, 2),
            "times",
            f"<= {TARGET:.0f}",
            ratio <= TARGET,
        ),
        Figure(f"mails taken in and handled, {kind}", round(rate), "1/s", "shown only", ok=True),
    ]


def _fetch_and_parse(port: int) -> float:
    """Seconds that a plain script needs: every mail fetched, parsed by the standard library, its text and files decoded."""
    began = time.perf_counter()
    with IMAPClient("127.0.0.1", port, ssl=False) as client:
        client.login(PORTAL, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        uids = client.search("ALL")
        for start in range(0, len(uids), BATCH):
            for data in client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"]).values():
                _parse(data[b"BODY[]"])
    assert len(uids) == MAILS
    return time.perf_counter() - began


def _parse(raw: bytes) -> int:
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain", "html"))
    text = body.get_content() if body else ""
    files = [part.get_payload(decode=True) for part in message.iter_attachments()]
    return len(text) + len(files)


async def _take_in_and_handle(port: int, folder: Path, sessions: Sessions, wake: Wake) -> float:
    """Seconds from an open mailbox until every mail is a message, and has been moved."""
    files, office = FileStore.open(f"file://{folder / 'files'}"), Office()
    access = ServerAccess("127.0.0.1", port, PORTAL, PASSWORD, Protection.NONE)
    mailbox = Mailbox(access, sessions=sessions, files=files, wake=wake)
    handler = MailHandler(sessions=sessions, files=files, keys=KEYS, office=office, settings=SETTINGS)
    worker = IntakeWorker(sessions, channel=Channel.EMAIL, handler=handler, name="benchmark", wake=wake)
    stop = asyncio.Event()
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        group.create_task(mailbox.run(stop))
        group.create_task(worker.run(stop))
        while mailbox.waiting or not await _all_handled(sessions):
            await wake.wait(SETTLED, 0.1)
        took = time.perf_counter() - began
        stop.set()
    return took


async def _all_handled(sessions: Sessions) -> bool:
    async with reading(sessions) as session:
        found = await ledger.counts(session)
    return found.get((Channel.EMAIL, IntakeState.DONE), 0) == MAILS


async def open_office(sessions: Sessions) -> None:
    """`PEOPLE` customers with one dossier each."""
    async with transaction(sessions) as session:
        account = await accounts.create(session, number="1", name="B", kind=AccountKind.COMPANY, actor=OFFICE)
        handler = await members.create(
            session, name="H", email="h@kantoor.example", role=StaffRole.HANDLER, language=Language.NL, actor=OFFICE
        )
        for number in range(PEOPLE):
            person = await persons.create(
                session, name=f"P {number}", email=_address(number), language=Language.NL, actor=OFFICE
            )
            dossier = await dossiers.create(
                session,
                account_id=account.id,
                number=f"D-{number}",
                description="x",
                status="x",
                handler_id=handler.id,
                actor=OFFICE,
            )
            await dossiers.add_participant(session, dossier, person, OFFICE)


@contextmanager
def mail_server(mails: int, *, photo_every: int = 0) -> Iterator[int]:
    """The IMAP port of a server in another process, with so many mails in the portal's INBOX (0: none has a photo)."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, mails, photo_every))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join()


def _serve(pipe: Connection, mails: int, photo_every: int) -> None:
    asyncio.run(_served(pipe, mails, photo_every))


async def _served(pipe: Connection, mails: int, photo_every: int) -> None:
    async with MailServer(None) as server:
        server.add_mailbox(PORTAL, PASSWORD, aliases=["r@kantoor.example"], catch_plus=True)
        for number in range(mails):
            await _write(server, number, photo=photo_every > 0 and number % photo_every == 0)
        pipe.send(server.imap_port)
        await asyncio.to_thread(pipe.recv)


async def _write(server: MailServer, number: int, *, photo: bool) -> None:
    """An answer to a mail of ours, in turn as each client writes it; or with a photo of 300 kB."""
    address = _address(number % PEOPLE)
    box = server.add_mailbox(address, PASSWORD) if number < PEOPLE else server.mailbox(address)
    if number < PEOPLE:
        await server.inject(_ours(number), address, authentic=True)
    styles = ("gmail", "outlook", "apple", "iphone", "plain")
    content = b"\xff\xd8\xff\xe0" + random.Random(number).randbytes(300_000) if photo else b""
    await box.reply(
        box.mails[0],
        f"Goedemiddag,\n\nHierbij mijn antwoord nummer {number}.\n\nMet vriendelijke groet,\nAnna",
        style=styles[number % len(styles)],  # type: ignore[arg-type]  # one of the styles
        attachments=[attachment(f"IMG_{number:04}.jpg", content)] if photo else [],
    )


def _ours(number: int) -> bytes:
    """The mail that is answered, as the product sends it. Ids of persons and dossiers count from 1 in an empty database."""
    values = {
        "name": f"P {number}",
        "dossier_number": f"D-{number}",
        "dossier_description": "Levering woning",
        "subject": "Akte van levering",
        "text": "\n".join(f"Dit is regel {line} van een bericht van het kantoor." for line in range(12)),
        "author": "Mr. J. Bakker",
        "sent_at": clock.now().isoformat(),
    }
    letter = Letter(
        delivery_id=number + 1,
        kind="message_new",
        address=_address(number),
        language=Language.NL,
        values=values,
        attempt_at=clock.now(),
        person_id=number + 1,
        dossier_id=number + 1,
        thread=f"dossier-{number}",
        actions=0,
    )
    return compose(letter, office=Office(), settings=SETTINGS, keys=KEYS).content


def _address(number: int) -> str:
    return f"klant{number}@post.example"


def main() -> None:
    """On a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/loket.db"
        upgrade(url)
        for figure in asyncio.run(measure(url)):
            print(f"{figure.name}: {figure.value} {figure.unit} (target {figure.target})")


if __name__ == "__main__":
    main()
