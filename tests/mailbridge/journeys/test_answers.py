"""A conversation by mail: it threads, it comes in clean, it reaches the other side."""

import re

import pytest

from mailbridge.tokens import Audience, read_token
from sandbox.mail import attachment
from tests.mailbridge.journeys.scene import SETTINGS, Scene
from tests.support.waiting import until

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
STYLES = ["gmail", "outlook", "apple", "iphone", "plain"]


@pytest.mark.rule("MAIL-1")
async def test_a_mail_has_its_readers_own_address_and_threads(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        first = await scene.letter_from_hugo("Het eerste bericht")
        other = await scene.box("bram").wait(lambda mail: "Het eerste bericht" in mail.text)
    token = read_token([first.reply_to.upper()], keys=scene.keys, domain=SETTINGS.domain)
    assert token is not None
    assert (token.audience, token.reader_id, token.dossier_id) == (Audience.PERSON, scene.anna.id, scene.dossier.id)
    assert first.reply_to != other.reply_to
    assert first.sender == other.sender == SETTINGS.portal
    assert re.fullmatch(r"<[^<>\s]+@kantoor\.example>", first.message_id)
    assert first.message_id != other.message_id
    assert first.header("References") == other.header("References") != ""


@pytest.mark.rule("MAIL-1")
async def test_answers_to_answers_stay_in_one_thread(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo("Kunt u dit nakijken?")
        answer = await scene.box("anna").reply(letter, "Gedaan.")
        told = await scene.box("hugo").wait(lambda mail: "Gedaan." in mail.text)
        await scene.box("hugo").reply(told, "Dank u wel!")
        back = await scene.box("anna").wait(lambda mail: "Dank u wel!" in mail.text)
    root = letter.header("References").split()[0]
    assert told.header("References").split()[0] == back.header("References").split()[0] == root
    assert back.header("In-Reply-To") == answer.message_id
    assert {mail.subject.removeprefix("Re: ") for mail in (letter, told, back)} == {"Akte van levering [2026-0123]"}


@pytest.mark.rule("MAIL-2")
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("style", STYLES)
async def test_an_answer_of_a_usual_client_comes_in_clean(office_by_mail: Scene, style: str, language: str) -> None:
    scene = office_by_mail
    scan = attachment("Scan van paspoort.pdf", PDF)
    async with scene.at_work():
        letter = await scene.letter_from_hugo("Wilt u een kopie sturen?")
        await scene.box("anna").reply(
            letter,
            "Goedemiddag,\n\nHierbij de kopie.\n\nGroet, Anna",
            attachments=[scan],
            style=style,  # type: ignore[arg-type]  # one of the styles
            language=language,  # type: ignore[arg-type]  # one of the languages
        )
        await until(lambda: _has_one(scene))
        told = await scene.box("hugo").wait(lambda mail: "Hierbij de kopie." in mail.text)
    [opened] = await scene.written()
    assert opened.message.text.startswith("Goedemiddag,\n\nHierbij de kopie.")
    assert "Wilt u een kopie" not in opened.message.text and "iPhone" not in opened.message.text
    assert "Lindelaan" not in opened.message.text and "##-" not in opened.message.text
    assert [(file.name, file.size) for file in opened.attachments] == [("Scan van paspoort.pdf", len(PDF))]
    assert opened.original is not None and opened.original.text == "Wilt u een kopie sturen?"
    assert opened.message.raw_file_id is not None
    assert "Wilt u een kopie" in opened.message.cut or style == "plain"
    assert [file.content for file in told.attachments] == [PDF]


@pytest.mark.rule("MAIL-2")
async def test_the_raw_mail_is_kept_byte_for_byte(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").reply(letter, "Akkoord.")
        [received] = await scene.moved("Processed")
    [item] = await scene.items()
    assert await scene.files.get(item.payload["sha256"]) == received.raw


@pytest.mark.rule("STAFF-2")
async def test_a_handlers_answer_from_their_own_mailbox_reaches_every_customer(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo("Kunt u dit nakijken?")
        await scene.box("anna").reply(letter, "Een vraag: wanneer is de overdracht?")
        told = await scene.box("hugo").wait(lambda mail: "wanneer is de overdracht" in mail.text)
        assert "Anna" in told.header("From") and "De Vries BV" in told.text
        note = attachment("Planning.pdf", PDF)
        await scene.box("hugo").reply(told, "Op 1 december.", attachments=[note], style="outlook")
        to_anna = await scene.box("anna").wait(lambda mail: "Op 1 december." in mail.text)
        to_bram = await scene.box("bram").wait(lambda mail: "Op 1 december." in mail.text)
    assert "Hugo" in to_anna.sender_name
    assert [file.content for file in to_anna.attachments] == [PDF] == [file.content for file in to_bram.attachments]
    last = (await scene.messages())[-1]
    assert last.message.staff_id == scene.hugo.id and last.message.text == "Op 1 december."


@pytest.mark.rule("STAFF-2")
async def test_what_looks_like_a_staff_command_never_goes_to_the_customer(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("anna").send(SETTINGS.portal, "Vraag over 2026-0123", "Wanneer?")
        told = await scene.box("hugo").wait(lambda mail: "Wanneer?" in mail.text)
        await scene.box("hugo").reply(told, "#geheim\nDeze klant betaalt nooit.")
        refused = await scene.box("hugo").wait(lambda mail: "niets naar de klant gegaan" in mail.text)
    assert refused.header("Auto-Submitted")
    assert not [mail for mail in scene.box("anna").mails if "betaalt nooit" in mail.text]


async def _has_one(scene: Scene) -> bool:
    return len(await scene.written()) == 1
