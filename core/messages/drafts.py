"""Writing a message: a draft in the database, so that it survives restarts and is there again on return (MSG-3 to MSG-7).

A person has one open draft at most. Every verb works on that one and returns how it looks now, counted against `limit`
(the office's `message_limit`); without an open draft they raise Refused("draft.unknown").
"""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor
from core.documents import upload_requests
from core.dossiers import dossiers
from core.errors import Refused
from core.files.models import StoredFile
from core.files.names import safe_name
from core.messages import messages, wording
from core.messages.models import Draft, DraftAttachment, DraftPart, Message
from core.messages.viewing import DraftFile, DraftView, view
from core.office import Office

__all__ = [
    "DraftFile",
    "DraftView",
    "add_text",
    "attach",
    "cancel",
    "choose_dossier",
    "current",
    "drop_pending",
    "edit_text",
    "file_from",
    "full_text",
    "keep",
    "remove",
    "replace_file",
    "send",
    "set_subject",
    "start",
]


async def current(session: AsyncSession, person_id: int, *, limit: int = wording.LIMIT) -> DraftView | None:
    """The person's open draft, or None."""
    draft = await _open(session, person_id)
    return await view(session, draft, limit=limit) if draft is not None else None


async def start(
    session: AsyncSession,
    actor: Actor,
    *,
    dossier_id: int | None = None,
    reply_to_id: int | None = None,
    upload_request_id: int | None = None,
    subject: str = "",
    limit: int = wording.LIMIT,
) -> DraftView:
    """Begins a message: in a dossier, as an answer or to supply what was asked (which both have their dossier and a subject), or
    with the dossier still to choose.

    Refused("draft.exists") while another one is open; `upload.closed` for a request that wants nothing more; `dossier.unknown`,
    `message.unknown` and `upload.unknown` as everywhere.
    """
    if await _open(session, actor.id) is not None:
        raise Refused("draft.exists")
    subject = wording.subject(subject)
    if reply_to_id is not None:
        original = await messages.access(session, actor, reply_to_id)
        dossier_id, subject = original.dossier_id, subject or wording.reply_subject(original.subject)
    elif upload_request_id is not None:
        request = await upload_requests.access(session, actor, upload_request_id)
        if request.state not in upload_requests.ACCEPTING:
            raise Refused("upload.closed", title=request.title)
        dossier_id, subject = request.dossier_id, subject or wording.subject(request.title)
    elif dossier_id is not None:
        await dossiers.access(session, actor, dossier_id)
    moment = clock.now()
    draft = Draft(
        person_id=actor.id,
        dossier_id=dossier_id,
        reply_to_id=reply_to_id,
        upload_request_id=upload_request_id,
        subject=subject,
        created_at=moment,
        updated_at=moment,
    )
    try:
        async with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        raise Refused("draft.exists") from None
    return await view(session, draft, limit=limit)


async def add_text(
    session: AsyncSession, actor: Actor, *, source: str, text: str, limit: int = wording.LIMIT
) -> DraftView:
    """Adds a piece of text; one of the same `source` counts once. What Telegram split is joined without a break (MSG-4)."""
    draft = await _must_be_open(session, actor)
    if await _part(session, draft, source) is None:
        session.add(DraftPart(draft_id=draft.id, source=source, text=wording.keepable(text)))
    return await _changed(session, draft, limit)


async def edit_text(
    session: AsyncSession, actor: Actor, *, source: str, text: str, limit: int = wording.LIMIT
) -> DraftView | None:
    """Changes the piece that came from `source` (MSG-8); a file of the draft gets a caption so too. None when nothing on the
    open draft came from there."""
    draft = await _open(session, actor.id)
    if draft is None:
        return None
    part = await _part(session, draft, source)
    if part is None:
        known = select(DraftAttachment.id).where(DraftAttachment.draft_id == draft.id, DraftAttachment.source == source)
        if await session.scalar(known) is None:
            return None
        return (
            await add_text(session, actor, source=source, text=text, limit=limit)
            if text
            else await _changed(session, draft, limit)
        )
    part.text = wording.keepable(text)
    return await _changed(session, draft, limit)


async def attach(
    session: AsyncSession,
    actor: Actor,
    *,
    source: str,
    file: StoredFile,
    name: str,
    limit: int = wording.LIMIT,
    office: Office | None = None,
) -> DraftView:
    """Adds a file that waits to be kept or dropped; one of the same `source` counts once.

    With `office`, Refused("upload.on_request") at once where only what was asked may be supplied (DOC-6); else when it is sent.
    """
    draft = await _must_be_open(session, actor)
    if office is not None and not await upload_requests.wanted(session, actor, office, draft.dossier_id):
        raise Refused("upload.on_request")
    known = select(DraftAttachment.id).where(DraftAttachment.draft_id == draft.id, DraftAttachment.source == source)
    if await session.scalar(known) is None:
        served = safe_name(name, file.media_type)
        session.add(DraftAttachment(draft_id=draft.id, source=source, file_id=file.id, name=served))
    return await _changed(session, draft, limit)


async def file_from(session: AsyncSession, actor: Actor, source: str) -> StoredFile | None:
    """The file that came from `source`, on the person's open draft or sent with it; None when none did."""
    query = (
        select(StoredFile)
        .join(DraftAttachment, DraftAttachment.file_id == StoredFile.id)
        .join(Draft, Draft.id == DraftAttachment.draft_id)
        .where(DraftAttachment.source == source, Draft.person_id == actor.id)
        .order_by(Draft.id.desc())
        .limit(1)
    )
    return await session.scalar(query) if actor.is_person else None


async def replace_file(
    session: AsyncSession, actor: Actor, *, source: str, file: StoredFile, name: str, limit: int = wording.LIMIT
) -> DraftView | None:
    """Puts another file in the place of the one that came from `source` (MSG-8). None when the open draft has no such file."""
    draft = await _open(session, actor.id)
    if draft is None:
        return None
    known = select(DraftAttachment).where(DraftAttachment.draft_id == draft.id, DraftAttachment.source == source)
    attachment = (await session.scalars(known)).one_or_none()
    if attachment is None:
        return None
    attachment.file_id, attachment.name = file.id, safe_name(name, file.media_type)
    return await _changed(session, draft, limit)


async def keep(session: AsyncSession, actor: Actor, *, limit: int = wording.LIMIT) -> DraftView:
    """[Upload n bestanden]: the waiting files go with the message."""
    draft = await _must_be_open(session, actor)
    await session.execute(update(DraftAttachment).where(*_waiting(draft)).values(kept=True))
    return await _changed(session, draft, limit)


async def drop_pending(session: AsyncSession, actor: Actor, *, limit: int = wording.LIMIT) -> DraftView:
    """[Annuleer]: the waiting files don't; those kept before do."""
    draft = await _must_be_open(session, actor)
    await session.execute(delete(DraftAttachment).where(*_waiting(draft)))
    return await _changed(session, draft, limit)


async def remove(session: AsyncSession, actor: Actor, attachment_id: int, *, limit: int = wording.LIMIT) -> DraftView:
    """Takes one file off the draft; one that is gone already stays gone."""
    draft = await _must_be_open(session, actor)
    theirs = (DraftAttachment.draft_id == draft.id, DraftAttachment.id == attachment_id)
    await session.execute(delete(DraftAttachment).where(*theirs))
    return await _changed(session, draft, limit)


async def set_subject(session: AsyncSession, actor: Actor, subject: str, *, limit: int = wording.LIMIT) -> DraftView:
    """The subject, on one line. Refused("draft.subject_missing") for an empty one."""
    draft = await _must_be_open(session, actor)
    if not (given := wording.subject(subject)):
        raise Refused("draft.subject_missing")
    draft.subject = given
    return await _changed(session, draft, limit)


async def choose_dossier(
    session: AsyncSession, actor: Actor, dossier_id: int, *, limit: int = wording.LIMIT
) -> DraftView:
    """The dossier that the message belongs to; in another dossier it no longer answers what it answered."""
    draft = await _must_be_open(session, actor)
    dossier = await dossiers.access(session, actor, dossier_id)
    if draft.dossier_id != dossier.id:
        draft.dossier_id, draft.reply_to_id, draft.upload_request_id = dossier.id, None, None
    return await _changed(session, draft, limit)


async def cancel(session: AsyncSession, actor: Actor) -> None:
    """Drops the draft; without one nothing happens."""
    if (draft := await _open(session, actor.id)) is not None:
        draft.ended_at = clock.now()
        await session.flush()


async def send(
    session: AsyncSession,
    actor: Actor,
    draft_id: int,
    *,
    office: Office,
    full_text_file: StoredFile | None = None,
) -> Message:
    """Sends the draft. Twice at once sends once: the second gets the same message.

    An over-long draft is cut at the office's limit with `full_text_file`, the stored bytes of `full_text(view)`, attached.
    Refused: `draft.unknown` (not this person's, or cancelled), `draft.dossier_missing`, `draft.subject_missing`,
    `draft.text_missing`, `draft.attachment_missing`, `draft.files_pending` (n); `upload.on_request` for files that nobody asked
    for (DOC-6); `dossier.unknown` when the person no longer sees it.
    """
    draft = await _locked(session, actor, draft_id)
    if draft.message_id is not None:
        return await session.get_one(Message, draft.message_id)
    shown = await view(session, draft, limit=office.message_limit)
    _refuse_unfinished(shown)
    dossier = await dossiers.access(session, actor, shown.dossier_id or 0)
    files = await _kept(session, draft)
    if files and not await upload_requests.wanted(session, actor, office, dossier.id):
        raise Refused("upload.on_request")
    message = await messages.post(
        session,
        dossier,
        actor=actor,
        subject=shown.subject,
        text=shown.text,
        files=files,
        reply_to=shown.reply_to_id,
        source=f"draft:{draft.id}",
        office=office,
        full_text_file=full_text_file,
        upload_request_id=draft.upload_request_id,
    )
    draft.message_id, draft.ended_at = message.id, clock.now()
    await session.flush()
    return message


def full_text(draft: DraftView) -> str:
    """The whole text of a draft, to be stored as a text file (UTF-8) when it is over the limit."""
    return draft.text


async def _open(session: AsyncSession, person_id: int) -> Draft | None:
    return (await session.scalars(_open_of(), {"person_id": person_id})).one_or_none()


@cache
def _open_of() -> Select[Draft]:
    return select(Draft).where(Draft.person_id == bindparam("person_id"), Draft.ended_at.is_(None))


async def _must_be_open(session: AsyncSession, actor: Actor) -> Draft:
    draft = await _open(session, actor.id) if actor.is_person else None
    if draft is None:
        raise Refused("draft.unknown")
    return draft


async def _locked(session: AsyncSession, actor: Actor, draft_id: int) -> Draft:
    """The person's draft, open or sent, held until this transaction ends."""
    query = select(Draft).where(Draft.id == draft_id, Draft.person_id == actor.id).with_for_update()
    draft = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if draft is None or not actor.is_person or (draft.ended_at is not None and draft.message_id is None):
        raise Refused("draft.unknown")
    return draft


def _refuse_unfinished(draft: DraftView) -> None:
    for what in draft.missing:
        if what == "files":
            raise Refused("draft.files_pending", n=draft.pending)
        raise Refused(f"draft.{what}_missing")


async def _changed(session: AsyncSession, draft: Draft, limit: int) -> DraftView:
    draft.updated_at = clock.now()
    await session.flush()
    return await view(session, draft, limit=limit)


async def _part(session: AsyncSession, draft: Draft, source: str) -> DraftPart | None:
    query = select(DraftPart).where(DraftPart.draft_id == draft.id, DraftPart.source == source)
    return (await session.scalars(query)).one_or_none()


async def _kept(session: AsyncSession, draft: Draft) -> Sequence[tuple[StoredFile, str]]:
    query = (
        select(StoredFile, DraftAttachment.name)
        .join(DraftAttachment, DraftAttachment.file_id == StoredFile.id)
        .where(DraftAttachment.draft_id == draft.id, DraftAttachment.kept)
        .order_by(DraftAttachment.id)
    )
    return [(file, name) for file, name in await session.execute(query)]


def _waiting(draft: Draft) -> tuple[ColumnElement[bool], ...]:
    return (DraftAttachment.draft_id == draft.id, DraftAttachment.kept.is_(False))
