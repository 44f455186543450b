"""Handling together what is ready at the same time: one transaction for a few items costs hardly more than for one.

It is all or nothing: when anything goes wrong with one of them nothing of any has happened, and each is handled alone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from core.actor import Channel
from core.database import Session, Sessions, transaction
from core.intake import settling
from core.intake.handling import Handled, Handler
from core.intake.models import Intake

_log = structlog.get_logger(__name__)

MOST: Final = {Channel.EMAIL: 6}
"""How many groups of items a transaction handles at most, where it is more than one. Not more: meanwhile others wait for SQLite. Not
in Telegram: there somebody is waiting."""

AT_ONCE: Final = 2
"""Transactions at a time: while the database works on one, another is thought out."""


@dataclass(eq=False, slots=True)
class _Ready:
    """A group of items, fetched. `handled` is what became of them: None when they are to be handled alone."""

    items: Sequence[Intake]
    ids: Sequence[int]
    fetched: Any
    handled: "asyncio.Future[Handled | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Desk:
    """Where fetched items come to be handled by `worker`. Raises what handling raises, and LeaseLost."""

    def __init__(self, sessions: Sessions, handler: Handler, *, channel: Channel, worker: str, seconds: float) -> None:
        self._sessions, self._handler, self._worker, self._seconds = sessions, handler, worker, seconds
        self._most = MOST.get(channel, 1)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._ready: list[_Ready] = []

    async def handle(
        self, items: Sequence[Intake], ids: Sequence[int], fetched: Any
    ) -> tuple[Sequence[Intake], Handled]:
        """The items as they stand, and what was done with them; all of it is committed."""
        if self._most == 1:
            return items, await self._alone(items, ids, fetched)
        mine = _Ready(items, ids, fetched)
        self._ready.append(mine)
        try:
            async with self._places:
                if mine in self._ready:
                    some, self._ready = self._ready[: self._most], self._ready[self._most :]
                    if len(some) == 1:
                        return items, await self._alone(items, ids, fetched)
                    await self._together(some)
        finally:
            if mine in self._ready:  # cancelled while it waited: nobody is to take it up
                self._ready.remove(mine)
        handled = await mine.handled
        if handled is not None:
            return items, handled
        async with asyncio.timeout(self._seconds), transaction(self._sessions) as session:
            rows = await settling.hold(session, ids, worker=self._worker)
            handled = await self._handle(session, rows, ids, fetched)
        return rows, handled

    async def _alone(self, items: Sequence[Intake], ids: Sequence[int], fetched: Any) -> Handled:
        async with asyncio.timeout(self._seconds), transaction(self._sessions) as session:
            session.add_all(items)
            return await self._handle(session, items, ids, fetched)

    async def _handle(self, session: Session, items: Sequence[Intake], ids: Sequence[int], fetched: Any) -> Handled:
        handled = await self._handler.handle(session, items, fetched)
        await settling.finish(session, ids, handled, worker=self._worker)
        return handled

    async def _together(self, some: Sequence[_Ready]) -> None:
        """Each is seen by a session that knows nothing of the one before."""
        done: list[Handled] = []
        try:
            async with asyncio.timeout(self._seconds), transaction(self._sessions) as session:
                for each in some:
                    session.add_all(each.items)
                    done.append(await self._handler.handle(session, each.items, each.fetched))
                    await session.flush()
                    session.expunge_all()
                await settling.finish_all(
                    session, [(each.ids, what) for each, what in zip(some, done, strict=True)], worker=self._worker
                )
            for each, what in zip(some, done, strict=True):
                each.handled.set_result(what)
        except Exception as error:  # noqa: BLE001  # whose it is shows when each is handled alone
            _log.debug("intake.not_together", groups=len(some), error=type(error).__name__)
        finally:
            for each in some:
                if not each.handled.done():
                    each.handled.set_result(None)
