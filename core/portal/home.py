"""Home and the list of dossiers (HOME-1, DOS-1, DOS-2, DOS-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, Select, String, bindparam, case, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.models import Account, Membership
from core.dossiers import searching
from core.dossiers.models import Dossier, Participant
from core.dossiers.visibility import READER, seen_as_participant, seen_in_all, taking_part
from core.office import Office
from core.people.models import Person
from core.portal import tasks
from core.portal.counting import something_new, unread_in, unread_of_participant

OF_ACCOUNT: Final = Participant.account_id == bindparam("account_id", type_=BigInteger)
"""Of the account that was picked."""


@dataclass(frozen=True, slots=True)
class Home:
    """What home shows: dossiers in progress and in all, tasks that wait, unread items, the person's accounts and name.

    `actions` counts the person's tasks (`portal.tasks`).
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


async def home(session: AsyncSession, person_id: int, *, office: Office, account_id: int | None = None) -> Home:
    """The home of a person; "in behandeling" is the office's one status (`status_in_progress`).

    With `account_id` the dossiers of that account only are counted (HOME-3); the accounts and the tasks are all theirs.
    """
    given = {READER: person_id, "in_progress": office.status_in_progress, "account_id": account_id}
    rows = (await session.execute(_home(of_account=account_id is not None), given)).all()
    if not rows:
        return Home(in_progress=0, total=0, actions=0, unread=0, accounts=(), name="")
    first = rows[0]
    return Home(
        in_progress=first.in_progress,
        total=first.total,
        actions=first.actions,
        unread=int(first.unread),
        accounts=tuple(row.account for row in rows if row.account is not None),
        name=first.name,
    )


async def dossiers_page(
    session: AsyncSession,
    person_id: int,
    *,
    offset: int,
    limit: int,
    statuses: Sequence[str] = (),
    words: str = "",
    account_id: int | None = None,
) -> tuple[list[DossierRow], int]:
    """A page of the person's dossiers, newest activity first, and how many match; of `statuses` only, when any are given,
    holding each of `words` in number or description, and of one account, when `account_id` is given."""
    given = {READER: person_id, "statuses": list(statuses), "first": offset, "most": limit, "account_id": account_id}
    patterns = searching.patterns(words)
    given |= {f"word{n}": pattern for n, pattern in enumerate(patterns)}
    query, total = _page(len(patterns), filtered=bool(statuses), of_account=account_id is not None)
    found = (await session.execute(query, given)).all()
    rows = [DossierRow(*row[:-1]) for row in found]
    if found or not offset:
        return rows, found[0][-1] if found else 0
    return rows, await session.scalar(total, given) or 0


async def statuses(session: AsyncSession, person_id: int, *, account_id: int | None = None) -> list[str]:
    """The statuses that occur among the person's dossiers (those of one account), in alphabetical order."""
    query = _statuses(of_account=account_id is not None)
    return list(await session.scalars(query, {READER: person_id, "account_id": account_id}))


async def only_dossier(session: AsyncSession, person_id: int) -> int | None:
    """The id of the person's dossier when there is exactly one (DOS-2), else None."""
    found = list(await session.scalars(_two(), {READER: person_id}))
    return found[0] if len(found) == 1 else None


@cache
def _home(*, of_account: bool) -> Select[Any]:
    """A row for each account of the person (one when there is none), each with the counts."""
    theirs = seen_as_participant() & OF_ACCOUNT if of_account else seen_as_participant()
    each = select(unread_of_participant().label("unread")).where(theirs, something_new()).subquery()
    in_progress = select(func.count()).where(theirs, Participant.status == bindparam("in_progress"))
    total = select(func.count()).where(theirs).scalar_subquery() if of_account else seen_in_all()
    counts = select(
        in_progress.scalar_subquery().label("in_progress"),
        total.label("total"),
        func.coalesce(func.sum(each.c.unread), 0).label("unread"),
    ).subquery()
    return (
        select(Person.name, Account.name.label("account"), tasks.counted().label("actions"), counts)
        .join_from(Person, counts, true())
        .outerjoin(Membership, (Membership.person_id == Person.id) & Membership.removed_at.is_(None))
        .outerjoin(Account, Account.id == Membership.account_id)
        .where(Person.id == bindparam(READER))
        .order_by(Membership.id)
    )


@cache
def _page(words: int, *, filtered: bool, of_account: bool) -> tuple[Select[Any], Select[int]]:
    """The rows of a page, each with the total, and the total alone.

    Both look at the person's own rows of an index only, not at any dossier: the page at the newest until it is full, the total
    at each, but only for a page that is full; one that isn't is the last. The dossier itself, and what is unread in it, is looked
    up for the rows of the page.
    """
    wanted = [seen_as_participant()]
    if of_account:
        wanted.append(OF_ACCOUNT)
    if filtered:
        wanted.append(Participant.status.in_(bindparam("statuses", expanding=True)))
    wanted += [searching.matches(Participant.searchable, bindparam(f"word{n}", type_=String)) for n in range(words)]
    choice = filtered or of_account or words > 0
    total = select(func.count()).where(*wanted) if choice else select(seen_in_all())
    first, most = bindparam("first", type_=BigInteger), bindparam("most", type_=BigInteger)
    newest = (Participant.activity_at.desc(), Participant.dossier_id.desc())
    page = select(Participant.dossier_id).where(*wanted).order_by(*newest).offset(first).limit(most).cte("page")
    on_page = select(func.count()).select_from(page).scalar_subquery()
    known = case((on_page < most, first + on_page), else_=total.scalar_subquery())
    columns = (Dossier.id, Dossier.number, Dossier.description, Dossier.status, unread_in(Dossier.id))
    query = select(*columns, Dossier.activity_at, known).join(page, page.c.dossier_id == Dossier.id)
    return query.order_by(Dossier.activity_at.desc(), Dossier.id.desc()), total


@cache
def _statuses(*, of_account: bool) -> Select[str]:
    """From each status straight to the next one in the index, over all that lies between; then whether the person sees one."""
    first = select(func.min(Participant.status).label("status")).where(taking_part())
    stepping = first.cte("stepping", recursive=True)
    after = select(func.min(Participant.status)).where(taking_part(), Participant.status > stepping.c.status)
    stepping = stepping.union_all(select(after.scalar_subquery()).where(stepping.c.status.is_not(None)))
    seen = select(Participant.id).where(seen_as_participant(), Participant.status == stepping.c.status)
    if of_account:
        seen = seen.where(OF_ACCOUNT)
    return select(stepping.c.status).where(seen.exists()).order_by(stepping.c.status)


@cache
def _two() -> Select[int]:
    return select(Participant.dossier_id).where(seen_as_participant()).limit(2)
