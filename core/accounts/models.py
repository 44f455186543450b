"""Accounts and memberships."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity


class AccountKind(StrEnum):
    """What kind of customer an account is."""

    PRIVATE = "private"
    COMPANY = "company"
    FRAMEWORK = "framework"


class Role(StrEnum):
    """What a person is in an account (TEAM-1)."""

    CONTRACT_HOLDER = "contract_holder"
    MAIN_ADMINISTRATOR = "main_administrator"
    ADMINISTRATOR = "administrator"
    USER = "user"
    PRODUCT_ACCESS = "product_access"


class Account(Base):
    """A customer of the office. `framework_id` names the framework agreement that it falls under, if any."""

    __tablename__ = "accounts"

    id: Mapped[Identity]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[AccountKind] = mapped_column(String(20))
    framework_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]


class Membership(Base):
    """A person's role in an account."""

    __tablename__ = "memberships"

    id: Mapped[Identity]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[Role] = mapped_column(String(30))
    since: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "person_id"),
        Index(
            "uq_memberships_active",
            "account_id",
            "person_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(
            "uq_memberships_contract_holder",
            "account_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL AND role = 'contract_holder'"),
            postgresql_where=text("removed_at IS NULL AND role = 'contract_holder'"),
        ),
    )
