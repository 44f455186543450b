"""Documents of a dossier: published by the office, supplied by persons, downloaded by who may see the dossier."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core import clock
from core.actor import Actor, ActorKind
from core.audit import log
from core.documents.models import Document, Shelf
from core.dossiers import dossiers, receipts, repeating
from core.dossiers.models import Dossier, ItemKind, ReadAct
from core.dossiers.visibility import READER, may_see
from core.errors import Refused
from core.files.models import StoredFile
from core.files.names import safe_name
from core.notifications import taking_back, tell
from core.office import Office
from core.people import step_up
from core.people.preferences import News
from core.people.step_up import Act


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as a list shows it; `size` in bytes."""

    id: int
    name: str
    size: int
    media_type: str
    published_at: datetime
    unread: bool
    confidential: bool
    expires_on: date | None = None


async def publish(
    session: AsyncSession,
    dossier: Dossier,
    *,
    shelf: Shelf,
    file: StoredFile,
    name: str,
    actor: Actor,
    confidential: bool = False,
    external_key: str | None = None,
    quiet: bool = False,
    expires_on: date | None = None,
    office: Office | None = None,
) -> Document:
    """Puts a file of the office on "Correspondentie" or "Documenten" and tells the participants (DOC-1, DOC-2).

    With an `external_key` that was published before, that document is returned and nobody is told again. By mail the file
    goes along, unless it is confidential. `quiet` tells nobody (taking over from an old portal). `expires_on` is the last day
    on which it can be had (DOC-11). With `office`, a burst of documents is told together (NOTE-3).
    """
    if shelf is Shelf.SUPPLIED:
        raise ValueError("what persons supply is not published: use supply")
    document = Document(
        external_key=external_key,
        dossier_id=dossier.id,
        shelf=shelf,
        file_id=file.id,
        name=safe_name(name, file.media_type),
        published_at=clock.now(),
        published_by_id=actor.id if actor.kind is ActorKind.STAFF else None,
        confidential=confidential,
        expires_on=expires_on,
    )
    if (known := await _insert(session, document)) is not None:
        return known
    await dossiers.touch(session, dossier.id, document.published_at, ItemKind.DOCUMENT)
    await log.record(session, actor, "document.published", subject=("document", document.id), dossier_id=dossier.id)
    if not quiet:
        await _tell(session, dossier, document, file, office)
    return document


async def supply(
    session: AsyncSession,
    dossier: Dossier,
    *,
    file: StoredFile,
    name: str,
    actor: Actor,
    message_id: int | None = None,
) -> Document:
    """Puts a person's file on "Door mij aangeleverd" (DOC-3). The message that carried it tells the office, and says to the
    participants that something came (`dossiers.touch`)."""
    document = Document(
        dossier_id=dossier.id,
        shelf=Shelf.SUPPLIED,
        file_id=file.id,
        name=safe_name(name, file.media_type),
        published_at=clock.now(),
        supplied_by_id=actor.id if actor.is_person else None,
        message_id=message_id,
    )
    session.add(document)
    await session.flush()
    if message_id is None:
        await repeating.brought(session, dossier.id, ItemKind.DOCUMENT)
    return document


async def withdraw(session: AsyncSession, document: Document, actor: Actor) -> bool:
    """Takes a document off its shelf; who downloaded it keeps their copy, and whom it was not sent yet never gets it.

    Whether that changed anything.
    """
    if document.withdrawn_at is not None:
        return False
    document.withdrawn_at = clock.now()
    readers = [person.id for person in await dossiers.participants(session, document.dossier_id)]
    await taking_back.about_document(session, document_id=document.id, person_ids=readers)
    await log.record(session, actor, "document.withdrawn", subject=("document", document.id))
    return True


async def make_confidential(session: AsyncSession, document: Document) -> None:
    """From now on it needs a code and goes along with no mail (DOC-9), also not with one that waits."""
    document.confidential = True
    readers = [person.id for person in await dossiers.participants(session, document.dossier_id)]
    await taking_back.file_of_document(session, document_id=document.id, person_ids=readers)


async def set_expiry(session: AsyncSession, document: Document, expires_on: date | None, actor: Actor) -> bool:
    """The last day on which it can be had, None for always; one that was over may be had again. Whether that changed it."""
    if document.expires_on == expires_on:
        return False
    document.expires_on, document.warned_at, document.expired_at = expires_on, None, None
    on = expires_on.isoformat() if expires_on else None
    await log.record(session, actor, "document.expiry_set", subject=("document", document.id), expires_on=on)
    await session.flush()
    return True


async def page(
    session: AsyncSession, actor: Actor, dossier_id: int, *, shelf: Shelf, offset: int, limit: int
) -> tuple[list[DocumentRow], int]:
    """A page of a shelf, newest first, and how many stand on it. Refused("dossier.unknown") for who may not see the dossier."""
    await dossiers.access(session, actor, dossier_id)
    given = {READER: actor.id, "dossier_id": dossier_id, "shelf": shelf, "first": offset, "most": limit}
    found = (await session.execute(_page(actor.kind), given)).all()
    rows = [_row(document, size, media_type, unread=unread) for document, size, media_type, unread, _ in found]
    if found or not offset:
        return rows, found[0][-1] if found else 0
    return rows, await session.scalar(_total(), given) or 0


async def access(session: AsyncSession, actor: Actor, document_id: int) -> Document:
    """The document, for who may see its dossier. Refused("document.unknown") for all others, and when it was withdrawn;
    `document.expired` (name, on) for a person when it is over."""
    given = {READER: actor.id, "document_id": document_id}
    document = (await session.scalars(_visible(actor.kind), given)).one_or_none()
    if document is None:
        raise Refused("document.unknown")
    if actor.is_person and document.expired_at is not None and document.expires_on is not None:
        raise Refused("document.expired", name=document.name, on=f"{document.expires_on:%d-%m-%Y}")
    return document


async def download(session: AsyncSession, actor: Actor, document_id: int) -> tuple[Document, StoredFile]:
    """The document and its bytes' row; a person has read it by this (DOC-4), a staff member is logged.

    A confidential one needs a fresh code (DOC-9): Refused("step_up.needed"); it is delivered with `protect`.
    """
    document = await access(session, actor, document_id)
    if document.confidential:
        step_up.demand(actor, Act.DOCUMENT)
    file = await session.get_one(StoredFile, document.file_id)
    if actor.is_person:
        await receipts.read(
            session,
            person_id=actor.id,
            item_kind=ItemKind.DOCUMENT,
            item_id=document.id,
            dossier_id=document.dossier_id,
            act=ReadAct.DOWNLOAD,
            channel=actor.channel,
            left=_unread_left(),
        )
    else:
        await log.record(session, actor, "document.downloaded", subject=("document", document.id))
    return document, file


def unread_for(kind: ActorKind) -> ColumnElement[bool]:
    """The condition on `Document` that it is unread by the reader, a person or staff member by `kind`."""
    return receipts.unread(kind, ItemKind.DOCUMENT, Document.id, Document.supplied_by_id)


def shown(of: type[Document] = Document) -> ColumnElement[bool]:
    """The condition on documents that they stand on their shelf: not withdrawn, not over."""
    return of.withdrawn_at.is_(None) & of.expired_at.is_(None)


def as_news(dossier: Dossier, document: Document, size: int) -> dict[str, Any]:
    """What is told of a document, as values of a delivery; `size` in bytes."""
    return {
        "dossier_id": dossier.id,
        "dossier_number": dossier.number,
        "dossier_description": dossier.description,
        "document_id": document.id,
        "document_name": document.name,
        "shelf": str(document.shelf),
        "size": size,
        "confidential": document.confidential,
    }


def _row(document: Document, size: int, media_type: str, *, unread: bool) -> DocumentRow:
    return DocumentRow(
        id=document.id,
        name=document.name,
        size=size,
        media_type=media_type,
        published_at=document.published_at,
        unread=unread,
        confidential=document.confidential,
        expires_on=document.expires_on,
    )


@cache
def _page(kind: ActorKind) -> Select[Document, int, str, bool, int]:
    """The rows of a page, each with the total of the shelf."""
    return (
        select(Document, StoredFile.size, StoredFile.media_type, unread_for(kind), _total().scalar_subquery())
        .join(StoredFile, StoredFile.id == Document.file_id)
        .where(*_on_shelf(Document))
        .order_by(Document.id.desc())
        .offset(bindparam("first"))
        .limit(bindparam("most"))
    )


@cache
def _total() -> Select[int]:
    every = aliased(Document)
    return select(func.count()).select_from(every).where(*_on_shelf(every))


def _on_shelf(of: type[Document]) -> tuple[ColumnElement[bool], ...]:
    return of.dossier_id == bindparam("dossier_id"), of.shelf == bindparam("shelf"), shown(of)


@cache
def _unread_left() -> Select[int]:
    """A document of `dossier_id` that the person `READER` has not downloaded; one that is over may be had again."""
    unread = (Document.withdrawn_at.is_(None), unread_for(ActorKind.PERSON))
    return select(Document.id).where(Document.dossier_id == bindparam("dossier_id"), *unread).limit(1)


@cache
def _visible(kind: ActorKind) -> Select[Document]:
    return (
        select(Document)
        .join(Dossier, Dossier.id == Document.dossier_id)
        .where(Document.id == bindparam("document_id"), Document.withdrawn_at.is_(None), may_see(kind))
    )


async def _insert(session: AsyncSession, document: Document) -> Document | None:
    """Adds the document, or returns the one that has its external key already."""
    if document.external_key is None:
        session.add(document)
        await session.flush()
        return None
    by_key = select(Document).where(Document.external_key == document.external_key)
    if (known := (await session.scalars(by_key)).one_or_none()) is not None:
        return known
    try:
        async with session.begin_nested():
            session.add(document)
    except IntegrityError:
        return (await session.scalars(by_key)).one()
    return None


async def _tell(
    session: AsyncSession, dossier: Dossier, document: Document, file: StoredFile, office: Office | None
) -> None:
    files = () if document.confidential else tell.as_files([(file, document.name)])
    for person_id in sorted(person.id for person in await dossiers.participants(session, dossier.id)):
        await tell.person(
            session,
            person_id,
            news=News.DOCUMENT,
            kind="document_new",
            values=as_news(dossier, document, file.size),
            files=files,
            dossier_id=dossier.id,
            key=f"document-{document.id}",
            office=office,
        )
