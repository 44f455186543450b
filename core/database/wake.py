"""Waking workers at once: verbs say that work is waiting, a commit tells it, workers wait for it.

Within one process a commit wakes the waiters directly. On PostgreSQL the transaction also says NOTIFY, so that it reaches
other processes if and only if it commits. Waking is a kindness, never a promise: every waiter polls beside it.
"""

import asyncio
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, Self
from weakref import WeakKeyDictionary, WeakSet

import asyncpg  # type: ignore[import-untyped]  # ships no types
import structlog
from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.database.engine import Sessions, engine_of

RECONNECT_AFTER = 5.0
"""Seconds between two tries to listen again when the connection was lost."""

_CHANNEL = "loket_wake"
_THIS_PROCESS = secrets.token_hex(6)
_NOTIFY = text("SELECT pg_notify(:channel, one) FROM unnest(CAST(:told AS text[])) AS one")
_log = structlog.get_logger(__name__)
_wakes: WeakKeyDictionary[Engine, WeakSet["Wake"]] = WeakKeyDictionary()


def mark(session: AsyncSession, topic: str) -> None:
    """Say that work of `topic` waits once this transaction has committed. Cheap; the same topic counts once."""
    session.info.setdefault(_CHANNEL, set()).add(topic)


def unmark(session: AsyncSession, topic: str) -> None:
    """Nothing of `topic` waits after all."""
    session.info.get(_CHANNEL, set()).discard(topic)


async def notify(session: AsyncSession) -> frozenset[str]:
    """The topics marked in this transaction, told to other processes if it commits. Called by the transaction door."""
    topics: frozenset[str] = frozenset(session.info.pop(_CHANNEL, ()))
    if topics and session.get_bind().dialect.name == "postgresql":
        told = [f"{_THIS_PROCESS} {topic}" for topic in sorted(topics)]
        await session.execute(_NOTIFY, {"channel": _CHANNEL, "told": told})
    return topics


def announce(sessions: Sessions, topics: Iterable[str]) -> None:
    """Wake this process's waiters. Called by the transaction door after the commit."""
    for wake in tuple(_wakes.get(engine_of(sessions), ())):
        wake.announce(topics)


class Wake:
    """Lets workers wait for a topic. `start` before use and `stop` at the end, or `async with`."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._counts: Counter[str] = Counter()
        self._waiters: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)
        self._listener: asyncpg.Connection[Any] | None = None
        self._connecting = asyncio.Lock()
        self._retry_at = 0.0

    async def start(self) -> None:
        """Hear of commits in this process, and on PostgreSQL of those elsewhere."""
        _wakes.setdefault(engine_of(self._sessions), WeakSet()).add(self)
        await self._listen()

    async def stop(self) -> None:
        """Hear no more; whoever waits is woken."""
        _wakes.get(engine_of(self._sessions), WeakSet()).discard(self)
        self.announce(tuple(self._waiters))
        listener, self._listener = self._listener, None
        if listener is not None and not listener.is_closed():
            await listener.close(timeout=5)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    def ticket(self, topic: str) -> int:
        """How often `topic` was announced. Take it before looking for work, so that no wake-up falls in between."""
        return self._counts[topic]

    async def wait(self, topic: str, timeout: float, *, since: int | None = None) -> bool:
        """True as soon as `topic` is announced (since that `ticket`), False after `timeout` seconds."""
        await self._listen()
        if since is not None and self._counts[topic] != since:
            return True
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[topic].add(waiter)
        try:
            async with asyncio.timeout(max(0.0, timeout)):
                await waiter
        except TimeoutError:
            return False
        finally:
            self._waiters[topic].discard(waiter)
        return True

    def announce(self, topics: Iterable[str]) -> None:
        """Wake whoever waits for one of these topics in this process."""
        for topic in topics:
            self._counts[topic] += 1
            for waiter in self._waiters[topic]:
                if not waiter.done():
                    waiter.set_result(None)

    async def _listen(self) -> None:
        engine: AsyncEngine = self._sessions.kw["bind"]
        if engine.dialect.name != "postgresql" or self._connecting.locked() or self._hears():
            return
        async with self._connecting:
            loop = asyncio.get_running_loop()
            if loop.time() < self._retry_at:
                return
            self._retry_at = loop.time() + RECONNECT_AFTER
            try:
                self._listener = await _connect(engine)
                await self._listener.add_listener(_CHANNEL, self._heard)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("wake.listening_failed", error=type(error).__name__)

    def _hears(self) -> bool:
        return self._listener is not None and not self._listener.is_closed()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        process, _, topic = str(payload).partition(" ")
        if process != _THIS_PROCESS:
            self.announce((topic,))


async def _connect(engine: AsyncEngine) -> "asyncpg.Connection[Any]":
    """A connection of its own, outside the pool: it listens as long as the process lives."""
    _args, options = engine.dialect.create_connect_args(engine.url)
    return await asyncpg.connect(**options, timeout=10)
