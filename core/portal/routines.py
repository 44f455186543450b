"""What the portal does by itself at its time: every job of the schedule that belongs to dossiers, documents and messages."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from core.documents import expiry
from core.office import Office
from core.portal import reminders
from core.schedule.scheduler import Job


def jobs(office: Office) -> Mapping[str, Job]:
    """The jobs, for the scheduler."""
    return {**expiry.jobs(office), **reminders.jobs(office)}


async def plan(session: AsyncSession, office: Office) -> None:
    """Plans what happens every day. To be called when the product starts; repeating it changes nothing."""
    await expiry.plan(session, office)
