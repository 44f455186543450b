"""Who may cut a member's link (LINK-13)."""

from dataclasses import replace

import pytest

from core.accounts import accounts
from core.accounts.models import AccountKind, Membership, Role
from core.actor import OFFICE, Actor, ActorKind, Channel, Language
from core.crypto import Keys
from core.database import Sessions, transaction
from core.errors import Refused
from core.office import Office
from core.people import links, persons
from core.people.models import Person
from tests.core.people.linkers import Story

ROLES = {"holder": Role.CONTRACT_HOLDER, "admin": Role.ADMINISTRATOR, "user": Role.USER, "other": Role.USER}


@pytest.fixture
async def firm(sessions: Sessions, keys: Keys, office: Office) -> dict[str, tuple[Membership, Actor]]:
    """A company with a member of each kind; `other` is linked. And an outsider, who runs another company."""
    made = {}
    async with transaction(sessions) as session:
        company = await accounts.create(session, number="1", name="Firm", kind=AccountKind.COMPANY, actor=OFFICE)
        elsewhere = await accounts.create(session, number="2", name="Other", kind=AccountKind.COMPANY, actor=OFFICE)
        for name, role in (*ROLES.items(), ("outsider", Role.CONTRACT_HOLDER)):
            email = f"{name}@post.example"
            person = await persons.create(session, name=name, email=email, language=Language.NL, actor=OFFICE)
            account = elsewhere if name == "outsider" else company
            member = await accounts.add_member(session, account, person, role=role, actor=OFFICE)
            made[name] = member, Actor(kind=ActorKind.PERSON, id=person.id, channel=Channel.TELEGRAM, stepped_up=True)
        other = await session.get_one(Person, made["other"][0].person_id)
    assert (await Story(sessions, keys, office).link(other)).link is not None
    return made


@pytest.mark.parametrize("who", ["holder", "admin", "office"])
async def test_who_manages_members_may(sessions: Sessions, firm: dict[str, tuple[Membership, Actor]], who: str) -> None:
    actor = OFFICE if who == "office" else firm[who][1]
    for expected in (True, False):
        async with transaction(sessions) as session:
            assert await accounts.unlink_member(session, firm["other"][0], actor=actor) is expected
    async with transaction(sessions) as session:
        assert await links.link_of(session, firm["other"][0].person_id) is None


@pytest.mark.parametrize("who", ["user", "outsider", "other"])
async def test_others_may_not(sessions: Sessions, firm: dict[str, tuple[Membership, Actor]], who: str) -> None:
    async with transaction(sessions) as session:
        with pytest.raises(Refused, match="may_not"):
            await accounts.unlink_member(session, firm["other"][0], actor=firm[who][1])
        assert await links.link_of(session, firm["other"][0].person_id) is not None


async def test_it_needs_a_code_and_a_member(sessions: Sessions, firm: dict[str, tuple[Membership, Actor]]) -> None:
    membership, _ = firm["other"]
    async with transaction(sessions) as session:
        with pytest.raises(Refused) as refused:
            await accounts.unlink_member(session, membership, actor=replace(firm["admin"][1], stepped_up=False))
        assert refused.value.values == {"act": "members"}
        await accounts.remove_member(session, membership, actor=OFFICE)
        with pytest.raises(Refused, match="may_not"):
            await accounts.unlink_member(session, membership, actor=firm["admin"][1])
