"""The ledger: what became of what came in, and a second chance for what failed."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Channel
from core.audit import log
from core.database import wake
from core.errors import Refused
from core.intake import store
from core.intake.models import Intake, IntakeState


async def listing(
    session: AsyncSession,
    *,
    state: IntakeState | None = None,
    channel: Channel | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[Intake]:
    """Items, newest first, older than the item `before`."""
    query = select(Intake).order_by(Intake.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Intake.state == state)
    if channel is not None:
        query = query.where(Intake.channel == channel)
    if before is not None:
        query = query.where(Intake.id < before)
    return list(await session.scalars(query))


async def counts(session: AsyncSession) -> dict[tuple[Channel, IntakeState], int]:
    """How many items are in each state, a channel at a time; states without any are absent."""
    query = select(Intake.state, Intake.channel, func.count()).group_by(Intake.state, Intake.channel)
    found = await session.execute(query)
    return {(Channel(channel), IntakeState(state)): count for state, channel, count in found}


async def retry(session: AsyncSession, intake_id: int, actor: Actor) -> Intake:
    """Handle a dead item again, an album with all its parts. Refused("intake.unknown"), Refused("intake.not_dead")."""
    item = await session.get(Intake, intake_id, with_for_update=True, populate_existing=True)
    if item is None:
        raise Refused("intake.unknown")
    if item.state != IntakeState.DEAD:
        raise Refused("intake.not_dead")
    for part in await _parts(session, item):
        part.state, part.attempts, part.not_before = IntakeState.WAITING, 0, clock.now()
        part.worker = part.error = part.error_id = part.handled_at = None
        part.outcome = ""
    wake.mark(session, store.topic(Channel(item.channel)))
    await log.record(session, actor, "intake.retried", subject=("intake", item.id))
    await session.flush()
    return item


async def _parts(session: AsyncSession, item: Intake) -> list[Intake]:
    if item.album is None or item.error_id is None:
        return [item]
    query = select(Intake).where(Intake.error_id == item.error_id, Intake.state == IntakeState.DEAD)
    return list(await session.scalars(query.order_by(Intake.id)))
