"""The office of the journeys, once on each database."""

from collections.abc import AsyncIterator

import pytest

from core.crypto import Keys
from core.database import Sessions, Wake
from core.files.store import FileStore
from core.office import Office
from tests.mailbridge.journeys.scene import Scene, scene


@pytest.fixture
async def office_by_mail(
    sessions: Sessions, wake: Wake, files: FileStore, keys: Keys, office: Office, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Scene]:
    """An office with customers, on a mail server; `async with office_by_mail.at_work():` lets it work.

    The mailbox looks up more often than in life whether it should stop.
    """
    monkeypatch.setattr("mailbridge.mailbox.watching.WAIT", 0.05)
    monkeypatch.setattr("mailbridge.mailbox.watching.FIRST_PAUSE", 0.1)
    async with scene(sessions, wake, files, keys, office) as made:
        yield made
