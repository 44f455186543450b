"""2-step verification: set up with an app, on after one right code, recovery codes, off with a code (STEP-2)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor
from core.audit import log
from core.crypto import Keys
from core.errors import Refused
from core.office import Office
from core.people import keypad, locking, persons, recovery, second_factor, service_mails, step_up, totp
from core.people.chat_key import ChatKey
from core.people.models import Person
from core.people.second_factor import Verdict
from core.people.security_models import StepUp, TwoFactor
from core.people.step_up import Act, Method

SET_UP_WITHIN = timedelta(minutes=30)
"""After which a secret that was shown and never confirmed no longer counts."""

DEFAULT_IDLE_MINUTES = 30


@dataclass(frozen=True, slots=True)
class TwoFactorState:
    """How a person's 2-step stands. `since` is None when it is off."""

    on: bool = False
    since: datetime | None = None
    recovery_left: int = 0
    idle_minutes: int = DEFAULT_IDLE_MINUTES


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app must know: `secret` to type (base32), `uri` for a QR code. `entered`: the digits on the keypad."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    entered: str = ""


@dataclass(frozen=True, slots=True)
class TwoFactorOutcome:
    """What came of the first code. `recovery_codes`, when it was right: to be shown once."""

    refused: Refused | None = None
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)


async def state(session: AsyncSession, person_id: int) -> TwoFactorState:
    """Whether it is on, since when, and what is left."""
    factor = await second_factor.of(session, person_id)
    if factor is None:
        return TwoFactorState()
    left = await recovery.left(session, person_id)
    return TwoFactorState(True, factor.confirmed_at, left, factor.idle_minutes)


async def enrol(session: AsyncSession, actor: Actor, *, keys: Keys, office: Office) -> Enrolment:
    """A secret for the person's app, the same one until it is confirmed or half an hour has passed.

    Refused: `step_up.needed` (else whoever holds the phone could make the code their own), `two_factor.on_already`.
    """
    person = await persons.held(session, await session.get_one(Person, actor.id))
    if await second_factor.of(session, person.id) is not None:
        raise Refused("two_factor.on_already")
    step_up.demand(actor, Act.TWO_FACTOR_ON)
    factor = await _being_set_up(session, person.id) or await _set_up(session, person.id, keys)
    secret = second_factor.secret_of(factor, keys)
    return Enrolment(secret, totp.uri(secret, account=person.email, issuer=office.name), factor.entered)


async def press(session: AsyncSession, person_id: int, key: str) -> str:
    """Press one key of the keypad of the first code; the digits there now. Refused: `two_factor.not_pending`."""
    factor = await _being_set_up(session, person_id)
    if factor is None:
        raise Refused("two_factor.not_pending")
    factor.entered = keypad.pressed(factor.entered, key)
    await session.flush()
    return factor.entered


async def confirm(
    session: AsyncSession, actor: Actor, digits: str, *, keys: Keys, chat: ChatKey | None = None
) -> TwoFactorOutcome:
    """Turn 2-step on with the first code of the app; the recovery codes are shown once, and a mail says that it is on.

    That code is used up. Refused: `two_factor.not_pending`, `two_factor.code_wrong`.
    """
    person = await persons.held(session, await session.get_one(Person, actor.id))
    factor = await _being_set_up(session, person.id)
    if factor is None or person.removed_at is not None:
        return TwoFactorOutcome(Refused("two_factor.not_pending"))
    factor.entered = ""
    verdict = await second_factor.accept(session, factor, keypad.bare(digits), keys=keys, reach=2)
    if verdict is not Verdict.RIGHT:
        return TwoFactorOutcome(Refused("two_factor.code_wrong"))
    factor.confirmed_at = clock.now()
    await session.flush()
    if chat is not None:
        await locking.open_(session, chat, person.id)
    await log.record(session, actor, "two_factor.on", subject=("person", person.id))
    await service_mails.tell(session, person, "two_factor_on", at=factor.confirmed_at.isoformat())
    return TwoFactorOutcome(recovery_codes=await recovery.renew(session, person.id, keys=keys))


async def cancel(session: AsyncSession, person_id: int) -> None:
    """Stop setting up; one that is on stays on."""
    if await second_factor.of(session, person_id) is None:
        await second_factor.remove(session, person_id)


async def new_recovery_codes(session: AsyncSession, actor: Actor, *, keys: Keys) -> tuple[str, ...]:
    """Eight fresh codes in place of the earlier ones, and a mail that says so. Refused: `two_factor.is_off`, `step_up.needed`."""
    person = await persons.held(session, await session.get_one(Person, actor.id))
    if await second_factor.of(session, person.id) is None:
        raise Refused("two_factor.is_off")
    step_up.demand(actor, Act.RECOVERY_CODES)
    await log.record(session, actor, "two_factor.recovery_renewed", subject=("person", person.id))
    await service_mails.tell(session, person, "recovery_renewed", at=clock.now().isoformat())
    return await recovery.renew(session, person.id, keys=keys)


async def off(session: AsyncSession, actor: Actor, person_id: int, *, chat: ChatKey | None = None) -> bool:
    """Turn 2-step off, and say so by mail; False when it was off already.

    Off needs a code that was asked for just this: Refused("step_up.needed") for a person without. Staff do it for who lost
    everything.
    """
    person = await persons.held(session, await session.get_one(Person, person_id))
    if await second_factor.of(session, person.id) is None:
        return False
    asked = actor.is_person and actor.id == person.id
    if actor.is_person and not (asked and await step_up.fresh(session, person.id, chat, act=Act.TWO_FACTOR_OFF)):
        raise Refused("step_up.needed", act=str(Act.TWO_FACTOR_OFF))
    await second_factor.remove(session, person.id)
    await _stop_asking(session, person.id)
    await log.record(session, actor, "two_factor.off", subject=("person", person.id))
    await service_mails.tell(session, person, "two_factor_off", at=clock.now().isoformat(), by=str(actor.kind))
    return True


async def _being_set_up(session: AsyncSession, person_id: int) -> TwoFactor | None:
    factor = await second_factor.any_of(session, person_id)
    if factor is None or factor.confirmed_at is not None or factor.started_at <= clock.now() - SET_UP_WITHIN:
        return None
    return factor


async def _set_up(session: AsyncSession, person_id: int, keys: Keys) -> TwoFactor:
    await second_factor.remove(session, person_id)
    secret = keys.encrypt(totp.new_secret().encode("ascii"))
    factor = TwoFactor(
        person_id=person_id,
        secret=secret,
        started_at=clock.now(),
        last_step=0,
        drift=0,
        idle_minutes=DEFAULT_IDLE_MINUTES,
    )
    session.add(factor)
    await session.flush()
    return factor


async def _stop_asking(session: AsyncSession, person_id: int) -> None:
    """No code of an app can be given any more."""
    asked = update(StepUp).where(StepUp.person_id == person_id, StepUp.method == Method.TOTP)
    await session.execute(
        asked.where(StepUp.proven_at.is_(None), StepUp.ended_at.is_(None)).values(ended_at=clock.now(), values={})
    )
