"""The worker: claims what may go, sends it outside any transaction, settles it. Any number may run, in any number of processes."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.actor import Channel
from core.crypto import Keys
from core.database import Sessions, Wake, processes, transaction
from core.deliveries import claiming, outbox, outcomes, settling
from core.deliveries.claiming import Claim, Claimed, Terms
from core.deliveries.limits import Limits
from core.deliveries.outcomes import MOST_ATTEMPTS, Outcome
from core.deliveries.sending import Outgoing, Paused, Permanent, Sender
from core.deliveries.settling import OnFailed, OnSent

LEASE = timedelta(seconds=30)
POLL = 1.0
"""Seconds between two looks when nothing wakes the worker."""

GATHER = 0.02
"""Seconds in which outcomes are gathered into one settling transaction."""

TROUBLE = 1.0
"""Seconds to wait when the database doesn't answer."""

PATIENCE = 5.0
"""Seconds that `drain` waits for a limit; a channel that is paused for longer is left alone."""

CHATS_KEPT = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


class DeliveryWorker:
    """Sends the deliveries of one channel. `batch` is how many a claim takes, `concurrency` how many are in flight at once.

    `on_failed` is called in the settling transaction with what failed for good, `on_sent` with what was sent.
    """

    def __init__(
        self,
        sessions: Sessions,
        *,
        channel: Channel,
        sender: Sender,
        name: str,
        keys: Keys,
        wake: Wake,
        limits: Limits | None,
        on_failed: OnFailed,
        on_sent: OnSent | None = None,
        batch: int = 100,
        concurrency: int = 20,
        lease: timedelta = LEASE,
    ) -> None:
        self._sessions, self._channel, self._sender, self._wake = sessions, channel, sender, wake
        self._terms = Terms(channel, processes.identity(name), lease, limits, keys)
        self._on_failed, self._on_sent = on_failed, on_sent
        self._batch, self._concurrency = batch, concurrency
        self._topic = outbox.topic(channel)
        self._in_flight: dict[int, Outgoing] = {}
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self._room = asyncio.Event()
        self._stopping = asyncio.Event()
        self._paused_until = 0.0
        self._late = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then finish what is being sent and put back what is not."""
        async with self._shift() as group, asyncio.TaskGroup() as watching:
            watcher = watching.create_task(self._watch(stop))
            while not stop.is_set():
                ticket = self._wake.ticket(self._topic)
                claim = await self._claim(group)
                if claim is None:
                    await self._rest(TROUBLE)
                elif self._concurrency <= len(self._in_flight):
                    await self._until_room()
                elif claim.wait is not None:
                    await self._rest(claim.wait)
                elif not claim.claimed:
                    await self._wake.wait(self._topic, POLL, since=ticket)
            watcher.cancel()

    async def drain(self) -> int:
        """Send until nothing is due, or may go within some seconds; how many were claimed. For tests and the command line."""
        count = 0
        async with self._shift() as group:
            while True:
                claim = await self._claim(group)
                if claim is None:
                    raise RuntimeError("the database doesn't answer")
                count += len(claim.claimed)
                if self._in_flight:
                    await self._until_room(entirely=True)
                elif claim.wait is None or claim.wait > PATIENCE or not await self._clock_runs(claim.wait):
                    return count

    @asynccontextmanager
    async def _shift(self) -> AsyncIterator[asyncio.TaskGroup]:
        """The helpers of a worker at work; at the end what is in flight is awaited and settled."""
        self._stopping.clear()
        await self._take_over()
        async with asyncio.TaskGroup() as helpers:
            tasks = [helpers.create_task(self._settle_for_ever()), helpers.create_task(self._renew_for_ever())]
            try:
                async with asyncio.TaskGroup() as group:
                    yield group
                    self._stopping.set()
                await self._until_room(entirely=True)
            finally:
                for task in tasks:
                    task.cancel()

    async def _watch(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stopping.set()
        self._room.set()
        self._wake.announce((self._topic,))

    async def _claim(self, group: asyncio.TaskGroup) -> Claim | None:
        """Claim and begin to send; None when the database doesn't answer."""
        most = min(self._batch, self._concurrency - len(self._in_flight))
        if most <= 0:
            return Claim()
        late, self._late = self._late, 0.0
        try:
            async with transaction(self._sessions, durable=False) as session:
                claim = await claiming.claim(session, self._terms, most=most, late=late)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("deliveries.claim_failed", channel=self._channel, error=type(error).__name__)
            return None
        for claimed in claim.claimed:
            self._in_flight[claimed.outgoing.id] = claimed.outgoing
            group.create_task(self._deliver(claimed))
        return claim

    async def _deliver(self, claimed: Claimed) -> None:
        outgoing = claimed.outgoing
        if await self._its_turn(claimed):
            outcome = await self._send(claimed)
        else:
            outcome = outcomes.released(outgoing, clock.now())
        self._outcomes.put_nowait(outcome)

    async def _its_turn(self, claimed: Claimed) -> bool:
        """Wait for its slot; False when it must not go now after all: stopping, paused or too late."""
        delay = (claimed.at - clock.now()).total_seconds()
        if delay > 0:
            await self._rest(delay)
        now = clock.now()
        if now >= claimed.at + self._terms.lease:  # this process was asleep: another may have it by now
            return False
        if self._terms.limits is not None:
            self._late = max(self._late, (now - claimed.at).total_seconds())
        return not self._stopping.is_set() and now.timestamp() >= self._paused_until

    async def _send(self, claimed: Claimed) -> Outcome:
        outgoing = claimed.outgoing
        try:
            if not claimed.readable:
                raise Permanent("its secret can't be read with the present keys")
            if outgoing.attempts > MOST_ATTEMPTS:
                raise Permanent("tried too often")
            return outcomes.sent(outgoing, await self._sender.send(outgoing))
        except Exception as error:  # noqa: BLE001  # the outermost loop: one delivery never stops the others
            return self._failed(outgoing, error)

    def _failed(self, outgoing: Outgoing, error: Exception) -> Outcome:
        at = clock.now()
        outcome = outcomes.failed(outgoing, error, at=at, chance=random.random())  # noqa: S311  # jitter
        if isinstance(error, Paused):
            self._paused_until = at.timestamp() + error.retry_after
        _log.warning(
            "deliveries.not_sent",
            delivery=outgoing.id,
            channel=self._channel,
            state=outcome.state,
            reason=outcome.error,
        )
        return outcome

    async def _settle_for_ever(self) -> None:
        while True:
            gathered = [await self._outcomes.get()]
            if len(self._in_flight) > 1:
                await asyncio.sleep(GATHER)
            while not self._outcomes.empty():
                gathered.append(self._outcomes.get_nowait())
            await self._settle(gathered)
            for outcome in gathered:
                self._in_flight.pop(outcome.id, None)
            self._room.set()

    async def _settle(self, gathered: list[Outcome]) -> None:
        """Write them down, however long the database needs to come back."""
        while True:
            try:
                async with transaction(self._sessions) as session:
                    await settling.settle(
                        session,
                        gathered,
                        channel=self._channel,
                        worker=self._terms.worker,
                        on_failed=self._on_failed,
                        on_sent=self._on_sent,
                    )
                return
            except (SQLAlchemyError, OSError) as error:
                _log.warning("deliveries.settle_failed", channel=self._channel, error=type(error).__name__)
                await asyncio.sleep(TROUBLE)

    async def _renew_for_ever(self) -> None:
        """Renew the leases of slow sends, take over what other workers left, and forget old bookings."""
        while True:
            await asyncio.sleep(self._terms.lease.total_seconds() / 3)
            await self._take_over()

    async def _take_over(self) -> None:
        try:
            async with transaction(self._sessions, durable=False) as session:
                ids = list(self._in_flight)
                if ids:
                    await settling.renew(session, ids, worker=self._terms.worker, lease=self._terms.lease)
                if taken := await claiming.take_over(session, self._channel):
                    _log.warning("deliveries.taken_over", channel=self._channel, count=taken)
                    self._wake.announce((self._topic,))
                await claiming.forget_chats(session, older_than=CHATS_KEPT)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("deliveries.renewal_failed", channel=self._channel, error=type(error).__name__)

    async def _until_room(self, *, entirely: bool = False) -> None:
        """Until something in flight is settled, or `entirely`: until all is."""
        while len(self._in_flight) >= (1 if entirely else self._concurrency):
            self._room.clear()
            await self._room.wait()

    async def _clock_runs(self, seconds: float) -> bool:
        """Wait; False when the clock stands still, as it does in some tests."""
        before = clock.now()
        await self._rest(seconds)
        return clock.now() > before

    async def _rest(self, seconds: float) -> None:
        """Wait, unless stopping."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
