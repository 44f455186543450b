"""Changing a message after it was sent (MSG-8): what it said stays beside it, and the office is told."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.dossiers.visibility import READER
from core.errors import Refused
from core.messages import queries, telling, viewing, wording
from core.messages.authors import author_of
from core.messages.models import Attachment, Draft, DraftPart, Message, MessageVersion
from core.office import Office

KIND = "message_edited_staff"


async def revise(session: AsyncSession, actor: Actor, *, source: str, text: str, office: Office) -> Message | None:
    """Changes the part of a sent message that came from `source` to `text`; the message with its new text.

    None when no message of this person has such a part. A text that changes nothing makes no version. Refused:
    `dossier.unknown` when the person no longer sees the dossier; `message.empty` when nothing would be left.
    """
    found = await _sent_part(session, actor, source)
    if found is None:
        return None
    part, message = found
    dossier = await dossiers.access(session, actor, message.dossier_id)
    part.text = wording.keepable(text)
    await session.flush()
    kept, over = wording.cut(await viewing.text_of(session, part.draft_id), office.message_limit)
    if (kept, over) == (message.text, message.cut):
        return message
    if not kept and not await _has_files(session, message):
        raise Refused("message.empty")
    before = await _replace(session, message, kept, over)
    await dossiers.touch(session, dossier.id, before.replaced_at)
    await _tell(session, dossier, message, before, office)
    return message


async def versions(session: AsyncSession, actor: Actor, message_id: int) -> list[MessageVersion]:
    """What a message said before, oldest first; Refused("message.unknown") for who may not see its dossier."""
    given = {READER: actor.id, "message_id": message_id}
    if (await session.scalars(queries.visible(actor.kind), given)).one_or_none() is None:
        raise Refused("message.unknown")
    query = select(MessageVersion).where(MessageVersion.message_id == message_id).order_by(MessageVersion.number)
    return list(await session.scalars(query))


async def _sent_part(session: AsyncSession, actor: Actor, source: str) -> tuple[DraftPart, Message] | None:
    """The part and its message, which is held: two edits at once are taken one after the other."""
    query = (
        select(DraftPart, Message)
        .join(Draft, Draft.id == DraftPart.draft_id)
        .join(Message, Message.id == Draft.message_id)
        .where(DraftPart.source == source, Draft.person_id == actor.id)
        .with_for_update(of=Message)
    )
    found = (await session.execute(query.execution_options(populate_existing=True))).one_or_none()
    return (found[0], found[1]) if found is not None and actor.is_person else None


async def _has_files(session: AsyncSession, message: Message) -> bool:
    query = select(Attachment.id).where(Attachment.message_id == message.id).limit(1)
    return await session.scalar(query) is not None


async def _replace(session: AsyncSession, message: Message, text: str, cut: str) -> MessageVersion:
    """Puts the new text in the message's place, and keeps what it said as a version."""
    moment = clock.now()
    newest = select(func.coalesce(func.max(MessageVersion.number), 0)).where(MessageVersion.message_id == message.id)
    version = MessageVersion(
        message_id=message.id,
        number=(await session.scalar(newest) or 0) + 1,
        text=message.text,
        cut=message.cut,
        written_at=message.edited_at or message.sent_at,
        replaced_at=moment,
    )
    session.add(version)
    message.text, message.cut, message.edited_at = text, cut, moment
    await session.flush()
    return version


async def _tell(
    session: AsyncSession, dossier: Dossier, message: Message, before: MessageVersion, office: Office
) -> None:
    number = before.number + 1
    more = {"previous": before.text, "version": number, "edited_at": before.replaced_at.isoformat()}
    await telling.handlers(
        session,
        dossier,
        message,
        await dossiers.involved(session, dossier, but=message.person_id),
        kind=KIND,
        author=await author_of(session, message),
        files=[],
        original=None,
        office=office,
        more=more,
        key=f"message-{message.id}-{number}",
    )
