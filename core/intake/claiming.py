"""Claiming: the oldest open item of a sender that has none in work, leased in one short transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core import clock
from core.actor import Channel
from core.database import processes
from core.intake.models import Intake, IntakeState, in_state, is_open

ALBUM_SIZE = 10
"""Parts of an album at most (Bot API: sendMediaGroup, 2-10 items)."""

_LOCK = 0x696E74616B65  # "intake" in ASCII: the key of the advisory lock on PostgreSQL

_TURN = text("SELECT pg_advisory_xact_lock(:key)")
_TURN_IF_FREE = text("SELECT pg_try_advisory_xact_lock(:key)")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who claims, and for how long unless renewed."""

    name: str
    lease: timedelta


async def claim(
    session: AsyncSession, channel: Channel, holder: Holder, *, most: int, patient: bool = True
) -> list[list[Intake]]:
    """At most `most` groups to work on now: each one item, or the parts of one album; no two of the same sender.

    Claims go one after the other (SQLite has one writer; PostgreSQL takes a lock), so that two workers never have the same sender.
    Not `patient`: nothing, when it is somebody else's turn.
    """
    if not await _one_at_a_time(session, patient=patient):
        return []
    at = clock.now()
    heads = await session.scalars(_heads(), {"channel": channel, "at": at, "most": most})
    groups = [parts for head in heads.all() if (parts := await _parts(session, head, at))]
    for item in (item for parts in groups for item in parts):
        item.state, item.worker, item.lease_until = IntakeState.WORKING, holder.name, at + holder.lease
        item.attempts += 1
    return groups


async def claim_answers(session: AsyncSession, channel: Channel, holder: Holder, *, most: int) -> list[Intake]:
    """Handled items whose worker was lost before it had answered."""
    at = clock.now()
    unanswered = select(Intake).where(*_lost(await _gone(session, channel), channel, "answering", at)).limit(most)
    items = list(await session.scalars(unanswered.order_by(Intake.id).with_for_update(skip_locked=True)))
    for item in items:
        item.worker, item.lease_until = holder.name, at + holder.lease
    return items


async def take_over(session: AsyncSession, channel: Channel) -> int:
    """Put back what workers held that are gone; how many."""
    lost = _lost(await _gone(session, channel), channel, "working", clock.now())
    statement = update(Intake).where(*lost).values(state=IntakeState.WAITING, worker=None, lease_until=None)
    result = await session.execute(statement.execution_options(synchronize_session=False))
    return result.rowcount  # type: ignore[attr-defined, no-any-return]  # an UPDATE gives a CursorResult


async def renew(session: AsyncSession, ids: Sequence[int], holder: Holder) -> None:
    """Hold on to what is in work."""
    statement = update(Intake).where(Intake.id.in_(ids), Intake.worker == holder.name)
    statement = statement.values(lease_until=clock.now() + holder.lease)
    await session.execute(statement.execution_options(synchronize_session=False))


async def next_due(
    session: AsyncSession, channel: Channel, *, after: datetime, untried: bool = False
) -> datetime | None:
    """When the next item may be worked on that could not be at `after`; `untried`: of those that did not fail before."""
    waiting = [is_open(Intake), Intake.channel == channel, Intake.not_before > after]
    if untried:
        waiting.append(Intake.error.is_(None))
    found: datetime | None = await session.scalar(select(func.min(Intake.not_before)).where(*waiting))
    return found


@cache
def _heads() -> Select[Intake]:
    """The oldest items of senders that have none in work."""
    other = aliased(Intake)
    blocked = exists().where(
        is_open(other),
        other.channel == Intake.channel,
        other.sender == Intake.sender,
        or_(other.id < Intake.id, in_state(other, "working"), in_state(other, "answering")),
    )
    due = (Intake.channel == bindparam("channel"), Intake.not_before <= bindparam("at"))
    waiting = (is_open(Intake), in_state(Intake, "waiting"), *due)
    return select(Intake).where(*waiting, ~blocked).order_by(Intake.id).limit(bindparam("most"))


async def _parts(session: AsyncSession, head: Intake, at: datetime) -> list[Intake]:
    """The item; or of an album the parts that are in, once a second has passed since the newest or it is full, else none."""
    if head.album is None:
        return [head]
    same = (Intake.channel == head.channel, Intake.sender == head.sender, Intake.album == head.album)
    query = select(Intake).where(is_open(Intake), in_state(Intake, "waiting"), *same).order_by(Intake.id)
    parts = list(await session.scalars(query.limit(ALBUM_SIZE)))
    ready = len(parts) == ALBUM_SIZE or all(part.not_before <= at for part in parts)
    return parts if ready else []


async def _one_at_a_time(session: AsyncSession, *, patient: bool) -> bool:
    """Whether it is this transaction's turn, until its end."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    if patient:
        await session.execute(_TURN, {"key": _LOCK})
        return True
    return bool(await session.scalar(_TURN_IF_FREE, {"key": _LOCK}))


async def _gone(session: AsyncSession, channel: Channel) -> list[str]:
    """The workers that hold something and whose process is dead."""
    held = (
        select(Intake.worker).where(is_open(Intake), Intake.channel == channel, Intake.worker.is_not(None)).distinct()
    )
    return [worker for worker in await session.scalars(held) if worker and processes.is_dead(worker)]


def _lost(gone: Sequence[str], channel: Channel, state: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    lost = or_(Intake.lease_until < at, Intake.worker.in_(gone))
    return (is_open(Intake), in_state(Intake, state), Intake.channel == channel, lost)
