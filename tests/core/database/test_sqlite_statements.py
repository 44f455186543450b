"""Statements on SQLite: on the spot when they are quick, in the thread when they are long, the same result either way."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from core.database import Session, Sessions, open_database, reading, transaction
from core.database.engine import engine_of

COUNT_TO = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) SELECT count(*) FROM n"
LONG = f"SELECT * FROM ({COUNT_TO})"


@pytest.fixture
async def sessions(tmp_path: Path) -> AsyncIterator[Sessions]:
    engine, sessions = open_database(f"sqlite:///{tmp_path}/loket.db")
    async with transaction(sessions) as session:
        await session.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
    yield sessions
    await engine.dispose()


async def test_a_long_query_lets_others_go_on_and_finds_the_same(sessions: Sessions) -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        beside = group.create_task(others())
        async with reading(sessions) as session:
            assert await session.scalar(text(LONG), {"most": 500_000}) == 500_000
        beside.cancel()
    assert turns > 100


async def test_a_quick_statement_needs_no_thread(sessions: Sessions) -> None:
    threads = set()

    async with transaction(sessions) as session:
        raw = await (await session.connection()).get_raw_connection()
        assert raw.driver_connection is not None
        inner = raw.driver_connection._conn
        inner.create_function("thread", 0, threading.get_ident)
        for statement in ("INSERT INTO things (name) VALUES (thread())", "UPDATE things SET name = thread()"):
            await session.execute(text(statement))
            threads.add(int(await session.scalar(text("SELECT name FROM things")) or 0))
    assert threads == {threading.get_ident()}


async def test_a_long_query_inside_a_transaction_undoes_nothing(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await session.execute(text("INSERT INTO things (name) VALUES ('a')"))
        assert await session.scalar(text(LONG), {"most": 200_000}) == 200_000
        await session.execute(text("INSERT INTO things (name) VALUES ('b')"))
    async with reading(sessions) as session:
        assert (await session.scalars(text("SELECT name FROM things ORDER BY id"))).all() == ["a", "b"]


async def test_errors_are_those_of_the_database(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await session.execute(text("INSERT INTO things (name) VALUES ('a')"))
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.execute(text("INSERT INTO things (name) VALUES ('a')"))
        with pytest.raises(OperationalError, match="no such table"):
            async with session.begin_nested():
                await session.execute(text("SELECT * FROM absent"))
    async with reading(sessions) as session:
        assert await session.scalar(text("SELECT count(*) FROM things")) == 1


async def test_rows_and_counts_of_returning(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        many = [{"name": str(number)} for number in range(5)]
        await session.execute(text("INSERT INTO things (name) VALUES (:name)"), many)
        changed = await session.execute(text("UPDATE things SET name = 'x' || name RETURNING id"))
        assert len(changed.all()) == 5
        removed = await session.execute(text("DELETE FROM things WHERE id > 3"))
        assert removed.rowcount == 2  # type: ignore[attr-defined]  # a DELETE gives a CursorResult


async def test_a_query_that_is_cancelled_leaves_a_usable_database(sessions: Sessions) -> None:
    async def long() -> None:
        async with transaction(sessions) as session:
            await session.execute(text("INSERT INTO things (name) VALUES ('lost')"))
            await session.scalar(text(LONG), {"most": 3_000_000})

    begun = asyncio.Event()
    event.listen(engine_of(sessions), "before_cursor_execute", lambda *_: begun.set())
    async with asyncio.TaskGroup() as group:
        task = group.create_task(long())
        await begun.wait()
        await asyncio.sleep(0)
        task.cancel()
    async with transaction(sessions) as session:
        assert await session.scalar(text("SELECT count(*) FROM things")) == 0
        await session.execute(text("INSERT INTO things (name) VALUES ('kept')"))


async def test_the_lock_of_another_process_is_waited_for_while_others_go_on(sessions: Sessions, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "loket.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with transaction(sessions) as session:
            await session.execute(text("INSERT INTO things (name) VALUES ('after')"))

    async with asyncio.TaskGroup() as group:
        writing = group.create_task(write())
        for _ in range(200):  # the loop turns, and readers read
            await asyncio.sleep(0)
        async with reading(sessions) as session:
            assert await session.scalar(text("SELECT count(*) FROM things")) == 0
        assert not writing.done()
        other.execute("INSERT INTO things (name) VALUES ('before')")
        other.execute("COMMIT")
    other.close()
    async with reading(sessions) as session:
        assert (await session.scalars(text("SELECT name FROM things ORDER BY id"))).all() == ["before", "after"]


async def test_what_a_failed_transaction_wrote_is_undone(sessions: Sessions) -> None:
    async def fail() -> None:
        async with transaction(sessions) as session:
            await session.execute(text("INSERT INTO things (name) VALUES ('a')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with reading(sessions) as session:
        assert await session.scalar(text("SELECT count(*) FROM things")) == 0


async def test_a_lock_that_is_never_let_go_is_an_error_of_the_database(sessions: Sessions, tmp_path: Path) -> None:
    async with reading(sessions) as session:
        await session.execute(text("PRAGMA busy_timeout=50"))
    other = sqlite3.connect(tmp_path / "loket.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        async with transaction(sessions) as session:
            await session.execute(text("DELETE FROM things"))
    other.close()
    async with transaction(sessions) as session:
        await session.execute(text("INSERT INTO things (name) VALUES ('after')"))


async def settings(session: Session) -> tuple[int, int, int]:
    found = [
        await session.scalar(text(f"PRAGMA {name}")) for name in ("query_only", "synchronous", "wal_autocheckpoint")
    ]
    return found[0], found[1], found[2]


async def test_only_a_transaction_that_must_last_waits_for_the_disk(sessions: Sessions) -> None:
    """SQLite's numbers: synchronous 2 is FULL, 1 is NORMAL; 0 pages: a commit never copies the journal."""
    for _ in range(2):
        async with transaction(sessions) as session:
            assert await settings(session) == (0, 2, 1000)
        async with transaction(sessions, durable=False) as session:
            assert await settings(session) == (0, 1, 0)
            await session.execute(text("DELETE FROM things"))
        async with reading(sessions) as session:
            assert (await settings(session))[0] == 1
