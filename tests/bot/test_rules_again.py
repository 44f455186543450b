"""What comes twice counts once, what was begun before the bot stopped goes on after it, who is reminded is not woken (MSG-7, 9; NOTE-3)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.webhook import take_in_update
from core import clock
from core.crypto import Keys
from core.database import Sessions, Wake, transaction
from core.files.store import FileStore
from core.intake.models import Intake
from core.office import Office
from core.portal import routines
from core.schedule.scheduler import Scheduler
from sandbox.telegram import TelegramServer
from tests.bot.world import BOT_ID, PDF, World, at_work, client, running


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Telegram, which goes on while the bot doesn't."""
    started = TelegramServer()
    await started.start()
    yield started
    await started.stop()


async def everything_again(world: World) -> int:
    """Telegram delivers all that it delivered so far once more, by the other door; how many updates."""
    async with transaction(world.sessions) as session:
        found = list(await session.scalars(select(Intake.payload).where(Intake.key != "").order_by(Intake.id)))
    for update in found:
        await take_in_update(world.sessions, BOT_ID, json.dumps(update).encode())
    return len(found)


@pytest.mark.rule("MSG-9")
async def test_updates_that_telegram_delivers_again_change_and_send_nothing(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.say("/nieuw")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say("Eens")
    await phone.wait(lambda p: "Onderwerp: Eens" in p.screen.text)
    await phone.send_document("Paspoort.pdf", PDF, caption="Mijn paspoort")
    await phone.wait(lambda p: "13 van 4000 tekens" in p.screen.text and "Upload 1 bestand" in p.screen.labels())
    await phone.tap("Upload 1 bestand")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    assert await everything_again(world) == 5
    await phone.say("en dit")
    await phone.wait(lambda p: "20 van 4000 tekens" in p.screen.text)
    assert phone.screen.text.count("Mijn paspoort") == phone.screen.text.count("Paspoort.pdf") == 1
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.transcript)
    assert await everything_again(world) == 7
    await phone.say("/versie")
    await phone.wait(lambda p: "Loket 1.2.3" in p.transcript)
    [message] = await world.messages_of(dossier)
    assert message.text.count("Mijn paspoort") == message.text.count("en dit") == 1
    assert len(await world.mails("message_staff")) == 1
    assert phone.transcript.count("Uw bericht is verstuurd") == phone.transcript.count("Loket 1.2.3") == 1


@pytest.mark.rule("MSG-7")
async def test_a_draft_survives_a_bot_that_stops_and_what_came_meanwhile_joins_it(
    server: TelegramServer, sessions: Sessions, wake: Wake, keys: Keys, office: Office, files: FileStore
) -> None:
    async with running(server, sessions, wake, keys, office, files) as before:
        anna, phone = await before.linked()
        dossier = await before.dossier("2026-001", anna)
        await phone.say("/nieuw")
        await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
        await phone.say("Sleutels")
        await phone.wait(lambda p: "Onderwerp: Sleutels" in p.screen.text)
        await phone.send_document("Plattegrond.pdf", PDF, caption="Eerste deel")
        await phone.wait(lambda p: "11 van 4000 tekens" in p.screen.text)
    await phone.say("Tweede deel")
    after = replace(before, bot=client(server))
    async with at_work(after):
        await phone.wait(lambda p: "Tweede deel" in p.screen.text and "Plattegrond.pdf" in p.screen.text)
        await phone.tap("Upload 1 bestand")
        await phone.wait(lambda p: "Versturen" in p.screen.labels())
        await phone.tap("Versturen")
        await phone.wait(lambda p: "Uw bericht is verstuurd" in p.transcript)
        [message] = await after.messages_of(dossier)
    assert message.subject == "Sleutels"
    assert "Eerste deel" in message.text and "Tweede deel" in message.text


@pytest.mark.rule("NOTE-3")
async def test_what_waits_in_the_weekend_is_reminded_of_when_the_office_opens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, phone = await world.linked()
    await world.write(await world.dossier("2026-001", anna), "Concept van de akte", "Wilt u dit lezen?")
    await phone.wait(lambda p: "Nieuw bericht" in p.screen.text)
    jobs = Scheduler(world.sessions, routines.jobs(world.office), wake=world.wake)
    here = datetime.now(world.office.timezone)
    monday = (here + timedelta(days=14 - here.weekday())).replace(hour=9, minute=0, second=1)
    for moment, reminders in ((monday - timedelta(hours=21), 0), (monday, 1), (monday + timedelta(days=1), 1)):
        ahead = moment - here
        monkeypatch.setattr(clock, "now", lambda ahead=ahead: datetime.now(UTC) + ahead)
        await jobs.drain()
        assert len(await world.mails("reminder")) == reminders
    await phone.wait(lambda p: "Dit wacht nog op u" in p.screen.text)
    assert phone.transcript.count("Dit wacht nog op u") == 1
