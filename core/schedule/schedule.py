"""Planning: a row in the caller's transaction, once for each key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.database import wake
from core.schedule.models import IS_OPEN, Scheduled

TOPIC = "schedule"

_AT_ONCE = 500
"""Rows in one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A job to plan; `values` is JSON."""

    due_at: datetime
    key: str
    values: Mapping[str, Any]


async def plan(session: AsyncSession, kind: str, *, due_at: datetime, key: str, **values: Any) -> bool:
    """Do `kind` at `due_at` with `values`; False when this key was planned before, whatever became of it."""
    return await plan_many(session, kind, [Planned(due_at, key, values)]) == 1


async def plan_many(session: AsyncSession, kind: str, jobs: Iterable[Planned]) -> int:
    """The same for many at once; how many were new."""
    now = clock.now()
    rows = [
        {
            "kind": kind,
            "key": job.key,
            "due_at": job.due_at,
            "values": dict(job.values),
            "planned_at": now,
            "attempts": 0,
            "outcome": "",
        }
        for job in jobs
    ]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    count = 0
    for start in range(0, len(rows), _AT_ONCE):
        statement = insert(Scheduled).values(rows[start : start + _AT_ONCE])
        made = await session.scalars(statement.on_conflict_do_nothing(index_elements=["key"]).returning(Scheduled.id))
        count += len(made.all())
    wake.mark(session, TOPIC)
    return count


async def cancel(session: AsyncSession, key: str) -> bool:
    """Take back what has not been done; False when there is none, or it is done. The key may be planned anew."""
    gone = delete(Scheduled).where(Scheduled.key == key, IS_OPEN).returning(Scheduled.id)
    return (await session.scalars(gone)).first() is not None


async def listing(
    session: AsyncSession, *, kind: str | None = None, still_open: bool = False, limit: int = 100
) -> list[Scheduled]:
    """What is planned, the first due first; done and failed ones too unless `still_open`."""
    query = select(Scheduled).order_by(Scheduled.due_at, Scheduled.id).limit(limit)
    if kind is not None:
        query = query.where(Scheduled.kind == kind)
    return list(await session.scalars(query.where(IS_OPEN) if still_open else query))


async def failed(session: AsyncSession, *, limit: int = 100) -> list[Scheduled]:
    """What was tried for the last time and failed, newest first: for staff."""
    query = select(Scheduled).where(Scheduled.failed_at.is_not(None)).order_by(Scheduled.id.desc()).limit(limit)
    return list(await session.scalars(query))


async def next_due(session: AsyncSession, kinds: Iterable[str]) -> datetime | None:
    """When the first open job of these kinds is due; None when none is planned."""
    query = select(func.min(Scheduled.due_at)).where(IS_OPEN, Scheduled.kind.in_(list(kinds)))
    found: datetime | None = await session.scalar(query)
    return found
