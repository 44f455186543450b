"""Inviting many persons at once, now or on a date (LINK-2): planned in one go, done one by one by the schedule.

The code is made when it is sent, so that it is good for as long as any.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind, Channel
from core.audit import log
from core.crypto import Keys
from core.deliveries.models import Lane
from core.office import Office
from core.people import invitations, links
from core.people.models import Person
from core.schedule import schedule
from core.schedule.models import Scheduled
from core.schedule.schedule import Planned
from core.schedule.scheduler import Job

KIND = "people.invite"


async def invite_many(
    session: AsyncSession, persons: Iterable[Person], *, actor: Actor, due_at: datetime | None = None
) -> int:
    """Plan an invitation for each of them, at `due_at` or as soon as may be; how many were planned.

    Who has one planned already is left as planned; who is linked or removed by then is passed over.
    """
    due = due_at or clock.now()
    by = {"kind": str(actor.kind), "id": actor.id, "channel": str(actor.channel)}
    wanted = [person.id for person in persons if person.removed_at is None]
    already = {job.values["person_id"] for job in await planned(session)}
    jobs = [
        Planned(due, f"invite-{person_id}-{due.timestamp():.0f}", {"person_id": person_id, "by": by})
        for person_id in dict.fromkeys(wanted)
        if person_id not in already
    ]
    count = await schedule.plan_many(session, KIND, jobs)
    await log.record(
        session, actor, "people.invitations_planned", subject=("office", 0), count=count, at=due.isoformat()
    )
    return count


async def planned(session: AsyncSession) -> list[Scheduled]:
    """The invitations that are still to be sent, the first due first (`values["person_id"]` says whose)."""
    return await schedule.listing(session, kind=KIND, still_open=True, limit=1_000_000)


async def cancel_planned(session: AsyncSession, person_id: int, *, actor: Actor) -> int:
    """Take back what is planned for a person; how many."""
    mine = [job.key for job in await planned(session) if job.values["person_id"] == person_id]
    count = sum([await schedule.cancel(session, key) for key in mine])
    if count:
        await log.record(session, actor, "people.invitation_taken_back", subject=("person", person_id))
    return count


def jobs(keys: Keys, office: Office) -> Mapping[str, Job]:
    """What the scheduler does for this room."""

    async def invite(session: AsyncSession, values: dict[str, Any]) -> None:
        person = await session.get_one(Person, values["person_id"])
        if person.removed_at is not None or await links.link_of(session, person.id) is not None:
            return
        by = values["by"]
        actor = Actor(kind=ActorKind(by["kind"]), id=by["id"], channel=Channel(by["channel"]))
        await invitations.invite(session, person, keys=keys, office=office, actor=actor, lane=Lane.BROADCAST)

    return {KIND: invite}
