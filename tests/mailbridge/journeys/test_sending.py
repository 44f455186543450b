"""Sending: few connections for many mails, files as far as they fit, and nothing confidential by mail."""

from dataclasses import replace

import pytest

from core.actor import OFFICE
from core.database import transaction
from core.documents import documents
from core.documents.models import Shelf
from core.files import files as stored_files
from mailbridge import sending
from sandbox.mail import Mail
from tests.mailbridge.journeys.scene import Scene

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


async def _publish(scene: Scene, name: str, *, confidential: bool = False, size: int = 0) -> Mail:
    content = await scene.files.put(PDF + bytes(size))
    async with transaction(scene.sessions) as session:
        file = await stored_files.record(session, content, name=name, actor=OFFICE)
        dossier = await session.get_one(type(scene.dossier), scene.dossier.id)
        await documents.publish(
            session, dossier, shelf=Shelf.CORRESPONDENCE, file=file, name=name, actor=OFFICE, confidential=confidential
        )
    return await scene.box("anna").wait(lambda mail: name in mail.subject)


async def test_a_published_document_is_attached_under_its_own_name(office_by_mail: Scene) -> None:
    async with office_by_mail.at_work():
        mail = await _publish(office_by_mail, "Nota van afrekening.pdf")
    assert [(file.name, file.content) for file in mail.attachments] == [("Nota van afrekening.pdf", PDF)]


@pytest.mark.rule("NOTE-2")
async def test_a_confidential_document_never_goes_by_mail(office_by_mail: Scene) -> None:
    async with office_by_mail.at_work():
        mail = await _publish(office_by_mail, "Medisch rapport.pdf", confidential=True)
    assert mail.attachments == ()
    assert "vertrouwelijk" in mail.text and "2026-0123" in mail.text


async def test_a_document_too_large_for_mail_is_named(office_by_mail: Scene) -> None:
    scene = office_by_mail
    scene.sender._office = replace(scene.office, mail_limit=1_000_000)
    async with scene.at_work():
        mail = await _publish(scene, "Bouwtekening.pdf", size=2_000_000)
    assert mail.attachments == ()
    assert "Bouwtekening.pdf" in mail.text and "te groot voor e-mail" in mail.text


async def test_many_mails_go_over_few_connections(office_by_mail: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = office_by_mail
    connect, opened = sending.connect, []

    async def counted(*given: object, **more: object) -> object:
        opened.append(True)
        return await connect(*given, **more)  # type: ignore[arg-type]  # as given

    monkeypatch.setattr(sending, "connect", counted)
    for number in range(12):
        await scene.write(f"Bericht {number}")
    await scene.settle()
    assert len(scene.box("anna").mails) == len(scene.box("bram").mails) == 12
    assert len(opened) <= 2


async def test_a_kept_connection_that_was_cut_is_made_again(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await scene.write("Voor de onderbreking")
    await scene.settle()
    await scene.server.faults.down(True)
    await scene.server.faults.down(False)
    await scene.write("Na de onderbreking")
    await scene.settle()
    assert len(scene.box("anna").mails) == 2
