"""The three mails of linking, as the customer reads and answers them."""

import re
from html import unescape

import pytest

from core import clock, texts
from core.actor import OFFICE
from core.database import reading, transaction
from core.people import invitations, linking, links
from core.people.chat_key import ChatKey
from sandbox.mail import Mail
from tests.mailbridge.journeys.scene import PORTAL, Scene
from tests.support.waiting import until

CHAT = ChatKey(bot_id=7, chat_id=1234)


async def _invited(scene: Scene) -> Mail:
    async with transaction(scene.sessions) as session:
        await invitations.invite(session, scene.anna, keys=scene.keys, office=scene.office, actor=OFFICE)
    return await scene.box("anna").wait(lambda mail: "/start" in mail.text)


async def _linked(scene: Scene) -> Mail:
    """Anna links with what her mails tell; the mail that confirms it."""
    first = await _invited(scene)
    [code] = set(re.findall(r"/start (\w+)", first.text))
    async with transaction(scene.sessions) as session:
        assert (await linking.give_code(session, CHAT, code, keys=scene.keys)).refused is None
        assert (await linking.give_email(session, CHAT, "anna@post.example", keys=scene.keys)).refused is None
    second = await scene.box("anna").wait(lambda mail: re.search(r"^\d{6}$", mail.text, re.MULTILINE) is not None)
    [digits] = re.findall(r"^\d{6}$", second.text, re.MULTILINE)
    async with transaction(scene.sessions) as session:
        outcome = await linking.enter(session, CHAT, digits, keys=scene.keys, telegram_name="Anna 🌷")
    assert outcome.refused is None
    return await scene.box("anna").wait(lambda mail: "Anna 🌷" in mail.text)


@pytest.mark.rule("LINK-1")
async def test_the_first_mail_has_everything_to_begin(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        mail = await _invited(scene)
    assert mail.sender == PORTAL and mail.to == ("anna@post.example",)
    [link] = [link for link in mail.links if "start=" in link]
    code = link.rpartition("=")[2]
    assert link == f"https://t.me/lindebot?start={code}"
    assert f"\n/start {code}" in mail.text.replace("\r\n", "\n") and f"/start {code}" in mail.html
    assert [picture.cid for picture in mail.inline] == ["qr"] and "cid:qr" in mail.html
    for said in ("verloopt op", "spam", "geen spam", "Blokkeer", scene.office.phone, "anna@post.example"):
        assert said in mail.text and said in unescape(mail.html).replace("\u00a0", " "), said


@pytest.mark.rule("LINK-6")
async def test_the_third_mail_names_the_account_and_stop_undoes_it_at_once(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        third = await _linked(scene)
        assert "STOP" in third.text and "Anna 🌷" in third.html
        assert texts.day(scene.office, "nl", clock.now()) in third.text, "when"
        await scene.box("anna").reply(third, "STOP", style="iphone")
        await until(lambda: _is_unlinked(scene))
        told = await scene.box("mia").wait(lambda mail: "STOP" in mail.text)
        confirmed = await scene.box("anna").wait(lambda mail: "losgekoppeld" in mail.subject)
    assert "anna@post.example" in told.text and "Anna 🌷" in told.text
    assert "Anna 🌷" in confirmed.text
    assert await scene.messages() == []


@pytest.mark.rule("LINK-6")
async def test_stop_works_from_another_mailbox_of_the_owner_too(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        third = await _linked(scene)
        await scene.box("eva").send(third.reply_to, "Re: gekoppeld", "stop!")
        await until(lambda: _is_unlinked(scene))


@pytest.mark.rule("LINK-6")
async def test_another_answer_to_the_third_mail_is_an_ordinary_message(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        third = await _linked(scene)
        await scene.box("anna").reply(third, "Dank u, ik stop er nu mee voor vandaag.")
        await scene.box("hugo").wait(lambda mail: "voor vandaag" in mail.text)
    assert not await _is_unlinked(scene)


@pytest.mark.rule("LINK-12")
async def test_linked_once_a_mail_from_the_proven_address_is_the_same_person(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _linked(scene)
        await scene.box("anna").send(PORTAL, "Ook per e-mail", "Zonder opnieuw in te loggen.")
        await scene.box("hugo").wait(lambda mail: "Zonder opnieuw" in mail.text)
    [message] = await scene.written()
    async with reading(scene.sessions) as session:
        linked = await links.person_of(session, CHAT)
    assert linked is not None and message.message.person_id == linked.id


@pytest.mark.rule("HOME-1")
async def test_the_word_status_answers_with_the_overview(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        assert "STATUS" in letter.text and "0 openstaande acties" in letter.text
        await scene.box("anna").reply(letter, "status", style="outlook")
        overview = await scene.box("anna").wait(lambda mail: "Overzicht" in mail.subject)
    assert "Dossiers: 1 in behandeling, 1 totaal" in overview.text
    assert "2026-0123" in overview.text and "1 ongelezen" in overview.text
    assert await scene.written() == []


async def _is_unlinked(scene: Scene) -> bool:
    async with reading(scene.sessions) as session:
        return await links.link_of(session, scene.anna.id) is None
