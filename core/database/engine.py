"""Opening the database: SQLite in one file by default, PostgreSQL when set."""

import asyncio
import sqlite3
from typing import cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.util.concurrency import await_, in_greenlet

from core.database import postgresql, sqlite
from core.database.private import keep_private

Sessions = async_sessionmaker[AsyncSession]

BUSY_TIMEOUT = 30.0
"""Seconds that a writer waits for a writer of another process of a SQLite file."""

READ_ONLY = "loket_read_only"
"""The execution option of a connection that promises not to write."""

RELAXED = "loket_relaxed"
"""The execution option of a connection whose commit needs not survive a power cut."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={int(BUSY_TIMEOUT * 1000)}",
    "cache_size=-16000",
    "temp_store=MEMORY",
    "journal_size_limit=67108864",
)

_queues: WeakKeyDictionary[Engine, WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]] = WeakKeyDictionary()


def open_database(url: str) -> tuple[AsyncEngine, Sessions]:
    """An engine and its sessions for `sqlite:///path` or `postgresql://user@host/name` (drivers are filled in).

    A new SQLite file is its owner's only. Errors don't show the values of a statement: those are what people wrote.
    """
    parsed = make_url(url)
    keep_private(parsed)
    if parsed.get_backend_name() == "sqlite":
        engine = create_async_engine(
            parsed.set(drivername="sqlite+aiosqlite"),
            connect_args={"timeout": BUSY_TIMEOUT, "async_creator_fn": sqlite.connection},
            hide_parameters=True,
            pool_size=8,
            max_overflow=8,
            pool_use_lifo=True,
        )
        _make_sqlite_strict(engine)
        _queues[engine.sync_engine] = WeakKeyDictionary()
    else:
        engine = create_async_engine(
            parsed.set(drivername="postgresql+asyncpg"),
            connect_args={"server_settings": {"jit": "off", "application_name": "loket"}},
            hide_parameters=True,
            pool_size=8,
            max_overflow=8,
            pool_use_lifo=True,
        )
        postgresql.ask_idle_connections(engine.sync_engine)
    return engine, async_sessionmaker(engine, expire_on_commit=False)


def engine_of(sessions: Sessions) -> Engine:
    """The engine under `sessions`: what one database in one process is known by."""
    bind = sessions.kw["bind"]
    if not isinstance(bind, AsyncEngine):
        raise TypeError("sessions come from open_database")
    return bind.sync_engine


def is_sqlite(sessions: Sessions) -> bool:
    """Whether this is the one-file database, with one writer at a time."""
    return engine_of(sessions).dialect.name == "sqlite"


def write_queue(sessions: Sessions) -> asyncio.Lock | None:
    """The queue of this process's writers of a SQLite file (first come, first served); None where writers need none.

    SQLite itself lets writers poll for the lock with growing pauses; a queue hands it over at once and in order.
    """
    queues = _queues.get(engine_of(sessions))
    return None if queues is None else queues.setdefault(asyncio.get_running_loop(), asyncio.Lock())


def _make_sqlite_strict(engine: AsyncEngine) -> None:
    """WAL, foreign keys, a durable commit, and BEGIN IMMEDIATE so that two writers queue instead of failing half-way."""

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "invalidate")
    def _on_invalidate(connection: DBAPIConnection, _record: object, _error: object) -> None:
        """A cancelled task's connection is closed, but SQLite keeps its lock as long as a cursor lives: roll back first."""
        if in_greenlet():
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        driver = cast("sqlite.Connection", connection.connection.driver_connection)
        try:
            await_(driver.begin(read_only=bool(options.get(READ_ONLY)), relaxed=bool(options.get(RELAXED))))
        except sqlite3.Error as error:
            raise OperationalError("BEGIN", None, error, hide_parameters=True) from error
