"""An album on its way holds nobody up, and loses no file (DOC-5)."""

import asyncio
from collections.abc import AsyncIterable
from pathlib import Path

import pytest

from core.files.content import Content
from core.files.store import FileStore
from sandbox.telegram import Document
from tests.bot.world import PDF, World
from tests.support.waiting import until

ALBUM = 10


class SlowStore(FileStore):
    """A store that keeps nothing before its gate opens; `waiting` counts what stands before it."""

    gate: asyncio.Event
    waiting: int

    async def put(self, data: bytes | AsyncIterable[bytes], *, limit: int | None = None, name: str = "") -> Content:
        """As every store, once the gate is open."""
        self.waiting += 1
        await self.gate.wait()
        return await super().put(data, limit=limit, name=name)


@pytest.fixture
async def files(tmp_path: Path) -> SlowStore:
    """The world's store, with its gate shut."""
    store = SlowStore.open(f"file://{tmp_path / 'files'}")
    store.gate, store.waiting = asyncio.Event(), 0
    return store


@pytest.mark.rule("DOC-5")
async def test_others_are_answered_while_an_album_is_being_fetched(world: World, files: SlowStore) -> None:
    anna, phone = await world.linked()
    bram, other = await world.linked("Bram Bos")
    await world.dossier("2026-001", anna)
    await world.dossier("2026-002", bram)
    await phone.send_album([Document(f"stuk {n}.pdf", PDF + b"%" * n) for n in range(ALBUM)])
    await until(lambda: files.waiting > 1)
    await other.say("/dossiers")
    await other.wait(lambda p: "2026-002" in p.screen.text)
    await other.tap("🏠 Home (0 acties)")
    await other.wait(lambda p: "Bram Bos" in p.screen.text)
    assert not any("Upload" in label for label in phone.screen.labels())
    files.gate.set()
    await phone.wait(lambda p: f"Upload {ALBUM} bestanden" in p.screen.labels())
    assert files.waiting == ALBUM
    assert [f"stuk {n}.pdf" in phone.screen.text for n in range(ALBUM)] == [True] * ALBUM


@pytest.mark.rule("DOC-5")
async def test_an_album_is_fetched_again_when_telegram_stumbles_on_one_of_its_files(
    world: World, files: SlowStore
) -> None:
    files.gate.set()
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    world.server.faults.add(method="getFile", kind="500")
    await phone.send_album([Document(f"stuk {n}.pdf", PDF + b"%" * n) for n in range(3)])
    await phone.wait(lambda p: "Upload 3 bestanden" in p.screen.labels(), 20)
