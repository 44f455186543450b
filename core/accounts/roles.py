"""What a person is in an account: the one question that every permission begins with."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.accounts.models import Account, Membership, Role


async def role_in(session: AsyncSession, person_id: int, account_id: int) -> Role | None:
    """What a person is in an account; None for who does not belong to it.

    A main administrator of a framework agreement is that in every account under it, whatever else they are there, except
    that a contract holder stays one (TEAM-1).
    """
    account, framework = aliased(Account), aliased(Account)
    query = (
        select(Membership.role)
        .join(account, account.id == account_id)
        .outerjoin(framework, framework.id == account.framework_id)
        .where(
            Membership.person_id == person_id,
            Membership.removed_at.is_(None),
            or_(
                Membership.account_id == account.id,
                (Membership.account_id == framework.id) & (Membership.role == Role.MAIN_ADMINISTRATOR),
            ),
        )
    )
    roles = [Role(role) for role in await session.scalars(query)]
    return min(roles, key=list(Role).index, default=None)
