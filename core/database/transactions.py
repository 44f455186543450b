"""Where a transaction begins and ends: at the edge, once, with no network inside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from contextvars import ContextVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import wake
from core.database.engine import READ_ONLY, RELAXED, Sessions, is_sqlite, write_queue

_open: ContextVar[bool] = ContextVar("loket_transaction_open", default=False)


class NestedTransaction(RuntimeError):
    """A transaction was opened inside another one: a verb tried to be an edge."""


class NetworkInTransaction(RuntimeError):
    """A network client was used while a transaction was open: the lock would last as long as the network does."""


@asynccontextmanager
async def transaction(sessions: Sessions, *, durable: bool = True) -> AsyncIterator[AsyncSession]:
    """One transaction: committed when the block ends, rolled back when it raises. Refuses to nest.

    Work that was marked in it (`wake.mark`) wakes its workers once the commit has happened, and only then. With
    `durable=False` the commit doesn't wait for the disk: a power cut may undo it, a killed process doesn't. For leases.
    """
    with _only_one():
        options = {} if durable else {RELAXED: True}
        async with write_queue(sessions) or nullcontext(), _begun(sessions, options) as session:
            if not durable and not is_sqlite(sessions):
                await session.execute(text("SET LOCAL synchronous_commit = off"))
            yield session
            topics = await wake.notify(session)
        wake.announce(sessions, topics)


@asynccontextmanager
async def reading(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """One transaction that only reads: waits for no writer and holds up none. Writing in it fails."""
    options = {READ_ONLY: True, "postgresql_readonly": True}
    with _only_one():
        async with _begun(sessions, options) as session:
            yield session


def forbid_network_in_transaction() -> None:
    """Called by every network client before it speaks; raises when a transaction is open in this context."""
    if _open.get():
        raise NetworkInTransaction("no network inside a transaction")


@asynccontextmanager
async def _begun(sessions: Sessions, options: dict[str, bool]) -> AsyncIterator[AsyncSession]:
    async with sessions(execution_options=options) as session, session.begin():
        yield session


class _only_one:  # noqa: N801  # reads as a phrase where it is used
    """Marks a transaction as open in this context, for as long as the block lasts."""

    def __enter__(self) -> None:
        if _open.get():
            raise NestedTransaction("a transaction is open already")
        self._token = _open.set(True)

    def __exit__(self, *_error: object) -> None:
        _open.reset(self._token)
