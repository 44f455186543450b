"""Connections to PostgreSQL that the server has cut are replaced before anybody notices."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine.interfaces import DBAPIConnection

from core.database import Sessions, is_sqlite, postgresql, reading, transaction
from core.database.engine import engine_of
from tests.support.waiting import until


@pytest.fixture
def on_postgresql(sessions: Sessions) -> Sessions:
    if is_sqlite(sessions):
        pytest.skip("SQLite has no server")
    return sessions


@pytest.fixture
def asked(on_postgresql: Sessions, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The connections whose server was asked whether it is there."""
    found: list[object] = []
    dialect = engine_of(on_postgresql).dialect
    ping = dialect.do_ping

    def spying(connection: DBAPIConnection) -> bool:
        found.append(connection)
        return ping(connection)

    monkeypatch.setattr(dialect, "do_ping", spying)
    return found


async def _select(sessions: Sessions) -> None:
    async with reading(sessions) as session:
        assert await session.scalar(text("SELECT 1")) == 1


async def _two_at_once(sessions: Sessions) -> list[Any]:
    """Two connections of asyncpg that were in use together and went back to the pool."""
    found: list[Any] = []
    async with sessions() as one, sessions() as other:
        for session in (one, other):
            assert await session.scalar(text("SELECT 1")) == 1
            found.append((await (await session.connection()).get_raw_connection()).driver_connection)
    return found


async def _cut_all_others(sessions: Sessions) -> None:
    others = "datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'loket'"
    async with transaction(sessions) as session:
        cut = await session.scalars(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        assert any(cut.all())


@pytest.mark.parametrize("trusted", [0.0, 1.0])
async def test_connections_that_the_server_cut_are_made_again(
    on_postgresql: Sessions, monkeypatch: pytest.MonkeyPatch, trusted: float
) -> None:
    """However long they are trusted: a closed one is seen to be closed."""
    monkeypatch.setattr(postgresql, "TRUSTED", trusted)
    pooled = await _two_at_once(on_postgresql)
    await _cut_all_others(on_postgresql)
    await until(lambda: not trusted or any(each.is_closed() for each in pooled))
    await _two_at_once(on_postgresql)


async def test_a_connection_that_was_just_used_is_not_asked(on_postgresql: Sessions, asked: list[object]) -> None:
    await _select(on_postgresql)
    asked.clear()
    for _ in range(3):
        await _select(on_postgresql)
    assert asked == []


async def test_a_connection_that_was_idle_is_asked(
    on_postgresql: Sessions, asked: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    await _select(on_postgresql)
    asked.clear()
    monkeypatch.setattr(postgresql, "TRUSTED", -1.0)
    await _select(on_postgresql)
    assert len(asked) == 1
