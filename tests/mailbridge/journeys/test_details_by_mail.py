"""What a customer changes by mail: details with their code, language, notifications, the link."""

import json
import re

import pyotp
import pytest

from core.actor import Actor, ActorKind, Channel
from core.database import reading, transaction
from core.deliveries import ledger
from core.people import linking, links, preferences, two_factor
from core.people.chat_key import ChatKey
from core.people.models import Person
from core.people.preferences import News
from sandbox.mail import Mail
from tests.mailbridge.journeys.scene import PASSWORD, PORTAL, Scene
from tests.support.waiting import until

CHAT = ChatKey(bot_id=7, chat_id=1234)


@pytest.mark.rule("DET-2", "DET-6", "STEP-1", "MAIL-8")
async def test_a_linked_person_confirms_with_the_code_from_telegram(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _link(scene)
        asked = await _asked(scene, "WIJZIG MOBIEL 06 12345678", wants="U wijzigt")
        assert (
            "Nu: (leeg)" in asked.text and "Wordt: +31612345678" in asked.text and "in Telegram een code" in asked.text
        )
        await scene.box("anna").reply(asked, "000000")
        wrong = await scene.box("anna").wait(lambda mail: "klopt niet" in mail.text)
        assert "4×" in wrong.text and (await _anna(scene)).mobile is None
        await scene.box("anna").reply(asked, await _code_in_telegram(scene), style="iphone")
        told = await scene.box("anna").wait(lambda mail: "Gewijzigd" in mail.subject)
    assert "Is nu: +31612345678" in told.text
    assert (await _anna(scene)).mobile == "+31612345678"
    assert await scene.written() == []


@pytest.mark.rule("DET-2", "STEP-1", "MAIL-8")
async def test_who_has_no_telegram_gets_the_code_in_a_mail_of_its_own(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        asked = await _asked(scene, "WIJZIG NAAM: Anna de Vries", wants="U wijzigt")
        assert not re.search(r"^\d{6}\s*$", asked.text, re.MULTILINE), "the code is in another mail"
        code = await scene.box("anna").wait(lambda mail: _digits(mail) is not None)
        assert "Antwoord op deze e-mail met alleen deze code" in code.text and "uw gegevens opslaan" in code.text
        await scene.box("anna").reply(code, _digits(code) or "")
        told = await scene.box("anna").wait(lambda mail: "Gewijzigd" in mail.subject)
        again = await _asked(scene, "WIJZIG BEROEPSNUMMER A 12.3", wants="Gewijzigd: Beroepsnummer")
    assert "Was: Anna\nIs nu: Anna de Vries" in told.text.replace("\r\n", "\n")
    assert "A 12.3" in again.text, "confirmed five minutes ago is confirmed"
    assert (await _anna(scene)).name == "Anna de Vries"


@pytest.mark.rule("DET-2", "STEP-1", "STEP-4", "STEP-5")
async def test_with_two_step_the_app_or_a_recovery_code_confirms_and_a_code_from_elsewhere_does_not(
    office_by_mail: Scene,
) -> None:
    scene = office_by_mail
    used, recovery = await _two_step(scene)
    async with scene.at_work():
        asked = await _asked(scene, "WIJZIG NAAM Anna de Vries", wants="U wijzigt")
        assert "uw app" in asked.text
        await scene.box("anna").reply(asked, used)
        await scene.box("anna").wait(lambda mail: "al gebruikt" in mail.text)
        await scene.box("anna").reply(asked, recovery, style="outlook")
        told = await scene.box("anna").wait(lambda mail: "Gewijzigd" in mail.subject)
        left = await scene.box("anna").wait(lambda mail: "herstelcode" in mail.subject)
    assert "Is nu: Anna de Vries" in told.text and "7" in left.text
    assert not [mail for mail in scene.box("anna").mails if _digits(mail)], "no code went by mail"


async def _two_step(scene: Scene) -> tuple[str, str]:
    """Anna has an app; the code that she gave to prove it, and a recovery code."""
    actor = Actor(ActorKind.PERSON, scene.anna.id, Channel.TELEGRAM, stepped_up=True)
    async with transaction(scene.sessions) as session:
        enrolment = await two_factor.enrol(session, actor, keys=scene.keys, office=scene.office)
    async with transaction(scene.sessions) as session:
        code = pyotp.TOTP(enrolment.secret).now()
        outcome = await two_factor.confirm(session, actor, code, keys=scene.keys)
    assert outcome.refused is None and outcome.recovery_codes
    return code, outcome.recovery_codes[0]


@pytest.mark.rule("DET-2", "MAIL-3", "MAIL-8")
async def test_a_forged_mail_changes_nothing(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("eva").send(PORTAL, "", "WIJZIG E-MAILADRES eva@post.example", from_="anna@post.example")
        await scene.moved("Rejected")
    assert [q.reason for q in await scene.quarantined()] == ["unauthenticated"]
    assert scene.box("anna").mails == [] and (await _anna(scene)).email == "anna@post.example"


@pytest.mark.rule("DET-2", "DET-3", "LINK-11")
async def test_a_new_address_counts_once_its_code_comes_back_and_both_are_told(office_by_mail: Scene) -> None:
    scene = office_by_mail
    new = scene.server.add_mailbox("anna@nieuw.example", PASSWORD, name="Anna")
    async with scene.at_work():
        await _asked(scene, "WIJZIG E-MAILADRES anna@nieuw.example", wants="U wijzigt")
        first = await scene.box("anna").wait(lambda mail: _digits(mail) is not None)
        await scene.box("anna").reply(first, _digits(first) or "")
        how = await scene.box("anna").wait(lambda mail: "gestuurd naar anna@nieuw.example" in mail.text)
        assert "vanaf dit adres" in how.text and (await _anna(scene)).email == "anna@post.example"
        proof = await new.wait(lambda mail: _digits(mail) is not None)
        assert "Anna" not in proof.text.replace("anna@", ""), "a new address may be somebody else's"
        await scene.box("anna").reply(how, _digits(proof) or "")
        told = [await box.wait(lambda mail: "Gewijzigd" in mail.subject) for box in (scene.box("anna"), new)]
        await new.send(PORTAL, "", "STATUS")
        await new.wait(lambda mail: "Overzicht" in mail.subject)
    assert all("Is nu: anna@nieuw.example" in mail.text for mail in told)
    assert (await _anna(scene)).email == "anna@nieuw.example"


@pytest.mark.rule("DET-3", "MAIL-7", "MAIL-8")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("WIJZIG NAAM LEEG", "verplicht"),
        ("WIJZIG MOBIEL 12", "geen geldig mobiel nummer"),
        ("WIJZIG MOBIEL", "op één regel"),
        ("WIJZIG GELUKSGETAL 7", "op één regel"),
        ("TAAL FRANS", "Deze taal kennen we niet"),
    ],
)
async def test_what_can_not_be_is_said_each_time(office_by_mail: Scene, line: str, said: str) -> None:
    scene = office_by_mail
    async with scene.at_work():
        first = await _asked(scene, line, wants=said)
        again = await _asked(scene, line, wants=said)
    assert again.id != first.id
    assert await scene.written() == []


@pytest.mark.rule("MAIL-8")
@pytest.mark.parametrize("text", ["Wijzig naam in de akte", "482913", "Ontkoppel", "Stuur maar", "Berichten ontvangen"])
async def test_what_is_no_command_reaches_the_handler(office_by_mail: Scene, text: str) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Vraag", text)
        await scene.box("hugo").wait(lambda mail: text in mail.text)
    assert [message.message.text for message in await scene.written()] == [text]


@pytest.mark.rule("DET-10", "MAIL-8")
async def test_the_language_changes_from_that_answer_on(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _asked(scene, "taal engels", wants="From now on")
        await _asked(scene, "STATUS", wants="Your overview")
        await _asked(scene, "LANGUAGE DUTCH", wants="Voortaan in het Nederlands")


@pytest.mark.rule("NOTE-1", "MAIL-8")
async def test_notifications_are_shown_and_turned_off_by_mail(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        shown = await _asked(scene, "MELDINGEN", wants="Uw meldingen")
        assert "MELDINGEN documenten e-mail uit" in shown.text
        await scene.box("anna").reply(shown, "MELDINGEN documenten e-mail uit")
        await scene.box("anna").wait(lambda mail: "MELDINGEN documenten e-mail aan" in mail.text)
    async with reading(scene.sessions) as session:
        cells = await preferences.matrix(session, scene.anna.id)
    assert [cell for cell, wanted in cells.items() if not wanted] == [(News.DOCUMENT, Channel.EMAIL)]


@pytest.mark.rule("LINK-13", "MAIL-8")
async def test_the_link_is_ended_by_mail_and_the_chat_is_told(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _link(scene)
        await _asked(scene, "ONTKOPPEL", wants="losgekoppeld")
        await _asked(scene, "ONTKOPPEL", wants="geen Telegram gekoppeld")
    async with reading(scene.sessions) as session:
        assert await links.link_of(session, scene.anna.id) is None
        told = await ledger.listing(session, channel=Channel.TELEGRAM)
    assert "unlinked_here" in {delivery.kind for delivery in told}


async def _asked(scene: Scene, words: str, *, wants: str) -> Mail:
    """The answer to a mail of one line."""
    last = max((mail.id for mail in scene.box("anna").mails), default=0)
    await scene.box("anna").send(PORTAL, "", words)
    return await scene.box("anna").wait(lambda mail: wants in mail.text + mail.subject, after=last)


async def _anna(scene: Scene) -> Person:
    async with reading(scene.sessions) as session:
        return await session.get_one(Person, scene.anna.id)


def _digits(mail: Mail) -> str | None:
    found = re.findall(r"^\d{6}\s*$", mail.text, re.MULTILINE)
    return str(found[0]).strip() if found else None


async def _link(scene: Scene) -> None:
    await scene.box("anna").send(PORTAL, "HERKOPPEL", "")
    invitation = await scene.box("anna").wait(lambda mail: "/start" in mail.text)
    [code, *_] = re.findall(r"/start (\w+)", invitation.text)
    async with transaction(scene.sessions) as session:
        assert (await linking.give_code(session, CHAT, code, keys=scene.keys)).refused is None
        assert (await linking.give_email(session, CHAT, "anna@post.example", keys=scene.keys)).refused is None
    mail = await scene.box("anna").wait(lambda mail: _digits(mail) is not None)
    async with transaction(scene.sessions) as session:
        digits = _digits(mail) or ""
        outcome = await linking.enter(session, CHAT, digits, keys=scene.keys, telegram_name="Anna")
    assert outcome.refused is None


async def _code_in_telegram(scene: Scene) -> str:
    """What the bot would show: the newest code on its way to the chat."""
    found: list[str] = []

    async def is_there() -> bool:
        async with reading(scene.sessions) as session:
            sent = await ledger.listing(session, channel=Channel.TELEGRAM)
        codes = [delivery for delivery in sent if delivery.kind == "step_up_code"]
        found.extend(json.loads(scene.keys.decrypt(each.secret or b"") or b"{}")["code"] for each in codes[:1])
        return bool(found)

    await until(is_there)
    return found[0]
