"""Dossiers: opened and kept by the office, seen by their participants only."""

from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind
from core.audit import log
from core.dossiers import repeating, searching
from core.dossiers.models import Dossier, ItemKind
from core.dossiers.participants import Involved, add_participant, involved, participants, remove_participant
from core.dossiers.progress import progress, set_progress
from core.dossiers.visibility import READER, may_see, visible_to
from core.errors import Refused
from core.staff.models import StaffMember

__all__ = [
    "Involved",
    "access",
    "add_participant",
    "by_number",
    "close",
    "create",
    "involved",
    "listing",
    "participants",
    "progress",
    "remove_participant",
    "reopen",
    "set_description",
    "set_handler",
    "set_progress",
    "set_status",
    "touch",
]


async def create(
    session: AsyncSession,
    *,
    account_id: int,
    number: str,
    description: str,
    status: str,
    kind: str = "",
    handler_id: int | None = None,
    actor: Actor,
) -> Dossier:
    """Opens a dossier under the office's own number. Nobody of the customer's side sees it yet.

    Refused: `dossier.number_taken`, `dossier.number_missing`.
    """
    number = _line(number, 60)
    if not number:
        raise Refused("dossier.number_missing")
    moment = clock.now()
    dossier = Dossier(
        account_id=account_id,
        number=number,
        description=_line(description, 500),
        kind=_line(kind, 60),
        status=_line(status, 80),
        handler_id=handler_id,
        created_at=moment,
        activity_at=moment,
    )
    try:
        async with session.begin_nested():
            session.add(dossier)
    except IntegrityError:
        if await _numbered(session, number) is not None:
            raise Refused("dossier.number_taken", number=number) from None
        raise
    await log.record(session, actor, "dossier.created", subject=("dossier", dossier.id), number=number)
    return dossier


async def access(session: AsyncSession, actor: Actor, dossier_id: int) -> Dossier:
    """The dossier, for who may see it. Refused("dossier.unknown") for all others, whether it exists or not (DOS-7)."""
    return await _only(session, _with_id(actor.kind), {READER: actor.id, "dossier_id": dossier_id})


async def by_number(session: AsyncSession, actor: Actor, number: str) -> Dossier:
    """The same by its number, however it is capitalised."""
    wanted = _line(number, 60)
    numbers = {wanted, wanted.upper(), wanted.lower()}
    query = select(Dossier).where(Dossier.number.in_(numbers), may_see(actor.kind)).limit(1)
    return await _only(session, query, {READER: actor.id})


async def listing(
    session: AsyncSession, actor: Actor, *, limit: int = 50, words: str = "", open_only: bool = False
) -> list[Dossier]:
    """Dossiers that the actor may see, newest activity first; with `words`, those that hold each in number or description."""
    query = (
        select(Dossier)
        .where(visible_to(actor.kind))
        .order_by(Dossier.activity_at.desc(), Dossier.id.desc())
        .limit(limit)
    )
    for pattern in searching.patterns(words):
        query = query.where(searching.matches(Dossier.searchable, pattern))
    if open_only:
        query = query.where(Dossier.closed_at.is_(None))
    return list(await session.scalars(query, {READER: actor.id}))


async def set_status(session: AsyncSession, dossier: Dossier, status: str, actor: Actor) -> bool:
    """The office's word for where the dossier stands. Whether that changed anything."""
    status = _line(status, 80)
    if dossier.status == status:
        return False
    dossier.status = status
    await repeating.again(session, dossier)
    await log.record(session, actor, "dossier.status_set", subject=("dossier", dossier.id), status=status)
    return True


async def set_description(session: AsyncSession, dossier: Dossier, description: str, actor: Actor) -> bool:
    """What the dossier is about. Whether that changed anything."""
    description = _line(description, 500)
    if dossier.description == description:
        return False
    dossier.description, dossier.searchable = description, searching.searchable(dossier.number, description)
    await repeating.again(session, dossier)
    await log.record(session, actor, "dossier.description_set", subject=("dossier", dossier.id))
    return True


async def set_handler(session: AsyncSession, dossier: Dossier, member: StaffMember | None, actor: Actor) -> bool:
    """Who at the office handles it and is told what comes in (None: nobody; then the managers are). Whether that changed."""
    handler_id = member.id if member else None
    if dossier.handler_id == handler_id:
        return False
    dossier.handler_id = handler_id
    await log.record(session, actor, "dossier.handler_set", subject=("dossier", dossier.id), handler_id=handler_id)
    return True


async def close(session: AsyncSession, dossier: Dossier, actor: Actor) -> bool:
    """Closed: everything can still be read; what is written is kept and flagged (DOS-8). Whether that changed anything."""
    if dossier.closed_at is not None:
        return False
    dossier.closed_at = clock.now()
    await log.record(session, actor, "dossier.closed", subject=("dossier", dossier.id))
    return True


async def reopen(session: AsyncSession, dossier: Dossier, actor: Actor) -> bool:
    """Open again. Whether that changed anything."""
    if dossier.closed_at is None:
        return False
    dossier.closed_at = None
    await log.record(session, actor, "dossier.reopened", subject=("dossier", dossier.id))
    return True


async def touch(session: AsyncSession, dossier_id: int, at: datetime, *brought: ItemKind) -> None:
    """Something happened in the dossier at this moment: it goes to the top of the lists. `brought` is what came to be read."""
    await repeating.moved_on(session, dossier_id, at, *brought)


@cache
def _with_id(kind: ActorKind) -> Select[Dossier]:
    return select(Dossier).where(Dossier.id == bindparam("dossier_id"), may_see(kind))


async def _only(session: AsyncSession, query: Select[Dossier], given: dict[str, int]) -> Dossier:
    dossier = (await session.scalars(query, given)).one_or_none()
    if dossier is None:
        raise Refused("dossier.unknown")
    return dossier


async def _numbered(session: AsyncSession, number: str) -> Dossier | None:
    return (await session.scalars(select(Dossier).where(Dossier.number == number))).one_or_none()


def _line(text: str, longest: int) -> str:
    """One line of text, as long as its column."""
    return " ".join(text.split())[:longest]
