"""Who is told of a message: of a person's, the office and the other participants; of the office's, all participants."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Channel
from core.deliveries import outbox
from core.dossiers.dossiers import Involved
from core.dossiers.models import Dossier
from core.files.models import StoredFile
from core.messages.models import Message
from core.notifications import tell
from core.office import Office
from core.people.preferences import News
from core.staff.models import StaffMember, StaffRole

Files = list[tuple[StoredFile, str]]

NEW = "message_staff"
"""What staff are told of a message, unless it is something more."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


async def participants(
    session: AsyncSession,
    dossier: Dossier,
    message: Message,
    involved: Involved,
    *,
    author: str,
    files: Files,
    original: Message | None,
    office: Office,
) -> None:
    """Tells who is involved of the customers, but not the author (MSG-10). Who wrote the mail that it answers gets it in the same mail thread."""
    values = _values(dossier, message, author=author, files=files)
    for person in sorted(involved.participants, key=lambda each: each.id):
        theirs = original is not None and original.person_id == person.id
        await tell.person(
            session,
            person.id,
            news=News.MESSAGE,
            kind="message_new",
            values=values,
            files=tell.as_files(files),
            dossier_id=dossier.id,
            message_id=message.id,
            thread=thread_of(message),
            in_reply_to=original.email_message_id if theirs and original else None,
            key=f"message-{message.id}",
            office=office,
        )


async def handlers(
    session: AsyncSession,
    dossier: Dossier,
    message: Message,
    involved: Involved,
    *,
    author: str,
    files: Files,
    original: Message | None,
    office: Office,
    kind: str = NEW,
    more: Mapping[str, Any] = NOTHING,
    key: str | None = None,
) -> None:
    """Tells the handler of an outgoing message; without one the managers, else the administrators, else the office's mailbox.

    `more` are values beside those of the message; `key` is under which it is told once (by default: the message).
    """
    members = [involved.handler] if involved.handler is not None else await _managers(session)
    values = _values(dossier, message, author=author, files=files)
    values |= {"account": involved.account, "channel": str(message.channel), "closed": message.after_closing, **more}
    told_as = key or f"message-{message.id}"
    for member in members:
        theirs = original is not None and original.staff_id == member.id
        await tell.staff(
            session,
            member,
            kind=kind,
            values=values,
            files=tell.as_files(files),
            dossier_id=dossier.id,
            message_id=message.id,
            thread=thread_of(message),
            in_reply_to=original.email_message_id if theirs and original else None,
            key=told_as,
        )
    if not members:
        await _tell_office(session, message, kind=kind, values=values, files=files, office=office, key=told_as)


def thread_of(message: Message) -> str:
    """The name of the mail thread of a conversation."""
    return f"dossier-{message.dossier_id}-{message.thread_id or message.id}"


async def _managers(session: AsyncSession) -> list[StaffMember]:
    active = select(StaffMember).where(StaffMember.removed_at.is_(None)).order_by(StaffMember.id)
    for role in (StaffRole.MANAGER, StaffRole.ADMINISTRATOR):
        if members := list(await session.scalars(active.where(StaffMember.role == role))):
            return members
    return []


async def _tell_office(
    session: AsyncSession,
    message: Message,
    *,
    kind: str,
    values: Mapping[str, Any],
    files: Files,
    office: Office,
    key: str,
) -> None:
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=office.email,
        language=office.language,
        kind=kind,
        values={"name": office.name, **values},
        files=tell.as_files(files),
        dossier_id=message.dossier_id,
        message_id=message.id,
        thread=thread_of(message),
        key=f"{key}:office",
    )


def _values(dossier: Dossier, message: Message, *, author: str, files: Files) -> dict[str, Any]:
    return {
        "dossier_id": dossier.id,
        "dossier_number": dossier.number,
        "dossier_description": dossier.description,
        "message_id": message.id,
        "subject": message.subject,
        "text": message.text,
        "author": author,
        "sent_at": message.sent_at.isoformat(),
        "attachments": [{"name": name, "size": file.size} for file, name in files],
    }
