"""One table: what came in. And the mails that staff must decide on."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Channel
from core.database import Base, Identity


class IntakeState(StrEnum):
    """Waiting; working (leased); answering (handled, its answers being sent); done; dead (a human must look)."""

    WAITING = "waiting"
    WORKING = "working"
    ANSWERING = "answering"
    DONE = "done"
    DEAD = "dead"


_OPEN = "state IN ('waiting', 'working', 'answering')"
"""What the partial indexes hold: they stay as small as what is open, however much is done."""


class Intake(Base):
    """An update or a mail, stored under a unique key before it is acknowledged.

    `source` and `key` are unique together: `telegram:<bot id>` + update id; `mailbox:<name>` + `<uidvalidity>:<uid>`. `sender` is what
    order is kept for (`<bot id>:<chat id>`, an email address). Items of one `album` wait for each other and are handled together.
    `payload` is the raw update, or for a mail its place; `file_id` the raw mail. `answers` are what the handler returned,
    until sent. An item that failed too often has an `error_id`, which the sender and the operator's log know it by.
    """

    __tablename__ = "intake"

    id: Mapped[Identity]
    channel: Mapped[Channel] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(200))
    sender: Mapped[str] = mapped_column(String(254))
    album: Mapped[str | None] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    received_at: Mapped[datetime]
    not_before: Mapped[datetime]
    state: Mapped[IntakeState] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(60))
    handled_at: Mapped[datetime | None]
    answers: Mapped[list[Any]]
    outcome: Mapped[str] = mapped_column(String(60), default="")
    error: Mapped[str | None] = mapped_column(Text)
    error_id: Mapped[str | None] = mapped_column(String(12), index=True)
    reference: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index("ix_intake_open", "channel", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index(
            "ix_intake_open_sender", "channel", "sender", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)
        ),
        Index(None, "state", "channel", "id"),
    )


def is_open(item: type[Intake]) -> ColumnElement[bool]:
    """Not done and not dead. As constants in the statement: else a database can't tell that the partial indexes serve it."""
    return item.state.in_([literal_column(f"'{state}'") for state in ("waiting", "working", "answering")])


def in_state(item: type[Intake], state: str) -> ColumnElement[bool]:
    """In one open state, likewise as a constant."""
    return item.state == literal_column(f"'{state}'")


class SeenMail(Base):
    """A mail that was taken in, by Message-ID (or the hash of its bytes): a second copy is the same mail (MAIL-10)."""

    __tablename__ = "seen_mails"

    identity: Mapped[str] = mapped_column(String(300), primary_key=True)
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"))


class Quarantined(Base):
    """A mail that may not be put in anybody's mouth until staff decide (MAIL-3, MAIL-5)."""

    __tablename__ = "quarantined"

    id: Mapped[Identity]
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(60))
    claimed_from: Mapped[str] = mapped_column(String(254))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"))
    decision: Mapped[str | None] = mapped_column(String(20))
