"""Who is told of a message: of a person's, the office; of the office's, the participants of the dossier."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.models import Account
from core.actor import Channel
from core.deliveries import outbox
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.files.models import StoredFile
from core.messages.models import Message
from core.notifications import tell
from core.office import Office
from core.people.preferences import News
from core.staff.models import StaffMember, StaffRole

Files = list[tuple[StoredFile, str]]


async def participants(
    session: AsyncSession, dossier: Dossier, message: Message, *, author: str, files: Files, original: Message | None
) -> None:
    """Tells every participant of an incoming message. Who wrote the mail that it answers gets it in the same mail thread."""
    values = _values(dossier, message, author=author, files=files)
    for person in await dossiers.participants(session, dossier.id):
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
        )


async def handlers(
    session: AsyncSession,
    dossier: Dossier,
    message: Message,
    *,
    author: str,
    files: Files,
    original: Message | None,
    office: Office,
) -> None:
    """Tells the handler of an outgoing message; without one the managers, else the administrators, else the office's mailbox."""
    account = await session.get_one(Account, dossier.account_id)
    values = _values(dossier, message, author=author, files=files)
    values |= {"account": account.name, "channel": str(message.channel), "closed": message.after_closing}
    members = await _responsible(session, dossier)
    for member in members:
        theirs = original is not None and original.staff_id == member.id
        await tell.staff(
            session,
            member,
            kind="message_staff",
            values=values,
            files=tell.as_files(files),
            dossier_id=dossier.id,
            message_id=message.id,
            thread=thread_of(message),
            in_reply_to=original.email_message_id if theirs and original else None,
            key=f"message-{message.id}",
        )
    if not members:
        await _tell_office(session, dossier, message, values, files, office)


def thread_of(message: Message) -> str:
    """The name of the mail thread of a conversation."""
    return f"dossier-{message.dossier_id}-{message.thread_id}"


async def _responsible(session: AsyncSession, dossier: Dossier) -> list[StaffMember]:
    active = select(StaffMember).where(StaffMember.removed_at.is_(None)).order_by(StaffMember.id)
    if dossier.handler_id is not None and (
        handler := (await session.scalars(active.where(StaffMember.id == dossier.handler_id))).one_or_none()
    ):
        return [handler]
    for role in (StaffRole.MANAGER, StaffRole.ADMINISTRATOR):
        if members := list(await session.scalars(active.where(StaffMember.role == role))):
            return members
    return []


async def _tell_office(
    session: AsyncSession, dossier: Dossier, message: Message, values: dict[str, Any], files: Files, office: Office
) -> None:
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=office.email,
        language=office.language,
        kind="message_staff",
        values={"name": office.name, **values},
        files=tell.as_files(files),
        dossier_id=dossier.id,
        message_id=message.id,
        thread=thread_of(message),
        key=f"message-{message.id}:office",
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
