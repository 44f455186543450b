""" "Mijn gegevens": what stands there, and changing it: proposed (old → new), confirmed with a code, saved, told (DET-1, 2, 3, 6)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Language
from core.audit import log
from core.crypto import Keys
from core.errors import Refused
from core.office import Office
from core.people import detail_fields, links, new_email, persons, proposals, second_factor, service_mails, step_up
from core.people.detail_fields import Field
from core.people.models import Person
from core.people.new_email import DetailOutcome, press, prove, resend
from core.people.proposals import Change
from core.people.security_models import DetailChange
from core.people.step_up import Act

__all__ = [
    "Change",
    "DetailOutcome",
    "Details",
    "Field",
    "apply",
    "cancel",
    "change",
    "of",
    "pending",
    "press",
    "propose",
    "prove",
    "resend",
    "save",
]


@dataclass(frozen=True, slots=True)
class Details:
    """A person's details. `new_email` waits for its code; `mobile_proven`: it came from the person's own contact card."""

    name: str
    email: str
    mobile: str | None
    mobile_proven: bool
    professional_number: str | None
    language: Language
    two_factor: bool
    linked: bool
    new_email: str | None


async def of(session: AsyncSession, person: Person) -> Details:
    """What stands there now."""
    moving = await proposals.open_one(session, person.id, Field.EMAIL)
    return Details(
        name=person.name,
        email=person.email,
        mobile=person.mobile,
        mobile_proven=person.mobile_proven_at is not None,
        professional_number=person.professional_number,
        language=Language(person.language),
        two_factor=await second_factor.of(session, person.id) is not None,
        linked=await links.link_of(session, person.id) is not None,
        new_email=moving.new if moving is not None and moving.code_hash else None,
    )


async def propose(session: AsyncSession, person: Person, field: Field, value: str, *, office: Office) -> Change:
    """A change to show before it is saved; an earlier one of the same detail is dropped. Empty text empties the detail.

    An address that somebody else has is not refused here: nothing tells who else is known. Refused: `details.unchanged`,
    `details.change_unknown` (the person was removed), and those of `detail_fields.checked`.
    """
    new = detail_fields.checked(field, value, office=office)
    person = await persons.held(session, person)
    if person.removed_at is not None:
        raise Refused("details.change_unknown")
    if new == detail_fields.value_of(person, field):
        raise Refused("details.unchanged")
    return proposals.shown(await proposals.make(session, person, field, new), person, office)


async def change(session: AsyncSession, person_id: int, change_id: int, *, office: Office) -> Change:
    """The person's change with this id. Refused: `details.change_unknown` (somebody else's, stopped, or a day old)."""
    row = await proposals.by_id(session, person_id, change_id)
    return proposals.shown(row, await session.get_one(Person, person_id), office)


async def pending(session: AsyncSession, person_id: int, field: Field, *, office: Office) -> Change | None:
    """The change of this detail that is on its way."""
    row = await proposals.open_one(session, person_id, field)
    return proposals.shown(row, await session.get_one(Person, person_id), office) if row is not None else None


async def apply(session: AsyncSession, actor: Actor, change_id: int, *, keys: Keys, office: Office) -> Change:
    """Save a change, and tell the person by mail. A new email address gets a code first, and counts once that is given.

    Repeating it changes nothing. Refused: `step_up.needed` (not for the language), `details.change_unknown`,
    `details.changed_meanwhile`, `details.too_many_codes` (minutes).
    """
    row = await proposals.by_id(session, actor.id if actor.is_person else None, change_id)
    person = await persons.held(session, await session.get_one(Person, row.person_id))
    row = await proposals.by_id(session, person.id, change_id)
    field = Field(row.field)
    if row.applied_at is not None or row.code_hash is not None:
        return proposals.shown(row, person, office)
    if field is not Field.LANGUAGE:
        step_up.demand(actor, Act.DETAILS)
    if detail_fields.value_of(person, field) != row.old:
        raise Refused("details.changed_meanwhile")
    row.confirmed_at = clock.now()
    if field is Field.EMAIL:
        await new_email.send(session, person, row, keys=keys)
    else:
        await save(session, person, row, actor)
    return proposals.shown(row, person, office)


async def cancel(session: AsyncSession, person_id: int, change_id: int) -> None:
    """Drop a change that was not saved. Repeating it changes nothing."""
    try:
        row = await proposals.by_id(session, person_id, change_id)
    except Refused:
        return
    if row.applied_at is None:
        await proposals.stop(session, person_id, Field(row.field))


async def save(session: AsyncSession, person: Person, row: DetailChange, actor: Actor) -> None:
    """Let the new value stand, log it without the values, and tell the person."""
    field = Field(row.field)
    detail_fields.put(person, field, row.new, proven=row.proven)
    row.applied_at = clock.now()
    await session.flush()
    await log.record(session, actor, "person.detail_changed", subject=("person", person.id), field=str(field))
    if field is Field.LANGUAGE:
        return
    told = {"old": row.old, "new": row.new, "at": row.applied_at.isoformat(), "by": str(actor.kind)}
    if field is Field.MOBILE:
        await service_mails.tell(session, person, "mobile_changed", key=f"mobile-changed-{row.id}", **told)
    else:
        await service_mails.tell(
            session, person, "details_changed", key=f"details-changed-{row.id}", field=str(field), **told
        )
