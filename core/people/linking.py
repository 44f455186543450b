"""Linking a Telegram chat to a person: code, address, six digits by mail, linked (LINK-3, 4, 5, 10, 15).

A wrong guess must be kept, and a refusal that is raised takes its transaction with it. So these verbs *return* a `LinkOutcome`,
whose `refused` says why not; the caller commits and then tells the person. Nothing here tells a stranger whether an address
is known: an unknown one walks the same way, with the same work, and never arrives.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.crypto import Keys
from core.errors import Refused
from core.office import Office
from core.people import arrival, code_mails, guesses, invitations, keypad, links, persons
from core.people.chat_key import ChatKey
from core.people.models import Invitation, Link, Linking, Person

TRIES = 5
"""Wrong digits for one mail (LINK-5)."""

OPEN_FOR = timedelta(hours=24)
"""After which a chat that never finished is a stranger again."""


@dataclass(frozen=True, slots=True)
class LinkOutcome:
    """What came of a step. `person` and `link` are set once linked; `replaced` is the earlier link that this one ended."""

    refused: Refused | None = None
    person: Person | None = None
    link: Link | None = None
    replaced: Link | None = None


async def pending(session: AsyncSession, chat: ChatKey) -> Linking | None:
    """The linking that this chat is in the middle of. `email is None`: the address is asked; else the digits are."""
    return (await session.scalars(_open_one(chat))).one_or_none()


async def begin_without_code(session: AsyncSession, chat: ChatKey) -> LinkOutcome:
    """Start with the address alone (LINK-10). Refused: `link.chat_linked`."""
    refused = await _linked_already(session, chat)
    if refused is None:
        await _start(session, chat, invitation_id=None)
    return LinkOutcome(refused)


async def give_code(
    session: AsyncSession, chat: ChatKey, code: str, *, keys: Keys, office: Office | None = None
) -> LinkOutcome:
    """Start with an invitation code; next the address is asked. With `office`, codes of its old portal are recognised.

    Refused: `link.chat_linked`, `link.too_many_guesses`, `link.code_unknown` and `link.code_replaced` (LINK-2), both counted
    as a wrong guess, `link.code_used`, `link.code_expired` (also when a newer invitation replaced it).
    """
    refused = await _linked_already(session, chat) or await guesses.bound(session, guesses.of_chat(chat))
    if refused is not None:
        return LinkOutcome(refused)
    invitation = await invitations.by_code(session, code, keys=keys)
    refused = invitations.refusal_of(invitation)
    if invitation is None:
        await guesses.wrong_code(session, chat)
        refused = replaced_code(code, office) or refused
    elif refused is None:
        refused = await guesses.bound(session, guesses.of_code(invitation.code_hash))
    if refused is None and invitation is not None:
        await _start(session, chat, invitation_id=invitation.id)
    return LinkOutcome(refused)


def replaced_code(code: str, office: Office | None) -> Refused | None:
    """`link.code_replaced` (on: dd-mm-yyyy) for what looks like a login code of the portal that this one replaced."""
    if office is None or office.replaced_codes_on is None or not office.replaced_codes_pattern:
        return None
    if not re.fullmatch(office.replaced_codes_pattern, code.strip(), re.IGNORECASE):
        return None
    return Refused("link.code_replaced", on=f"{office.replaced_codes_on:%d-%m-%Y}")


async def give_email(session: AsyncSession, chat: ChatKey, email: str, *, keys: Keys) -> LinkOutcome:
    """Give the address; the digits go to it only when it is the invited one, or on file. The outcome doesn't tell.

    Every address given counts, right or wrong, so that the bound tells nothing either. Refused: `link.not_pending`,
    `email.form`, `link.code_used` and `link.code_expired` (the invitation ended meanwhile), `link.too_many_guesses`.
    """
    linking = await _locked(session, chat)
    if linking is None:
        return LinkOutcome(Refused("link.not_pending"))
    try:
        canonical = persons.valid_email(email)
    except Refused as malformed:
        return LinkOutcome(malformed)
    invitation = await _invitation_of(session, linking)
    refused = invitations.refusal_of(invitation) if invitation else None
    refused = refused or await guesses.address_given(session, chat, invitation)
    if refused is not None:
        return LinkOutcome(refused)
    linking.email = canonical
    meant = await _person_meant(session, canonical, invitation)
    await code_mails.send(session, linking, person_id=meant, keys=keys)
    return LinkOutcome()


async def resend(session: AsyncSession, chat: ChatKey, *, keys: Keys) -> LinkOutcome:
    """Send fresh digits to the same address; the earlier ones stop working.

    Refused: `link.not_pending` (no address given yet), `link.resend_too_soon` (seconds), `link.too_many_guesses`.
    """
    linking = await _locked(session, chat)
    if linking is None or linking.code_sent_at is None:
        return LinkOutcome(Refused("link.not_pending"))
    wait = linking.code_sent_at + code_mails.RESEND_AFTER - clock.now()
    if wait > timedelta(0):
        return LinkOutcome(Refused("link.resend_too_soon", seconds=-(-wait // timedelta(seconds=1))))
    refused = await guesses.address_given(session, chat, None)
    if refused is None:
        await code_mails.send(session, linking, person_id=linking.person_id, keys=keys)
    return LinkOutcome(refused)


async def press(session: AsyncSession, chat: ChatKey, key: str) -> str:
    """Press one key of the keypad ("0" to "9", "back", "clear"); the digits that stand there now, six at most.

    Raises Refused("link.not_pending") when no digits are asked, ValueError for another key.
    """
    linking = await _locked(session, chat)
    if linking is None or linking.code_hash is None:
        raise Refused("link.not_pending")
    linking.entered = keypad.pressed(linking.entered, key)
    await session.flush()
    return linking.entered


async def enter(session: AsyncSession, chat: ChatKey, digits: str, *, keys: Keys, telegram_name: str) -> LinkOutcome:
    """Enter the six digits of the mail; when they are right the chat is linked and the third mail is queued.

    Refused: `link.not_pending`, `link.too_many_guesses` (minutes), `link.digits_expired`, `link.digits_wrong` (left),
    `link.code_used`, `link.code_expired` (the invitation ended meanwhile), `link.chat_linked`.
    """
    linking = await _locked(session, chat)
    if linking is None or linking.code_expires_at is None:
        return LinkOutcome(Refused("link.not_pending"))
    linking.entered = ""
    refused = await guesses.bound(session, guesses.of_chat(chat))
    if refused is None and (linking.code_expires_at <= clock.now() or linking.tries >= TRIES):
        refused = Refused("link.digits_expired")
    if refused is None and not code_mails.right(linking, keypad.bare(digits), keys=keys):
        refused = await _wrong_digits(session, chat, linking)
    if refused is not None:
        return LinkOutcome(refused)
    return await _arrive(session, chat, linking, telegram_name=telegram_name)


async def cancel(session: AsyncSession, chat: ChatKey) -> None:
    """Stop; the chat is a stranger again."""
    open_ones = update(Linking).where(Linking.bot_id == chat.bot_id, Linking.chat_id == chat.chat_id)
    await session.execute(open_ones.where(Linking.ended_at.is_(None)).values(ended_at=clock.now()))


async def _start(session: AsyncSession, chat: ChatKey, *, invitation_id: int | None) -> None:
    await cancel(session, chat)
    session.add(Linking(bot_id=chat.bot_id, chat_id=chat.chat_id, invitation_id=invitation_id, started_at=clock.now()))
    await session.flush()


def _open_one(chat: ChatKey) -> Select[Linking]:
    query = select(Linking).where(Linking.bot_id == chat.bot_id, Linking.chat_id == chat.chat_id)
    return query.where(Linking.ended_at.is_(None), Linking.started_at > clock.now() - OPEN_FOR)


async def _locked(session: AsyncSession, chat: ChatKey) -> Linking | None:
    """The linking under way, held until the commit: two taps at once come one after the other."""
    query = _open_one(chat).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def _linked_already(session: AsyncSession, chat: ChatKey) -> Refused | None:
    """A linked chat stays whose it is until /uitloggen."""
    person = await links.person_of(session, chat)
    return Refused("link.chat_linked", name=person.name) if person else None


async def _invitation_of(session: AsyncSession, linking: Linking) -> Invitation | None:
    if linking.invitation_id is None:
        return None
    return await session.get_one(Invitation, linking.invitation_id, populate_existing=True)


async def _person_meant(session: AsyncSession, email: str, invitation: Invitation | None) -> int | None:
    """Whose address this is, if it may lead anywhere: with an invitation only the invited person's own, unchanged."""
    person = await persons.by_email(session, email)
    if person is None:
        return None
    if invitation is not None and (invitation.person_id, invitation.email) != (person.id, person.email):
        return None
    return person.id


async def _wrong_digits(session: AsyncSession, chat: ChatKey, linking: Linking) -> Refused:
    linking.tries += 1
    left = min(await guesses.wrong_code(session, chat), TRIES - linking.tries)
    stopped = await guesses.bound(session, guesses.of_chat(chat))
    if stopped is not None:
        return stopped
    return Refused("link.digits_wrong", left=left) if left else Refused("link.digits_expired")


async def _arrive(session: AsyncSession, chat: ChatKey, linking: Linking, *, telegram_name: str) -> LinkOutcome:
    """Locks go linking, person, invitation, link: the same order everywhere, so that nobody waits in a circle."""
    linking.ended_at = clock.now()
    await session.flush()
    refused = await _linked_already(session, chat)
    person = await arrival.proven(session, linking)
    if person is None:
        refused = refused or Refused("link.not_pending")
    refused = refused or await _use(session, linking)
    if refused is not None or person is None:
        return LinkOutcome(refused)
    link, replaced = await arrival.link(session, chat, person, telegram_name=telegram_name)
    return LinkOutcome(person=person, link=link, replaced=replaced)


async def _use(session: AsyncSession, linking: Linking) -> Refused | None:
    if linking.invitation_id is None or await invitations.use(session, linking.invitation_id):
        return None
    invitation = await _invitation_of(session, linking)
    return invitations.refusal_of(invitation) or Refused("link.code_used")
