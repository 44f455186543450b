"""How far a dossier is: its ordered steps, done or not (DOS-6)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE, Actor
from core.audit import log
from core.dossiers.models import Dossier, ProgressStep


async def set_progress(
    session: AsyncSession, dossier: Dossier, steps: Sequence[tuple[str, datetime | None]], *, actor: Actor = OFFICE
) -> bool:
    """The steps of the dossier, in order: label, and when it was done (None: not yet). Whether that changed anything."""
    cleaned = [(" ".join(label.split())[:200], done_at) for label, done_at in steps]
    before = await progress(session, dossier.id)
    if [(step.label, step.done_at) for step in before] == cleaned:
        return False
    await session.execute(delete(ProgressStep).where(ProgressStep.dossier_id == dossier.id))
    session.add_all(
        ProgressStep(dossier_id=dossier.id, position=position, label=label, done_at=done_at)
        for position, (label, done_at) in enumerate(cleaned)
    )
    await session.flush()
    done = sum(1 for _, done_at in cleaned if done_at is not None)
    await log.record(session, actor, "progress.set", subject=("dossier", dossier.id), done=done, total=len(cleaned))
    return True


async def progress(session: AsyncSession, dossier_id: int) -> list[ProgressStep]:
    """The steps in order; whether the caller may see the dossier was asked before (`dossiers.access`)."""
    query = select(ProgressStep).where(ProgressStep.dossier_id == dossier_id).order_by(ProgressStep.position)
    return list(await session.scalars(query))
