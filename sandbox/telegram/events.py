"""What just happened, for whoever watches: tests that wait, the page that shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One happening.

    `kind`: message, edited, deleted, toast, action, reaction, keyboard, blocked, unblocked, call, person, group, topic.
    `chat`: the chat's key ("BOT:PERSON" or the group's id), empty for a call; `detail` is the thing itself (a Stored
    message, an ApiCall, ...), to be read at once and not changed.
    """

    kind: str
    chat: str
    detail: Any


Watcher = Callable[[Event], None]


class Hub:
    """Tells watchers at once, and wakes those who wait for a chat to change."""

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []
        self._waiting: dict[str, asyncio.Event] = {}

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` with every event from now on; the returned function ends it. It must not raise or block."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def tell(self, kind: str, chat: str, detail: Any) -> None:
        """Something happened in `chat`."""
        if waiting := self._waiting.pop(chat, None):
            waiting.set()
        if self._watchers:
            event = Event(kind, chat, detail)
            for watcher in tuple(self._watchers):
                watcher(event)

    def next(self, chat: str) -> asyncio.Event:
        """An event that is set when `chat` changes next."""
        return self._waiting.setdefault(chat, asyncio.Event())
