"""One table: staff members."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Language
from core.database import Base, Identity


class StaffRole(StrEnum):
    """STAFF-5: handlers see their dossiers, managers all; administrators run the portal."""

    HANDLER = "handler"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class StaffMember(Base):
    """A human at the office, known by a proven mailbox of their own."""

    __tablename__ = "staff_members"

    id: Mapped[Identity]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[StaffRole] = mapped_column(String(20))
    language: Mapped[Language] = mapped_column(String(2))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_staff_members_email_lower",
            func.lower(email),
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )
