"""Messages of a dossier: posted once, told to who should know, listed and opened by who may see the dossier."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind
from core.audit import log
from core.database import insert_once
from core.dossiers import dossiers, receipts
from core.dossiers.dossiers import Involved
from core.dossiers.models import Dossier, ItemKind, ReadAct
from core.dossiers.visibility import READER
from core.errors import Refused
from core.files.models import StoredFile
from core.messages import queries, supplying, telling, wording
from core.messages.authors import author_of
from core.messages.models import Attachment, Direction, Message
from core.messages.revising import revise, versions
from core.messages.rows import AttachmentRow, MessageRow, OpenMessage
from core.messages.supplying import Supplied
from core.office import Office, UploadPolicy

__all__ = [
    "AttachmentRow",
    "MessageRow",
    "OpenMessage",
    "access",
    "attachment",
    "page",
    "post",
    "read",
    "revise",
    "versions",
]

Files = Sequence[tuple[StoredFile, str]]


async def post(
    session: AsyncSession,
    dossier: Dossier,
    *,
    actor: Actor,
    subject: str,
    text: str,
    files: Files = (),
    reply_to: Message | int | None = None,
    source: str | None = None,
    cut: str = "",
    raw_file_id: int | None = None,
    email_message_id: str | None = None,
    office: Office,
    full_text_file: StoredFile | None = None,
    upload_request_id: int | None = None,
    involved: Involved | None = None,
) -> Message:
    """A message in a dossier that the actor may see: kept, its files filed, and told to who should know.

    `source` is the unique key of what it came from: a second time the first message is returned and nothing happens
    (MSG-9). A text over the office's limit is cut there; what was cut stays in `Message.cut`, and `full_text_file` (the whole
    text, stored by the caller) is attached (MSG-5). A reply marks the original read. In a closed dossier the message is kept
    and flagged (`after_closing`, DOS-8). Files that nobody asked for, where the office wants that, are left out and named in
    `refused_files` (DOC-6); the others answer the upload request that they are meant for (`upload_requests.meant`).
    `involved`: who is beside the actor, where the caller knows it already.
    Refused("message.empty") without text and files; "upload.on_request" when refused files were all there was.
    """
    judged = files and office.upload_policy is not UploadPolicy.FREE
    if judged and (known := await _by_source(session, source)) is not None:
        return known  # before its files are judged anew; else the insert itself finds it
    original = await _original(session, dossier, reply_to)
    kept, over = wording.cut(wording.clean(text), office.message_limit)
    admitted, refused = await supplying.admitted(session, dossier, actor, files, office=office)
    if not kept and not admitted:
        raise Refused("upload.on_request" if refused else "message.empty")
    row = _row(dossier, actor, original=original, subject=subject, text=kept) | {
        "cut": "\n\n".join(filter(None, (over, wording.clean(cut)))),
        "source": source,
        "raw_file_id": raw_file_id,
        "refused_files": refused,
        "email_message_id": email_message_id[:500] if email_message_id else None,
    }
    message = await insert_once(session, Message, row, conflict=("source",))
    if message is None:  # another transaction has made one of the same source meanwhile
        return (await session.scalars(queries.by_source(), {"source": source})).one()
    supplied = await supplying.supply(session, dossier, message, actor, admitted, request_id=upload_request_id)
    if full_text_file is not None and over:
        admitted.append((full_text_file, full_text_file.name))
    await _settle(
        session,
        dossier,
        message,
        actor,
        attached=admitted,
        original=original,
        supplied=supplied,
        office=office,
        involved=involved,
    )
    return message


async def page(
    session: AsyncSession, actor: Actor, dossier_id: int, *, offset: int, limit: int
) -> tuple[list[MessageRow], int]:
    """A page of "Berichten", newest first, and how many there are. Refused("dossier.unknown") for who may not see it."""
    await dossiers.access(session, actor, dossier_id)
    given = {READER: actor.id, "dossier_id": dossier_id, "first": offset, "most": limit}
    found = (await session.execute(queries.page(actor.kind), given)).all()
    rows = [
        MessageRow(
            id=message.id,
            direction=Direction(message.direction),
            author=author,
            subject=message.subject,
            sent_at=message.sent_at,
            unread=unread,
            attachments=attached,
            edited=message.edited_at is not None,
        )
        for message, author, unread, attached, _ in found
    ]
    if found or not offset:
        return rows, found[0][-1] if found else 0
    return rows, await session.scalar(queries.total(), given) or 0


async def access(session: AsyncSession, actor: Actor, message_id: int) -> Message:
    """The message, for who may see its dossier. Refused("message.unknown") for all others, whether it exists or not."""
    given = {READER: actor.id, "message_id": message_id}
    message = (await session.scalars(queries.visible(actor.kind), given)).one_or_none()
    if message is None:
        raise Refused("message.unknown")
    return message


async def read(session: AsyncSession, actor: Actor, message_id: int) -> OpenMessage:
    """Opens a message with its attachments and the one it answers; a person has read it by this, a staff member is logged."""
    message = await access(session, actor, message_id)
    if actor.is_person:
        await _mark_read(session, actor, message, ReadAct.OPEN)
    else:
        await log.record(session, actor, "message.read", subject=("message", message.id))
    original = await session.get(Message, message.reply_to_id) if message.reply_to_id else None
    return OpenMessage(
        message=message,
        author=await author_of(session, message),
        attachments=tuple(AttachmentRow(*row) for row in await session.execute(queries.attachments_of(message.id))),
        original=original,
        original_author=await author_of(session, original) if original else "",
        versions=await session.scalar(queries.versions(message.id)) or 0,
    )


async def attachment(session: AsyncSession, actor: Actor, attachment_id: int) -> tuple[Attachment, StoredFile]:
    """One file of a message, for who may see its dossier; Refused("message.unknown") for all others."""
    found = await session.get(Attachment, attachment_id)
    if found is None:
        raise Refused("message.unknown")
    await access(session, actor, found.message_id)
    return found, await session.get_one(StoredFile, found.file_id)


async def _by_source(session: AsyncSession, source: str | None) -> Message | None:
    if source is None:
        return None
    return (await session.scalars(queries.by_source(), {"source": source})).one_or_none()


async def _original(session: AsyncSession, dossier: Dossier, reply_to: Message | int | None) -> Message | None:
    """The message that is answered; one of another dossier is none."""
    original = await session.get(Message, reply_to) if isinstance(reply_to, int) else reply_to
    return original if original is not None and original.dossier_id == dossier.id else None


def _row(dossier: Dossier, actor: Actor, *, original: Message | None, subject: str, text: str) -> dict[str, Any]:
    """A message of the actor, now. Its thread is that of the original, else its own."""
    return {
        "dossier_id": dossier.id,
        "direction": Direction.OUTGOING if actor.is_person else Direction.INCOMING,
        "person_id": actor.id if actor.is_person else None,
        "staff_id": actor.id if actor.kind is ActorKind.STAFF else None,
        "channel": actor.channel,
        "subject": _subject(subject, original, dossier),
        "text": text,
        "reply_to_id": original.id if original else None,
        "thread_id": (original.thread_id or original.id) if original else None,
        "sent_at": clock.now(),
        "after_closing": dossier.closed_at is not None,
    }


async def _settle(
    session: AsyncSession,
    dossier: Dossier,
    message: Message,
    actor: Actor,
    *,
    attached: list[tuple[StoredFile, str]],
    original: Message | None,
    supplied: Supplied | None,
    office: Office,
    involved: Involved | None,
) -> None:
    """What follows from a message: its attachments, what it proves to be read, its dossier's place, who is told."""
    if attached:
        session.add_all(
            Attachment(message_id=message.id, position=position, file_id=file.id, name=name)
            for position, (file, name) in enumerate(attached)
        )
        await session.flush()
    filed = (ItemKind.DOCUMENT,) if attached and actor.is_person else ()
    await dossiers.touch(session, dossier.id, message.sent_at, ItemKind.MESSAGE, *filed)
    if actor.is_person and original is not None:
        await _mark_read(session, actor, original, ReadAct.REPLY)
    author = await author_of(session, message) or office.name
    involved = involved or await dossiers.involved(session, dossier, but=message.person_id)
    if message.direction == Direction.OUTGOING:
        kind, more = supplying.as_news(supplied) if supplied else (telling.NEW, {})
        await telling.handlers(
            session,
            dossier,
            message,
            involved,
            kind=kind,
            author=author,
            files=attached,
            original=original,
            office=office,
            more=more,
        )
    else:
        await log.record(session, actor, "message.posted", subject=("message", message.id), dossier_id=dossier.id)
    await telling.participants(
        session, dossier, message, involved, author=author, files=attached, original=original, office=office
    )


async def _mark_read(session: AsyncSession, actor: Actor, message: Message, act: ReadAct) -> None:
    if message.person_id == actor.id:
        return
    await receipts.read(
        session,
        person_id=actor.id,
        item_kind=ItemKind.MESSAGE,
        item_id=message.id,
        dossier_id=message.dossier_id,
        act=act,
        channel=actor.channel,
        left=queries.unread_left(),
    )


def _subject(subject: str, original: Message | None, dossier: Dossier) -> str:
    if given := wording.subject(subject):
        return given
    return wording.reply_subject(original.subject) if original else wording.subject(dossier.description)
