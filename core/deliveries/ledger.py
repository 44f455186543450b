"""The ledger: what became of each delivery, and what staff can do about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Channel
from core.audit import log
from core.database import wake
from core.deliveries import outbox
from core.deliveries.models import IS_QUEUED, Delivery, DeliveryState, Lane
from core.errors import Refused

_ENDED = (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.CANCELLED)


async def listing(
    session: AsyncSession,
    *,
    state: DeliveryState | None = None,
    channel: Channel | None = None,
    person_id: int | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[Delivery]:
    """Deliveries, newest first, older than the delivery `before`."""
    query = select(Delivery).order_by(Delivery.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Delivery.state == state)
    if channel is not None:
        query = query.where(Delivery.channel == channel)
    if person_id is not None:
        query = query.where(Delivery.person_id == person_id)
    if before is not None:
        query = query.where(Delivery.id < before)
    return list(await session.scalars(query))


async def told(session: AsyncSession, person_id: int, kind: str, *, limit: int) -> list[dict[str, Any]]:
    """The values of what a person was last told of a kind, newest first, whatever became of it."""
    latest = select(Delivery.values).where(Delivery.person_id == person_id, Delivery.kind == kind)
    return list(await session.scalars(latest.order_by(Delivery.id.desc()).limit(limit)))


async def counts(session: AsyncSession) -> dict[tuple[Channel, DeliveryState], int]:
    """How many deliveries are in each state, a channel at a time; states without any are absent."""
    query = select(Delivery.state, Delivery.channel, func.count()).group_by(Delivery.state, Delivery.channel)
    found = await session.execute(query)
    return {(Channel(channel), DeliveryState(state)): count for state, channel, count in found}


async def oldest_due(session: AsyncSession, channel: Channel) -> datetime | None:
    """Since when the longest waiting delivery is due; None when none waits. For watching that workers keep up."""
    waiting = (Delivery.channel == channel, IS_QUEUED, Delivery.due_at <= clock.now())
    found: datetime | None = await session.scalar(select(func.min(Delivery.due_at)).where(*waiting))
    return found


async def retry(session: AsyncSession, delivery_id: int, actor: Actor) -> Delivery:
    """Send it again, now, and for as long as any.

    Refused("delivery.unknown"), Refused("delivery.not_ended") for what is still on its way or was sent,
    Refused("delivery.taken_back") for what its reader may no longer be told, and Refused("delivery.secret_gone") for a code,
    which must be issued anew.
    """
    delivery = await _locked(session, delivery_id)
    if delivery.state not in _ENDED:
        raise Refused("delivery.not_ended")
    if delivery.taken_back_at is not None:
        raise Refused("delivery.taken_back")
    if delivery.had_secret:
        raise Refused("delivery.secret_gone")
    at = clock.now()
    delivery.give_up_at = at + outbox.default_period(Channel(delivery.channel), Lane(delivery.lane))
    delivery.state, delivery.due_at, delivery.attempts = DeliveryState.QUEUED, at, 0
    delivery.settled_at = delivery.error = delivery.worker = None
    wake.mark(session, outbox.topic(Channel(delivery.channel)))
    await log.record(session, actor, "delivery.retried", subject=("delivery", delivery.id))
    await session.flush()
    return delivery


async def cancel(session: AsyncSession, delivery_id: int, actor: Actor) -> Delivery:
    """Take back what has not gone yet. Refused("delivery.unknown"), Refused("delivery.not_queued")."""
    delivery = await _locked(session, delivery_id)
    if delivery.state == DeliveryState.CANCELLED:
        return delivery
    if delivery.state != DeliveryState.QUEUED:
        raise Refused("delivery.not_queued")
    delivery.state, delivery.settled_at, delivery.secret = DeliveryState.CANCELLED, clock.now(), None
    await log.record(session, actor, "delivery.cancelled", subject=("delivery", delivery.id))
    await session.flush()
    return delivery


async def _locked(session: AsyncSession, delivery_id: int) -> Delivery:
    delivery = await session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if delivery is None:
        raise Refused("delivery.unknown")
    return delivery
