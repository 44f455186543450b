"""Waking workers at once: verbs say that work is waiting, a commit tells it, workers wait for it.

Within one process a commit wakes the waiters directly. Other processes are told by PostgreSQL's NOTIFY: over the connection on
which this process listens itself, once for all that was committed since it last told; by a process that doesn't listen, in the
transaction. (NOTIFY in a transaction is one statement more in each, and PostgreSQL commits those one after the other.) Waking is a
kindness, never a promise: every waiter polls beside it.
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

TELLING_TIME = 5.0
"""Seconds that the server may take for it."""

_CHANNEL = "loket_wake"
_THIS_PROCESS = secrets.token_hex(6)
_NOTIFY = "SELECT pg_notify({}, one) FROM unnest(CAST({} AS text[])) AS one"
_IN_TRANSACTION = text(_NOTIFY.format(":channel", ":told"))
_AFTERWARDS = _NOTIFY.format("$1", "$2")
_log = structlog.get_logger(__name__)
_wakes: WeakKeyDictionary[Engine, WeakSet["Wake"]] = WeakKeyDictionary()


def mark(session: AsyncSession, topic: str) -> None:
    """Say that work of `topic` waits once this transaction has committed. Cheap; the same topic counts once."""
    session.info.setdefault(_CHANNEL, set()).add(topic)


def unmark(session: AsyncSession, topic: str) -> None:
    """Nothing of `topic` waits after all."""
    session.info.get(_CHANNEL, set()).discard(topic)


async def notify(session: AsyncSession) -> frozenset[str]:
    """The topics marked in this transaction; other processes are told by it if nobody else will. Called by the transaction door."""
    topics: frozenset[str] = frozenset(session.info.pop(_CHANNEL, ()))
    if topics and session.get_bind().dialect.name == "postgresql" and _teller(session.get_bind().engine) is None:
        await session.execute(_IN_TRANSACTION, {"channel": _CHANNEL, "told": _told(topics)})
    return topics


def announce(sessions: Sessions, topics: Iterable[str]) -> None:
    """Wake this process's waiters and tell other processes. Called by the transaction door after the commit."""
    if not topics:
        return
    engine = engine_of(sessions)
    for wake in tuple(_wakes.get(engine, ())):
        wake.announce(topics)
    if (teller := _teller(engine)) is not None:
        teller.tell(topics)


def _teller(engine: Engine) -> "Wake | None":
    return next((wake for wake in tuple(_wakes.get(engine, ())) if wake.hears), None)


def _told(topics: Iterable[str]) -> list[str]:
    return [f"{_THIS_PROCESS} {topic}" for topic in sorted(topics)]


class Wake:
    """Lets workers wait for a topic. `start` before use and `stop` at the end, or `async with`."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._counts: Counter[str] = Counter()
        self._waiters: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)
        self._listener: asyncpg.Connection[Any] | None = None
        self._connecting = asyncio.Lock()
        self._retry_at = 0.0
        self._untold: set[str] = set()
        self._telling: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Hear of commits in this process, and on PostgreSQL of those elsewhere."""
        _wakes.setdefault(engine_of(self._sessions), WeakSet()).add(self)
        await self._listen()

    async def stop(self) -> None:
        """Hear no more; whoever waits is woken."""
        _wakes.get(engine_of(self._sessions), WeakSet()).discard(self)
        self.announce(tuple(self._waiters))
        if self._telling is not None:
            await self._telling
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

    def tell(self, topics: Iterable[str]) -> None:
        """Tell other processes, as soon as what is being told to them has been told."""
        self._untold.update(topics)
        if self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        try:
            while self._untold and self._listener is not None:
                topics, self._untold = self._untold, set()
                await self._listener.execute(_AFTERWARDS, _CHANNEL, _told(topics), timeout=TELLING_TIME)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning("wake.telling_failed", error=type(error).__name__)
        finally:
            self._telling = None

    @property
    def hears(self) -> bool:
        """Whether it is told by other processes, and so can tell them."""
        return self._listener is not None and not self._listener.is_closed()

    async def _listen(self) -> None:
        engine: AsyncEngine = self._sessions.kw["bind"]
        if engine.dialect.name != "postgresql" or self._connecting.locked() or self.hears:
            return
        async with self._connecting:
            loop = asyncio.get_running_loop()
            if loop.time() < self._retry_at:
                return
            self._retry_at = loop.time() + RECONNECT_AFTER
            try:
                listener = await _connect(engine)
                await listener.add_listener(_CHANNEL, self._heard)
                self._listener = listener
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("wake.listening_failed", error=type(error).__name__)

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        process, _, topic = str(payload).partition(" ")
        if process != _THIS_PROCESS:
            self.announce((topic,))


async def _connect(engine: AsyncEngine) -> "asyncpg.Connection[Any]":
    """A connection of its own, outside the pool: it listens as long as the process lives."""
    _args, options = engine.dialect.create_connect_args(engine.url)
    return await asyncpg.connect(**options, timeout=10)
