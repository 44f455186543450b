"""From settings to the parts that every process shares: database, files, keys, office, wake-up."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
    settings.data.mkdir(parents=True, exist_ok=True)
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
    return Keys(given or (_kept_secret(settings.data / "secret.key"),))


def _kept_secret(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = new_secret()
        file.write(secret)
    return secret
