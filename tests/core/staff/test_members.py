"""Staff members: known by their own mailbox, found by name, out when they leave."""

import asyncio

import pytest

from core.actor import OFFICE, Language
from core.audit import log
from core.database import Sessions, transaction
from core.errors import Refused
from core.staff import members
from core.staff.models import StaffMember, StaffRole


async def _hire(sessions: Sessions, name: str = "Sanne Bakker", email: str = "sanne@kantoor.example") -> StaffMember:
    async with transaction(sessions) as session:
        return await members.create(
            session, name=name, email=email, role=StaffRole.HANDLER, language=Language.NL, actor=OFFICE
        )


async def test_a_member_is_found_by_mailbox_and_by_name(sessions: Sessions) -> None:
    sanne = await _hire(sessions)
    async with transaction(sessions) as session:
        for found in (
            await members.by_email(session, "SANNE@Kantoor.example"),
            await members.by_name(session, " sanne  BAKKER "),
            await members.by_id(session, sanne.id),
        ):
            assert found is not None
            assert found.id == sanne.id
        assert await members.by_email(session, "no address") is None
        assert await members.by_name(session, "Sanne") is None
        assert [member.id for member in await members.listing(session)] == [sanne.id]


async def test_a_mailbox_belongs_to_one_member(sessions: Sessions) -> None:
    hired = await asyncio.gather(*(_hire(sessions, name) for name in ("One", "Two")), return_exceptions=True)
    assert [one.code for one in hired if isinstance(one, Refused)] == ["email.taken"]


async def test_refusals(sessions: Sessions) -> None:
    with pytest.raises(Refused, match=r"staff\.name_missing"):
        await _hire(sessions, name=" ")
    with pytest.raises(Refused, match=r"email\.form"):
        await _hire(sessions, email="sanne")
    await _hire(sessions)
    await _hire(sessions, email="sanne2@kantoor.example")
    async with transaction(sessions) as session:
        with pytest.raises(Refused, match=r"staff\.ambiguous"):
            await members.by_name(session, "Sanne Bakker")


async def test_who_left_is_known_by_id_only_and_the_mailbox_is_free(sessions: Sessions) -> None:
    sanne = await _hire(sessions)
    for _ in range(2):
        async with transaction(sessions) as session:
            await members.remove(session, await session.get_one(StaffMember, sanne.id), actor=OFFICE)
    async with transaction(sessions) as session:
        assert await members.by_email(session, sanne.email) is None
        assert await members.by_name(session, sanne.name) is None
        assert await members.listing(session) == []
        assert await members.by_id(session, sanne.id) is not None
        assert len(await log.listing(session, act="staff.removed")) == 1
    assert (await _hire(sessions)).id != sanne.id


async def test_a_role_is_set_once(sessions: Sessions) -> None:
    sanne = await _hire(sessions)
    for _ in range(2):
        async with transaction(sessions) as session:
            member = await session.get_one(StaffMember, sanne.id)
            await members.set_role(session, member, StaffRole.MANAGER, actor=OFFICE)
    async with transaction(sessions) as session:
        (entry,) = await log.listing(session, act="staff.role_set")
        assert entry.details == {"before": "handler", "role": "manager"}
