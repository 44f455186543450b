"""From an invitation to a linked chat, and everything that goes wrong on the way."""

import re
from collections.abc import Awaitable, Callable

import pytest

from core.actor import Language
from core.database import transaction
from core.people import invitations
from sandbox.telegram import Phone
from tests.bot.world import World, next_screen, next_text


async def to_the_digits(world: World, phone: Phone, code: str, email: str = "anna@klant.example") -> None:
    """Up to the keypad."""
    await phone.start(code)
    await phone.wait(lambda p: "e-mailadres" in p.screen.text)
    await phone.say(email)
    await phone.wait(lambda p: "⌫" in p.screen.labels())


async def press(phone: Phone, digits: str) -> None:
    """Digit by digit, each seen before the next."""
    for count, digit in enumerate(digits, start=1):
        if count == 6:
            await phone.tap(digit)
            return
        screen = await next_text(phone, phone.tap(digit))
        assert " ".join(digits[:count].ljust(6, "_")) in screen.text


@pytest.mark.rule("LINK-4")
@pytest.mark.rule("LINK-5")
@pytest.mark.rule("LINK-7")
async def test_code_address_and_digits_on_the_keypad_link_and_open_the_details(world: World) -> None:
    anna, phone = await world.person(), world.phone()
    await to_the_digits(world, phone, await world.invite(anna))
    digits = (await world.secret("linking_code"))["code"]
    await press(phone, digits)
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.text)
    assert "Gelukt, Anna Jansen." in phone.messages[-2].text
    assert "Fijn dat u er bent" in phone.screen.text
    assert "anna@klant.example" in phone.screen.text
    [mail] = await world.mails("linked")
    assert mail.values["telegram_name"] == "Anna Jansen (@anna_jansen)"


@pytest.mark.rule("LINK-1")
@pytest.mark.rule("LINK-5")
async def test_a_typed_code_and_typed_digits_work_and_the_digits_are_deleted(world: World) -> None:
    anna, phone = await world.person(), world.phone()
    code = await world.invite(anna)
    await phone.start()
    await phone.wait(lambda p: "e-mailadres" in p.screen.text)
    await phone.say(f"/start {code}")
    await phone.wait(lambda p: "de code klopt" in p.screen.text)
    await phone.say(" Anna@Klant.example ")
    await phone.wait(lambda p: "⌫" in p.screen.labels())
    digits = (await world.secret("linking_code"))["code"]
    typed = await phone.say(f"{digits[:3]} {digits[3:]}")
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.text)
    assert phone.message(typed.id).deleted


@pytest.mark.rule("LINK-1")
async def test_a_bare_pasted_code_is_understood(world: World) -> None:
    anna, phone = await world.person(), world.phone()
    code = await world.invite(anna)
    await phone.start()
    await phone.wait(lambda p: bool(p.messages[1:]))
    await phone.say(f"{code[:5]}-{code[5:]}")
    await phone.wait(lambda p: "de code klopt" in p.screen.text)


@pytest.mark.rule("LINK-4")
@pytest.mark.rule("LINK-10")
async def test_a_known_and_an_unknown_address_get_the_same_words(world: World) -> None:
    anna = await world.person()
    screens = []
    for name, email in (("Anna Jansen", "anna@klant.example"), ("Vera Vreemd", "vera@elders.example")):
        phone = world.phone(name)
        await to_the_digits(world, phone, "", email)
        screens.append((phone.screen.html, phone.screen.labels()))
    assert screens[0] == screens[1]
    assert [mail.address for mail in await world.mails("linking_code")] == [anna.email]
    invited = world.phone("Anna Anders")
    await to_the_digits(world, invited, await world.invite(anna), "vera@elders.example")
    assert (invited.screen.html, invited.screen.labels()) == screens[0]


@pytest.mark.rule("LINK-3")
async def test_a_used_and_a_wrong_code_are_refused_with_a_sentence(world: World) -> None:
    anna, first, second = await world.person(), world.phone(), world.phone("Piet Post")
    code = await world.invite(anna)
    await to_the_digits(world, first, code)
    await press(first, (await world.secret("linking_code"))["code"])
    await first.wait(lambda p: "Mijn gegevens" in p.screen.text)
    await second.start(code)
    await second.wait(lambda p: "al gebruikt" in p.screen.text)
    before = second.screen.id
    await second.start("ABCDEFGH23")
    await second.wait(lambda p: p.screen.id != before)
    assert "code" in second.screen.text and "al gebruikt" not in second.screen.text


@pytest.mark.rule("LINK-3")
async def test_a_replaced_code_is_refused(world: World) -> None:
    anna, phone = await world.person(), world.phone()
    code = await world.invite(anna)
    async with transaction(world.sessions) as session:
        for invitation in await invitations.listing(session, anna.id):
            await invitations.revoke_open(session, invitation.person_id)
    await phone.start(code)
    await phone.wait(lambda p: "verlopen" in p.screen.text or "niet meer" in p.screen.text)


@pytest.mark.rule("LINK-15")
async def test_after_five_wrong_digits_the_chat_waits(world: World) -> None:
    anna, phone = await world.person(), world.phone()
    await to_the_digits(world, phone, await world.invite(anna))
    right = (await world.secret("linking_code"))["code"]
    wrong = "111111" if right != "111111" else "222222"
    for _ in range(5):
        await next_text(phone, phone.say(wrong))
    await next_text(phone, phone.say(right))
    assert "Gelukt" not in phone.transcript
    assert "te vaak geprobeerd" in phone.screen.text
    assert not await world.mails("linked")


async def test_resending_too_soon_says_when_and_no_mail_received_helps(world: World) -> None:
    anna, phone = await world.person(), world.phone()
    await to_the_digits(world, phone, await world.invite(anna))
    await phone.tap("Opnieuw sturen")
    await phone.wait(lambda p: bool(p.toasts and p.toasts[-1].text))
    assert re.search(r"Over (60|5\d) sec", phone.toasts[-1].text) and phone.toasts[-1].alert
    await phone.tap("Geen mail ontvangen?")
    await phone.wait(lambda p: "spam" in p.screen.text)
    assert world.office.phone in phone.screen.text
    await phone.tap("‹ Code invoeren")
    await phone.wait(lambda p: "⌫" in p.screen.labels())
    await phone.tap("1")
    await phone.wait(lambda p: "1 _ _ _ _ _" in p.screen.text)
    await phone.tap("⌫")
    await phone.wait(lambda p: "_ _ _ _ _ _" in p.screen.text)


async def test_whatever_a_stranger_sends_is_answered_with_how_to_link(world: World) -> None:
    phone = world.phone("Vera Vreemd", language_code="en")
    await phone.start()
    await phone.wait(lambda p: "email address" in p.screen.text)
    await phone.tap("Stop")
    await phone.wait(lambda p: "You stopped linking" in p.screen.text)
    senders: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: phone.say("Goedemorgen"),
        lambda: phone.send_document("akte.pdf", b"%PDF-1.4 x"),
        phone.send_sticker,
        phone.send_location,
        phone.send_contact,
        lambda: phone.say("/dossiers"),
    )
    for send in senders:
        await next_screen(phone, send())
        assert "invitation" in phone.screen.text
    await phone.tap(data="1:dos:1", forge=True)
    await phone.wait(lambda p: bool(p.toasts and p.toasts[-1].alert))
    assert phone.toasts[-1].text == "This chat is not linked."


@pytest.mark.rule("LINK-12")
async def test_once_linked_the_chat_is_known_without_logging_in_again(world: World) -> None:
    _, phone = await world.linked(language=Language.EN)
    await phone.start()
    await phone.wait(lambda p: "Good to see you, Anna Jansen." in p.screen.text)
    assert phone.screen.text.count("Good to see you") == 1


async def test_a_new_chat_replaces_the_old_one_which_is_told(world: World) -> None:
    anna, old = await world.linked()
    new = world.phone("Anna Nieuw")
    await to_the_digits(world, new, "")
    await press(new, (await world.secret("linking_code"))["code"])
    await new.wait(lambda p: "Goed u te zien, Anna Jansen." in p.screen.text or "Mijn gegevens" in p.screen.text)
    await old.wait(lambda p: "Dit gesprek is ontkoppeld" in p.screen.text)
    await old.say("/home")
    await old.wait(lambda p: "uitnodiging" in p.screen.text)
    assert anna.name not in old.screen.text


async def test_somebody_elses_code_in_a_linked_chat_changes_nothing(world: World) -> None:
    _, phone = await world.linked()
    bram = await world.person("Bram Bos")
    await phone.start(await world.invite(bram))
    await phone.wait(lambda p: "/uitloggen" in p.screen.text)
    await phone.say("/gegevens")
    await phone.wait(lambda p: "anna@klant.example" in p.screen.text)


async def test_a_group_is_told_once_that_this_is_for_private_chats(world: World) -> None:
    phone = world.phone()
    group = world.server.add_group("Familie", [phone])
    inside = phone.in_group(group)
    await inside.wait(lambda p: "privégesprek" in p.screen.text)
    await inside.say("/home")
    await inside.say("/home")
    await phone.start()
    await phone.wait(lambda p: "e-mailadres" in p.screen.text)
    told = [message for message in group.messages if "privégesprek" in message.text]
    assert len(told) == 1


async def test_a_stranger_who_reads_help_or_types_something_else_finds_the_way_back(world: World) -> None:
    phone = world.phone()
    await phone.start()
    await phone.wait(lambda p: "e-mailadres" in p.screen.text)
    await phone.say("hallo?")
    await phone.wait(lambda p: "Dit is geen e-mailadres" in p.screen.text)
    await phone.tap("Help")
    await phone.wait(lambda p: "‹ Terug" in p.screen.labels())
    await phone.tap("‹ Terug")
    await phone.wait(lambda p: "e-mailadres" in p.screen.text and "Stoppen" in p.screen.labels())
    await phone.say("WELKOM12")
    await phone.wait(lambda p: "Deze code kennen we niet" in p.screen.text)
    assert phone.screen.labels() == ["Help", "‹ Terug"]
