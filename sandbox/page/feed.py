"""What happened, newest last and bounded, and a stream of it for every page that is open."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sandbox.page.cards import Happening

_KEPT = 400
_WAITING = 1000


class Stream:
    """Events on their way to one page. Of more than 1,000 that wait, the oldest are lost."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque(maxlen=_WAITING)
        self._wake = asyncio.Event()

    def put(self, frame: bytes) -> None:
        self._waiting.append(frame)
        self._wake.set()

    async def take(self, seconds: float) -> bytes:
        """All that waits, as soon as something does; b"" when nothing came in `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return b""
        self._wake.clear()
        frames = b"".join(self._waiting)
        self._waiting.clear()
        return frames


class Feed:
    """The last happenings, and the pages that are told of new ones until it has `ended`."""

    def __init__(self) -> None:
        self.ended = False
        self.happenings: deque[Happening] = deque(maxlen=_KEPT)
        self._streams: list[Stream] = []
        self._watchers: list[Callable[[Happening], None]] = []
        self._number = 0

    def watch(self, watcher: Callable[[Happening], None]) -> None:
        """Call `watcher` with every happening from now on."""
        self._watchers.append(watcher)

    def add(self, happening: Happening) -> None:
        """Something happened: number it, keep it, tell it."""
        self._number += 1
        numbered = replace(happening, number=self._number)
        self.happenings.append(numbered)
        self.tell("happening", numbered.as_json())
        for watcher in self._watchers:
            watcher(numbered)

    def tell(self, event: str, data: Any) -> None:
        """Send any event to every open page."""
        for stream in self._streams:
            stream.put(sse(event, data))

    def end(self) -> None:
        """Let every open page go."""
        self.ended = True
        for stream in self._streams:
            stream.put(b"")

    @contextmanager
    def stream(self) -> Iterator[Stream]:
        """A stream of what happens from now on."""
        stream = Stream()
        self._streams.append(stream)
        try:
            yield stream
        finally:
            self._streams.remove(stream)


def sse(event: str, data: Any) -> bytes:
    """One server-sent event (HTML Living Standard, 9.2)."""
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
