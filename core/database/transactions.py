"""Where a transaction begins and ends: at the edge, once, with no network inside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from sqlalchemy.ext.asyncio import AsyncSession

from core.database.engine import Sessions

_open: ContextVar[bool] = ContextVar("loket_transaction_open", default=False)


class NestedTransaction(RuntimeError):
    """A transaction was opened inside another one: a verb tried to be an edge."""


class NetworkInTransaction(RuntimeError):
    """A network client was used while a transaction was open: the lock would last as long as the network does."""


@asynccontextmanager
async def transaction(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """One transaction: committed when the block ends, rolled back when it raises. Refuses to nest."""
    if _open.get():
        raise NestedTransaction("a transaction is open already")
    token = _open.set(True)
    try:
        async with sessions() as session, session.begin():
            yield session
    finally:
        _open.reset(token)


def forbid_network_in_transaction() -> None:
    """Called by every network client before it speaks; raises when a transaction is open in this context."""
    if _open.get():
        raise NetworkInTransaction("no network inside a transaction")
