"""Documents, and what the office's feed said last."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity


class Shelf(StrEnum):
    """Where in a dossier a document stands (DOC-1, 2, 3)."""

    CORRESPONDENCE = "correspondence"
    DOCUMENTS = "documents"
    SUPPLIED = "supplied"


class Document(Base):
    """A file in a dossier, under its own name. Published by staff, or supplied by a person (`supplied_by_id`)."""

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

    __table_args__ = (Index(None, "dossier_id", "shelf", "id"),)


class FeedLine(Base):
    """The last line that a feed gave about one thing. A line that is not new is not applied again, so that what a person or
    the office changed since then is not put back."""

    __tablename__ = "feed_lines"

    about: Mapped[str] = mapped_column(String(250), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    applied_at: Mapped[datetime]
