"""Another email address for a person, corrected by the office: by hand, or by its feed (LINK-11, DET-2).

A person who changes it themselves proves it first: that is `new_email`.
"""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Channel
from core.audit import log
from core.errors import Refused
from core.people import addresses, invitations, persons, service_mails
from core.people.models import Person


async def readdress(session: AsyncSession, person: Person, email: str, *, actor: Actor) -> bool:
    """The address counts from now on, and is still to be proven; codes that went to the earlier one end. Whether it is another.

    Both addresses get a mail when the earlier one was proven; else nobody does, since it may be a stranger's. Refused:
    `email.form`, `email.taken`, `person.removed`.
    """
    email = persons.valid_email(email)
    person = await persons.held(session, person)
    if person.removed_at is not None:
        raise Refused("person.removed", name=person.name)
    if person.email == email:
        return False
    old, proven = person.email, person.email_proven_at is not None
    await _put(session, person, email)
    await addresses.put(session, person.id, Channel.EMAIL, email)
    await invitations.revoke_open(session, person.id)
    await log.record(session, actor, "person.readdressed", subject=("person", person.id))
    if proven:
        told = {"old": old, "new": email, "at": clock.now().isoformat(), "by": str(actor.kind)}
        for address in (old, email):
            await service_mails.tell(session, person, "email_changed", address=address, **told)
    return True


async def _put(session: AsyncSession, person: Person, email: str) -> None:
    """Two at once pass the look-up together; the index lets one through."""
    if await persons.by_email(session, email) is not None:
        raise Refused("email.taken", email=email)
    try:
        async with session.begin_nested():
            person.email, person.email_proven_at = email, None
    except IntegrityError:
        await session.refresh(person)
        raise Refused("email.taken", email=email) from None
