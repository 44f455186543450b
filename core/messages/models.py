"""Messages with their attachments, drafts with their parts, notes of staff."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Channel
from core.database import Base, Identity


class Direction(StrEnum):
    """Seen from the customer: incoming is from the office ("Van"), outgoing is to it ("Aan")."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class Message(Base):
    """One text of a person, a staff member or the office itself (then neither author is set) in a dossier.

    `source` is the unique key of what it came from (an intake, a draft), so that it arrives once (MSG-9). `cut` is what was taken
    off (the quoted history of a mail, what was over the limit); `raw_file_id` the raw mail; `thread_id` the message that the
    conversation began with (None: this one); `after_closing` says that the dossier was closed when it came (DOS-8). `refused_files` names the
    files that came along and were not asked for (DOC-6); `edited_at` is when its author last changed it (MSG-8).
    """

    __tablename__ = "messages"

    id: Mapped[Identity]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    direction: Mapped[Direction] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"))
    channel: Mapped[Channel] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(250))
    text: Mapped[str] = mapped_column(Text)
    cut: Mapped[str] = mapped_column(Text, default="")
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    thread_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    source: Mapped[str | None] = mapped_column(String(120), unique=True)
    email_message_id: Mapped[str | None] = mapped_column(String(500), index=True)
    raw_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    sent_at: Mapped[datetime]
    after_closing: Mapped[bool] = mapped_column(default=False)
    refused_files: Mapped[list[Any]] = mapped_column(default=list)
    edited_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "dossier_id", "person_id", "id"), Index(None, "dossier_id", "id"))


class MessageVersion(Base):
    """What a message said before its author changed it (MSG-8): from `written_at` to `replaced_at`; `number` from 1."""

    __tablename__ = "message_versions"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    cut: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    replaced_at: Mapped[datetime]


class Attachment(Base):
    """A file of a message."""

    __tablename__ = "attachments"

    id: Mapped[Identity]
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    position: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    name: Mapped[str] = mapped_column(String(255))

    __table_args__ = (Index(None, "message_id", "position", unique=True),)


class Note(Base):
    """A staff-only remark in a dossier, of a staff member or of the office itself (then `staff_id` is empty).

    `files` lists what came with it as `tell.as_files` writes it; `source` is the unique key of what it came from.
    """

    __tablename__ = "notes"

    id: Mapped[Identity]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"))
    text: Mapped[str] = mapped_column(Text)
    files: Mapped[list[Any]] = mapped_column(default=list)
    source: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "dossier_id", "id"),)


class Draft(Base):
    """A message being written; one open draft a person. It ends by being sent (`message_id`) or dropped. With
    `upload_request_id` it supplies what was asked."""

    __tablename__ = "drafts"

    id: Mapped[Identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"))
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    upload_request_id: Mapped[int | None] = mapped_column(ForeignKey("upload_requests.id"))
    subject: Mapped[str] = mapped_column(String(250), default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_drafts_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class DraftPart(Base):
    """One piece of text that came in for a draft. `source` is what it came from, so that it counts once and an edit finds it."""

    __tablename__ = "draft_parts"

    id: Mapped[Identity]
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    source: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index(None, "draft_id", "source", unique=True), Index(None, "source"))


class DraftAttachment(Base):
    """A file on a draft; `kept` once the person said so with [Upload n bestanden] (MSG-6)."""

    __tablename__ = "draft_attachments"

    id: Mapped[Identity]
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    source: Mapped[str] = mapped_column(String(120))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    name: Mapped[str] = mapped_column(String(255))
    kept: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index(None, "draft_id", "source", unique=True),)
