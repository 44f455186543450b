"""Home, the list of dossiers and the card show what this person has, and nothing of others (HOME-1, DOS-1 to DOS-6)."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.accounts import accounts
from core.accounts.models import AccountKind, Role
from core.actor import OFFICE
from core.database import Sessions, transaction
from core.documents import documents
from core.documents.models import Shelf
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.messages import messages
from core.office import Office
from core.portal import card, home
from core.portal.card import Tab
from tests.core.dossiers.situation import (
    Situation,
    customer,
    opened,
    person,
    refusing,
    situation,
    stored,
    worker,
)


async def filled(session: AsyncSession) -> tuple[Situation, Dossier]:
    """Anna has two dossiers; in the first stand two documents, a letter, a question of Bram and an answer."""
    here = await situation(session)
    second = await opened(session, here.account, "2026-0013")
    await dossiers.set_status(session, second, "Afgerond", OFFICE)
    await dossiers.add_participant(session, second, here.anna, OFFICE)
    for name, shelf in (
        ("akte.pdf", Shelf.DOCUMENTS),
        ("nota.pdf", Shelf.DOCUMENTS),
        ("brief.pdf", Shelf.CORRESPONDENCE),
    ):
        file = await stored(session, name)
        await documents.publish(session, here.dossier, shelf=shelf, file=file, name=name, actor=OFFICE)
    for actor in (customer(here.bram), worker(here.hugo)):
        await messages.post(session, here.dossier, actor=actor, subject="Vraag", text="Dag", office=Office())
    return here, second


async def test_home_counts_what_is_mine(sessions: Sessions, office: Office) -> None:
    async with transaction(sessions) as session:
        here, _ = await filled(session)
        await accounts.add_member(session, here.account, here.anna, actor=OFFICE)
        private = await accounts.create(session, number="P-1", name="Anna", kind=AccountKind.PRIVATE, actor=OFFICE)
        await accounts.add_member(session, private, here.anna, actor=OFFICE)
        shown = await home.home(session, here.anna.id, office=office)
        assert (shown.in_progress, shown.total, shown.actions, shown.unread) == (1, 2, 0, 5)
        assert (shown.name, shown.accounts) == ("Anna", ("De Vries BV", "Anna"))
        assert (await home.home(session, here.bram.id, office=office)).unread == 4
        assert (await home.home(session, here.vera.id, office=office)).total == 0


async def test_home_of_who_has_nothing_is_empty(sessions: Sessions, office: Office) -> None:
    async with transaction(sessions) as session:
        await filled(session)
        zoe = await person(session, "Zoe")
        shown = await home.home(session, zoe.id, office=office)
        assert (shown.in_progress, shown.total, shown.unread, shown.accounts, shown.name) == (0, 0, 0, (), "Zoe")
        assert await home.dossiers_page(session, zoe.id, offset=0, limit=8) == ([], 0)
        assert await home.statuses(session, zoe.id) == []
        assert await home.only_dossier(session, zoe.id) is None


async def test_the_list_is_newest_activity_first_with_unread(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, second = await filled(session)
        await dossiers.touch(session, here.dossier.id, clock.now() + timedelta(hours=1))
        rows, total = await home.dossiers_page(session, here.anna.id, offset=0, limit=8)
        assert [(row.number, row.status, row.unread) for row in rows] == [
            ("2026-0012", "In behandeling", 5),
            ("2026-0013", "Afgerond", 0),
        ]
        assert total == 2
        await dossiers.touch(session, second.id, clock.now() + timedelta(hours=2))
        rows, total = await home.dossiers_page(session, here.anna.id, offset=0, limit=1)
        assert ([row.number for row in rows], total) == (["2026-0013"], 2)
        rows, _ = await home.dossiers_page(session, here.anna.id, offset=1, limit=1)
        assert [row.number for row in rows] == ["2026-0012"]


async def test_the_list_is_filtered_by_status_and_words(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, _ = await filled(session)

        async def found(**filters: Any) -> list[str]:
            rows, total = await home.dossiers_page(session, here.anna.id, offset=0, limit=8, **filters)
            assert total == len(rows)
            return [row.number for row in rows]

        assert await home.statuses(session, here.anna.id) == ["Afgerond", "In behandeling"]
        assert await found(statuses=["Afgerond"]) == ["2026-0013"]
        assert await found(words="0012") == ["2026-0012"]
        assert await found(words="levering WONING", statuses=["In behandeling"]) == ["2026-0012"]
        assert await found(words="%") == []


async def test_who_may_not_see_an_accounts_dossiers_counts_none_of_them(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, _ = await filled(session)
        private = await accounts.create(session, number="P-1", name="Anna", kind=AccountKind.PRIVATE, actor=OFFICE)
        own = await opened(session, private, "2026-0099")
        await dossiers.add_participant(session, own, here.anna, OFFICE)
        await accounts.add_member(session, here.account, here.bram, actor=OFFICE)
        await accounts.add_member(session, here.account, here.anna, role=Role.PRODUCT_ACCESS, actor=OFFICE)
        for filters in ({}, {"words": "2026"}, {"statuses": ["In behandeling", "Afgerond"]}):
            rows, total = await home.dossiers_page(session, here.anna.id, offset=0, limit=8, **filters)
            assert ([row.number for row in rows], total) == (["2026-0099"], 1)


async def test_who_joins_later_has_the_list_in_the_same_order(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, second = await filled(session)
        await dossiers.touch(session, here.dossier.id, clock.now() + timedelta(hours=1))
        await dossiers.touch(session, second.id, clock.now() + timedelta(hours=2))
        for dossier in (second, here.dossier):
            await dossiers.add_participant(session, dossier, here.vera, OFFICE)
        rows, _ = await home.dossiers_page(session, here.vera.id, offset=0, limit=8)
        assert [row.number for row in rows] == ["2026-0013", "2026-0012"]


async def test_the_only_dossier_opens_by_itself(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, _ = await filled(session)
        assert await home.only_dossier(session, here.bram.id) == here.dossier.id
        assert await home.only_dossier(session, here.anna.id) is None


async def test_the_card_counts_each_tab(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, _ = await filled(session)
        await dossiers.set_progress(session, here.dossier, [("Intake", clock.now()), ("Akte", None)])
        await documents.supply(
            session, here.dossier, file=await stored(session), name="id.pdf", actor=customer(here.anna)
        )
        shown = await card.dossier_card(session, customer(here.anna), here.dossier.id)
        assert (shown.number, shown.status, shown.handler, shown.account) == (
            "2026-0012",
            "In behandeling",
            "Hugo",
            "De Vries BV",
        )
        assert shown.tabs == {
            "correspondence": Tab(1, 1),
            "documents": Tab(2, 2),
            "supplied": Tab(1, 0),
            "messages": Tab(2, 2),
        }
        assert (shown.done, shown.steps, shown.closed) == (1, 2, False)


async def test_reading_on_one_channel_counts_everywhere(sessions: Sessions, office: Office) -> None:
    async with transaction(sessions) as session:
        here, _ = await filled(session)
        anna = customer(here.anna)
        rows, _ = await messages.page(session, anna, here.dossier.id, offset=0, limit=9)
        await messages.read(session, anna, rows[0].id)
        shelf, _ = await documents.page(session, anna, here.dossier.id, shelf=Shelf.DOCUMENTS, offset=0, limit=9)
        await documents.download(session, anna, shelf[0].id)
        shown = await card.dossier_card(session, anna, here.dossier.id)
        assert (shown.tabs["documents"], shown.tabs["messages"]) == (Tab(2, 1), Tab(2, 1))
        assert (await home.home(session, here.anna.id, office=office)).unread == 3


async def test_staff_see_the_card_without_unread_and_strangers_none(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, second = await filled(session)
        shown = await card.dossier_card(session, worker(here.hugo), here.dossier.id)
        assert {tab.unread for tab in shown.tabs.values()} == {0}
        assert (await card.dossier_card(session, customer(here.anna), second.id)).handler == ""
        for dossier_id in (here.dossier.id, 999_999):
            with refusing("dossier.unknown"):
                await card.dossier_card(session, customer(here.vera), dossier_id)
