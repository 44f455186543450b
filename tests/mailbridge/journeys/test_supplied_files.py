"""An upload request from asking to the decision, with a customer and a handler who only have their mailboxes (DOC-7)."""

from typing import Any

import pytest

from core.actor import Actor, ActorKind, Channel
from core.database import reading, transaction
from core.documents import upload_requests
from core.documents.models import UploadRequest
from core.dossiers.models import Dossier
from core.messages import notes
from core.portal import tasks
from sandbox.mail import Mail, attachment
from tests.mailbridge.journeys.scene import Scene
from tests.support.waiting import until

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def _hugo(scene: Scene) -> Actor:
    return Actor(ActorKind.STAFF, scene.hugo.id, Channel.CLI)


async def _ask(scene: Scene, title: str = "Kopie paspoort") -> UploadRequest:
    async with transaction(scene.sessions) as session:
        dossier = await session.get_one(Dossier, scene.dossier.id)
        return await upload_requests.ask(
            session,
            dossier,
            title=title,
            explanation="De bladzijde met de foto.",
            person=scene.anna,
            actor=_hugo(scene),
            office=scene.office,
        )


async def _supplied(scene: Scene, *names: str, title: str = "Kopie paspoort", tries: int = 1) -> Mail:
    """Anna answers the newest mail of the request with these files; the mail that Hugo gets of it."""
    asked = await scene.box("anna").wait(lambda mail: title in mail.subject)
    newest = [mail for mail in scene.box("anna").mails if title in mail.subject][-1]
    files = [attachment(name, PDF + name.encode()) for name in names]
    await scene.box("anna").reply(newest or asked, "Hierbij.", attachments=files)
    await until(lambda: len(_told(scene, title)) >= tries)
    return _told(scene, title)[-1]


def _told(scene: Scene, title: str) -> list[Mail]:
    return [mail for mail in scene.box("hugo").mails if f"Aangeleverd: {title}" in mail.text]


async def _state(scene: Scene, request: UploadRequest) -> str:
    async with reading(scene.sessions) as session:
        return (await session.get_one(UploadRequest, request.id)).state


async def _decided(scene: Scene, request: UploadRequest) -> list[tuple[str, Any, str]]:
    async with reading(scene.sessions) as session:
        return [(row.name, row.decision, row.reason) for row in await upload_requests.files_of(session, request.id)]


async def _actions(scene: Scene) -> int:
    async with reading(scene.sessions) as session:
        return await tasks.count(session, scene.anna.id)


@pytest.mark.rule("DOC-7", "STAFF-2")
async def test_a_file_is_rejected_with_a_reason_asked_again_and_accepted(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        request = await _ask(scene)
        told = await _supplied(scene, "voorkant.pdf")
        assert "De bladzijde met de foto." in told.text and "#akkoord" in told.text and "#afgekeurd" in told.text
        assert [file.name for file in told.attachments] == ["voorkant.pdf"]
        assert await _actions(scene) == 0
        await scene.box("hugo").reply(told, "#afgekeurd De foto is onscherp.\n\nAlweer.", style="outlook")
        again = await scene.box("anna").wait(lambda mail: "De foto is onscherp." in mail.text)
        done = await scene.box("hugo").wait(lambda mail: "Gedaan" in mail.subject)
        assert "opnieuw" in again.text and "voorkant.pdf" in again.text and "Alweer" not in again.text
        assert "Afgekeurd: voorkant.pdf" in done.text and "“De foto is onscherp.”" in done.text
        assert "niets naar de klant" in done.text and "Alweer." in done.text
        assert (await _state(scene, request), await _actions(scene)) == ("open", 1)
        second = await _supplied(scene, "scherp.pdf", tries=2)
        await scene.box("hugo").reply(second, "#akkoord", style="iphone")
        good = await scene.box("anna").wait(lambda mail: "Compleet" in mail.subject)
        await scene.box("hugo").wait(lambda mail: "Akkoord: scherp.pdf" in mail.text)
    assert "u hoeft niets meer te doen" in good.text
    assert (await _state(scene, request), await _actions(scene)) == ("done", 0)
    assert await _decided(scene, request) == [
        ("voorkant.pdf", "rejected", "De foto is onscherp."),
        ("scherp.pdf", "accepted", ""),
    ]
    assert not any("Compleet" in mail.subject for mail in scene.box("bram").mails), "only Anna was asked"
    assert not any("Alweer" in mail.text for who in ("anna", "bram") for mail in scene.box(who).mails)


@pytest.mark.rule("DOC-7", "STAFF-2")
@pytest.mark.parametrize(
    ("orders", "first", "second"),
    [
        ("#accept 1\n#reject 2: too dark", "accepted", "rejected"),
        ("#ok voorkant.pdf\n#rejected achterkant.pdf: too dark", "accepted", "rejected"),
        ("#AKKOORD 1 en 2", "accepted", "accepted"),
        ("#akkoord", "accepted", "accepted"),
        ("#afgekeurd - too dark", "rejected", "rejected"),
    ],
)
async def test_each_of_several_files_is_decided_on(office_by_mail: Scene, orders: str, first: str, second: str) -> None:
    scene = office_by_mail
    async with scene.at_work():
        request = await _ask(scene)
        told = await _supplied(scene, "voorkant.pdf", "achterkant.pdf")
        assert "1. voorkant.pdf" in told.text and "2. achterkant.pdf" in told.text
        await scene.box("hugo").reply(told, orders)
        await scene.box("hugo").wait(lambda mail: "Gedaan" in mail.subject)
    decided = await _decided(scene, request)
    assert [decision for _, decision, _ in decided] == [first, second]
    assert {reason for _, decision, reason in decided if decision == "rejected"} <= {"too dark"}


@pytest.mark.rule("DOC-7", "STAFF-2")
@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("#afgekeurd", "op dezelfde regel"),
        ("#afgekeurd\nVreselijke klant.", "op dezelfde regel"),
        ("#afgekeurd 2 onscherp", "1. voorkant.pdf, 2. achterkant.pdf"),
        ("#akkoord 3", "1. voorkant.pdf, 2. achterkant.pdf"),
        ("#akkoord\n#afgekeurd Vreselijke klant.", "al beslist"),
    ],
)
async def test_what_is_not_clear_decides_nothing_and_tells_the_customer_nothing(
    office_by_mail: Scene, order: str, said: str
) -> None:
    scene = office_by_mail
    async with scene.at_work():
        request = await _ask(scene)
        told = await _supplied(scene, "voorkant.pdf", "achterkant.pdf")
        before = len(scene.box("anna").mails)
        await scene.box("hugo").reply(told, order)
        refused = await scene.box("hugo").wait(lambda mail: "Over uw e-mail" in mail.text)
    assert said in " ".join(refused.text.split())
    assert [decision for _, decision, _ in await _decided(scene, request)] == [None, None]
    assert len(scene.box("anna").mails) == before


@pytest.mark.rule("STAFF-2")
async def test_a_remark_behind_the_order_is_a_note(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _ask(scene)
        told = await _supplied(scene, "voorkant.pdf")
        await scene.box("hugo").reply(told, "#akkoord, maar verlopen in mei")
        await scene.box("hugo").wait(lambda mail: "Notitie bewaard" in mail.text)
    async with reading(scene.sessions) as session:
        assert [note.text for note in await notes.listing(session, _hugo(scene), scene.dossier.id)] == [
            "maar verlopen in mei"
        ]


@pytest.mark.rule("STAFF-2")
async def test_only_the_answer_to_supplied_files_decides_on_them(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").reply(letter, "Wanneer?")
        asked = await scene.box("hugo").wait(lambda mail: "Wanneer?" in mail.text)
        await scene.box("hugo").reply(asked, "#akkoord")
        refused = await scene.box("hugo").wait(lambda mail: "Over uw e-mail" in mail.text)
    assert "geen antwoord op bestanden" in " ".join(refused.text.split())
