"""Deliveries: how fast they drain, how exactly two processes keep the limit, and what three `kill -9` cost.

`python -m benchmarks.deliveries` measures on a SQLite file and on a PostgreSQL server that it starts itself, both with durable commits.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import delete, func, select

from benchmarks.figures import Figure
from benchmarks.sending import KEYS, nothing
from core.actor import Channel, Language
from core.database import Sessions, Wake, open_database, reading, transaction
from core.deliveries import outbox
from core.deliveries.models import Delivery, DeliveryState, Lane, Reservation
from core.deliveries.sending import Outgoing
from core.deliveries.worker import DeliveryWorker
from migrations import upgrade
from tests.support import databases, postgres

DRAINED, LIMITED, KILLED = 10_000, 280, 6_000
LIMIT = 28.0
FLIGHT = 20
KILLS = 3


async def measure(database_url: str) -> list[Figure]:
    """The figures of one database, which must have its tables; its deliveries are removed first."""
    engine, sessions = open_database(database_url)
    kind = "SQLite" if engine.dialect.name == "sqlite" else "PostgreSQL"
    try:
        drained = await _drain(sessions)
        most, used = await _limit(sessions, database_url)
        lost, repeated = await _kill(sessions, database_url)
    finally:
        await engine.dispose()
    return [
        Figure(f"deliveries drained, {kind}", round(drained), "1/s", ">= 5000", drained >= 5000),
        Figure(f"most in any second, two processes, {kind}", most, "sends", f"<= {LIMIT:.0f}", most <= LIMIT),
        Figure(f"limit used, two processes, {kind}", round(100 * used, 1), "%", ">= 97", used >= 0.97),
        Figure(f"lost after {KILLS} kill -9, {kind}", lost, "deliveries", "0", lost == 0),
        Figure(
            f"repeated after {KILLS} kill -9, {kind}",
            repeated,
            "deliveries",
            f"<= {KILLS * FLIGHT} (in flight)",
            repeated <= KILLS * FLIGHT,
        ),
    ]


class _Nowhere:
    """A sender that sends nothing."""

    async def send(self, outgoing: Outgoing) -> str:
        return str(outgoing.id)


async def _drain(sessions: Sessions) -> float:
    """Deliveries a second through claim, no-op sender and settlement."""
    await _queue(sessions, DRAINED)
    async with Wake(sessions) as wake:
        worker = DeliveryWorker(
            sessions,
            channel=Channel.TELEGRAM,
            sender=_Nowhere(),
            name="benchmark",
            keys=KEYS,
            wake=wake,
            limits=None,
            on_failed=nothing,
            batch=500,
            concurrency=1000,
        )
        begun = time.perf_counter()
        await worker.drain()
        return DRAINED / (time.perf_counter() - begun)


async def _limit(sessions: Sessions, url: str) -> tuple[int, float]:
    """The most sends in any second of two processes together, and the part of the limit they used."""
    await _queue(sessions, LIMITED, Lane.BROADCAST)
    with _notes() as notes:
        async with _process(url, notes[0], LIMIT, 100), _process(url, notes[1], LIMIT, 100):
            await _until_sent(sessions, LIMITED)
        moments = sorted(at for path in notes for _, at in _read(path))
    most = max(sum(at <= other < at + 1 for other in moments) for at in moments)
    return most, (len(moments) - 1) / (moments[-1] - moments[0]) / LIMIT


async def _kill(sessions: Sessions, url: str) -> tuple[int, int]:
    """How many were lost and how many repeated when one of two processes is killed, three times."""
    await _queue(sessions, KILLED)
    with _notes() as notes:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(_process(url, notes[0], 0, FLIGHT, 0.01))
            for kill in range(1, KILLS + 1):
                victim = await stack.enter_async_context(_process(url, notes[1], 0, FLIGHT, 0.01))
                await _until_sent(sessions, KILLED * kill // (KILLS + 2))
                await asyncio.sleep(random.random() / 10)
                victim.kill()
                await victim.wait()
            await stack.enter_async_context(_process(url, notes[1], 0, FLIGHT, 0.01))
            await _until_sent(sessions, KILLED)
        sent = Counter(number for path in notes for number, _ in _read(path))
    return KILLED - len(sent), sum(times - 1 for times in sent.values())


async def _queue(sessions: Sessions, count: int, lane: Lane = Lane.NOTIFICATION) -> None:
    async with transaction(sessions) as session:
        await session.execute(delete(Delivery))
        await session.execute(delete(Reservation))
    for begin in range(0, count, 1000):
        async with transaction(sessions) as session:
            for number in range(begin, min(begin + 1000, count)):
                await outbox.queue(
                    session,
                    channel=Channel.TELEGRAM,
                    address=str(number),
                    language=Language.NL,
                    kind="message_new",
                    values={"name": "Eva", "dossier_number": "2026.001", "subject": "Concept"},
                    lane=lane,
                )


async def _until_sent(sessions: Sessions, count: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        async with reading(sessions) as session:
            sent = select(func.count()).where(Delivery.state == DeliveryState.SENT)
            if (await session.scalar(sent) or 0) >= count:
                return
        await asyncio.sleep(0.1)
    raise TimeoutError(f"not {count} sent within two minutes")


@asynccontextmanager
async def _process(
    url: str, notes: Path, limit: float, concurrency: int, pause: float = 0.0
) -> AsyncIterator[asyncio.subprocess.Process]:
    arguments = [url, str(notes), str(limit), str(concurrency), str(pause)]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.sending", *arguments)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


@contextmanager
def _notes() -> Iterator[list[Path]]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "a", Path(folder) / "b"]
        for path in paths:
            path.touch()
        yield paths


def _read(path: Path) -> list[tuple[int, float]]:
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return [(int(number), float(at)) for number, at in lines]


def main() -> int:
    """Measure both databases and print a table; 1 when a figure misses its target."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/loket.db"
        upgrade(url)
        figures += asyncio.run(measure(url))
    with postgres.temporary(durable=True) as server:
        url = asyncio.run(databases.create_database(server, "loket"))
        upgrade(url)
        figures += asyncio.run(measure(url))
    for one in figures:
        print(f"{'ok ' if one.ok else 'NOT'} {one.name:45} {one.value:>10} {one.unit:10} {one.target}")
    return 0 if all(one.ok for one in figures) else 1


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
    sys.exit(main())
