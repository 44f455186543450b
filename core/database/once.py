"""Inserting what may be there already: one statement that is made once, because making it costs more than running it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.sql.dml import ReturningInsert

from core.database.base import Base

Row = TypeVar("Row", bound=Base)


async def insert_once(
    session: AsyncSession, model: type[Row], row: Mapping[str, Any], *, conflict: tuple[str, ...]
) -> Row | None:
    """The new row; None, and nothing written, when there is one with the same unique columns `conflict`.

    Another transaction that is inserting the same is waited for. What the session has not flushed yet goes first. The table
    is told, not the model: the session's own way of inserting is made for many rows, and costs twice as much for one.
    """
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError("only a table can be inserted into")
    if session.new or session.dirty or session.deleted:
        await session.flush()
    statement = _statement(session.get_bind().dialect.name, table, conflict, tuple(row))
    made = (await session.execute(statement, dict(row))).mappings().one_or_none()
    if made is None:
        return None
    new = model(**(dict(row) | dict(made)))
    make_transient_to_detached(new)
    session.add(new)
    return new


@cache
def _statement(dialect: str, table: Table, conflict: tuple[str, ...], given: tuple[str, ...]) -> ReturningInsert[Any]:
    """The key is told back, and what the table fills in by itself."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    made = [column for column in table.columns if column.primary_key or column.name not in given]
    return insert(table).on_conflict_do_nothing(index_elements=conflict).returning(*made)
