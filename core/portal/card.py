"""The card of a dossier: its head, its four tabs with counts and unread, how far it is (DOS-5, DOS-6)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.models import Account
from core.actor import Actor
from core.documents import documents
from core.documents.models import Document, Shelf
from core.dossiers.models import Dossier, ProgressStep
from core.dossiers.visibility import visible_to
from core.errors import Refused
from core.messages import messages
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
    row = (await session.execute(_head(actor, dossier_id))).one_or_none()
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
        tabs=await _tabs(session, actor, dossier_id),
        done=done,
        steps=steps,
        activity_at=dossier.activity_at,
    )


def _head(actor: Actor, dossier_id: int) -> Select[Dossier, str, str, int, int]:
    done = select(func.count(ProgressStep.done_at)).where(ProgressStep.dossier_id == Dossier.id).scalar_subquery()
    steps = select(func.count(ProgressStep.id)).where(ProgressStep.dossier_id == Dossier.id).scalar_subquery()
    return (
        select(Dossier, Account.name, StaffMember.name, done, steps)
        .join(Account, Account.id == Dossier.account_id)
        .outerjoin(StaffMember, StaffMember.id == Dossier.handler_id)
        .where(Dossier.id == dossier_id, visible_to(actor))
    )


async def _tabs(session: AsyncSession, actor: Actor, dossier_id: int) -> dict[str, Tab]:
    """One pass over the documents and one over the messages of the dossier."""
    shelves = (
        select(Document.shelf, func.count(), func.count(case((documents.unread_for(actor), 1))))
        .where(Document.dossier_id == dossier_id, Document.withdrawn_at.is_(None))
        .group_by(Document.shelf)
    )
    tabs = {str(shelf): Tab(0, 0) for shelf in Shelf}
    tabs |= {str(shelf): Tab(count, unread) for shelf, count, unread in await session.execute(shelves)}
    correspondence = select(func.count(), func.count(case((messages.unread_for(actor), 1)))).where(
        Message.dossier_id == dossier_id
    )
    tabs[MESSAGES] = Tab(*(await session.execute(correspondence.select_from(Message))).one())
    return tabs
