"""Invitations: a one-time code in the first mail, bound to the address it went to (LINK-1, LINK-3)."""

import secrets
from datetime import timedelta

from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Channel
from core.audit import log
from core.crypto import Keys
from core.deliveries import outbox
from core.deliveries.models import Lane
from core.errors import Refused
from core.office import Office
from core.people import keypad, persons
from core.people.models import Invitation, Person

CAPITALS = "ACDEFHJKMNPQRTUVWXY"
DIGITS = "346789"
"""Without what looks alike on paper and on a screen: B8, G6, I1L, O0, S5, Z2 keep one of each at most."""

LENGTH = 10
"""25 symbols, 10 of them: 46 bits, behind five guesses an hour. Fits a deep link (64 of `[A-Za-z0-9_-]`, Bot API)."""

_PURPOSE = "invitation"


async def invite(
    session: AsyncSession, person: Person, *, keys: Keys, office: Office, actor: Actor, lane: Lane = Lane.NOTIFICATION
) -> tuple[Invitation, str]:
    """A new invitation for `person`, its first mail queued; earlier ones that are still open stop working.

    The code is returned for a letter or a screen of the office and is readable nowhere else. Refused: `person.removed`.
    """
    person = await persons.held(session, person)
    if person.removed_at is not None:
        raise Refused("person.removed", name=person.name)
    await revoke_open(session, person.id)
    code, now = new_code(), clock.now()
    invitation = Invitation(
        person_id=person.id,
        email=person.email,
        code_hash=keys.hashed(code, purpose=_PURPOSE),
        created_at=now,
        expires_at=now + timedelta(days=office.invitation_days),
    )
    session.add(invitation)
    await session.flush()
    await _mail(session, person, invitation, code=code, keys=keys, lane=lane)
    await log.record(session, actor, "person.invited", subject=("person", person.id), invitation=invitation.id)
    return invitation, code


async def listing(session: AsyncSession, person_id: int | None = None, *, limit: int = 1000) -> list[Invitation]:
    """Invitations, newest first, of everyone or of one person."""
    query = select(Invitation).order_by(Invitation.id.desc()).limit(limit)
    if person_id is not None:
        query = query.where(Invitation.person_id == person_id)
    return list(await session.scalars(query))


async def revoke(session: AsyncSession, invitation: Invitation, *, actor: Actor) -> bool:
    """Make the code stop working; False when it was used, revoked or expired already."""
    change = update(Invitation).where(Invitation.id == invitation.id, Invitation.expires_at > clock.now())
    if not await _end(session, change):
        return False
    await log.record(session, actor, "invitation.revoked", subject=("person", invitation.person_id))
    return True


async def revoke_open(session: AsyncSession, person_id: int) -> None:
    """Make every code of this person stop working."""
    await _end(session, update(Invitation).where(Invitation.person_id == person_id))


async def by_code(session: AsyncSession, code: str, *, keys: Keys) -> Invitation | None:
    """The invitation that has exactly this code (spaces and dashes aside), whatever became of it."""
    hashes = keys.hashes(keypad.bare(code), purpose=_PURPOSE)
    return (await session.scalars(select(Invitation).where(Invitation.code_hash.in_(hashes)))).one_or_none()


def refusal_of(invitation: Invitation | None) -> Refused | None:
    """Why this code does not open anything now; None when it does."""
    if invitation is None:
        return Refused("link.code_unknown")
    if invitation.used_at is not None:
        return Refused("link.code_used")
    if invitation.revoked_at is not None or invitation.expires_at <= clock.now():
        return Refused("link.code_expired")
    return None


async def use(session: AsyncSession, invitation_id: int) -> bool:
    """Use the code up; False when another was faster, however close together they came."""
    change = update(Invitation).where(
        Invitation.id == invitation_id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None)
    )
    used = await session.execute(change.values(used_at=clock.now()).returning(Invitation.id))
    return used.first() is not None


async def _end(session: AsyncSession, change: Update) -> bool:
    still_open = change.where(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
    ended = await session.execute(still_open.values(revoked_at=clock.now()).returning(Invitation.id))
    return ended.first() is not None


def new_code() -> str:
    """A random code of `LENGTH` unambiguous characters, with at least one capital and one digit."""
    while True:
        code = "".join(secrets.choice(CAPITALS + DIGITS) for _ in range(LENGTH))
        if set(code) & set(CAPITALS) and set(code) & set(DIGITS):
            return code


async def _mail(
    session: AsyncSession, person: Person, invitation: Invitation, *, code: str, keys: Keys, lane: Lane
) -> None:
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=invitation.email,
        language=person.language,
        kind="invitation",
        values={"name": person.name, "email": person.email, "expires_at": invitation.expires_at.isoformat()},
        lane=lane,
        person_id=person.id,
        secret={"code": code},
        keys=keys,
        key=f"invitation-{invitation.id}",
    )
