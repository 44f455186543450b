"""A new email address: a code to it, and only when that is given does it count (DET-3, LINK-11). Until then the old one stays.

Wrong codes must be kept, so `prove` *returns* its refusal. Whether the address is somebody else's is told only to who has
proven to read its mail.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Channel
from core.audit import log
from core.crypto import Keys, random_digits
from core.errors import Refused
from core.office import Office
from core.people import addresses, guesses, invitations, keypad, persons, proposals, service_mails
from core.people.detail_fields import Field
from core.people.guesses import Bounds
from core.people.models import Person
from core.people.proposals import Change
from core.people.security_models import DetailChange

GOOD_FOR = timedelta(minutes=10)
RESEND_AFTER = timedelta(seconds=60)
TRIES = 5

SENT = Bounds(limit=5)
"""Codes that one person may have sent to new addresses in an hour."""

_PURPOSE = "new-email"


@dataclass(frozen=True, slots=True)
class DetailOutcome:
    """What came of a code. `change` is the saved change when it was right."""

    refused: Refused | None = None
    change: Change | None = None


async def send(session: AsyncSession, person: Person, change: DetailChange, *, keys: Keys) -> None:
    """Send a fresh code to the new address. Refused: `details.too_many_codes` (minutes)."""
    minutes = await guesses.minutes_to_wait(session, f"email-codes:{person.id}", SENT)
    if minutes is not None:
        raise Refused("details.too_many_codes", minutes=minutes)
    await guesses.count(session, f"email-codes:{person.id}", SENT)
    digits, now = random_digits(), clock.now()
    change.code_hash = keys.hashed(f"{change.id}:{digits}", purpose=_PURPOSE)
    change.sent_at, change.expires_at = now, now + GOOD_FOR
    change.tries, change.entered = 0, ""
    await session.flush()
    await service_mails.send_code(
        session,
        person,
        "email_code",
        over=Channel.EMAIL,
        address=str(change.new),
        code=digits,
        good_for=GOOD_FOR,
        keys=keys,
    )


async def press(session: AsyncSession, person_id: int, key: str) -> str:
    """Press one key of the keypad; the digits that stand there now. Refused: `details.not_pending`."""
    change = await _awaiting(session, person_id)
    if change is None:
        raise Refused("details.not_pending")
    change.entered = keypad.pressed(change.entered, key)
    await session.flush()
    return change.entered


async def prove(session: AsyncSession, actor: Actor, digits: str, *, keys: Keys, office: Office) -> DetailOutcome:
    """Give the code that went to the new address; from then on that one counts, and both addresses get a mail.

    Refused: `details.not_pending`, `details.too_many_guesses` (minutes), `details.code_expired`, `details.code_wrong` (left),
    `details.changed_meanwhile`, `email.taken`.
    """
    person = await persons.held(session, await session.get_one(Person, actor.id))
    change = await _awaiting(session, person.id)
    if change is None or person.removed_at is not None:
        return DetailOutcome(Refused("details.not_pending"))
    change.entered = ""
    refused = await _judged(session, person, change, keypad.bare(digits), keys=keys)
    if refused is None:
        refused = await _save(session, person, change, actor)
    if refused is not None:
        return DetailOutcome(refused)
    return DetailOutcome(change=proposals.shown(change, person, office))


async def resend(session: AsyncSession, actor: Actor, *, keys: Keys, office: Office) -> Change:
    """Send a fresh code; the earlier one stops working.

    Refused: `details.not_pending`, `details.resend_too_soon` (seconds), `details.too_many_codes` (minutes).
    """
    person = await persons.held(session, await session.get_one(Person, actor.id))
    change = await _awaiting(session, person.id)
    if change is None or change.sent_at is None or person.removed_at is not None:
        raise Refused("details.not_pending")
    wait = change.sent_at + RESEND_AFTER - clock.now()
    if wait > timedelta(0):
        raise Refused("details.resend_too_soon", seconds=-(-wait // timedelta(seconds=1)))
    await send(session, person, change, keys=keys)
    return proposals.shown(change, person, office)


async def _awaiting(session: AsyncSession, person_id: int) -> DetailChange | None:
    change = await proposals.open_one(session, person_id, Field.EMAIL)
    return change if change is not None and change.code_hash is not None else None


async def _judged(
    session: AsyncSession, person: Person, change: DetailChange, digits: str, *, keys: Keys
) -> Refused | None:
    scope = f"email-proof:{person.id}"
    minutes = await guesses.minutes_to_wait(session, scope)
    if minutes is not None:
        return Refused("details.too_many_guesses", minutes=minutes)
    if change.expires_at is None or change.expires_at <= clock.now() or change.tries >= TRIES:
        return Refused("details.code_expired")
    if keys.matches(f"{change.id}:{digits}", change.code_hash or "", purpose=_PURPOSE):
        await guesses.forget(session, scope)
        return None
    change.tries += 1
    left = min(await guesses.count(session, scope), TRIES - change.tries)
    minutes = await guesses.minutes_to_wait(session, scope)
    if minutes is not None:
        return Refused("details.too_many_guesses", minutes=minutes)
    return Refused("details.code_wrong", left=left) if left else Refused("details.code_expired")


async def _save(session: AsyncSession, person: Person, change: DetailChange, actor: Actor) -> Refused | None:
    """Why the proven address can't be the person's after all; None once it is."""
    old, new = person.email, str(change.new)
    if old != change.old:
        change.ended_at = clock.now()
        return Refused("details.changed_meanwhile")
    if not await _readdressed(session, person, new):
        change.ended_at = clock.now()
        return Refused("email.taken", email=new)
    change.applied_at = person.email_proven_at = clock.now()
    await session.flush()
    await addresses.put(session, person.id, Channel.EMAIL, new)
    await addresses.mark_reachable(session, channel=Channel.EMAIL, value=new)
    await invitations.revoke_open(session, person.id)
    await log.record(session, actor, "person.detail_changed", subject=("person", person.id), field=str(Field.EMAIL))
    told = {"old": old, "new": new, "at": change.applied_at.isoformat(), "by": str(actor.kind)}
    for place, address in (("old", old), ("new", new)):
        await service_mails.tell(
            session, person, "email_changed", address=address, key=f"email-changed-{change.id}-{place}", **told
        )
    return None


async def _readdressed(session: AsyncSession, person: Person, email: str) -> bool:
    """False when somebody else has it. Two at once pass the look-up together; the index lets one through."""
    if await persons.by_email(session, email) is not None:
        return False
    try:
        async with session.begin_nested():
            person.email = email
    except IntegrityError:
        await session.refresh(person)
        return False
    return True
