"""Who only mails is not reminded of what they have read: an answer proves it (DOC-4)."""

import pytest

from core.actor import OFFICE
from core.database import reading, transaction
from core.documents import documents
from core.documents.models import Shelf
from core.dossiers.models import Dossier
from core.files import files as stored_files
from core.notifications import tell
from core.portal import home, waiting
from sandbox.mail import Mail
from tests.mailbridge.journeys.scene import Scene
from tests.support.waiting import until

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.mark.rule("DOC-4", "MAIL-8")
async def test_the_word_seen_marks_the_document_that_came_along_and_nothing_else(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        mail = await _published(scene, "Nota.pdf")
        await _published(scene, "Akte.pdf")
        assert await _unread(scene) == 2 and "GELEZEN" in mail.text and ">GELEZEN</a>" in mail.html
        await scene.box("anna").reply(mail, "Gelezen", style="iphone")
        await until(lambda: _has_unread(scene, 1))
    assert await scene.written() == []
    assert not [told for told in scene.box("hugo").mails if "Gelezen" in told.text]


@pytest.mark.rule("DOC-4")
async def test_a_question_about_a_document_proves_that_it_was_read(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        mail = await _published(scene, "Nota.pdf")
        await scene.box("anna").reply(mail, "Waarom is dit bedrag zo hoog?")
        await scene.box("hugo").wait(lambda told: "zo hoog" in told.text)
    assert await _unread(scene) == 0


@pytest.mark.rule("DOC-4", "DOC-9")
async def test_a_confidential_document_is_never_read_by_mail(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        mail = await _published(scene, "Geheim.pdf", confidential=True)
        assert not mail.attachments and "GELEZEN" not in mail.text
        await scene.box("anna").reply(mail, "GELEZEN")
        await scene.moved("Processed")
    assert await _unread(scene) == 1


@pytest.mark.rule("DOC-4", "NOTE-3")
async def test_a_reminder_is_answered_with_one_word(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _published(scene, "Nota.pdf")
        await scene.letter_from_hugo()
        assert await _unread(scene) == 2
        reminder = await _reminded(scene)
        later = await _published(scene, "Later.pdf")
        await scene.box("anna").reply(reminder, "GELEZEN")
        await until(lambda: _has_unread(scene, 1))
    assert "Later.pdf" in later.text, "what the reminder did not name stays unread"


@pytest.mark.rule("DOC-4")
async def test_the_word_in_capitals_reads_a_message_and_a_sentence_goes_to_the_handler(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").reply(letter, "GELEZEN")
        await until(lambda: _has_unread(scene, 0))
        await scene.box("anna").reply(letter, "Gelezen")
        await scene.box("hugo").wait(lambda told: "Gelezen" in told.text)
    assert [message.message.text for message in await scene.written()] == ["Gelezen"]


async def _published(scene: Scene, name: str, *, confidential: bool = False) -> Mail:
    """The mail by which Anna hears of a new document."""
    content = await scene.files.put(PDF)
    async with transaction(scene.sessions) as session:
        file = await stored_files.record(session, content, name=name, actor=OFFICE)
        dossier = await session.get_one(Dossier, scene.dossier.id)
        given = {"file": file, "name": name, "actor": OFFICE, "confidential": confidential}
        await documents.publish(session, dossier, shelf=Shelf.DOCUMENTS, **given)  # type: ignore[arg-type]  # as named
    return await scene.box("anna").wait(lambda mail: name in mail.subject)


async def _reminded(scene: Scene) -> Mail:
    """A reminder of all that waits for Anna, as it is sent after some days."""
    async with transaction(scene.sessions) as session:
        found = [await waiting.unread_messages(session, scene.anna.id, 5)]
        found.append(await waiting.unread_documents(session, scene.anna.id, 5))
        counts = {"messages": found[0].count, "documents": found[1].count, "actions": 0}
        values = {**counts, "items": [item for each in found for item in each.items]}
        await tell.person(session, scene.anna.id, news=None, kind="reminder", values=values)
    return await scene.box("anna").wait(lambda mail: "wacht nog op u" in mail.subject)


async def _unread(scene: Scene) -> int:
    async with reading(scene.sessions) as session:
        return (await home.home(session, scene.anna.id, office=scene.office)).unread


async def _has_unread(scene: Scene, count: int) -> bool:
    return await _unread(scene) == count
