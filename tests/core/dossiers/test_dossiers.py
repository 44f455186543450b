"""Who sees a dossier, and what the office does with it (DOS-5 to DOS-8)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.accounts import accounts
from core.accounts.models import AccountKind, Role
from core.actor import OFFICE, Actor, Channel
from core.audit import log
from core.database import Sessions, transaction
from core.dossiers import dossiers, receipts
from core.dossiers.models import Dossier, ItemKind, ReadAct, Receipt
from core.errors import Refused
from core.messages import queries
from core.people import persons
from core.staff import members
from tests.core.dossiers.situation import customer, opened, person, refusing, situation, worker


async def sees(session: AsyncSession, actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor sees it, by id and by number alike."""
    by_id = await _found(dossiers.access(session, actor, dossier.id))
    by_number = await _found(dossiers.by_number(session, actor, dossier.number))
    assert by_id == by_number
    return by_id == dossier.id


async def _found(looking: Awaitable[Dossier]) -> int | None:
    try:
        return (await looking).id
    except Refused:
        return None


async def test_only_participants_see_a_dossier(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        assert await sees(session, customer(here.anna), here.dossier)
        assert not await sees(session, customer(here.vera), here.dossier)
        await dossiers.remove_participant(session, here.dossier, here.anna, OFFICE)
        assert not await sees(session, customer(here.anna), here.dossier)
        await dossiers.add_participant(session, here.dossier, here.anna, OFFICE)
        assert await sees(session, customer(here.anna), here.dossier)


async def test_a_stranger_can_not_tell_it_from_one_that_does_not_exist(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        for dossier_id in (here.dossier.id, 999_999):
            with refusing("dossier.unknown"):
                await dossiers.access(session, customer(here.vera), dossier_id)


async def test_handlers_see_theirs_and_managers_all(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        assert await sees(session, worker(here.hugo), here.dossier)
        assert not await sees(session, worker(here.otto), here.dossier)
        assert await sees(session, worker(here.mia), here.dossier)
        assert await sees(session, OFFICE, here.dossier)
        await members.remove(session, here.mia, actor=OFFICE)
        assert not await sees(session, worker(here.mia), here.dossier)
        await dossiers.set_handler(session, here.dossier, here.otto, OFFICE)
        assert not await sees(session, worker(here.hugo), here.dossier)


async def test_product_access_sees_no_dossier_of_its_account(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await accounts.add_member(session, here.account, here.bram, actor=OFFICE)
        membership = await accounts.add_member(session, here.account, here.anna, actor=OFFICE)
        assert await sees(session, customer(here.anna), here.dossier)
        await accounts.set_role(session, membership, Role.PRODUCT_ACCESS, actor=OFFICE)
        assert not await sees(session, customer(here.anna), here.dossier)
        assert [each.name for each in await dossiers.participants(session, here.dossier.id)] == ["Bram"]
        other = await accounts.create(session, number="A-2", name="Anna", kind=AccountKind.PRIVATE, actor=OFFICE)
        own = await opened(session, other, "2026-0099")
        await dossiers.add_participant(session, own, here.anna, OFFICE)
        assert await sees(session, customer(here.anna), own)


async def test_product_access_is_refused_as_a_participant(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await accounts.add_member(session, here.account, here.bram, actor=OFFICE)
        await accounts.add_member(session, here.account, here.vera, role=Role.PRODUCT_ACCESS, actor=OFFICE)
        with refusing("participant.product_access", name="Vera"):
            await dossiers.add_participant(session, here.dossier, here.vera, OFFICE)


async def test_taking_part_twice_is_once(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        again = await dossiers.add_participant(session, here.dossier, here.anna, OFFICE)
        assert again.person_id == here.anna.id
        assert [each.name for each in await dossiers.participants(session, here.dossier.id)] == ["Anna", "Bram"]
        assert await dossiers.remove_participant(session, here.dossier, here.anna, OFFICE)
        assert not await dossiers.remove_participant(session, here.dossier, here.anna, OFFICE)
        await persons.remove(session, here.bram, OFFICE)
        assert await dossiers.participants(session, here.dossier.id) == []


async def test_a_number_is_used_once(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        with refusing("dossier.number_taken", number="2026-0012"):
            await opened(session, here.account, " 2026-0012 ")
        assert await opened(session, here.account, "2026-0013")


@pytest.mark.parametrize("typed", ["Lev-2026/7", "lev-2026/7", "LEV-2026/7", "  lev-2026/7 "])
async def test_a_number_is_found_however_it_is_typed(sessions: Sessions, typed: str) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        dossier = await opened(session, here.account, "LEV-2026/7")
        assert (await dossiers.by_number(session, OFFICE, typed)).id == dossier.id


async def test_changes_are_facts_and_repeating_them_is_nothing(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        acts: list[Callable[[], Awaitable[bool]]] = [
            lambda: dossiers.set_status(session, here.dossier, "Wacht op stukken", OFFICE),
            lambda: dossiers.set_description(session, here.dossier, "Hypotheek", OFFICE),
            lambda: dossiers.set_handler(session, here.dossier, None, OFFICE),
            lambda: dossiers.close(session, here.dossier, OFFICE),
            lambda: dossiers.reopen(session, here.dossier, OFFICE),
        ]
        for act in acts:
            assert await act()
            assert not await act()
    async with transaction(sessions) as session:
        dossier = await dossiers.access(session, OFFICE, here.dossier.id)
        assert (dossier.status, dossier.description, dossier.handler_id) == ("Wacht op stukken", "Hypotheek", None)
        logged = [entry.act for entry in await log.listing(session, subject=("dossier", dossier.id))]
        assert [logged.count(f"dossier.{act}") for act in ("closed", "reopened", "status_set")] == [1, 1, 1]


async def test_listing_is_by_activity_and_by_words(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        second = await opened(session, here.account, "2026-0013")
        await dossiers.touch(session, here.dossier.id, clock.now() + timedelta(hours=1))
        await dossiers.close(session, second, OFFICE)
        assert [each.number for each in await dossiers.listing(session, OFFICE)] == ["2026-0012", "2026-0013"]
        assert [each.number for each in await dossiers.listing(session, OFFICE, words="LEVERING 0013")] == ["2026-0013"]
        assert await dossiers.listing(session, OFFICE, words="100%") == []
        assert [each.number for each in await dossiers.listing(session, OFFICE, open_only=True)] == ["2026-0012"]
        assert [each.number for each in await dossiers.listing(session, worker(here.hugo))] == ["2026-0012"]


async def test_activity_never_goes_back(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        before = here.dossier.activity_at
        await dossiers.touch(session, here.dossier.id, before - timedelta(days=1))
        await session.refresh(here.dossier)
        assert here.dossier.activity_at == before


async def test_progress_is_replaced_as_a_whole(sessions: Sessions) -> None:
    day = datetime(2026, 3, 2, 12, tzinfo=UTC)
    async with transaction(sessions) as session:
        here = await situation(session)
        steps = [("Intake", day), ("Concept", None)]
        assert await dossiers.set_progress(session, here.dossier, steps)
        assert not await dossiers.set_progress(session, here.dossier, steps)
        assert await dossiers.set_progress(session, here.dossier, [("Intake", day), ("Concept", day), ("Akte", None)])
    async with transaction(sessions) as session:
        found = [(step.label, step.done_at) for step in await dossiers.progress(session, here.dossier.id)]
        assert found == [("Intake", day), ("Concept", day), ("Akte", None)]
        assert await dossiers.set_progress(session, here.dossier, [])


async def test_the_first_act_of_reading_counts(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        for act, channel in ((ReadAct.OPEN, Channel.TELEGRAM), (ReadAct.REPLY, Channel.EMAIL)):
            await receipts.read(
                session,
                person_id=here.anna.id,
                item_kind=ItemKind.MESSAGE,
                item_id=5,
                dossier_id=here.dossier.id,
                act=act,
                channel=channel,
                left=queries.unread_left(),
            )
        receipt = await session.get_one(Receipt, (here.anna.id, ItemKind.MESSAGE, 5))
        assert (receipt.act, receipt.channel) == (ReadAct.OPEN, Channel.TELEGRAM)


async def test_an_unknown_person_sees_nothing(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        stranger = await person(session, "Zoe")
        assert await dossiers.listing(session, customer(stranger)) == []
        assert not await sees(session, worker(here.otto), here.dossier)
