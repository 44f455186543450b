"""A backlog: thousands of mails that came while the portal was away, drained with flat memory and each handled once.

`python -m benchmarks --only backlog` (some minutes), or with another number `python -m benchmarks.backlog --mails 3000`. The mail
server is another process, and so is what is measured: nothing else was ever in its memory. Linux only (proc(5)).
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import mail_in
from benchmarks.figures import Figure
from core.actor import Channel
from core.database import Sessions, Wake, open_database, reading
from core.files.store import FileStore
from core.intake.models import Intake, IntakeState
from core.intake.worker import IntakeWorker
from core.messages.models import Message
from core.office import Office
from loket import collecting
from mailbridge.handler import MailHandler
from mailbridge.mailbox import Mailbox
from mailbridge.servers import Protection, ServerAccess
from migrations import upgrade

MAILS, AT_FIRST = 10_000, 1_000
TARGET = 1.2
"""Times the memory that was held when the first `AT_FIRST` mails were handled."""

EVERY = 0.25
"""Seconds between two looks."""


async def measure(mails: int = MAILS) -> list[Figure]:
    """How far memory grows between the first thousand mails and the last, and whether each became one message."""
    found = await asyncio.to_thread(_drained_elsewhere, mails)
    growth = found["last"] / found["first"]
    named = f"a backlog of {mails:,} mails"
    return [
        Figure(
            f"{named}: memory, last against first {AT_FIRST:,}", round(growth, 2), "x", f"<= {TARGET}", growth <= TARGET
        ),
        Figure(f"{named}: memory at the end", round(found["last"] / 1e6), "MB", "shown only", ok=True),
        Figure(f"{named}: not exactly one item and one message", found["wrong"], "mails", "0", not found["wrong"]),
        Figure(f"{named}: drained", round(mails / found["seconds"]), "1/s", "shown only", ok=True),
    ]


def _drained_elsewhere(mails: int) -> dict[str, float]:
    with mail_in.mail_server(mails) as port:
        command = [sys.executable, "-m", "benchmarks.backlog", "--mails", str(mails), "--port", str(port)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


async def _drained(port: int, mails: int) -> dict[str, float]:
    """The most bytes held until the first thousand were handled, and until the last; how many mails went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/loket.db"
        upgrade(url)
        engine, sessions = open_database(url)
        try:
            await mail_in.open_office(sessions)
            collecting.settle_in()  # as the product does when it starts
            async with Wake(sessions) as wake:
                return await _watched(sessions, wake, Path(folder), port, mails)
        finally:
            await engine.dispose()


async def _watched(sessions: Sessions, wake: Wake, folder: Path, port: int, mails: int) -> dict[str, float]:
    files, office = FileStore.open(f"file://{folder / 'files'}"), Office()
    access = ServerAccess("127.0.0.1", port, mail_in.PORTAL, mail_in.PASSWORD, Protection.NONE)
    mailbox = Mailbox(access, sessions=sessions, files=files, wake=wake)
    handler = MailHandler(sessions=sessions, files=files, keys=mail_in.KEYS, office=office, settings=mail_in.SETTINGS)
    worker = IntakeWorker(sessions, channel=Channel.EMAIL, handler=handler, name="benchmark", wake=wake)
    stop, began, most, first = asyncio.Event(), time.perf_counter(), 0, 0
    async with asyncio.TaskGroup() as group:
        group.create_task(mailbox.run(stop))
        group.create_task(worker.run(stop))
        while (handled := await _handled(sessions)) < mails or mailbox.waiting:
            most = max(most, _held())
            first = first if handled >= AT_FIRST and first else most
            await asyncio.sleep(EVERY)
        seconds = time.perf_counter() - began
        stop.set()
    return {"first": first, "last": max(most, _held()), "seconds": seconds, "wrong": await _wrong(sessions, mails)}


async def _handled(sessions: Sessions) -> int:
    ended = (IntakeState.DONE, IntakeState.DEAD)
    query = select(func.count()).where(Intake.state.in_(ended), Intake.channel == Channel.EMAIL)
    async with reading(sessions) as session:
        return await session.scalar(query) or 0


async def _wrong(sessions: Sessions, mails: int) -> int:
    """Mails too few or too many, among the items, the messages, and the numbers that stand in them."""
    async with reading(sessions) as session:
        items = await session.scalar(select(func.count()).select_from(Intake)) or 0
        messages = list(await session.scalars(select(Message.text)))
    told = {line for text in messages for line in text.splitlines() if line.startswith("Hierbij mijn antwoord nummer")}
    return max(abs(found - mails) for found in (items, len(messages), len(told)))


def _held() -> int:
    """Bytes of memory that this process holds now (proc(5): VmRSS)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def main() -> int:
    """The figures; or in the child, which is told the port, what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backlog", description=__doc__)
    parser.add_argument("--mails", type=int, default=MAILS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.port:
        print(json.dumps(asyncio.run(_drained(asked.port, asked.mails))))
        return 0
    figures = asyncio.run(measure(asked.mails))
    for figure in figures:
        print(f"{figure.name}: {figure.value} {figure.unit} ({figure.target}) {'' if figure.ok else 'MISSED'}")
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
