"""Documents that can be had until a day: warned a week before, gone after it (DOC-11)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE
from core.database import Sessions, Wake, transaction
from core.deliveries.models import Delivery
from core.documents import documents, expiry
from core.documents.models import Document, Shelf
from core.office import Office
from core.portal import card, home, routines
from core.schedule import schedule
from core.schedule.scheduler import Scheduler
from tests.core.dossiers.situation import Situation, customer, deliveries, refusing, situation, stored, worker


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """Friday the 3rd of July 2026, two in the afternoon in Amsterdam, until the test moves it."""
    with time_machine.travel("2026-07-03T12:00:00Z", tick=False) as traveller:
        yield traveller


async def published(session: AsyncSession, here: Situation, name: str, until: date | None, **options: Any) -> Document:
    return await documents.publish(
        session,
        here.dossier,
        shelf=Shelf.DOCUMENTS,
        file=await stored(session, name),
        name=name,
        actor=worker(here.hugo),
        expires_on=until,
        **options,
    )


async def warnings(session: AsyncSession) -> list[Delivery]:
    return [each for each in await deliveries(session) if each.kind == "document_expiring"]


async def shelf(session: AsyncSession, here: Situation) -> list[str]:
    rows, total = await documents.page(
        session, customer(here.anna), here.dossier.id, shelf=Shelf.DOCUMENTS, offset=0, limit=50
    )
    assert total == len(rows)
    return [row.name for row in rows]


async def test_after_its_day_a_document_is_gone(sessions: Sessions, office: Office) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        gone = await published(session, here, "oud.pdf", date(2026, 7, 2))
        await published(session, here, "vandaag.pdf", date(2026, 7, 3))
        await published(session, here, "altijd.pdf", None)
        assert not await expiry.expire(session, office, date(2026, 7, 3))
        assert await shelf(session, here) == ["altijd.pdf", "vandaag.pdf"]
        shown = await card.dossier_card(session, customer(here.anna), here.dossier.id)
        assert (shown.tabs["documents"].count, shown.tabs["documents"].unread) == (2, 2)
        assert (await home.home(session, here.anna.id, office=office)).unread == 2
        [row], _ = await home.dossiers_page(session, here.anna.id, offset=0, limit=8)
        assert row.unread == 2
        for act in (documents.access, documents.download):
            with refusing("document.expired", name="oud.pdf", on="02-07-2026"):
                await act(session, customer(here.anna), gone.id)
        with refusing("document.unknown"):
            await documents.access(session, customer(here.vera), gone.id)
        assert (await documents.access(session, worker(here.hugo), gone.id)).id == gone.id


async def test_a_later_day_brings_it_back(sessions: Sessions, office: Office) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        document = await published(session, here, "akte.pdf", date(2026, 7, 2))
        await expiry.expire(session, office, date(2026, 7, 3))
        assert await documents.set_expiry(session, document, date(2026, 8, 1), worker(here.hugo))
        assert not await documents.set_expiry(session, document, date(2026, 8, 1), worker(here.hugo))
        assert await shelf(session, here) == ["akte.pdf"]


@pytest.mark.parametrize(
    ("today", "until", "warned"),
    [
        (date(2026, 7, 1), date(2026, 7, 8), True),
        (date(2026, 7, 1), date(2026, 7, 9), False),
        (date(2026, 7, 1), date(2026, 7, 1), True),
        (date(2026, 7, 1), date(2026, 6, 30), False),
        (date(2026, 7, 3), date(2026, 7, 12), True),
        (date(2026, 7, 3), date(2026, 7, 13), False),
    ],
)
async def test_a_week_before_on_a_day_that_the_office_is_open(
    sessions: Sessions, office: Office, today: date, until: date, warned: bool
) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        document = await published(session, here, "akte.pdf", until, quiet=True)
        for _ in range(2):
            await expiry.warn(session, office, today)
        assert [each.address for each in await warnings(session)] == (
            ["anna@klant.example", "bram@klant.example"] if warned else []
        )
        assert (document.warned_at is not None) == warned


async def test_only_who_has_not_read_it_is_warned(sessions: Sessions, office: Office) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        read = await published(session, here, "akte.pdf", date(2026, 7, 8))
        await documents.download(session, customer(here.anna), read.id)
        secret = await published(session, here, "geheim.pdf", date(2026, 7, 8), confidential=True)
        withdrawn = await published(session, here, "fout.pdf", date(2026, 7, 8))
        await documents.withdraw(session, withdrawn, OFFICE)
        await expiry.warn(session, office, date(2026, 7, 1))
        told = [(each.address, each.values["document_id"]) for each in await warnings(session)]
        assert told == [
            ("anna@klant.example", secret.id),
            ("bram@klant.example", read.id),
            ("bram@klant.example", secret.id),
        ]
        assert (await warnings(session))[0].values == {
            "name": "Anna",
            "dossier_id": here.dossier.id,
            "dossier_number": "2026-0012",
            "dossier_description": "Levering woning 2026-0012",
            "document_id": secret.id,
            "document_name": "geheim.pdf",
            "shelf": "documents",
            "size": 1234,
            "confidential": True,
            "expires_on": "2026-07-08",
        }


async def test_the_jobs_go_on_by_themselves(
    sessions: Sessions, wake: Wake, office: Office, time: time_machine.Traveller
) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        for day in (4, 11, 14):
            await published(session, here, f"{day}.pdf", date(2026, 7, day), quiet=True)
        for _ in range(2):
            await routines.plan(session, office)
    scheduler = Scheduler(sessions, routines.jobs(office), wake=wake)
    await scheduler.drain()
    assert await _warned(sessions) == ["11.pdf", "4.pdf"]
    time.move_to(datetime(2026, 7, 4, 22, 6, tzinfo=UTC))
    await scheduler.drain()
    async with transaction(sessions) as session:
        assert await shelf(session, here) == ["14.pdf", "11.pdf"]
    assert await _warned(sessions) == ["11.pdf", "4.pdf"]
    time.move_to(datetime(2026, 7, 6, 7, 0, tzinfo=UTC))
    await scheduler.drain()
    time.move_to(datetime(2026, 7, 7, 7, 0, tzinfo=UTC))
    await scheduler.drain()
    assert await _warned(sessions) == ["11.pdf", "14.pdf", "4.pdf"]
    time.move_to(datetime(2026, 8, 1, 7, 0, tzinfo=UTC))
    await scheduler.drain()
    async with transaction(sessions) as session:
        assert await shelf(session, here) == []
        planned = await schedule.listing(session, still_open=True)
        assert {each.kind for each in planned} >= {expiry.EXPIRE, expiry.WARN}
        assert await schedule.failed(session) == []


async def test_many_go_page_by_page(
    sessions: Sessions,
    wake: Wake,
    office: Office,
    time: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(expiry, "A_PAGE", 2)
    async with transaction(sessions) as session:
        here = await situation(session)
        for n in range(5):
            await published(session, here, f"oud {n}.pdf", date(2026, 7, 2), quiet=True)
            await published(session, here, f"bijna {n}.pdf", date(2026, 7, 8), quiet=True)
        await routines.plan(session, office)
    await Scheduler(sessions, routines.jobs(office), wake=wake).drain()
    assert len(await _warned(sessions)) == 5
    async with transaction(sessions) as session:
        assert len(await shelf(session, here)) == 5


async def _warned(sessions: Sessions) -> list[str]:
    async with transaction(sessions) as session:
        return sorted({each.values["document_name"] for each in await warnings(session)})
