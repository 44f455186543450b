"""What is new and waits to be told together, and when a person was reminded last."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Channel
from core.database import Base, Identity


class Batch(Base):
    """The rhythm of news for one person over one channel (NOTE-3): the next may go at `next_at`; until then `delivery_id`, if
    set, collects what comes."""

    __tablename__ = "batches"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    channel: Mapped[Channel] = mapped_column(String(20), primary_key=True)
    next_at: Mapped[datetime]
    delivery_id: Mapped[int | None] = mapped_column(BigInteger)


class Notification(Base):
    """One piece of news in a delivery that collects: what it would have been as a delivery of its own.

    Its `key` is told once, as that of a delivery. What goes at once has no notification: then the delivery is all there is.
    """

    __tablename__ = "notifications"

    id: Mapped[Identity]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    values: Mapped[dict[str, Any]]
    files: Mapped[list[Any]]
    thread: Mapped[str | None] = mapped_column(String(120))
    in_reply_to: Mapped[str | None] = mapped_column(Text)
    dossier_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)


class Reminder(Base):
    """When a person was last reminded of what waits for them."""

    __tablename__ = "reminders"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    reminded_at: Mapped[datetime]
