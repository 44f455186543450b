"""Updates that wait for a bot: numbered one after the other, kept until confirmed, at most 24 hours.

Source: Bot API, "Getting updates". One consumer at a time: a second getUpdates ends the first with 409.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Callable

from sandbox.telegram import limits
from sandbox.telegram.entities import Json
from sandbox.telegram.errors import conflict
from sandbox.telegram.store import Store

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
BY_WEBHOOK = "terminated by setWebhook request"
FIRST_UPDATE_ID = 100_000_001


def nobody(_: Json) -> None:
    """Listens to new updates when no webhook does."""


class UpdateQueue:
    """The updates of one bot, oldest first. `on_add` is told of each new one (the webhook listens there)."""

    def __init__(self, store: Store, bot_id: int) -> None:
        self._store = store
        self._bot_id = bot_id
        self._pending: OrderedDict[int, tuple[float, Json]] = OrderedDict()
        self._next_id = FIRST_UPDATE_ID
        self._waiter: asyncio.Future[None] | None = None
        self.allowed: list[str] = []
        self.on_add: Callable[[Json], None] = nobody

    def restore(self, update_id: int, value: Json) -> None:
        """Put back an update that was pending before a restart."""
        self._pending[update_id] = (value["at"], value["update"])
        self._next_id = max(self._next_id, update_id + 1)

    def restore_counter(self, next_id: int) -> None:
        """Go on counting where the last run stopped."""
        self._next_id = max(self._next_id, next_id)

    def add(self, kind: str, content: Json, *, now: float) -> None:
        """Queue one update, unless the bot didn't ask for this kind."""
        if not self.wants(kind):
            return
        update_id = self._next_id
        self._next_id += 1
        update = {"update_id": update_id, kind: content}
        self._pending[update_id] = (now, update)
        self._store.put("update", self._bot_id, update_id, {"at": now, "update": update})
        self._store.put("counter", self._bot_id, 0, {"next": self._next_id})
        self.wake()
        self.on_add(update)

    def wants(self, kind: str) -> bool:
        """Whether updates of this kind are delivered (`allowed_updates`)."""
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    @property
    def waited_for(self) -> bool:
        """Whether a long poll is open."""
        return self._waiter is not None

    def __len__(self) -> int:
        return len(self._pending)

    def peek(self, limit: int, *, now: float) -> list[Json]:
        """The oldest updates, those of more than 24 hours ago forgotten."""
        self._forget_before(now - limits.UPDATE_SECONDS)
        return [update for _, update in itertools.islice(self._pending.values(), limit)]

    def confirm(self, offset: int) -> None:
        """Forget all before `offset`; a negative offset keeps only that many of the newest."""
        if offset < 0:
            while len(self._pending) > -offset:
                self._drop_oldest()
            return
        while self._pending and next(iter(self._pending)) < offset:
            self._drop_oldest()

    def done(self, update_id: int) -> None:
        """The webhook took this one."""
        if self._pending.pop(update_id, None) is not None:
            self._store.drop("update", self._bot_id, update_id)

    def clear(self) -> None:
        """Drop all that is pending."""
        while self._pending:
            self._drop_oldest()

    async def wait(self, seconds: float) -> None:
        """Wait for an update, at most so long; ApiError 409 when somebody else starts to receive meanwhile."""
        self._waiter = waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            pass
        finally:
            if self._waiter is waiter:
                self._waiter = None

    def wake(self) -> None:
        """End the running long poll, with whatever there is."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def interrupt(self, words: str) -> None:
        """End the running long poll with 409."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(conflict(words))

    def _forget_before(self, moment: float) -> None:
        while self._pending and next(iter(self._pending.values()))[0] < moment:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        update_id, _ = self._pending.popitem(last=False)
        self._store.drop("update", self._bot_id, update_id)
