"""What only one process may do at a time (polling, the mailbox, the schedule): a lease in the database, taken over when it ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.database import Sessions, processes, transaction
from core.deliveries.models import Lease

SECONDS = 30.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that is ours. `lost` is set when it could not be renewed in time: stop, somebody else may have begun."""

    name: str
    holder: str
    lost: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def held(
    sessions: Sessions, name: str, *, holder: str | None = None, seconds: float = SECONDS
) -> AsyncIterator[Held]:
    """Wait until the lease `name` is ours, renew it while the block lasts, give it back at the end."""
    lease = Held(name, holder or processes.identity(name))
    while not await _tried(sessions, lease, seconds):  # noqa: ASYNC110  # what we wait for is in a database
        await asyncio.sleep(seconds / 6)
    renewing = asyncio.get_running_loop().create_task(_renew(sessions, lease, seconds))
    try:
        yield lease
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        await _give_back(sessions, lease)


class Leader:
    """Does something in one process only; another process goes on when this one is gone."""

    def __init__(self, sessions: Sessions, name: str, holder: str | None = None, *, seconds: float = SECONDS) -> None:
        self._sessions, self._name, self._seconds = sessions, name, seconds
        self._holder = holder or processes.identity(name)

    async def run(self, work: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
        """Run `work(stop)` while this process holds the lease, until it returns or `stop` is set; errors of `work` are raised.

        When the lease is lost, `work` is cancelled and begins anew once the lease is ours again.
        """
        while not stop.is_set():
            lease = await self._lease(stop)
            if lease is not None and await self._lead(work, lease, stop):
                return

    async def _lease(self, stop: asyncio.Event) -> Held | None:
        """The lease, or None after having waited a while for it."""
        lease = Held(self._name, self._holder)
        if await _tried(self._sessions, lease, self._seconds):
            return lease
        try:
            async with asyncio.timeout(self._seconds / 6):
                await stop.wait()
        except TimeoutError:
            pass
        return None

    async def _lead(self, work: Callable[[asyncio.Event], Awaitable[None]], lease: Held, stop: asyncio.Event) -> bool:
        """Whether the work ended by itself; False when the lease was lost."""
        try:
            async with asyncio.TaskGroup() as group:
                renewing = group.create_task(_renew(self._sessions, lease, self._seconds))
                working = group.create_task(_work(work, stop))
                losing = group.create_task(lease.lost.wait())
                await asyncio.wait({working, losing}, return_when=asyncio.FIRST_COMPLETED)
                ended = working.done()
                for task in (renewing, working, losing):
                    task.cancel()
        except* _WorkFailed as failed:
            cause = failed.exceptions[0].__cause__
            raise cause or failed from None
        finally:
            await _give_back(self._sessions, lease)
        return ended


class _WorkFailed(Exception):
    """Carries the error of the work out of the task group, so that callers see it as it was."""


async def _work(work: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
    try:
        await work(stop)
    except Exception as error:
        raise _WorkFailed from error


async def _renew(sessions: Sessions, lease: Held, seconds: float) -> None:
    """Renew until cancelled. A lease counts as lost a little before it ends, so that two never hold it."""
    loop = asyncio.get_running_loop()
    last = loop.time()
    while loop.time() - last < seconds * 0.8:
        await asyncio.sleep(seconds / 6)
        asked = loop.time()
        try:
            async with asyncio.timeout(seconds / 3):
                if not await take(sessions, lease.name, lease.holder, seconds):
                    break
            last = asked
        except (SQLAlchemyError, OSError) as error:
            _log.warning("leases.renewal_failed", lease=lease.name, error=type(error).__name__)
    _log.warning("leases.lost", lease=lease.name)
    lease.lost.set()


async def take(sessions: Sessions, name: str, holder: str, seconds: float) -> bool:
    """Whether the lease is `holder`'s now, for `seconds`: it was theirs, had ended, was new, or its holder is dead."""
    async with transaction(sessions) as session:
        return await _take(session, name, holder, seconds)


async def _take(session: AsyncSession, name: str, holder: str, seconds: float) -> bool:
    at = clock.now()
    terms = {"holder": holder, "until": at + timedelta(seconds=seconds)}
    present = await session.scalar(select(Lease.holder).where(Lease.name == name))
    if present is None:
        insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
        made = insert(Lease).values(name=name, **terms).on_conflict_do_nothing().returning(Lease.name)
        return await session.scalar(made) is not None
    free = [Lease.holder == holder, Lease.until < at]
    if processes.is_dead(present):
        free.append(Lease.holder == present)
    taken = update(Lease).where(Lease.name == name, or_(*free)).values(**terms).returning(Lease.name)
    return await session.scalar(taken.execution_options(synchronize_session=False)) is not None


async def _tried(sessions: Sessions, lease: Held, seconds: float) -> bool:
    try:
        return await take(sessions, lease.name, lease.holder, seconds)
    except (SQLAlchemyError, OSError) as error:
        _log.warning("leases.taking_failed", lease=lease.name, error=type(error).__name__)
        return False


async def _give_back(sessions: Sessions, lease: Held) -> None:
    try:
        async with transaction(sessions) as session:
            mine = delete(Lease).where(Lease.name == lease.name, Lease.holder == lease.holder)
            await session.execute(mine.execution_options(synchronize_session=False))
    except (SQLAlchemyError, OSError) as error:
        _log.warning("leases.giving_back_failed", lease=lease.name, error=type(error).__name__)
