"""Settling: what became of claimed items, in the transaction that made it so."""

import secrets
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, case, literal, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.intake.handling import Handled
from core.intake.models import Intake, IntakeState

PAUSES = (0.5, 2.0, 8.0, 30.0)
"""Seconds until the next try after the first, second, ... failure."""

ANSWERING = timedelta(minutes=1)
"""The lease of a handled item while its answers are given, unless renewed."""

PATIENCE = timedelta(hours=24)
"""How long an item waits for the other side to be reachable (Telegram keeps files and updates as long)."""

ERROR_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""For numbers that people read out: no 0, O, 1 or I."""


class LeaseLost(Exception):
    """Another worker has these items now: what was done with them is undone."""


async def hold(session: AsyncSession, ids: Sequence[int], *, worker: str) -> list[Intake]:
    """The rows of claimed items, locked. Raises LeaseLost when they are no longer `worker`'s."""
    query = select(Intake).where(Intake.id.in_(ids), Intake.worker == worker, Intake.state == IntakeState.WORKING)
    rows = list(await session.scalars(query.order_by(Intake.id).with_for_update()))
    if len(rows) != len(ids):
        raise LeaseLost
    return rows


async def finish(
    session: AsyncSession,
    ids: Sequence[int],
    what: Handled,
    *,
    worker: str,
    error: str | None = None,
    error_id: str | None = None,
) -> None:
    """Mark the items handled, or given up on when there is an `error_id`; answers are kept on the first until given.

    Raises LeaseLost, which undoes everything, when the items are no longer `worker`'s.
    """
    at = clock.now()
    end: dict[str, Any] = {
        "state": IntakeState.DEAD if error_id else IntakeState.DONE,
        "handled_at": at,
        "outcome": what.outcome[:60],
        "lease_until": None,
        "error": error,
        "error_id": error_id,
    }
    if not what.answers:
        await _change(session, ids, worker, end)
        return
    first, others = ids[:1], ids[1:]
    unanswered = {"state": IntakeState.ANSWERING, "answers": what.answers, "lease_until": at + ANSWERING}
    await _change(session, first, worker, end | unanswered)
    if others:
        await _change(session, others, worker, end)


async def finish_all(session: AsyncSession, done: Sequence[tuple[Sequence[int], Handled]], *, worker: str) -> None:
    """The same for several groups that were handled together: those that need no answer and ended alike in one statement."""
    alike: dict[str, list[int]] = {}
    for ids, what in done:
        if what.answers:
            await finish(session, ids, what, worker=worker)
        else:
            alike.setdefault(what.outcome, []).extend(ids)
    for outcome, ids in alike.items():
        await finish(session, ids, Handled(outcome=outcome), worker=worker)


async def put_back(
    session: AsyncSession, ids: Sequence[int], *, worker: str, error: str, seconds: float, counted: bool = True
) -> None:
    """Let the items be tried again after a while. Raises LeaseLost."""
    again: dict[str, Any] = {
        "state": IntakeState.WAITING,
        "not_before": clock.now() + timedelta(seconds=seconds),
        "worker": None,
        "lease_until": None,
        "error": error,
    }
    await _change(session, ids, worker, again)
    if not counted:
        less = update(Intake).where(Intake.id.in_(ids)).values(attempts=Intake.attempts - 1)
        await session.execute(less.execution_options(synchronize_session=False))


async def answered(session: AsyncSession, intake_id: int) -> None:
    """The answers were given, or can't be: the item is done, or dead when it was given up on."""
    await session.execute(_answered(), {"intake_id": intake_id, "none": []})


@cache
def _answered() -> Update:
    end = case((Intake.error_id.is_(None), literal(IntakeState.DONE.value)), else_=literal(IntakeState.DEAD.value))
    change = update(Intake).where(Intake.id == bindparam("intake_id"), Intake.state == literal_column("'answering'"))
    change = change.values(state=end, answers=bindparam("none"), lease_until=None)
    return change.execution_options(synchronize_session=False)


def pause_after(attempts: int) -> float:
    """Seconds until the next try, growing with the failures."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def pause_unreachable(since: datetime, retry_after: float | None) -> float:
    """Seconds until the other side is asked again: slower the longer it lasts, at most a minute unless it said so."""
    age = (clock.now() - since).total_seconds()
    return max(retry_after or 0.0, min(60.0, max(1.0, age / 4)))


def out_of_patience(since: datetime) -> bool:
    """Whether the other side has been out of reach for too long."""
    return clock.now() - since > PATIENCE


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


async def _change(session: AsyncSession, ids: Sequence[int], worker: str, values: dict[str, Any]) -> None:
    given = {"ids": list(ids), "held_by": worker} | {f"new_{name}": value for name, value in values.items()}
    result = await session.execute(_changing(tuple(values)), given)
    if result.rowcount != len(ids):  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise LeaseLost


@cache
def _changing(names: tuple[str, ...]) -> Update:
    """The statement that changes these columns of items in work. About the table: no item in the session has to follow."""
    table = Intake.__table__.c
    held = (
        table.id.in_(bindparam("ids", expanding=True)),
        table.worker == bindparam("held_by"),
        table.state == literal_column("'working'"),
    )
    return update(Intake.__table__).where(*held).values({name: bindparam(f"new_{name}") for name in names})  # type: ignore[arg-type]  # of a model it is a table
