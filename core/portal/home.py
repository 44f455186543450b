"""Home and the list of dossiers (HOME-1, DOS-1, DOS-2, DOS-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.models import Account, Membership
from core.actor import Actor, ActorKind, Channel
from core.dossiers.models import Dossier
from core.dossiers.visibility import visible_to_person
from core.office import Office
from core.people.models import Person
from core.portal.counting import unread_in_dossier


@dataclass(frozen=True, slots=True)
class Home:
    """What home shows: dossiers in progress and in all, tasks that wait, unread items, the person's accounts and name.

    `actions` counts tasks (questionnaires, upload requests, signatures); no kind of task exists yet, so it is 0.
    """

    in_progress: int
    total: int
    actions: int
    unread: int
    accounts: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class DossierRow:
    """A dossier as the list shows it; `unread` counts documents and messages."""

    id: int
    number: str
    description: str
    status: str
    unread: int
    activity_at: datetime


async def home(session: AsyncSession, person_id: int, *, office: Office) -> Home:
    """The home of a person; "in behandeling" is the office's one status (`status_in_progress`)."""
    unread_documents, unread_messages = unread_in_dossier(_reader(person_id))
    each = (
        select(Dossier.status, unread_documents.label("documents"), unread_messages.label("messages"))
        .where(visible_to_person(person_id))
        .subquery()
    )
    counts = select(
        func.count(case((each.c.status == office.status_in_progress, 1))),
        func.count(),
        func.coalesce(func.sum(each.c.documents + each.c.messages), 0),
    ).select_from(each)
    in_progress, total, unread = (await session.execute(counts)).one()
    name, accounts = await _who(session, person_id)
    return Home(
        in_progress=in_progress, total=total, actions=0, unread=int(unread), accounts=tuple(accounts), name=name
    )


async def dossiers_page(
    session: AsyncSession,
    person_id: int,
    *,
    offset: int,
    limit: int,
    statuses: Sequence[str] = (),
    words: str = "",
) -> tuple[list[DossierRow], int]:
    """A page of the person's dossiers, newest activity first, and how many match; of `statuses` only, when any are given,
    and holding each of `words` in number or description."""
    wanted = (visible_to_person(person_id), *_matching(statuses, words))
    total = await session.scalar(select(func.count()).select_from(Dossier).where(*wanted))
    newest = (Dossier.activity_at.desc(), Dossier.id.desc())
    shown = select(Dossier.id).where(*wanted).order_by(*newest).offset(offset).limit(limit)
    query = (
        select(Dossier, *unread_in_dossier(_reader(person_id)))
        .where(Dossier.id.in_(list(await session.scalars(shown))))
        .order_by(*newest)
    )
    rows = [
        DossierRow(
            id=dossier.id,
            number=dossier.number,
            description=dossier.description,
            status=dossier.status,
            unread=unread_documents + unread_messages,
            activity_at=dossier.activity_at,
        )
        for dossier, unread_documents, unread_messages in await session.execute(query)
    ]
    return rows, total or 0


async def statuses(session: AsyncSession, person_id: int) -> list[str]:
    """The statuses that occur among the person's dossiers, in alphabetical order."""
    query = select(Dossier.status).where(visible_to_person(person_id)).distinct().order_by(Dossier.status)
    return list(await session.scalars(query))


async def only_dossier(session: AsyncSession, person_id: int) -> int | None:
    """The id of the person's dossier when there is exactly one (DOS-2), else None."""
    found = list(await session.scalars(select(Dossier.id).where(visible_to_person(person_id)).limit(2)))
    return found[0] if len(found) == 1 else None


async def _who(session: AsyncSession, person_id: int) -> tuple[str, list[str]]:
    """The person's name, and the names of the accounts that they are a member of, in the order of joining."""
    query = (
        select(Person.name, Account.name)
        .outerjoin(Membership, (Membership.person_id == Person.id) & Membership.removed_at.is_(None))
        .outerjoin(Account, Account.id == Membership.account_id)
        .where(Person.id == person_id)
        .order_by(Membership.id)
    )
    rows = (await session.execute(query)).all()
    return (rows[0][0] if rows else ""), [account for _, account in rows if account is not None]


def _matching(statuses: Sequence[str], words: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Dossier.status.in_(statuses)] if statuses else []
    conditions += [
        or_(Dossier.number.icontains(word, autoescape=True), Dossier.description.icontains(word, autoescape=True))
        for word in words.split()
    ]
    return conditions


def _reader(person_id: int) -> Actor:
    """Whose unread items are counted; the channel plays no part in it."""
    return Actor(kind=ActorKind.PERSON, id=person_id, channel=Channel.TELEGRAM)
