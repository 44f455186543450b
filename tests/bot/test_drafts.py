"""Writing a message: counter, files, the limit, sending once."""

import asyncio

import pytest
from sqlalchemy import select

from core.actor import OFFICE
from core.database import transaction
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.files.models import StoredFile
from core.messages.models import Attachment
from sandbox.telegram import Document, Phone, Photo
from tests.bot.world import PDF, PNG, World


async def attachments(world: World, message_id: int) -> list[tuple[str, int]]:
    """Names and sizes of a message's files."""
    async with transaction(world.sessions) as session:
        query = select(Attachment.name, StoredFile.size).join(StoredFile, StoredFile.id == Attachment.file_id)
        rows = await session.execute(query.where(Attachment.message_id == message_id).order_by(Attachment.position))
        return [(name, size) for name, size in rows]


async def begin(phone: Phone, subject: str = "Vraag over de akte") -> None:
    """[Nieuw bericht] and its subject."""
    await phone.tap("Nieuw bericht")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say(subject)
    await phone.wait(lambda p: f"Onderwerp: {subject}" in p.screen.text)


@pytest.mark.rule("MSG-3")
@pytest.mark.rule("MSG-4")
@pytest.mark.rule("MSG-6")
@pytest.mark.rule("DOC-5")
async def test_a_message_with_an_album_and_a_pdf_one_file_removed(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Behandelaar" in p.screen.text)
    await begin(phone)
    await phone.say("Hierbij de gevraagde stuk.")
    await phone.wait(lambda p: "26 van 4000 tekens" in p.screen.text)
    await phone.send_album([Photo(PNG), Photo(PNG + b"2")])
    await phone.send_document("volmacht.pdf", PDF)
    await phone.wait(lambda p: "Upload 3 bestanden" in p.screen.labels())
    assert "“als bestand”" in phone.transcript
    assert "Versturen" not in phone.screen.labels()
    assert not await world.messages_of(dossier)
    removal = next(label for label in phone.screen.labels() if label.startswith("✕ foto"))
    await phone.tap(removal)
    await phone.wait(lambda p: "Upload 2 bestanden" in p.screen.labels())
    await phone.tap("Upload 2 bestanden")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    assert "📎 volmacht.pdf" in phone.screen.text
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    [message] = await world.messages_of(dossier)
    assert (message.subject, message.text) == ("Vraag over de akte", "Hierbij de gevraagde stuk.")
    names = [name for name, _ in await attachments(world, message.id)]
    assert names[1] == "volmacht.pdf" and names[0].startswith("foto ") and names[0].endswith(".jpg")
    [mail] = await world.mails("message_staff")
    assert len(mail.files) == 2


@pytest.mark.rule("MSG-3")
async def test_without_a_subject_it_is_asked_and_not_sent(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.say("Ik heb een vraag <over> de akte & meer")
    await phone.wait(lambda p: "nog niet ingevuld" in p.screen.text)
    assert "Ik heb een vraag <over> de akte & meer" in phone.screen.text
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    assert phone.toasts[-1].alert and not await world.messages_of(dossier)
    await phone.say("Akte")
    await phone.wait(lambda p: "Onderwerp: Akte" in p.screen.text)
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    assert [m.subject for m in await world.messages_of(dossier)] == ["Akte"]


@pytest.mark.rule("MSG-3")
async def test_without_a_text_it_is_not_sent(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.say("/nieuw")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say("Alleen een onderwerp")
    await phone.wait(lambda p: "0 van 4000 tekens" in p.screen.text)
    [cancel] = [button for row in phone.screen.buttons for button in row if button.text == "Annuleren"]
    assert "Versturen" not in phone.screen.labels() and cancel.data is not None
    await phone.tap(data=cancel.data.replace(":dca:", ":dse:"), forge=True)
    await phone.wait(lambda p: bool(p.toasts and p.toasts[-1].alert))
    assert not await world.messages_of(dossier)


@pytest.mark.rule("MSG-4")
@pytest.mark.rule("MSG-5")
async def test_what_is_over_the_limit_is_said_before_sending_and_kept_as_a_file(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.tap("Dossiers")
    await phone.wait(lambda p: "Behandelaar" in p.screen.text)
    await begin(phone, "Lang")
    text = "".join(chr(97 + n % 26) for n in range(5000))
    await phone.say(text)
    await phone.wait(lambda p: "5000 van 4000 tekens" in p.screen.text)
    assert (
        "Maximum bereikt. Het maximaal aantal van 4000 karakters voor een bericht is bereikt. "
        "Meer tekst zal worden verwijderd." in phone.screen.text
    )
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    [message] = await world.messages_of(dossier)
    assert message.text == text[:4000]
    [(name, size)] = await attachments(world, message.id)
    assert size == 5000 and name == "volledige tekst.txt"
    assert "als bijlage" in phone.screen.text


@pytest.mark.rule("MSG-4")
async def test_exactly_four_thousand_characters_pass(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.say("/nieuw")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say("Precies")
    await phone.wait(lambda p: "Onderwerp: Precies" in p.screen.text)
    await phone.say("é" * 4000)
    await phone.wait(lambda p: "4000 van 4000 tekens" in p.screen.text)
    assert "Maximum bereikt" not in phone.screen.text
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    [message] = await world.messages_of(dossier)
    assert len(message.text) == 4000 and await attachments(world, message.id) == []


@pytest.mark.rule("MSG-6")
async def test_annuleer_drops_the_files_that_wait(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.send_document("een.pdf", PDF, caption="Zie bijlage")
    await phone.wait(lambda p: "Upload 1 bestand" in p.screen.labels())
    await phone.send_document("twee.pdf", PDF)
    await phone.wait(lambda p: "Upload 2 bestanden" in p.screen.labels())
    await phone.tap("Annuleer")
    await phone.wait(lambda p: "een.pdf" not in p.screen.text and "Zie bijlage" in p.screen.text)
    await phone.tap("Weggooien")
    await phone.wait(lambda p: "Ja, weggooien" in p.screen.labels())
    await phone.tap("Ja, weggooien")
    await phone.wait(lambda p: "weggegooid" in p.screen.text)
    assert not await world.messages_of(dossier)


@pytest.mark.rule("MSG-7")
async def test_a_draft_is_offered_again_on_return(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.say("Een begin")
    await phone.wait(lambda p: "9 van 4000 tekens" in p.screen.text)
    await phone.say("/start")
    await phone.wait(lambda p: "✏️ Verder met uw bericht" in p.screen.labels())
    await phone.tap("✏️ Verder met uw bericht")
    await phone.wait(lambda p: "Een begin" in p.screen.text)


@pytest.mark.rule("MSG-9")
async def test_two_taps_at_once_send_once(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.say("/nieuw")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say("Eens")
    await phone.wait(lambda p: "Onderwerp: Eens" in p.screen.text)
    await phone.say("Eén keer")
    await phone.wait(lambda p: "8 van 4000 tekens" in p.screen.text)
    card = phone.screen
    await asyncio.gather(*[phone.tap("Versturen", message=card) for _ in range(2)])
    await phone.wait(lambda p: len(p.toasts) >= 2 or "verstuurd" in p.screen.text)
    await phone.say("/home")
    await phone.wait(lambda p: "Acties (0)" in p.screen.labels())
    assert len(await world.messages_of(dossier)) == 1
    assert len(await world.mails("message_staff")) == 1
    assert sum("Uw bericht is verstuurd" in m.text for m in phone.messages) == 1


@pytest.mark.rule("DOC-5")
async def test_with_several_dossiers_the_bot_asks_which(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    second = await world.dossier("2026-002", anna, description="Testament")
    await phone.send_document("Paspoort Jansen.pdf", PDF, caption="Mijn <b>paspoort</b>")
    await phone.wait(lambda p: "Bij welk dossier hoort dit?" in p.screen.text)
    await phone.tap("2026-002 · Testament")
    await phone.wait(lambda p: "dossier 2026-002" in p.screen.text)
    assert "Mijn <b>paspoort</b>" in phone.screen.text
    await phone.tap("Upload 1 bestand")
    await phone.wait(lambda p: "Onderwerp invullen" in p.screen.labels())
    await phone.tap("Onderwerp invullen")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say("Paspoort")
    await phone.wait(lambda p: "Versturen" in p.screen.labels() and "Onderwerp: Paspoort" in p.screen.text)
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    [message] = await world.messages_of(second)
    assert await attachments(world, message.id) == [("Paspoort Jansen.pdf", len(PDF))]


@pytest.mark.rule("DOC-3")
async def test_what_was_supplied_can_be_downloaded_again(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.send_document("ID.pdf", PDF, caption="Hierbij")
    await phone.wait(lambda p: "Upload 1 bestand" in p.screen.labels())
    await phone.tap("Upload 1 bestand")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say("Legitimatie")
    await phone.wait(lambda p: "Onderwerp: Legitimatie" in p.screen.text)
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    await phone.tap("📁 Dossier")
    await phone.wait(lambda p: "Door mij aangeleverd (1)" in p.screen.labels())
    await phone.tap("Door mij aangeleverd (1)")
    await phone.wait(lambda p: "⬇ ID.pdf" in p.screen.labels())
    await phone.tap("⬇ ID.pdf")
    await phone.wait(lambda p: p.messages[-1].sender == "bot" and p.messages[-1].file is not None)
    file = phone.messages[-1].file
    assert file is not None and file.content() == PDF
    assert any("Uw bericht is verstuurd" in message.text for message in phone.messages)


@pytest.mark.rule("DOC-8")
@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("leeg.pdf", b"", "leeg"),
        ("factuur.pdf", b"MZ\x90\x00" + b"\x00" * 200, ".exe"),
        ("groot.pdf", PDF + b"\x00" * (21 * 1024 * 1024), "20 MB"),
    ],
    ids=["empty", "an exe called pdf", "21 MB"],
)
async def test_a_file_that_is_not_taken_is_refused_with_the_other_way(
    world: World, name: str, content: bytes, expected: str
) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.send_document(name, content)
    await phone.wait(lambda p: name in p.screen.text, timeout=20)
    assert expected in phone.screen.text
    assert world.office.email in phone.screen.text
    await phone.say("Toch een bericht")
    await phone.wait(lambda p: "16 van 4000 tekens" in p.screen.text)
    assert not await world.messages_of(dossier)


@pytest.mark.rule("DOC-8")
async def test_of_an_album_the_good_files_are_kept(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.send_album([Document("goed.pdf", PDF), Document("fout.pdf", b"MZ" + b"\x00" * 99)], caption="Twee")
    await phone.wait(lambda p: "Upload 1 bestand" in p.screen.labels())
    assert "fout.pdf" in phone.screen.text and "goed.pdf" in phone.screen.text and "Twee" in phone.screen.text


async def test_voice_and_video_become_files(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.send_voice(b"OggS" + b"\x00" * 60)
    await phone.wait(lambda p: "Upload 1 bestand" in p.screen.labels())
    assert "spraakbericht" in phone.screen.text
    await phone.send_video(b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 60, name="rondgang.mp4")
    await phone.wait(lambda p: "Upload 2 bestanden" in p.screen.labels())
    assert "rondgang.mp4" in phone.screen.text


async def test_an_edit_within_the_draft_changes_it(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    typed = await phone.say("Een foutje")
    await phone.wait(lambda p: "10 van 4000 tekens" in p.screen.text)
    await phone.edit(typed, "Zonder fout")
    await phone.wait(lambda p: "11 van 4000 tekens" in p.screen.text)
    assert "Zonder fout" in phone.screen.text


async def test_an_edit_of_what_was_thrown_away_says_that_it_changes_nothing(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    original = await world.write(dossier, "Vraag", "?")
    await phone.tap(data=f"1+:rep:{original.id}", forge=True)
    await phone.wait(lambda p: any("Uw antwoord" in m.text for m in p.messages))
    typed = await phone.say("Ja")
    await phone.wait(lambda p: "2 van 4000 tekens" in p.screen.text)
    await phone.tap("Weggooien")
    await phone.wait(lambda p: "Ja, weggooien" in p.screen.labels())
    await phone.tap("Ja, weggooien")
    await phone.wait(lambda p: "weggegooid" in p.screen.text)
    await phone.edit(typed, "Nee")
    await phone.wait(lambda p: "verandert niets" in p.screen.text)
    assert [message.id for message in await world.messages_of(dossier)] == [original.id]


async def test_a_draft_without_a_subject_is_known_by_its_text(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    second = await world.dossier("2026-002", anna)
    await phone.say("Wanneer is de sleuteloverdracht precies?")
    await phone.wait(lambda p: "Bij welk dossier" in p.screen.text)
    await phone.tap(data=f"1:new:{second.id}", forge=True)
    await phone.wait(lambda p: "bericht: “Wanneer is de sleuteloverdracht precies?”" in p.screen.text)


async def test_another_message_is_not_begun_over_a_draft_without_asking(world: World) -> None:
    anna, phone = await world.linked()
    first = await world.dossier("2026-001", anna)
    second = await world.dossier("2026-002", anna)
    await phone.tap(data=f"1:new:{first.id}", forge=True)
    await phone.wait(lambda p: "Waar gaat" in p.screen.text)
    await phone.say("Eerste")
    await phone.wait(lambda p: "Onderwerp: Eerste" in p.screen.text)
    await phone.say("Tekst")
    await phone.wait(lambda p: "5 van 4000" in p.screen.text)
    await phone.tap(data=f"1:new:{second.id}", forge=True)
    await phone.wait(lambda p: "U bent al bezig met een bericht: “Eerste”" in p.screen.text)
    await phone.tap("✏️ Verder met dat bericht")
    await phone.wait(lambda p: "Tekst" in p.screen.text)
    await phone.tap(data=f"1:new:{second.id}:1", forge=True)
    await phone.wait(lambda p: "dossier 2026-002" in p.screen.text)


async def test_a_draft_of_a_dossier_that_is_no_longer_seen_is_gone_unseen(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.dossier("2026-002", anna)
    await phone.tap(data=f"1:new:{dossier.id}", forge=True)
    await phone.wait(lambda p: "Waar gaat" in p.screen.text)
    await phone.say("Onderwerp")
    await phone.wait(lambda p: "Onderwerp: Onderwerp" in p.screen.text)
    await phone.say("Tekst")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    async with transaction(world.sessions) as session:
        await dossiers.remove_participant(session, await session.get_one(Dossier, dossier.id), anna, OFFICE)
    await phone.tap("Versturen")
    await phone.wait(lambda p: bool(p.toasts and p.toasts[-1].alert))
    assert not await world.messages_of(dossier)
