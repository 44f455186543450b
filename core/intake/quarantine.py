"""Quarantine: mails that may not be put in anybody's mouth until staff decide (MAIL-3, MAIL-5)."""

from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind
from core.audit import log
from core.errors import Refused
from core.intake.models import Intake, Quarantined

Decision = Literal["accept", "reject"]


async def set_aside(
    session: AsyncSession,
    intake: Intake,
    *,
    reason: str,
    claimed_from: str,
    dossier_id: int | None = None,
    person_id: int | None = None,
) -> Quarantined:
    """Set a mail apart; the same mail once. `reason` is a short code, `person_id` whom it claims to be from."""
    present = await session.scalar(select(Quarantined).where(Quarantined.intake_id == intake.id))
    if present is not None:
        return present
    quarantined = Quarantined(
        intake_id=intake.id,
        reason=reason[:60],
        claimed_from=claimed_from[:254],
        dossier_id=dossier_id,
        person_id=person_id,
    )
    session.add(quarantined)
    await session.flush()
    return quarantined


async def listing(session: AsyncSession, undecided: bool = True, *, limit: int = 50) -> list[Quarantined]:
    """What was set apart, newest first: what waits for a decision, or all."""
    query = select(Quarantined).order_by(Quarantined.id.desc()).limit(limit)
    return list(await session.scalars(query.where(Quarantined.decided_at.is_(None)) if undecided else query))


async def decide(session: AsyncSession, quarantined_id: int, *, decision: Decision, actor: Actor) -> Quarantined:
    """Write down what staff decided. What an accepted mail then does is its channel's to do, in this transaction.

    Refused("quarantine.unknown"); Refused("quarantine.decided") when it was decided otherwise before.
    """
    quarantined = await session.get(Quarantined, quarantined_id, with_for_update=True, populate_existing=True)
    if quarantined is None:
        raise Refused("quarantine.unknown")
    if quarantined.decision == decision:
        return quarantined
    if quarantined.decided_at is not None:
        raise Refused("quarantine.decided")
    quarantined.decided_at, quarantined.decision = clock.now(), decision
    quarantined.decided_by_id = actor.id if actor.kind == ActorKind.STAFF else None
    await log.record(session, actor, f"quarantine.{decision}ed", subject=("quarantined", quarantined.id))
    await session.flush()
    return quarantined
