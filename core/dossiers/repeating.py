"""What the participants of a dossier repeat of it, so that a person's list is made of their own rows alone.

Whoever changes one of these on the dossier repeats it here, in the same transaction and after the dossier's own row: who
becomes a participant meanwhile locks that row first (`participants.add_participant`), so nobody is left behind.
"""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Boolean, Select, Update, bindparam, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from core.dossiers.models import Dossier, ItemKind, Participant
from core.dossiers.visibility import READER

_ROWS_ONLY = {"synchronize_session": False}
"""These rows are changed in the database; nobody goes on with a picture of them in this session."""


async def of_dossier(session: AsyncSession, dossier_id: int) -> dict[str, Any]:
    """What a new participant repeats, by column; nobody changes it until this transaction ends."""
    return dict((await session.execute(_held(), {"dossier_id": dossier_id})).one()._mapping)  # noqa: SLF001  # its public name


async def again(session: AsyncSession, dossier: Dossier) -> None:
    """The status and what it is found by, as they are on the dossier now: in the database, not in this session, whose picture
    of a column that it didn't change may be old."""
    await session.flush()
    await session.execute(_changed(), {"of": dossier.id}, execution_options=_ROWS_ONLY)


async def hold(session: AsyncSession, dossier_id: int) -> None:
    """The dossier's row is this transaction's until it ends. Before the row of anything in the dossier, so that nobody waits in
    a circle."""
    await session.execute(_held(), {"dossier_id": dossier_id})


async def asking(session: AsyncSession, dossier_id: int, waiting: Select[int]) -> None:
    """Whether the office waits for something of the participants now: `waiting` finds what, by `dossier_id`.

    The dossier's row is locked first, so that of two changes at once the second sees the first.
    """
    await hold(session, dossier_id)
    asked = await session.scalar(waiting, {"dossier_id": dossier_id}) is not None
    for statement in _asking():
        await session.execute(statement, {"of": dossier_id, "now": asked}, execution_options=_ROWS_ONLY)


async def moved_on(session: AsyncSession, dossier_id: int, at: datetime, *brought: ItemKind) -> None:
    """Something happened in the dossier at this moment; what happened before the newest changes nothing. `brought` are the kinds
    of the items that came by it."""
    for statement in _moving(brought):
        await session.execute(statement, {"of": dossier_id, "at": at}, execution_options=_ROWS_ONLY)


async def brought(session: AsyncSession, dossier_id: int, kind: ItemKind) -> None:
    """An item of this kind came into the dossier without moving it on, or came back: the participants may have something unread."""
    await session.execute(_bringing(kind), {"of": dossier_id}, execution_options=_ROWS_ONLY)


async def all_read(
    session: AsyncSession, *, person_id: int, dossier_id: int, kind: ItemKind, left: Select[int]
) -> None:
    """The person has read an item; when `left`, which finds what is unread of this kind, finds none, none is new any more.

    The person's row is locked first: who brings an item at the same time either is seen by `left`, or says so afterwards.
    """
    held = await session.scalar(_held_new(kind), {"person_id": person_id, "of": dossier_id})
    if held is None or await session.scalar(left, {READER: person_id, "dossier_id": dossier_id}) is not None:
        return
    await session.execute(_reading(kind), {"held": held}, execution_options=_ROWS_ONLY)


@cache
def _held() -> Select[int, str, str, datetime, bool]:
    columns = (Dossier.account_id, Dossier.status, Dossier.searchable, Dossier.activity_at, Dossier.asked)
    return select(*columns).where(Dossier.id == bindparam("dossier_id")).with_for_update(key_share=True)


@cache
def _changed() -> Update:
    now = {each.key: select(each).where(Dossier.id == bindparam("of")) for each in (Dossier.status, Dossier.searchable)}
    return (
        update(Participant)
        .where(Participant.dossier_id == bindparam("of"))
        .values({name: query.scalar_subquery() for name, query in now.items()})
    )


def _new(kind: ItemKind) -> InstrumentedAttribute[bool]:
    match kind:
        case ItemKind.DOCUMENT:
            return Participant.new_documents
        case ItemKind.MESSAGE:
            return Participant.new_messages


@cache
def _bringing(kind: ItemKind) -> Update:
    return update(Participant).where(Participant.dossier_id == bindparam("of"), ~_new(kind)).values({_new(kind): True})


@cache
def _held_new(kind: ItemKind) -> Select[int]:
    theirs = (Participant.person_id == bindparam("person_id"), Participant.dossier_id == bindparam("of"))
    return select(Participant.id).where(*theirs, Participant.removed_at.is_(None), _new(kind)).with_for_update()


@cache
def _reading(kind: ItemKind) -> Update:
    return update(Participant).where(Participant.id == bindparam("held")).values({_new(kind): False})


@cache
def _asking() -> tuple[Update, ...]:
    now = bindparam("now", type_=Boolean)
    return tuple(
        update(table).where(of == bindparam("of"), table.asked != now).values(asked=now)
        for table, of in ((Dossier, Dossier.id), (Participant, Participant.dossier_id))
    )


@cache
def _moving(brought: tuple[ItemKind, ...]) -> tuple[Update, Update]:
    at = bindparam("at", type_=Dossier.activity_at.type)
    of: BindParameter[int] = bindparam("of")
    dossier = update(Dossier).where(Dossier.id == of, Dossier.activity_at < at).values(activity_at=at)
    theirs = update(Participant).where(Participant.dossier_id == of)
    earlier = Participant.activity_at < at
    if not brought:
        return dossier, theirs.where(earlier).values(activity_at=at)
    newest = case((earlier, at), else_=Participant.activity_at)
    new = [_new(kind) for kind in brought]
    changing = theirs.where(or_(earlier, *(~each for each in new)))
    return dossier, changing.values({Participant.activity_at: newest} | dict.fromkeys(new, True))
