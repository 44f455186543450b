"""What annoyed somebody with one thumb, and doesn't any more: wrong taps, dead ends, words that led astray."""

import pytest

from core.accounts import accounts
from core.accounts.memberships import add_member
from core.accounts.models import AccountKind
from core.actor import OFFICE
from core.database import transaction
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from tests.bot.world import PDF, World


@pytest.mark.rule("MSG-7")
async def test_one_wrong_tap_throws_nothing_away_and_who_only_began_simply_stops(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.say("Een lang verhaal over de akte")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    await phone.tap("Weggooien")
    await phone.wait(lambda p: "Uw bericht weggooien?" in p.screen.text)
    assert "Een lang verhaal over de akte" in phone.screen.text
    await phone.tap("‹ Verder schrijven")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    await phone.tap("Weggooien")
    await phone.wait(lambda p: "Ja, weggooien" in p.screen.labels())
    await phone.tap("Ja, weggooien")
    await phone.wait(lambda p: "weggegooid" in p.screen.text)
    await phone.say("/nieuw")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    assert "Weggooien" not in phone.screen.labels()
    await phone.tap("Annuleren")
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels())
    assert not [label for label in phone.screen.labels() if "Verder" in label]


@pytest.mark.rule("MSG-3")
async def test_there_is_nothing_to_send_until_something_is_written(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.say("/nieuw")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await phone.say("Akte")
    await phone.wait(lambda p: "Typ nu uw bericht" in p.screen.text)
    assert "Versturen" not in phone.screen.labels()
    await phone.say("Wanneer?")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())


async def test_a_sticker_or_a_refused_file_leads_back_to_the_message_that_is_being_written(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.say("Ik schrijf u over de akte van vrijdag")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    await phone.send_sticker()
    await phone.wait(lambda p: "sticker" in p.screen.text)
    assert "Ik schrijf u over de akte van vrijdag" in phone.screen.text and "Versturen" in phone.screen.labels()
    await phone.send_document("leeg.pdf", b"")
    await phone.wait(lambda p: "leeg.pdf: Dit bestand is leeg" in p.screen.text)
    assert "Ik schrijf u over de akte van vrijdag" in phone.screen.text and "Versturen" in phone.screen.labels()


@pytest.mark.rule("DOS-3")
async def test_a_typed_number_opens_its_dossier_also_while_a_message_waits(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await world.dossier("2026-002", anna, description="Testament")
    await phone.say("Ik schrijf u over de akte van vrijdag")
    await phone.wait(lambda p: "Bij welk dossier hoort dit?" in p.screen.text)
    await phone.say("2026-002")
    await phone.wait(lambda p: "Behandelaar" in p.screen.text)
    await phone.say("/home")
    await phone.wait(lambda p: "✏️ Verder met uw bericht" in p.screen.labels())


async def test_who_has_nothing_to_lock_with_is_led_to_it(world: World) -> None:
    _, phone = await world.linked()
    await phone.say("/vergrendel")
    await phone.wait(lambda p: "2-staps verificatie" in p.screen.labels())
    await phone.tap("2-staps verificatie")
    await phone.wait(lambda p: "Aanzetten" in p.screen.labels())


@pytest.mark.rule("DET-9")
async def test_a_private_person_s_checklist_has_nothing_about_a_company(world: World) -> None:
    async with transaction(world.sessions) as session:
        world.account = await accounts.create(
            session, number="A-2", name="Anna Jansen", kind=AccountKind.PRIVATE, actor=OFFICE
        )
    anna, phone = await world.linked()
    assert "Klantaccount" not in phone.screen.text, "the account of one's own name goes without saying"
    await phone.tap("Mijn gegevens")
    await phone.wait(lambda p: "Aan de slag" in p.screen.labels())
    await phone.tap("Aan de slag")
    await phone.wait(lambda p: "○ Mijn gegevens nakijken" in p.screen.text)
    assert "Gebruikers" not in phone.screen.text and "Bedrijfsgegevens" not in phone.screen.text
    async with transaction(world.sessions) as session:
        company = await accounts.create(session, number="A-3", name="Jansen BV", kind=AccountKind.COMPANY, actor=OFFICE)
        await add_member(session, company, anna, actor=OFFICE)
    await phone.tap("🏠 Home")
    await phone.wait(lambda p: "Klantaccounts: Anna Jansen, Jansen BV" in p.screen.text)
    await phone.say("/gegevens")
    await phone.wait(lambda p: "Aan de slag" in p.screen.labels())
    await phone.tap("Aan de slag")
    await phone.wait(lambda p: "Gebruikers" in p.screen.text)


async def test_an_unknown_command_leads_to_help(world: World) -> None:
    _, phone = await world.linked()
    await phone.say("/blabla")
    await phone.wait(lambda p: "Dit commando ken ik niet" in p.screen.text)
    await phone.tap("Help")
    await phone.wait(lambda p: "Zo werkt het" in p.screen.text)


@pytest.mark.rule("DOS-3")
async def test_a_search_that_was_tapped_in_the_menu_asks_for_the_words(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna, description="Koop BV")
    await world.dossier("2026-002", anna, description="Testament")
    await phone.say("/zoek")
    await phone.wait(lambda p: "Wat zoekt u?" in p.screen.text)
    await phone.say("bv")
    await phone.wait(lambda p: "Koop BV" in p.screen.text and "Behandelaar" in p.screen.text)
    await phone.say("bv")
    await phone.wait(lambda p: "2 van 4000 tekens" in p.screen.text or "Bij welk dossier" in p.screen.text)


@pytest.mark.parametrize("kind", ["sticker", "location", "contact", "poll"])
async def test_what_no_dossier_has_a_use_for_is_answered_kindly(world: World, kind: str) -> None:
    _, phone = await world.linked()
    before = phone.screen.id
    await (phone.send_contact(own=False) if kind == "contact" else getattr(phone, f"send_{kind}")())
    await phone.wait(lambda p: p.screen.id > before)
    assert "kan ik niet aan het dossier toevoegen" in phone.screen.text
    assert "🏠 Home (0 acties)" in phone.screen.labels()


async def test_who_has_no_dossier_is_led_to_the_office(world: World) -> None:
    _, phone = await world.linked()
    await phone.send_document("x.pdf", PDF)
    await phone.wait(lambda p: "nog geen dossier" in p.screen.text)
    assert world.office.phone in phone.screen.text


async def test_a_closed_dossier_keeps_the_message_and_says_so(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    original = await world.write(dossier, "Vraag", "?")
    async with transaction(world.sessions) as session:
        await dossiers.close(session, await session.get_one(Dossier, dossier.id), OFFICE)
    await phone.tap(data=f"1+:rep:{original.id}", forge=True)
    await phone.wait(lambda p: any("Uw antwoord" in m.text for m in p.messages))
    await phone.say("Nog iets")
    await phone.wait(lambda p: "8 van 4000" in p.screen.text)
    await phone.tap("Versturen")
    await phone.wait(lambda p: "gesloten" in p.screen.text)
    assert len(await world.messages_of(dossier)) == 2
