"""The world of these tests."""

from collections.abc import AsyncIterator

import pytest

from core.crypto import Keys
from core.database import Sessions, Wake
from core.files.store import FileStore
from core.office import Office
from sandbox.telegram import TelegramServer
from tests.bot.world import World, running


@pytest.fixture
async def world(sessions: Sessions, wake: Wake, keys: Keys, office: Office, files: FileStore) -> AsyncIterator[World]:
    """The bot at work on each database."""
    server = TelegramServer()
    await server.start()
    try:
        async with running(server, sessions, wake, keys, office, files) as world:
            yield world
    finally:
        await server.stop()
