""" "Mijn gegevens": every detail, old → new, a code, a proven address; the mobile from one's own card; the checklist (DET)."""

from dataclasses import replace

import pytest

from core.actor import Language
from core.database import transaction
from core.office import Office
from core.people import persons
from core.people.models import Person
from sandbox.telegram import Phone
from tests.bot.security import keypad, later, press
from tests.bot.world import World, next_screen, toast_of


@pytest.fixture
def office() -> Office:
    """An office that says what a change means, and that wants a mobile number."""
    said = {Language.NL: "Dit wijzigt niets bij het Kadaster.", Language.EN: "This changes nothing at the register."}
    return replace(Office(), consequences={"name": said}, required_details=frozenset({"mobile"}))


async def person_now(world: World, person: Person) -> Person:
    """As the database has it."""
    async with transaction(world.sessions) as session:
        found = await persons.by_id(session, person.id)
        assert found is not None
        return found


async def details(phone: Phone) -> None:
    """Open "Mijn gegevens"."""
    await phone.say("/gegevens")
    await phone.wait(lambda p: "Naam" in p.screen.labels())


async def confirmed(world: World, phone: Phone) -> None:
    """[Opslaan], and the code that was mailed for it."""
    await phone.tap("Opslaan")
    await phone.wait(keypad)
    await press(phone, (await world.secret("step_up_code"))["code"])


@pytest.mark.rule("DET-1")
async def test_the_card_shows_every_detail_and_home_opens_it(world: World) -> None:
    _, phone = await world.linked()
    await phone.tap("Mijn gegevens")
    await phone.wait(lambda p: "Naam" in p.screen.labels())
    for shown in ("Anna Jansen", "anna@klant.example", "Mobiel: niet bekend", "Beroepsnummer:", "Nederlands", "uit"):
        assert shown in phone.screen.text
    assert {"E-mail", "Mobiel", "Beroepsnummer", "Meldingen", "2-staps verificatie", "English"} <= set(
        phone.screen.labels()
    )


@pytest.mark.rule("DET-2")
@pytest.mark.rule("DET-6")
@pytest.mark.rule("STEP-1")
async def test_a_name_is_shown_old_to_new_with_what_it_means_and_saved_after_a_code(world: World) -> None:
    anna, phone = await world.linked()
    await details(phone)
    await phone.tap("Naam")
    await phone.wait(lambda p: "Wat is uw naam?" in p.screen.text and "Nu: Anna Jansen" in p.screen.text)
    await phone.say("Anna <de> Vries-Jansen")
    await phone.wait(lambda p: "Anna Jansen → Anna <de> Vries-Jansen" in p.screen.text)
    assert "Dit wijzigt niets bij het Kadaster." in phone.screen.text
    assert (await person_now(world, anna)).name == "Anna Jansen"
    await confirmed(world, phone)
    await phone.wait(lambda p: "Opgeslagen." in p.screen.text and "Vries-Jansen" in p.screen.text)
    assert (await person_now(world, anna)).name == "Anna <de> Vries-Jansen"
    [mail] = await world.mails("details_changed")
    assert (mail.values["old"], mail.values["new"]) == ("Anna Jansen", "Anna <de> Vries-Jansen")


@pytest.mark.rule("DET-2")
async def test_cancelling_changes_nothing_and_an_old_button_says_so(world: World) -> None:
    anna, phone = await world.linked()
    await details(phone)
    await phone.tap("Naam")
    await phone.wait(lambda p: "Wat is uw naam?" in p.screen.text)
    await phone.say("Iemand Anders")
    await phone.wait(lambda p: "Opslaan" in p.screen.labels())
    save = next(button.data for row in phone.screen.buttons for button in row if button.text == "Opslaan")
    await phone.tap("Annuleren")
    await phone.wait(lambda p: "Naam: Anna Jansen" in p.screen.text)
    toast = await toast_of(phone, phone.tap(data=save, forge=True))
    assert "staat niet meer open" in toast.text
    assert (await person_now(world, anna)).name == "Anna Jansen"


@pytest.mark.rule("DET-2")
async def test_somebody_else_s_change_cannot_be_saved(world: World) -> None:
    anna, phone = await world.linked()
    _, other = await world.linked("Bram Bos")
    await details(phone)
    await phone.tap("Naam")
    await phone.wait(lambda p: "Wat is uw naam?" in p.screen.text)
    await phone.say("Iemand Anders")
    await phone.wait(lambda p: "Opslaan" in p.screen.labels())
    save = next(button.data for row in phone.screen.buttons for button in row if button.text == "Opslaan")
    toast = await toast_of(other, other.tap(data=save, forge=True))
    assert toast.alert and "Iemand Anders" not in other.transcript
    assert (await person_now(world, anna)).name == "Anna Jansen"


@pytest.mark.rule("DET-3")
async def test_a_required_detail_cannot_be_emptied_and_another_can(world: World) -> None:
    anna, phone = await world.linked()
    async with transaction(world.sessions) as session:
        same = await session.get_one(Person, anna.id)
        same.mobile, same.professional_number = "+31612345678", "BIG 123"
    await details(phone)
    await phone.tap("Naam")
    await phone.wait(lambda p: "Wat is uw naam?" in p.screen.text)
    assert "Leegmaken" not in phone.screen.labels()
    await next_screen(phone, phone.tap(data="1:dte:mobile", forge=True))
    assert "verplicht" in phone.screen.text
    await phone.tap("‹ Mijn gegevens")
    await phone.wait(lambda p: "Beroepsnummer" in p.screen.labels())
    await phone.tap("Beroepsnummer")
    await phone.wait(lambda p: "Leegmaken" in p.screen.labels())
    await phone.tap("Leegmaken")
    await phone.wait(lambda p: "BIG 123 → leeg" in p.screen.text)
    await confirmed(world, phone)
    await phone.wait(lambda p: "Beroepsnummer: niet bekend" in p.screen.text)


@pytest.mark.rule("DET-3")
@pytest.mark.rule("DET-2")
async def test_a_new_email_address_counts_once_its_code_is_given_and_both_get_a_mail(world: World) -> None:
    anna, phone = await world.linked()
    await details(phone)
    await phone.tap("E-mail")
    await phone.wait(lambda p: "nieuwe e-mailadres" in p.screen.text)
    await phone.say("anna bij klant")
    await phone.wait(lambda p: "geen geldig e-mailadres" in p.screen.text)
    await phone.say("Anna.Nieuw@Klant.example")
    await phone.wait(lambda p: "anna@klant.example → anna.nieuw@klant.example" in p.screen.text)
    await confirmed(world, phone)
    await phone.wait(lambda p: "gemaild naar anna.nieuw@klant.example" in p.screen.text)
    assert (await person_now(world, anna)).email == "anna@klant.example"
    [proof] = await world.mails("email_code")
    assert proof.address == "anna.nieuw@klant.example"
    right = (await world.secret("email_code"))["code"]
    wrong = await phone.say("111111" if right != "111111" else "222222")
    await phone.wait(lambda p: "nog 4×" in p.screen.text and p.message(wrong.id).deleted)
    await press(phone, right)
    await phone.wait(lambda p: "Opgeslagen." in p.screen.text and "E-mail: anna.nieuw@klant.example" in p.screen.text)
    told = sorted(mail.address for mail in await world.mails("email_changed"))
    assert told == ["anna.nieuw@klant.example", "anna@klant.example"]


@pytest.mark.rule("DET-2")
async def test_an_address_that_was_mistyped_is_corrected_by_typing_it_again(world: World) -> None:
    anna, phone = await world.linked()
    await details(phone)
    await phone.tap("E-mail")
    await phone.wait(lambda p: "nieuwe e-mailadres" in p.screen.text)
    await phone.say("ana@nieuw.example")
    await phone.wait(lambda p: "→ ana@nieuw.example" in p.screen.text)
    await phone.say("anna@nieuw.example")
    await phone.wait(lambda p: "→ anna@nieuw.example" in p.screen.text and "Opslaan" in p.screen.labels())
    await world.dossier("2026-001", anna)
    await phone.say("Klopt dit zo?")
    await phone.wait(lambda p: "van 4000 tekens" in p.screen.text)
    await phone.say("jan@elders.example")
    await phone.wait(lambda p: "Klopt dit zo?" in p.screen.text and "jan@elders.example" in p.screen.text)


@pytest.mark.rule("DET-3")
async def test_the_code_of_a_new_address_can_be_given_later_and_an_address_of_somebody_else_is_refused(
    world: World,
) -> None:
    await world.person("Bram Bos")
    anna, phone = await world.linked()
    await details(phone)
    await phone.tap("E-mail")
    await phone.wait(lambda p: "nieuwe e-mailadres" in p.screen.text)
    await phone.say("bram@klant.example")
    await phone.wait(lambda p: "→ bram@klant.example" in p.screen.text)
    await confirmed(world, phone)
    await phone.wait(lambda p: "gemaild naar bram@klant.example" in p.screen.text)
    await details(phone)
    assert "Nieuw e-mailadres: bram@klant.example" in phone.screen.text
    await phone.tap("Code van het nieuwe adres")
    await phone.wait(keypad)
    toast = await toast_of(phone, phone.tap("Opnieuw sturen"))
    assert "sec." in toast.text
    await press(phone, (await world.secret("email_code"))["code"])
    await phone.wait(lambda p: "al van iemand anders" in p.screen.text)
    assert (await person_now(world, anna)).email == "anna@klant.example"


@pytest.mark.rule("LINK-14")
async def test_the_mobile_number_comes_from_one_s_own_contact_card(world: World) -> None:
    anna, phone = await world.linked()
    await details(phone)
    await phone.tap("Mobiel")
    await phone.wait(lambda p: p.keyboard == [["📱 Deel mijn nummer"], ["Annuleren"]])
    await phone.send_contact(own=False, phone_number="+31611111111")
    await phone.wait(lambda p: "niet uw eigen contactkaart" in p.screen.text)
    assert (await person_now(world, anna)).mobile is None
    await phone.tap("📱 Deel mijn nummer")
    await phone.wait(lambda p: "Opgeslagen." in p.screen.text and "✓" in p.screen.text)
    assert not phone.keyboard
    shared = await person_now(world, anna)
    assert shared.mobile is not None and shared.mobile in phone.screen.text and shared.mobile_proven_at is not None


@pytest.mark.rule("LINK-14")
async def test_a_typed_number_is_checked_for_form_and_a_shared_one_replaces_it_after_a_code(world: World) -> None:
    anna, phone = await world.linked()
    await details(phone)
    await phone.tap("Mobiel")
    await phone.wait(lambda p: bool(p.keyboard) and "Wat is uw mobiele nummer?" in p.screen.text)
    await phone.say("nul zes")
    await phone.wait(lambda p: "geen geldig mobiel nummer" in p.screen.text)
    await phone.say("+31 6 1234 5678")
    await phone.wait(lambda p: "leeg → +31612345678" in p.screen.text)
    await confirmed(world, phone)
    await phone.wait(lambda p: "Mobiel: +31612345678" in p.screen.text)
    await later(world)
    await phone.send_contact()
    await phone.wait(lambda p: "+31612345678 →" in p.screen.text)
    await phone.tap("Opslaan")
    await phone.wait(keypad)
    await press(phone, (await world.secret("step_up_code"))["code"])
    await phone.wait(lambda p: "✓" in p.screen.text)
    assert (await person_now(world, anna)).mobile != "+31612345678"


@pytest.mark.rule("LINK-14")
async def test_cancelling_takes_the_share_key_away(world: World) -> None:
    _, phone = await world.linked()
    await details(phone)
    await phone.tap("Mobiel")
    await phone.wait(lambda p: bool(p.keyboard) and "Wat is uw mobiele nummer?" in p.screen.text)
    await phone.tap("Annuleren")
    await phone.wait(lambda p: not p.keyboard and "Naam: Anna Jansen" in p.screen.text)
    await phone.tap("Mobiel")
    await phone.wait(lambda p: bool(p.keyboard) and "Wat is uw mobiele nummer?" in p.screen.text)
    await phone.say("/home")
    await phone.wait(lambda p: not p.keyboard and "Mijn gegevens" in p.screen.labels())


@pytest.mark.rule("DET-10")
async def test_the_language_changes_from_the_next_message_on_notifications_too(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await details(phone)
    await phone.tap("English")
    await phone.wait(lambda p: "My details" in p.screen.text and "Language: English" in p.screen.text)
    await world.publish(dossier, "Brief.pdf")
    await phone.wait(lambda p: "New document" in p.screen.text)
    await phone.say("/home")
    await phone.wait(lambda p: "Good to see you" in p.screen.text)
    assert not await world.mails("step_up_code")


@pytest.mark.rule("DET-9")
@pytest.mark.rule("LINK-7")
async def test_the_checklist_follows_the_first_look_and_can_be_resumed(world: World) -> None:
    anna, phone = await world.person(), world.phone()
    await phone.start(await world.invite(anna))
    await phone.wait(lambda p: "e-mailadres" in p.screen.text)
    await phone.say("anna@klant.example")
    await phone.wait(keypad)
    await phone.say((await world.secret("linking_code"))["code"])
    await phone.wait(lambda p: "Fijn dat u er bent" in p.screen.text and "✅ Klopt" in p.screen.labels())
    await phone.tap("Aan de slag")
    await phone.wait(lambda p: "○ Mijn gegevens nakijken" in p.screen.text and "✓ Telegram koppelen" in p.screen.text)
    assert "Overeenkomst (later)" in phone.screen.text
    await phone.say("/home")
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels())
    await details(phone)
    await phone.tap("✅ Klopt")
    await phone.wait(lambda p: "✓ Mijn gegevens nakijken" in p.screen.text)
    await phone.tap("Mijn gegevens")
    await phone.wait(lambda p: "Naam" in p.screen.labels())
    assert "✅ Klopt" not in phone.screen.labels()
