"""The worker: senders in parallel, one sender in order, each item handled in one transaction that also marks it handled (`together`)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel
from core.database import Sessions, Wake, processes, reading, transaction
from core.deliveries.sending import Temporary
from core.errors import Refused
from core.intake import claiming, settling, store
from core.intake.claiming import Holder
from core.intake.handling import Handled, Handler
from core.intake.models import Intake, IntakeState
from core.intake.settling import LeaseLost
from core.intake.together import Desk

LEASE = timedelta(seconds=60)
POLL = 1.0
"""Seconds between two looks when nothing wakes the worker."""

TROUBLE = 1.0
"""Seconds to wait when the database doesn't answer."""

NETWORK_TIME = 300.0
"""Seconds that fetching or answering may take."""

HANDLING_TIME = 60.0
"""Seconds that handling may take: nothing waits for a network in it."""

ANSWER_TRIES = 3

GATHER = 0.1
"""Seconds after one of many items has ended in which others may end: what takes their places is claimed together."""

_log = structlog.get_logger(__name__)


_Said = tuple[Sequence[Intake], list[dict[str, Any]]]
"""The items as they stand, and what to answer."""


class _Lost(Exception):
    """Its worker was lost each time it tried this item."""


class IntakeWorker:
    """Works on what came in over one channel, `concurrency` senders at once. An item that fails `attempts` times is dead."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        channel: Channel,
        handler: Handler,
        name: str,
        wake: Wake,
        concurrency: int = 8,
        attempts: int = 5,
        lease: timedelta = LEASE,
    ) -> None:
        self._sessions, self._channel, self._handler, self._wake = sessions, channel, handler, wake
        self._holder = Holder(processes.identity(name), lease)
        self._concurrency, self._attempts = concurrency, attempts
        self._desk = Desk(sessions, handler, channel=channel, worker=self._holder.name, seconds=HANDLING_TIME)
        self._topic = store.topic(channel)
        self._in_work: set[int] = set()
        self._busy = 0
        self._unanswered = True
        self._claiming = asyncio.Lock()
        self._open: asyncio.TaskGroup | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is in work is finished."""
        async with self._shift() as group, asyncio.TaskGroup() as watching:
            watcher = watching.create_task(self._watch(stop))
            self._open = group
            try:
                await self._claim_until(stop, group)
                await self._claiming.acquire()  # what is being taken in now is still begun
                self._claiming.release()
            finally:
                self._open = None
            watcher.cancel()

    @asynccontextmanager
    async def taking_in(self) -> AsyncIterator[AsyncSession]:
        """A transaction for `store.take_in`: what may be worked on at once is claimed in it, and begun when it has committed.

        So that what is taken in where there is room needs no transaction more, nor has anybody to be woken.
        """
        async with self._claiming:
            async with transaction(self._sessions) as session:
                yield session
                group, room, groups = self._open, self._concurrency - self._busy, list[list[Intake]]()
                if group is not None and room > 0:
                    groups = await claiming.claim(session, self._channel, self._holder, most=room, patient=False)
                    store.wake_for_the_rest(session, self._channel)
            if group is not None and group is self._open:
                self._begin(group, groups)

    async def _claim_until(self, stop: asyncio.Event, group: asyncio.TaskGroup) -> None:
        while not stop.is_set():
            ticket, at = self._wake.ticket(self._topic), clock.now()
            groups = await self._claim(group)
            full = self._busy >= self._concurrency
            if groups is None:
                await asyncio.sleep(TROUBLE)
            elif groups and full:
                await self._wake.wait(self._topic, POLL, since=ticket)
                await self._others_end()
            elif groups or full:  # what ends or comes in says so
                await self._wake.wait(self._topic, POLL, since=ticket)
            else:
                await self._wake.wait(self._topic, await self._until_due(at), since=ticket)

    async def drain(self) -> int:
        """Work until nothing is due, nor an album will be within a second; how many items were taken. For tests."""
        count, patience = 0, 5.0
        async with self._shift() as group:
            while True:
                ticket, at = self._wake.ticket(self._topic), clock.now()
                groups = await self._claim(group)
                if groups is None:
                    raise RuntimeError("the database doesn't answer")
                count += sum(map(len, groups))
                ended = self._wake.ticket(self._topic) != ticket  # what it held up may go now
                if self._busy or ended:
                    await self._wake.wait(self._topic, POLL, since=ticket)
                    continue
                pause = await self._until_due(at, untried=True)
                if pause >= POLL or patience <= 0:
                    return count
                await asyncio.sleep(pause)
                patience -= max(pause, 0.05)

    async def _others_end(self) -> None:
        """While more waits than can be in work, places are filled together: when half of them are free, or soon."""
        loop = asyncio.get_running_loop()
        until = loop.time() + GATHER
        while self._busy > self._concurrency // 2 and (left := until - loop.time()) > 0:
            await self._wake.wait(self._topic, left)

    @asynccontextmanager
    async def _shift(self) -> AsyncIterator[asyncio.TaskGroup]:
        await self._look_after()
        async with asyncio.TaskGroup() as helpers:
            renewing = helpers.create_task(self._look_after_for_ever())
            try:
                async with asyncio.TaskGroup() as group:
                    yield group
            finally:
                renewing.cancel()

    async def _watch(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.announce((self._topic,))

    async def _claim(self, group: asyncio.TaskGroup) -> list[list[Intake]] | None:
        """Claim and begin as many groups as there is room for; None when the database doesn't answer."""
        async with self._claiming:
            room = self._concurrency - self._busy
            if room <= 0:
                return []
            try:
                groups = await self._claimed(room)
            except (SQLAlchemyError, OSError) as error:
                _log.warning("intake.claim_failed", channel=self._channel, error=type(error).__name__)
                return None
            self._begin(group, groups)
        return groups

    async def _claimed(self, room: int) -> list[list[Intake]]:
        async with transaction(self._sessions, durable=False) as session:
            groups = await claiming.claim(session, self._channel, self._holder, most=room)
            if self._unanswered and len(groups) < room:
                left = await claiming.claim_answers(session, self._channel, self._holder, most=room - len(groups))
                self._unanswered = len(groups) + len(left) == room
                groups += [[item] for item in left]
        return groups

    def _begin(self, group: asyncio.TaskGroup, groups: list[list[Intake]]) -> None:
        for items in groups:
            self._busy += 1
            self._in_work.update(item.id for item in items)
            group.create_task(self._work(items))

    async def _work(self, items: Sequence[Intake]) -> None:
        """All of one group. Never raises: what can't even be written down is taken over when its lease ends."""
        ids = [item.id for item in items]
        try:
            if items[0].state == IntakeState.WORKING:
                items, answers = await self._handle(items, ids)
            else:
                answers = items[0].answers
            if answers:
                await self._answer(items, ids[0], answers)
        except LeaseLost:
            _log.warning("intake.lease_lost", intake=ids[0])
        except Exception as error:  # noqa: BLE001  # the outermost loop: one item never stops the others
            _log.error("intake.not_settled", intake=ids[0], error=settling.described(error))
        finally:
            self._busy -= 1
            self._in_work.difference_update(ids)
            self._wake.announce((self._topic,))

    async def _handle(self, items: Sequence[Intake], ids: Sequence[int]) -> _Said:
        """The items and their answers after handling, refusing, failing or giving up."""
        attempts, since = items[0].attempts, items[0].received_at
        try:
            if attempts > self._attempts:
                raise _Lost
            try:
                return await self._fetch_and_handle(items, ids)
            except Refused as refused:
                return await self._refuse(ids, refused)
        except LeaseLost:
            raise
        except Temporary as error:
            if settling.out_of_patience(since):
                return await self._give_up(ids, error)
            pause = settling.pause_unreachable(since, error.retry_after)
            return await self._put_back(ids, error, seconds=pause, counted=False)
        except Exception as error:  # noqa: BLE001  # whatever goes wrong with one item is that item's failure
            if attempts >= self._attempts:
                return await self._give_up(ids, error)
            return await self._put_back(ids, error, seconds=settling.pause_after(attempts))

    async def _fetch_and_handle(self, items: Sequence[Intake], ids: Sequence[int]) -> _Said:
        async with asyncio.timeout(NETWORK_TIME):
            fetched = await self._handler.fetch(items)
        items, handled = await self._desk.handle(items, ids, fetched)
        return items, handled.answers

    async def _refuse(self, ids: Sequence[int], refused: Refused) -> _Said:
        async with asyncio.timeout(HANDLING_TIME), transaction(self._sessions) as session:
            rows = await settling.hold(session, ids, worker=self._holder.name)
            said = await self._handler.refused(session, rows, refused)
            what = Handled(said.answers, said.outcome or f"refused {refused.code}")
            await settling.finish(session, ids, what, worker=self._holder.name)
        return rows, said.answers

    async def _put_back(self, ids: Sequence[int], error: Exception, *, seconds: float, counted: bool = True) -> _Said:
        what = error.reason if isinstance(error, Temporary) else settling.described(error)
        async with transaction(self._sessions) as session:
            await settling.put_back(
                session, ids, worker=self._holder.name, error=what, seconds=seconds, counted=counted
            )
        _log.warning("intake.put_back", intake=ids[0], seconds=round(seconds, 1), error=what)
        return (), []

    async def _give_up(self, ids: Sequence[int], error: Exception) -> _Said:
        """Dead, and its sender told, in one transaction. When even telling fails, dead all the same."""
        what, error_id = settling.described(error), settling.new_error_id()
        _log.error("intake.dead", intake=ids[0], error_id=error_id, error=what)
        async with transaction(self._sessions) as session:
            rows = await settling.hold(session, ids, worker=self._holder.name)
            told = Handled()
            try:
                async with session.begin_nested():
                    told = await self._handler.give_up(session, rows, error_id)
            except Exception as failed:  # noqa: BLE001  # the next item of this sender must go on
                _log.error("intake.not_told", intake=ids[0], error_id=error_id, error=settling.described(failed))
                rows = await settling.hold(session, ids, worker=self._holder.name)
            end = Handled(told.answers, told.outcome or "dead")
            await settling.finish(session, ids, end, worker=self._holder.name, error=what, error_id=error_id)
        return rows, told.answers

    async def _answer(self, items: Sequence[Intake], first: int, answers: Sequence[dict[str, Any]]) -> None:
        """Give the answers; an error is logged. Only what certainly did not arrive is tried again, a few times."""
        for attempt in range(1, ANSWER_TRIES + 1):
            try:
                async with asyncio.timeout(NETWORK_TIME):
                    await self._handler.answer(items, answers)
                break
            except Temporary as error:
                _log.warning("intake.answer_delayed", intake=first, attempt=attempt, reason=error.reason)
                if attempt < ANSWER_TRIES:
                    await asyncio.sleep(min(error.retry_after or attempt, 30.0))
            except Exception as error:  # noqa: BLE001  # it was handled; that its answer fails undoes nothing
                _log.error("intake.answer_failed", intake=first, error=settling.described(error))
                break
        async with transaction(self._sessions, durable=False) as session:  # a power cut at worst repeats the answer
            await settling.answered(session, first)

    async def _look_after_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._holder.lease.total_seconds() / 3)
            await self._look_after()

    async def _look_after(self) -> None:
        """Renew the leases of what is in work; put back what lost workers held, and look for what they didn't answer."""
        self._unanswered = True
        try:
            async with transaction(self._sessions, durable=False) as session:
                if ids := list(self._in_work):
                    await claiming.renew(session, ids, self._holder)
                if taken := await claiming.take_over(session, self._channel):
                    _log.warning("intake.taken_over", channel=self._channel, count=taken)
                    self._wake.announce((self._topic,))
        except (SQLAlchemyError, OSError) as error:
            _log.warning("intake.renewal_failed", channel=self._channel, error=type(error).__name__)

    async def _until_due(self, at: datetime, *, untried: bool = False) -> float:
        """Seconds until there may be work that was not due at `at`; at most the poll."""
        try:
            async with reading(self._sessions) as session:
                due = await claiming.next_due(session, self._channel, after=at, untried=untried)
        except (SQLAlchemyError, OSError):
            return TROUBLE
        return POLL if due is None else min(POLL, max((due - clock.now()).total_seconds(), 0.0))
