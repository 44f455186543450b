"""Waking: at once after a commit, never after a rollback, and over processes on PostgreSQL."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.database import Sessions, Wake, open_database, transaction
from core.database import wake as waking
from tests.support.waiting import until


async def test_a_commit_wakes_and_a_rollback_does_not(sessions: Sessions, wake: Wake) -> None:
    before = wake.ticket("work")
    async with transaction(sessions) as session:
        waking.mark(session, "work")
        waking.mark(session, "work")
        assert wake.ticket("work") == before
    assert wake.ticket("work") == before + 1, "told once"

    async def fail() -> None:
        async with transaction(sessions) as session:
            waking.mark(session, "work")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert wake.ticket("work") == before + 1


async def test_all_who_wait_for_the_topic_are_woken(sessions: Sessions, wake: Wake) -> None:
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(wake.wait("work", 15)) for _ in range(3)]
        other = group.create_task(wake.wait("other", 0.2))
        await until(lambda: len(wake._waiters["work"]) == 3)
        async with transaction(sessions) as session:
            waking.mark(session, "work")
    assert [one.result() for one in waiting] == [True, True, True]
    assert other.result() is False


async def test_what_happened_since_the_ticket_is_not_missed(sessions: Sessions, wake: Wake) -> None:
    ticket = wake.ticket("work")
    async with transaction(sessions) as session:
        waking.mark(session, "work")
    assert await wake.wait("work", 15, since=ticket)
    assert not await wake.wait("work", 0.01, since=wake.ticket("work"))


_ELSEWHERE = """
import asyncio, sys
from core.database import open_database, transaction
from core.database.wake import mark

async def main(url):
    engine, sessions = open_database(url)
    async with transaction(sessions) as session:
        mark(session, "work")
    await engine.dispose()

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
async def postgres_wake(postgres_url: str) -> AsyncIterator[Wake]:
    engine, opened = open_database(postgres_url)
    async with Wake(opened) as started:
        yield started
    await engine.dispose()


async def test_a_commit_of_another_process_wakes(postgres_wake: Wake, postgres_url: str) -> None:
    ticket = postgres_wake.ticket("work")
    command = [sys.executable, "-c", _ELSEWHERE, postgres_url]
    elsewhere = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert await postgres_wake.wait("work", 15, since=ticket)


async def test_a_lost_connection_is_made_again(postgres_wake: Wake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "RECONNECT_AFTER", 0.0)
    postgres_wake._retry_at = 0.0
    lost: Any = postgres_wake._listener
    await lost.close()
    assert not await postgres_wake.wait("work", 0.01)
    assert postgres_wake._listener is not lost and postgres_wake._hears()


async def test_stopping_wakes_whoever_waits(sessions: Sessions) -> None:
    wake = Wake(sessions)
    await wake.start()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(wake.wait("work", 15))
        await until(lambda: len(wake._waiters["work"]) == 1)
        await wake.stop()
    assert waiting.result() is True
