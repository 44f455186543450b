"""What the tests of deliveries share: a sender that does as told, and short ways to queue and look."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel, Language
from core.crypto import Keys
from core.database import Sessions, Wake, forbid_network_in_transaction, reading, transaction
from core.deliveries import outbox
from core.deliveries.limits import Limits
from core.deliveries.models import Delivery, Lane
from core.deliveries.sending import Outgoing, Permanent
from core.deliveries.worker import DeliveryWorker

KEYS = Keys(("a secret of the tests",))


class Sender:
    """Records what it is given; `answer` decides what comes of it: an exception to raise, or an id."""

    def __init__(self, answer: Callable[[Outgoing], str | Exception | None] = lambda _: None) -> None:
        self.sent: list[Outgoing] = []
        self.answer = answer
        self.gate: asyncio.Event | None = None
        self.begun = 0

    def has_sent(self, delivery_id: int) -> bool:
        return any(one.id == delivery_id for one in self.sent)

    async def send(self, outgoing: Outgoing) -> str | None:
        forbid_network_in_transaction()
        self.begun += 1
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answer(outgoing)
        if isinstance(answer, Exception):
            raise answer
        self.sent.append(outgoing)
        return answer or f"id-{outgoing.id}"


async def ignore(_session: AsyncSession, _delivery: Delivery, _failure: Permanent) -> None:
    """For tests in which nothing fails for good."""


def worker(sessions: Sessions, wake: Wake, sender: Sender, **given: Any) -> DeliveryWorker:
    defaults: dict[str, Any] = {
        "channel": Channel.TELEGRAM,
        "name": "test",
        "keys": KEYS,
        "limits": None,
        "on_failed": ignore,
    }
    return DeliveryWorker(sessions, sender=sender, wake=wake, **(defaults | given))


def fast() -> Limits:
    """Limits that no test waits for."""
    return Limits(per_second=10_000.0, per_chat=0.0)


async def queue(sessions: Sessions, count: int = 1, **given: Any) -> list[int]:
    """Queue `count` deliveries, each to its own chat unless an address is given; their ids."""
    ids = []
    async with transaction(sessions) as session:
        for number in range(count):
            defaults: dict[str, Any] = {
                "channel": Channel.TELEGRAM,
                "address": str(1000 + number),
                "language": Language.NL,
                "kind": "message_new",
                "values": {"n": number},
            }
            delivery = await outbox.queue(session, **(defaults | given))
            assert delivery is not None
            ids.append(delivery.id)
    return ids


async def look(sessions: Sessions, ids: Sequence[int] | None = None) -> list[Delivery]:
    """The deliveries as they stand, in order of id."""
    async with reading(sessions) as session:
        query = select(Delivery).order_by(Delivery.id)
        return list(await session.scalars(query if ids is None else query.where(Delivery.id.in_(ids))))


async def end_leases(sessions: Sessions) -> None:
    """As if thirty seconds had passed since the last claim."""
    async with transaction(sessions) as session:
        past = clock.now() - timedelta(seconds=1)
        await session.execute(update(Delivery).where(Delivery.lease_until.is_not(None)).values(lease_until=past))


async def make_due(sessions: Sessions) -> None:
    """As if the pause of every waiting delivery had passed."""
    async with transaction(sessions) as session:
        await session.execute(update(Delivery).values(due_at=clock.now()))


BROADCAST, NOTIFICATION, INTERACTIVE = Lane.BROADCAST, Lane.NOTIFICATION, Lane.INTERACTIVE
