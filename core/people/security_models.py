"""What proves that it is really the person: step-ups, the second factor, recovery codes, locked chats, details on their way."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Channel
from core.database import Base, Identity


def _only(condition: str) -> dict[str, Any]:
    """A unique index over the open rows only, on both databases."""
    return {"unique": True, "sqlite_where": text(condition), "postgresql_where": text(condition)}


class StepUp(Base):
    """One act that waits for a fresh code, or that one confirmed (STEP-1).

    `place` is where the person acts: `bot:chat`, or `email`. `values` is what the channel carries on with afterwards.
    `code_hash`, `sent_at` and `expires_at` are None when the code comes from an app. `proven_at` says when a code was
    right; `ended_at` that it no longer counts (replaced, stopped, or the chat was unlinked).
    """

    __tablename__ = "step_ups"

    id: Mapped[Identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    place: Mapped[str] = mapped_column(String(60))
    channel: Mapped[Channel] = mapped_column(String(20))
    act: Mapped[str] = mapped_column(String(30))
    method: Mapped[str] = mapped_column(String(20))
    values: Mapped[dict[str, Any]]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    entered: Mapped[str] = mapped_column(String(6), default="")
    started_at: Mapped[datetime]
    proven_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_step_ups_open", "person_id", "place", **_only("proven_at IS NULL AND ended_at IS NULL")),
        Index(None, "person_id", "place", "proven_at"),
    )


class TwoFactor(Base):
    """A person's authenticator app (RFC 6238). On once `confirmed_at` is set; before that it is being set up.

    `secret` is encrypted. `last_step` is the newest accepted step of 30 seconds since 1970; `drift` how many steps the app's
    clock was ahead then. The chat locks after `idle_minutes` without use.
    """

    __tablename__ = "two_factors"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    started_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    drift: Mapped[int] = mapped_column(SmallInteger, default=0)
    idle_minutes: Mapped[int] = mapped_column(SmallInteger, default=30)
    entered: Mapped[str] = mapped_column(String(6), default="")


class RecoveryCode(Base):
    """Opens once when the app is gone (STEP-4). Only its hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[Identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None]


class ChatLock(Base):
    """When a chat of a person with 2-step was last used, and whether it was locked by hand (STEP-3)."""

    __tablename__ = "chat_locks"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    active_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]


class DetailChange(Base):
    """One detail on its way from `old` to `new` (DET-2): proposed, confirmed, and for an email address proven by a code.

    `proven` says that the value needs no more proof (a number from the person's own contact card).
    """

    __tablename__ = "detail_changes"

    id: Mapped[Identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    field: Mapped[str] = mapped_column(String(30))
    old: Mapped[str | None] = mapped_column(String(300))
    new: Mapped[str | None] = mapped_column(String(300))
    proven: Mapped[bool] = mapped_column(default=False)
    proposed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    entered: Mapped[str] = mapped_column(String(6), default="")

    __table_args__ = (
        Index("uq_detail_changes_open", "person_id", "field", **_only("applied_at IS NULL AND ended_at IS NULL")),
    )
