"""A message of an album of ten files: how long until its card is there, and what another person notices meanwhile.

Telegram is as far away as it is in life: each getFile and each download of the sandbox takes a while longer. The time is
counted from the first file that was sent, less the time that the bot waits for further parts of an album.
"""

import asyncio
import statistics
import time

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks import at_work, customers
from benchmarks.figures import Figure
from core.database import open_database
from core.intake.store import ALBUM_WAIT
from sandbox.telegram import Document, Phone, TelegramServer

FILES = 10
SIZE = 1_000_000
"""Bytes of each file."""

ASKED, FETCHED = 0.1, 0.2
"""Seconds that each getFile and each download takes longer."""

ALBUMS = 5
TAPS = 40
MOST = 2.0


async def measure(database_url: str) -> list[Figure]:
    """The figures of one migrated, empty database."""
    engine, sessions = open_database(database_url)
    server = TelegramServer()
    await server.start()
    try:
        persons = await _persons(engine)
        async with at_work.phones(server, sessions, persons) as (other, *senders):
            quiet = [await _tapped(other) for _ in range(TAPS)]
            albums, busy = [], []
            for sender in senders:
                beyond, taps = await _sent(server, sender, other)
                albums.append(beyond)
                busy += taps
    finally:
        await server.stop()
        await engine.dispose()
    kind = "SQLite" if engine.dialect.name == "sqlite" else "PostgreSQL"
    worst, slower = max(albums), statistics.median(busy) / statistics.median(quiet)
    name = f"an album of {FILES} files, beyond the wait for its parts, {kind}"
    return [
        Figure(name, round(worst, 2), "s", f"<= {MOST}", worst <= MOST),
        Figure(f"another person's tap meanwhile, {kind}", round(slower, 2), "times", "(for the record)", ok=True),
    ]


async def _persons(engine: AsyncEngine) -> list[int]:
    """One who taps, and one for each album."""
    async with engine.begin() as connection:
        made = [await customers.add(connection, f"P{n}", dossiers=1) for n in range(1 + ALBUMS)]
    return [each.person_id for each in made]


async def _sent(server: TelegramServer, sender: Phone, other: Phone) -> tuple[float, list[float]]:
    """Seconds beyond the wait, and those of the other's taps until then."""
    server.faults.add(method="getFile", kind="slow", times=FILES, seconds=ASKED)
    server.faults.add(method="download", kind="slow", times=FILES, seconds=FETCHED)
    files = [Document(f"stuk {n}.pdf", _pdf(f"{sender.chat_id} {n}")) for n in range(FILES)]
    begun = time.perf_counter()
    await sender.send_album(list(files), "Hierbij de stukken")
    done, taps = asyncio.Event(), list[float]()

    async def tapping() -> None:
        while not done.is_set():
            taps.append(await _tapped(other))

    async with asyncio.TaskGroup() as group:
        group.create_task(tapping())
        await sender.wait(lambda p: f"Upload {FILES} bestanden" in p.screen.labels(), 60)
        took = time.perf_counter() - begun
        done.set()
    return took - ALBUM_WAIT.total_seconds(), taps


def _pdf(what: str) -> bytes:
    return b"%PDF-1.4\n" + what.encode().ljust(SIZE, b"\n") + b"\n%%EOF\n"


async def _tapped(phone: Phone) -> float:
    """Seconds from a tap to the changed card; Home and help in turn."""
    card, before = phone.screen.id, phone.screen.html
    begun = time.perf_counter()
    await phone.tap(data="1:hlp" if at_work.HOME in phone.screen.labels() else "1:hom", message=card, forge=True)
    await phone.wait(lambda p: p.message(card).html != before)
    return time.perf_counter() - begun
