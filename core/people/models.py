"""Persons, their addresses and preferences, and the steps of linking."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Channel, Language
from core.database import Base, Identity


class Person(Base):
    """A human on the customer's side. One proven email address, different from everyone else's (LINK-11).

    `email` is canonical (`persons.valid_email`). A removed person keeps the row, so that what they wrote stays under their
    name, but no longer occupies the address or the office's key: the same human may be made anew. `mobile_proven_at`: the
    number came from the person's own contact card; `details_right_at`: the person said that the details are right.
    """

    __tablename__ = "persons"

    id: Mapped[Identity]
    external_key: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(300))
    email: Mapped[str] = mapped_column(String(254))
    email_proven_at: Mapped[datetime | None]
    mobile: Mapped[str | None] = mapped_column(String(16))
    mobile_proven_at: Mapped[datetime | None]
    professional_number: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[Language] = mapped_column(String(2))
    details_right_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_persons_email_lower",
            func.lower(email),
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(
            "uq_persons_external_key",
            "external_key",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(None, "name"),
    )


class Address(Base):
    """Where a person can be reached on a channel: the email address, or the id of the linked Telegram chat as text."""

    __tablename__ = "addresses"

    id: Mapped[Identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    channel: Mapped[Channel] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(254))
    unreachable_since: Mapped[datetime | None]
    unreachable_reason: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index(None, "person_id", "channel", unique=True), Index(None, "channel", "value"))


class Preference(Base):
    """One cell of the matrix of NOTE-1: whether this kind of news goes to this person over this channel."""

    __tablename__ = "preferences"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    news: Mapped[str] = mapped_column(String(30), primary_key=True)
    channel: Mapped[Channel] = mapped_column(String(20), primary_key=True)
    wanted: Mapped[bool]


class Invitation(Base):
    """A one-time code, bound to an email address, that lets a person link (LINK-3). Only its hash is kept."""

    __tablename__ = "invitations"

    id: Mapped[Identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Linking(Base):
    """A chat that is on its way to being linked: which code it gave, which address, which code by mail it must enter.

    `invitation_id` is None when the chat began without a code (LINK-10). `person_id` is None for a chat that gave an unknown
    or another address: it walks the same way and never arrives (LINK-4). `entered` are the digits on the keypad so far.
    """

    __tablename__ = "linkings"

    id: Mapped[Identity]
    bot_id: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    email: Mapped[str | None] = mapped_column(String(254))
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_sent_at: Mapped[datetime | None]
    code_expires_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    entered: Mapped[str] = mapped_column(String(6), default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_linkings_open_chat",
            "bot_id",
            "chat_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "person_id"),
        CheckConstraint("tries >= 0", name="tries"),
    )


class Link(Base):
    """The proven tie between a person and one Telegram chat. At most one is active for a chat and for a person."""

    __tablename__ = "links"

    id: Mapped[Identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    bot_id: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    telegram_name: Mapped[str] = mapped_column(String(200))
    linked_at: Mapped[datetime]
    welcomed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_links_active_chat",
            "bot_id",
            "chat_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(
            "uq_links_active_person",
            "person_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(None, "person_id"),
    )


class Guess(Base):
    """One counted try, for the bounds of LINK-15. `scope` is e.g. `chat:7:1234` or `code:<hash>` (see `guesses`)."""

    __tablename__ = "guesses"

    id: Mapped[Identity]
    scope: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]

    __table_args__ = (Index(None, "scope", "at"),)
