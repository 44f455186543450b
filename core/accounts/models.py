"""Accounts and memberships."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, event, text
from sqlalchemy.orm import Mapped, mapped_column

from core.accounts import guards
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
    framework_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]


class Membership(Base):
    """A person's role in an account.

    A contract holder's membership never ends and never changes: a constraint refuses the end, the triggers of
    `accounts.guards` refuse the change (TEAM-2). A person has access to the product of one account only (TEAM-7).
    """

    __tablename__ = "memberships"

    id: Mapped[Identity]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[Role] = mapped_column(String(30))
    since: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("role <> 'contract_holder' OR removed_at IS NULL", name="contract_holder_stays"),
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
        Index(
            "uq_memberships_product_access",
            "person_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL AND role = 'product_access'"),
            postgresql_where=text("removed_at IS NULL AND role = 'product_access'"),
        ),
    )


for _dialect, _statements in guards.CREATE.items():
    for _statement in _statements:
        _guard = DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]  # DDL is not annotated
        event.listen(Membership.__table__, "after_create", _guard)
