"""What waits for a person, over all their dossiers (HOME-1, DOC-7)."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE
from core.database import Sessions, transaction
from core.documents import documents, upload_requests
from core.documents.models import UploadRequest
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.office import Office
from core.portal import home, tasks
from tests.core.dossiers.situation import Situation, customer, opened, situation, stored, worker


async def asked(session: AsyncSession, here: Situation, dossier: Dossier, title: str, **options: Any) -> UploadRequest:
    return await upload_requests.ask(session, dossier, title=title, actor=worker(here.hugo), **options)


async def titles(session: AsyncSession, person_id: int) -> list[str]:
    """The titles, after proof that every count of them agrees."""
    found, total = await tasks.page(session, person_id, offset=0, limit=50)
    shown = await home.home(session, person_id, office=Office())
    assert len(found) == total == await tasks.count(session, person_id) == shown.actions
    return [task.title for task in found]


async def test_what_has_a_last_day_comes_first(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        other = await opened(session, here.account, "2026-0013")
        await dossiers.add_participant(session, other, here.anna, OFFICE)
        await asked(session, here, here.dossier, "Paspoort")
        await asked(session, here, other, "Loonstrook", due_on=date(2026, 8, 1))
        await asked(session, here, here.dossier, "Jaaropgave", due_on=date(2026, 7, 15), explanation="Van 2025.")
        await asked(session, here, here.dossier, "Van Bram", person=here.bram)
        assert await titles(session, here.anna.id) == ["Jaaropgave", "Loonstrook", "Paspoort"]
        assert await titles(session, here.bram.id) == ["Jaaropgave", "Paspoort", "Van Bram"]
        assert await titles(session, here.vera.id) == []
        [first], total = await tasks.page(session, here.anna.id, offset=0, limit=1)
        assert (total, first.kind, first.dossier_number, first.explanation, first.reason) == (
            3,
            tasks.TaskKind.UPLOAD,
            "2026-0012",
            "Van 2025.",
            "",
        )
        [last], _ = await tasks.page(session, here.anna.id, offset=2, limit=8)
        assert (last.title, last.due_on) == ("Paspoort", None)
        assert await tasks.page(session, here.anna.id, offset=8, limit=8) == ([], 3)


async def test_what_was_supplied_waits_for_the_office_until_it_is_asked_again(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        request = await asked(session, here, here.dossier, "Paspoort")
        file = await documents.supply(
            session, here.dossier, file=await stored(session), name="id.jpg", actor=customer(here.anna)
        )
        [answer] = await upload_requests.answer(session, request, [file], customer(here.anna))
        assert await titles(session, here.anna.id) == []
        await upload_requests.reject(session, answer, "Te onscherp", worker(here.hugo))
        assert await titles(session, here.anna.id) == ["Paspoort"]
        [task], _ = await tasks.page(session, here.anna.id, offset=0, limit=8)
        assert (task.id, task.reason) == (request.id, "Te onscherp")
        await upload_requests.withdraw(session, request, worker(here.hugo))
        assert await titles(session, here.anna.id) == []


async def test_nothing_waits_in_a_closed_dossier_or_one_that_is_not_mine(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await asked(session, here, here.dossier, "Paspoort")
        await dossiers.close(session, here.dossier, OFFICE)
        await session.flush()
        assert await titles(session, here.anna.id) == []
        await dossiers.reopen(session, here.dossier, OFFICE)
        await dossiers.remove_participant(session, here.dossier, here.anna, OFFICE)
        await session.flush()
        assert await titles(session, here.anna.id) == []
        assert await titles(session, here.bram.id) == ["Paspoort"]
