"""With 2-step on, a chat that lies idle locks, and opens with a code (STEP-3). Without it nothing is ever locked.

A chat is opened by any right code in it (`step_up.enter`); what the person was about to do waits with the step-up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor
from core.audit import log
from core.errors import Refused
from core.people import second_factor
from core.people.chat_key import ChatKey
from core.people.models import Link
from core.people.security_models import ChatLock, TwoFactor

IDLE_MINUTES = (5, 15, 30, 60, 240)
"""What a person may choose from; 30 unless chosen."""

_KEPT_EVERY = timedelta(seconds=15)
"""Use is written down this often, so that a row of quick taps costs one write."""


@dataclass(frozen=True, slots=True)
class Lock:
    """What decides whether a chat whose person has 2-step on is locked; no `active_at` when no code was right here yet."""

    idle_minutes: int
    active_at: datetime | None
    locked_at: datetime | None

    def is_shut(self, now: datetime) -> bool:
        """Locked by hand, idle or new."""
        if self.active_at is None or self.locked_at is not None:
            return True
        return now >= self.active_at + timedelta(minutes=self.idle_minutes)


async def let_in(session: AsyncSession, chat: ChatKey) -> bool:
    """Whether this chat may go on; that it is in use is kept. False: it is locked, ask the code first."""
    return await passes(session, chat, await _lock_of(session, chat))


async def passes(session: AsyncSession, chat: ChatKey, lock: Lock | None) -> bool:
    """The same for who has read the chat's lock in this transaction; None: nothing ever locks it."""
    if lock is None:
        return True
    now = clock.now()
    if lock.is_shut(now):
        return False
    if lock.active_at is not None and lock.active_at < now - _KEPT_EVERY:
        used = update(ChatLock).where(ChatLock.bot_id == chat.bot_id, ChatLock.chat_id == chat.chat_id)
        await session.execute(used.values(active_at=now))
    return True


async def locked(session: AsyncSession, chat: ChatKey) -> bool:
    """Whether the chat is linked, its person has 2-step on, and it was locked by hand, lay idle or is new."""
    lock = await _lock_of(session, chat)
    return lock is not None and lock.is_shut(clock.now())


async def _lock_of(session: AsyncSession, chat: ChatKey) -> Lock | None:
    row = (await session.execute(_locks(), {"bot_id": chat.bot_id, "chat_id": chat.chat_id})).one_or_none()
    return Lock(*row) if row is not None else None


@cache
def _locks() -> Select[int, datetime | None, datetime | None]:
    here = (
        (ChatLock.bot_id == Link.bot_id) & (ChatLock.chat_id == Link.chat_id) & (ChatLock.person_id == Link.person_id)
    )
    return (
        select(TwoFactor.idle_minutes, ChatLock.active_at, ChatLock.locked_at)
        .join(Link, Link.person_id == TwoFactor.person_id)
        .outerjoin(ChatLock, here)
        .where(Link.bot_id == bindparam("bot_id"), Link.chat_id == bindparam("chat_id"), Link.revoked_at.is_(None))
        .where(TwoFactor.confirmed_at.is_not(None))
    )


async def lock_now(session: AsyncSession, chat: ChatKey) -> None:
    """Lock the chat until a code opens it. Refused: `two_factor.is_off`, for a chat that no code could open again."""
    linked = select(Link.person_id).where(Link.bot_id == chat.bot_id, Link.chat_id == chat.chat_id)
    person_id = await session.scalar(linked.where(Link.revoked_at.is_(None)))
    if person_id is None or await second_factor.of(session, person_id) is None:
        raise Refused("two_factor.is_off")
    await close(session, chat, person_id)


async def set_idle(session: AsyncSession, actor: Actor, minutes: int) -> None:
    """Lock after so many idle minutes from now on.

    Refused: `locking.minutes`, `two_factor.is_off`, `step_up.needed` when that is longer than before.
    """
    if minutes not in IDLE_MINUTES:
        raise Refused("locking.minutes")
    factor = await second_factor.of(session, actor.id)
    if factor is None:
        raise Refused("two_factor.is_off")
    if minutes > factor.idle_minutes and not actor.stepped_up:
        raise Refused("step_up.needed", act="details")
    factor.idle_minutes = minutes
    await session.flush()
    await log.record(session, actor, "locking.idle_set", subject=("person", actor.id), minutes=minutes)


async def open_(session: AsyncSession, chat: ChatKey, person_id: int) -> None:
    """A code was right in this chat."""
    await _put(session, chat, person_id, locked=False)


async def close(session: AsyncSession, chat: ChatKey, person_id: int) -> None:
    """Only a code opens this chat again."""
    await _put(session, chat, person_id, locked=True)


async def _put(session: AsyncSession, chat: ChatKey, person_id: int, *, locked: bool) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    now = clock.now()
    state = {"person_id": person_id, "active_at": now, "locked_at": now if locked else None}
    row = insert(ChatLock).values(bot_id=chat.bot_id, chat_id=chat.chat_id, **state)
    await session.execute(row.on_conflict_do_update(index_elements=["bot_id", "chat_id"], set_=state))
