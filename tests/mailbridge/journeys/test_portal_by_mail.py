"""The portal of a customer who only ever answers mails: a dossier, its documents and messages, what waits, which dossier."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from core import clock
from core.actor import OFFICE, Actor, ActorKind, Channel
from core.database import reading, transaction
from core.documents import documents, upload_requests
from core.documents.models import Document, RequestState, Shelf, UploadRequest
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.files import files as stored_files
from core.portal import home
from sandbox.mail import Mail, attachment
from tests.mailbridge.journeys.scene import PORTAL, Scene, open_dossier
from tests.support.waiting import until

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.mark.rule("MAIL-8", "DOS-5", "DOS-6")
async def test_the_card_of_a_dossier_by_mail_shows_what_the_card_in_telegram_shows(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await _publish(scene, "Nota.pdf")
    await _publish(scene, "Volmacht.pdf", confidential=True)
    async with transaction(scene.sessions) as session:
        dossier = await session.get_one(Dossier, scene.dossier.id)
        done = datetime(2026, 7, 3, tzinfo=UTC)
        await dossiers.set_progress(session, dossier, [("Koopakte ontvangen", done), ("Akte gepasseerd", None)])
    async with scene.at_work():
        letter = await scene.letter_from_hugo("Kunt u dit nakijken?", who="bram")
        card = await _asked(scene, "bram", "dossier 2026-0123", wants="Progress")
        assert card.reply_to != letter.reply_to
    for line in ("Status: In behandeling", "Handler: Hugo", "Progress (1/2)", "✓ Koopakte ontvangen (3 July 2026)"):
        assert line in card.text
    assert "○ Akte gepasseerd" in card.text and "1. Akte van levering" in card.text and "unread" in card.text
    assert "1. Nota.pdf" in card.text and "SEND 1" in card.text
    assert "confidential" in card.text and "SEND 2" not in card.text
    assert card.subject == "Levering woning 2026-0123 [2026-0123]"
    assert await scene.written() == []


@pytest.mark.rule("MAIL-8", "DOC-1", "DOC-4")
async def test_a_tap_in_the_mail_sends_a_document_and_marks_it_read(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await _publish(scene, "Nota.pdf")
    await _publish(scene, "Akte.pdf")
    async with scene.at_work():
        card = await _asked(scene, "anna", "DOSSIER 2026-0123", wants="STUUR 2")
        before = await _unread(scene)
        address, subject, body = _tapped(card, "STUUR 2")
        assert address == card.reply_to
        await scene.box("anna").send(address, subject, f"{body}\n\nVerstuurd vanaf mijn iPhone")
        sent = await scene.box("anna").wait(lambda mail: "om vroeg" in mail.text)
    assert [(file.name, file.content) for file in sent.attachments] == [("Akte.pdf", PDF)]
    assert await _unread(scene) == before - 1
    assert await scene.written() == []


@pytest.mark.rule("MAIL-8", "DOC-9")
async def test_what_can_not_be_sent_is_named_and_a_confidential_document_never_goes(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await _publish(scene, "Nota.pdf")
    await _publish(scene, "Geheim.pdf", confidential=True)
    before = await _unread(scene)
    async with scene.at_work():
        card = await _asked(scene, "anna", "DOSSIER 2026-0123", wants="STUUR 1")
        await scene.box("anna").reply(card, "STUUR 1 en 2, 9")
        sent = await scene.box("anna").wait(lambda mail: "om vroeg" in mail.text)
    assert [file.name for file in sent.attachments] == ["Nota.pdf"]
    assert "“Geheim.pdf” is vertrouwelijk" in sent.text and "in het dossier: 9" in sent.text
    assert await _unread(scene) == before - 1, "the confidential one stays unread"


@pytest.mark.rule("MAIL-8")
async def test_a_document_keeps_its_number_when_another_is_withdrawn(office_by_mail: Scene) -> None:
    scene = office_by_mail
    first = await _publish(scene, "Verkeerd.pdf")
    await _publish(scene, "Akte.pdf")
    async with transaction(scene.sessions) as session:
        await documents.withdraw(session, await session.get_one(Document, first), OFFICE)
    async with scene.at_work():
        card = await _asked(scene, "anna", "DOSSIER 2026-0123", wants="STUUR 2")
        assert "Verkeerd.pdf" not in card.text
        await scene.box("anna").reply(card, "STUUR 1\nSTUUR 2")
        await scene.box("anna").reply(card, "STUUR 2")
        sent = await scene.box("anna").wait(lambda mail: "om vroeg" in mail.text and bool(mail.attachments))
    assert [file.name for file in sent.attachments] == ["Akte.pdf"]


@pytest.mark.rule("MAIL-8", "MSG-1", "MSG-2")
async def test_messages_are_listed_read_again_and_answered(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.letter_from_hugo("De eerste vraag.")
        await scene.letter_from_hugo("De tweede vraag.")
        listed = await _asked(scene, "anna", "BERICHTEN", wants="LEES 2")
        assert await _unread(scene) == 2
        await scene.box("anna").reply(listed, "lees 1", style="iphone")
        copy = await scene.box("anna").wait(lambda mail: "De eerste vraag." in mail.text, after=listed.id)
        assert await _unread(scene) == 1
        await scene.box("anna").reply(copy, "Ja, dat klopt.")
        await until(lambda: _has_written(scene, 1))
        again = await _asked(scene, "anna", "BERICHTEN 2026-0123", wants="LEES 3")
    [answer] = await scene.written()
    assert answer.original is not None and answer.original.text == "De eerste vraag."
    assert "Aan kantoor, van Anna" in again.text


@pytest.mark.rule("MAIL-8", "DOS-7")
@pytest.mark.parametrize("words", ["DOSSIER 2026-0123", "BERICHTEN 2026-0123"])
async def test_somebody_elses_dossier_does_not_exist_by_mail_either(office_by_mail: Scene, words: str) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("vera").send(PORTAL, "", words)
        told = await scene.box("vera").wait()
    assert "Dit dossier is er niet, of u hebt er geen toegang toe." in told.text
    assert "Levering" not in told.text and "Hugo" not in told.text


@pytest.mark.rule("MAIL-8", "HOME-2", "DOC-7")
async def test_what_waits_is_listed_and_supplied_by_a_tap_in_the_mail(office_by_mail: Scene) -> None:
    scene = office_by_mail
    other = await _second_dossier(scene)
    wanted = [await _ask_for(scene, scene.dossier, "Kopie paspoort"), await _ask_for(scene, other, "Bankgarantie")]
    async with scene.at_work():
        waits = await _asked(scene, "anna", "ACTIES", wants="Er wachten 2 acties op u")
        address, subject, body = _tapped(waits, "Aanleveren", place=1)
        assert not body, "there is room for a word of one's own"
        named = {"Kopie paspoort [2026-0123]": 0, "Bankgarantie [2026-0456]": 1}[subject]
        file = attachment("scan.pdf", PDF)
        await scene.box("anna").send(address, subject, "Hierbij.", attachments=[file])
        await until(lambda: _supplied(scene, wanted[named]))
        left = await _asked(scene, "anna", "acties", wants="Er wacht 1 actie op u")
    assert await _state(scene, wanted[1 - named]) == RequestState.OPEN
    assert subject.partition(" [")[0] not in left.text


@pytest.mark.rule("MAIL-8", "HOME-2")
async def test_with_nothing_to_do_it_says_so(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _asked(scene, "anna", "ACTIES", wants="Er wacht niets op u")


@pytest.mark.rule("MAIL-4")
async def test_the_answer_to_which_dossier_places_the_mail_that_waited(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await _second_dossier(scene)
    async with scene.at_work():
        photo = attachment("sleutels.pdf", PDF)
        await scene.box("anna").send(PORTAL, "De sleutels", "Wanneer krijg ik ze?", attachments=[photo])
        asked = await scene.box("anna").wait(lambda mail: "Bij welk dossier" in mail.subject)
        assert "2026-0123" in asked.text and "2026-0456" in asked.text and "De sleutels" in asked.text
        await scene.box("anna").reply(asked, "2026-0123", style="outlook")
        told = await scene.box("hugo").wait(lambda mail: "Wanneer krijg ik ze?" in mail.text)
    assert told.subject == "De sleutels [2026-0123]"
    assert [file.content for file in told.attachments] == [PDF]
    assert [message.message.text for message in await scene.written()] == ["Wanneer krijg ik ze?"]


@pytest.mark.rule("MAIL-4")
async def test_every_mail_is_asked_about_and_each_goes_where_its_own_answer_says(office_by_mail: Scene) -> None:
    scene = office_by_mail
    other = await _second_dossier(scene)
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "", "De eerste zonder onderwerp.")
        first = await scene.box("anna").wait(lambda mail: "Bij welk dossier" in mail.subject)
        await scene.box("anna").send(PORTAL, "", "De tweede zonder onderwerp.")
        second = await scene.box("anna").wait(lambda mail: "Bij welk dossier" in mail.subject, after=first.id)
        await scene.box("anna").reply(second, "0456")
        await scene.box("hugo").wait(lambda mail: "[2026-0456]" in mail.subject)
        address, subject, body = _tapped(first, "2026-0123")
        await scene.box("anna").send(address, subject, body)
        await scene.box("hugo").wait(lambda mail: "[2026-0123]" in mail.subject)
    assert [message.message.text for message in await scene.written()] == ["De eerste zonder onderwerp."]
    texts = [message.message.text for message in await scene.messages(other)]
    assert texts == ["De tweede zonder onderwerp."]


@pytest.mark.rule("MAIL-4")
async def test_an_answer_that_names_no_dossier_is_asked_again_and_a_second_answer_is_a_message(
    office_by_mail: Scene,
) -> None:
    scene = office_by_mail
    await _second_dossier(scene)
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Vraag", "Hoe staat het ermee?")
        asked = await scene.box("anna").wait(lambda mail: "Bij welk dossier" in mail.subject)
        await scene.box("anna").reply(asked, "Die van de molen")
        again = await scene.box("anna").wait(lambda mail: "Bij welk dossier" in mail.subject, after=asked.id)
        assert "Re: Bij welk dossier" not in again.text, "it is not about its own question"
        await scene.box("anna").reply(again, "2026-0123")
        await until(lambda: _has_written(scene, 1))
        await scene.box("anna").reply(asked, "Ik bedoel natuurlijk 2026-0123")
        await scene.box("anna").wait(lambda mail: "Bij welk dossier" in mail.subject, after=again.id)
    assert [message.message.text for message in await scene.written()] == ["Hoe staat het ermee?"]


@pytest.mark.rule("MAIL-4")
async def test_an_answer_that_names_the_dossier_and_says_more_is_a_message_there_too(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await _second_dossier(scene)
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Vraag", "Hoe staat het ermee?")
        asked = await scene.box("anna").wait(lambda mail: "Bij welk dossier" in mail.subject)
        await scene.box("anna").reply(asked, "2026-0123, en hier is de scan", attachments=[attachment("scan.pdf", PDF)])
        await until(lambda: _has_written(scene, 2))
    written = {message.message.text: len(message.attachments) for message in await scene.written()}
    assert written == {"Hoe staat het ermee?": 0, "2026-0123, en hier is de scan": 1}


@pytest.mark.rule("MAIL-4")
async def test_nobody_can_place_a_mail_in_somebody_elses_dossier(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await _second_dossier(scene)
    async with transaction(scene.sessions) as session:
        vera = await session.get_one(type(scene.vera), scene.vera.id)
        hers = await open_dossier(session, scene.dossier.account_id, "2026-0999", scene.hugo, [vera])
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Vraag", "Hoe staat het ermee?")
        asked = await scene.box("anna").wait(lambda mail: "Bij welk dossier" in mail.subject)
        await scene.box("anna").reply(asked, "2026-0999")
        await scene.box("anna").wait(lambda mail: "Bij welk dossier" in mail.subject, after=asked.id)
    assert await scene.messages(hers) == []


@pytest.mark.rule("MAIL-4", "MAIL-8")
async def test_a_word_without_a_dossier_is_asked_about_as_a_question_and_the_answer_brings_what_was_asked(
    office_by_mail: Scene,
) -> None:
    scene = office_by_mail
    await _second_dossier(scene)
    await _publish(scene, "Nota.pdf")
    async with scene.at_work():
        asked = await _asked(scene, "anna", "stuur 1", wants="Welk dossier bedoelt u?")
        assert asked.subject == "Welk dossier bedoelt u?"
        assert "U vroeg: STUUR 1" in asked.text and "2026-0123" in asked.text and "2026-0456" in asked.text
        assert "uw e-mail" not in asked.text.lower().partition("-- ")[0], "there is no mail to be placed"
        await scene.box("anna").reply(asked, "die van de molen")
        again = await scene.box("anna").wait(lambda mail: "Welk dossier bedoelt u?" in mail.text, after=asked.id)
        assert "U vroeg: STUUR 1" in again.text
        await scene.box("anna").reply(again, "2026-0123")
        sent = await scene.box("anna").wait(lambda mail: "om vroeg" in mail.text, after=again.id)
        assert [file.name for file in sent.attachments] == ["Nota.pdf"]
        which = await _asked(scene, "anna", "BERICHTEN", wants="U vroeg: BERICHTEN\n")
        await scene.box("anna").reply(which, "0456")
        await scene.box("anna").wait(lambda mail: mail.subject == "Berichten [2026-0456]", after=which.id)
    assert await scene.written() == []


@pytest.mark.rule("MAIL-4", "MAIL-6")
async def test_a_machine_that_looks_like_a_person_is_not_asked_for_ever(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await _second_dossier(scene)
    for number in range(12):
        await scene.box("anna").send(PORTAL, f"Ik ben er even niet {number}", "Tot later.")
    await scene.settle()
    assert len([mail for mail in scene.box("anna").mails if "Bij welk dossier" in mail.subject]) == 10


async def _asked(scene: Scene, who: str, words: str, *, wants: str) -> Mail:
    """The answer to a mail of one line."""
    last = max((mail.id for mail in scene.box(who).mails), default=0)
    await scene.box(who).send(PORTAL, "", words)
    return await scene.box(who).wait(lambda mail: wants in mail.text, after=last)


def _tapped(mail: Mail, label: str, *, place: int = 0) -> tuple[str, str, str]:
    """What a link in the mail opens: address, subject and text of a new mail."""
    links = re.findall(rf'href="(mailto:[^"]+)"[^>]*>{re.escape(label)}<', mail.html)
    link = urlsplit(links[place].replace("&amp;", "&"))
    given = parse_qs(link.query)
    return unquote(link.path), given["subject"][0], given.get("body", [""])[0]


async def _publish(scene: Scene, name: str, *, confidential: bool = False) -> int:
    content = await scene.files.put(PDF)
    async with transaction(scene.sessions) as session:
        file = await stored_files.record(session, content, name=name, actor=OFFICE)
        dossier = await session.get_one(Dossier, scene.dossier.id)
        document = await documents.publish(
            session,
            dossier,
            shelf=Shelf.DOCUMENTS,
            file=file,
            name=name,
            actor=OFFICE,
            confidential=confidential,
            quiet=True,
        )
        return document.id


async def _second_dossier(scene: Scene) -> Dossier:
    async with transaction(scene.sessions) as session:
        anna = await session.get_one(type(scene.anna), scene.anna.id)
        return await open_dossier(session, scene.dossier.account_id, "2026-0456", scene.hugo, [anna])


async def _ask_for(scene: Scene, dossier: Dossier, title: str) -> int:
    async with transaction(scene.sessions) as session:
        actor = Actor(ActorKind.STAFF, scene.hugo.id, Channel.CLI)
        held = await session.get_one(Dossier, dossier.id)
        request = await upload_requests.ask(
            session, held, title=title, due_on=clock.now().date(), actor=actor, office=scene.office
        )
        return request.id


async def _state(scene: Scene, request_id: int) -> RequestState:
    async with reading(scene.sessions) as session:
        return RequestState((await session.get_one(UploadRequest, request_id)).state)


async def _supplied(scene: Scene, request_id: int) -> bool:
    return await _state(scene, request_id) == RequestState.SUPPLIED


async def _unread(scene: Scene) -> int:
    async with reading(scene.sessions) as session:
        return (await home.home(session, scene.anna.id, office=scene.office)).unread


async def _has_written(scene: Scene, count: int) -> bool:
    return len(await scene.written()) == count
