"""The mobile number from Telegram's own share-contact button (LINK-14). Typed ones go the way of every detail (`details`)."""

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor
from core.errors import Refused
from core.office import Office
from core.people import details, persons, proposals
from core.people.detail_fields import Field
from core.people.models import Person
from core.people.proposals import Change


async def from_contact(
    session: AsyncSession,
    person: Person,
    *,
    phone: str,
    contact_user_id: int | None,
    sender_id: int,
    actor: Actor,
    office: Office,
) -> Change:
    """The number of a contact card (Bot API `Contact`: `phone_number`, `user_id`), when it is the sender's own.

    The first number, and the one that stands there already, are saved at once and count as proven; another one is
    proposed, to be confirmed like every change (`details.apply`). Refused: `mobile.not_own_contact`, `mobile.form`.
    """
    if contact_user_id is None or contact_user_id != sender_id:
        raise Refused("mobile.not_own_contact")
    number = persons.valid_mobile(phone if phone.strip().startswith("+") else f"+{phone.strip()}")
    person = await persons.held(session, person)
    if person.removed_at is not None:
        raise Refused("mobile.not_own_contact")
    before = person.mobile
    change = await proposals.make(session, person, Field.MOBILE, number, proven=True)
    if before is None:
        await details.save(session, person, change, actor)
    elif before == number:
        person.mobile_proven_at = person.mobile_proven_at or clock.now()
        change.applied_at = clock.now()
        await session.flush()
    return proposals.shown(change, person, office)
