"""Jobs with a due time: planned once, done once, tried again, in one process at a time."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import OFFICE
from core.audit import log
from core.audit.models import AuditEntry
from core.database import Sessions, Wake, transaction
from core.errors import Refused
from core.schedule import schedule
from core.schedule.models import Scheduled
from core.schedule.schedule import Planned
from core.schedule.scheduler import Scheduler
from tests.support.waiting import until


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """A moment that stands still until the test moves it."""
    with time_machine.travel("2026-07-03T12:00:00Z", tick=False) as traveller:
        yield traveller


def _forward(time: time_machine.Traveller, **passed: float) -> None:
    time.move_to(clock.now() + timedelta(**passed))


async def note(session: AsyncSession, values: dict[str, Any]) -> None:
    """A job that leaves a trace in its transaction."""
    await log.record(session, OFFICE, "test.done", subject=("test", values["number"]))


async def _plan(sessions: Sessions, number: int = 1, *, kind: str = "note", minutes: float = 0) -> bool:
    due = clock.now() + timedelta(minutes=minutes)
    async with transaction(sessions) as session:
        return await schedule.plan(session, kind, due_at=due, key=f"{kind}-{number}", number=number)


async def _done(sessions: Sessions) -> list[int]:
    async with transaction(sessions) as session:
        query = select(AuditEntry.subject_id).where(AuditEntry.act == "test.done").order_by(AuditEntry.id)
        return list(await session.scalars(query))


async def _job(sessions: Sessions) -> Scheduled:
    async with transaction(sessions) as session:
        return (await session.scalars(select(Scheduled))).one()


async def test_done_when_due_in_order_and_once(sessions: Sessions, wake: Wake, time: time_machine.Traveller) -> None:
    for number, minutes in ((1, 5), (2, 0), (3, 3)):
        assert await _plan(sessions, number, minutes=minutes)
    assert not await _plan(sessions, 1), "the key is planned already"
    scheduler = Scheduler(sessions, {"note": note}, wake=wake)
    assert (await scheduler.drain(), await _done(sessions)) == (1, [2])
    _forward(time, minutes=5)
    assert (await scheduler.drain(), await _done(sessions)) == (2, [2, 3, 1])
    assert await scheduler.drain() == 0
    assert not await _plan(sessions, 1), "and stays so once it is done"


async def test_other_kinds_are_left_for_who_knows_them(sessions: Sessions, wake: Wake) -> None:
    await _plan(sessions, kind="of a later version")
    assert await Scheduler(sessions, {"note": note}, wake=wake).drain() == 0
    assert (await _job(sessions)).attempts == 0


async def test_what_is_taken_back_is_not_done(sessions: Sessions, wake: Wake) -> None:
    await _plan(sessions)
    async with transaction(sessions) as session:
        assert await schedule.cancel(session, "note-1")
        assert not await schedule.cancel(session, "note-1")
    assert await Scheduler(sessions, {"note": note}, wake=wake).drain() == 0
    assert await _plan(sessions)


async def test_a_failure_leaves_no_trace_and_is_tried_again_with_growing_pauses(
    sessions: Sessions, wake: Wake, time: time_machine.Traveller
) -> None:
    async def broken(session: AsyncSession, values: dict[str, Any]) -> None:
        await note(session, values)
        raise ConnectionError("a secret in the text of an error")

    await _plan(sessions)
    scheduler = Scheduler(sessions, {"note": broken}, wake=wake)
    pauses = []
    for _ in range(10):
        assert await scheduler.drain() == 1
        job = await _job(sessions)
        pauses.append((job.due_at - clock.now()) / timedelta(minutes=1))
        time.move_to(job.due_at)
    assert pauses[:4] == [1, 2, 4, 8]
    assert max(pauses) == 360
    assert await scheduler.drain() == 0
    assert await _done(sessions) == []
    async with transaction(sessions) as session:
        failed = await schedule.failed(session)
        assert [(job.attempts, job.outcome) for job in failed] == [(10, "ConnectionError")]
        assert await schedule.listing(session, still_open=True) == []


async def test_a_refusal_is_the_end_of_it(sessions: Sessions, wake: Wake) -> None:
    async def refuses(session: AsyncSession, values: dict[str, Any]) -> None:
        await note(session, values)
        raise Refused("person.removed", name="Anna")

    await _plan(sessions)
    assert await Scheduler(sessions, {"note": refuses}, wake=wake).drain() == 1
    job = await _job(sessions)
    assert (job.outcome, job.done_at is not None) == ("person.removed", True)
    assert await _done(sessions) == []


async def test_one_broken_job_does_not_stop_the_others(sessions: Sessions, wake: Wake) -> None:
    async def odd_ones_fail(session: AsyncSession, values: dict[str, Any]) -> None:
        if values["number"] % 2:
            raise RuntimeError
        await note(session, values)

    for number in range(6):
        await _plan(sessions, number)
    await Scheduler(sessions, {"note": odd_ones_fail}, wake=wake).drain()
    assert await _done(sessions) == [0, 2, 4]


async def test_a_job_may_plan_its_next(sessions: Sessions, wake: Wake, time: time_machine.Traveller) -> None:
    async def daily(session: AsyncSession, values: dict[str, Any]) -> None:
        await note(session, values)
        number = values["number"] + 1
        due = clock.now() + timedelta(days=1)
        await schedule.plan(session, "note", due_at=due, key=f"note-{number}", number=number)

    await _plan(sessions)
    scheduler = Scheduler(sessions, {"note": daily}, wake=wake)
    for _ in range(3):
        assert await scheduler.drain() == 1
        _forward(time, days=1)
    assert await _done(sessions) == [1, 2, 3]


async def test_ten_thousand_are_planned_at_once(sessions: Sessions) -> None:
    jobs = [Planned(clock.now(), f"note-{number}", {"number": number}) for number in range(10_000)]
    async with transaction(sessions) as session:
        assert await schedule.plan_many(session, "note", [*jobs, *jobs[:5]]) == 10_000
        assert await schedule.plan_many(session, "note", jobs[:3]) == 0
        assert await session.scalar(select(func.count(Scheduled.id))) == 10_000


async def test_several_processes_do_each_job_once_and_wake_at_once(sessions: Sessions, wake: Wake) -> None:
    """Two schedulers under one lease, and one that ignores it: a lease that was lost too late does no harm either."""
    stop = asyncio.Event()
    schedulers = [Scheduler(sessions, {"note": note}, wake=wake, holder=name) for name in ("one", "two")]
    outside = Scheduler(sessions, {"note": note}, wake=wake)
    async with asyncio.TaskGroup() as group:
        for scheduler in schedulers:
            group.create_task(scheduler.run(stop))
        for number in range(20):
            await _plan(sessions, number)
        await outside.drain()

        async def all_done() -> bool:
            return len(await _done(sessions)) >= 20

        await until(all_done)
        await _plan(sessions, 20)

        async def the_last_too() -> bool:
            return 20 in await _done(sessions)

        await until(the_last_too)
        stop.set()
    assert sorted(await _done(sessions)) == list(range(21))


async def test_due_jobs_are_found_by_their_index(sessions: Sessions) -> None:
    """However many are done, what is due is a short walk over the open ones."""
    from sqlalchemy import text

    statement = (
        "SELECT id FROM scheduled WHERE done_at IS NULL AND failed_at IS NULL AND due_at <= '2026-07-03' "
        "ORDER BY due_at, id LIMIT 50"
    )
    async with transaction(sessions) as session:
        if session.get_bind().dialect.name == "sqlite":
            plan = " ".join(str(row) for row in await session.execute(text(f"EXPLAIN QUERY PLAN {statement}")))
        else:
            await session.execute(text("SET LOCAL enable_seqscan = off"))
            plan = " ".join(str(row) for row in await session.execute(text(f"EXPLAIN {statement}")))
    assert "ix_scheduled_due" in plan
