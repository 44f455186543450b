"""One table: what is planned."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, SmallInteger, String, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity

_OPEN = "done_at IS NULL AND failed_at IS NULL"


class Scheduled(Base):
    """One job. `values` is its argument (JSON). Done once `done_at` is set; `outcome` is empty, or why it was refused.

    `due_at` moves when a try fails; `failed_at` is set when it was tried for the last time, with the error's name as outcome.
    A key can be planned once, whatever became of it.
    """

    __tablename__ = "scheduled"

    id: Mapped[Identity]
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    due_at: Mapped[datetime]
    values: Mapped[dict[str, Any]]
    planned_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(120), default="")

    __table_args__ = (
        Index("ix_scheduled_due", "due_at", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index(None, "kind", "id"),
    )


IS_OPEN = literal_column(_OPEN, Boolean())
"""As a constant in the statement: else a database can't tell that the partial index serves it."""
