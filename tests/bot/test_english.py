"""What somebody who reads English sees: nothing of the office's Dutch shines through, and numbers are as they are read."""

import pytest

from core.actor import Language
from tests.bot.world import World, next_screen, next_text

HOURS = "Mon-Fri 9:00-17:00"


@pytest.mark.rule("HOME-4")
async def test_help_says_the_hours_in_the_reader_s_language(world: World) -> None:
    _, emily = await world.linked("Emily Thornton", Language.EN)
    _, phone = await world.linked("Anna Jansen")
    await emily.say("/help")
    await emily.wait(lambda p: world.office.phone in p.screen.text)
    assert HOURS in emily.screen.text and world.office.hours not in emily.screen.text
    await phone.say("/help")
    await phone.wait(lambda p: world.office.phone in p.screen.text)
    assert world.office.hours in phone.screen.text and HOURS not in phone.screen.text


@pytest.mark.rule("LINK-8")
async def test_who_got_no_mail_reads_when_the_office_can_be_called(world: World) -> None:
    emily = await world.person("Emily Thornton", Language.EN)
    phone = world.phone("Emily Thornton", language_code="en")
    await next_screen(phone, phone.start(await world.invite(emily)))
    await next_screen(phone, phone.say(emily.email))
    await next_text(phone, phone.tap(next(each for each in phone.screen.labels() if "received?" in each)))
    assert HOURS in phone.screen.text and world.office.hours not in phone.screen.text
    assert world.office.phone in phone.screen.text and world.office.email in phone.screen.text
