"""Dossiers, participants, progress and receipts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Channel
from core.database import Base, Identity
from core.dossiers.searching import searchable


class Dossier(Base):
    """A case of an account. `status` is the office's own word; `closed_at` says that it is closed; `searchable` is what its
    number and description are found by; `asked` is True as long as the office waits for files (`documents.upload_requests`)."""

    __tablename__ = "dossiers"

    id: Mapped[Identity]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    description: Mapped[str] = mapped_column(String(500))
    searchable: Mapped[str] = mapped_column(Text, default=lambda row: _found_by(row.get_current_parameters()))
    kind: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[str] = mapped_column(String(80))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"), index=True)
    created_at: Mapped[datetime]
    activity_at: Mapped[datetime]
    asked: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]


def _found_by(row: dict[str, Any]) -> str:
    """Of a row that is being inserted, so that no way of making dossiers can forget it."""
    return searchable(row["number"], row["description"])


class Participant(Base):
    """A person who may see one dossier.

    What lists are made of is the dossier's, repeated here (`dossiers.repeating`): `account_id`, `status`, `searchable`,
    `activity_at` and `asked`. So a person's list, its filter and a search are answered by the rows of an index that lie side by side,
    however many dossiers the person has. (`removed_at` is in the indexes only because SQLite would else not see that they hold
    all that is asked for.)

    `new_documents` and `new_messages` are False only while the person has read all of them that stand in the dossier: Home, which
    counts what is unread, looks no further there (`dossiers.receipts`).
    """

    __tablename__ = "participants"

    id: Mapped[Identity]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    status: Mapped[str] = mapped_column(String(80))
    searchable: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    activity_at: Mapped[datetime] = mapped_column(default=lambda row: row.get_current_parameters()["since"])
    asked: Mapped[bool] = mapped_column(default=False)
    new_documents: Mapped[bool] = mapped_column(default=True)
    new_messages: Mapped[bool] = mapped_column(default=True)
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_participants_new",
            "person_id",
            "dossier_id",
            "account_id",
            "new_documents",
            "new_messages",
            "removed_at",
            sqlite_where=text("removed_at IS NULL AND (new_documents = 1 OR new_messages = 1)"),
            postgresql_where=text("removed_at IS NULL AND (new_documents OR new_messages)"),
        ),
        Index(
            "ix_participants_asked",
            "person_id",
            "dossier_id",
            "account_id",
            "removed_at",
            sqlite_where=text("removed_at IS NULL AND asked = 1"),
            postgresql_where=text("removed_at IS NULL AND asked"),
        ),
        Index(
            "ix_participants_newest",
            "person_id",
            "activity_at",
            "dossier_id",
            "account_id",
            "status",
            "searchable",
            "removed_at",
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(
            "ix_participants_statuses",
            "person_id",
            "status",
            "account_id",
            "removed_at",
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(
            "uq_participants_active",
            "person_id",
            "dossier_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(None, "dossier_id"),
    )


class ProgressStep(Base):
    """One step of a dossier's progress; done when `done_at` is set."""

    __tablename__ = "progress_steps"

    id: Mapped[Identity]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    done_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "dossier_id", "position", unique=True),)


class ItemKind(StrEnum):
    """What can be unread."""

    DOCUMENT = "document"
    MESSAGE = "message"


class ReadAct(StrEnum):
    """The acts that prove reading (DOC-4)."""

    DOWNLOAD = "download"
    OPEN = "open"
    REPLY = "reply"


class Receipt(Base):
    """That a person has read one item, when, and by which act. One row a person and item: the first act counts."""

    __tablename__ = "receipts"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    item_kind: Mapped[ItemKind] = mapped_column(String(10), primary_key=True)
    item_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    act: Mapped[ReadAct] = mapped_column(String(10))
    channel: Mapped[Channel] = mapped_column(String(20))
    at: Mapped[datetime]

    __table_args__ = (Index(None, "dossier_id", "person_id"),)
