"""One customer with 5,000 dossiers beside one with 50, in the same office: list, search and filter, by the front door.

Both tap and type in turn, over the sandbox's Bot API and HTTP, so that the load of the machine drops out of the ratio; a tap or a
word is measured until the card is there. `python -m benchmarks --only scale` measures on SQLite and PostgreSQL.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks import at_work, crowd, customers
from benchmarks.customers import COMMON, RARE, STATUSES, Customer
from benchmarks.figures import Figure
from bot.screens.choice import mask
from core.database import open_database
from sandbox.telegram import Phone, TelegramServer

FEW, MANY = 50, 5_000
OFFICE = 10_000
"""Dossiers of others, with ten messages each."""

ROUNDS = 40
"""How often each thing is done by each; the first tenth warms up and doesn't count."""

REST = 0.02
"""Seconds before each: what the one leaves to be done after its card is not measured with the other's."""

MOST = 1.2
RECORDED = ("Home", "a dossier")
"""What has no target of its own here."""

Act = Callable[[Phone], Awaitable[float]]
"""Does one thing and gives the seconds until the card was there."""


async def measure(database_url: str) -> list[Figure]:
    """The figures of one migrated, empty database."""
    engine, sessions = open_database(database_url)
    server = TelegramServer()
    await server.start()
    try:
        few, many = await _furnished(engine)
        ids = (few.person_id, many.person_id)
        async with at_work.phones(server, sessions, ids) as (one, other):
            times = await _in_turn((few, one), (many, other))
    finally:
        await server.stop()
        await engine.dispose()
    kind = "SQLite" if engine.dialect.name == "sqlite" else "PostgreSQL"
    return [figure for name, each in times.items() for figure in _figures(f"{name}, {kind}", name, *each)]


async def _furnished(engine: AsyncEngine) -> tuple[Customer, Customer]:
    await crowd.fill(engine, dossiers=OFFICE)
    async with engine.begin() as connection:
        both = [await customers.add(connection, name, dossiers=n) for name, n in (("Weinig", FEW), ("Veel", MANY))]
    await crowd.settle(engine)
    return both[0], both[1]


async def _in_turn(*both: tuple[Customer, Phone]) -> dict[str, tuple[float, float]]:
    """The medians of each thing that is done, in milliseconds, of the one and of the other."""
    acts = [(_acts(customer), phone) for customer, phone in both]
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in acts[0][0]}
    for turn in range(ROUNDS):
        for name, found in times.items():
            for place in (0, 1) if turn % 2 else (1, 0):
                doing, phone = acts[place]
                await asyncio.sleep(REST)
                found[place].append(await doing[name](phone))
    return {name: (_median(one), _median(other)) for name, (one, other) in times.items()}


def _median(found: list[float]) -> float:
    return statistics.median(found[ROUNDS // 10 :]) * 1000


def _figures(title: str, name: str, few: float, many: float) -> list[Figure]:
    ratio = many / few
    recorded = name in RECORDED
    target, ok = ("(for the record)", True) if recorded else (f"<= {MOST}", ratio <= MOST)
    return [
        Figure(f"{title}, at {FEW} dossiers", round(few, 1), "ms", "(for the record)", ok=True),
        Figure(f"{title}, at {MANY} dossiers against {FEW}", round(ratio, 2), "times", target, ok),
    ]


def _acts(customer: Customer) -> Mapping[str, Act]:
    """What is done, in an order in which each card differs from the one before."""
    waiting = mask(STATUSES[2:], STATUSES)
    deep = customer.dossiers * 64 // 100 // 8 * 8
    return {
        "the list of dossiers": _tapping("1:dsl:0"),
        "a page far down the list": _tapping(f"1:dsl:{deep}"),
        "the statuses to choose": _tapping("1:sts:"),
        "the list of one status": _tapping(f"1:fnd:{waiting}::0"),
        "searching a rare word": _typing(f"/zoek {RARE}"),
        "searching a common word": _typing(f"/zoek {COMMON}"),
        "the next page of what was found": _tapping(f"1:fnd::{COMMON}:8"),
        "typing a number": _typing(customer.number),
        "a dossier": _tapping(f"1:dos:{customer.newest - 1}"),
        "Home": _tapping("1:hom"),
    }


def _tapping(data: str) -> Act:
    async def act(phone: Phone) -> float:
        card, before = phone.screen.id, phone.screen.html
        begun = time.perf_counter()
        await phone.tap(data=data, message=card, forge=True)
        await phone.wait(lambda p: p.message(card).html != before)
        return time.perf_counter() - begun

    return act


def _typing(words: str) -> Act:
    async def act(phone: Phone) -> float:
        before = phone.screen.id
        begun = time.perf_counter()
        await phone.say(words)
        await phone.wait(lambda p: p.screen.id > before)
        return time.perf_counter() - begun

    return act
