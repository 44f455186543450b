"""Watching the INBOX: new mails are taken in, handled ones are moved, and a lost connection is made again."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from operator import attrgetter, itemgetter
from typing import TypeVar

import structlog

from core.actor import Channel
from core.database import Session, Sessions, Wake, forbid_network_in_transaction, reading
from core.files.store import FileStore
from core.intake import ledger
from core.intake.models import Intake
from core.intake.settling import described
from mailbridge.mailbox import taking
from mailbridge.mailbox.connection import Inbox, connect
from mailbridge.mailbox.folders import Folder, folder_for
from mailbridge.mailbox.taking import Stored
from mailbridge.oauth import NoToken
from mailbridge.servers import ServerAccess

POLL = 60.0
"""Seconds between two looks at the INBOX when the server says nothing."""

WAIT = 1.0
WAIT_WHILE_HANDLED = 0.2
"""Seconds that one wait for news lasts, and the same while mails are being handled and then want to be moved."""

BATCH = 25
TOGETHER = 2 * 1024 * 1024
"""Mails of at most so many bytes together, and at most `BATCH` of them, are fetched and recorded at a time; a larger one
alone, piece by piece."""

GATHER = 0.2
"""Seconds after the first of them in which further mails may be settled, to be moved together."""

ASKED = 60
"""Mails that are asked after at once, the oldest first."""

TRIES = 3
"""How often a mail that can't even be taken in is tried before it goes to Failed."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds before the connection is made again; twice as long each time that not one look at the INBOX succeeded."""

SETTLED = "mailbox.settled"
"""The topic by which handling says that a mail may be moved."""

_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


class Mailbox:
    """One IMAP account. Only one process may watch it at a time; the caller holds the lease.

    `name` tells mailboxes apart in the intake; it must stay the same over restarts.
    """

    def __init__(
        self, access: ServerAccess, *, sessions: Sessions, files: FileStore, wake: Wake, name: str = "portal"
    ) -> None:
        self._access = access
        self._sessions = sessions
        self._files = files
        self._wake = wake
        self._source = f"mailbox:{name}"
        self._items: dict[int, int] = {}
        self._failures: dict[int, int] = {}
        self._validity = 0
        self._looked = False
        self.connected = False

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until `stop` is set. Trouble with the server, the disk or the database is logged and tried again."""
        pause = FIRST_PAUSE
        while not stop.is_set():
            self._looked = False
            try:
                async with self._opened() as at:
                    await self._watch(at, stop)
            except Exception as error:  # noqa: BLE001  # the outermost loop: nothing may end it
                self.connected = False
                pause = FIRST_PAUSE if self._looked else min(pause * 2, LONGEST_PAUSE)
                why = error.reason if isinstance(error, NoToken) else None
                _log.warning("mailbox.interrupted", error=described(error), why=why, again_in=pause)
                await _rest(stop, pause * random.uniform(0.7, 1.3))  # noqa: S311  # spreads reconnects
        self.connected = False

    async def drain(self) -> int:
        """Take in what stands in the INBOX now and move what is handled; how many are left to be handled. For tests."""
        async with self._opened() as at:
            await self._take_new(at)
            await self._move_handled(at)
        return self.waiting

    @property
    def waiting(self) -> int:
        """How many mails stand in the INBOX until they are handled and moved, as far as was looked."""
        return len(self._items)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator["_Thread"]:
        """A connection with the INBOX open, in a thread of its own."""
        forbid_network_in_transaction()
        async with _Thread.connected(self._access) as at:
            await self._select(at)
            self.connected = True
            yield at

    async def _select(self, at: "_Thread") -> None:
        validity = await at.do(at.inbox.select)
        if validity != self._validity:
            self._validity = validity
            self._items.clear()
            self._failures.clear()

    async def _watch(self, at: "_Thread", stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        look_at = loop.time()
        while not stop.is_set():
            if loop.time() >= look_at:
                await self._select(at)
                await self._take_new(at)
                self._looked = True
                look_at = loop.time() + POLL
            await self._move_handled(at)
            if self._items and await self._wake.wait(SETTLED, WAIT_WHILE_HANDLED):
                await _rest(stop, GATHER)
            if await at.do(at.inbox.wait, 0.01 if self._items else WAIT):
                look_at = loop.time()

    async def _take_new(self, at: "_Thread") -> None:
        standing = await at.do(at.inbox.uids)
        self._items = {uid: item for uid, item in self._items.items() if uid in set(standing)}
        new = [uid for uid in standing if uid not in self._items]
        for some in _chunks(new, 200):
            sizes = await at.do(at.inbox.sizes, some)
            for batch in _batches(sizes):
                if sizes[batch[0]] <= TOGETHER:
                    await self._take_small(at, batch)
                else:
                    await self._take_large(at, batch[0])

    async def _take_small(self, at: "_Thread", uids: Sequence[int]) -> None:
        fetched = await at.do(at.inbox.whole, uids)
        contents = await asyncio.gather(*(self._files.put(raw) for raw in fetched.values()))
        mails = [
            taking.stored(uid, content, raw) for (uid, raw), content in zip(fetched.items(), contents, strict=True)
        ]
        mails.sort(key=attrgetter("uid"))
        try:
            await self._take_in(mails)
        except Exception:  # noqa: BLE001  # one of them is the trouble: the others must not wait for it
            for mail in mails:
                await self._take_alone(at, mail)

    async def _take_large(self, at: "_Thread", uid: int) -> None:
        head = await at.do(at.inbox.piece, uid, 0)
        content = await self._files.put(_pieces(at, uid, head))
        await self._take_alone(at, taking.stored(uid, content, head))

    async def _take_alone(self, at: "_Thread", mail: Stored) -> None:
        try:
            await self._take_in([mail])
        except Exception as error:  # noqa: BLE001  # one mail must not keep the others out
            async with reading(self._sessions) as session:  # raises too when it is the database that is away
                await session.get(Intake, 0)
            failures = self._failures[mail.uid] = self._failures.get(mail.uid, 0) + 1
            _log.error("mailbox.not_taken_in", uid=mail.uid, tries=failures, error=described(error))
            if failures >= TRIES:
                await at.do(at.inbox.move, [mail.uid], Folder.FAILED)

    async def _take_in(self, mails: Sequence[Stored]) -> None:
        self._items |= await taking.take_in(self._sessions, mails, source=self._source, validity=self._validity)

    async def _move_handled(self, at: "_Thread") -> None:
        """Move every mail whose item is decided. After a crash the same question gets the same answer."""
        asked = dict(sorted(self._items.items(), key=itemgetter(1))[:ASKED])
        if not asked:
            return
        async with reading(self._sessions) as session:
            items = await _items(session, set(asked.values()))
        found = {uid: folder_for(items[item]) for uid, item in asked.items()}
        for folder in Folder:
            uids = [uid for uid, chosen in found.items() if chosen is folder]
            if uids:
                await at.do(at.inbox.move, uids, folder)
                for uid in uids:
                    self._items.pop(uid, None)


class _Thread:
    """The one thread in which a connection lives."""

    def __init__(self, executor: ThreadPoolExecutor, inbox: Inbox) -> None:
        self._executor = executor
        self.inbox = inbox

    @classmethod
    @asynccontextmanager
    async def connected(cls, access: ServerAccess) -> AsyncIterator["_Thread"]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="mailbox") as executor:
            client = await loop.run_in_executor(executor, connect, access)
            inbox = await loop.run_in_executor(executor, Inbox, client)
            try:
                yield cls(executor, inbox)
            finally:
                await asyncio.shield(loop.run_in_executor(executor, inbox.close))

    async def do(self, call: Callable[..., _T], *arguments: object) -> _T:
        """Call something blocking there."""
        forbid_network_in_transaction()
        return await asyncio.get_running_loop().run_in_executor(self._executor, call, *arguments)


async def _items(session: Session, ids: set[int]) -> dict[int, Intake | None]:
    """These items as they stand; None for one that was erased. They came close together, so most come in one query."""
    near = await ledger.listing(session, channel=Channel.EMAIL, limit=2 * len(ids), before=max(ids) + 1)
    found = {item.id: item for item in near}
    return {wanted: found.get(wanted) or await session.get(Intake, wanted) for wanted in ids}


async def _pieces(at: _Thread, uid: int, head: bytes) -> AsyncIterator[bytes]:
    start, piece = 0, head
    while piece:
        yield piece
        start += len(piece)
        piece = await at.do(at.inbox.piece, uid, start)


def _batches(sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """The mails in the order of arrival, so that nobody's small mail passes their large one, those together that fit."""
    batch: list[int] = []
    total = 0
    for uid in sorted(sizes):
        if batch and (total + sizes[uid] > TOGETHER or len(batch) == BATCH):
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += sizes[uid]
    if batch:
        yield batch


def _chunks(uids: Sequence[int], size: int) -> Iterator[list[int]]:
    left = iter(uids)
    while chunk := list(itertools.islice(left, size)):
        yield chunk


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
