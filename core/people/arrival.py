"""The end of linking: an earlier link ends, the new one stands, both channels work, and the third mail says so (LINK-6)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind, Channel
from core.audit import log
from core.deliveries import outbox
from core.people import addresses, invitations, links, locking, second_factor
from core.people.chat_key import ChatKey
from core.people.models import Link, Linking, Person


async def proven(session: AsyncSession, linking: Linking) -> Person | None:
    """The person of `linking`, held until the commit; None when removed meanwhile, or no longer at that address.

    Two chats that arrive for one person at once wait for each other here: the later one replaces the earlier.
    """
    query = select(Person).where(Person.id == linking.person_id).with_for_update(key_share=True)
    person = (await session.scalars(query.execution_options(populate_existing=True))).one()
    return person if person.removed_at is None and person.email == linking.email else None


async def link(session: AsyncSession, chat: ChatKey, person: Person, *, telegram_name: str) -> tuple[Link, Link | None]:
    """Tie a proven person to `chat`: the link, and the earlier link that it replaced, whose chat is told (LINK-9).

    With 2-step on, the new chat starts locked: who reads the mail is not yet who has the app.
    """
    replaced = await links.link_of(session, person.id)
    if replaced is not None:
        await links.revoke(session, replaced)
    made = await _make(session, chat, person, telegram_name=telegram_name)
    await invitations.revoke_open(session, person.id)
    await _reach(session, chat, person)
    if await second_factor.of(session, person.id) is not None:
        await locking.close(session, chat, person.id)
    if replaced is not None and replaced.bot_id == chat.bot_id:
        await links.tell_chat(session, replaced, reason="relinked")
    await _record(session, person, replaced)
    await _mail(session, person, made, replaced)
    return made, replaced


async def _make(session: AsyncSession, chat: ChatKey, person: Person, *, telegram_name: str) -> Link:
    made = Link(
        person_id=person.id,
        bot_id=chat.bot_id,
        chat_id=chat.chat_id,
        telegram_name=telegram_name[:200],
        linked_at=clock.now(),
    )
    session.add(made)
    person.email_proven_at = person.email_proven_at or made.linked_at
    await session.flush()
    return made


async def _reach(session: AsyncSession, chat: ChatKey, person: Person) -> None:
    """Both channels have just been proven to work."""
    await addresses.put(session, person.id, Channel.TELEGRAM, chat.address)
    await addresses.mark_reachable(session, channel=Channel.TELEGRAM, value=chat.address)
    await addresses.mark_reachable(session, channel=Channel.EMAIL, value=person.email)


async def _record(session: AsyncSession, person: Person, replaced: Link | None) -> None:
    actor = Actor(kind=ActorKind.PERSON, id=person.id, channel=Channel.TELEGRAM)
    await log.record(
        session, actor, "link.made", subject=("person", person.id), replaced=replaced.id if replaced else None
    )


async def _mail(session: AsyncSession, person: Person, made: Link, replaced: Link | None) -> None:
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=person.email,
        language=person.language,
        kind="linked",
        values={
            "name": person.name,
            "telegram_name": made.telegram_name,
            "at": made.linked_at.isoformat(),
            "replaced": replaced.telegram_name if replaced else None,
            "link_id": made.id,
        },
        person_id=person.id,
        key=f"linked-{made.id}",
    )
