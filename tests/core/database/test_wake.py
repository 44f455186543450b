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
import asyncio, contextlib, sys
from core.database import Wake, open_database, transaction
from core.database.wake import mark

async def main(url, listens):
    engine, sessions = open_database(url)
    async with Wake(sessions) if listens else contextlib.nullcontext():
        for topic in sys.argv[3:]:
            async with transaction(sessions) as session:
                mark(session, topic)
    await engine.dispose()

asyncio.run(main(sys.argv[1], sys.argv[2] == "listens"))
"""


@pytest.fixture
async def postgres_wake(postgres_url: str) -> AsyncIterator[Wake]:
    engine, opened = open_database(postgres_url)
    async with Wake(opened) as started:
        yield started
    await engine.dispose()


@pytest.mark.parametrize("kind", ["listens", "only tells"])
async def test_commits_of_another_process_wake(postgres_wake: Wake, postgres_url: str, kind: str) -> None:
    topics = ["work", "other", "last"]
    tickets = {topic: postgres_wake.ticket(topic) for topic in topics}
    command = [sys.executable, "-c", _ELSEWHERE, postgres_url, kind, *topics]
    elsewhere = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
    assert elsewhere.returncode == 0, elsewhere.stderr
    for topic in topics:
        assert await postgres_wake.wait(topic, 15, since=tickets[topic])


async def test_what_is_committed_while_others_are_told_is_told_next(postgres_wake: Wake) -> None:
    listener: Any = await waiting_connection(postgres_wake)
    told: list[str] = []
    await listener.add_listener(waking._CHANNEL, lambda *heard: told.append(str(heard[3]).partition(" ")[2]))
    try:
        for topic in ("first", "second", "third"):
            async with transaction(postgres_wake._sessions) as session:
                waking.mark(session, topic)
        await until(lambda: set(told) == {"first", "second", "third"})
        assert len(told) == 3
    finally:
        await listener.close()


async def test_a_connection_that_is_lost_while_telling_hurts_nobody(postgres_wake: Wake) -> None:
    lost: Any = postgres_wake._listener
    lost.terminate()
    ticket = postgres_wake.ticket("work")
    async with transaction(postgres_wake._sessions) as session:
        waking.mark(session, "work")
    assert postgres_wake.ticket("work") == ticket + 1
    postgres_wake.tell(("work",))
    await until(lambda: postgres_wake._telling is None)


async def waiting_connection(wake: Wake) -> Any:
    """A connection as another process would have it."""
    return await waking._connect(wake._sessions.kw["bind"])


async def test_a_lost_connection_is_made_again(postgres_wake: Wake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "RECONNECT_AFTER", 0.0)
    postgres_wake._retry_at = 0.0
    lost: Any = postgres_wake._listener
    await lost.close()
    assert not await postgres_wake.wait("work", 0.01)
    assert postgres_wake._listener is not lost and postgres_wake.hears


async def test_stopping_wakes_whoever_waits(sessions: Sessions) -> None:
    wake = Wake(sessions)
    await wake.start()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(wake.wait("work", 15))
        await until(lambda: len(wake._waiters["work"]) == 1)
        await wake.stop()
    assert waiting.result() is True
