"""The bounds on guessing (LINK-15): five in an hour, then a wait of an hour. What is bounded is a *scope*.

A guess is kept only when its transaction commits, so the verbs of linking return a refusal instead of raising it.
"""

from datetime import timedelta
from math import ceil

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind, Channel
from core.audit import log
from core.errors import Refused
from core.people.chat_key import ChatKey
from core.people.models import Guess, Invitation

LIMIT = 5
WINDOW = timedelta(hours=1)

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
    """Why no guess may be made now in one of these scopes, with the minutes to wait; None when it may."""
    now = clock.now()
    for scope in scopes:
        newest = select(Guess.at).where(Guess.scope == scope).order_by(Guess.at.desc(), Guess.id.desc()).limit(LIMIT)
        times = list(await session.scalars(newest))
        if len(times) == LIMIT and times[0] - times[-1] <= WINDOW and now < times[0] + WINDOW:
            return Refused("link.too_many_guesses", minutes=ceil((times[0] + WINDOW - now) / timedelta(minutes=1)))
    return None


async def count(session: AsyncSession, scope: str) -> int:
    """Keep one guess in `scope`; how many may follow within the hour (0: none). Older ones are dropped on the way."""
    now = clock.now()
    await session.execute(delete(Guess).where(Guess.scope == scope, Guess.at < now - 2 * WINDOW))
    session.add(Guess(scope=scope, at=now))
    await session.flush()
    recent = await session.scalars(select(Guess.id).where(Guess.scope == scope, Guess.at >= now - WINDOW))
    return max(0, LIMIT - len(recent.all()))


async def _log_stop(session: AsyncSession, chat: ChatKey) -> None:
    """Staff see that somebody was guessing."""
    await log.record(session, STRANGER, "link.guessing_stopped", subject=("chat", chat.chat_id), bot_id=chat.bot_id)
