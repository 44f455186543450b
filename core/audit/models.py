"""One table: what was done, by whom, to what, each row sealed with the hash of the one before."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import ActorKind, Channel
from core.database import Base, Identity


class AuditEntry(Base):
    """An act. `details` never holds a code, token or message text."""

    __tablename__ = "audit_entries"

    id: Mapped[Identity]
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(String(20))
    actor_id: Mapped[int]
    channel: Mapped[Channel] = mapped_column(String(20))
    act: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    details: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (Index(None, "subject_kind", "subject_id"),)
