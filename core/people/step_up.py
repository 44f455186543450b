"""Confirming an act with a fresh code (STEP-1): from the app of a person with 2-step, else sent over the *other* channel.

Once a code was right, this person in this place (one chat, or by mail) is stepped up for five minutes, for all that it
covers. A wrong code must be kept, so `enter` *returns* its refusal; the caller commits, and then tells the person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Exists, Select, SQLColumnExpression, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind
from core.crypto import Keys
from core.errors import Refused
from core.people import keypad, persons, step_up_codes
from core.people.chat_key import ChatKey
from core.people.models import Person
from core.people.security_models import StepUp
from core.people.step_up_codes import Act, Method
from core.schedule import schedule
from core.schedule.scheduler import Job

__all__ = [
    "Act",
    "Method",
    "StepUpOutcome",
    "begin",
    "cancel",
    "confirmed",
    "demand",
    "enter",
    "fresh",
    "jobs",
    "pending",
]

GOOD_FOR = timedelta(minutes=5)
"""How long a right code counts (STEP-1)."""

OPEN_FOR = timedelta(hours=24)
"""After which an act that was never confirmed is forgotten, with what waited for it."""

FORGET = "step_up.forget"
"""The kind of the jobs that do so."""


@dataclass(frozen=True, slots=True)
class StepUpOutcome:
    """What came of a code. `step_up` is set when it was right; `recovery_left` when it was a recovery code."""

    refused: Refused | None = None
    step_up: StepUp | None = None
    recovery_left: int | None = None


async def confirmed(session: AsyncSession, actor: Actor, chat: ChatKey | None = None) -> Actor:
    """The same actor, who knows whether a fresh code was right here."""
    return replace(actor, stepped_up=actor.is_person and await fresh(session, actor.id, chat))


def demand(actor: Actor, act: Act) -> None:
    """Raises Refused("step_up.needed") for a person without a fresh code; the office has its own ways to prove itself."""
    if actor.kind is ActorKind.PERSON and not actor.stepped_up:
        raise Refused("step_up.needed", act=str(act))


async def fresh(session: AsyncSession, person_id: int, chat: ChatKey | None = None, *, act: Act | None = None) -> bool:
    """Whether a code of this person was right here within five minutes; with `act`, one that was asked for that act."""
    found = proven(person_id, place_of(chat), clock.now() - GOOD_FOR)
    if act is not None:
        found = found.where(StepUp.act == act)
    return bool(await session.scalar(select(found)))


def proven(
    person_id: SQLColumnExpression[int] | int,
    place: SQLColumnExpression[str] | str,
    since: SQLColumnExpression[datetime] | datetime,
) -> Exists:
    """The condition that a code of this person was right at this place since then, and still counts."""
    here = (StepUp.person_id == person_id, StepUp.place == place)
    return exists(StepUp.id).where(*here, StepUp.proven_at > since, StepUp.ended_at.is_(None))


async def begin(
    session: AsyncSession,
    actor: Actor,
    *,
    act: Act,
    keys: Keys,
    chat: ChatKey | None = None,
    values: Mapping[str, Any] | None = None,
) -> StepUp:
    """Ask a code for `act`; `values` (JSON) is what the channel carries on with. What was asked here before is replaced.

    A code that was sent for it a moment ago stays good, so that a second tap sends no second mail. Refused:
    `step_up.no_other_channel`, `step_up.no_telegram`, `step_up.locked_out`, `step_up.too_many_codes`.
    """
    person = await _held(session, actor.id)
    if person is None:
        raise Refused("step_up.not_pending")
    await step_up_codes.refuse_locked_out(session, person.id)
    method = await step_up_codes.method_for(session, person, in_telegram=chat is not None)
    step_up = await _open_one(session, person.id, chat)
    if step_up is None or (step_up.method, step_up.act) != (method, act):
        step_up = await _start(session, actor, person, act, method, chat)
    step_up.values, step_up.entered = dict(values or {}), ""
    if not step_up_codes.still_good(step_up):
        await step_up_codes.issue(session, step_up, person, keys=keys)
    await session.flush()
    return step_up


async def pending(session: AsyncSession, person_id: int, chat: ChatKey | None = None) -> StepUp | None:
    """What waits for a code here."""
    return (await session.scalars(_open(person_id, chat))).one_or_none()


async def press(session: AsyncSession, person_id: int, chat: ChatKey | None, key: str) -> str:
    """Press one key of the keypad; the digits that stand there now. Refused: `step_up.not_pending`."""
    step_up = await _open_one(session, person_id, chat)
    if step_up is None:
        raise Refused("step_up.not_pending")
    step_up.entered = keypad.pressed(step_up.entered, key)
    await session.flush()
    return step_up.entered


async def enter(
    session: AsyncSession, actor: Actor, code: str, *, keys: Keys, chat: ChatKey | None = None
) -> StepUpOutcome:
    """Give the six digits, or a recovery code. A right one confirms the act, and opens the chat when it was locked.

    Refused: `step_up.not_pending`, `step_up.locked_out` (minutes), `step_up.code_expired`, `step_up.code_used` (the app's
    code was accepted before), `step_up.code_wrong` (left), `step_up.sent_code_wrong` (left).
    """
    person = await _held(session, actor.id)
    step_up = await _open_one(session, actor.id, chat)
    if person is None or step_up is None:
        return StepUpOutcome(Refused("step_up.not_pending"))
    step_up.entered = ""
    refused, recovered = await step_up_codes.judge(session, actor, person, step_up, code, keys=keys)
    if refused is not None:
        return StepUpOutcome(refused)
    step_up.proven_at = clock.now()
    await session.flush()
    left = await step_up_codes.proven(session, actor, person, step_up, chat, recovered=recovered)
    return StepUpOutcome(step_up=step_up, recovery_left=left)


async def resend(session: AsyncSession, actor: Actor, *, keys: Keys, chat: ChatKey | None = None) -> StepUp:
    """Send a fresh code; the earlier one stops working. An app needs none, and nothing is sent.

    Refused: `step_up.not_pending`, `step_up.resend_too_soon` (seconds), `step_up.locked_out`, `step_up.too_many_codes`.
    """
    person = await _held(session, actor.id)
    step_up = await _open_one(session, actor.id, chat)
    if person is None or step_up is None:
        raise Refused("step_up.not_pending")
    await step_up_codes.refuse_locked_out(session, person.id)
    if step_up.method != Method.TOTP:
        step_up_codes.refuse_too_soon(step_up)
        await step_up_codes.issue(session, step_up, person, keys=keys)
    return step_up


async def cancel(session: AsyncSession, person_id: int, chat: ChatKey | None = None) -> None:
    """Ask no code here any more, and forget what waited for it; what was confirmed stays confirmed."""
    asked = update(StepUp).where(StepUp.person_id == person_id, StepUp.place == place_of(chat))
    asked = asked.where(StepUp.proven_at.is_(None), StepUp.ended_at.is_(None))
    await session.execute(asked.values(ended_at=clock.now(), values={}))


def place_of(chat: ChatKey | None) -> str:
    """Where somebody acts: one chat, or by mail."""
    return chat.place if chat else "email"


async def _held(session: AsyncSession, person_id: int) -> Person | None:
    """The person, held until the commit, so that codes come one after the other; None for one who was removed."""
    person = await session.get(Person, person_id)
    if person is None:
        return None
    person = await persons.held(session, person)
    return person if person.removed_at is None else None


def _open(person_id: int, chat: ChatKey | None) -> Select[StepUp]:
    query = select(StepUp).where(StepUp.person_id == person_id, StepUp.place == place_of(chat))
    query = query.where(StepUp.proven_at.is_(None), StepUp.ended_at.is_(None))
    return query.where(StepUp.started_at > clock.now() - OPEN_FOR)


async def _open_one(session: AsyncSession, person_id: int, chat: ChatKey | None) -> StepUp | None:
    query = _open(person_id, chat).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def _start(
    session: AsyncSession, actor: Actor, person: Person, act: Act, method: Method, chat: ChatKey | None
) -> StepUp:
    now = clock.now()
    await cancel(session, person.id, chat)
    await session.execute(delete(StepUp).where(StepUp.person_id == person.id, StepUp.started_at < now - 2 * OPEN_FOR))
    step_up = StepUp(
        person_id=person.id,
        place=place_of(chat),
        channel=actor.channel,
        act=str(act),
        method=str(method),
        values={},
        started_at=now,
    )
    session.add(step_up)
    await session.flush()
    key = f"{FORGET}-{step_up.id}"
    await schedule.plan(session, FORGET, due_at=now + OPEN_FOR, key=key, step_up_id=step_up.id)
    return step_up


def jobs() -> Mapping[str, Job]:
    """Its job, for the scheduler."""
    return {FORGET: _forget}


async def _forget(session: AsyncSession, values: dict[str, Any]) -> None:
    """What was never confirmed doesn't stay: a message or a file may wait in it."""
    asked = update(StepUp).where(StepUp.id == values["step_up_id"], StepUp.proven_at.is_(None))
    await session.execute(asked.values(ended_at=func.coalesce(StepUp.ended_at, clock.now()), values={}))
