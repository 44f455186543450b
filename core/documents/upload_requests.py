"""Upload requests (DOC-7): the office names what it wants; it is a task until supplied; each file is accepted, or asked again."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, exists, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind
from core.audit import log
from core.documents import upload_telling
from core.documents.models import Decision, Document, RequestState, SuppliedFile, UploadRequest
from core.dossiers import dossiers, repeating
from core.dossiers.models import Dossier
from core.dossiers.searching import folded
from core.dossiers.visibility import READER, visible_to
from core.errors import Refused
from core.files.models import StoredFile
from core.office import Office, UploadPolicy
from core.people.models import Person

ACCEPTING = (RequestState.OPEN, RequestState.SUPPLIED)
"""While the office hasn't decided on everything, more files may come."""


class SuppliedRow(NamedTuple):
    """A file that answers a request; `size` in bytes, `decision` None while the office hasn't looked."""

    id: int
    document_id: int
    name: str
    size: int
    supplied_at: datetime
    decision: Decision | None
    reason: str


async def ask(
    session: AsyncSession,
    dossier: Dossier,
    *,
    title: str,
    explanation: str = "",
    person: Person | None = None,
    due_on: date | None = None,
    actor: Actor,
    office: Office | None = None,
) -> UploadRequest:
    """Asks the participants of a dossier, or one of them, for files, and tells them.

    Refused: `upload.title_missing`, `upload.not_participant` (name).
    """
    title = " ".join(title.split())[:200]
    if not title:
        raise Refused("upload.title_missing")
    taking_part = {each.id for each in await dossiers.participants(session, dossier.id)}
    if person is not None and person.id not in taking_part:
        raise Refused("upload.not_participant", name=person.name)
    moment = clock.now()
    request = UploadRequest(
        dossier_id=dossier.id,
        person_id=person.id if person else None,
        title=title,
        explanation=explanation.strip()[:2000],
        due_on=due_on,
        state=RequestState.OPEN,
        created_at=moment,
        asked_at=moment,
        asked_by_id=actor.id if actor.kind is ActorKind.STAFF else None,
    )
    await repeating.hold(session, dossier.id)
    session.add(request)
    await session.flush()
    await repeating.asking(session, dossier.id, _waiting())
    await dossiers.touch(session, dossier.id, moment)
    await log.record(session, actor, "upload.asked", subject=("upload_request", request.id), dossier_id=dossier.id)
    await upload_telling.asked(session, dossier, request, office=office)
    return request


async def accept(session: AsyncSession, supplied: SuppliedFile, actor: Actor, *, office: Office | None = None) -> bool:
    """The file is what was wanted; with the last undecided one the request is done, and who was asked is told so.

    Whether that changed anything. Refused("upload.decided") for one that was rejected.
    """
    request, supplied = await _held(session, supplied)
    if not await _decide(session, supplied, Decision.ACCEPTED, actor):
        return False
    undecided = select(exists().where(SuppliedFile.request_id == request.id, SuppliedFile.decision.is_(None)))
    if request.state == RequestState.SUPPLIED and not await session.scalar(undecided):
        request.state, request.ended_at = RequestState.DONE, supplied.decided_at
        dossier = await session.get_one(Dossier, request.dossier_id)
        await upload_telling.accepted(session, dossier, request, office=office)
    await session.flush()
    return True


async def reject(
    session: AsyncSession, supplied: SuppliedFile, reason: str, actor: Actor, *, office: Office | None = None
) -> bool:
    """The file is not what was wanted: the person is told why and asked again. Whether that changed anything.

    Refused: `upload.reason_missing`; `upload.decided` for one that was accepted.
    """
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise Refused("upload.reason_missing")
    request, supplied = await _held(session, supplied)
    if not await _decide(session, supplied, Decision.REJECTED, actor, reason):
        return False
    if request.state != RequestState.WITHDRAWN:
        request.state, request.asked_at, request.ended_at = RequestState.OPEN, clock.now(), None
        await session.flush()
        await repeating.asking(session, request.dossier_id, _waiting())
        dossier = await session.get_one(Dossier, request.dossier_id)
        await upload_telling.rejected(session, dossier, request, supplied, office=office)
    return True


async def withdraw(
    session: AsyncSession, request: UploadRequest, actor: Actor, *, office: Office | None = None
) -> bool:
    """The office no longer wants it; what was supplied stays. Who still had to supply it is told. Whether that changed it."""
    held = await _lock(session, request.id)
    if held.state not in ACCEPTING:
        return False
    waited, held.state, held.ended_at = held.state == RequestState.OPEN, RequestState.WITHDRAWN, clock.now()
    await session.flush()
    await repeating.asking(session, held.dossier_id, _waiting())
    await log.record(session, actor, "upload.withdrawn", subject=("upload_request", request.id))
    if waited:
        dossier = await session.get_one(Dossier, request.dossier_id)
        await upload_telling.withdrawn(session, dossier, held, office=office)
    return True


async def answer(
    session: AsyncSession, request: UploadRequest, documents: Sequence[Document], actor: Actor
) -> list[SuppliedFile]:
    """These documents answer the request: it waits for the office now. The message that carried them tells the office."""
    held = await _lock(session, request.id)
    moment = clock.now()
    files = [SuppliedFile(request_id=held.id, document_id=each.id, supplied_at=moment) for each in documents]
    session.add_all(files)
    if held.state == RequestState.OPEN and files:
        held.state = RequestState.SUPPLIED
    await session.flush()
    await repeating.asking(session, held.dossier_id, _waiting())
    await log.record(session, actor, "upload.supplied", subject=("upload_request", held.id), files=len(files))
    return files


async def access(session: AsyncSession, actor: Actor, request_id: int) -> UploadRequest:
    """The request, for who may see its dossier and is asked; Refused("upload.unknown") for all others."""
    query = _visible(actor).where(UploadRequest.id == request_id)
    request = (await session.scalars(query, {READER: actor.id})).one_or_none()
    if request is None:
        raise Refused("upload.unknown")
    return request


async def supplied(session: AsyncSession, actor: Actor, supplied_id: int) -> SuppliedFile:
    """One supplied file, for who may see its request."""
    found = await session.get(SuppliedFile, supplied_id)
    if found is None:
        raise Refused("upload.unknown")
    await access(session, actor, found.request_id)
    return found


async def listing(
    session: AsyncSession,
    actor: Actor,
    *,
    dossier_id: int | None = None,
    state: RequestState | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[UploadRequest]:
    """The requests that the actor may see, newest first."""
    query = _visible(actor).order_by(UploadRequest.id.desc()).limit(limit).offset(offset)
    if dossier_id is not None:
        query = query.where(UploadRequest.dossier_id == dossier_id)
    if state is not None:
        query = query.where(UploadRequest.state == state)
    return list(await session.scalars(query, {READER: actor.id}))


async def files_of(session: AsyncSession, request_id: int) -> list[SuppliedRow]:
    """What was supplied, oldest first; whether the caller may see the request was asked before (`access`)."""
    return await _rows(session, SuppliedFile.request_id == request_id)


async def files_with(session: AsyncSession, actor: Actor, message_id: int) -> list[SuppliedRow]:
    """What one message brought as an answer to a request, oldest first. Refused("upload.unknown") for who may not see it."""
    query = select(SuppliedFile.request_id).join(Document, Document.id == SuppliedFile.document_id)
    for request_id in list(await session.scalars(query.where(Document.message_id == message_id).distinct())):
        await access(session, actor, request_id)
    return await _rows(session, Document.message_id == message_id)


async def answered_by(session: AsyncSession, actor: Actor, message_id: int) -> UploadRequest | None:
    """The request that the files of one message answer, as far as the actor may see it."""
    query = (
        _visible(actor)
        .join(SuppliedFile, SuppliedFile.request_id == UploadRequest.id)
        .join(Document, Document.id == SuppliedFile.document_id)
        .where(Document.message_id == message_id)
        .limit(1)
    )
    return (await session.scalars(query, {READER: actor.id})).one_or_none()


async def open_for(session: AsyncSession, actor: Actor, dossier_id: int | None = None) -> list[UploadRequest]:
    """The requests that a person may answer now, those that wait for them first, oldest first."""
    query = _visible(actor).where(UploadRequest.state.in_(ACCEPTING))
    if dossier_id is not None:
        query = query.where(UploadRequest.dossier_id == dossier_id)
    query = query.order_by(UploadRequest.state != RequestState.OPEN, UploadRequest.id)
    return list(await session.scalars(query, {READER: actor.id}))


async def wanted(session: AsyncSession, actor: Actor, office: Office, dossier_id: int | None = None) -> bool:
    """Whether the actor may supply files now (DOC-6): in this dossier, or in any."""
    if office.upload_policy is UploadPolicy.FREE or not actor.is_person:
        return True
    return bool(await open_for(session, actor, dossier_id))


async def meant(
    session: AsyncSession, actor: Actor, dossier: Dossier, *, subject: str, request_id: int | None = None
) -> UploadRequest | None:
    """The request that files of this person in this dossier answer: the given one, else the only open one, else the one whose
    title stands in the subject."""
    accepting = await open_for(session, actor, dossier.id) if actor.is_person else []
    given = [each for each in accepting if each.id == request_id]
    waiting = [each for each in accepting if each.state == RequestState.OPEN]
    named = [each for each in accepting if folded(each.title) in folded(subject)]
    return next((choice[0] for choice in (given, waiting, named) if len(choice) == 1), None)


def _visible(actor: Actor) -> Select[UploadRequest]:
    query = select(UploadRequest).join(Dossier, Dossier.id == UploadRequest.dossier_id).where(visible_to(actor.kind))
    if actor.is_person:
        query = query.where(or_(UploadRequest.person_id.is_(None), UploadRequest.person_id == actor.id))
    return query


async def _rows(session: AsyncSession, condition: ColumnElement[bool]) -> list[SuppliedRow]:
    query = (
        select(SuppliedFile, Document.name, StoredFile.size)
        .join(Document, Document.id == SuppliedFile.document_id)
        .join(StoredFile, StoredFile.id == Document.file_id)
        .where(condition)
        .order_by(SuppliedFile.id)
    )
    return [
        SuppliedRow(row.id, row.document_id, name, size, row.supplied_at, row.decision, row.reason)
        for row, name, size in await session.execute(query)
    ]


@cache
def _waiting() -> Select[int]:
    """What the participants of a dossier are asked for."""
    query = select(UploadRequest.id).where(UploadRequest.dossier_id == bindparam("dossier_id"))
    return query.where(UploadRequest.state == literal_column("'open'")).limit(1)


async def _lock(session: AsyncSession, request_id: int) -> UploadRequest:
    """The request, held until this transaction ends: two decisions at once are taken one after the other."""
    of = select(UploadRequest.dossier_id).where(UploadRequest.id == request_id)
    await repeating.hold(session, (await session.scalars(of)).one())
    query = select(UploadRequest).where(UploadRequest.id == request_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def _held(session: AsyncSession, supplied: SuppliedFile) -> tuple[UploadRequest, SuppliedFile]:
    request = await _lock(session, supplied.request_id)
    await session.refresh(supplied)
    return request, supplied


async def _decide(
    session: AsyncSession, supplied: SuppliedFile, decision: Decision, actor: Actor, reason: str = ""
) -> bool:
    if supplied.decision == decision:
        return False
    if supplied.decision is not None:
        raise Refused("upload.decided")
    supplied.decision, supplied.reason, supplied.decided_at = decision, reason, clock.now()
    supplied.decided_by_id = actor.id if actor.kind is ActorKind.STAFF else None
    await log.record(session, actor, f"upload.{decision}", subject=("supplied_file", supplied.id))
    return True
