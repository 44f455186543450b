"""Settling: writing down what became of claimed deliveries, many in one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import bindparam, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel
from core.deliveries import claiming
from core.deliveries.models import Delivery, DeliveryState
from core.deliveries.outcomes import Outcome
from core.deliveries.sending import Permanent

OnFailed = Callable[[AsyncSession, Delivery, Permanent], Awaitable[None]]
"""Called in the settling transaction for a delivery that has failed for good."""

OnSent = Callable[[AsyncSession, Delivery], Awaitable[None]]
"""Called in the settling transaction for a delivery that was sent."""

_log = structlog.get_logger(__name__)


async def settle(
    session: AsyncSession,
    outcomes: Sequence[Outcome],
    *,
    channel: Channel,
    worker: str,
    on_failed: OnFailed,
    on_sent: OnSent | None = None,
) -> None:
    """Write the outcomes of `worker`. One that was taken over meanwhile stays its new worker's, unless it was sent."""
    at = clock.now()
    await _settle_sent(session, [one for one in outcomes if one.state is DeliveryState.SENT], at)
    for outcome in outcomes:
        if outcome.state is DeliveryState.SENT:
            if on_sent is not None:
                await _tell(session, outcome, on_sent)
        elif await _settle_other(session, outcome, worker, at) and outcome.failure is not None:
            await _tell(session, outcome, partial(_pass_on, on_failed, outcome.failure))
    paused = max((outcome.paused or 0.0 for outcome in outcomes), default=0.0)
    if paused:
        await claiming.pause(session, channel, paused)


async def renew(session: AsyncSession, ids: Sequence[int], *, worker: str, lease: timedelta) -> None:
    """Hold on to what is being sent."""
    held = (Delivery.id.in_(ids), Delivery.worker == worker, Delivery.state == DeliveryState.SENDING)
    statement = update(Delivery).where(*held).values(lease_until=clock.now() + lease)
    await session.execute(statement.execution_options(synchronize_session=False))


async def _settle_sent(session: AsyncSession, outcomes: Sequence[Outcome], at: datetime) -> None:
    """Sent is sent, also when the lease was lost meanwhile: what nobody has begun anew is then spared."""
    if not outcomes:
        return
    open_states = (DeliveryState.SENDING, DeliveryState.QUEUED, DeliveryState.UNKNOWN)
    table = Delivery.__table__
    statement = (
        update(table)  # type: ignore[arg-type]  # declared as FromClause, and a Table
        .where(table.c.id == bindparam("the_id"), or_(*(table.c.state == state for state in open_states)))
        .values(
            state=DeliveryState.SENT,
            external_id=bindparam("the_external_id"),
            settled_at=at,
            error=None,
            secret=None,
            lease_until=None,
        )
    )
    rows = [{"the_id": one.id, "the_external_id": one.external_id} for one in outcomes]
    await (await session.connection()).execute(statement, rows)


async def _settle_other(session: AsyncSession, outcome: Outcome, worker: str, at: datetime) -> bool:
    """Whether it was still this worker's to settle."""
    values: dict[str, Any] = {"state": outcome.state, "error": (outcome.error or "")[:500] or None, "lease_until": None}
    if outcome.state is DeliveryState.QUEUED:
        values |= {"due_at": outcome.due_at, "worker": None} | claiming.again_unless_taken_back()
    else:
        values |= {"settled_at": at, "secret": None}
    if not outcome.counted:
        values["attempts"] = Delivery.attempts - 1
    held = (Delivery.id == outcome.id, Delivery.worker == worker, Delivery.state == DeliveryState.SENDING)
    statement = update(Delivery).where(*held).values(**values).execution_options(synchronize_session=False)
    result = await session.execute(statement)
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


async def _pass_on(on_failed: OnFailed, failure: Permanent, session: AsyncSession, delivery: Delivery) -> None:
    await on_failed(session, delivery, failure)


async def _tell(session: AsyncSession, outcome: Outcome, call: OnSent) -> None:
    """Call back in a savepoint: a callback that dies must not take the settlement with it."""
    delivery = await session.get(Delivery, outcome.id, populate_existing=True)
    if delivery is None:
        return
    try:
        async with session.begin_nested():
            await call(session, delivery)
    except Exception as error:  # noqa: BLE001  # whatever it is, the settlement stands
        _log.error("deliveries.callback_failed", delivery=outcome.id, error=type(error).__name__)
