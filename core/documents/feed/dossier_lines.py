"""Lines about dossiers, participants, progress and documents."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE
from core.audit import log
from core.documents import documents
from core.documents.feed.errors import FeedError
from core.documents.feed.lines import DocumentLine, DossierLine, ParticipantLine, ProgressLine
from core.documents.feed.references import References
from core.documents.models import Document, Shelf
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.errors import Refused
from core.files import files as stored_files
from core.files.content import Content
from core.files.models import StoredFile
from core.files.names import safe_name
from core.office import Office
from core.staff.models import StaffMember


async def dossier(session: AsyncSession, line: DossierLine, known: References) -> bool:
    """Opens a dossier or changes it; closes or reopens it."""
    account = await known.account(line.account)
    handler = await known.staff(line.handler) if line.handler else None
    found = await _dossier(session, line.number)
    if found is None:
        made = await dossiers.create(
            session,
            account_id=account.id,
            number=line.number,
            description=line.description,
            status=line.status,
            kind=line.kind,
            handler_id=handler.id if handler else None,
            actor=known.actor,
        )
        if line.closed:
            await dossiers.close(session, made, known.actor)
        return True
    return await _changed(session, found, line, account.id, handler, known)


async def participant(session: AsyncSession, line: ParticipantLine, known: References) -> bool:
    """Lets a person see a dossier, or no longer."""
    found = await known.dossier(line.dossier)
    person = await known.person(line.person)
    if line.removed:
        return await dossiers.remove_participant(session, found, person, known.actor)
    if any(each.id == person.id for each in await dossiers.participants(session, found.id)):
        return False
    await dossiers.add_participant(session, found, person, known.actor)
    return True


async def progress(session: AsyncSession, line: ProgressLine, known: References) -> bool:
    """The steps of a dossier."""
    found = await known.dossier(line.dossier)
    steps = [(step.label, _moment(step.done)) for step in line.steps]
    return await dossiers.set_progress(session, found, steps, actor=known.actor)


async def document(
    session: AsyncSession,
    line: DocumentLine,
    known: References,
    files: Mapping[str, Content],
    *,
    office: Office | None = None,
) -> bool:
    """Publishes a document, a new version of one, or withdraws it."""
    found = (await session.scalars(select(Document).where(Document.external_key == line.key))).one_or_none()
    if line.withdrawn:
        return found is not None and await documents.withdraw(session, found, known.actor)
    into = await known.dossier(line.dossier)
    if found is not None and await _same(session, found, line, into):
        return await _relabelled(session, found, line, known)
    content = files.get(line.sha256)
    if content is None:
        raise FeedError("feed.file_missing", line=known.line, field="file", value=line.file)
    if content.sha256 != line.sha256:
        raise FeedError("feed.file_differs", line=known.line, field="sha256", value=line.file)
    if found is not None:
        await documents.withdraw(session, found, known.actor)
        found.external_key = None
        await session.flush()
    await documents.publish(
        session,
        into,
        shelf=Shelf(line.shelf),
        file=await stored_files.record(session, content, name=line.name, actor=known.actor),
        name=line.name,
        actor=known.actor,
        confidential=line.confidential,
        external_key=line.key,
        quiet=line.quiet,
        expires_on=line.expires_on,
        office=office,
    )
    return True


async def _dossier(session: AsyncSession, number: str) -> Dossier | None:
    try:
        return await dossiers.by_number(session, OFFICE, number)
    except Refused:
        return None


async def _changed(
    session: AsyncSession,
    found: Dossier,
    line: DossierLine,
    account_id: int,
    handler: StaffMember | None,
    known: References,
) -> bool:
    if found.account_id != account_id:
        raise FeedError("feed.invalid", line=known.line, field="account", reason="a dossier stays with its account")
    changes = [
        await dossiers.set_status(session, found, line.status, known.actor),
        await dossiers.set_description(session, found, line.description, known.actor),
        await dossiers.set_handler(session, found, handler, known.actor),
        await (dossiers.close if line.closed else dossiers.reopen)(session, found, known.actor),
        found.kind != line.kind,
    ]
    found.kind = line.kind
    await session.flush()
    return any(changes)


async def _same(session: AsyncSession, found: Document, line: DocumentLine, into: Dossier) -> bool:
    """Whether the document that is published under this key is the one of the line: same bytes, same place."""
    file = await session.get_one(StoredFile, found.file_id)
    published = found.withdrawn_at is None and found.dossier_id == into.id and found.shelf == line.shelf
    return published and file.sha256 == line.sha256


async def _relabelled(session: AsyncSession, found: Document, line: DocumentLine, known: References) -> bool:
    """Another name, another last day, or confidential now: that is no news to anybody."""
    moved = await documents.set_expiry(session, found, line.expires_on, known.actor)
    file = await session.get_one(StoredFile, found.file_id)
    name = safe_name(line.name, file.media_type)
    if (found.name, found.confidential) == (name, line.confidential):
        return moved
    if line.confidential and not found.confidential:
        await documents.make_confidential(session, found)
    found.name, found.confidential = name, line.confidential
    await log.record(session, known.actor, "document.changed", subject=("document", found.id))
    return True


def _moment(done: date | datetime | None) -> datetime | None:
    """A day without a time is noon UTC, which is the same day in every office of this half of the world."""
    if done is None or isinstance(done, datetime):
        return done
    return datetime.combine(done, time(12), tzinfo=UTC)
