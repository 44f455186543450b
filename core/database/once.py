"""Inserting what may be there already: one statement that is made once, because making it costs more than running it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from core.database.base import Base

Row = TypeVar("Row", bound=Base)


async def insert_once(
    session: AsyncSession, model: type[Row], row: Mapping[str, Any], *, conflict: tuple[str, ...]
) -> Row | None:
    """The new row; None, and nothing written, when there is one with the same unique columns `conflict`.

    Another transaction that is inserting the same is waited for.
    """
    statement = _statement(session.get_bind().dialect.name, model, conflict)
    return (await session.scalars(statement, dict(row))).one_or_none()


@cache
def _statement(dialect: str, model: type[Row], conflict: tuple[str, ...]) -> ReturningInsert[Row]:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(model).on_conflict_do_nothing(index_elements=conflict).returning(model)
