"""Connections to PostgreSQL that are known to be alive, without asking the server each time.

SQLAlchemy's own pre-ping asks three things of the server before every transaction, as many as a short transaction itself does.
"""

import time
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

TRUSTED: Final = 1.0
"""Seconds after its last use in which a connection that nobody closed is taken to be alive."""

_USED: Final = "loket_used"


def ask_idle_connections(engine: Engine) -> None:
    """Before a connection is used again: one that is closed is replaced, one that was idle is asked first."""

    @event.listens_for(engine, "checkin")
    def _on_checkin(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _on_checkout(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if time.monotonic() - record.info.get(_USED, 0.0) > TRUSTED:
            _ask(engine, connection)


def _ask(engine: Engine, connection: Any) -> None:
    """Raises InvalidatePoolError, upon which the pool connects anew, when the server is gone."""
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        if engine.dialect.is_disconnect(error, connection, None):
            raise InvalidatePoolError from error
        raise
