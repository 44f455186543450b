"""A town for each test: the world, and the product as a process, on SQLite and on PostgreSQL."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.town import Town, town


@pytest.fixture
async def place(bare_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """The try-out's world with the product running in it."""
    folder = Path(tempfile.mkdtemp(prefix="town-", dir=tmp_path))
    async with town(folder, database_url=bare_url) as started:
        try:
            yield started
        except BaseException:
            print((folder / "product.log").read_text(errors="replace")[-5000:])
            raise
    shutil.rmtree(folder, ignore_errors=True)
