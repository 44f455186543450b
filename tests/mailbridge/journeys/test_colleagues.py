"""What one participant does, the others see by mail; files that nobody asked for are named; requests are answered by mail."""

from dataclasses import replace
from datetime import date

import pytest

from core.actor import OFFICE, Actor, ActorKind, Channel
from core.database import transaction
from core.documents import upload_requests
from core.documents.models import RequestState
from core.dossiers.models import Dossier
from core.messages import drafts
from core.office import UploadPolicy
from core.people import preferences
from core.people.preferences import News
from core.portal import tasks
from sandbox.mail import attachment
from tests.mailbridge.journeys.scene import PORTAL, Scene
from tests.support.waiting import until

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


async def _write_in_telegram(scene: Scene, text: str) -> None:
    """Anna sends a message from her chat."""
    anna = Actor(ActorKind.PERSON, scene.anna.id, Channel.TELEGRAM)
    async with transaction(scene.sessions) as session:
        draft = await drafts.start(session, anna, dossier_id=scene.dossier.id, subject="Sleutels")
        await drafts.add_text(session, anna, source=f"update-{text}", text=text)
        await drafts.send(session, anna, draft.id, office=scene.office)


@pytest.mark.rule("MSG-10")
async def test_what_a_colleague_sent_in_telegram_comes_by_mail_as_set(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _write_in_telegram(scene, "Wanneer krijgen wij de sleutels?")
        mail = await scene.box("bram").wait(lambda mail: "de sleutels" in mail.text)
        assert "Anna" in mail.sender_name
        await scene.box("bram").reply(mail, "I would like to know that too.")
        await scene.box("anna").wait(lambda mail: "know that too" in mail.text)
        await scene.box("hugo").wait(lambda mail: "know that too" in mail.text)
        async with transaction(scene.sessions) as session:
            for channel in (Channel.EMAIL, Channel.TELEGRAM):
                await preferences.want(session, scene.bram.id, news=News.MESSAGE, channel=channel, wanted=False)
        await _write_in_telegram(scene, "Weet u het al?")
        await scene.box("hugo").wait(lambda mail: "Weet u het al?" in mail.text)
    await scene.settle()
    assert not [mail for mail in scene.box("bram").mails if "Weet u het al?" in mail.text]
    assert not [mail for mail in scene.box("anna").mails if "de sleutels?" in mail.text], (
        "nobody is told what they wrote"
    )
    assert not scene.box("vera").mails


@pytest.mark.rule("DOC-7")
async def test_an_upload_request_is_answered_by_mail(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        async with transaction(scene.sessions) as session:
            dossier = await session.get_one(Dossier, scene.dossier.id)
            request = await upload_requests.ask(
                session, dossier, title="Kopie paspoort", explanation="In kleur.", due_on=date(2026, 12, 1),
                person=scene.anna, actor=OFFICE,
            )  # fmt: skip
        asked = await scene.box("anna").wait(lambda mail: "Kopie paspoort" in mail.subject)
        assert "In kleur." in asked.text and "1 december 2026" in asked.text and "1 openstaande actie" in asked.text
        await scene.box("anna").reply(asked, "", attachments=[attachment("paspoort.pdf", PDF)], style="iphone")
        supplied = await scene.box("hugo").wait(lambda mail: "Aangeleverd: Kopie paspoort" in mail.text)
    assert [file.content for file in supplied.attachments] == [PDF]
    async with transaction(scene.sessions) as session:
        assert (await session.get_one(type(request), request.id)).state == RequestState.SUPPLIED
        assert await tasks.count(session, scene.anna.id) == 0
    assert not [
        mail for mail in scene.box("bram").mails if "Kopie paspoort" in mail.subject and "vraagt u" in mail.text
    ]


@pytest.mark.rule("DOC-6")
@pytest.mark.rule("MAIL-7")
@pytest.mark.parametrize("text", ["Hierbij het contract.", ""])
async def test_files_that_nobody_asked_for_are_named_and_told_once_a_day(office_by_mail: Scene, text: str) -> None:
    scene = office_by_mail
    scene.office = replace(scene.office, upload_policy=UploadPolicy.ON_REQUEST)
    scene.handler._office = scene.office
    contract = [attachment("contract.pdf", PDF)]
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Contract", text, attachments=contract)
        told = await scene.box("anna").wait(lambda mail: "contract.pdf" in mail.text)
        await scene.box("anna").send(PORTAL, "Nogmaals", text, attachments=contract)
        await until(lambda: _handled(scene, 2))
    await scene.settle()
    assert "alleen bestanden aan waar het om heeft gevraagd" in told.text
    assert len([mail for mail in scene.box("anna").mails if "contract.pdf" in mail.text]) == 1
    assert [message.message.text for message in await scene.written()] == ([text] * 2 if text else [])
    assert not [mail for mail in scene.box("hugo").mails if mail.attachments]


async def _handled(scene: Scene, count: int) -> bool:
    return len([item for item in await scene.items() if item.handled_at is not None]) == count


@pytest.mark.rule("STAFF-2")
async def test_the_handler_reads_the_account_only_where_it_says_more_than_the_name(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Vraag", "Wanneer?")
        company = await scene.box("hugo").wait()
    assert "Van Anna (De Vries BV)," in company.text
