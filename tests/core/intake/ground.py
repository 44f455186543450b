"""What the tests of the intake share: a handler that does as told, and short ways to take in and look."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel
from core.database import Sessions, Wake, forbid_network_in_transaction, reading, transaction
from core.deliveries.models import Reservation
from core.errors import Refused
from core.intake.handling import Handled
from core.intake.models import Intake
from core.intake.store import take_in
from core.intake.worker import IntakeWorker


class Handler:
    """Records what it is given. `act` is called in `handle` and may raise; each item handled writes a row (`Reservation`)."""

    def __init__(self, act: Callable[[Sequence[Intake]], None] = lambda _: None) -> None:
        self.act = act
        self.fetching: Callable[[Sequence[Intake]], None] = lambda _: None
        self.answering: Callable[[Sequence[Intake]], None] = lambda _: None
        self.handled: list[str] = []
        self.groups: list[list[str]] = []
        self.answered: list[tuple[list[str], list[dict[str, Any]]]] = []
        self.told: list[str] = []
        self.gate: asyncio.Event | None = None
        self.answer_gate: asyncio.Event | None = None
        self.busy: set[str] = set()
        self.most_busy = 0
        self.begun = 0

    async def fetch(self, items: Sequence[Intake]) -> str:
        forbid_network_in_transaction()
        self.begun += 1
        assert items[0].sender not in self.busy, "one sender, one item at a time"
        self.busy.add(items[0].sender)
        self.most_busy = max(self.most_busy, len(self.busy))
        try:
            self.fetching(items)
            await (self.gate.wait() if self.gate else asyncio.sleep(0))
        finally:
            self.busy.discard(items[0].sender)
        return "fetched"

    async def handle(self, session: AsyncSession, items: Sequence[Intake], fetched: str) -> Handled:
        assert fetched == "fetched"
        session.add(Reservation(name=f"handled {items[0].key}", next_at=0.0))
        await session.flush()
        self.act(items)
        self.handled += [item.key for item in items]
        self.groups.append([item.key for item in items])
        return Handled([{"say": f"got {items[0].key}"}], "done so")

    async def answer(self, items: Sequence[Intake], answers: Sequence[dict[str, Any]]) -> None:
        forbid_network_in_transaction()
        if self.answer_gate:
            await self.answer_gate.wait()
        self.answering(items)
        self.answered.append(([item.key for item in items], list(answers)))

    def has_answered(self, key: str) -> bool:
        return any(key in keys for keys, _ in self.answered)

    async def refused(self, _session: AsyncSession, _items: Sequence[Intake], refused: Refused) -> Handled:
        return Handled([{"refuse": refused.code}])

    async def give_up(self, _session: AsyncSession, _items: Sequence[Intake], error_id: str) -> Handled:
        self.told.append(error_id)
        return Handled([{"sorry": error_id}])


def worker(sessions: Sessions, wake: Wake, handler: Handler, **given: Any) -> IntakeWorker:
    defaults: dict[str, Any] = {"channel": Channel.TELEGRAM, "name": "test"}
    return IntakeWorker(sessions, handler=handler, wake=wake, **(defaults | given))


async def take(sessions: Sessions, *keys: str, sender: str = "7:1", **given: Any) -> list[int]:
    """Take in one item a key; their ids."""
    ids = []
    async with transaction(sessions) as session:
        for key in keys:
            item = await take_in(
                session, channel=Channel.TELEGRAM, source="telegram:7", key=key, sender=sender, payload={}, **given
            )
            assert item is not None
            ids.append(item.id)
    return ids


async def look(sessions: Sessions) -> list[Intake]:
    """The items as they stand, in order of id."""
    async with reading(sessions) as session:
        return list(await session.scalars(select(Intake).order_by(Intake.id)))


async def written(sessions: Sessions) -> list[str]:
    """What handling wrote and committed."""
    async with reading(sessions) as session:
        names = await session.scalars(select(Reservation.name).order_by(Reservation.name))
        return [name.removeprefix("handled ") for name in names]


async def make_due(sessions: Sessions) -> None:
    """As if every pause had passed."""
    async with transaction(sessions) as session:
        await session.execute(update(Intake).values(not_before=clock.now()))


async def end_leases(sessions: Sessions) -> None:
    """As if a minute had passed since the last claim."""
    async with transaction(sessions) as session:
        past = clock.now() - timedelta(seconds=1)
        await session.execute(update(Intake).where(Intake.lease_until.is_not(None)).values(lease_until=past))
