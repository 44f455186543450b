"""One table: what was done, by whom, to what, each row sealed with the hash of the one before."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import ActorKind, Channel
from core.audit import guards
from core.database import Base
from core.database.base import BigId


class AuditEntry(Base):
    """An act. `details` never holds a code, token or message text.

    `id` is the place in the chain, 1, 2, 3 without a gap: it is given when the entry is sealed, not by the database.
    """

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(String(20))
    actor_id: Mapped[int] = mapped_column(BigInteger)
    channel: Mapped[Channel] = mapped_column(String(20))
    act: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    details: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (
        Index(None, "subject_kind", "subject_id"),
        Index(None, "actor_kind", "actor_id"),
        Index(None, "act"),
    )


for _dialect, _statements in guards.CREATE.items():
    for _statement in _statements:
        _guard = DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]  # DDL is not annotated
        event.listen(AuditEntry.__table__, "after_create", _guard)
