"""Accounts and their members: the contract holder first and for ever, and what each kind allows (TEAM-2, 3, 7)."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.accounts import accounts
from core.accounts.models import Account, AccountKind, Membership, Role
from core.actor import OFFICE, Language
from core.audit import log
from core.database import Sessions, transaction
from core.errors import Refused
from core.people import persons
from core.people.models import Person

HOLDER, ADMIN, USER = Role.CONTRACT_HOLDER, Role.ADMINISTRATOR, Role.USER


class Firm:
    """Accounts and persons by a word each, made when first named."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def account(
        self, number: str, kind: AccountKind = AccountKind.COMPANY, under: Account | None = None
    ) -> Account:
        async with transaction(self.sessions) as session:
            framework = under.id if under else None
            return await accounts.create(
                session, number=number, name=f"Firm {number}", kind=kind, framework_id=framework, actor=OFFICE
            )

    async def person(self, name: str) -> Person:
        async with transaction(self.sessions) as session:
            email = f"{name}@post.example"
            found = await persons.by_email(session, email)
            return found or await persons.create(session, name=name, email=email, language=Language.NL, actor=OFFICE)

    async def add(self, account: Account, name: str, role: Role | None = None) -> Membership:
        person = await self.person(name)
        async with transaction(self.sessions) as session:
            account = await session.get_one(Account, account.id)
            person = await session.get_one(Person, person.id)
            return await accounts.add_member(session, account, person, role=role, actor=OFFICE)

    async def roles(self, account: Account) -> dict[str, str]:
        async with transaction(self.sessions) as session:
            return {person.name: str(held.role) for held, person in await accounts.members(session, account.id)}


@pytest.fixture
def firm(sessions: Sessions) -> Firm:
    return Firm(sessions)


async def test_an_account_is_known_by_its_number(firm: Firm) -> None:
    made = await firm.account(" A-1 ")
    with pytest.raises(Refused, match=r"account\.number_taken"):
        await firm.account("A-1")
    async with transaction(firm.sessions) as session:
        found = await accounts.by_number(session, "A-1")
        assert found is not None
        assert found.id == made.id
        assert await accounts.by_number(session, "A-2") is None
        assert await accounts.by_id(session, made.id) is found
        assert [account.number for account in await accounts.listing(session)] == ["A-1"]


@pytest.mark.parametrize(
    ("number", "name", "code"), [(" ", "x", "number"), ("9" * 41, "x", "number"), ("1", " ", "name")]
)
async def test_an_account_needs_a_number_and_a_name(firm: Firm, number: str, name: str, code: str) -> None:
    async with transaction(firm.sessions) as session:
        with pytest.raises(Refused, match=rf"account\.{code}_missing"):
            await accounts.create(session, number=number, name=name, kind=AccountKind.PRIVATE, actor=OFFICE)


async def test_only_companies_fall_under_a_framework_agreement(firm: Firm) -> None:
    framework = await firm.account("F", AccountKind.FRAMEWORK)
    company = await firm.account("C", under=framework)
    assert company.framework_id == framework.id
    for kind, under in (
        (AccountKind.PRIVATE, framework),
        (AccountKind.FRAMEWORK, framework),
        (AccountKind.COMPANY, company),
    ):
        with pytest.raises(Refused, match=r"account\.framework_unknown"):
            await firm.account("X", kind, under)


async def test_the_first_person_is_contract_holder_and_later_ones_are_users(firm: Firm) -> None:
    company = await firm.account("C")
    await firm.add(company, "anna")
    await firm.add(company, "bert")
    await firm.add(company, "cees", ADMIN)
    await firm.add(company, "dora", ADMIN)
    assert await firm.roles(company) == {
        "anna": "contract_holder",
        "bert": "user",
        "cees": "administrator",
        "dora": "administrator",
    }


async def test_adding_the_same_again_changes_nothing(firm: Firm) -> None:
    company = await firm.account("C")
    first = await firm.add(company, "anna")
    assert (await firm.add(company, "anna")).id == first.id
    assert (await firm.add(company, "anna", HOLDER)).id == first.id
    with pytest.raises(Refused, match=r"membership\.exists"):
        await firm.add(company, "anna", USER)
    async with transaction(firm.sessions) as session:
        assert len(await log.listing(session, act="membership.added")) == 1


async def test_refusals_when_adding(firm: Firm) -> None:
    company = await firm.account("C")
    with pytest.raises(Refused, match=r"first_is_contract_holder"):
        await firm.add(company, "anna", USER)
    await firm.add(company, "anna")
    with pytest.raises(Refused, match=r"contract_holder_exists"):
        await firm.add(company, "bert", HOLDER)
    with pytest.raises(Refused, match=r"only_in_framework"):
        await firm.add(company, "bert", Role.MAIN_ADMINISTRATOR)


async def test_two_first_persons_at_once_give_one_contract_holder(firm: Firm) -> None:
    company = await firm.account("C")
    for name in ("anna", "bert"):
        await firm.person(name)
    await asyncio.gather(firm.add(company, "anna"), firm.add(company, "bert"))
    assert sorted((await firm.roles(company)).values()) == ["contract_holder", "user"]


async def test_product_access_is_for_one_account_only(firm: Firm) -> None:
    one, other = await firm.account("C"), await firm.account("D")
    for company in (one, other):
        await firm.add(company, "anna")
    await firm.add(one, "bert", Role.PRODUCT_ACCESS)
    with pytest.raises(Refused, match=r"one_product"):
        await firm.add(other, "bert", Role.PRODUCT_ACCESS)
    held = await firm.add(other, "bert", USER)
    async with transaction(firm.sessions) as session:
        held = await session.get_one(Membership, held.id)
        with pytest.raises(Refused, match=r"one_product"):
            await accounts.set_role(session, held, Role.PRODUCT_ACCESS, actor=OFFICE)
        assert held.role == USER


async def test_the_contract_holder_is_never_changed_or_removed(firm: Firm) -> None:
    company = await firm.account("C")
    held = await firm.add(company, "anna")
    await firm.add(company, "bert")
    async with transaction(firm.sessions) as session:
        held = await session.get_one(Membership, held.id)
        anna = await session.get_one(Person, held.person_id)
        for attempt in (
            accounts.set_role(session, held, USER, actor=OFFICE),
            accounts.remove_member(session, held, actor=OFFICE),
            accounts.remove_person(session, anna, actor=OFFICE),
        ):
            with pytest.raises(Refused, match=r"contract_holder_stays"):
                await attempt
        assert anna.removed_at is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE memberships SET role = 'user' WHERE id = 1",
        "UPDATE memberships SET person_id = 2 WHERE id = 1",
        "UPDATE memberships SET removed_at = '2026-01-01 00:00:00' WHERE id = 1",
        "DELETE FROM memberships WHERE id = 1",
        "UPDATE memberships SET role = 'contract_holder' WHERE id = 2",
    ],
)
async def test_the_database_refuses_it_too(firm: Firm, statement: str) -> None:
    company = await firm.account("C")
    await firm.add(company, "anna")
    await firm.add(company, "bert")
    with pytest.raises(IntegrityError):
        async with transaction(firm.sessions) as session:
            await session.execute(text(statement))
    assert await firm.roles(company) == {"anna": "contract_holder", "bert": "user"}


async def test_other_roles_change_and_end(firm: Firm) -> None:
    company = await firm.account("C")
    await firm.add(company, "anna")
    held = await firm.add(company, "bert")
    async with transaction(firm.sessions) as session:
        held = await session.get_one(Membership, held.id)
        await accounts.set_role(session, held, ADMIN, actor=OFFICE)
        await accounts.set_role(session, held, ADMIN, actor=OFFICE)
    assert (await firm.roles(company))["bert"] == "administrator"
    for _ in range(2):
        async with transaction(firm.sessions) as session:
            await accounts.remove_member(session, await session.get_one(Membership, held.id), actor=OFFICE)
    assert list(await firm.roles(company)) == ["anna"]
    assert (await firm.add(company, "bert")).id != held.id
    async with transaction(firm.sessions) as session:
        acts = [entry.act for entry in await log.listing(session, subject=("account", company.id))]
    assert acts.count("membership.role_set") == 1
    assert acts.count("membership.removed") == 1


async def test_removing_a_person_ends_every_membership(firm: Firm) -> None:
    company = await firm.account("C")
    await firm.add(company, "anna")
    bert = (await firm.add(company, "bert")).person_id
    async with transaction(firm.sessions) as session:
        await accounts.remove_person(session, await session.get_one(Person, bert), actor=OFFICE)
    async with transaction(firm.sessions) as session:
        assert await accounts.memberships_of(session, bert) == []
        gone = await persons.by_id(session, bert)
        assert gone is not None
        assert gone.removed_at is not None


async def test_who_was_removed_can_t_be_added(firm: Firm) -> None:
    company = await firm.account("C")
    bert = await firm.person("bert")
    async with transaction(firm.sessions) as session:
        bert = await session.get_one(Person, bert.id)
        await accounts.remove_person(session, bert, actor=OFFICE)
        with pytest.raises(Refused, match=r"person\.removed"):
            await accounts.add_member(session, company, bert, actor=OFFICE)


async def test_a_main_administrator_is_one_in_every_account_under_the_agreement(firm: Firm) -> None:
    framework = await firm.account("F", AccountKind.FRAMEWORK)
    company, stranger = await firm.account("C", under=framework), await firm.account("S")
    await firm.add(framework, "holder")
    await firm.add(company, "anna")
    main = (await firm.add(framework, "main", Role.MAIN_ADMINISTRATOR)).person_id
    user = (await firm.add(framework, "user", USER)).person_id
    await firm.add(company, "main", USER)
    async with transaction(firm.sessions) as session:
        assert await accounts.role_in(session, main, framework.id) is Role.MAIN_ADMINISTRATOR
        assert await accounts.role_in(session, main, company.id) is Role.MAIN_ADMINISTRATOR
        assert await accounts.role_in(session, main, stranger.id) is None
        assert await accounts.role_in(session, user, framework.id) is USER
        assert await accounts.role_in(session, user, company.id) is None
        held = [(str(m.role), a.number) for m, a in await accounts.memberships_of(session, main)]
    assert held == [("user", "C"), ("main_administrator", "F")]
