"""Finding one's dossiers among many: search, filter, accounts; and what a closed one still does."""

from collections.abc import Sequence

import pytest

from core.accounts import accounts
from core.accounts.models import Account, AccountKind
from core.actor import OFFICE
from core.database import transaction
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.people.models import Person
from sandbox.telegram import Phone
from tests.bot.world import World, next_text


async def many(world: World, person: Person, count: int, status: str = "In behandeling") -> Sequence[Dossier]:
    """Dossiers, one kind of street each."""
    return [
        await world.dossier(f"2026-{n:04}", person, description=f"Levering Dorpsstraat {n}", status=status)
        for n in range(count)
    ]


def listed(phone: Phone) -> list[str]:
    """The dossiers that have a button."""
    return [label for label in phone.screen.labels() if " · " in label]


@pytest.mark.rule("DOS-3")
async def test_a_word_finds_pages_of_dossiers_and_a_number_opens_one(world: World) -> None:
    anna, phone = await world.linked()
    await many(world, anna, 20)
    await world.dossier("2026-9999", anna, description="Testament van Café Één")
    await phone.say("/zoek dorpsstraat")
    await phone.wait(lambda p: "20 dossiers gevonden met “dorpsstraat”" in p.screen.text)
    assert "1–8 van 20" in phone.screen.text and len(listed(phone)) == 8
    await phone.tap("Volgende ›")
    await phone.wait(lambda p: "9–16 van 20" in p.screen.text)
    await phone.tap("Volgende ›")
    await phone.wait(lambda p: "17–20 van 20" in p.screen.text)
    for typed in ("2026-9999", "20269999", "/zoek cafe een"):
        await next_text(phone, phone.say(typed))
        assert phone.screen.text.startswith("2026-9999\n"), typed
        await next_text(phone, phone.say("/home"))


@pytest.mark.rule("DOS-3")
async def test_words_that_are_longer_than_a_button_carries_still_turn_their_pages(world: World) -> None:
    anna, phone = await world.linked()
    for n in range(10):
        await world.dossier(f"2026-{n}", anna, description=f"Overdracht appartementsrecht Sint-Jacobsstraat {n}")
    await phone.say("/zoek overdracht: appartementsrecht sint-jacobsstraat")
    await phone.wait(lambda p: "10 dossiers gevonden" in p.screen.text)
    await phone.tap("Volgende ›")
    await phone.wait(lambda p: "9–10 van 10" in p.screen.text)


@pytest.mark.rule("DOS-3")
async def test_a_typed_word_that_finds_something_can_still_become_a_message(world: World) -> None:
    anna, phone = await world.linked()
    await many(world, anna, 2)
    await phone.say("Levering")
    await phone.wait(lambda p: "2 dossiers gevonden met “Levering”" in p.screen.text)
    await phone.tap("Nee, dit is een bericht")
    await phone.wait(lambda p: "Bij welk dossier hoort dit?" in p.screen.text)
    assert "Levering" in phone.screen.text
    await phone.tap("2026-0001")
    await phone.wait(lambda p: "8 van 4000 tekens" in p.screen.text)


@pytest.mark.rule("DOS-3")
@pytest.mark.parametrize("typed", ["Hallo", "dank u", "Graag zou ik een afspraak maken over Dorpsstraat 1"])
async def test_what_finds_nothing_or_is_a_sentence_is_a_message(world: World, typed: str) -> None:
    anna, phone = await world.linked()
    await many(world, anna, 2)
    await phone.say(typed)
    await phone.wait(lambda p: "Bij welk dossier hoort dit?" in p.screen.text)
    assert typed in phone.screen.text


@pytest.mark.rule("DOS-3")
async def test_nobody_finds_a_dossier_of_others(world: World) -> None:
    anna, phone = await world.linked()
    bram = await world.person("Bram Bos")
    await many(world, anna, 2)
    await world.dossier("2026-7777", bram, description="Geheim Dorpsstraat")
    await phone.say("/zoek 7777")
    await phone.wait(lambda p: "geen dossier gevonden" in p.screen.text)
    await phone.say("/zoek geheim")
    await phone.wait(lambda p: "“geheim”" in p.screen.text)
    assert "geen dossier gevonden" in phone.screen.text


@pytest.mark.rule("DOS-4")
async def test_a_filter_appears_with_a_second_status_and_several_can_be_ticked(world: World) -> None:
    anna, phone = await world.linked()
    await many(world, anna, 2)
    await phone.say("/dossiers")
    await phone.wait(lambda p: len(listed(p)) == 2)
    assert "Filter op status" not in phone.screen.labels()
    for n, status in enumerate(("Gereed", "Wacht op u", "Gereed")):
        await world.dossier(f"2025-{n}", anna, status=status)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Filter op status" in p.screen.labels())
    assert len(listed(phone)) == 5
    await phone.tap("Filter op status")
    await phone.wait(lambda p: "☐ Gereed" in p.screen.labels())
    await phone.tap("☐ Gereed")
    await phone.wait(lambda p: "☑ Gereed" in p.screen.labels())
    await phone.tap("☐ Wacht op u")
    await phone.wait(lambda p: "☑ Wacht op u" in p.screen.labels())
    await phone.tap("Toon dossiers")
    await phone.wait(lambda p: "Status: Gereed, Wacht op u" in p.screen.text)
    assert sorted(label[:6] for label in listed(phone)) == ["2025-0", "2025-1", "2025-2"]
    await phone.tap("Filter op status")
    await phone.wait(lambda p: "☑ Gereed" in p.screen.labels())
    await phone.tap("☑ Gereed")
    await phone.wait(lambda p: "☐ Gereed" in p.screen.labels())
    await phone.tap("Toon dossiers")
    await phone.wait(lambda p: len(listed(p)) == 1)
    await phone.tap("Alle dossiers")
    await phone.wait(lambda p: len(listed(p)) == 5)


@pytest.mark.rule("DOS-4")
async def test_a_filter_of_statuses_that_are_gone_shows_everything(world: World) -> None:
    anna, phone = await world.linked()
    await many(world, anna, 1)
    [old] = await many_closed(world, anna)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Filter op status" in p.screen.labels())
    await phone.tap("Filter op status")
    await phone.wait(lambda p: "☐ Gereed" in p.screen.labels())
    await phone.tap("☐ Gereed")
    await phone.wait(lambda p: "☑ Gereed" in p.screen.labels())
    async with transaction(world.sessions) as session:
        await dossiers.set_status(session, await session.get_one(Dossier, old.id), "Ingeschreven", OFFICE)
    await phone.tap("Toon dossiers")
    await phone.wait(lambda p: len(listed(p)) == 2)


async def many_closed(world: World, person: Person) -> Sequence[Dossier]:
    """One that is done."""
    return [await world.dossier("2025-1", person, status="Gereed")]


@pytest.mark.rule("DOS-1")
async def test_a_long_list_is_left_at_either_end(world: World) -> None:
    anna, phone = await world.linked()
    await many(world, anna, 50)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "1–8 van 50" in p.screen.text)
    await phone.tap("7 »")
    await phone.wait(lambda p: "49–50 van 50" in p.screen.text)
    await phone.tap("« 1")
    await phone.wait(lambda p: "1–8 van 50" in p.screen.text)


@pytest.mark.rule("HOME-3")
async def test_who_has_two_accounts_picks_one_and_the_card_names_it(world: World) -> None:
    anna, phone = await world.linked()
    first = await many(world, anna, 2)
    async with transaction(world.sessions) as session:
        other = await accounts.create(
            session, number="A-2", name="Bakkerij & <Zn>", kind=AccountKind.COMPANY, actor=OFFICE
        )
        await accounts.add_member(session, other, await session.get_one(Person, anna.id), actor=OFFICE)
        for n in range(3):
            made = await dossiers.create(
                session, account_id=other.id, number=f"B-{n}", description="Statuten", status="Gereed", actor=OFFICE
            )
            await dossiers.add_participant(session, made, anna, OFFICE)
    await phone.say("/home")
    await phone.wait(lambda p: "Dossiers · 2 in behandeling, 5 totaal" in p.screen.labels())
    assert "Klantaccounts: De Vries BV, Bakkerij & <Zn>" in phone.screen.text
    await phone.tap("Klantaccount kiezen")
    await phone.wait(lambda p: "Bakkerij & <Zn>" in p.screen.labels())
    await phone.tap("Bakkerij & <Zn>")
    await phone.wait(lambda p: "Klantaccount: Bakkerij & <Zn>" in p.screen.text)
    assert "Dossiers · 0 in behandeling, 3 totaal" in phone.screen.labels()
    await phone.tap("Dossiers")
    await phone.wait(lambda p: len(listed(p)) == 3)
    assert "Klantaccount: Bakkerij & <Zn>" in phone.screen.text
    await phone.say(first[0].number)
    await phone.wait(lambda p: p.screen.text.startswith(first[0].number))
    assert "Klantaccount: De Vries BV" in phone.screen.text
    await phone.say("/home")
    await phone.wait(lambda p: "Ander klantaccount" in p.screen.labels())
    await phone.tap("Ander klantaccount")
    await phone.wait(lambda p: "● Bakkerij & <Zn>" in p.screen.labels())
    await phone.tap("Alle klantaccounts")
    await phone.wait(lambda p: "Dossiers · 2 in behandeling, 5 totaal" in p.screen.labels())


@pytest.mark.rule("HOME-3")
async def test_an_account_of_others_can_not_be_picked(world: World) -> None:
    anna, phone = await world.linked()
    await many(world, anna, 2)
    async with transaction(world.sessions) as session:
        theirs = await accounts.create(
            session, number="A-2", name="Van een ander", kind=AccountKind.COMPANY, actor=OFFICE
        )
    await phone.tap(data=f"1:acc:{theirs.id}", forge=True)
    await phone.wait(lambda p: "Dossiers · 2 in behandeling, 2 totaal" in p.screen.labels())
    assert "Van een ander" not in phone.transcript
    assert isinstance(theirs, Account)


@pytest.mark.rule("DOS-8")
async def test_a_closed_dossier_is_read_and_a_message_in_it_is_kept_and_flagged(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.publish(dossier, "Akte.pdf")
    await world.write(dossier, "Afgerond", "Alles is klaar.")
    async with transaction(world.sessions) as session:
        await dossiers.close(session, await session.get_one(Dossier, dossier.id), OFFICE)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Dit dossier is gesloten" in p.screen.text)
    await phone.tap("Berichten")
    await phone.wait(lambda p: "Afgerond" in p.screen.text)
    await phone.tap("Van: Afgerond", message=phone.screen)
    await phone.wait(lambda p: "Alles is klaar." in p.screen.text)
    await phone.tap("Beantwoorden", message=phone.screen)
    await phone.wait(lambda p: "Uw antwoord" in p.screen.text)
    await phone.say("Toch nog een vraag")
    await phone.wait(lambda p: "18 van 4000 tekens" in p.screen.text)
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Dit dossier is gesloten; het kantoor is op de hoogte gebracht" in p.screen.text)
    kept = (await world.messages_of(dossier))[-1]
    assert kept.text == "Toch nog een vraag" and kept.after_closing
    assert (await world.mails("message_staff"))[-1].values["closed"]


@pytest.mark.rule("DOS-3")
async def test_a_number_that_no_dossier_has_is_said_so_and_may_be_a_message_after_all(world: World) -> None:
    anna, phone = await world.linked()
    await many(world, anna, 2)
    await phone.say("2026-9999")
    await phone.wait(lambda p: "geen dossier gevonden met “2026-9999”" in p.screen.text)
    await phone.tap("✏️ Nee, dit is een bericht")
    await phone.wait(lambda p: "Bij welk dossier hoort dit?" in p.screen.text and "2026-9999" in p.screen.text)
