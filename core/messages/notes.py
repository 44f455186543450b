"""Notes: what staff remark in a dossier for each other. No person of the customer's side ever sees one (STAFF-1, STAFF-2)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind
from core.audit import log
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.errors import Refused
from core.files.models import StoredFile
from core.files.names import safe_name
from core.messages import wording
from core.messages.models import Note
from core.notifications import tell


async def add(
    session: AsyncSession,
    dossier: Dossier,
    *,
    actor: Actor,
    text: str,
    files: Sequence[tuple[StoredFile, str]] = (),
    source: str | None = None,
) -> Note:
    """A note in a dossier that the actor may see. A second one of the same `source` is the first, and nothing happens.

    Refused("dossier.unknown") to a person, Refused("message.empty") without text and files.
    """
    if actor.is_person:
        raise Refused("dossier.unknown")
    if (known := await _by_source(session, source)) is not None:
        return known
    kept = wording.clean(text)
    if not kept and not files:
        raise Refused("message.empty")
    note = Note(
        dossier_id=dossier.id,
        staff_id=actor.id if actor.kind is ActorKind.STAFF else None,
        text=kept,
        files=tell.as_files(files),
        source=source,
        created_at=clock.now(),
    )
    try:
        async with session.begin_nested():
            session.add(note)
    except IntegrityError:
        if (known := await _by_source(session, source)) is not None:
            return known
        raise
    await log.record(session, actor, "note.added", subject=("note", note.id), dossier_id=dossier.id)
    return note


async def listing(session: AsyncSession, actor: Actor, dossier_id: int, *, limit: int = 50) -> list[Note]:
    """The notes of a dossier, newest first, for staff who may see it; Refused("dossier.unknown") for all others."""
    if actor.is_person:
        raise Refused("dossier.unknown")
    await dossiers.access(session, actor, dossier_id)
    query = select(Note).where(Note.dossier_id == dossier_id).order_by(Note.id.desc()).limit(limit)
    return list(await session.scalars(query))


async def files(session: AsyncSession, actor: Actor, note_id: int) -> list[tuple[StoredFile, str]]:
    """The files of a note and what each is called, for staff who may see its dossier; that they were had is logged.

    Refused("note.unknown") for all others, whether it exists or not.
    """
    note = None if actor.is_person else await session.get(Note, note_id)
    if note is None or not await _sees(session, actor, note):
        raise Refused("note.unknown")
    await log.record(session, actor, "note.downloaded", subject=("note", note.id), dossier_id=note.dossier_id)
    kept = [(await session.get_one(StoredFile, file["file_id"]), file["name"]) for file in note.files]
    return [(file, safe_name(name, file.media_type)) for file, name in kept]


async def _sees(session: AsyncSession, actor: Actor, note: Note) -> bool:
    try:
        await dossiers.access(session, actor, note.dossier_id)
    except Refused:
        return False
    return True


async def _by_source(session: AsyncSession, source: str | None) -> Note | None:
    if source is None:
        return None
    return (await session.scalars(select(Note).where(Note.source == source))).one_or_none()
