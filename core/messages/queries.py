"""The statements that read messages, made once; `READER` and the other parameters are given when they run."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from core.actor import ActorKind
from core.dossiers import receipts
from core.dossiers.models import Dossier, ItemKind
from core.dossiers.visibility import may_see
from core.files.models import StoredFile
from core.messages.models import Attachment, Message, MessageVersion
from core.people.models import Person
from core.staff.models import StaffMember


@cache
def visible(kind: ActorKind) -> Select[Message]:
    """The message `message_id`, if the reader may see its dossier."""
    return (
        select(Message)
        .join(Dossier, Dossier.id == Message.dossier_id)
        .where(Message.id == bindparam("message_id"), may_see(kind))
    )


@cache
def by_source() -> Select[Message]:
    """The message that was made of `source`."""
    return select(Message).where(Message.source == bindparam("source"))


@cache
def page(kind: ActorKind) -> Select[Any]:
    """`most` messages of `dossier_id` from the `first` on, newest first: message, author's name, whether it is unread, how many
    attachments, how many messages there are in all."""
    attached = select(func.count()).select_from(Attachment).where(Attachment.message_id == Message.id).scalar_subquery()
    author = case((Message.person_id.is_not(None), Person.name), else_=func.coalesce(StaffMember.name, ""))
    return (
        select(Message, author, unread_for(kind), attached, total().scalar_subquery())
        .outerjoin(Person, Person.id == Message.person_id)
        .outerjoin(StaffMember, StaffMember.id == Message.staff_id)
        .where(Message.dossier_id == bindparam("dossier_id"))
        .order_by(Message.id.desc())
        .offset(bindparam("first"))
        .limit(bindparam("most"))
    )


@cache
def total() -> Select[int]:
    """How many messages `dossier_id` has."""
    every = aliased(Message)
    return select(func.count()).select_from(every).where(every.dossier_id == bindparam("dossier_id"))


def unread_for(kind: ActorKind) -> ColumnElement[bool]:
    """The condition on `Message` that it is unread by the reader, a person or staff member by `kind`."""
    return receipts.unread(kind, ItemKind.MESSAGE, Message.id, Message.person_id)


@cache
def unread_left() -> Select[int]:
    """A message of `dossier_id` that the person `READER` has not read."""
    return (
        select(Message.id).where(Message.dossier_id == bindparam("dossier_id"), unread_for(ActorKind.PERSON)).limit(1)
    )


def versions(message_id: int) -> Select[int]:
    """How many older versions a message has."""
    return select(func.count()).where(MessageVersion.message_id == message_id)


def attachments_of(message_id: int) -> Select[int, str, int, str, int]:
    """The files of a message, as `AttachmentRow`."""
    return (
        select(Attachment.id, Attachment.name, StoredFile.size, StoredFile.media_type, Attachment.file_id)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .where(Attachment.message_id == message_id)
        .order_by(Attachment.position)
    )
