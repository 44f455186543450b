"""Documents, requests for them, and what the office's feed said last."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity


class Shelf(StrEnum):
    """Where in a dossier a document stands (DOC-1, 2, 3)."""

    CORRESPONDENCE = "correspondence"
    DOCUMENTS = "documents"
    SUPPLIED = "supplied"


class Document(Base):
    """A file in a dossier, under its own name. Published by staff, or supplied by a person (`supplied_by_id`).

    `expires_on` is the last day on which it can be had (DOC-11), `warned_at` when who hadn't read it was told so, and
    `expired_at` that it is over: then it is not shown any more, as when it was withdrawn.
    """

    __tablename__ = "documents"

    id: Mapped[Identity]
    external_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    shelf: Mapped[Shelf] = mapped_column(String(20))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    name: Mapped[str] = mapped_column(String(255))
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"))
    supplied_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    confidential: Mapped[bool] = mapped_column(default=False)
    withdrawn_at: Mapped[datetime | None]
    expires_on: Mapped[date | None]
    warned_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "dossier_id", "shelf", "id"),
        Index(
            "ix_documents_expiring",
            "expires_on",
            "id",
            sqlite_where=text("expires_on IS NOT NULL AND expired_at IS NULL"),
            postgresql_where=text("expires_on IS NOT NULL AND expired_at IS NULL"),
        ),
    )


class RequestState(StrEnum):
    """Whom an upload request waits for: the person (then it is a task), the office, or nobody any more."""

    OPEN = "open"
    SUPPLIED = "supplied"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class UploadRequest(Base):
    """What the office wants to have of the participants of a dossier, or of one of them (`person_id`) (DOC-7).

    `asked_at` is when it was asked last, which is later than `created_at` once a file was rejected.
    """

    __tablename__ = "upload_requests"

    id: Mapped[Identity]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    title: Mapped[str] = mapped_column(String(200))
    explanation: Mapped[str] = mapped_column(String(2000), default="")
    due_on: Mapped[date | None]
    state: Mapped[RequestState] = mapped_column(String(10))
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"))
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "dossier_id", "state", "id"), Index(None, "state", "id"))


class Decision(StrEnum):
    """What the office thinks of a supplied file."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class SuppliedFile(Base):
    """A file that answers an upload request. Decided once; `reason` says why it was rejected."""

    __tablename__ = "supplied_files"

    id: Mapped[Identity]
    request_id: Mapped[int] = mapped_column(ForeignKey("upload_requests.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), unique=True)
    supplied_at: Mapped[datetime]
    decision: Mapped[Decision | None] = mapped_column(String(10))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")


class FeedLine(Base):
    """The last line that a feed gave about one thing. A line that is not new is not applied again, so that what a person or
    the office changed since then is not put back."""

    __tablename__ = "feed_lines"

    about: Mapped[str] = mapped_column(String(250), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    applied_at: Mapped[datetime]
