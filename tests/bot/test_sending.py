"""Deliveries in Telegram: what is sent, and what each of Telegram's errors means for a delivery."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.sending import TelegramSender
from core.actor import Channel, Language
from core.deliveries.models import Lane
from core.deliveries.sending import AnswerLost, Outgoing, Paused, Permanent, Temporary
from core.files.store import FileStore
from sandbox.telegram import Phone, TelegramServer
from tests.bot.world import PDF, TOKEN

MESSAGE = {
    "dossier_number": "2026-001",
    "dossier_description": "Koop",
    "dossier_id": 1,
    "message_id": 2,
    "subject": "<Vraag>",
    "author": "Hugo",
    "attachments": [{"name": "a", "size": 1}],
}


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Telegram with one bot."""
    started = TelegramServer()
    await started.start()
    started.add_bot(TOKEN, "loket_bot", "Loket")
    yield started
    await started.stop()


@pytest.fixture
async def phone(server: TelegramServer) -> Phone:
    """A telephone that has started the bot."""
    made = server.add_phone("Anna", username="anna")
    await made.start()
    return made


@pytest.fixture
async def sender(server: TelegramServer, files: FileStore) -> AsyncIterator[TelegramSender]:
    """The sender under test."""
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(server.base_url)))
    yield TelegramSender(bot, files)
    await bot.session.close()


def outgoing(address: int, kind: str = "message_new", values: dict[str, Any] | None = None, **rest: Any) -> Outgoing:
    """A delivery to a chat."""
    at = datetime(2026, 7, 3, tzinfo=UTC)
    return Outgoing(
        id=1,
        channel=Channel.TELEGRAM,
        lane=Lane.NOTIFICATION,
        address=str(address),
        language=rest.pop("language", Language.NL),
        kind=kind,
        values=values if values is not None else MESSAGE,
        attempts=1,
        created_at=at,
        give_up_at=at,
        **rest,
    )


async def test_a_notification_is_sent_in_the_persons_language(sender: TelegramSender, phone: Phone) -> None:
    number = await sender.send(outgoing(phone.chat_id, language=Language.EN))
    assert phone.screen.id == int(number or 0)
    assert "New message" in phone.screen.text and "<Vraag>" in phone.screen.text
    assert phone.screen.labels() == ["Open", "Reply"]


async def test_a_file_goes_under_its_name_and_protected_when_asked(
    sender: TelegramSender, phone: Phone, files: FileStore
) -> None:
    content = await files.put(PDF)
    file = {"file_id": 1, "name": "Akte é.pdf", "media_type": "application/pdf", "size": 1, "sha256": content.sha256}
    values = {"caption": "Dossier <1>", "protect": True}
    await sender.send(outgoing(phone.chat_id, "file", values, files=(file,)))
    shown = phone.screen
    assert shown.file is not None and (shown.file.name, shown.file.content()) == ("Akte é.pdf", PDF)
    assert shown.protected and shown.text == "Dossier <1>"


async def test_a_file_that_is_too_big_for_telegram_becomes_a_sentence(sender: TelegramSender, phone: Phone) -> None:
    file = {"file_id": 1, "name": "film.mp4", "media_type": "video/mp4", "size": 60_000_000, "sha256": "0" * 64}
    await sender.send(outgoing(phone.chat_id, "file", {}, files=(file,)))
    assert "te groot" in phone.screen.text and "60,0 MB" in phone.screen.text


async def test_a_file_whose_bytes_are_gone_fails_with_a_reason(sender: TelegramSender, phone: Phone) -> None:
    file = {"file_id": 1, "name": "weg.pdf", "media_type": "application/pdf", "size": 10, "sha256": "0" * 64}
    with pytest.raises(Permanent, match="backup") as failed:
        await sender.send(outgoing(phone.chat_id, "file", {}, files=(file,)))
    assert not failed.value.unreachable


async def test_a_kind_without_words_is_a_permanent_failure(sender: TelegramSender, phone: Phone) -> None:
    with pytest.raises(Permanent):
        await sender.send(outgoing(phone.chat_id, "invitation", {}))


@pytest.mark.parametrize(
    ("fault", "expected", "unreachable"),
    [
        ({"kind": "429", "retry_after": 7}, Paused, None),
        ({"kind": "403"}, Permanent, True),
        ({"kind": "400", "description": "Bad Request: chat not found"}, Permanent, True),
        ({"kind": "400", "description": "Bad Request: something else"}, Permanent, False),
        ({"kind": "500"}, Temporary, None),
        ({"kind": "lost"}, AnswerLost, None),
    ],
    ids=["429", "403", "chat not found", "another 400", "500", "answer lost"],
)
async def test_each_error_has_its_meaning(
    sender: TelegramSender,
    server: TelegramServer,
    phone: Phone,
    fault: dict[str, Any],
    expected: type[Exception],
    unreachable: bool | None,
) -> None:
    server.faults.add(method="sendMessage", times=1, **fault)
    with pytest.raises(expected) as failed:
        await sender.send(outgoing(phone.chat_id))
    if isinstance(failed.value, Permanent):
        assert failed.value.unreachable is unreachable
    if isinstance(failed.value, Paused):
        assert failed.value.retry_after == 7


async def test_a_chat_that_never_started_is_unreachable(sender: TelegramSender, server: TelegramServer) -> None:
    stranger = server.add_phone("Vera", username="vera")
    with pytest.raises(Permanent) as failed:
        await sender.send(outgoing(stranger.chat_id))
    assert failed.value.unreachable


async def test_telegram_out_of_reach_is_temporary(sender: TelegramSender, server: TelegramServer, phone: Phone) -> None:
    await server.pause()
    with pytest.raises(Temporary):
        await sender.send(outgoing(phone.chat_id))
    await server.resume()


async def test_a_wrong_token_waits_for_the_operator(server: TelegramServer, phone: Phone, files: FileStore) -> None:
    bot = Bot("1:WRONG", session=AiohttpSession(api=TelegramAPIServer.from_base(server.base_url)))
    try:
        with pytest.raises(Temporary, match=r"telegram\.token"):
            await TelegramSender(bot, files).send(outgoing(phone.chat_id))
    finally:
        await bot.session.close()
