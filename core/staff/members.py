"""Staff members: made, found and removed by the office."""

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Language
from core.audit import log
from core.deliveries.models import IS_QUEUED, Delivery, DeliveryState
from core.errors import Refused
from core.people import persons
from core.staff.models import StaffMember, StaffRole


async def create(
    session: AsyncSession, *, name: str, email: str, role: StaffRole, language: Language, actor: Actor
) -> StaffMember:
    """A new staff member. Refused: `staff.name_missing`, `email.form`, `email.taken`."""
    name = " ".join(name.split())
    if not name:
        raise Refused("staff.name_missing")
    member = StaffMember(
        name=name[:200], email=persons.valid_email(email), role=role, language=language, created_at=clock.now()
    )
    await _insert(session, member)
    await log.record(session, actor, "staff.created", subject=("staff", member.id), role=str(role))
    return member


async def by_id(session: AsyncSession, staff_id: int) -> StaffMember | None:
    """The staff member, also one who left (`removed_at` says so)."""
    return await session.get(StaffMember, staff_id)


async def by_email(session: AsyncSession, email: str) -> StaffMember | None:
    """The staff member whose mailbox this is, however it is capitalised; None for nobody and for what is no address."""
    try:
        canonical = persons.valid_email(email)
    except Refused:
        return None
    query = select(StaffMember).where(func.lower(StaffMember.email) == canonical, StaffMember.removed_at.is_(None))
    return (await session.scalars(query)).one_or_none()


async def by_name(session: AsyncSession, name: str) -> StaffMember | None:
    """The one staff member of this name, however it is capitalised; None for nobody. Refused: `staff.ambiguous`."""
    query = select(StaffMember).where(func.lower(StaffMember.name) == " ".join(name.split()).lower())
    found = list(await session.scalars(query.where(StaffMember.removed_at.is_(None)).limit(2)))
    if len(found) > 1:
        raise Refused("staff.ambiguous", name=name)
    return found[0] if found else None


async def listing(session: AsyncSession) -> list[StaffMember]:
    """Everybody who works at the office now, by name."""
    query = select(StaffMember).where(StaffMember.removed_at.is_(None)).order_by(StaffMember.name, StaffMember.id)
    return list(await session.scalars(query))


async def set_role(session: AsyncSession, member: StaffMember, role: StaffRole, *, actor: Actor) -> None:
    """Give another role; the same one changes nothing."""
    member = await session.get_one(StaffMember, member.id)
    if member.role == role:
        return
    before, member.role = str(member.role), role
    await session.flush()
    await log.record(session, actor, "staff.role_set", subject=("staff", member.id), before=before, role=str(role))


async def remove(session: AsyncSession, member: StaffMember, *, actor: Actor) -> None:
    """End all access at once; what they wrote stays under their name. Repeating it changes nothing.

    What waited to go to their mailbox goes to a manager (else an administrator); without one it is not sent.
    """
    member = await session.get_one(StaffMember, member.id)
    if member.removed_at is not None:
        return
    member.removed_at = clock.now()
    await session.flush()
    await _hand_over(session, member)
    await log.record(session, actor, "staff.removed", subject=("staff", member.id))


async def _hand_over(session: AsyncSession, member: StaffMember) -> None:
    """The mails that wait for who left: customers wrote them to the office, not to whoever reads that mailbox now."""
    everybody = await listing(session)
    heirs = [each for role in (StaffRole.MANAGER, StaffRole.ADMINISTRATOR) for each in everybody if each.role == role]
    waiting = select(Delivery).where(Delivery.staff_id == member.id, IS_QUEUED).with_for_update()
    for delivery in await session.scalars(waiting.execution_options(populate_existing=True)):
        if heirs:
            delivery.staff_id, delivery.address, delivery.language = heirs[0].id, heirs[0].email, heirs[0].language
            delivery.values = {**delivery.values, "name": heirs[0].name}
        else:
            delivery.state, delivery.settled_at, delivery.secret = DeliveryState.CANCELLED, clock.now(), None
    await session.flush()


async def _insert(session: AsyncSession, member: StaffMember) -> None:
    """Two at once pass a look-up together; the index lets one through."""
    try:
        async with session.begin_nested():
            session.add(member)
    except IntegrityError:
        raise Refused("email.taken", email=member.email) from None
