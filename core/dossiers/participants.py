"""Who takes part in a dossier, and so sees it."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.accounts import accounts
from core.accounts.models import Account
from core.actor import Actor
from core.audit import log
from core.dossiers import repeating
from core.dossiers.models import Dossier, Participant
from core.dossiers.visibility import ACCOUNT, KEPT_OUT, kept_out_of_account
from core.errors import Refused
from core.notifications import taking_back
from core.people.models import Person
from core.staff.models import StaffMember


@dataclass(frozen=True, slots=True)
class Involved:
    """Who may be told what happens in a dossier: its handler, unless there is none or they left, and its participants.

    `account` is the name of the account that the dossier belongs to.
    """

    account: str
    handler: StaffMember | None
    participants: tuple[Person, ...]


async def add_participant(session: AsyncSession, dossier: Dossier, person: Person, actor: Actor) -> Participant:
    """The person sees the dossier from now on, all that stands in it included. Twice is once.

    Refused("participant.product_access") for who has a role in its account that sees no dossiers (TEAM-7).
    """
    if found := await _active(session, dossier.id, person.id):
        return found
    if await accounts.role_in(session, person.id, dossier.account_id) in KEPT_OUT:
        raise Refused("participant.product_access", name=person.name)
    repeated = await repeating.of_dossier(session, dossier.id)
    participant = Participant(dossier_id=dossier.id, person_id=person.id, since=clock.now(), **repeated)
    try:
        async with session.begin_nested():
            session.add(participant)
    except IntegrityError:
        if found := await _active(session, dossier.id, person.id):
            return found
        raise
    await log.record(session, actor, "participant.added", subject=("dossier", dossier.id), person_id=person.id)
    return participant


async def remove_participant(session: AsyncSession, dossier: Dossier, person: Person, actor: Actor) -> bool:
    """The dossier no longer exists for this person, from the next tap on; what waited to be told of it isn't told.

    Whether that changed anything.
    """
    ended = (
        update(Participant)
        .where(_is(dossier.id, person.id), Participant.removed_at.is_(None))
        .values(removed_at=clock.now())
        .returning(Participant.id)
    )
    if (await session.execute(ended)).first() is None:
        return False
    await taking_back.about_dossier(session, person_id=person.id, dossier_id=dossier.id)
    await log.record(session, actor, "participant.removed", subject=("dossier", dossier.id), person_id=person.id)
    return True


async def participants(session: AsyncSession, dossier_id: int) -> list[Person]:
    """Who sees the dossier now, in the order in which they came."""
    dossier = await session.get_one(Dossier, dossier_id)
    given = {"dossier_id": dossier.id, ACCOUNT: dossier.account_id}
    return list(await session.scalars(_taking_part(), given))


async def involved(session: AsyncSession, dossier: Dossier, *, but: int | None = None) -> Involved:
    """Who may be told, without the person `but`, whose act it was; the participants in the order in which they came."""
    given = {"dossier_id": dossier.id, "handler_id": dossier.handler_id, ACCOUNT: dossier.account_id, "but": but or 0}
    rows = (await session.execute(_hearing(), given)).all()
    account, handler, _ = rows[0]
    return Involved(account, handler, tuple(person for _, _, person in rows if person is not None))


@cache
def _taking_part() -> Select[Person]:
    return (
        select(Person)
        .join(Participant, _present(bindparam("dossier_id")))
        .where(Participant.person_id == Person.id, Person.removed_at.is_(None), ~kept_out_of_account())
        .order_by(Participant.id)
    )


@cache
def _hearing() -> Select[str, StaffMember, Person]:
    handling = and_(StaffMember.id == bindparam("handler_id", type_=BigInteger), StaffMember.removed_at.is_(None))
    others = and_(_present(bindparam("dossier_id")), Participant.person_id != bindparam("but"), ~kept_out_of_account())
    return (
        select(Account.name, StaffMember, Person)
        .select_from(Account)
        .outerjoin(StaffMember, handling)
        .outerjoin(Participant, others)
        .outerjoin(Person, and_(Person.id == Participant.person_id, Person.removed_at.is_(None)))
        .where(Account.id == bindparam(ACCOUNT))
        .order_by(Participant.id)
    )


def _present(dossier_id: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(Participant.dossier_id == dossier_id, Participant.removed_at.is_(None))


async def _active(session: AsyncSession, dossier_id: int, person_id: int) -> Participant | None:
    query = select(Participant).where(_is(dossier_id, person_id), Participant.removed_at.is_(None))
    return (await session.scalars(query)).one_or_none()


def _is(dossier_id: int, person_id: int) -> ColumnElement[bool]:
    return (Participant.dossier_id == dossier_id) & (Participant.person_id == person_id)
