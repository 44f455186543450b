"""Leaving an account, or its dossiers: they are gone for who leaves, at once (TEAM-6, TEAM-7)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import accounts
from core.accounts.models import Membership, Role
from core.actor import Actor
from core.dossiers.models import Dossier, Participant
from core.dossiers.participants import remove_participant
from core.dossiers.visibility import KEPT_OUT
from core.notifications import taking_back
from core.people.models import Person


async def leave_account(session: AsyncSession, membership: Membership, *, actor: Actor) -> None:
    """Takes a member out of the account and out of its dossiers; what they wrote stays under their name.

    The office may let them see a dossier again. Refused: `membership.contract_holder_stays`. Repeating it changes nothing.
    """
    if membership.removed_at is not None:
        return
    await accounts.remove_member(session, membership, actor=actor)
    person = await session.get_one(Person, membership.person_id)
    for dossier in await _dossiers_of(session, membership):
        await remove_participant(session, dossier, person, actor)


async def set_role(session: AsyncSession, membership: Membership, role: Role, *, actor: Actor) -> None:
    """Gives a member another role (`accounts.set_role`, and what it refuses); with one that sees no dossiers, what waits to be
    told of them is not told."""
    await accounts.set_role(session, membership, role, actor=actor)
    if role not in KEPT_OUT:
        return
    for dossier in await _dossiers_of(session, membership):
        await taking_back.about_dossier(session, person_id=membership.person_id, dossier_id=dossier.id)


async def _dossiers_of(session: AsyncSession, membership: Membership) -> list[Dossier]:
    """The dossiers of the account in which the member takes part."""
    theirs = (
        select(Dossier)
        .join(Participant, Participant.dossier_id == Dossier.id)
        .where(Participant.person_id == membership.person_id, Participant.removed_at.is_(None))
        .where(Dossier.account_id == membership.account_id)
        .order_by(Dossier.id)
    )
    return list(await session.scalars(theirs))
