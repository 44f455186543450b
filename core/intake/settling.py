"""Settling: what became of claimed items, in the transaction that made it so."""

import secrets
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.intake.handling import Handled
from core.intake.models import Intake, IntakeState

PAUSES = (0.5, 2.0, 8.0, 30.0)
"""Seconds until the next try after the first, second, ... failure."""

PATIENCE = timedelta(hours=24)
"""How long an item waits for the other side to be reachable (Telegram keeps files and updates as long)."""

ERROR_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""For numbers that people read out: no 0, O, 1 or I."""


class LeaseLost(Exception):
    """Another worker has these items now: what was done with them is undone."""


async def hold(session: AsyncSession, items: Sequence[Intake], *, worker: str) -> list[Intake]:
    """The rows of the items, locked. Raises LeaseLost when they are no longer `worker`'s."""
    ids = [item.id for item in items]
    query = select(Intake).where(Intake.id.in_(ids), Intake.worker == worker, Intake.state == IntakeState.WORKING)
    rows = list(await session.scalars(query.order_by(Intake.id).with_for_update()))
    if len(rows) != len(ids):
        raise LeaseLost
    return rows


def handled(rows: Sequence[Intake], what: Handled, *, error: str | None = None, error_id: str | None = None) -> None:
    """Mark the rows handled, or given up on when there is an `error_id`. Answers are kept on the first until given."""
    at = clock.now()
    for row in rows:
        row.state = IntakeState.DEAD if error_id else IntakeState.DONE
        row.handled_at, row.outcome, row.lease_until = at, what.outcome[:60], None
        row.error, row.error_id = error, error_id
    if what.answers:
        rows[0].state, rows[0].answers = IntakeState.ANSWERING, what.answers
        rows[0].lease_until = at + timedelta(minutes=1)


async def answered(session: AsyncSession, item: Intake) -> None:
    """The answers were given, or can't be: the item is done, or dead when it was given up on."""
    state = IntakeState.DEAD if item.error_id else IntakeState.DONE
    statement = update(Intake).where(Intake.id == item.id, Intake.state == IntakeState.ANSWERING)
    statement = statement.values(state=state, answers=[], lease_until=None)
    await session.execute(statement.execution_options(synchronize_session=False))


def again(rows: Sequence[Intake], error: str) -> None:
    """Try again, after a pause that grows with the failures."""
    pause = PAUSES[min(rows[0].attempts, len(PAUSES)) - 1]
    _wait(rows, clock.now() + timedelta(seconds=pause), error)


def unreachable(rows: Sequence[Intake], error: str, retry_after: float | None) -> None:
    """Try again and don't count it: the other side can't be reached. Slower the longer it lasts, at most a minute."""
    at = clock.now()
    age = (at - rows[0].received_at).total_seconds()
    for row in rows:
        row.attempts -= 1
    _wait(rows, at + timedelta(seconds=max(retry_after or 0.0, min(60.0, max(1.0, age / 4)))), error)


def out_of_patience(item: Intake) -> bool:
    """Whether the other side has been out of reach for too long."""
    return clock.now() - item.received_at > PATIENCE


def new_error_id() -> str:
    """Eight characters by which a sender, staff and the log know one failure."""
    return "".join(secrets.choice(ERROR_ALPHABET) for _ in range(8))


def described(error: BaseException) -> str:
    """An error for staff: what it is, and where in the program, without values."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(
        f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames)
    )
    return f"{type(error).__name__} in {places}" if places else type(error).__name__


def _wait(rows: Sequence[Intake], until: datetime, error: str) -> None:
    for row in rows:
        row.state, row.not_before = IntakeState.WAITING, until
        row.worker, row.lease_until, row.error = None, None, error
