"""The bytes: written once under their SHA-256, on local disk or S3, streamed, checked when they are read back.

Always used outside a transaction: bytes are stored first, and recorded by the transaction that gives them a meaning. Bytes
whose transaction fails stay behind unnamed, which harms nobody.
"""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Self

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

from core.database import forbid_network_in_transaction
from core.files import local, s3
from core.files.content import Content
from core.files.measuring import PIECE, Measured
from core.files.sniffing import HEAD, TAIL, sniff

__all__ = ["Content", "Damaged", "FileStore", "StorageUnavailable"]


class StorageUnavailable(Exception):
    """The storage can't be used now (full, unreachable, no rights): nothing was recorded; trying again later is right."""


class Damaged(Exception):
    """Stored bytes are gone or are not what their SHA-256 says: restore them from a backup."""


class FileStore:
    """Where the bytes are. Open one with `FileStore.open(url)`; everything in a process may share it.

    At most 1 MB of a file is held in memory, and the parts of an upload on their way (5 MB each, two at once).
    """

    def __init__(self, store: LocalStore | S3Store, *, name: str, root: Path | None = None) -> None:
        self._store = store
        self._root = root
        self.name = name

    @classmethod
    def open(cls, url: str) -> Self:
        """The store at `file:///folder` (made when absent) or `s3://bucket/prefix?endpoint=https://…&region=…`.

        The credentials of S3 come from the usual environment (AWS_ACCESS_KEY_ID, …). Raises `Misconfigured`.
        """
        if url.startswith("s3://"):
            return cls(s3.opened(url), name=s3.shown(url))
        root = local.folder(url)
        return cls(LocalStore(root), name=str(root), root=root)

    async def put(self, data: bytes | AsyncIterable[bytes], *, limit: int | None = None, name: str = "") -> Content:
        """Stores `data` and says what it is; storing the same bytes again costs nothing.

        Durable on return: on local disk the file and its folders are synced, on S3 the service has acknowledged it. Raises
        `Refused("file.too_big")` over `limit` bytes (with `name` in its values) and `StorageUnavailable`; then nothing is kept.
        What `data` itself raises goes through unchanged.
        """
        forbid_network_in_transaction()
        if (
            isinstance(data, bytes)
            and self._root is not None
            and len(data) <= min(HEAD, HEAD if limit is None else limit)
        ):
            with self._trouble("written to"):
                return await asyncio.to_thread(_put_small, self._root, data)
        source = Measured(data, limit=limit, name=name)
        try:
            await self._write(source)
        except Exception as error:
            if source.error is not None and source.error is not error:
                raise source.error from None
            raise
        return Content(source.sha256, source.size, sniff(source.head, source.tail))

    async def get(self, sha256: str) -> bytes:
        """All the bytes; for what is known to be small. Raises `Damaged` when they are absent or changed."""
        forbid_network_in_transaction()
        if self._root is not None:
            with self._trouble("read from"):
                small = await asyncio.to_thread(local.small, self._root / _key(sha256), HEAD)
            if small is not None and hashlib.sha256(small).hexdigest() == sha256:
                return small
        whole = BytesIO()  # gives its own buffer away: the pieces and their sum are never held both
        async for piece in self.stream(sha256):
            whole.write(piece)
        return whole.getvalue()

    async def stream(self, sha256: str) -> AsyncIterator[bytes]:
        """The bytes in pieces of about 256 kB. Raises `Damaged`: at the end, when they aren't what was stored."""
        forbid_network_in_transaction()
        digest = hashlib.sha256()
        with self._trouble("read from"):
            try:
                found = await obstore.get_async(self._store, _key(sha256))
            except (NotFoundError, FileNotFoundError):
                raise Damaged(f"stored file {sha256} is not in {self.name}: restore it from a backup") from None
            async for piece in found.stream(min_chunk_size=PIECE):
                digest.update(piece)
                yield bytes(piece)
        if digest.hexdigest() != sha256:
            raise Damaged(f"stored file {sha256} in {self.name} was changed: restore it from a backup")

    async def has(self, sha256: str) -> bool:
        """Whether bytes with this SHA-256 are stored."""
        forbid_network_in_transaction()
        with self._trouble("read from"):
            return await self._there(_key(sha256))

    async def check(self) -> None:
        """Writes, reads and removes a few bytes: for `loket check`. Raises `StorageUnavailable` saying what is wrong."""
        forbid_network_in_transaction()
        key = _temporary()
        with self._trouble("used"):
            await obstore.put_async(self._store, key, b"loket", mode="create")
            await (await obstore.get_async(self._store, key)).bytes_async()
            await obstore.delete_async(self._store, key)

    async def _write(self, source: Measured) -> None:
        with self._trouble("written to"):
            first = await source.first()
            if source.ended:
                await self._place(source.sha256, lambda key: self._create(key, first))
            else:
                await self._through_temporary(source)

    async def _through_temporary(self, source: Measured) -> None:
        """What is long goes by way of a temporary key, because its SHA-256 is known only at the end."""
        temporary = _temporary()
        try:
            await obstore.put_async(self._store, temporary, source, max_concurrency=2)
            await self._synced(temporary)
            await self._place(source.sha256, lambda key: obstore.rename_async(self._store, temporary, key))
        finally:
            with suppress(BaseError, OSError):
                await obstore.delete_async(self._store, temporary)

    async def _place(self, sha256: str, write: Callable[[str], Awaitable[None]]) -> None:
        key = _key(sha256)
        if not await self._there(key):
            await write(key)
        await self._synced(key)

    async def _create(self, key: str, data: bytes) -> None:
        with suppress(AlreadyExistsError, FileExistsError):
            await obstore.put_async(self._store, key, data, mode="create")

    async def _there(self, key: str) -> bool:
        try:
            await obstore.head_async(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    async def _synced(self, key: str) -> None:
        if self._root is not None:
            await local.synced(self._root / key)

    @contextmanager
    def _trouble(self, how: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            reason = str(error).partition("\n")[0]
            raise StorageUnavailable(f"the file storage {self.name} can't be {how}: {reason}") from error


def _put_small(root: Path, data: bytes) -> Content:
    """The same as the stream does, in one errand of a thread: hundreds of small files come together."""
    sha256 = hashlib.sha256(data).hexdigest()
    local.place(root / _key(sha256), data, root / _temporary())
    return Content(sha256, len(data), sniff(data, data[-TAIL:]))


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _temporary() -> str:
    return f"incoming/{uuid.uuid4().hex}"
