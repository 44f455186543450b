"""The members of an account as who manages them sees them (LINK-13): whose accounts, who belongs to one, who is linked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import permissions, roles
from core.accounts.models import Account, AccountKind, Membership, Role
from core.accounts.permissions import Permission
from core.actor import Actor
from core.errors import Refused
from core.people.models import Link, Person


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of an account. `id` is the membership's; `linked_at` None for who has no Telegram linked."""

    id: int
    account_id: int
    person_id: int
    name: str
    email: str
    role: Role
    linked_at: datetime | None


async def managed(session: AsyncSession, person_id: int) -> list[Account]:
    """The accounts whose members this person manages, by name; of private persons there is nothing to manage (TEAM-9)."""
    theirs = select(Membership.account_id).where(Membership.person_id == person_id, Membership.removed_at.is_(None))
    managing = [role for role in Role if permissions.may(role, Permission.MANAGE_MEMBERS)]
    own = theirs.where(Membership.role.in_(managing))
    over = theirs.where(Membership.role == Role.MAIN_ADMINISTRATOR)
    query = select(Account).where(or_(Account.id.in_(own), Account.framework_id.in_(over)))
    query = query.where(Account.kind != AccountKind.PRIVATE).order_by(Account.name, Account.id)
    return list(await session.scalars(query))


async def page(
    session: AsyncSession, actor: Actor, account_id: int, *, offset: int, limit: int
) -> tuple[list[Member], int]:
    """Members by name, and how many there are. Refused("membership.may_not") for who doesn't manage them, whether the
    account exists or not."""
    await _insist(session, actor, account_id)
    here = (Membership.account_id == account_id, Membership.removed_at.is_(None))
    total = await session.scalar(select(func.count()).select_from(Membership).where(*here))
    rows = await session.execute(_members(*here).order_by(Person.name, Membership.id).offset(offset).limit(limit))
    return [Member(*row) for row in rows], total or 0


async def access(session: AsyncSession, actor: Actor, membership_id: int) -> Member:
    """One member. Refused("membership.may_not") as above, and for who is no member any more."""
    query = _members(Membership.id == membership_id, Membership.removed_at.is_(None))
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise Refused("membership.may_not")
    member = Member(*row)
    await _insist(session, actor, member.account_id)
    return member


async def _insist(session: AsyncSession, actor: Actor, account_id: int) -> None:
    if not actor.is_person:
        return
    role = await roles.role_in(session, actor.id, account_id)
    if role is None or not permissions.may(role, Permission.MANAGE_MEMBERS):
        raise Refused("membership.may_not")


def _members(*conditions: ColumnElement[bool]) -> Select[int, int, int, str, str, Role, datetime | None]:
    """The columns of a `Member`."""
    linked = (Link.person_id == Person.id) & Link.revoked_at.is_(None)
    query = select(
        Membership.id,
        Membership.account_id,
        Person.id,
        Person.name,
        Person.email,
        Membership.role,
        Link.linked_at,
    )
    return query.join(Person, Person.id == Membership.person_id).outerjoin(Link, linked).where(*conditions)
