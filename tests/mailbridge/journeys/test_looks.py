"""Mails as they arrive: right in text and HTML, in the reader's language, with the office's name, nothing from elsewhere."""

import re
from dataclasses import replace
from html import unescape

import pytest

from core.database import transaction
from core.people import arrival
from core.people.chat_key import ChatKey
from core.people.models import Person
from sandbox.mail import Mail
from tests.mailbridge.journeys.scene import PORTAL, Scene


@pytest.mark.rule("MAIL-12")
async def test_each_reads_in_their_own_language_with_the_offices_name(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        dutch = await scene.letter_from_hugo("Één vraag: klopt „dit” nog?")
        english = await scene.box("bram").wait(lambda mail: "klopt" in mail.text)
    assert "Antwoord gewoon op deze e-mail" in dutch.text and "Antwoord gewoon op deze e-mail" in dutch.html
    assert "Simply answer this email" in english.text and "Simply answer this email" in english.html
    for mail in (dutch, english):
        assert scene.office.name in mail.text and scene.office.name in mail.html
        assert "Één vraag: klopt „dit” nog?" in mail.text and "Één vraag: klopt „dit” nog?" in mail.html
        _from_nowhere_else(mail)


@pytest.mark.rule("HOME-2")
@pytest.mark.rule("MAIL-12")
async def test_the_footer_has_the_number_of_actions_and_a_way_home(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with transaction(scene.sessions) as session:
        anna = await session.get_one(Person, scene.anna.id)
        await arrival.link(session, ChatKey(7, 1234), anna, telegram_name="Anna")
    async with scene.at_work():
        mail = await scene.letter_from_hugo()
        unlinked = await scene.box("bram").wait(lambda mail: "nakijken" in mail.text)
    for face in (mail.text, mail.html):
        assert "0 openstaande acties" in face and "STATUS" in face and "t.me/lindebot" in face
        assert scene.office.phone in unescape(face).replace("\u00a0", " ")
    for face in (unlinked.text, unlinked.html):
        assert "STATUS" in face and "t.me" not in face, "who has no chat is sent to none"


@pytest.mark.rule("MAIL-12")
async def test_markup_in_what_a_person_writes_stays_text(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "<b>Vet</b> & 'zo'", '<script>alert("x")</script> 1 < 2 & 3')
        mail = await scene.box("hugo").wait(lambda mail: "alert" in mail.text)
    assert '<script>alert("x")</script> 1 < 2 & 3' in mail.text
    assert "<script>alert" not in mail.html and "<b>Vet" not in mail.html
    assert mail.subject == "<b>Vet</b> & 'zo' [2026-0123]"
    _from_nowhere_else(mail)


@pytest.mark.rule("MAIL-12")
async def test_the_offices_logo_comes_along_in_the_mail(office_by_mail: Scene) -> None:
    scene = office_by_mail
    logo = b"\x89PNG\r\n\x1a\n" + bytes(200)
    scene.sender._settings = replace(scene.sender._settings, logo=logo)
    async with scene.at_work():
        mail = await scene.letter_from_hugo()
    assert [(picture.content, picture.cid) for picture in mail.inline] == [(logo, "logo")]
    assert 'src="cid:logo"' in mail.html and f'alt="{scene.office.name}"' in mail.html
    assert not mail.attachments, "the logo is no attachment"
    _from_nowhere_else(mail)


def _from_nowhere_else(mail: Mail) -> None:
    assert not re.findall(r"""(?:src|background)=["'](?!cid:)""", mail.html)
    assert "<link" not in mail.html and "@import" not in mail.html and "url(" not in mail.html
