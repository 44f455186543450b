"""Measuring a stream while it passes: size, SHA-256, its first and last bytes, and the limit that it must keep."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from typing import Self

from core.files import policy
from core.files.sniffing import HEAD, TAIL

PIECE = 256 * 1024
"""Bytes that pass at a time when they are in memory already."""


class Measured:
    """An async iterator over the same bytes. `first` takes up to 1 MB off the front, iterating gives everything.

    Going over `limit` raises `Refused("file.too_big")`. What the source itself raises is kept in `error`.
    """

    def __init__(self, data: bytes | AsyncIterable[bytes], *, limit: int | None, name: str) -> None:
        self._source = aiter(_pieces(data) if isinstance(data, bytes) else data)
        self._limit = limit
        self._name = name
        self._digest = hashlib.sha256()
        self._waiting: list[bytes] = []
        self._head = bytearray()
        self._tail = b""
        self.size = 0
        self.ended = False
        self.error: Exception | None = None

    @property
    def sha256(self) -> str:
        """Of what has passed so far, in 64 hex digits."""
        return self._digest.hexdigest()

    @property
    def head(self) -> bytes:
        """The first bytes, up to 1 MB."""
        return bytes(self._head)

    @property
    def tail(self) -> bytes:
        """The last bytes, up to 64 kB."""
        return self._tail

    async def first(self) -> bytes:
        """The beginning: everything when the stream is no longer than 1 MB (`ended` is then True). Iterating repeats it."""
        while self.size < HEAD and not self.ended:
            await self._take()
        return b"".join(self._waiting)

    def __aiter__(self) -> Self:
        """Itself."""
        return self

    async def __anext__(self) -> bytes:
        """The next piece."""
        if not self._waiting and not self.ended:
            await self._take()
        if self._waiting:
            return self._waiting.pop(0)
        raise StopAsyncIteration

    async def _take(self) -> None:
        try:
            piece = await anext(self._source, None)
        except Exception as error:
            self.error = error
            raise
        if piece is None:
            self.ended = True
        elif piece:
            self._pass(piece)
            self._waiting.append(piece)

    def _pass(self, piece: bytes) -> None:
        self.size += len(piece)
        if self._limit is not None and self.size > self._limit:
            self.error = policy.too_big(self._limit, name=self._name)
            raise self.error
        self._digest.update(piece)
        self._head += piece[: HEAD - len(self._head)]
        self._tail = (self._tail + piece[-TAIL:])[-TAIL:]


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]
