"""What a person is told, how often, and how they stop it: the matrix, bursts, reminders, STOP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import pytest

from core import clock
from core.actor import Channel
from core.crypto import Keys
from core.database import Sessions, Wake, transaction
from core.files.store import FileStore
from core.office import Office
from core.people import preferences
from core.people.models import Person
from core.people.preferences import News
from core.portal import reminders
from sandbox.telegram import TelegramServer
from tests.bot.world import World, next_text, running


@pytest.fixture
async def bursts(sessions: Sessions, wake: Wake, keys: Keys, files: FileStore) -> AsyncIterator[World]:
    """An office that tells bursts together, each second, and is open day and night."""
    office = Office(batch_seconds=1, opens=time.min, closes=time.max, weekdays=())
    server = TelegramServer()
    await server.start()
    try:
        async with running(server, sessions, wake, keys, office, files) as world:
            yield world
    finally:
        await server.stop()


@pytest.mark.rule("NOTE-1")
async def test_what_is_switched_off_is_not_told_there_and_what_is_on_is(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.tap("Mijn gegevens")
    await phone.wait(lambda p: "Meldingen" in p.screen.labels())
    await phone.tap("Meldingen")
    await phone.wait(lambda p: "✅ ✉️ Telegram" in p.screen.labels())
    await phone.tap("✅ ✉️ Telegram")
    await phone.wait(lambda p: "▫️ ✉️ Telegram" in p.screen.labels())
    await phone.tap("✅ 📄 Mail")
    await phone.wait(lambda p: "▫️ 📄 Mail" in p.screen.labels())
    await world.write(dossier, "Alleen per mail", "Dag")
    await world.publish(dossier, "Brief.pdf")
    await phone.wait(lambda p: "Nieuw document" in p.screen.text)
    assert "Alleen per mail" not in phone.transcript
    assert [mail.values["subject"] for mail in await world.mails("message_new")] == ["Alleen per mail"]
    assert not await world.mails("document_new")
    await phone.say("/home")
    await phone.wait(lambda p: "2 ongelezen" in p.screen.text)


@pytest.mark.rule("NOTE-1")
async def test_everything_off_is_quiet_but_codes_still_come(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    async with transaction(world.sessions) as session:
        for news in News:
            for channel in preferences.CHANNELS:
                await preferences.want(session, anna.id, news=news, channel=channel, wanted=False)
    await world.write(dossier, "Stil", "Dag")
    await phone.say("/uitloggen")
    await phone.wait(lambda p: "Ja, uitloggen" in p.screen.labels())
    await phone.tap("Ja, uitloggen")
    await phone.wait(lambda p: "U bent uitgelogd" in p.screen.text)
    assert not await world.mails("message_new") and "Stil" not in phone.transcript
    assert len(await world.mails("unlinked")) == 1


@pytest.mark.rule("NOTE-3")
async def test_a_burst_is_told_together_after_the_first(bursts: World) -> None:
    anna, phone = await bursts.linked()
    dossier = await bursts.dossier("2026-001", anna)
    for n in range(6):
        await bursts.write(dossier, f"Stuk {n}", "Dag")
    await phone.wait(lambda p: "Er is nieuws voor u" in p.transcript)
    told = "\n".join(message.text for message in phone.messages)
    for n in range(6):
        assert told.count(f"Stuk {n}") == 1
    digests = [message for message in phone.messages if "Er is nieuws voor u" in message.text]
    assert len(digests) <= 2
    await phone.tap("🔵 Bekijken", message=digests[-1])
    await phone.wait(lambda p: "Nieuw voor u (6)" in p.screen.text)
    await phone.tap("🏠 Home", message=digests[-1])
    await phone.wait(lambda p: "6 ongelezen" in p.screen.text)


@pytest.mark.rule("NOTE-3")
async def test_what_waits_too_long_is_reminded_of_once(bursts: World, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, phone = await bursts.linked()
    dossier = await bursts.dossier("2026-001", anna)
    with monkeypatch.context() as earlier:
        then = datetime.now(UTC) - timedelta(days=5)
        earlier.setattr(clock, "now", lambda: then)
        await bursts.write(dossier, "Concept van de akte", "Wilt u dit lezen?")
    await phone.wait(lambda p: "Nieuw bericht" in p.screen.text)
    for reminded in (True, False):
        async with transaction(bursts.sessions) as session:
            assert await reminders.look(session, anna.id, office=bursts.office) is reminded
    await phone.wait(lambda p: "Dit wacht nog op u" in p.screen.text)
    assert "✉️ 2026-001: Concept van de akte" in phone.screen.text
    assert phone.transcript.count("Dit wacht nog op u") == 1


@pytest.mark.rule("NOTE-5")
@pytest.mark.parametrize("typed", ["STOP", "stop", "/stop"])
async def test_stop_ends_news_and_nothing_else(world: World, typed: str) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await next_text(phone, phone.say(typed))
    assert "geen nieuws meer" in phone.screen.text
    assert await _wants(world, anna) == {(News.NEWS, Channel.TELEGRAM), (News.NEWS, Channel.EMAIL)}
    await world.write(dossier, "Over uw dossier", "Dag")
    await phone.wait(lambda p: "Onderwerp: Over uw dossier" in p.screen.text)
    await phone.tap("Nieuws weer aan")
    await phone.wait(lambda p: "U ontvangt ons nieuws weer" in p.transcript)
    assert not await _wants(world, anna)


async def _wants(world: World, person: Person) -> set[tuple[News, Channel]]:
    """What the person does not want."""
    async with transaction(world.sessions) as session:
        return {cell for cell, on in (await preferences.matrix(session, person.id)).items() if not on}
