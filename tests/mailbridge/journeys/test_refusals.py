"""Every refusal is told, in the sender's language, with the reason and what to do, at most once a day."""

from datetime import timedelta

import pytest

from core.actor import OFFICE
from core.database import transaction
from core.dossiers import dossiers
from mailbridge import answering
from mailbridge.mailbox import Folder
from sandbox.mail import attachment
from tests.mailbridge.journeys.scene import PORTAL, Scene
from tests.support.waiting import until

EXE = (
    b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
    b"\xb8"
    + b"\x00" * 43
    + b"\x80\x00\x00\x00"
    + (
        b"\x0e\x1f\xba\x0e\x00\xb4\x09\xcd\x21\xb8\x01\x4c\xcd\x21This program cannot be run in DOS mode.\r\r\n$"
        + b"\x00" * 7
        + b"PE\x00\x00d\x86\x02\x00"
        + b"\x00" * 200
    )
)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.mark.rule("MAIL-7")
async def test_an_empty_answer_is_told_once_a_day(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").reply(letter, "")
        told = await scene.box("anna").wait(lambda mail: "geen eigen tekst" in mail.text)
        await scene.box("anna").reply(letter, "", style="outlook")
        await scene.moved(Folder.REJECTED, 2)
    assert told.header("Auto-Submitted") == "auto-replied"
    assert len([mail for mail in scene.box("anna").mails if "geen eigen tekst" in mail.text]) == 1
    assert await scene.written() == []


@pytest.mark.rule("MAIL-7")
async def test_the_next_day_and_for_another_reason_it_is_told_again(
    office_by_mail: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").reply(letter, "")
        first = await scene.box("anna").wait(lambda mail: "geen eigen tekst" in mail.text)
        await scene.box("anna").reply(letter, "", attachments=[attachment("leeg.txt", b"")])
        await scene.box("anna").wait(lambda mail: "leeg.txt" in mail.text)
        tomorrow = answering.today(scene.office) + timedelta(days=1)
        monkeypatch.setattr(answering, "today", lambda _: tomorrow)
        await scene.box("anna").reply(letter, "")
        await scene.box("anna").wait(lambda mail: "geen eigen tekst" in mail.text, after=first.id)


@pytest.mark.rule("MAIL-7")
async def test_a_program_called_pdf_is_refused_and_the_rest_is_kept(office_by_mail: Scene) -> None:
    scene = office_by_mail
    files = [attachment("nota.pdf", EXE, "application/pdf"), attachment("echt.pdf", PDF)]
    async with scene.at_work():
        await scene.box("bram").send(PORTAL, "Two files", "Here they are.", attachments=files)
        told = await scene.box("bram").wait(lambda mail: "nota.pdf" in mail.text)
        await until(lambda: _count(scene, 1))
    [message] = await scene.written()
    assert message.message.text == "Here they are."
    assert [file.name for file in message.attachments] == ["echt.pdf"]
    assert "About your email" in told.text, "Bram reads English"


@pytest.mark.rule("MAIL-7")
async def test_a_file_over_the_limit_names_the_limit_and_an_empty_file_is_named(office_by_mail: Scene) -> None:
    scene = office_by_mail
    big = PDF + b"x" * (scene.office.upload_limit + 1)
    files = [attachment("groot.pdf", big), attachment("leeg.txt", b"")]
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Groot", "Past dit?", attachments=files)
        too_big = await scene.box("anna").wait(lambda mail: "groot.pdf" in mail.text, timeout=30)
        await scene.box("anna").wait(lambda mail: "leeg.txt" in mail.text)
    assert "20 MB" in too_big.text
    [message] = await scene.written()
    assert message.attachments == ()


@pytest.mark.rule("MAIL-7")
async def test_in_a_closed_dossier_the_message_is_kept_and_both_are_told(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        async with transaction(scene.sessions) as session:
            await dossiers.close(session, await session.get_one(type(scene.dossier), scene.dossier.id), OFFICE)
        await scene.box("anna").reply(letter, "Nog één vraag.")
        told = await scene.box("anna").wait(lambda mail: "is gesloten" in mail.text)
        at_office = await scene.box("hugo").wait(lambda mail: "Nog één vraag." in mail.text)
    assert "2026-0123" in told.text
    assert "gesloten" in at_office.text
    assert [message.message.text for message in await scene.written()] == ["Nog één vraag."]


@pytest.mark.rule("MSG-5")
@pytest.mark.rule("MAIL-7")
async def test_a_text_over_the_limit_is_cut_and_kept_whole_and_the_receipt_says_so(office_by_mail: Scene) -> None:
    scene = office_by_mail
    text = "\n".join(f"Regel {number} van mijn lange verhaal." for number in range(160))
    assert len(text) > 4000
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Een lang verhaal", text)
        receipt = await scene.box("anna").wait(lambda mail: "4000 karakters" in mail.text)
        told = await scene.box("hugo").wait(lambda mail: "Een lang verhaal" in mail.subject)
    [message] = await scene.written()
    assert message.message.text == text[:4000]
    [whole] = message.attachments
    assert whole.media_type.startswith("text/plain")
    assert [file.content.decode() for file in told.attachments] == [text]
    assert "niets verloren" in receipt.text


@pytest.mark.rule("MAIL-6", "MAIL-7")
async def test_no_machine_is_ever_answered(office_by_mail: Scene) -> None:
    scene = office_by_mail
    letter_headers = (
        {"Auto-Submitted": "auto-replied"},
        {"X-Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"List-Id": "<nieuws.post.example>"},
    )
    for headers in letter_headers:
        await scene.box("anna").send(PORTAL, "Ik ben er niet", "Tot maandag.", headers=headers)
        await scene.box("eva").send(PORTAL, "Ik ben er niet", "Tot maandag.", headers=headers)
    await scene.settle()
    assert scene.box("anna").mails == [] == scene.box("eva").mails
    assert scene.box("hugo").mails == [] == scene.box("mia").mails
    assert await scene.written() == []
    assert len(scene.box("portal").folder(Folder.PROCESSED)) == 8


@pytest.mark.rule("MAIL-6", "MAIL-7")
async def test_our_own_mail_coming_back_is_no_message(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await scene.write("Kunt u dit nakijken?")
    await scene.settle()
    ours = scene.box("anna").mails[0]
    await scene.server.inject(ours.raw, PORTAL, authentic=True)
    await scene.settle()
    assert await scene.written() == []
    assert [item.outcome for item in await scene.items()] == ["ignored loop"]


async def _count(scene: Scene, wanted: int) -> bool:
    return len(await scene.written()) == wanted
