"""A draft as it is shown while it is written."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.dossiers.models import Dossier
from core.files.models import StoredFile
from core.messages import wording
from core.messages.models import Draft, DraftAttachment, DraftPart


class DraftFile(NamedTuple):
    """A file on a draft; `size` in bytes; `kept` once the person said so (MSG-6)."""

    id: int
    name: str
    size: int
    kept: bool


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft. `length` counts characters of the whole text, which may be `over` the `limit`; `pending` files wait to be kept.

    `missing` says what stands in the way of sending, in the order in which to ask: "dossier", "subject", "text", "attachment",
    "files" (files that are neither kept nor dropped). What answers an upload request needs a file, and no text.
    """

    id: int
    dossier_id: int | None
    dossier_number: str | None
    reply_to_id: int | None
    subject: str
    text: str
    length: int
    limit: int
    over: bool
    attachments: tuple[DraftFile, ...]
    pending: int
    missing: tuple[str, ...]
    upload_request_id: int | None = None


async def view(session: AsyncSession, draft: Draft, *, limit: int) -> DraftView:
    """The draft with its parts joined and its files listed."""
    text = await text_of(session, draft.id)
    files = await _files(session, draft.id)
    dossier = await session.get(Dossier, draft.dossier_id) if draft.dossier_id is not None else None
    pending = sum(not file.kept for file in files)
    supplies = draft.upload_request_id is not None
    lacking = {
        "dossier": dossier is None,
        "subject": not draft.subject,
        "text": not text and not supplies,
        "attachment": not files and supplies,
        "files": pending > 0,
    }
    return DraftView(
        id=draft.id,
        dossier_id=draft.dossier_id,
        dossier_number=dossier.number if dossier else None,
        reply_to_id=draft.reply_to_id,
        subject=draft.subject,
        text=text,
        length=len(text),
        limit=limit,
        over=len(text) > limit,
        attachments=files,
        pending=pending,
        missing=tuple(what for what, lacks in lacking.items() if lacks),
        upload_request_id=draft.upload_request_id,
    )


async def text_of(session: AsyncSession, draft_id: int) -> str:
    """The parts of a draft, open or sent, as one text."""
    query = select(DraftPart.text).where(DraftPart.draft_id == draft_id).order_by(DraftPart.id)
    return wording.joined(await session.scalars(query))


async def _files(session: AsyncSession, draft_id: int) -> tuple[DraftFile, ...]:
    query = (
        select(DraftAttachment.id, DraftAttachment.name, StoredFile.size, DraftAttachment.kept)
        .join(StoredFile, StoredFile.id == DraftAttachment.file_id)
        .where(DraftAttachment.draft_id == draft_id)
        .order_by(DraftAttachment.id)
    )
    return tuple(DraftFile(*row) for row in await session.execute(query))
