"""The second mail: six digits to the address on file (LINK-5), and the same work for an address that nobody has (LINK-10).

How many such mails one address gets is bounded, so that nobody's mailbox is flooded and guesses from many chats together are
bounded too (LINK-15). What strangers ask for must not use up what the owner needs: see `_allowance`.
"""

import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from core import clock
from core.actor import Channel, Language
from core.crypto import Keys, random_digits
from core.deliveries import outbox
from core.deliveries.models import Lane
from core.people import guesses, links
from core.people.chat_key import ChatKey
from core.people.guesses import Bounds
from core.people.models import Linking, Person

KIND = "linking_code"
GOOD_FOR = timedelta(minutes=10)
RESEND_AFTER = timedelta(seconds=60)

FIRST = Bounds(limit=6)
"""Mails to one address for chats that ask for the first time, from all of them together; more are silently not sent."""

AGAIN = Bounds(limit=4)
"""The same for chats that ask again: one chat can't use up what others may have."""

OWN = Bounds(limit=10)
"""Mails for who has more than the address: its invitation code, or a chat that was theirs before."""

LEAVES_AFTER = timedelta(seconds=1)
"""Writing and sending the mail is work that an unknown address doesn't give: it begins when the chat has its answer (LINK-10)."""

_PURPOSE = "linking"
_WHOSE = "code-mails"
_NOBODY = "nobody@invalid"


async def send(session: AsyncSession, linking: Linking, *, person_id: int | None, keys: Keys) -> None:
    """Give `linking` a fresh code and queue its mail, when its address leads to a person.

    A chat that gave an unknown address gets a code too, which nobody is told, and its mail is written and taken back: the same
    statements in the same order, so that time tells no more than words. A code whose mail is not sent opens nothing: guesses
    from many chats together are bounded by the mails that one person gets (LINK-15).
    """
    digits, now = random_digits(), clock.now()
    person = await session.scalar(select(Person).where(Person.id == (person_id or 0)))
    wanted = await _allowed(session, linking, person, keys) and person is not None
    code = digits if wanted else secrets.token_hex()
    linking.person_id, linking.code_hash = person_id, keys.hashed(_bound(linking, code), purpose=_PURPOSE)
    linking.code_sent_at, linking.code_expires_at = now, now + GOOD_FOR
    linking.tries, linking.entered = 0, ""
    flag_modified(linking, "person_id")  # written for nobody too: the same statement, prepared as often
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


async def _allowed(session: AsyncSession, linking: Linking, person: Person | None, keys: Keys) -> bool:
    """Whether one more mail may go, which is counted then. The same for an address that nobody has."""
    scope, bounds = await _allowance(session, linking, person, keys)
    if await guesses.minutes_to_wait(session, scope, bounds) is not None:
        return False
    await guesses.count(session, scope, bounds)
    return True


async def _allowance(session: AsyncSession, linking: Linking, person: Person | None, keys: Keys) -> tuple[str, Bounds]:
    """What this mail counts towards: who only knows the address shares it with everybody who does, the owner doesn't."""
    whose = f"codes:{keys.hashed(linking.email or '', purpose=_WHOSE)[:32]}"
    chat = ChatKey(linking.bot_id, linking.chat_id)
    been_here = await links.was_linked(session, chat, person.id if person else 0)
    if linking.invitation_id is not None:
        return f"{whose}:invitation:{linking.invitation_id}", OWN
    if been_here:
        return f"{whose}:own:{chat.place}", OWN
    left = await guesses.count(session, f"{whose}:from:{chat.place}", OWN)
    return (f"{whose}:first", FIRST) if left == OWN.limit - 1 else (f"{whose}:again", AGAIN)


async def _queue(session: AsyncSession, person: Person | None, *, digits: str, keys: Keys) -> None:
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=person.email if person else _NOBODY,
        language=person.language if person else Language.NL,
        kind=KIND,
        values={"name": person.name if person else "", "minutes": GOOD_FOR // timedelta(minutes=1)},
        lane=Lane.INTERACTIVE,
        due_at=clock.now() + LEAVES_AFTER,
        person_id=person.id if person else None,
        secret={"code": digits},
        keys=keys,
        give_up_after=GOOD_FOR,
    )
