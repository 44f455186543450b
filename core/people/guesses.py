"""The bounds on guessing: so many in a while, then a wait (LINK-15: five in an hour, an hour). What is bounded is a *scope*.

A guess is kept only when its transaction commits, so verbs that count one return a refusal instead of raising it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind, Channel
from core.audit import log
from core.errors import Refused
from core.people.chat_key import ChatKey
from core.people.models import Guess, Invitation


@dataclass(frozen=True, slots=True)
class Bounds:
    """`limit` guesses within `window`, then none for `wait` after the last of them; then anew."""

    limit: int = 5
    window: timedelta = timedelta(hours=1)
    wait: timedelta = timedelta(hours=1)


LINKING = Bounds()

STRANGER = Actor(kind=ActorKind.PERSON, id=0, channel=Channel.TELEGRAM)
"""Somebody in a chat that is not linked, in the audit log."""


def of_chat(chat: ChatKey) -> str:
    """The scope of wrong codes typed in one chat."""
    return f"chat:{chat.bot_id}:{chat.chat_id}"


def of_code(code_hash: str) -> str:
    """The scope of addresses tried with one invitation code."""
    return f"code:{code_hash}"


def mails_from(chat: ChatKey) -> str:
    """The scope of code mails asked for in one chat, whether they were sent or not."""
    return f"mails:{chat.bot_id}:{chat.chat_id}"


async def wrong_code(session: AsyncSession, chat: ChatKey) -> int:
    """Keep a wrong code; how many more this chat may give."""
    left = await count(session, of_chat(chat))
    if left == 0:
        await _log_stop(session, chat)
    return left


async def address_given(session: AsyncSession, chat: ChatKey, invitation: Invitation | None) -> Refused | None:
    """Keep that a mail was asked for, with a code or without; why not, when it was too often.

    Every address counts, right or wrong, so that the bound tells nothing about any of them.
    """
    scopes = [mails_from(chat)]
    if invitation is not None:
        scopes.append(of_code(invitation.code_hash))
    refused = await bound(session, *scopes)
    if refused is not None:
        return refused
    left = [await count(session, scope) for scope in scopes]
    if min(left) == 0:
        await _log_stop(session, chat)
    return None


async def bound(session: AsyncSession, *scopes: str) -> Refused | None:
    """Why no guess may be made now in one of these scopes of linking, with the minutes to wait; None when it may."""
    for scope in scopes:
        minutes = await minutes_to_wait(session, scope)
        if minutes is not None:
            return Refused("link.too_many_guesses", minutes=minutes)
    return None


async def minutes_to_wait(session: AsyncSession, scope: str, bounds: Bounds = LINKING) -> int | None:
    """How long no guess may be made in `scope`, rounded up; None when one may be made now."""
    until, now = await _stopped_until(session, scope, bounds), clock.now()
    return ceil((until - now) / timedelta(minutes=1)) if until is not None and now < until else None


async def count(session: AsyncSession, scope: str, bounds: Bounds = LINKING) -> int:
    """Keep one guess in `scope`; how many may follow now (0: none). What no longer counts is dropped on the way."""
    now = clock.now()
    until = await _stopped_until(session, scope, bounds)
    over = until is not None and until <= now
    old = delete(Guess).where(Guess.scope == scope)
    await session.execute(old if over else old.where(Guess.at < now - bounds.window - bounds.wait))
    session.add(Guess(scope=scope, at=now))
    await session.flush()
    recent = await session.scalars(select(Guess.id).where(Guess.scope == scope, Guess.at >= now - bounds.window))
    return max(0, bounds.limit - len(recent.all()))


async def forget(session: AsyncSession, scope: str) -> None:
    """It was right: what was guessed before no longer counts."""
    await session.execute(delete(Guess).where(Guess.scope == scope))


async def _stopped_until(session: AsyncSession, scope: str, bounds: Bounds) -> datetime | None:
    """The end of the wait that the newest guesses brought about, also when it is over; None when they were too few."""
    newest = select(Guess.at).where(Guess.scope == scope).order_by(Guess.at.desc(), Guess.id.desc())
    times = list(await session.scalars(newest.limit(bounds.limit)))
    if len(times) < bounds.limit or times[0] - times[-1] > bounds.window:
        return None
    return times[0] + bounds.wait


async def _log_stop(session: AsyncSession, chat: ChatKey) -> None:
    """Staff see that somebody was guessing."""
    await log.record(session, STRANGER, "link.guessing_stopped", subject=("chat", chat.chat_id), bot_id=chat.bot_id)
