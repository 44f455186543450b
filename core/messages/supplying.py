"""The files of a person's message: which the office takes (DOC-6), where they are filed, which upload request they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.documents import documents, upload_requests
from core.documents.models import Document, SuppliedFile, UploadRequest
from core.dossiers.models import Dossier
from core.files.models import StoredFile
from core.files.names import safe_name
from core.messages.models import Message
from core.office import Office

Files = Sequence[tuple[StoredFile, str]]

KIND = "upload_supplied"
"""What staff are told instead of a message when its files answer a request."""


@dataclass(frozen=True, slots=True)
class Supplied:
    """The request that was answered, and the files with their documents and their sizes in bytes."""

    request: UploadRequest
    files: tuple[tuple[SuppliedFile, Document, int], ...]


async def admitted(
    session: AsyncSession, dossier: Dossier, actor: Actor, files: Files, *, office: Office
) -> tuple[list[tuple[StoredFile, str]], list[str]]:
    """The files that are taken, under names that are safe to serve, and the names of those that are not."""
    named = [(file, safe_name(name, file.media_type)) for file, name in files]
    if not named or await upload_requests.wanted(session, actor, office, dossier.id):
        return named, []
    return [], [name for _, name in named]


async def supply(
    session: AsyncSession, dossier: Dossier, message: Message, actor: Actor, files: Files, *, request_id: int | None
) -> Supplied | None:
    """Files what a person sent (DOC-3), as an answer to the request that it is meant for; None when it answers none."""
    if not actor.is_person or not files:
        return None
    filed = [
        await documents.supply(session, dossier, file=file, name=name, actor=actor, message_id=message.id)
        for file, name in files
    ]
    request = await upload_requests.meant(session, actor, dossier, subject=message.subject, request_id=request_id)
    if request is None:
        return None
    answers = await upload_requests.answer(session, request, filed, actor)
    sizes = [file.size for file, _ in files]
    return Supplied(request, tuple(zip(answers, filed, sizes, strict=True)))


def as_news(supplied: Supplied) -> tuple[str, dict[str, Any]]:
    """The kind of what staff are told, and the values beside those of the message."""
    files = [
        {"supplied_id": answer.id, "document_id": document.id, "name": document.name, "size": size}
        for answer, document, size in supplied.files
    ]
    request = supplied.request
    asked = {"upload_request_id": request.id, "title": request.title, "explanation": request.explanation}
    return KIND, {**asked, "supplied": files}
