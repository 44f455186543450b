"""Links: the proven tie between a person and one Telegram chat; cut at once when it must be (LINK-13)."""

from functools import cache

from sqlalchemy import Select, bindparam, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Channel
from core.audit import log
from core.deliveries import outbox
from core.deliveries.models import Delivery
from core.people import addresses
from core.people.chat_key import ChatKey
from core.people.models import Link, Person
from core.people.security_models import StepUp


async def person_of(session: AsyncSession, chat: ChatKey) -> Person | None:
    """Whose chat this is; None for a chat that is not linked."""
    return (await session.scalars(_owner(), {"bot_id": chat.bot_id, "chat_id": chat.chat_id})).one_or_none()


@cache
def _owner() -> Select[Person]:
    query = select(Person).join(Link, Link.person_id == Person.id).where(Person.removed_at.is_(None))
    return query.where(
        Link.bot_id == bindparam("bot_id"), Link.chat_id == bindparam("chat_id"), Link.revoked_at.is_(None)
    )


async def link_of(session: AsyncSession, person_id: int) -> Link | None:
    """The person's link, if there is one now."""
    query = select(Link).where(Link.person_id == person_id, Link.revoked_at.is_(None))
    return (await session.scalars(query)).one_or_none()


async def was_linked(session: AsyncSession, chat: ChatKey, person_id: int) -> bool:
    """Whether this chat is or ever was this person's."""
    query = select(Link.id).where(Link.person_id == person_id, Link.bot_id == chat.bot_id, Link.chat_id == chat.chat_id)
    return bool(await session.scalar(select(exists(query))))


async def ever_linked(session: AsyncSession, person_id: int) -> bool:
    """Whether the person ever had a link, also one that was cut."""
    return bool(await session.scalar(select(exists().where(Link.person_id == person_id))))


async def welcome(session: AsyncSession, link: Link) -> bool:
    """Whether this is the first time ever that this person is linked (LINK-7); True once, however often it is asked."""
    before = select(func.count()).where(Link.person_id == link.person_id, Link.welcomed_at.is_not(None))
    first = not await session.scalar(before)
    mark = update(Link).where(Link.id == link.id, Link.welcomed_at.is_(None)).values(welcomed_at=clock.now())
    marked = await session.execute(mark.returning(Link.id))
    return marked.first() is not None and first


async def unlink(
    session: AsyncSession, person_id: int, *, actor: Actor, reason: str, also_to: str | None = None
) -> Link | None:
    """Cut the person's link at once and tell them by mail, and the chat too unless it asked for it (reason "logout"); None when
    there was none (then nothing is sent).

    `reason` names why, e.g. "logout", "stop", "staff", "removed"; it stands in the audit log and in the mail's values.
    `also_to` is another address that gets the same mail: where it was asked for.
    """
    link = await link_of(session, person_id)
    if link is None or not await revoke(session, link):
        return None
    await log.record(session, actor, "link.revoked", subject=("person", person_id), reason=reason)
    await _tell(session, link, actor=actor, reason=reason)
    if also_to is not None:
        await _tell(session, link, actor=actor, reason=reason, address=also_to)
    if reason != "logout":
        await tell_chat(session, link, reason=reason)
    return link


async def revoke(session: AsyncSession, link: Link) -> bool:
    """End the link and what its chat had confirmed, and forget the chat as an address; False when somebody else ended it first.

    What waits for the chat is not sent any more: the telephone may be anybody's by now. Tells nobody.
    """
    change = update(Link).where(Link.id == link.id, Link.revoked_at.is_(None)).values(revoked_at=clock.now())
    changed = await session.execute(change.returning(Link.id))
    if changed.first() is None:
        return False
    await addresses.drop(session, link.person_id, Channel.TELEGRAM)
    chat = (Delivery.channel == Channel.TELEGRAM, Delivery.address == str(link.chat_id))
    await outbox.take_back(session, Delivery.person_id == link.person_id, *chat)
    here = update(StepUp).where(
        StepUp.person_id == link.person_id, StepUp.place == ChatKey(link.bot_id, link.chat_id).place
    )
    await session.execute(here.where(StepUp.ended_at.is_(None)).values(ended_at=clock.now(), values={}))
    return True


async def tell_chat(session: AsyncSession, link: Link, *, reason: str) -> None:
    """Tell a chat that it is no longer linked, without a name or anything else: it may be anybody's by now."""
    person = await session.get_one(Person, link.person_id)
    await outbox.queue(
        session,
        channel=Channel.TELEGRAM,
        address=str(link.chat_id),
        language=person.language,
        kind="unlinked_here",
        values={"reason": reason, "at": clock.now().isoformat()},
        person_id=person.id,
        key=f"unlinked-here-{link.id}",
    )


async def _tell(session: AsyncSession, link: Link, *, actor: Actor, reason: str, address: str | None = None) -> None:
    person = await session.get_one(Person, link.person_id)
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=address or person.email,
        language=person.language,
        kind="unlinked",
        values={
            "name": person.name,
            "telegram_name": link.telegram_name,
            "at": clock.now().isoformat(),
            "by": str(actor.kind),
            "reason": reason,
        },
        person_id=person.id,
        key=f"unlinked-{link.id}" if address is None else f"unlinked-{link.id}-where-asked",
    )
