"""Changes of details on their way: one open a person and detail, kept until saved, stopped or a day old."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Language
from core.errors import Refused
from core.office import Office
from core.people import detail_fields
from core.people.detail_fields import Field
from core.people.models import Person
from core.people.security_models import DetailChange

OPEN_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Change:
    """A change as the person sees it: old → new, what it means (DET-6; "" for nothing special), and how far it is.

    `awaits_code`: a code went to the new email address, and the old one stays until it is given. `entered`: its keypad.
    """

    id: int
    field: Field
    old: str | None
    new: str | None
    consequence: str = ""
    awaits_code: bool = False
    applied: bool = False
    entered: str = ""


async def make(
    session: AsyncSession, person: Person, field: Field, new: str | None, *, proven: bool = False
) -> DetailChange:
    """A proposal in place of an earlier one for the same detail. The caller holds the person."""
    await stop(session, person.id, field)
    old = detail_fields.value_of(person, field)
    change = DetailChange(
        person_id=person.id,
        field=str(field),
        old=old,
        new=new,
        proven=proven,
        proposed_at=clock.now(),
        tries=0,
        entered="",
    )
    session.add(change)
    await session.flush()
    return change


async def by_id(session: AsyncSession, person_id: int | None, change_id: int) -> DetailChange:
    """The person's own change, saved or still open; for the office (None) anybody's. Refused: `details.change_unknown`."""
    query = select(DetailChange).where(DetailChange.id == change_id, DetailChange.ended_at.is_(None))
    if person_id is not None:
        query = query.where(DetailChange.person_id == person_id)
    change = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if change is None or (change.applied_at is None and change.proposed_at <= clock.now() - OPEN_FOR):
        raise Refused("details.change_unknown")
    return change


async def open_one(session: AsyncSession, person_id: int, field: Field) -> DetailChange | None:
    """The change of this detail that is on its way."""
    query = _open(person_id, field).execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def stop(session: AsyncSession, person_id: int, field: Field | None = None) -> None:
    """No change (of this detail) is on its way any more."""
    change = update(DetailChange).where(DetailChange.person_id == person_id)
    change = change.where(DetailChange.applied_at.is_(None), DetailChange.ended_at.is_(None))
    if field is not None:
        change = change.where(DetailChange.field == field)
    await session.execute(change.values(ended_at=clock.now()))


def shown(change: DetailChange, person: Person, office: Office) -> Change:
    """The change with what the office says that it means, in the person's language."""
    field = Field(change.field)
    texts = office.consequences.get(field, {})
    return Change(
        id=change.id,
        field=field,
        old=change.old,
        new=change.new,
        consequence=texts.get(Language(person.language), ""),
        awaits_code=change.code_hash is not None and change.applied_at is None,
        applied=change.applied_at is not None,
        entered=change.entered,
    )


def _open(person_id: int, field: Field) -> Select[DetailChange]:
    query = select(DetailChange).where(DetailChange.person_id == person_id, DetailChange.field == field)
    query = query.where(DetailChange.applied_at.is_(None), DetailChange.ended_at.is_(None))
    return query.where(DetailChange.proposed_at > clock.now() - OPEN_FOR)
