"""Documents that can be had until a day (DOC-11): a week before, who hasn't read it is warned; after it, it is not shown.

Two jobs of the schedule, each once a day by the office's clock: `EXPIRE` just after midnight, `WARN` when the office opens. A
job plans the next one of its kind; `plan` makes sure, when the product starts, that there is one.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import OFFICE, ActorKind
from core.audit import log
from core.documents import documents
from core.documents.models import Document
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.dossiers.visibility import READER
from core.files.models import StoredFile
from core.notifications import tell
from core.notifications.hours import next_open
from core.office import Office
from core.people.preferences import News
from core.schedule import schedule
from core.schedule.scheduler import Job

EXPIRE, WARN = "documents.expire", "documents.warn"
"""The kinds of jobs."""

WARN_BEFORE = timedelta(days=7)
A_PAGE = 100
"""Documents in one transaction; more of them go on in the next."""

_AFTER_MIDNIGHT = time(0, 5)
_A_DAY = timedelta(days=1)

Step = Callable[[AsyncSession, Office, date], Awaitable[bool]]


def jobs(office: Office) -> Mapping[str, Job]:
    """The jobs, for the scheduler."""
    return {EXPIRE: _daily(EXPIRE, expire, office), WARN: _daily(WARN, warn, office)}


async def plan(session: AsyncSession, office: Office) -> None:
    """Plans the jobs of today, if they weren't done, and the next ones. Repeating it changes nothing."""
    today = clock.now().astimezone(office.timezone).date()
    for kind in (EXPIRE, WARN):
        for day in (today, today + _A_DAY):
            await _plan(session, kind, office, day)


async def expire(session: AsyncSession, office: Office, today: date) -> bool:
    """Takes what is over by now off its shelf, a page of it; whether there is more."""
    del office
    over = (Document.expires_on < today, Document.expired_at.is_(None))
    found = list(
        await session.scalars(select(Document.id).where(*over).order_by(Document.expires_on, Document.id).limit(A_PAGE))
    )
    if found:
        ended = update(Document).where(Document.id.in_(found)).values(expired_at=clock.now())
        await session.execute(ended)
    for document_id in found:
        await log.record(session, OFFICE, "document.expired", subject=("document", document_id))
    return len(found) == A_PAGE


async def warn(session: AsyncSession, office: Office, today: date) -> bool:
    """Tells who hasn't read a document that it goes within a week, a page of them; whether there is more.

    What would have to be told on a day on which the office is closed is told on the last day before.
    """
    next_time = next_open(office, datetime.combine(today + _A_DAY, time(0), tzinfo=office.timezone)).date()
    query = _going(today, before=next_time + WARN_BEFORE)
    found = (await session.execute(query)).all()
    told = []
    for document, dossier, size in found:
        document.warned_at = clock.now()
        told += [(person_id, document, dossier, size) for person_id in await _unread_by(session, document)]
    for person_id, document, dossier, size in sorted(told, key=lambda each: (each[0], each[1].id)):
        values = documents.as_news(dossier, document, size) | {"expires_on": str(document.expires_on)}
        await _tell(session, person_id, document, values, office)
    await session.flush()
    return len(found) == A_PAGE


def _daily(kind: str, step: Step, office: Office) -> Job:
    """The job that does a page of a day's work and plans what comes next."""

    async def job(session: AsyncSession, values: dict[str, Any]) -> None:
        today = clock.now().astimezone(office.timezone).date()
        for ahead in (1, 2):  # two, so that one day that fails for good doesn't end the row
            await _plan(session, kind, office, today + ahead * _A_DAY)
        if await step(session, office, today):
            page = int(values.get("page", 0)) + 1
            await schedule.plan(session, kind, due_at=clock.now(), key=f"{kind}-{today}-{page}", page=page)

    return job


async def _plan(session: AsyncSession, kind: str, office: Office, day: date) -> None:
    midnight = datetime.combine(day, _AFTER_MIDNIGHT, tzinfo=office.timezone)
    due_at = midnight if kind == EXPIRE else next_open(office, max(midnight, clock.now()))
    await schedule.plan(session, kind, due_at=due_at, key=f"{kind}-{due_at:%Y-%m-%d}")


def _going(today: date, *, before: date) -> Select[Document, Dossier, int]:
    return (
        select(Document, Dossier, StoredFile.size)
        .join(Dossier, Dossier.id == Document.dossier_id)
        .join(StoredFile, StoredFile.id == Document.file_id)
        .where(Document.expires_on >= today, Document.expires_on < before)
        .where(documents.shown(), Document.warned_at.is_(None))
        .order_by(Document.expires_on, Document.id)
        .limit(A_PAGE)
    )


async def _unread_by(session: AsyncSession, document: Document) -> list[int]:
    unread = select(Document.id).where(Document.id == document.id, documents.unread_for(ActorKind.PERSON))
    people = await dossiers.participants(session, document.dossier_id)
    return [each.id for each in people if await session.scalar(unread, {READER: each.id}) is not None]


async def _tell(
    session: AsyncSession, person_id: int, document: Document, values: dict[str, Any], office: Office
) -> None:
    await tell.person(
        session,
        person_id,
        news=News.DOCUMENT,
        kind="document_expiring",
        values=values,
        dossier_id=document.dossier_id,
        key=f"document-expiring-{document.id}-{document.expires_on}",
        office=office,
    )
