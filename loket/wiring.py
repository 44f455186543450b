"""From settings to the parts that every process shares: database, files, keys, office, wake-up."""

import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from core.crypto import Keys, new_secret
from core.database import Sessions, open_database
from core.database.wake import Wake
from core.errors import Misconfigured
from core.files.store import FileStore
from core.office import Office
from loket.settings import Settings
from migrations import revisions

SHORTEST_SECRET = 16
"""Characters of a secret that nobody guesses, when they are random."""


@dataclass(frozen=True, slots=True)
class Product:
    """What the command line, the run loops and the tests work with."""

    settings: Settings
    office: Office
    keys: Keys
    engine: AsyncEngine
    sessions: Sessions
    files: FileStore
    wake: Wake

    @property
    def process_name(self) -> str:
        """A name for leases and claims: host and process."""
        return f"{socket.gethostname()}:{os.getpid()}"


@asynccontextmanager
async def open_product(settings: Settings, *, migrated: bool = True) -> AsyncIterator[Product]:
    """The product's shared parts, closed at the end.

    Raises Misconfigured when `migrated` is asked and the database is not at the newest revision.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine, sessions = open_database(settings.database_url)
    try:
        if migrated:
            await _insist_on_newest(engine, settings)
        keys = office_keys(settings)
        files = FileStore.open(settings.storage_url)
        async with Wake(sessions) as wake:
            yield Product(settings, settings.office.office(), keys, engine, sessions, files, wake)
    finally:
        await engine.dispose()


async def _insist_on_newest(engine: AsyncEngine, settings: Settings) -> None:
    """An embedded database is brought up to date by itself; a server's only by `loket migrate`."""
    async with engine.connect() as connection:
        current = await connection.run_sync(revisions.current)
    if current == revisions.head():
        return
    if engine.dialect.name == "sqlite":
        revisions.upgrade(settings.database_url)
        return
    raise Misconfigured("The database isn't at this version's revision. Run: loket migrate")


def office_keys(settings: Settings) -> Keys:
    """The secrets from the settings, or the one in `<data>/secret.key`, made at the first start."""
    given = tuple(secret.get_secret_value() for secret in settings.keys.secrets)
    if any(len(secret.strip()) < SHORTEST_SECRET for secret in given):
        raise Misconfigured(f"A secret in keys.secrets is too short: use {SHORTEST_SECRET} random characters or more.")
    return Keys(given or (_kept_secret(settings.data / "secret.key"),))


def _kept_secret(path: Path) -> str:
    """What the file holds; never less than a whole key, because anybody could sign with an empty one."""
    if not path.exists():
        _make_secret(path)
    secret = path.read_text(encoding="ascii", errors="replace").strip()
    if len(secret) < SHORTEST_SECRET:
        raise Misconfigured(f"The key in {path} is not whole. Put it back from a backup; without one, remove the file.")
    return secret


def _make_secret(path: Path) -> None:
    """Written elsewhere and then linked in place: it is there whole or not at all, and of several processes one is first."""
    folder = tempfile.mkdtemp(dir=path.parent)
    try:
        whole = Path(folder, path.name)
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(new_secret())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(whole, path)
    finally:
        shutil.rmtree(folder)
