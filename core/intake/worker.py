"""The worker: senders in parallel, one sender in order, each item handled in one transaction that also marks it handled."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

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

_log = structlog.get_logger(__name__)


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
        self._topic = store.topic(channel)
        self._in_work: set[int] = set()
        self._busy = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is in work is finished."""
        async with self._shift() as group, asyncio.TaskGroup() as watching:
            watcher = watching.create_task(self._watch(stop))
            while not stop.is_set():
                ticket, at = self._wake.ticket(self._topic), clock.now()
                claimed = await self._claim(group)
                if claimed is None:
                    await asyncio.sleep(TROUBLE)
                elif not claimed or self._busy >= self._concurrency:
                    await self._wake.wait(self._topic, await self._until_due(at), since=ticket)
            watcher.cancel()

    async def drain(self) -> int:
        """Work until nothing is due, nor an album will be within a second; how many items were taken. For tests."""
        count, patience = 0, 5.0
        async with self._shift() as group:
            while True:
                ticket, at = self._wake.ticket(self._topic), clock.now()
                claimed = await self._claim(group)
                if claimed is None:
                    raise RuntimeError("the database doesn't answer")
                count += claimed
                if claimed or self._busy:
                    await self._wake.wait(self._topic, POLL, since=ticket)
                    continue
                pause = await self._until_due(at, untried=True)
                if pause >= POLL or patience <= 0:
                    return count
                await asyncio.sleep(pause)
                patience -= max(pause, 0.05)

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

    async def _claim(self, group: asyncio.TaskGroup) -> int | None:
        """Claim and begin; how many items, or None when the database doesn't answer."""
        most = self._concurrency - self._busy
        if most <= 0:
            return 0
        try:
            async with transaction(self._sessions) as session:
                groups = await claiming.claim(session, self._channel, self._holder, most=most)
                if room := most - len(groups):
                    unanswered = await claiming.claim_answers(session, self._channel, self._holder, most=room)
                    groups += [[item] for item in unanswered]
        except (SQLAlchemyError, OSError) as error:
            _log.warning("intake.claim_failed", channel=self._channel, error=type(error).__name__)
            return None
        for items in groups:
            self._busy += 1
            self._in_work.update(item.id for item in items)
            group.create_task(self._work(items))
        return sum(map(len, groups))

    async def _work(self, items: Sequence[Intake]) -> None:
        """All of one group. Never raises: what can't even be written down is taken over when its lease ends."""
        try:
            if items[0].state == IntakeState.WORKING:
                items = await self._handle(items)
            if items and items[0].answers:
                await self._answer(items)
        except LeaseLost:
            _log.warning("intake.lease_lost", intake=items[0].id)
        except Exception as error:  # noqa: BLE001  # the outermost loop: one item never stops the others
            _log.error("intake.not_settled", intake=items[0].id, error=settling.described(error))
        finally:
            self._busy -= 1
            self._in_work.difference_update(item.id for item in items)
            self._wake.announce((self._topic,))

    async def _handle(self, items: Sequence[Intake]) -> Sequence[Intake]:
        """The items as they stand after handling, refusing, failing or giving up."""
        try:
            if items[0].attempts > self._attempts:
                raise _Lost
            try:
                return await self._fetch_and_handle(items)
            except Refused as refused:
                return await self._refuse(items, refused)
        except LeaseLost:
            raise
        except Temporary as error:
            if settling.out_of_patience(items[0]):
                return await self._give_up(items, error)
            return await self._put_back(items, error)
        except Exception as error:  # noqa: BLE001  # whatever goes wrong with one item is that item's failure
            if items[0].attempts >= self._attempts:
                return await self._give_up(items, error)
            return await self._put_back(items, error)

    async def _fetch_and_handle(self, items: Sequence[Intake]) -> Sequence[Intake]:
        async with asyncio.timeout(NETWORK_TIME):
            fetched = await self._handler.fetch(items)
        async with asyncio.timeout(HANDLING_TIME), transaction(self._sessions) as session:
            rows = await settling.hold(session, items, worker=self._holder.name)
            settling.handled(rows, await self._handler.handle(session, rows, fetched))
        return rows

    async def _refuse(self, items: Sequence[Intake], refused: Refused) -> Sequence[Intake]:
        async with asyncio.timeout(HANDLING_TIME), transaction(self._sessions) as session:
            rows = await settling.hold(session, items, worker=self._holder.name)
            said = await self._handler.refused(session, rows, refused)
            settling.handled(rows, Handled(said.answers, said.outcome or f"refused {refused.code}"))
        return rows

    async def _put_back(self, items: Sequence[Intake], error: Exception) -> Sequence[Intake]:
        what = settling.described(error)
        async with transaction(self._sessions) as session:
            rows = await settling.hold(session, items, worker=self._holder.name)
            if isinstance(error, Temporary):
                settling.unreachable(rows, error.reason, error.retry_after)
            else:
                settling.again(rows, what)
        _log.warning("intake.put_back", intake=rows[0].id, attempts=rows[0].attempts, error=what)
        return rows

    async def _give_up(self, items: Sequence[Intake], error: Exception) -> Sequence[Intake]:
        """Dead, and its sender told, in one transaction. When even telling fails, dead all the same."""
        what, error_id = settling.described(error), settling.new_error_id()
        _log.error("intake.dead", intake=items[0].id, error_id=error_id, error=what)
        async with transaction(self._sessions) as session:
            rows = await settling.hold(session, items, worker=self._holder.name)
            told = Handled()
            try:
                async with session.begin_nested():
                    told = await self._handler.give_up(session, rows, error_id)
            except Exception as failed:  # noqa: BLE001  # the next item of this sender must go on
                _log.error("intake.not_told", intake=rows[0].id, error_id=error_id, error=settling.described(failed))
            settling.handled(rows, Handled(told.answers, told.outcome or "dead"), error=what, error_id=error_id)
        return rows

    async def _answer(self, items: Sequence[Intake]) -> None:
        """Give the answers; an error is logged. Only what certainly did not arrive is tried again, a few times."""
        for attempt in range(1, ANSWER_TRIES + 1):
            try:
                async with asyncio.timeout(NETWORK_TIME):
                    await self._handler.answer(items, items[0].answers)
                break
            except Temporary as error:
                _log.warning("intake.answer_delayed", intake=items[0].id, attempt=attempt, reason=error.reason)
                if attempt < ANSWER_TRIES:
                    await asyncio.sleep(min(error.retry_after or attempt, 30.0))
            except Exception as error:  # noqa: BLE001  # it was handled; that its answer fails undoes nothing
                _log.error("intake.answer_failed", intake=items[0].id, error=settling.described(error))
                break
        async with transaction(self._sessions) as session:
            await settling.answered(session, items[0])

    async def _look_after_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._holder.lease.total_seconds() / 3)
            await self._look_after()

    async def _look_after(self) -> None:
        """Renew the leases of what is in work; put back what lost workers held."""
        try:
            async with transaction(self._sessions) as session:
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
