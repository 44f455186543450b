"""What stands in a dossier, with numbers that a person can name it by: the mail channel has no buttons."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor, ActorKind
from core.documents import documents
from core.documents.models import Document, Shelf
from core.dossiers import dossiers
from core.dossiers.visibility import READER
from core.files.models import StoredFile


@dataclass(frozen=True, slots=True)
class NumberedDocument:
    """A document and its number within the dossier, which it keeps: what comes later gets a higher one. `size` in bytes."""

    number: int
    id: int
    name: str
    size: int
    shelf: Shelf
    published_at: datetime
    unread: bool
    confidential: bool
    expires_on: date | None


async def numbered_documents(session: AsyncSession, actor: Actor, dossier_id: int) -> list[NumberedDocument]:
    """All that stands on the shelves of a dossier, newest first. Refused("dossier.unknown") for who may not see it."""
    await dossiers.access(session, actor, dossier_id)
    found = await session.execute(_numbered(actor.kind), {READER: actor.id, "dossier_id": dossier_id})
    return [
        NumberedDocument(
            number=number,
            id=document.id,
            name=document.name,
            size=size,
            shelf=Shelf(document.shelf),
            published_at=document.published_at,
            unread=unread,
            confidential=document.confidential,
            expires_on=document.expires_on,
        )
        for document, number, size, unread in found
    ]


@cache
def _numbered(kind: ActorKind) -> Select[Any]:
    """Numbered over all that ever stood there, so that one that is withdrawn doesn't change the numbers of the others."""
    every = (
        select(Document.id, func.row_number().over(order_by=Document.id).label("number"))
        .where(Document.dossier_id == bindparam("dossier_id"))
        .subquery()
    )
    return (
        select(Document, every.c.number, StoredFile.size, documents.unread_for(kind))
        .join(every, every.c.id == Document.id)
        .join(StoredFile, StoredFile.id == Document.file_id)
        .where(documents.shown())
        .order_by(Document.id.desc())
    )
