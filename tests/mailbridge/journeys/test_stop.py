"""STOP to a mail about security cuts the link that the mail was about, and who asked hears it where they asked (LINK-6)."""

import pytest

from core.actor import OFFICE
from core.database import reading, transaction
from core.people import arrival, links, readdressing
from core.people.chat_key import ChatKey
from core.people.models import Link, Person
from sandbox.mail import Mail
from tests.mailbridge.journeys.scene import Scene
from tests.support.waiting import until


async def _link(scene: Scene, chat_id: int, name: str) -> Mail:
    """Anna links this telephone; the mail that says so."""
    async with transaction(scene.sessions) as session:
        anna = await session.get_one(Person, scene.anna.id)
        await arrival.link(session, ChatKey(7, chat_id), anna, telegram_name=name)
    return await scene.box("anna").wait(lambda mail: name in mail.text and "STOP" in mail.text)


async def _linked(scene: Scene) -> Link | None:
    async with reading(scene.sessions) as session:
        return await links.link_of(session, scene.anna.id)


@pytest.mark.rule("LINK-6")
async def test_stop_to_an_old_confirmation_does_not_cut_the_newer_link_unseen(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        first = await _link(scene, 1, "Oude telefoon")
        await _link(scene, 2, "Nieuwe telefoon")
        await scene.box("anna").reply(first, "STOP")
        said = await scene.box("anna").wait(lambda mail: "al verbroken" in mail.subject)
        link = await _linked(scene)
        assert link is not None and link.telegram_name == "Nieuwe telefoon"
        assert "Nieuwe telefoon" in said.text and "déze e-mail" in said.text
        await scene.box("anna").reply(said, "STOP", style="outlook")
        await scene.box("anna").wait(lambda mail: "losgekoppeld" in mail.subject)
        assert await _linked(scene) is None
        await scene.box("anna").reply(first, "STOP")
        await until(lambda: len([mail for mail in scene.box("anna").mails if "al verbroken" in mail.subject]) == 2)
    assert "geen Telegram gekoppeld" in scene.box("anna").mails[-1].text
    assert await scene.messages() == []


@pytest.mark.rule("LINK-6", "DET-2")
async def test_who_stops_from_an_earlier_address_hears_there_that_it_is_done(office_by_mail: Scene) -> None:
    """Somebody took the telephone and changed the address: the owner still reads the earlier one."""
    scene = office_by_mail
    async with scene.at_work():
        await _link(scene, 1, "Anna 🌷")
        async with transaction(scene.sessions) as session:
            anna = await session.get_one(Person, scene.anna.id)
            await readdressing.readdress(session, anna, "eva@post.example", actor=OFFICE)
        warned = await scene.box("anna").wait(lambda mail: "eva@post.example" in mail.text)
        await scene.box("anna").reply(warned, "STOP")
        await scene.box("anna").wait(lambda mail: "losgekoppeld" in mail.subject)
        await scene.box("eva").wait(lambda mail: "losgekoppeld" in mail.subject)
        await scene.box("mia").wait(lambda mail: "STOP" in mail.text)
    assert await _linked(scene) is None


@pytest.mark.rule("LINK-6")
async def test_stop_to_a_mail_that_names_no_link_cuts_the_one_there_is(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _link(scene, 1, "Anna 🌷")
        await scene.box("anna").send("portaal@kantoor.example", "Vraag", "HERKOPPEL")
        asked = await scene.box("anna").wait(lambda mail: "Opnieuw koppelen" in mail.subject)
        await scene.box("anna").reply(asked, "STOP")
        await scene.box("anna").wait(lambda mail: "losgekoppeld" in mail.subject)
    assert await _linked(scene) is None
