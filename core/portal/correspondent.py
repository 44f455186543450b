"""Who is at the other end of a mail: all that an answer to our mail asks first, in one statement."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.accounts.models import Account
from core.actor import ActorKind, Channel
from core.dossiers.dossiers import Involved
from core.dossiers.models import Dossier, Participant
from core.dossiers.participants import handles, takes_part_beside
from core.dossiers.visibility import READER, may_see
from core.people.models import Address, Person
from core.staff.models import StaffMember


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A person, also one who was removed; whether mail is known to reach them; and the dossier, if they may see it, with who is
    involved in it beside them."""

    person: Person
    reachable: bool
    dossier: Dossier | None = None
    involved: Involved | None = None


async def of(session: AsyncSession, person_id: int, dossier_id: int) -> Correspondent | None:
    """The correspondent; None when there is no such person. Without `dossier_id` (0) there is no dossier either."""
    rows = (await session.execute(_correspondent(), {READER: person_id, "dossier_id": dossier_id})).all()
    if not rows:
        return None
    person, unreachable_since, value, dossier, account, handler, _ = rows[0]
    reachable = value == person.email and unreachable_since is None
    if dossier is None:
        return Correspondent(person, reachable)
    others = tuple(row[-1] for row in rows if row[-1] is not None)
    return Correspondent(person, reachable, dossier, Involved(account, handler, others))


@cache
def _correspondent() -> Select[*tuple[Any, ...]]:
    other = aliased(Person)
    seen = and_(Dossier.id == bindparam("dossier_id"), may_see(ActorKind.PERSON))
    by_mail = and_(Address.person_id == Person.id, Address.channel == Channel.EMAIL)
    beside = takes_part_beside(Dossier.id.expression, Person.id.expression, Dossier.account_id.expression)
    return (
        select(Person, Address.unreachable_since, Address.value, Dossier, Account.name, StaffMember, other)
        .select_from(Person)
        .outerjoin(Address, by_mail)
        .outerjoin(Dossier, seen)
        .outerjoin(Account, Account.id == Dossier.account_id)
        .outerjoin(StaffMember, handles(Dossier.handler_id.expression))
        .outerjoin(Participant, beside)
        .outerjoin(other, and_(other.id == Participant.person_id, other.removed_at.is_(None)))
        .where(Person.id == bindparam(READER))
        .order_by(Participant.id)
    )
