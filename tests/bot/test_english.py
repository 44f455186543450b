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


@pytest.mark.rule("MSG-4")
async def test_the_counter_counts_in_english_numbers(world: World) -> None:
    emily, phone = await world.linked("Emily Thornton", Language.EN)
    await world.dossier("2026-001", emily)
    await phone.say("Could you send me the draft?")
    await phone.wait(lambda p: "28 of 4,000 characters" in p.screen.text)


@pytest.mark.rule("MSG-8")
async def test_a_changed_message_says_when_as_one_says_it(world: World) -> None:
    emily, phone = await world.linked("Emily Thornton", Language.EN)
    await world.dossier("2026-001", emily)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "New message" in p.screen.labels())
    await phone.tap("New message")
    await phone.wait(lambda p: "about?" in p.screen.text)
    await next_screen(phone, phone.say("The key"))
    typed = await phone.say("When can I have it?")
    await phone.wait(lambda p: "Send" in p.screen.labels())
    await phone.tap("Send")
    await phone.wait(lambda p: "has been sent" in p.screen.text)
    await next_screen(phone, phone.edit(typed, "When can I have the key?"))
    await phone.tap("View the message")
    await phone.wait(lambda p: "edited today" in p.screen.text)


async def test_the_last_try_is_counted_as_one_says_it(world: World) -> None:
    emily = await world.person("Emily Thornton", Language.EN)
    phone = world.phone("Emily Thornton", language_code="en")
    await next_screen(phone, phone.start(await world.invite(emily)))
    await next_screen(phone, phone.say(emily.email))
    right = (await world.secret("linking_code"))["code"]
    for left in (4, 3, 2, 1):
        await next_text(phone, phone.say("111111" if right != "111111" else "222222"))
        assert f"Tries left: {left}." in phone.screen.text
