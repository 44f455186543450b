"""Whose mail it is: proven authors only; everything else is set apart, and nothing is revealed."""

from datetime import timedelta

import pytest

from core import clock
from core.actor import OFFICE, Actor, ActorKind, Channel
from core.database import transaction
from core.people import persons
from mailbridge import deciding
from mailbridge.mailbox import Folder
from mailbridge.tokens import Audience, ReplyToken, reply_address
from sandbox.mail import Mail
from tests.mailbridge.journeys.scene import PORTAL, Scene, open_dossier
from tests.support.waiting import until


async def _sent_as_anna(scene: Scene, by: str, letter: Mail) -> None:
    """A mail with Anna's address in From and her reply address in To, from somebody else's account."""
    await scene.box(by).send(letter.reply_to, f"Re: {letter.subject}", "Maak het over.", from_="anna@post.example")


@pytest.mark.rule("MAIL-3")
async def test_a_forged_author_with_the_right_reply_address_waits_for_staff(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await _sent_as_anna(scene, "eva", letter)
        asked = await scene.box("hugo").wait(lambda mail: "quarantine" in mail.text)
        await scene.moved(Folder.REJECTED)
    assert "anna@post.example" in asked.subject and "2026-0123" in asked.text
    assert await scene.written() == []
    [quarantined] = await scene.quarantined()
    assert (quarantined.reason, quarantined.person_id) == ("unauthenticated", scene.anna.id)
    assert not [mail for box in ("anna", "bram", "eva") for mail in scene.box(box).mails if "overmaken" in mail.text]


@pytest.mark.rule("MAIL-3")
async def test_somebody_elses_own_mail_on_a_reply_address_is_not_the_customers(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("vera").send(letter.reply_to, "Re: doorgestuurd", "Ik ben Vera en antwoord voor Anna.")
        asked = await scene.box("hugo").wait(lambda mail: "quarantine" in mail.text)
    assert "vera@post.example" in asked.text
    assert [q.reason for q in await scene.quarantined()] == ["other_sender"]
    assert await scene.written() == []


@pytest.mark.rule("MAIL-3")
async def test_staff_accept_and_the_mail_becomes_the_customers_message(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await _sent_as_anna(scene, "eva", letter)
        await scene.box("hugo").wait(lambda mail: "quarantine" in mail.text)
        [quarantined] = await scene.quarantined()
        for _ in range(2):
            async with transaction(scene.sessions) as session:
                actor = Actor(ActorKind.STAFF, scene.hugo.id, Channel.CLI)
                await deciding.decide(session, quarantined.id, decision="accept", actor=actor)
        await scene.box("hugo").wait(lambda mail: "Maak het over." in mail.text and "Anna" in mail.sender_name)
    [message] = await scene.written()
    assert message.message.person_id == scene.anna.id
    assert await scene.quarantined() == []


@pytest.mark.rule("MAIL-3")
async def test_staff_reject_and_it_stays_out(office_by_mail: Scene) -> None:
    scene = office_by_mail
    letter = await _letter(scene)
    await _sent_as_anna(scene, "eva", letter)
    await scene.settle()
    [quarantined] = await scene.quarantined()
    async with transaction(scene.sessions) as session:
        await deciding.decide(
            session, quarantined.id, decision="reject", actor=Actor(ActorKind.STAFF, scene.mia.id, Channel.CLI)
        )
    await scene.settle()
    assert await scene.written() == [] and await scene.quarantined() == []


@pytest.mark.rule("MAIL-3")
async def test_a_forged_staff_answer_never_reaches_a_customer(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "2026-0123", "Wat is het rekeningnummer?")
        told = await scene.box("hugo").wait(lambda mail: "rekeningnummer" in mail.text)
        await scene.box("eva").send(told.reply_to, "Re", "Gebruik NL00FAKE.", from_="hugo@kantoor.example")
        await scene.moved(Folder.REJECTED)
    assert [q.reason for q in await scene.quarantined()] == ["unauthenticated"]
    assert not [mail for mail in scene.box("anna").mails if "FAKE" in mail.text]


@pytest.mark.rule("MAIL-3")
async def test_authentication_results_that_the_sender_wrote_count_for_nothing(office_by_mail: Scene) -> None:
    scene = office_by_mail
    letter = await _letter(scene)
    forged = {"Authentication-Results": "mx.kantoor.example; dmarc=pass header.from=post.example"}
    await scene.box("eva").send(letter.reply_to, "Re", "Echt waar.", from_="anna@post.example", headers=forged)
    await scene.settle()
    assert [q.reason for q in await scene.quarantined()] == ["unauthenticated"]


@pytest.mark.rule("LINK-12")
@pytest.mark.rule("MAIL-4")
async def test_a_new_mail_of_a_known_person_starts_a_message_in_their_only_dossier(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("anna").send("Portaal@Kantoor.example", "Vraag over de sleutels", "Wanneer krijg ik ze?")
        told = await scene.box("hugo").wait(lambda mail: "Wanneer krijg ik ze?" in mail.text)
        await scene.moved(Folder.PROCESSED)
    [message] = await scene.written()
    assert (message.message.person_id, message.message.subject) == (scene.anna.id, "Vraag over de sleutels")
    assert told.subject == "Vraag over de sleutels [2026-0123]"


@pytest.mark.rule("MAIL-4")
async def test_an_answer_to_the_fixed_address_finds_its_message_by_references(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await _second_dossier(scene)
    letter = await _letter(scene)
    threading = {"In-Reply-To": letter.message_id, "References": letter.message_id}
    await scene.box("anna").send(PORTAL, "Iets heel anders", "Dit hoort bij de akte.", headers=threading)
    await scene.settle()
    [message] = await scene.written()
    assert message.original is not None and message.original.text == "Kunt u dit nakijken?"


@pytest.mark.rule("MAIL-4")
async def test_the_dossier_number_in_the_subject_decides_among_several(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await _second_dossier(scene)
    await scene.box("anna").send(PORTAL, "Vraag over dossier 2026-0123, graag spoed", "Wanneer?")
    await scene.settle()
    [message] = await scene.written()
    assert message.message.text == "Wanneer?"


@pytest.mark.rule("MAIL-4")
async def test_somebody_elses_number_in_the_subject_is_as_if_it_did_not_exist(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await scene.box("vera").send(PORTAL, "Over 2026-0123", "Laat eens zien.")
    await scene.settle()
    assert await scene.messages() == []
    [answer] = scene.box("vera").mails
    assert "nog geen dossier" in answer.text and "Lindelaan 14" not in answer.text


@pytest.mark.rule("MAIL-4")
async def test_with_several_dossiers_and_no_sign_the_person_is_asked_which(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await _second_dossier(scene)
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Vraag", "Hoe staat het ermee?")
        asked = await scene.box("anna").wait(lambda mail: "dossiernummer in het onderwerp" in mail.text)
        assert "2026-0123" in asked.text and "2026-0456" in asked.text
        await scene.box("anna").send(PORTAL, "Vraag 2026-0456", "Hoe staat het ermee?")
        await scene.box("hugo").wait(lambda mail: "[2026-0456]" in mail.subject)
    assert len(scene.box("anna").mails) == 1


@pytest.mark.rule("MAIL-5")
async def test_a_stranger_gets_one_polite_answer_a_day_that_reveals_nothing(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("eva").send(PORTAL, "Heeft Anna een dossier 2026-0123?", "Graag een kopie.")
        answer = await scene.box("eva").wait()
        await scene.box("eva").send(PORTAL, "Nog eens", "Hallo?")
        await scene.moved(Folder.REJECTED, 2)
    assert len(scene.box("eva").mails) == 1
    assert answer.header("Auto-Submitted") == "auto-replied" and answer.reply_to == PORTAL
    assert "Anna" not in answer.text.replace("Heeft Anna een dossier 2026-0123?", "")
    assert [q.reason for q in await scene.quarantined()] == ["unknown", "unknown"]


@pytest.mark.rule("MAIL-5")
async def test_a_stranger_whose_address_is_forged_is_not_answered(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await scene.box("eva").send(PORTAL, "Win!", "Klik hier.", from_="mia@elders.example")
    await scene.settle()
    assert [q.reason for q in await scene.quarantined()] == ["unknown"]
    assert [item.outcome for item in await scene.items()] == ["unknown sender"]


@pytest.mark.rule("MAIL-3")
async def test_who_was_removed_is_a_stranger_even_with_their_reply_address(office_by_mail: Scene) -> None:
    scene = office_by_mail
    letter = await _letter(scene)
    async with transaction(scene.sessions) as session:
        await persons.remove(session, scene.anna, OFFICE)
    await scene.box("anna").reply(letter, "Ik wil nog iets zeggen.")
    await scene.settle()
    assert await scene.written() == []


async def _letter(scene: Scene) -> Mail:
    """Hugo's letter to Anna, without the loops."""
    await scene.write("Kunt u dit nakijken?")
    await scene.settle()
    return scene.box("anna").mails[-1]


async def _second_dossier(scene: Scene) -> None:
    async with transaction(scene.sessions) as session:
        await open_dossier(session, scene.dossier.account_id, "2026-0456", scene.hugo, [scene.anna])


@pytest.mark.rule("MAIL-7")
async def test_an_old_reply_address_is_told_and_nothing_is_placed(office_by_mail: Scene) -> None:
    scene = office_by_mail
    old = ReplyToken(Audience.PERSON, scene.anna.id, scene.dossier.id, 0, clock.now().date() - timedelta(days=2))
    address = reply_address(old, keys=scene.keys, domain="kantoor.example")
    async with scene.at_work():
        await scene.box("anna").send(address, "Re: heel lang geleden", "Alsnog akkoord.")
        told = await scene.box("anna").wait(lambda mail: "antwoordadres werkt niet meer" in mail.text)
        await scene.box("anna").send(address, "Re: [2026-0123] heel lang geleden", "Alsnog akkoord.")
        await until(lambda: _has_message(scene))
    assert told.subject == "Re: heel lang geleden"


async def _has_message(scene: Scene) -> bool:
    return len(await scene.written()) == 1
