"""What waits for a person, of each kind of news: how many, since when, and the newest of them by name."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, case, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from core import clock
from core.actor import ActorKind
from core.documents import documents
from core.documents.models import Document
from core.dossiers.models import Dossier
from core.dossiers.visibility import READER, visible_to
from core.messages import queries as messages
from core.messages.models import Message
from core.people.preferences import News
from core.portal import tasks

WORTH = timedelta(days=30)
"""After which what was never read is no reason for a reminder any more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """`count` items wait; `since` is when the oldest came that is a reason for a reminder (None: there is none).

    `items`, newest first, as a reminder's values name them: kind, id, title (empty when confidential), confidential, at
    (ISO), dossier_id, dossier_number, dossier_description.
    """

    count: int
    since: datetime | None
    items: tuple[dict[str, Any], ...]


async def unread(
    session: AsyncSession, person_id: int, *, offset: int, limit: int, account_id: int | None = None
) -> Waiting:
    """A page of what the person hasn't read, messages and documents together, and how many there are in all; of one account's
    dossiers only, when `account_id` is given."""
    written = await unread_messages(session, person_id, offset + limit, account_id)
    published = await unread_documents(session, person_id, offset + limit, account_id)
    both = sorted((*written.items, *published.items), key=lambda item: datetime.fromisoformat(item["at"]), reverse=True)
    since = min((each.since for each in (written, published) if each.since), default=None)
    return Waiting(written.count + published.count, since, tuple(both[offset : offset + limit]))


async def unread_messages(session: AsyncSession, person_id: int, most: int, account_id: int | None = None) -> Waiting:
    """Messages that the person hasn't opened or answered."""
    rows = (await session.execute(_messages(account_id is not None), _given(person_id, most, account_id))).all()
    return _of("message", rows)


async def unread_documents(session: AsyncSession, person_id: int, most: int, account_id: int | None = None) -> Waiting:
    """Documents that the person hasn't downloaded."""
    rows = (await session.execute(_documents(account_id is not None), _given(person_id, most, account_id))).all()
    return _of("document", rows)


async def open_tasks(session: AsyncSession, person_id: int, most: int) -> Waiting:
    """Tasks. They are a reason as long as they are open."""
    found, total = await tasks.page(session, person_id, offset=0, limit=most)
    items = [
        _item(each.kind, each.id, each.title, False, each.asked_at, each.dossier_id, each.dossier_number)
        | {"dossier_description": each.dossier_description}
        for each in found
    ]
    return Waiting(total, await tasks.oldest(session, person_id), tuple(items))


Finder = Callable[[AsyncSession, int, int], Awaitable[Waiting]]

FINDERS: Mapping[News, Finder] = {
    News.MESSAGE: unread_messages,
    News.DOCUMENT: unread_documents,
    News.REQUEST: open_tasks,
}
"""What each kind of news leaves waiting."""


@cache
def _messages(of_account: bool) -> Select[Any]:
    query = select(Message.id, Message.subject, false(), Message.sent_at, *_about(Message.sent_at))
    query = query.join(Dossier, Dossier.id == Message.dossier_id).where(messages.unread_for(ActorKind.PERSON))
    return _mine(query, of_account).order_by(Message.sent_at.desc(), Message.id.desc())


@cache
def _documents(of_account: bool) -> Select[Any]:
    query = select(
        Document.id, Document.name, Document.confidential, Document.published_at, *_about(Document.published_at)
    )
    query = query.join(Dossier, Dossier.id == Document.dossier_id).where(documents.shown())
    query = query.where(documents.unread_for(ActorKind.PERSON))
    return _mine(query, of_account).order_by(Document.published_at.desc(), Document.id.desc())


def _about(at: InstrumentedAttribute[datetime]) -> tuple[Any, ...]:
    """The dossier, how many there are in all, when the oldest came that still counts."""
    dossier = (Dossier.id, Dossier.number, Dossier.description)
    return (*dossier, func.count().over(), func.min(case((at >= bindparam("worth"), at))).over())


def _mine(query: Select[Any], of_account: bool) -> Select[Any]:
    query = query.where(visible_to(ActorKind.PERSON)).limit(bindparam("most"))
    return query.where(Dossier.account_id == bindparam("account_id", type_=BigInteger)) if of_account else query


def _given(person_id: int, most: int, account_id: int | None) -> dict[str, Any]:
    return {READER: person_id, "most": most, "worth": clock.now() - WORTH, "account_id": account_id}


def _of(kind: str, rows: Any) -> Waiting:
    items = [_item(kind, *row[:6]) | {"dossier_description": row[6]} for row in rows]
    return Waiting(rows[0][-2], rows[0][-1], tuple(items)) if rows else Waiting(0, None, ())


def _item(
    kind: str, item_id: int, title: str, confidential: bool, at: datetime, dossier_id: int, number: str
) -> dict[str, Any]:
    return {
        "kind": str(kind),
        "id": item_id,
        "title": "" if confidential else title,
        "confidential": bool(confidential),
        "at": at.isoformat(),
        "dossier_id": dossier_id,
        "dossier_number": number,
    }
