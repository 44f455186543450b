"""Where a database stands in its history, and bringing it further. One transaction a call: a step that fails leaves nothing."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from core.database.private import keep_private

FOLDER = Path(__file__).parent


def head() -> str:
    """The newest revision that this version of the product knows."""
    newest = ScriptDirectory(str(FOLDER)).get_current_head()
    if newest is None:
        raise LookupError("there are no revisions")
    return newest


def current(connection: Connection) -> str | None:
    """The revision that the database stands at; None when it is empty. For `await connection.run_sync(current)`."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: str | Connection, revision: str = "head") -> None:
    """Bring a database forward: a url, or a connection inside the caller's transaction. Nothing to do is fine.

    With a url it may be called with or without a running event loop; it blocks until it is done.
    """
    _apply(database, lambda config: command.upgrade(config, revision))


def downgrade(database: str | Connection, revision: str = "base") -> None:
    """Bring a database back to `revision`, or to nothing. What the tables held is gone."""
    _apply(database, lambda config: command.downgrade(config, revision))


def _apply(database: str | Connection, act: Callable[[Config], None]) -> None:
    if isinstance(database, Connection):
        _act_on(database, act)
    elif make_url(database).get_backend_name() == "sqlite":
        _apply_to_sqlite(database, act)
    else:
        _in_a_thread(lambda: asyncio.run(_apply_to_server(database, act)))


def _act_on(connection: Connection, act: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    act(config)


def _apply_to_sqlite(url: str, act: Callable[[Config], None]) -> None:
    keep_private(make_url(url))
    engine = create_engine(make_url(url).set(drivername="sqlite"), poolclass=NullPool, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, so that a step is whole or not at all
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.begin() as connection:
            _act_on(connection, act)
    finally:
        engine.dispose()


async def _apply_to_server(url: str, act: Callable[[Config], None]) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(
                "SELECT pg_advisory_xact_lock(7810762107)"
            )  # two replicas starting at once
            await connection.run_sync(_act_on, act)
    finally:
        await engine.dispose()


def _in_a_thread(act: Callable[[], None]) -> None:
    """Run it where no event loop runs, and raise here what it raised there."""
    errors: list[BaseException] = []

    def work() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  # raised again below
            errors.append(error)

    thread = threading.Thread(target=work, name="migrations")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
