"""A code before an act, and what was asked happens after it (STEP-1); typed codes leave the chat (STEP-6)."""

import pytest
from sqlalchemy import select

from core.actor import OFFICE, Channel
from core.database import transaction
from core.documents import documents
from core.documents.models import Document
from core.people import addresses, persons
from tests.bot.security import confidential, keypad, press
from tests.bot.world import World, next_screen, next_text, toast_of


@pytest.mark.rule("DOC-9")
@pytest.mark.rule("STEP-1")
async def test_a_confidential_document_comes_after_a_code_and_is_protected(world: World) -> None:
    _, phone = await confidential(world)
    await phone.tap("⬇ Downloaden")
    await phone.wait(keypad)
    assert "vertrouwelijk" in phone.screen.text and "gemaild" in phone.screen.text
    await press(phone, (await world.secret("step_up_code"))["code"])
    await phone.wait(lambda p: p.messages[-1].file is not None)
    file = phone.messages[-1]
    assert file.file is not None and file.file.name == "Scheiding.pdf" and file.protected
    assert not any("Bevestig met een code" in message.text for message in phone.messages)
    assert not any("Scheiding" in str(mail.files) for mail in await world.mails("document_new"))


@pytest.mark.rule("STEP-1")
async def test_one_code_is_good_for_the_next_act_too(world: World) -> None:
    _, phone = await confidential(world)
    await phone.tap("⬇ Downloaden")
    await phone.wait(keypad)
    await press(phone, (await world.secret("step_up_code"))["code"])
    await phone.wait(lambda p: p.messages[-1].file is not None)
    await phone.tap("⬇ Downloaden")
    await phone.wait(lambda p: len([m for m in p.messages if m.file is not None]) == 2)
    assert len(await world.mails("step_up_code")) == 1


@pytest.mark.rule("STEP-1")
async def test_from_the_shelf_the_list_comes_back_after_the_code(world: World) -> None:
    _, phone = await confidential(world)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Correspondentie (1) · 🔵 1 nieuw" in p.screen.labels())
    await phone.tap("Correspondentie")
    await phone.wait(lambda p: "⬇ 🔵 🔒 Scheiding.pdf" in p.screen.labels())
    card = phone.screen.id
    await phone.tap("⬇ 🔵 🔒 Scheiding.pdf")
    await phone.wait(lambda p: "⌫" in p.message(card).labels())
    await press(phone, (await world.secret("step_up_code"))["code"])
    await phone.wait(lambda p: "⬇ 🔒 Scheiding.pdf" in p.message(card).labels())


@pytest.mark.rule("STEP-6")
async def test_a_typed_code_is_deleted_also_a_wrong_one_and_half_a_one(world: World) -> None:
    _, phone = await confidential(world)
    await phone.tap("⬇ Downloaden")
    await phone.wait(keypad)
    assert "verwijder ik meteen" in phone.screen.text
    half = await phone.say("12 34")
    await phone.wait(lambda p: "6 cijfers." in p.screen.text and p.message(half.id).deleted)
    right = (await world.secret("step_up_code"))["code"]
    wrong = await phone.say("111111" if right != "111111" else "222222")
    await phone.wait(lambda p: "nog 4×" in p.screen.text and p.message(wrong.id).deleted)
    typed = await phone.say(f"{right[:3]} {right[3:]}")
    await phone.wait(lambda p: any(m.file is not None for m in p.messages) and p.message(typed.id).deleted)


@pytest.mark.rule("STEP-6")
@pytest.mark.parametrize("text", ["482 913", "Wachtwoord: appeltaart", "Welkom2026!", "ACDEF-34678"])
async def test_a_code_or_password_out_of_the_blue_is_deleted_with_a_line_why(world: World, text: str) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    said = await phone.say(text)
    await phone.wait(lambda p: p.message(said.id).deleted and "leek op een code of een wachtwoord" in p.screen.text)
    assert text not in phone.transcript
    await phone.say("/home")
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels())
    assert "Verder met uw bericht" not in str(phone.screen.labels())


@pytest.mark.rule("STEP-6")
async def test_a_stranger_s_password_is_deleted_too(world: World) -> None:
    phone = world.phone("Vera Vreemd")
    said = await phone.say("mijn wachtwoord is geheim123")
    await phone.wait(lambda p: p.message(said.id).deleted and "uitnodiging" in p.screen.text)


@pytest.mark.rule("STEP-6")
async def test_six_digits_that_are_a_dossier_s_number_open_it(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("202600", anna)
    said = await phone.say("202600")
    await phone.wait(lambda p: "202600" in p.screen.text and "Behandelaar" in p.screen.text)
    assert not phone.message(said.id).deleted


@pytest.mark.rule("STEP-5")
async def test_five_wrong_codes_lock_the_person_out_and_mail_them(world: World) -> None:
    anna, phone = await confidential(world)
    await phone.tap("⬇ Downloaden")
    await phone.wait(keypad)
    right = (await world.secret("step_up_code"))["code"]
    wrong = "111111" if right != "111111" else "222222"
    for _ in range(5):
        await next_text(phone, phone.say(wrong))
    assert "vijf keer een verkeerde code" in phone.screen.text
    [mail] = await world.mails("locked_out")
    assert mail.address == anna.email
    toast = await toast_of(phone, phone.tap("⬇ Downloaden"))
    assert "15 min" in toast.text and toast.alert
    assert all(message.file is None for message in phone.messages)


async def test_resending_too_soon_says_when_and_cancelling_changes_nothing(world: World) -> None:
    _, phone = await confidential(world)
    await phone.tap("⬇ Downloaden")
    await phone.wait(keypad)
    toast = await toast_of(phone, phone.tap("Opnieuw sturen"))
    assert "sec." in toast.text and toast.alert
    await phone.tap("Annuleren")
    await phone.wait(lambda p: "zoals het was" in p.screen.text)
    toast = await toast_of(phone, phone.tap(data="1:cod:1", forge=True))
    assert "werkt niet meer" in toast.text


async def test_a_removed_person_has_no_use_for_the_code(world: World) -> None:
    anna, phone = await confidential(world)
    await phone.tap("⬇ Downloaden")
    await phone.wait(keypad)
    code = (await world.secret("step_up_code"))["code"]
    async with transaction(world.sessions) as session:
        same = await persons.by_id(session, anna.id)
        assert same is not None
        await persons.remove(session, same, OFFICE)
    await next_screen(phone, phone.say(code))
    assert all(message.file is None for message in phone.messages)


async def test_who_has_no_working_mail_is_told_whom_to_call(world: World) -> None:
    anna, phone = await confidential(world)
    async with transaction(world.sessions) as session:
        await addresses.mark_unreachable(session, channel=Channel.EMAIL, value=anna.email, reason="bounce")
    toast = await toast_of(phone, phone.tap("⬇ Downloaden"))
    assert "Bel het kantoor" in toast.text and toast.alert


async def test_what_was_withdrawn_meanwhile_is_told_after_the_code(world: World) -> None:
    _, phone = await confidential(world)
    await phone.tap("⬇ Downloaden")
    await phone.wait(keypad)
    async with transaction(world.sessions) as session:
        document = (await session.scalars(select(Document))).one()
        await documents.withdraw(session, document, OFFICE)
    await press(phone, (await world.secret("step_up_code"))["code"])
    await phone.wait(lambda p: "Dit document is er niet" in p.screen.text)
    assert "Home (0 acties)" in str(phone.screen.labels())
