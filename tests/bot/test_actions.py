"""What the office asks of a person: upload requests as actions, and documents that go."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from core.actor import OFFICE
from core.crypto import Keys
from core.database import Sessions, Wake, transaction
from core.documents import documents, expiry, upload_requests
from core.documents.models import Document, RequestState, Shelf, SuppliedFile, UploadRequest
from core.dossiers.models import Dossier
from core.files import files as stored_files
from core.files.store import FileStore
from core.office import Office, UploadPolicy
from sandbox.telegram import Phone, Photo, TelegramServer
from tests.bot.world import PDF, PNG, World, next_text, running


@pytest.fixture
async def strict(sessions: Sessions, wake: Wake, keys: Keys, files: FileStore) -> AsyncIterator[World]:
    """An office that takes only the files that it asked for."""
    server = TelegramServer()
    await server.start()
    try:
        async with running(server, sessions, wake, keys, Office(upload_policy=UploadPolicy.ON_REQUEST), files) as world:
            yield world
    finally:
        await server.stop()


async def ask(world: World, dossier: Dossier, title: str, *, due_on: date | None = None) -> UploadRequest:
    """The office asks for a file."""
    async with transaction(world.sessions) as session:
        here = await session.get_one(Dossier, dossier.id)
        return await upload_requests.ask(
            session, here, title=title, explanation="Voor- én achterkant <graag>.", due_on=due_on, actor=OFFICE
        )


async def decide(world: World, request: UploadRequest, reason: str = "") -> None:
    """The office accepts the newest file, or rejects it with a reason."""
    async with transaction(world.sessions) as session:
        newest = (await upload_requests.files_of(session, request.id))[-1]
        supplied = await session.get_one(SuppliedFile, newest.id)
        if reason:
            await upload_requests.reject(session, supplied, reason, OFFICE)
        else:
            await upload_requests.accept(session, supplied, OFFICE)


async def state(world: World, request: UploadRequest) -> str:
    async with transaction(world.sessions) as session:
        return (await session.get_one(UploadRequest, request.id)).state


async def supply(phone: Phone, name: str = "paspoort.pdf") -> None:
    """Sends one file for the request whose [Bestand sturen] was tapped."""
    await phone.wait(lambda p: "Stuur nu de foto’s of bestanden" in p.screen.text)
    assert "Voor- én achterkant <graag>." in phone.screen.text
    await phone.send_document(name, PDF + name.encode())
    await phone.wait(lambda p: "Upload 1 bestand" in p.screen.labels())
    await phone.tap("Upload 1 bestand")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Verstuurd, dank u" in p.screen.text and "kijkt ernaar" in p.screen.text)


@pytest.mark.rule("DOC-7")
async def test_an_upload_request_is_an_action_until_a_file_is_sent_and_accepted(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    request = await ask(world, dossier, "Kopie paspoort", due_on=date(2027, 1, 31))
    await phone.wait(lambda p: "Wij vragen u: Kopie paspoort" in p.screen.text)
    assert "Graag uiterlijk 31 januari 2027." in phone.screen.text
    assert "Voor- én achterkant <graag>." in phone.screen.text
    await phone.say("/home")
    await phone.wait(lambda p: "Acties (1)" in p.screen.labels())
    await phone.tap("Acties (1)")
    await phone.wait(lambda p: "Voor- én achterkant <graag>." in p.screen.text)
    assert "🏠 Home (1 actie)" in phone.screen.labels()
    await phone.tap("Bestand sturen", message=phone.screen)
    await supply(phone)
    assert "🏠 Home (0 acties)" in phone.screen.labels()
    [supplied] = await world.mails("upload_supplied")
    assert supplied.values["title"] == "Kopie paspoort"
    await decide(world, request)
    await phone.say("/acties")
    await phone.wait(lambda p: "✅ Kopie paspoort: goedgekeurd" in p.screen.text)
    assert "Acties (0)" in phone.screen.text


@pytest.mark.rule("DOC-7")
async def test_a_rejected_file_is_asked_again_with_the_reason(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    request = await ask(world, dossier, "Kopie paspoort")
    await phone.wait(lambda p: "Bestand sturen" in p.screen.labels())
    await phone.tap("Bestand sturen")
    await supply(phone)
    await phone.say("/acties")
    await phone.wait(lambda p: "⏳ Kopie paspoort: wij kijken ernaar" in p.screen.text)
    await decide(world, request, "De foto is onscherp.")
    await phone.wait(lambda p: "Wilt u dit nog een keer aanleveren?" in p.screen.text)
    assert "Reden: De foto is onscherp." in phone.screen.text
    await phone.say("/acties")
    await phone.wait(lambda p: "❌ paspoort.pdf: De foto is onscherp." in p.screen.text)
    await phone.tap("Bestand sturen", message=phone.screen)
    await supply(phone, "beter.pdf")
    await decide(world, request)
    assert await state(world, request) == RequestState.DONE


@pytest.mark.rule("DOC-7")
async def test_of_several_requests_the_file_goes_to_the_one_that_was_chosen(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    requests = [await ask(world, dossier, f"Stuk {n}") for n in range(8)]
    await phone.wait(lambda p: "Stuk 7" in p.transcript)
    await phone.say("/acties")
    await phone.wait(lambda p: "1–6 van 8" in p.screen.text)
    await phone.tap("Volgende ›")
    await phone.wait(lambda p: "7–8 van 8" in p.screen.text)
    await phone.tap("📥 Stuk 7")
    await phone.wait(lambda p: "Bestand sturen" in p.screen.labels())
    await phone.tap("Bestand sturen", message=phone.screen)
    await supply(phone)
    assert [await state(world, request) for request in requests] == ["open"] * 7 + ["supplied"]


@pytest.mark.rule("DOC-7")
async def test_another_draft_is_not_lost_for_a_request(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.say("Een half bericht dat nog niet af is")
    await phone.wait(lambda p: "35 van 4000 tekens" in p.screen.text)
    await ask(world, dossier, "Kopie paspoort")
    await phone.wait(lambda p: "Bestand sturen" in p.screen.labels())
    await phone.tap("Bestand sturen")
    await phone.wait(lambda p: "U bent al bezig met een bericht" in p.screen.text)
    await phone.tap("Weggooien en opnieuw beginnen")
    await supply(phone)


@pytest.mark.rule("DOC-7")
async def test_a_request_of_others_does_not_exist(world: World) -> None:
    _, phone = await world.linked()
    bram, other = await world.linked("Bram Bos")
    request = await ask(world, await world.dossier("2026-777", bram), "Geheim stuk")
    await other.wait(lambda p: "Geheim stuk" in p.screen.text)
    for data in (f"1:tsk:{request.id}", f"1:sup:{request.id}", "1:tsk:987654", "1:sup:987654"):
        seen = len(phone.toasts)
        await phone.tap(data=data, forge=True)
        await phone.wait(lambda p, seen=seen: len(p.toasts) > seen)  # type: ignore[misc]  # bound for the loop
        assert phone.toasts[-1].alert and "Upload verzoek" not in phone.screen.text
    assert "Geheim" not in phone.transcript
    assert len({toast.text for toast in phone.toasts[-4:]}) == 1


@pytest.mark.rule("DOC-6")
async def test_where_only_what_was_asked_is_taken_other_files_are_refused_and_the_text_stays(strict: World) -> None:
    anna, phone = await strict.linked()
    dossier = await strict.dossier("2026-001", anna)
    await phone.send_document("ongevraagd.pdf", PDF)
    await phone.wait(lambda p: "alleen bestanden aan waar het om heeft gevraagd" in p.screen.text)
    assert "🏠 Home (0 acties)" in phone.screen.labels()
    await phone.send_photo(PNG, caption="Is dit wat u zoekt?")
    await phone.wait(lambda p: "19 van 4000 tekens" in p.screen.text)
    assert "alleen bestanden aan waar het om heeft gevraagd" in phone.screen.text
    assert not any("Upload" in label for label in phone.screen.labels())
    await phone.tap("Weggooien")
    await phone.wait(lambda p: "Ja, weggooien" in p.screen.labels())
    await phone.tap("Ja, weggooien")
    await phone.wait(lambda p: "weggegooid" in p.screen.text)
    request = await ask(strict, dossier, "Kopie paspoort")
    await phone.wait(lambda p: "Bestand sturen" in p.screen.labels())
    await phone.send_album([Photo(PNG), Photo(PNG + b"2")])
    await phone.wait(lambda p: "Upload 2 bestanden" in p.screen.labels())
    await phone.tap("Annuleer")
    await phone.wait(lambda p: "weggegooid" in p.screen.text)
    await phone.say("/acties")
    await phone.wait(lambda p: "Bestand sturen" in p.screen.labels())
    await phone.tap("Bestand sturen", message=phone.screen)
    await supply(phone)
    assert await state(strict, request) == RequestState.SUPPLIED


@pytest.mark.rule("DOC-11")
async def test_a_document_shows_its_last_day_and_is_warned_of_a_week_before(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    last_day = datetime.now(UTC).date() + timedelta(days=5)
    content = await world.files.put(PDF)
    async with transaction(world.sessions) as session:
        file = await stored_files.record(session, content, name="Concept.pdf", actor=OFFICE)
        here = await session.get_one(Dossier, dossier.id)
        await documents.publish(
            session,
            here,
            shelf=Shelf.DOCUMENTS,
            file=file,
            name="Concept.pdf",
            actor=OFFICE,
            quiet=True,
            expires_on=last_day,
        )
    async with transaction(world.sessions) as session:
        for job in expiry.jobs(world.office).values():
            await job(session, {})
    await phone.wait(lambda p: "Dit document gaat binnenkort weg" in p.screen.text)
    assert "Concept.pdf" in phone.screen.text and str(last_day.year) in phone.screen.text
    await phone.tap("Dossier", message=phone.screen)
    await phone.wait(lambda p: "Documenten (1) · 🔵 1 nieuw" in p.screen.labels())
    await phone.tap("Documenten (1)")
    await phone.wait(lambda p: f"te downloaden tot en met {last_day.day} " in p.screen.text)
    async with transaction(world.sessions) as session:
        [row], _ = await documents.page(session, OFFICE, dossier.id, shelf=Shelf.DOCUMENTS, offset=0, limit=1)
        document = await session.get_one(Document, row.id)
        await documents.set_expiry(session, document, datetime.now(UTC).date() - timedelta(days=2), OFFICE)
        await expiry.expire(session, world.office, datetime.now(UTC).date())
    await next_text(phone, phone.say("/dossiers"))
    assert "Documenten (0)" in phone.screen.labels()
    seen = len(phone.toasts)
    await phone.tap(data=f"1:get:{row.id}", forge=True)
    await phone.wait(lambda p: len(p.toasts) > seen)
    assert phone.toasts[-1].alert and "Concept.pdf" in phone.toasts[-1].text


@pytest.mark.rule("DOC-7")
async def test_files_that_answer_a_request_unasked_are_said_to(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await ask(world, dossier, "Kopie paspoort")
    await phone.wait(lambda p: "Bestand sturen" in p.screen.labels())
    await phone.tap(data=f"1:new:{dossier.id}", forge=True)
    await phone.wait(lambda p: "Waar gaat" in p.screen.text)
    await next_text(phone, phone.say("Foto van de deur"))
    await phone.send_document("deur.pdf", PDF, caption="Zo ziet hij eruit")
    await phone.wait(lambda p: "Upload 1 bestand" in p.screen.labels())
    await phone.tap("Upload 1 bestand")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    await phone.tap("Versturen")
    await phone.wait(lambda p: "verstuurd" in p.screen.text)
    assert "De bestanden gelden als “Kopie paspoort”" in phone.screen.text
    assert "🏠 Home (0 acties)" in phone.screen.labels()
