"""Who is told of an upload request: the person who is asked, or every participant."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core.documents.models import Document, SuppliedFile, UploadRequest
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.notifications import tell
from core.office import Office
from core.people.preferences import News
from core.staff.models import StaffMember


async def asked(session: AsyncSession, dossier: Dossier, request: UploadRequest, *, office: Office | None) -> None:
    """Something is wanted."""
    await _tell(session, dossier, request, "upload_request_new", f"upload-{request.id}", office=office)


async def rejected(
    session: AsyncSession, dossier: Dossier, request: UploadRequest, supplied: SuppliedFile, *, office: Office | None
) -> None:
    """A file was not what was wanted; why, and that it is asked again."""
    document = await session.get_one(Document, supplied.document_id)
    more = {"file_name": document.name, "reason": supplied.reason}
    await _tell(session, dossier, request, "upload_rejected", f"upload-rejected-{supplied.id}", office=office, **more)


async def accepted(session: AsyncSession, dossier: Dossier, request: UploadRequest, *, office: Office | None) -> None:
    """All that was wanted is there and in order."""
    await _tell(session, dossier, request, "upload_accepted", f"upload-accepted-{request.id}", office=office)


async def withdrawn(session: AsyncSession, dossier: Dossier, request: UploadRequest, *, office: Office | None) -> None:
    """It is no longer wanted."""
    await _tell(session, dossier, request, "upload_withdrawn", f"upload-withdrawn-{request.id}", office=office)


async def _tell(
    session: AsyncSession,
    dossier: Dossier,
    request: UploadRequest,
    kind: str,
    key: str,
    *,
    office: Office | None,
    **more: Any,
) -> None:
    values = {
        "dossier_id": dossier.id,
        "dossier_number": dossier.number,
        "dossier_description": dossier.description,
        "upload_request_id": request.id,
        "title": request.title,
        "explanation": request.explanation,
        "due_on": request.due_on.isoformat() if request.due_on else None,
        "author": await _author(session, request, office),
    }
    people = await dossiers.participants(session, dossier.id)
    for person_id in sorted(person.id for person in people if request.person_id in (None, person.id)):
        await tell.person(
            session,
            person_id,
            news=News.REQUEST,
            kind=kind,
            values=values | more,
            dossier_id=dossier.id,
            key=key,
            office=office,
        )


async def _author(session: AsyncSession, request: UploadRequest, office: Office | None) -> str:
    """Who asks: a staff member by name, else the office (empty where its name is not at hand)."""
    if request.asked_by_id is not None:
        return (await session.get_one(StaffMember, request.asked_by_id)).name
    return office.name if office else ""
