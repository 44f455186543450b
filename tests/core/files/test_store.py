"""Bytes go in once, come back the same, and nothing stays behind when they can't be kept. On local disk and on S3."""

import hashlib
import os
import resource
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.database import Sessions, transaction
from core.database.transactions import NetworkInTransaction
from core.errors import Misconfigured, Refused
from core.files.store import Damaged, FileStore, StorageUnavailable

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """An S3 server on this machine, and the URL of a bucket in it."""
    from moto.server import ThreadedMotoServer

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "loket")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "loket-loket")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        _make_bucket(f"http://{host}:{port}")
        yield f"s3://kantoor/files?endpoint=http://{host}:{port}"
        server.stop()


def _make_bucket(endpoint: str) -> None:
    import urllib.request

    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/kantoor", method="PUT"), timeout=10).close()


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "s3":
        return FileStore.open(request.getfixturevalue("bucket"))
    return FileStore.open(f"file://{tmp_path}/files")


async def in_pieces(data: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def everything_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, 100_000, MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 12 * MEGABYTE])
async def test_what_goes_in_comes_back(store: FileStore, size: int) -> None:
    data = b"%PDF-1.7\n"[:size] + os.urandom(max(0, size - 9))
    content = await store.put(in_pieces(data))
    assert (content.sha256, content.size) == (hashlib.sha256(data).hexdigest(), size)
    assert content.media_type == ("application/pdf" if size > 9 else content.media_type)
    assert await store.has(content.sha256)
    assert await store.get(content.sha256) == data
    assert await store.put(data) == content


async def test_the_same_bytes_are_written_once(tmp_path: Path) -> None:
    store = FileStore.open(f"file://{tmp_path}/files")
    first = await store.put(b"hello")
    [path] = everything_in(tmp_path)
    before = path.stat()
    assert await store.put(in_pieces(b"hello", 2)) == first
    assert everything_in(tmp_path) == [path]
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


async def test_over_the_limit_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    store = FileStore.open(f"file://{tmp_path}/files")
    for size in (20, 3 * MEGABYTE + 1):
        with pytest.raises(Refused) as refused:
            await store.put(in_pieces(bytes(size)), limit=size - 1, name="film.mp4")
        assert refused.value.code == "file.too_big"
    assert everything_in(tmp_path) == []
    assert (await store.put(bytes(20), limit=20)).size == 20


async def test_a_source_that_breaks_off_leaves_nothing_and_keeps_its_error(tmp_path: Path) -> None:
    store = FileStore.open(f"file://{tmp_path}/files")

    async def breaking(size: int) -> AsyncIterator[bytes]:
        async for piece in in_pieces(bytes(size)):
            yield piece
        raise ConnectionResetError("gone")

    for size in (10, 3 * MEGABYTE):
        with pytest.raises(ConnectionResetError, match="gone"):
            await store.put(breaking(size))
    assert everything_in(tmp_path) == []


@pytest.mark.parametrize("size", [300_000, 3 * MEGABYTE])
async def test_a_full_disk_is_said_to_the_operator_and_records_nothing(tmp_path: Path, size: int) -> None:
    store = FileStore.open(f"file://{tmp_path}/files")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StorageUnavailable, match=r"files can't be written to: .*File too large"):
            await store.put(bytes(size))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert everything_in(tmp_path) == []
    assert (await store.put(bytes(size))).size == size


async def test_an_unreachable_service_is_unavailable(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore.open("s3://kantoor?endpoint=http://127.0.0.1:9")
    monkeypatch.setattr(store, "_store", _impatient())
    with pytest.raises(StorageUnavailable, match="s3://kantoor can't be used"):
        await store.check()


def _impatient() -> object:
    from obstore.store import S3Store

    return S3Store(
        "kantoor",
        config={"endpoint": "http://127.0.0.1:9", "region": "us-east-1"},
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )


async def test_absent_bytes_are_damage(store: FileStore) -> None:
    with pytest.raises(Damaged, match="is not in"):
        await store.get("0" * 64)
    assert not await store.has("0" * 64)


async def test_bytes_that_changed_on_disk_are_damage(tmp_path: Path) -> None:
    store = FileStore.open(f"file://{tmp_path}/files")
    content = await store.put(b"the deed as it was signed")
    [path] = everything_in(tmp_path)
    path.write_bytes(b"the deed as it was forged")
    with pytest.raises(Damaged, match="was changed"):
        await store.get(content.sha256)


async def test_checking_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    await store.check()
    assert everything_in(tmp_path) == []


async def test_no_bytes_inside_a_transaction(sessions: Sessions, tmp_path: Path) -> None:
    store = FileStore.open(f"file://{tmp_path}/files")
    async with transaction(sessions):
        with pytest.raises(NetworkInTransaction):
            await store.put(b"hello")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("files", "file:///folder"),
        ("file://host/folder", "file:///folder"),
        ("file:///proc/nowhere/files", "can't be made"),
        ("s3://", "names no bucket"),
        ("s3://kantoor?endpont=http://x", "unknown option 'endpont'"),
    ],
)
def test_a_wrong_setting_says_what_is_wrong(url: str, says: str) -> None:
    with pytest.raises(Misconfigured, match=says):
        FileStore.open(url)


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    FileStore.open(f"file://{tmp_path}/files with space")
    assert (tmp_path / "files with space").stat().st_mode & 0o077 == 0
