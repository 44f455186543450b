"""Accounts: made by the office, found by number, and the questions about who belongs to them."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.accounts.memberships import add_member, remove_member, remove_person, set_role, unlink_member
from core.accounts.models import Account, AccountKind, Membership
from core.accounts.roles import role_in
from core.actor import Actor
from core.audit import log
from core.errors import Refused
from core.people.models import Person

__all__ = [
    "add_member",
    "by_id",
    "by_number",
    "create",
    "listing",
    "members",
    "memberships_of",
    "remove_member",
    "remove_person",
    "role_in",
    "set_role",
    "unlink_member",
]


async def create(
    session: AsyncSession,
    *,
    number: str,
    name: str,
    kind: AccountKind,
    framework_id: int | None = None,
    actor: Actor,
) -> Account:
    """A new account. Refused: `account.number_missing`, `account.name_missing`, `account.number_taken`, and
    `account.framework_unknown` when `framework_id` names no framework agreement, or only companies can fall under one."""
    number, name = number.strip(), " ".join(name.split())
    if not number or len(number) > 40:
        raise Refused("account.number_missing")
    if not name:
        raise Refused("account.name_missing")
    await _check_framework(session, kind, framework_id)
    account = Account(number=number, name=name[:300], kind=kind, framework_id=framework_id, created_at=clock.now())
    try:
        async with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise Refused("account.number_taken", number=number) from None
    await log.record(session, actor, "account.created", subject=("account", account.id), number=number, kind=str(kind))
    return account


async def by_id(session: AsyncSession, account_id: int) -> Account | None:
    """The account with this id."""
    return await session.get(Account, account_id)


async def by_number(session: AsyncSession, number: str) -> Account | None:
    """The account that the office knows by this number."""
    return (await session.scalars(select(Account).where(Account.number == number.strip()))).one_or_none()


async def listing(session: AsyncSession, *, limit: int = 1000) -> list[Account]:
    """Accounts by number."""
    return list(await session.scalars(select(Account).order_by(Account.number).limit(limit)))


async def memberships_of(session: AsyncSession, person_id: int) -> list[tuple[Membership, Account]]:
    """A person's memberships with their accounts, by the account's name."""
    query = select(Membership, Account).join(Account, Account.id == Membership.account_id)
    query = query.where(Membership.person_id == person_id, Membership.removed_at.is_(None))
    rows = await session.execute(query.order_by(Account.name, Account.id))
    return [(membership, account) for membership, account in rows]


async def members(session: AsyncSession, account_id: int) -> list[tuple[Membership, Person]]:
    """An account's members, the longest first; who came first is the contract holder."""
    query = select(Membership, Person).join(Person, Person.id == Membership.person_id)
    query = query.where(Membership.account_id == account_id, Membership.removed_at.is_(None))
    rows = await session.execute(query.order_by(Membership.since, Membership.id))
    return [(membership, person) for membership, person in rows]


async def _check_framework(session: AsyncSession, kind: AccountKind, framework_id: int | None) -> None:
    if framework_id is None:
        return
    framework = await session.get(Account, framework_id)
    if framework is None or framework.kind != AccountKind.FRAMEWORK or kind is not AccountKind.COMPANY:
        raise Refused("account.framework_unknown")
