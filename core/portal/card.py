"""The card of a dossier: its head, its four tabs with counts and unread, how far it is (DOS-5, DOS-6)."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, bindparam, case, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.models import Account
from core.actor import Actor, ActorKind
from core.documents import documents
from core.documents.models import Document, Shelf
from core.dossiers.models import Dossier, ProgressStep
from core.dossiers.visibility import READER, may_see
from core.errors import Refused
from core.messages import queries as messages
from core.messages.models import Message
from core.staff.models import StaffMember

MESSAGES = "messages"
"""The tab "Berichten"; the others are called as their `Shelf`."""


@dataclass(frozen=True, slots=True)
class Tab:
    """How many stand there, and how many of them the reader hasn't read."""

    count: int
    unread: int


@dataclass(frozen=True, slots=True)
class DossierCard:
    """A dossier as its card shows it; `handler` is empty when nobody handles it; `done` of `steps` are done.

    `tabs` has the keys "correspondence", "documents", "supplied" and "messages".
    """

    id: int
    number: str
    description: str
    status: str
    closed: bool
    handler: str
    account: str
    tabs: dict[str, Tab]
    done: int
    steps: int
    activity_at: datetime


async def dossier_card(session: AsyncSession, actor: Actor, dossier_id: int) -> DossierCard:
    """The card, for who may see the dossier. Refused("dossier.unknown") for all others, whether it exists or not."""
    given = {READER: actor.id, "dossier_id": dossier_id}
    row = (await session.execute(_head(actor.kind), given)).one_or_none()
    if row is None:
        raise Refused("dossier.unknown")
    dossier, account, handler, done, steps = row
    return DossierCard(
        id=dossier.id,
        number=dossier.number,
        description=dossier.description,
        status=dossier.status,
        closed=dossier.closed_at is not None,
        handler=handler or "",
        account=account,
        tabs={str(name): Tab(0, 0) for name in (*Shelf, MESSAGES)}
        | {name: Tab(count, unread) for name, count, unread in await session.execute(_tabs(actor.kind), given)},
        done=done,
        steps=steps,
        activity_at=dossier.activity_at,
    )


@cache
def _head(kind: ActorKind) -> Select[Dossier, str, str, int, int]:
    done = select(func.count(ProgressStep.done_at)).where(ProgressStep.dossier_id == Dossier.id).scalar_subquery()
    steps = select(func.count(ProgressStep.id)).where(ProgressStep.dossier_id == Dossier.id).scalar_subquery()
    return (
        select(Dossier, Account.name, StaffMember.name, done, steps)
        .join(Account, Account.id == Dossier.account_id)
        .outerjoin(StaffMember, StaffMember.id == Dossier.handler_id)
        .where(Dossier.id == bindparam("dossier_id"), may_see(kind))
    )


@cache
def _tabs(kind: ActorKind) -> CompoundSelect[Any]:
    """Name, count and unread of each tab: one pass over the documents of the dossier and one over its messages."""
    shelves = (
        select(Document.shelf, func.count(), func.count(case((documents.unread_for(kind), 1))))
        .where(Document.dossier_id == bindparam("dossier_id"), documents.shown())
        .group_by(Document.shelf)
    )
    written = (
        select(literal(MESSAGES), func.count(), func.count(case((messages.unread_for(kind), 1))))
        .select_from(Message)
        .where(Message.dossier_id == bindparam("dossier_id"))
    )
    return union_all(shelves, written)
