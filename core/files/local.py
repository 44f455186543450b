"""Files in a folder on local disk: where it is, and how a write is made durable."""

import asyncio
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from core.errors import Misconfigured


def folder(url: str) -> Path:
    """The folder that `file:///folder` names, made when absent and closed to other users. Raises `Misconfigured`."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not parts.path.startswith("/"):
        raise Misconfigured(
            f"the file storage {url!r} is not understood: use file:///folder or s3://bucket/prefix?endpoint=…"
        )
    root = Path(unquote(parts.path))
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"the folder {root} for files can't be made: {error.strerror}") from error
    return root


def place(path: Path, data: bytes, temporary: Path) -> None:
    """Writes the whole file in its place and waits for the disk; one that stands there already holds the same. Blocking."""
    if not path.exists():
        for folder in (path.parent, temporary.parent):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    _sync(path)


def small(path: Path, most: int) -> bytes | None:
    """The whole file; None when it is larger than `most` bytes or isn't there. Blocking."""
    try:
        return path.read_bytes() if path.stat().st_size <= most else None
    except FileNotFoundError:
        return None


async def synced(path: Path) -> None:
    """Waits until the disk has the file and its name: after this a power failure keeps it.

    obstore itself writes to a temporary name and moves it in place, so readers never see half a file, but it doesn't
    ask the disk to keep it; we do, for the file and for the two folders above it.
    """
    await asyncio.to_thread(_sync, path)


def _sync(path: Path) -> None:
    for each in (path, path.parent, path.parent.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
