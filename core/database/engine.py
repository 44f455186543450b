"""Opening the database: SQLite in one file by default, PostgreSQL when set."""

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Sessions = async_sessionmaker[AsyncSession]

BUSY_TIMEOUT = 30.0
"""Seconds that a writer waits for another writer of a SQLite file."""


def open_database(url: str) -> tuple[AsyncEngine, Sessions]:
    """An engine and its sessions for `sqlite:///path` or `postgresql://user@host/name` (drivers are filled in)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_async_engine(
            parsed.set(drivername="sqlite+aiosqlite"),
            connect_args={"timeout": BUSY_TIMEOUT},
            pool_size=8,
            max_overflow=8,
        )
        _make_sqlite_strict(engine)
    else:
        engine = create_async_engine(
            parsed.set(drivername="postgresql+asyncpg"), pool_size=8, max_overflow=8, pool_pre_ping=True
        )
    return engine, async_sessionmaker(engine, expire_on_commit=False)


def _make_sqlite_strict(engine: AsyncEngine) -> None:
    """WAL, foreign keys, a durable commit, and BEGIN IMMEDIATE so that two writers queue instead of failing half-way."""

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # the DBAPI connection; we say BEGIN ourselves
        cursor = connection.cursor()  # type: ignore[attr-defined]  # as above
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={int(BUSY_TIMEOUT * 1000)}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]  # a sqlalchemy Connection
