"""What the participants of a dossier repeat of it, so that a person's list is made of their own rows alone.

Whoever changes one of these on the dossier repeats it here, in the same transaction and after the dossier's own row: who
becomes a participant meanwhile locks that row first (`participants.add_participant`), so nobody is left behind.
"""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.dossiers.models import Dossier, Participant


async def of_dossier(session: AsyncSession, dossier_id: int) -> dict[str, Any]:
    """What a new participant repeats, by column; nobody changes it until this transaction ends."""
    return dict((await session.execute(_held(), {"dossier_id": dossier_id})).one()._mapping)  # noqa: SLF001  # its public name


async def again(session: AsyncSession, dossier: Dossier) -> None:
    """The status and what it is found by, as they are on the dossier now: in the database, not in this session, whose picture
    of a column that it didn't change may be old."""
    await session.flush()
    await session.execute(_changed(), {"of": dossier.id}, execution_options={"synchronize_session": False})


async def moved_on(session: AsyncSession, dossier_id: int, at: datetime) -> None:
    """Something happened in the dossier at this moment; what happened before the newest changes nothing."""
    for statement in _moving():
        await session.execute(statement, {"of": dossier_id, "at": at})


@cache
def _held() -> Select[int, str, str, datetime]:
    columns = (Dossier.account_id, Dossier.status, Dossier.searchable, Dossier.activity_at)
    return select(*columns).where(Dossier.id == bindparam("dossier_id")).with_for_update(key_share=True)


@cache
def _changed() -> Update:
    now = {each.key: select(each).where(Dossier.id == bindparam("of")) for each in (Dossier.status, Dossier.searchable)}
    return (
        update(Participant)
        .where(Participant.dossier_id == bindparam("of"))
        .values({name: query.scalar_subquery() for name, query in now.items()})
    )


@cache
def _moving() -> tuple[Update, ...]:
    return tuple(
        update(table)
        .where(of == bindparam("of"), table.activity_at < bindparam("at"))
        .values(activity_at=bindparam("at"))
        for table, of in ((Dossier, Dossier.id), (Participant, Participant.dossier_id))
    )
