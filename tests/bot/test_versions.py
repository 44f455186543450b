"""One message, however it came and however often it changed: edits after sending, and what was mailed."""

import pytest

from core.actor import Actor, ActorKind, Channel
from core.database import transaction
from core.dossiers.models import Dossier
from core.messages import messages
from core.people.models import Person
from sandbox.telegram import Phone
from sandbox.telegram.chat_view import ChatMessage
from tests.bot.world import PDF, World, next_text, until


async def sent(phone: Phone, text: str, subject: str = "Vraag") -> ChatMessage:
    """Writes and sends a message; what the person typed is returned."""
    await phone.say("/nieuw")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say(subject)
    await phone.wait(lambda p: f"Onderwerp: {subject}" in p.screen.text)
    typed = await phone.say(text)
    await phone.wait(lambda p: f"{len(text)} van 4000 tekens" in p.screen.text)
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    return typed


async def mailed(world: World, person: Person, dossier: Dossier, subject: str, text: str) -> None:
    """The person sent this by mail."""
    async with transaction(world.sessions) as session:
        actor = Actor(kind=ActorKind.PERSON, id=person.id, channel=Channel.EMAIL)
        here = await session.get_one(Dossier, dossier.id)
        content = (subject, text)
        await messages.post(
            session, here, actor=actor, subject=content[0], text=content[1], source=f"mail:{text}", office=world.office
        )


@pytest.mark.rule("MSG-8")
async def test_an_edit_after_sending_is_kept_beside_what_it_said_before(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    typed = await sent(phone, "Ik kom om drie uur")
    await phone.edit(typed, "Ik kom om vier uur")
    await phone.wait(lambda p: "Uw bericht “Vraag” is gewijzigd" in p.screen.text)
    await phone.edit(typed, "Ik kom <b>toch niet</b>")
    await until(lambda: _text(world, dossier, "Ik kom <b>toch niet</b>"))
    told = await until(lambda: _two(world))
    assert told[-1].values["previous"] == "Ik kom om vier uur" and told[-1].values["version"] == 3
    await phone.tap("Bericht bekijken")
    await phone.wait(lambda p: "Ik kom <b>toch niet</b>" in p.screen.text)
    assert "gewijzigd vandaag" in phone.screen.text
    await phone.tap("2 eerdere versies")
    await phone.wait(lambda p: "Ik kom om vier uur" in p.screen.text)
    await phone.tap("Volgende ›")
    await phone.wait(lambda p: "Ik kom om drie uur" in p.screen.text)
    await phone.tap("‹ Bericht")
    await phone.wait(lambda p: "Ik kom <b>toch niet</b>" in p.screen.text)
    await phone.tap("Berichten", message=phone.screen)
    await phone.wait(lambda p: "gewijzigd" in p.screen.text and "Vraag" in p.screen.text)


async def _text(world: World, dossier: Dossier, text: str) -> bool:
    return (await world.messages_of(dossier))[-1].text == text


async def _two(world: World):  # type: ignore[no-untyped-def]  # the mails, once there are two
    mails = await world.mails("message_edited_staff")
    return mails if len(mails) == 2 else None


@pytest.mark.rule("MSG-8")
async def test_an_edit_that_changes_nothing_is_no_version_and_says_nothing(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    typed = await sent(phone, "Zie www.kantoor.example")
    shown = phone.screen.id
    await phone.edit(typed, "Zie www.kantoor.example")
    await phone.say("/home")
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels())
    assert "gewijzigd" not in phone.transcript and phone.message(shown).html
    [message] = await world.messages_of(dossier)
    assert message.edited_at is None


@pytest.mark.rule("MSG-8")
async def test_a_sent_message_can_not_be_edited_away(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    typed = await sent(phone, "Akkoord")
    await next_text(phone, phone.edit(typed, "  "))
    assert "Mijn gegevens" not in phone.screen.text
    [message] = await world.messages_of(dossier)
    assert message.text == "Akkoord"


async def other_file(phone: Phone, message: ChatMessage, name: str, content: bytes) -> None:
    """Another file takes the place of the one in this message, as the app of Telegram does it."""
    other = await phone.send_document(name, content)
    await phone.wait(lambda p: name in p.screen.text)
    message.stored.body["document"] = other.stored.body["document"]
    await phone.edit(message, "met uitleg")


@pytest.mark.rule("MSG-8")
async def test_a_file_that_is_replaced_within_the_draft_is_the_new_one(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    file = await phone.send_document("fout.pdf", PDF)
    await phone.wait(lambda p: "Upload 1 bestand" in p.screen.labels())
    await other_file(phone, file, "goed.pdf", PDF + b"goed")
    await phone.wait(lambda p: p.screen.text.count("goed.pdf") == 2 and "met uitleg" in p.screen.text)
    assert "fout.pdf" not in phone.screen.text
    await phone.tap("✕ goed.pdf")
    await phone.wait(lambda p: p.screen.text.count("goed.pdf") == 1)
    await phone.tap("Upload 1 bestand")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say("Akte")
    await phone.wait(lambda p: "Onderwerp: Akte" in p.screen.text)
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    [message] = await world.messages_of(dossier)
    assert message.text == "met uitleg"


@pytest.mark.rule("MSG-8")
async def test_a_caption_is_changed_or_taken_away_and_the_file_stays(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    file = await phone.send_document("akte.pdf", PDF, caption="Zie pagina 2")
    await phone.wait(lambda p: "12 van 4000 tekens" in p.screen.text)
    await phone.edit(file, "Zie pagina 33")
    await phone.wait(lambda p: "13 van 4000 tekens" in p.screen.text)
    await phone.edit(file, "")
    await phone.wait(lambda p: "0 van 4000 tekens" in p.screen.text and "pagina" not in p.screen.text)
    assert "akte.pdf" in phone.screen.text and "Upload 1 bestand" in phone.screen.labels()


@pytest.mark.rule("MSG-8")
async def test_a_file_that_was_sent_is_not_replaced_and_that_is_said(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    file = await phone.send_document("fout.pdf", PDF, caption="Bijlage")
    await phone.wait(lambda p: "Upload 1 bestand" in p.screen.labels())
    await phone.tap("Upload 1 bestand")
    await phone.wait(lambda p: "Onderwerp invullen" in p.screen.labels())
    await phone.tap("Onderwerp invullen")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say("Akte")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    await other_file(phone, file, "goed.pdf", PDF + b"goed")
    await phone.wait(lambda p: "Stuur het nieuwe bestand apart" in p.screen.text)
    [message] = await world.messages_of(dossier)
    assert message.text == "met uitleg"


@pytest.mark.rule("MSG-10")
async def test_what_a_colleague_or_oneself_mailed_stands_in_the_chat_and_the_reverse(world: World) -> None:
    anna, phone = await world.linked()
    bram, other = await world.linked("Bram Bos")
    dossier = await world.dossier("2026-001", anna, bram)
    await mailed(world, anna, dossier, "Per mail", "Dit stuurde ik zelf per mail.")
    await mailed(world, bram, dossier, "Van Bram", "En dit mailde Bram.")
    await phone.wait(lambda p: "Onderwerp: Van Bram" in p.screen.text)
    await phone.tap("Openen")
    await phone.wait(lambda p: "En dit mailde Bram." in p.screen.text)
    assert "Geschreven door: Bram Bos" in phone.screen.text
    await phone.tap("Berichten", message=phone.screen)
    await phone.wait(lambda p: "Aan: Per mail" in p.screen.labels())
    await phone.tap("Aan: Per mail")
    await phone.wait(lambda p: "Dit stuurde ik zelf per mail." in p.screen.text)
    assert "Van u aan: Notariskantoor De Linde" in phone.screen.text
    await sent(phone, "Dit typte Anna in Telegram", subject="Uit Telegram")
    await other.wait(lambda p: "Onderwerp: Uit Telegram" in p.screen.text)
    told = [mail for mail in await world.mails("message_new") if mail.person_id == bram.id]
    assert told[-1].values["text"] == "Dit typte Anna in Telegram"
