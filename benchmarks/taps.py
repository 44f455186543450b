"""Taps over the real wire: against a bare aiogram bot, in a small and a large office, and the ten commonest.

The bare bot answers the same tap after one indexed SELECT in the same database. Both poll the sandbox's Bot API over HTTP; a tap is
measured from the finger to the changed card, or to the file in the chat. They are tapped in turn, each when it has come to rest, so
that the load of the machine meets both alike. `python -m benchmarks.taps` measures on SQLite and PostgreSQL.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from benchmarks import crowd, tap_bots
from benchmarks.figures import Figure
from benchmarks.tap_bots import Bots
from core.database import Sessions, open_database, reading
from core.messages.models import Message
from migrations import upgrade
from sandbox.telegram import Phone
from tests.support import databases, postgres

TAPS, ROUNDS = 60, 100
"""Taps of each kind in each size of office, and rounds of the ten; the first tenth warms up and doesn't count."""

REST = 0.02
"""Seconds before each tap, of either bot: what the other one still tidies up after its answer is not measured as this one's."""

SMALL, LARGE = 100, 100_000
"""Dossiers in the office; ten times as many messages. The person who taps has ten of them, in both."""

TIMES_BARE, TIMES_SMALL = 3.0, 1.2
HOME, DOSSIER = "Home", "a dossier"

Walk = Mapping[str, str]
"""The callback data of each tap, by what it opens, in an order in which each changes the card."""

Times = Mapping[str, tuple[list[float], list[float]]]
"""Milliseconds of each tap: ours and the bare bot's."""


async def measure(database_url: str | None = None) -> list[Figure]:
    """The figures of one migrated, empty database; without one, of a fresh SQLite file."""
    if database_url is not None:
        return await _measured(database_url)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/loket.db"
        await asyncio.to_thread(upgrade, url)
        return await _measured(url)


async def _measured(url: str) -> list[Figure]:
    """Both sizes are measured beside the bare bot, so that the load of the machine in that minute drops out of their ratio."""
    engine, sessions = open_database(url)
    kind = "SQLite" if engine.dialect.name == "sqlite" else "PostgreSQL"
    try:
        await crowd.fill(engine, dossiers=SMALL)
        async with tap_bots.at_work(sessions) as bots:
            ten = await _ten(sessions, bots)
            two = {name: ten[name] for name in (DOSSIER, HOME)}
            small = await _walked(bots, two, TAPS)
            await crowd.fill(engine, dossiers=LARGE)
            large = await _walked(bots, two, TAPS)
            commonest = await _walked(bots, ten, ROUNDS)
    finally:
        await engine.dispose()
    targets = [figure for name in (HOME, DOSSIER) for figure in _against(name, kind, small, large)]
    return targets + [figure for name in ten for figure in _beside(name, kind, *commonest[name])]


async def _ten(sessions: Sessions, bots: Bots) -> Walk:
    async with reading(sessions) as session:
        message = await session.scalar(select(Message.id).where(Message.dossier_id == crowd.EVAS_FIRST).limit(1))
    dossier = crowd.EVAS_FIRST
    return {
        "the list of dossiers": "1:dsl:0",
        "its next page": "1:dsl:8",
        DOSSIER: f"1:dos:{dossier}",
        "its progress": f"1:prg:{dossier}",
        "its letters": f"1:dcl:{dossier}:correspondence",
        "a download": f"1:get:{bots.document}:0",
        "its messages": f"1:msl:{dossier}",
        "a message": f"1:msg:{message}:0",
        "my details": "1:det",
        HOME: "1:hom",
    }


async def _walked(bots: Bots, walk: Walk, rounds: int) -> Times:
    """The times of so many rounds."""
    times: defaultdict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    phones = ((bots.ours, bots.ours.screen.id), (bots.bare, bots.bare.screen.id))
    for nth in range(rounds):
        for name, data in walk.items():
            for which, (phone, card) in enumerate(phones):
                await asyncio.sleep(REST)
                taken = await _tapped(phone, card, data)
                if nth >= rounds // 10:
                    times[name][which].append(taken * 1000)
    return times


async def _tapped(phone: Phone, card: int, data: str) -> float:
    """Seconds from the tap to the changed card, or to the file."""
    html, newest = phone.message(card).html, phone.screen.id
    sends = ":get:" in data
    begun = time.perf_counter()
    await phone.tap(data=data, message=card, forge=True)
    await phone.wait(lambda p: p.screen.id > newest if sends else p.message(card).html != html)
    return time.perf_counter() - begun


def _against(name: str, kind: str, small: Times, large: Times) -> list[Figure]:
    ours, bare = (statistics.median(times) for times in small[name])
    ours_then, bare_then = (statistics.median(times) for times in large[name])
    grown = (ours_then / bare_then) / (ours / bare)
    return [
        Figure(f"a tap on {name}, {kind}", round(ours, 1), "ms", "(for the record)", ok=True),
        _ratio(f"a tap on {name} against a bare bot, {kind}", ours / bare, TIMES_BARE),
        _ratio(f"a tap on {name} at {LARGE} dossiers against {SMALL}, {kind}", grown, TIMES_SMALL),
    ]


def _ratio(name: str, value: float, most: float) -> Figure:
    return Figure(name, round(value, 2), "times", f"<= {most}", value <= most)


def _beside(name: str, kind: str, ours: Sequence[float], bare: Sequence[float]) -> list[Figure]:
    """The middle and the slowest of a hundred, in the large office."""
    return [
        Figure(f"{name}: {what}, {kind}", round(of(ours), 1), "ms", f"(a bare bot: {of(bare):.1f})", ok=True)
        for what, of in (("p50", statistics.median), ("p99", _p99))
    ]


def _p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[98]


def main() -> int:
    """Measure both databases and print a table; 1 when a figure misses its target."""
    figures = asyncio.run(measure())
    with postgres.temporary(durable=True) as server:
        url = asyncio.run(databases.create_database(server, "loket"))
        upgrade(url)
        figures += asyncio.run(measure(url))
    for one in figures:
        print(f"{'ok ' if one.ok else 'NOT'} {one.name:60} {one.value:>10} {one.unit:8} {one.target}")
    return 0 if all(one.ok for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
