"""Who is at the other end of a chat: all that every update asks first, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Language
from core.chats import chats
from core.chats.models import Chat
from core.people import step_up
from core.people.chat_key import ChatKey
from core.people.locking import Lock
from core.people.models import Link, Person
from core.people.security_models import ChatLock, TwoFactor


@dataclass(frozen=True, slots=True)
class Caller:
    """A chat and whose it is: no `person` for one that is not linked. `lock`: when it locks (STEP-3), None without 2-step.

    `stepped_up`: a code was right here within five minutes (STEP-1).
    """

    chat: Chat
    person: Person | None = None
    lock: Lock | None = None
    stepped_up: bool = False


async def of(session: AsyncSession, chat: ChatKey, *, language: Language) -> Caller:
    """The caller; a chat that is new gets its row, in `language`."""
    since = clock.now() - step_up.GOOD_FOR
    given = {"bot_id": chat.bot_id, "chat_id": chat.chat_id, "place": chat.place, "since": since}
    row = (await session.execute(_caller(), given)).one_or_none()
    if row is None:
        await chats.get(session, chat, language=language)
        row = (await session.execute(_caller(), given)).one()
    known, person, idle_minutes, active_at, locked_at, stepped_up = row
    lock = Lock(idle_minutes, active_at, locked_at) if idle_minutes is not None else None
    return Caller(known, person, lock, bool(stepped_up))


@cache
def _caller() -> Select[Chat, Person, int, datetime, datetime | None, bool]:
    linked = and_(Link.bot_id == Chat.bot_id, Link.chat_id == Chat.chat_id, Link.revoked_at.is_(None))
    lock = and_(
        ChatLock.bot_id == Chat.bot_id, ChatLock.chat_id == Chat.chat_id, ChatLock.person_id == TwoFactor.person_id
    )
    proven = step_up.proven(Person.id, bindparam("place"), bindparam("since"))
    return (
        select(Chat, Person, TwoFactor.idle_minutes, ChatLock.active_at, ChatLock.locked_at, proven)
        .outerjoin(Link, linked)
        .outerjoin(Person, and_(Person.id == Link.person_id, Person.removed_at.is_(None)))
        .outerjoin(TwoFactor, and_(TwoFactor.person_id == Person.id, TwoFactor.confirmed_at.is_not(None)))
        .outerjoin(ChatLock, lock)
        .where(Chat.bot_id == bindparam("bot_id"), Chat.chat_id == bindparam("chat_id"))
    )
