"""Leaving an account: its dossiers are gone for who leaves, at once (TEAM-6)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import accounts
from core.accounts.models import Membership
from core.actor import Actor
from core.dossiers.models import Dossier, Participant
from core.dossiers.participants import remove_participant
from core.people.models import Person


async def leave_account(session: AsyncSession, membership: Membership, *, actor: Actor) -> None:
    """Takes a member out of the account and out of its dossiers; what they wrote stays under their name.

    The office may let them see a dossier again. Refused: `membership.contract_holder_stays`. Repeating it changes nothing.
    """
    if membership.removed_at is not None:
        return
    await accounts.remove_member(session, membership, actor=actor)
    person = await session.get_one(Person, membership.person_id)
    theirs = (
        select(Dossier)
        .join(Participant, Participant.dossier_id == Dossier.id)
        .where(Participant.person_id == person.id, Participant.removed_at.is_(None))
        .where(Dossier.account_id == membership.account_id)
        .order_by(Dossier.id)
    )
    for dossier in list(await session.scalars(theirs)):
        await remove_participant(session, dossier, person, actor)
