"""The code of a step-up: where it comes from, how it is sent over the other channel, and whether it is right (STEP-1, 4, 5)."""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Channel
from core.audit import log
from core.crypto import Keys, random_digits
from core.errors import Refused
from core.people import addresses, guesses, locking, recovery, second_factor, service_mails
from core.people.chat_key import ChatKey
from core.people.guesses import Bounds
from core.people.keypad import bare
from core.people.models import Person
from core.people.second_factor import Verdict
from core.people.security_models import StepUp

GOOD_FOR = timedelta(minutes=5)
RESEND_AFTER = timedelta(seconds=60)

WRONG = Bounds(limit=5, window=timedelta(hours=1), wait=timedelta(minutes=15))
"""Wrong codes of one person, wherever they came from (STEP-5)."""

SENT = Bounds(limit=10)
"""Codes sent to one person in an hour, so that nobody's mailbox or chat is flooded."""

_PURPOSE = "step-up"


class Act(StrEnum):
    """What a code is asked for."""

    DETAILS = "details"
    MEMBERS = "members"
    PRODUCTS = "products"
    SIGNING = "signing"
    DOCUMENT = "document"
    TWO_FACTOR_ON = "two_factor_on"
    TWO_FACTOR_OFF = "two_factor_off"
    RECOVERY_CODES = "recovery_codes"
    UNLOCK = "unlock"


class Method(StrEnum):
    """Where the code comes from: an authenticator app, our mail, our message in Telegram."""

    TOTP = "totp"
    EMAIL = "email"
    TELEGRAM = "telegram"


async def method_for(session: AsyncSession, person: Person, *, in_telegram: bool) -> Method:
    """The app when the person has one, else the other channel than the one they act on. Who acts by mail and has no Telegram
    gets the code by mail: it proves that they read the mailbox (decision 10).

    Refused: `step_up.no_other_channel` (mail to the person bounces), `step_up.no_telegram` (the bot is blocked).
    """
    if await second_factor.of(session, person.id) is not None:
        return Method.TOTP
    other = Channel.EMAIL if in_telegram else Channel.TELEGRAM
    known = await addresses.of(session, person.id)
    if not in_telegram and other not in known:
        return Method.EMAIL
    address = known.get(other)
    if address is not None and address.unreachable_since is None:
        return Method(str(other))
    raise Refused("step_up.no_other_channel") if in_telegram else Refused("step_up.no_telegram")


async def issue(session: AsyncSession, step_up: StepUp, person: Person, *, keys: Keys) -> None:
    """Send a fresh code for `step_up` over its channel. Refused: `step_up.too_many_codes`."""
    scope = f"step-up-codes:{person.id}"
    minutes = await guesses.minutes_to_wait(session, scope, SENT)
    if minutes is not None:
        raise Refused("step_up.too_many_codes", minutes=minutes)
    await guesses.count(session, scope, SENT)
    digits, now = random_digits(), clock.now()
    step_up.code_hash = keys.hashed(f"{step_up.id}:{digits}", purpose=_PURPOSE)
    step_up.sent_at, step_up.expires_at, step_up.entered = now, now + GOOD_FOR, ""
    await session.flush()
    channel = Channel(step_up.method)
    await service_mails.send_code(
        session,
        person,
        "step_up_code",
        over=channel,
        address=(await addresses.of(session, person.id))[channel].value,
        code=digits,
        good_for=GOOD_FOR,
        keys=keys,
        act=step_up.act,
        channel=str(step_up.channel),
    )


def still_good(step_up: StepUp) -> bool:
    """Whether no code need be sent: it comes from an app, or one was sent that lasts a while yet."""
    if step_up.method == Method.TOTP:
        return True
    return step_up.expires_at is not None and step_up.expires_at - clock.now() >= GOOD_FOR / 2


def refuse_too_soon(step_up: StepUp) -> None:
    """Raises Refused("step_up.resend_too_soon") while the mail may still be on its way."""
    wait = (step_up.sent_at or clock.now() - RESEND_AFTER) + RESEND_AFTER - clock.now()
    if wait > timedelta(0):
        raise Refused("step_up.resend_too_soon", seconds=-(-wait // timedelta(seconds=1)))


async def refuse_locked_out(session: AsyncSession, person_id: int) -> None:
    """Raises Refused("step_up.locked_out") for a quarter of an hour after five wrong codes."""
    refused = await _locked_out(session, person_id)
    if refused is not None:
        raise refused


async def judge(
    session: AsyncSession, actor: Actor, person: Person, step_up: StepUp, code: str, *, keys: Keys
) -> tuple[Refused | None, bool]:
    """Why this code does not confirm `step_up` (None when it does), and whether it was a recovery code.

    A wrong one is counted; the fifth locks the person out and mails them.
    """
    refused = await _locked_out(session, person.id)
    if refused is not None:
        return refused, False
    recovered = step_up.method == Method.TOTP and recovery.has_form(code)
    if not recovered and step_up.expires_at is not None and step_up.expires_at <= clock.now():
        return Refused("step_up.code_expired"), False
    match await _verdict(session, person, step_up, bare(code), keys=keys, recovered=recovered):
        case Verdict.RIGHT:
            await guesses.forget(session, _wrong_ones(person.id))
            return None, recovered
        case Verdict.USED:
            return Refused("step_up.code_used"), False
        case Verdict.WRONG:
            return await _wrong(session, actor, person, step_up), False


async def proven(
    session: AsyncSession, actor: Actor, person: Person, step_up: StepUp, chat: ChatKey | None, *, recovered: bool
) -> int | None:
    """What follows on a right code: the chat opens, the log has it; recovery codes that are left, when it was one."""
    if chat is not None and await second_factor.of(session, person.id) is not None:
        await locking.open_(session, chat, person.id)
    method = "recovery" if recovered else step_up.method
    await log.record(
        session, actor, "step_up.proven", subject=("person", person.id), confirms=step_up.act, method=method
    )
    if not recovered:
        return None
    left = await recovery.left(session, person.id)
    await service_mails.tell(session, person, "recovery_used", at=clock.now().isoformat(), left=left)
    return left


async def _verdict(
    session: AsyncSession, person: Person, step_up: StepUp, code: str, *, keys: Keys, recovered: bool
) -> Verdict:
    if recovered:
        used = await recovery.use(session, person.id, code, keys=keys)
        return Verdict.RIGHT if used else Verdict.WRONG
    if step_up.method == Method.TOTP:
        factor = await second_factor.of(session, person.id)
        return await second_factor.accept(session, factor, code, keys=keys) if factor else Verdict.WRONG
    same = keys.matches(f"{step_up.id}:{code}", step_up.code_hash or "", purpose=_PURPOSE)
    return Verdict.RIGHT if same else Verdict.WRONG


async def _wrong(session: AsyncSession, actor: Actor, person: Person, step_up: StepUp) -> Refused:
    left = await guesses.count(session, _wrong_ones(person.id), WRONG)
    if left and step_up.method == Method.TOTP:
        return Refused("step_up.code_wrong", left=left)
    if left:
        return Refused("step_up.sent_code_wrong", left=left)
    if step_up.expires_at is not None:
        step_up.expires_at = clock.now()
    minutes = WRONG.wait // timedelta(minutes=1)
    await log.record(session, actor, "step_up.locked_out", subject=("person", person.id), confirms=step_up.act)
    await service_mails.tell(
        session, person, "locked_out", at=clock.now().isoformat(), minutes=minutes, channel=str(step_up.channel)
    )
    return Refused("step_up.locked_out", minutes=minutes)


async def _locked_out(session: AsyncSession, person_id: int) -> Refused | None:
    minutes = await guesses.minutes_to_wait(session, _wrong_ones(person_id), WRONG)
    return Refused("step_up.locked_out", minutes=minutes) if minutes is not None else None


def _wrong_ones(person_id: int) -> str:
    return f"step-up:{person_id}"
