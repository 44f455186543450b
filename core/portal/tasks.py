"""What waits for a person: their tasks over all their dossiers, and how many there are (HOME-1, HOME-2).

There is one kind of task: an upload request that is open (DOC-7).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.documents.models import Decision, SuppliedFile, UploadRequest
from core.dossiers.models import Dossier, Participant
from core.dossiers.visibility import READER, seen_as_participant

IS_OPEN = UploadRequest.state == literal_column("'open'")


class TaskKind(StrEnum):
    """What there is to do."""

    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `id` is that of what it is about (an `UploadRequest`); `reason` says why it is asked again, else empty."""

    kind: TaskKind
    id: int
    dossier_id: int
    dossier_number: str
    dossier_description: str
    title: str
    explanation: str
    due_on: date | None
    asked_at: datetime
    reason: str


async def page(session: AsyncSession, person_id: int, *, offset: int, limit: int) -> tuple[list[Task], int]:
    """A page of the person's tasks and how many there are: what has a last day first, the soonest first, then by age.

    What is asked in a closed dossier waits for nobody.
    """
    given = {READER: person_id, "first": offset, "most": limit}
    rows = (await session.execute(_page(), given)).all()
    return [_task(*row) for row in rows], await count(session, person_id)


async def count(session: AsyncSession, person_id: int) -> int:
    """How many tasks wait for the person."""
    return await session.scalar(_count(), {READER: person_id}) or 0


@cache
def _count() -> Select[int]:
    return select(counted())


async def oldest(session: AsyncSession, person_id: int) -> datetime | None:
    """Since when the person's oldest task waits; None without tasks."""
    found: datetime | None = await session.scalar(_open(select(func.min(UploadRequest.asked_at))), {READER: person_id})
    return found


@cache
def counted() -> ScalarSelect[int]:
    """The number of tasks of the person `READER`, for a statement around it."""
    return _open(select(func.count()).select_from(UploadRequest)).scalar_subquery()


def _task(request: UploadRequest, number: str, description: str, reason: str | None) -> Task:
    return Task(
        kind=TaskKind.UPLOAD,
        id=request.id,
        dossier_id=request.dossier_id,
        dossier_number=number,
        dossier_description=description,
        title=request.title,
        explanation=request.explanation,
        due_on=request.due_on,
        asked_at=request.asked_at,
        reason=reason or "",
    )


@cache
def _page() -> Select[Any]:
    rejected = select(SuppliedFile.reason).where(
        SuppliedFile.request_id == UploadRequest.id, SuppliedFile.decision == Decision.REJECTED
    )
    last_reason = rejected.order_by(SuppliedFile.decided_at.desc(), SuppliedFile.id.desc()).limit(1).scalar_subquery()
    query = _open(select(UploadRequest, Dossier.number, Dossier.description, last_reason))
    soonest = (UploadRequest.due_on.is_(None), UploadRequest.due_on, UploadRequest.asked_at, UploadRequest.id)
    return query.order_by(*soonest).offset(bindparam("first")).limit(bindparam("most"))


def _open(query: Select[Any]) -> Select[Any]:
    """The same of the requests that wait for the reader."""
    for_me = or_(UploadRequest.person_id.is_(None), UploadRequest.person_id == bindparam(READER))
    return (
        query.join(Dossier, Dossier.id == UploadRequest.dossier_id)
        .join(Participant, Participant.dossier_id == Dossier.id)
        .where(seen_as_participant(), Participant.asked, IS_OPEN, for_me, Dossier.closed_at.is_(None))
    )
