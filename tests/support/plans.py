"""How a database would run the statements of a block: which indexes it takes, whatever the tables hold now."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text

from core.database import Sessions, is_sqlite, transaction
from core.database.engine import engine_of

Plans = dict[str, str]
"""Each statement with its plan as text."""


@asynccontextmanager
async def plans(sessions: Sessions) -> AsyncIterator[Plans]:
    """Collects what the block asks and changes; filled with the plans when it has ended."""
    found: Plans = {}
    seen: dict[str, Any] = {}

    def see(*call: Any) -> None:
        _connection, _cursor, statement, parameters, _context, many = call
        if statement.startswith(("SELECT", "UPDATE", "DELETE")) and not many:
            seen[statement] = parameters

    event.listen(engine_of(sessions), "before_cursor_execute", see)
    try:
        yield found
    finally:
        event.remove(engine_of(sessions), "before_cursor_execute", see)
    for statement, parameters in seen.items():
        found[statement] = await _plan(sessions, statement, parameters)


async def _plan(sessions: Sessions, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN " if is_sqlite(sessions) else "EXPLAIN "
    async with transaction(sessions) as session:
        if not is_sqlite(sessions):
            await session.execute(text("SET LOCAL enable_seqscan = off"))
        connection = await session.connection()
        rows = await connection.exec_driver_sql(explain + statement, parameters)
        return "\n".join(str(row[-1]) for row in rows)
