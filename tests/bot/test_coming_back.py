"""Help on the way in, coming back with another telephone, going away (LINK-2, 8, 9, 10, 13)."""

from dataclasses import replace
from datetime import date

import pytest

from core.actor import OFFICE
from core.database import transaction
from core.office import Office
from core.people import inviting, links
from core.schedule.scheduler import Scheduler
from tests.bot.security import keypad
from tests.bot.test_linking import to_the_digits
from tests.bot.world import World, next_screen, until


@pytest.fixture
def office() -> Office:
    """An office that had another portal before, whose login codes were like AB-1234."""
    return replace(Office(), replaced_codes_on=date(2026, 6, 1), replaced_codes_pattern=r"[A-Z]{2}-?\d{4}")


@pytest.mark.rule("LINK-2")
@pytest.mark.parametrize("text", ["AB-1234", "/start AB-1234"])
async def test_an_old_login_code_says_since_when_it_is_replaced(world: World, text: str) -> None:
    phone = world.phone()
    await phone.say(text)
    await phone.wait(lambda p: "01-06-2026 vervangen" in p.screen.text and "nieuwe uitnodiging" in p.screen.text)


@pytest.mark.rule("LINK-2")
async def test_many_are_invited_at_once_and_each_mail_s_code_links(world: World) -> None:
    people = [await world.person(name) for name in ("Anna Jansen", "Bram Bos", "Cato Cats")]
    async with transaction(world.sessions) as session:
        assert await inviting.invite_many(session, people, actor=OFFICE) == 3
    await Scheduler(world.sessions, inviting.jobs(world.keys, world.office), wake=world.wake).drain()
    mails = await until(lambda: world.mails("invitation"))
    assert sorted(mail.address for mail in mails) == sorted(person.email for person in people)
    code, phone = (await world.secret("invitation"))["code"], world.phone()
    await to_the_digits(world, phone, code, mails[-1].address)
    await phone.say((await world.secret("linking_code"))["code"])
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.text)


@pytest.mark.rule("LINK-8")
async def test_no_mail_received_offers_spam_help_sending_again_and_the_office_s_contact_card(world: World) -> None:
    anna, phone = await world.person(), world.phone()
    await to_the_digits(world, phone, await world.invite(anna))
    await phone.tap("Geen mail ontvangen?")
    await phone.wait(lambda p: "spam" in p.screen.text and "Opnieuw sturen" in p.screen.labels())
    await phone.tap("Contactkaart")
    await phone.wait(lambda p: "contact" in p.messages[-1].raw)
    card = phone.messages[-1].raw["contact"]
    assert (card["phone_number"], card["first_name"]) == (world.office.phone, world.office.name)
    assert "EMAIL;TYPE=INTERNET:info@kantoor.example" in card["vcard"]


@pytest.mark.rule("LINK-8")
async def test_a_code_from_the_office_by_letter_links_as_well(world: World) -> None:
    anna, phone = await world.person(), world.phone()
    code = await world.invite(anna)
    await phone.start()
    await phone.wait(lambda p: "e-mailadres" in p.screen.text)
    await phone.say(f"{code[:5]} {code[5:]}")
    await phone.wait(lambda p: "de code klopt" in p.screen.text)


@pytest.mark.rule("LINK-9")
async def test_relinking_from_a_new_telephone_revokes_the_old_link_and_tells_the_old_chat(world: World) -> None:
    anna, old = await world.linked()
    new = world.phone("Anna Nieuw")
    await new.say("/herkoppel")
    await new.wait(lambda p: "e-mailadres" in p.screen.text)
    await new.say("anna@klant.example")
    await new.wait(keypad)
    await new.say((await world.secret("linking_code"))["code"])
    await new.wait(lambda p: "Mijn gegevens" in p.screen.labels() or "Mijn gegevens" in p.screen.text)
    await old.wait(lambda p: "Dit gesprek is ontkoppeld" in p.screen.text)
    assert len([message for message in old.messages if "ontkoppeld" in message.text]) == 1
    await next_screen(old, old.say("/dossiers"))
    assert "uitnodiging" in old.screen.text
    [mail] = [mail for mail in await world.mails("linked") if mail.values["replaced"]]
    assert mail.address == anna.email


@pytest.mark.rule("LINK-9")
async def test_relinking_in_a_linked_chat_says_where_to_do_it(world: World) -> None:
    _, phone = await world.linked()
    await phone.say("/herkoppel")
    await phone.wait(lambda p: "nieuwe telefoon" in p.screen.text and "Home (0 acties)" in str(p.screen.labels()))


@pytest.mark.rule("LINK-10")
async def test_who_is_unknown_sees_the_same_words_and_buttons_up_to_the_bound(world: World) -> None:
    await world.person()
    shown = []
    for name, email in (("Anna Jansen", "anna@klant.example"), ("Vera Vreemd", "vera@elders.example")):
        phone = world.phone(name)
        await to_the_digits(world, phone, "", email)
        said = []
        for digits in ("000000", "000001", "000002", "000003", "000004", "000005"):
            await next_screen(phone, phone.say(digits))
            said.append((phone.screen.html, phone.screen.labels()))
        shown.append(said)
    assert shown[0] == shown[1]


@pytest.mark.rule("LINK-13")
async def test_logging_out_works_at_once_and_the_way_back_is_the_address(world: World) -> None:
    anna, phone = await world.linked()
    await phone.say("/uitloggen")
    await phone.wait(lambda p: "Ja, uitloggen" in p.screen.labels())
    await phone.tap("Ja, uitloggen")
    await phone.wait(lambda p: "U bent uitgelogd" in p.screen.text)
    await next_screen(phone, phone.say("/dossiers"))
    assert "uitnodiging" in phone.screen.text
    [mail] = await world.mails("unlinked")
    assert mail.address == anna.email
    assert not any("Dit gesprek is ontkoppeld" in message.text for message in phone.messages)
    await to_the_digits(world, phone, "")
    await phone.say((await world.secret("linking_code"))["code"])
    await phone.wait(lambda p: "Gelukt, Anna Jansen." in p.transcript and "Mijn gegevens" in p.screen.text)
    assert not any("⌫" in message.labels() for message in phone.messages)


@pytest.mark.rule("LINK-13")
async def test_the_office_unlinks_a_person_and_the_chat_is_told(world: World) -> None:
    anna, phone = await world.linked()
    async with transaction(world.sessions) as session:
        await links.unlink(session, anna.id, actor=OFFICE, reason="staff")
    await phone.wait(lambda p: "Dit gesprek is ontkoppeld" in p.screen.text)
    await next_screen(phone, phone.say("/home"))
    assert "uitnodiging" in phone.screen.text
