"""After an upgrade each chat is told once what is new."""

import shutil
from pathlib import Path

import pytest

from core import texts
from core.actor import Language
from core.chats import chats
from core.database import transaction
from core.people.chat_key import ChatKey
from tests.bot.world import BOT_ID, World


@pytest.fixture
def _told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue that has something to tell of version 1.2.3."""
    copy = tmp_path / "locales"
    shutil.copytree(texts.LOCALES, copy)
    for language in Language:
        with (copy / language / "LC_MESSAGES" / "bot.po").open("a") as file:
            file.write('\nmsgid "bot.new_in.1.2.3"\nmsgstr "U kunt nu zoeken op een deel van het nummer."\n')
    monkeypatch.setattr(texts, "LOCALES", copy)
    texts._catalogue.cache_clear()


@pytest.mark.rule("HOME-4")
@pytest.mark.usefixtures("_told")
async def test_what_is_new_is_told_once_and_not_to_a_new_chat(world: World) -> None:
    _, phone = await world.linked()
    assert "🆕" not in phone.transcript
    async with transaction(world.sessions) as session:
        await chats.saw_version(session, ChatKey(BOT_ID, phone.chat_id), "1.2.2")
    for _ in range(2):
        await phone.say("/home")
        await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels() and p.messages[-1].sender == "bot")
    assert phone.transcript.count("U kunt nu zoeken op een deel van het nummer.") == 1
    texts._catalogue.cache_clear()
