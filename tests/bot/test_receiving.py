"""Taking updates in: stored before they are acknowledged, once each, whatever Telegram or the network does."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from sqlalchemy import select

from bot.receiving import Poller
from bot.webhook import take_in_update
from core.database import Sessions, transaction
from core.intake.models import Intake
from sandbox.telegram import TelegramServer
from tests.bot.world import BOT_ID, TOKEN, World, next_screen


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Telegram with one bot, at which nobody listens."""
    started = TelegramServer()
    await started.start()
    started.add_bot(TOKEN, "loket_bot", "Loket")
    yield started
    await started.stop()


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    """A client of that bot."""
    made = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(server.base_url)))
    yield made
    await made.session.close()


async def kept(sessions: Sessions) -> Sequence[Intake]:
    """What was taken in, in order."""
    async with transaction(sessions) as session:
        return list(await session.scalars(select(Intake).order_by(Intake.id)))


def update(number: int, text: str = "Dag", **message: Any) -> dict[str, Any]:
    """An update as Telegram writes it."""
    chat = {"id": 77, "type": "private", "first_name": "Anna"}
    body = {"message_id": number, "date": 1_790_000_000, "chat": chat, "from": chat | {"is_bot": False}, "text": text}
    return {"update_id": number, "message": body | message}


async def test_an_update_is_kept_once_however_often_it_comes(sessions: Sessions) -> None:
    body = json.dumps(update(5)).encode()
    for _ in range(3):
        await take_in_update(sessions, BOT_ID, body)
    await take_in_update(sessions, BOT_ID + 1, body)
    found = await kept(sessions)
    assert [(row.source, row.key, row.sender) for row in found] == [
        (f"telegram:{BOT_ID}", "5", f"{BOT_ID}:77"),
        (f"telegram:{BOT_ID + 1}", "5", f"{BOT_ID + 1}:77"),
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"update_id": "x"}', b"\xff\xfe", b"[" * 100_000], ids=range(7)
)
async def test_what_is_no_update_is_refused(sessions: Sessions, body: bytes) -> None:
    with pytest.raises(ValueError):
        await take_in_update(sessions, BOT_ID, body)
    assert not await kept(sessions)


async def test_what_a_database_cannot_hold_stops_nobody(sessions: Sessions) -> None:
    await take_in_update(sessions, BOT_ID, json.dumps(update(1, "nul\x00 half \ud83d heel \U0001f600")).encode())
    [row] = await kept(sessions)
    assert row.payload["message"]["text"] == "nul half � heel \U0001f600"


async def test_every_kind_of_update_is_kept_and_the_parts_of_an_album_together(sessions: Sessions) -> None:
    bodies: tuple[dict[str, Any], ...] = (
        {"poll": {"id": "1"}},
        {"channel_post": {"chat": {"id": -5, "type": "channel"}}},
        {"brand_new_kind": {"x": 1}},
        {"message": {"chat": {"id": 77, "type": "private"}, "media_group_id": "99", "photo": []}},
    )
    for number, body in enumerate(bodies):
        await take_in_update(sessions, BOT_ID, json.dumps({"update_id": number, **body}).encode())
    found = await kept(sessions)
    assert [row.sender for row in found] == [f"{BOT_ID}:0", f"{BOT_ID}:-5", f"{BOT_ID}:0", f"{BOT_ID}:77"]
    assert found[-1].album is not None and "99" in found[-1].album


async def test_an_update_is_acknowledged_only_after_it_was_stored(
    sessions: Sessions, server: TelegramServer, bot: Bot
) -> None:
    phone = server.add_phone("Anna", username="anna")
    await phone.start()
    poller = Poller(sessions, bot, poll_seconds=0)
    assert await poller.poll() == 1
    assert await Poller(sessions, bot, poll_seconds=0).poll() == 1, "not acknowledged yet: it comes again"
    assert len(await kept(sessions)) == 1
    assert await poller.poll() == 0, "acknowledged by the next poll"
    await phone.say("nog iets")
    assert await poller.poll() == 1
    assert [row.payload["message"]["text"] for row in await kept(sessions)] == ["/start", "nog iets"]


async def test_polling_takes_a_webhook_away_and_survives_errors(
    sessions: Sessions, server: TelegramServer, bot: Bot
) -> None:
    phone = server.add_phone("Anna", username="anna")
    await bot.set_webhook("https://elders.example/hook")
    server.faults.add(method="getUpdates", kind="500", times=1)
    await phone.start()
    stop = asyncio.Event()
    running = asyncio.get_running_loop().create_task(Poller(sessions, bot, poll_seconds=1).run(stop))
    async with asyncio.timeout(15):
        while not await kept(sessions):  # noqa: ASYNC110  # a row has no event
            await asyncio.sleep(0.05)
    stop.set()
    await running
    assert (await bot.get_webhook_info()).url == ""


async def test_telegram_away_for_a_while_loses_nothing(world: World) -> None:
    _, phone = await world.linked()
    await world.server.pause()
    await phone.say("/versie")
    await world.server.resume()
    await phone.wait(lambda p: "Loket 1.2.3" in p.screen.text, timeout=30)


async def test_an_answer_waits_out_a_short_outage_and_a_429(world: World) -> None:
    _, phone = await world.linked()
    world.server.faults.add(method="sendMessage", kind="500", times=1)
    world.server.faults.add(method="sendMessage", kind="429", times=1, retry_after=1)
    screen = await next_screen(phone, phone.say("/help"))
    assert world.office.phone in screen.text


async def test_a_card_that_cannot_be_edited_is_sent_anew(world: World) -> None:
    _, phone = await world.linked()
    card = phone.screen
    await phone.delete(card)
    await phone.tap("Mijn gegevens", message=card)
    await phone.wait(lambda p: p.screen.id > card.id and "Mijn gegevens" in p.screen.text)


async def test_an_update_that_can_never_be_handled_is_told_once_and_the_next_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.customer import commands

    async def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    _, phone = await world.linked()
    monkeypatch.setitem(commands._COMMANDS, "version", broken)
    await phone.say("/versie")
    await phone.say("/help")
    await phone.wait(lambda p: world.office.phone in p.screen.text, timeout=60)
    told = [message for message in phone.messages if "Kenmerk" in message.text]
    assert len(told) == 1
