"""Doing what is due: one transaction a job, which also marks it done, so that it is done exactly once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.database import Sessions, Wake, reading, transaction
from core.deliveries.leases import Leader
from core.errors import Refused
from core.schedule import schedule
from core.schedule.models import IS_OPEN, Scheduled

Job = Callable[[AsyncSession, dict[str, Any]], Awaitable[None]]
"""Does a job in the given transaction, with the values that were planned. It may be done again after a failure, never after
success."""

LEASE = "schedule"
POLL = 30.0
"""Seconds without looking, at most."""

ATTEMPTS = 10
_BATCH = 50
_log = structlog.get_logger(__name__)


class Scheduler:
    """Does the jobs of the given kinds; those of other kinds are left for who knows them.

    A job that raises Refused is over, with the code as its outcome. Any other error is tried again after a minute, two,
    four, up to six hours apart, ten times in all; then it has failed, and stays for staff to see.
    """

    def __init__(self, sessions: Sessions, jobs: Mapping[str, Job], *, wake: Wake, holder: str | None = None) -> None:
        self._sessions, self._jobs, self._wake = sessions, dict(jobs), wake
        self._leader = Leader(sessions, LEASE, holder)

    async def run(self, stop: asyncio.Event) -> None:
        """Do what is due until `stop` is set, while no other process does."""
        await self._leader.run(self._lead, stop)

    async def drain(self) -> int:
        """Do everything that is due now; how many jobs were tried."""
        count = 0
        while due := await self._due():
            for job_id in due:
                await self._try(job_id)
            count += len(due)
        return count

    async def _lead(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as watching:
            watcher = watching.create_task(self._watch(stop))
            while not stop.is_set():
                ticket = self._wake.ticket(schedule.TOPIC)
                pause = await self._round(stop)
                if not stop.is_set():
                    await self._wake.wait(schedule.TOPIC, pause, since=ticket)
            watcher.cancel()

    async def _watch(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.announce((schedule.TOPIC,))

    async def _round(self, stop: asyncio.Event) -> float:
        """Do what is due; the seconds until something is again. A database that doesn't answer is asked again later."""
        try:
            while not stop.is_set() and (due := await self._due()):
                for job_id in due:
                    if stop.is_set():
                        return 0.0
                    await self._try(job_id)
            return await self._until_due()
        except (SQLAlchemyError, OSError) as error:
            _log.warning("schedule.database_failed", error=type(error).__name__)
            return POLL / 6

    async def _due(self) -> list[int]:
        query = select(Scheduled.id).where(IS_OPEN, Scheduled.due_at <= clock.now(), Scheduled.kind.in_(self._jobs))
        async with reading(self._sessions) as session:
            return list(await session.scalars(query.order_by(Scheduled.due_at, Scheduled.id).limit(_BATCH)))

    async def _until_due(self) -> float:
        async with reading(self._sessions) as session:
            due = await schedule.next_due(session, self._jobs)
        return POLL if due is None else min(POLL, max(0.0, (due - clock.now()).total_seconds()))

    async def _try(self, job_id: int) -> None:
        """Do one job in one transaction. What fails leaves nothing of itself behind but the note that it failed."""
        try:
            async with transaction(self._sessions) as session:
                job = await _open(session, job_id)
                if job is not None:
                    await self._jobs[job.kind](session, dict(job.values))
                    job.done_at = clock.now()
        except Refused as refused:
            await self._settle(job_id, refused.code)
        except Exception as error:  # noqa: BLE001  # the outermost loop: one broken job must not stop the others
            _log.warning("schedule.job_failed", job=job_id, error=type(error).__name__)
            await self._put_off(job_id, type(error).__name__)

    async def _settle(self, job_id: int, outcome: str) -> None:
        async with transaction(self._sessions) as session:
            job = await _open(session, job_id)
            if job is not None:
                job.done_at, job.outcome = clock.now(), outcome[:120]

    async def _put_off(self, job_id: int, error: str) -> None:
        async with transaction(self._sessions) as session:
            job = await _open(session, job_id)
            if job is None:
                return
            job.attempts, job.outcome = job.attempts + 1, error[:120]
            job.due_at = clock.now() + min(timedelta(hours=6), timedelta(minutes=2 ** (job.attempts - 1)))
            if job.attempts >= ATTEMPTS:
                job.failed_at = clock.now()


async def _open(session: AsyncSession, job_id: int) -> Scheduled | None:
    """The job, held until the commit; None when it is done or taken back, or another process has it in hand."""
    query = select(Scheduled).where(Scheduled.id == job_id, IS_OPEN).with_for_update(skip_locked=True)
    return (await session.scalars(query)).one_or_none()
