"""Who is at the other end of a mail: all that an answer to our mail asks first, in one statement."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import ActorKind, Channel
from core.dossiers.models import Dossier
from core.dossiers.visibility import READER, may_see
from core.people.models import Address, Person


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A person, also one who was removed; the dossier, if they may see it; whether mail is known to reach them."""

    person: Person
    dossier: Dossier | None
    reachable: bool


async def of(session: AsyncSession, person_id: int, dossier_id: int) -> Correspondent | None:
    """The correspondent; None when there is no such person. Without `dossier_id` (0) there is no dossier either."""
    given = {READER: person_id, "dossier_id": dossier_id}
    row = (await session.execute(_correspondent(), given)).one_or_none()
    if row is None:
        return None
    person, dossier, unreachable_since, value = row
    return Correspondent(person, dossier, value == person.email and unreachable_since is None)


@cache
def _correspondent() -> Select[Person, Dossier, object, str]:
    seen = and_(Dossier.id == bindparam("dossier_id"), may_see(ActorKind.PERSON))
    by_mail = and_(Address.person_id == Person.id, Address.channel == Channel.EMAIL)
    return (
        select(Person, Dossier, Address.unreachable_since, Address.value)
        .select_from(Person)
        .outerjoin(Dossier, seen)
        .outerjoin(Address, by_mail)
        .where(Person.id == bindparam(READER))
    )
