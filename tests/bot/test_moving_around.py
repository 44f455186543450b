"""Home, dossiers, progress, help: what a linked person's phone shows."""

from datetime import UTC, datetime
from functools import partial

import pytest

from core.actor import OFFICE, Language
from core.database import transaction
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from sandbox.telegram import Phone
from tests.bot.world import World, next_screen, toast_of


def _newer(message_id: int, phone: Phone) -> bool:
    return phone.screen.id > message_id


def _changed(message_id: int, html: str, phone: Phone) -> bool:
    return phone.message(message_id).html != html


@pytest.mark.rule("HOME-1")
async def test_home_shows_three_entries_with_their_counts(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await world.dossier("2026-002", anna, status="Gereed")
    await phone.say("/home")
    await phone.wait(lambda p: "Dossiers · 1 in behandeling, 2 totaal" in p.screen.labels())
    assert "Acties (0)" in phone.screen.labels()
    assert "Mijn gegevens" in phone.screen.labels()
    assert "Goed u te zien, Anna Jansen." in phone.screen.text


@pytest.mark.rule("HOME-2")
async def test_every_card_leads_home_and_says_how_many_actions_wait(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.dossier("2026-002", anna)
    await world.publish(dossier, "Brief.pdf")
    await world.write(dossier, "Vraag", "Wilt u bellen?")
    await phone.wait(lambda p: "Nieuw bericht" in p.screen.text)
    way = [
        "Dossiers",
        "2026-001",
        "Voortgang",
        "Correspondentie",
        "‹ Dossier",
        "Berichten",
        "Van: Vraag",
        "Beantwoorden",
    ]
    await phone.say("/home")
    await phone.wait(lambda p: "Acties (0)" in p.screen.labels())
    card = phone.screen
    for label in [*way, "🏠 Home (0 acties)", "Acties (0)", "🏠 Home (0 acties)", "Mijn gegevens", "Meldingen"]:
        before = phone.message(card.id).html
        await phone.tap(label, message=card)
        await phone.wait(partial(_changed, card.id, before))
        shown = phone.message(card.id)
        assert "🏠 Home (0 acties)" in shown.labels() or "Acties (0)" in shown.labels(), f"after {label}"


@pytest.mark.rule("HOME-4")
async def test_help_is_the_offices_contact_card_and_the_commands(world: World) -> None:
    _, phone = await world.linked()
    await phone.say("/help")
    await phone.wait(lambda p: "/zoek" in p.screen.text)
    for known in (world.office.name, world.office.phone, world.office.email, world.office.hours):
        assert known in phone.screen.text
    await phone.say("/versie")
    await phone.wait(lambda p: "Loket 1.2.3" in p.screen.text)
    assert world.office.name in phone.screen.text


@pytest.mark.rule("DOS-1")
async def test_the_list_shows_newest_activity_first_in_pages(world: World) -> None:
    anna, phone = await world.linked()
    made = [await world.dossier(f"2026-{n:03}", anna, description=f"Zaak {n}") for n in range(11)]
    await world.write(made[0], "Nieuws", "Er is nieuws.")
    await phone.say("/dossiers")
    await phone.wait(lambda p: "1–8 van 11" in p.screen.text)
    assert phone.screen.labels()[0] == "🔵 2026-000 · Zaak 0"
    assert "2026-000 · In behandeling · 🔵 1 ongelezen" in phone.screen.text
    assert phone.screen.labels()[1] == "2026-010 · Zaak 10"
    await phone.tap("Volgende ›")
    await phone.wait(lambda p: "9–11 van 11" in p.screen.text)
    assert [label for label in phone.screen.labels() if "2026-" in label] == [
        f"2026-00{n} · Zaak {n}" for n in (3, 2, 1)
    ]
    await phone.tap("‹ Vorige")
    await phone.wait(lambda p: "1–8 van 11" in p.screen.text)


@pytest.mark.rule("DOS-2")
async def test_a_person_with_one_dossier_sees_it_at_once(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.tap("Dossiers")
    await phone.wait(lambda p: "Behandelaar: mr. Hugo de Groot" in p.screen.text)
    assert phone.screen.text.startswith("2026-001\nKoop Lindelaan 12")


@pytest.mark.rule("DOS-5")
async def test_a_dossiers_card_has_four_tabs_with_counts_and_unread(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.publish(dossier, "Brief.pdf")
    await world.write(dossier, "Vraag", "Wilt u bellen?")
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Behandelaar" in p.screen.text)
    assert "Status: In behandeling" in phone.screen.text
    for label in (
        "Correspondentie (1) · 🔵 1 nieuw",
        "Documenten (0)",
        "Door mij aangeleverd (0)",
        "Berichten (1) · 🔵 1 nieuw",
    ):
        assert label in phone.screen.labels()


@pytest.mark.rule("DOS-6")
async def test_progress_is_folded_and_unfolds_with_dates(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Voortgang (0/0)" in p.screen.labels())
    async with transaction(world.sessions) as session:
        steps = [("Intake", datetime(2026, 7, 3, 12, tzinfo=UTC)), ("Concept", None)]
        await dossiers.set_progress(session, await session.get_one(Dossier, dossier.id), steps)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Voortgang (1/2)" in p.screen.labels())
    assert "Intake" not in phone.screen.text
    await phone.tap("Voortgang")
    await phone.wait(lambda p: "✓ Intake (3 juli 2026)" in p.screen.text)
    assert "○ Concept" in phone.screen.text
    await phone.tap("▾ Voortgang (1/2)")
    await phone.wait(lambda p: "Intake" not in p.screen.text)


@pytest.mark.rule("DOS-7")
async def test_a_dossier_of_others_does_not_exist_whatever_is_tapped_or_typed(world: World) -> None:
    _, phone = await world.linked()
    bram, other = await world.linked("Bram Bos")
    secret = await world.dossier("2026-777", bram, description="Geheim")
    await world.publish(secret, "Akte.pdf")
    absent, answers = 987654, []
    for number in (secret.id, absent):
        toast = await toast_of(phone, phone.tap(data=f"1:dos:{number}", forge=True))
        answers.append((toast.text, toast.alert))
    assert answers[0] == answers[1] and answers[0][1]
    for data in (f"1:prg:{secret.id}", f"1:dcl:{secret.id}:correspondence:0", f"1:msl:{secret.id}:0", "1:get:1:0"):
        toast = await toast_of(phone, phone.tap(data=data, forge=True))
        assert toast.alert
    await phone.say("2026-777")
    await phone.wait(lambda p: "nog geen dossier" in p.screen.text)
    assert "Geheim" not in phone.transcript and "Akte" not in phone.transcript
    assert other.messages


@pytest.mark.rule("DOS-7")
async def test_an_old_button_of_a_dossier_that_is_no_longer_seen_leads_home(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Behandelaar" in p.screen.text)
    async with transaction(world.sessions) as session:
        await dossiers.remove_participant(session, await session.get_one(Dossier, dossier.id), anna, OFFICE)
    await phone.tap("Berichten")
    await phone.wait(lambda p: "Dossiers · 0 in behandeling, 0 totaal" in p.screen.labels())
    assert phone.toasts[-1].alert
    assert "2026-001" not in phone.screen.text


async def test_a_typed_number_opens_its_dossier_and_searching_finds_it(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna, description="Koop Lindelaan 12")
    await world.dossier("2026-002", anna, description="Testament")
    await phone.say("2026-002")
    await phone.wait(lambda p: p.screen.text.startswith("2026-002"))
    await phone.say("/zoek linde")
    await phone.wait(lambda p: p.screen.text.startswith("2026-001"))
    await phone.say("/zoek qqq")
    await phone.wait(lambda p: "geen dossier gevonden met “qqq”" in p.screen.text)


async def test_a_button_of_another_version_says_so_and_brings_a_fresh_home(world: World) -> None:
    _, phone = await world.linked()
    for data in ("0:hom", "1:zzz", "1:dos:x", "rubbish", "1:dos:99999999999999999999", "1:lng:xx", "1:key:1"):
        cards = phone.screen.id
        toast = await toast_of(phone, phone.tap(data=data, forge=True))
        assert "werkt niet meer" in toast.text
        await phone.wait(partial(_newer, cards))
        assert "Mijn gegevens" in phone.screen.labels()


async def test_the_language_changes_from_the_next_message_on(world: World) -> None:
    _, phone = await world.linked()
    await phone.tap("Mijn gegevens")
    await phone.wait(lambda p: "English" in p.screen.labels())
    await phone.tap("English")
    await phone.wait(lambda p: "My details" in p.screen.text)
    await phone.tap("Home")
    await phone.wait(lambda p: "My details" in p.screen.labels())


async def test_a_notification_is_switched_off_and_stays_so(world: World) -> None:
    _, phone = await world.linked()
    await phone.tap("Mijn gegevens")
    await phone.wait(lambda p: "Meldingen" in p.screen.labels())
    await phone.tap("Meldingen")
    await phone.wait(lambda p: "✅ ✉️ Mail" in p.screen.labels())
    await phone.tap("✅ ✉️ Mail")
    await phone.wait(lambda p: "▫️ ✉️ Mail" in p.screen.labels())
    assert "✅ ✉️ Telegram" in phone.screen.labels()
    assert "✉️ Berichten: alleen Telegram" in phone.screen.text and "Nieuws: Telegram en mail" in phone.screen.text


async def test_logging_out_asks_first_and_then_shows_nothing_more(world: World) -> None:
    _, phone = await world.linked(language=Language.EN)
    await phone.say("/uitloggen")
    await phone.wait(lambda p: "Yes, log out" in p.screen.labels())
    await phone.tap("Yes, log out")
    await phone.wait(lambda p: "You are logged out" in p.screen.text)
    await phone.tap(data="1:hom", forge=True)
    await phone.wait(lambda p: "invit" in p.screen.text or "uitnodiging" in p.screen.text)
    assert [mail.kind for mail in await world.mails("unlinked")] == ["unlinked"]


async def test_there_is_one_card_at_the_bottom_however_often_home_is_typed(world: World) -> None:
    _, phone = await world.linked()
    for _ in range(3):
        await next_screen(phone, phone.say("/home"))
    await phone.wait(lambda p: len([m for m in p.messages if m.sender == "bot"]) == 1)
