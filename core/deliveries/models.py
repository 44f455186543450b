"""Deliveries and the reservations that keep the limits."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, String, Text, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Channel, Language
from core.database import Base, Identity


def _where(condition: str) -> dict[str, Any]:
    """A partial index on both databases: it stays as small as what is open, however much is done."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Lane(IntEnum):
    """What goes first when not all may go now. Lower goes first."""

    INTERACTIVE = 0
    NOTIFICATION = 1
    BROADCAST = 2


class DeliveryState(StrEnum):
    """What became of a delivery. Unknown: a Telegram send whose answer never came, and that is not repeated."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Delivery(Base):
    """One message on its way to one address.

    `kind` and `values` say what is told, neutral to the channel, which renders them in `language`; `files` lists
    `{"file_id": int, "name": str, "media_type": str, "size": int}`; `secret` holds encrypted JSON values (codes) that are
    wiped once settled (`had_secret` stays: such a delivery can't be sent anew); `thread` keeps mails of one conversation
    together; `dossier_id` and `message_id` say what a reply answers. `lease_until` and `worker` are set while it is sent.
    Once `taken_back_at` is set it is not tried (again), and what it tells is told no other way.
    """

    __tablename__ = "deliveries"

    id: Mapped[Identity]
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    channel: Mapped[Channel] = mapped_column(String(20))
    lane: Mapped[Lane] = mapped_column(SmallInteger)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[Language] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(60))
    values: Mapped[dict[str, Any]]
    files: Mapped[list[Any]]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    had_secret: Mapped[bool] = mapped_column(default=False)
    thread: Mapped[str | None] = mapped_column(String(120))
    in_reply_to: Mapped[str | None] = mapped_column(Text)
    dossier_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[DeliveryState] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(60))
    settled_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(String(200), index=True)
    error: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index("ix_deliveries_due", "channel", "lane", "due_at", "id", **_where("state = 'queued'")),
        Index("ix_deliveries_leased", "channel", "lease_until", **_where("state = 'sending'")),
        Index(None, "person_id", "id"),
        Index(None, "state", "channel", "id"),
        Index(None, "settled_at"),
    )


IS_QUEUED = Delivery.state == literal_column("'queued'")
IS_SENDING = Delivery.state == literal_column("'sending'")
"""As constants in the statement, not as parameters: else a database can't tell that the partial indexes serve them."""


class Reservation(Base):
    """How far a limit is reserved (GCRA): the next moment at which `name` may go, in seconds since 1970."""

    __tablename__ = "reservations"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    next_at: Mapped[float]


class Lease(Base):
    """What only one process may do at a time: polling, the mailbox, the schedule."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime]
