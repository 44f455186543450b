"""Who manages an account unlinks its members, at once and with a code; nobody else can (LINK-13)."""

import pytest

from core.accounts import accounts
from core.accounts.models import AccountKind, Membership, Role
from core.actor import OFFICE, Language
from core.database import transaction
from core.people import links
from core.people.models import Person
from sandbox.telegram import Phone
from tests.bot.security import keypad, press
from tests.bot.world import World, next_screen, toast_of


async def extra_accounts(phone: Phone) -> None:
    """From home to the list."""
    await phone.say("/gegevens")
    await phone.wait(lambda p: "👥 Extra accounts" in p.screen.labels())
    await phone.tap("👥 Extra accounts")
    await phone.wait(lambda p: "Extra accounts van De Vries BV" in p.screen.text)


async def membership_of(world: World, person: Person) -> int:
    async with transaction(world.sessions) as session:
        [(membership, _)] = await accounts.memberships_of(session, person.id)
        return membership.id


async def linked(world: World, person: Person) -> bool:
    async with transaction(world.sessions) as session:
        return await links.link_of(session, person.id) is not None


@pytest.mark.rule("LINK-13")
async def test_the_contract_holder_unlinks_a_member_with_a_code_at_once(world: World) -> None:
    anna, phone = await world.linked()
    bram, other = await world.linked("Bram Bos")
    await world.person("Cato Cats")
    await extra_accounts(phone)
    assert "Anna Jansen · contracthouder · Telegram gekoppeld" in phone.screen.text
    assert "Bram Bos · gebruiker · Telegram gekoppeld" in phone.screen.text
    assert "Cato Cats · gebruiker · alleen e-mail" in phone.screen.text
    await phone.tap("Cato Cats")
    await phone.wait(lambda p: "Telegram: niet gekoppeld" in p.screen.text)
    assert "Telegram ontkoppelen" not in phone.screen.labels()
    await phone.tap("‹ Extra accounts")
    await phone.wait(lambda p: "Bram Bos" in p.screen.labels())
    await phone.tap("Bram Bos")
    await phone.wait(lambda p: "Telegram ontkoppelen" in p.screen.labels())
    await phone.tap("Telegram ontkoppelen")
    await phone.wait(lambda p: "Ja, ontkoppelen" in p.screen.labels())
    await phone.tap("Ja, ontkoppelen")
    await phone.wait(keypad)
    assert await linked(world, bram)
    await press(phone, (await world.secret("step_up_code"))["code"])
    await phone.wait(lambda p: "Ontkoppeld." in p.screen.text and "niet gekoppeld" in p.screen.text)
    await other.wait(lambda p: "Dit gesprek is ontkoppeld" in p.screen.text)
    await next_screen(other, other.say("/dossiers"))
    assert "uitnodiging" in other.screen.text
    [mail] = await world.mails("unlinked")
    assert mail.address == bram.email
    assert await linked(world, anna) and not await linked(world, bram)


@pytest.mark.rule("LINK-13")
async def test_a_member_manages_nobody_whatever_they_tap(world: World) -> None:
    anna, _ = await world.linked()
    _, phone = await world.linked("Bram Bos")
    await phone.say("/gegevens")
    await phone.wait(lambda p: "Naam" in p.screen.labels())
    assert "👥 Extra accounts" not in phone.screen.labels()
    number = await membership_of(world, anna)
    forged = [
        "1:mbs",
        "1:mbs:1:0",
        "1:mbs:987654:0",
        f"1:mbr:{number}",
        "1:mbr:987654",
        f"1:mbu:{number}:0",
        f"1:mbu:{number}:1",
    ]
    answers = [await toast_of(phone, phone.tap(data=data, forge=True)) for data in forged]
    assert {(answer.alert, answer.text) for answer in answers} == {(True, answers[0].text)}
    assert "alleen wie de extra accounts beheert" in answers[0].text
    assert "anna@klant.example" not in phone.transcript and await linked(world, anna)


@pytest.mark.rule("LINK-13")
async def test_a_private_person_has_no_extra_accounts_and_other_companies_are_others(world: World) -> None:
    """Of several companies one is picked; a person's own account has nobody to manage (TEAM-9)."""
    anna, phone = await world.linked(language=Language.NL)
    async with transaction(world.sessions) as session:
        same = await session.get_one(Person, anna.id)
        private = await accounts.create(session, number="P-1", name="Anna zelf", kind=AccountKind.PRIVATE, actor=OFFICE)
        bakery = await accounts.create(
            session, number="B-1", name="Bakkerij & Zn", kind=AccountKind.COMPANY, actor=OFFICE
        )
        for account in (private, bakery):
            await accounts.add_member(session, account, same, actor=OFFICE)
    await phone.say("/gegevens")
    await phone.wait(lambda p: "👥 Extra accounts" in p.screen.labels())
    await phone.tap("👥 Extra accounts")
    await phone.wait(lambda p: "Bakkerij & Zn" in p.screen.labels())
    assert "De Vries BV" in phone.screen.labels() and "Anna zelf" not in phone.screen.labels()
    await phone.tap("Bakkerij & Zn")
    await phone.wait(lambda p: "Extra accounts van Bakkerij & Zn" in p.screen.text)
    await phone.tap("‹ Ander bedrijf")
    await phone.wait(lambda p: "De Vries BV" in p.screen.labels())


@pytest.mark.rule("LINK-13")
async def test_who_is_no_administrator_any_more_cannot_finish_what_they_began(world: World) -> None:
    holder = await world.person("Cato Cats")
    anna, phone = await world.linked()
    bram, _ = await world.linked("Bram Bos")
    number = await membership_of(world, anna)
    async with transaction(world.sessions) as session:
        mine = await session.get_one(Membership, number)
        await accounts.set_role(session, mine, Role.ADMINISTRATOR, actor=OFFICE)
    await extra_accounts(phone)
    await phone.tap("Bram Bos")
    await phone.wait(lambda p: "Telegram ontkoppelen" in p.screen.labels())
    await phone.tap("Telegram ontkoppelen")
    await phone.wait(lambda p: "Ja, ontkoppelen" in p.screen.labels())
    await phone.tap("Ja, ontkoppelen")
    await phone.wait(keypad)
    async with transaction(world.sessions) as session:
        mine = await session.get_one(Membership, number)
        await accounts.set_role(session, mine, Role.USER, actor=OFFICE)
    await press(phone, (await world.secret("step_up_code"))["code"])
    await phone.wait(lambda p: "alleen wie de extra accounts beheert" in p.screen.text)
    assert await linked(world, bram) and holder.id
