"""The second mail: six digits to the address on file (LINK-5), and the same work for an address that nobody has (LINK-10)."""

import secrets
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel, Language
from core.crypto import Keys, random_digits
from core.deliveries import outbox
from core.deliveries.models import Delivery, Lane
from core.people.models import Linking, Person

KIND = "linking_code"
GOOD_FOR = timedelta(minutes=10)
RESEND_AFTER = timedelta(seconds=60)

MAILS_AN_HOUR = 10
"""To one address, from all chats together; more are silently not sent, so that nobody's mailbox is flooded."""

_PURPOSE = "linking"
_NOBODY = "nobody@invalid"


async def send(session: AsyncSession, linking: Linking, *, keys: Keys) -> None:
    """Give `linking` a fresh code and queue its mail, when it has a person.

    A chat that gave an unknown address gets a code too, which nobody is told, and its mail is written and taken back: the same
    statements in the same order, so that time tells no more than words. A code whose mail is not sent opens nothing: guesses
    from many chats together are bounded by the mails that one person gets (LINK-15).
    """
    digits, now = random_digits(), clock.now()
    with session.no_autoflush:  # `person_id` changed for a known address only: no statement of its own may tell
        person = await session.scalar(select(Person).where(Person.id == (linking.person_id or 0)))
        wanted = await _sent_lately(session, person) < MAILS_AN_HOUR and person is not None
    code = digits if wanted else secrets.token_hex()
    linking.code_hash = keys.hashed(_bound(linking, code), purpose=_PURPOSE)
    linking.code_sent_at, linking.code_expires_at = now, now + GOOD_FOR
    linking.tries, linking.entered = 0, ""
    await session.flush()
    savepoint = await session.begin_nested()
    await _queue(session, person, digits=digits, keys=keys)
    await (savepoint.commit() if wanted else savepoint.rollback())


def right(linking: Linking, digits: str, *, keys: Keys) -> bool:
    """Whether these are the digits of the mail of this linking, and it can lead to a person."""
    same = keys.matches(_bound(linking, digits), linking.code_hash or "", purpose=_PURPOSE)
    return same and linking.person_id is not None


def _bound(linking: Linking, digits: str) -> str:
    """A code belongs to one linking: the same digits hash differently elsewhere."""
    return f"{linking.id}:{digits}"


async def _sent_lately(session: AsyncSession, person: Person | None) -> int:
    query = select(func.count()).where(
        Delivery.person_id == (person.id if person else 0),
        Delivery.kind == KIND,
        Delivery.created_at > clock.now() - timedelta(hours=1),
    )
    return await session.scalar(query) or 0


async def _queue(session: AsyncSession, person: Person | None, *, digits: str, keys: Keys) -> None:
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=person.email if person else _NOBODY,
        language=person.language if person else Language.NL,
        kind=KIND,
        values={"name": person.name if person else "", "minutes": GOOD_FOR // timedelta(minutes=1)},
        lane=Lane.INTERACTIVE,
        person_id=person.id if person else None,
        secret={"code": digits},
        keys=keys,
        give_up_after=GOOD_FOR,
    )
