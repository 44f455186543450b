"""Where a person can be reached on each channel, and whether it works (NOTE-4)."""

from functools import cache

from sqlalchemy import Update, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Channel
from core.audit import log
from core.deliveries import outbox
from core.deliveries.models import IS_QUEUED, Delivery
from core.people.models import Address, Person


async def of(session: AsyncSession, person_id: int) -> dict[Channel, Address]:
    """A person's addresses, the unreachable ones too (`unreachable_since` says so)."""
    rows = await session.scalars(select(Address).where(Address.person_id == person_id))
    return {Channel(row.channel): row for row in rows}


async def put(session: AsyncSession, person_id: int, channel: Channel, value: str) -> Address:
    """The person is reached at `value` from now on; another value than before starts out reachable.

    Mail that waited to go to the earlier one goes to the new one; a code that was meant for the earlier one goes nowhere.
    (What waits for a chat ends with its link.)
    """
    query = select(Address).where(Address.person_id == person_id, Address.channel == channel)
    address = (await session.scalars(query)).one_or_none()
    if address is None:
        address = Address(person_id=person_id, channel=channel, value=value)
        session.add(address)
    elif address.value != value:
        if channel is Channel.EMAIL:
            await _move(session, address, value)
        address.value, address.unreachable_since, address.unreachable_reason = value, None, None
    await session.flush()
    return address


async def drop(session: AsyncSession, person_id: int, channel: Channel) -> None:
    """The person is no longer reached on this channel."""
    await session.execute(delete(Address).where(Address.person_id == person_id, Address.channel == channel))


async def drop_all(session: AsyncSession, person_id: int) -> None:
    """The person is no longer reached at all."""
    await session.execute(delete(Address).where(Address.person_id == person_id))


async def mark_unreachable(session: AsyncSession, *, channel: Channel, value: str, reason: str) -> None:
    """Nothing arrives at `value` any more; the first moment and reason are kept until something works again."""
    change = update(Address).where(Address.channel == channel, Address.value == value)
    change = change.where(Address.unreachable_since.is_(None))
    await session.execute(change.values(unreachable_since=clock.now(), unreachable_reason=reason[:200]))


async def unreachable(session: AsyncSession) -> list[tuple[Person, Address]]:
    """Addresses at which nothing arrives any more, with whose they are, the longest first; for staff (NOTE-4)."""
    query = select(Person, Address).join(Person, Person.id == Address.person_id)
    query = query.where(Address.unreachable_since.is_not(None)).order_by(Address.unreachable_since, Address.id)
    return [(person, address) for person, address in await session.execute(query)]


async def try_again(session: AsyncSession, person_id: int, channel: Channel, *, actor: Actor) -> bool:
    """Staff know that the person's address works; whether it was marked unreachable."""
    address = (await of(session, person_id)).get(channel)
    if address is None or address.unreachable_since is None:
        return False
    address.unreachable_since = address.unreachable_reason = None
    await log.record(session, actor, "person.reachable_again", subject=("person", person_id), channel=str(channel))
    return True


async def mark_reachable(session: AsyncSession, *, channel: Channel, value: str) -> None:
    """Something arrived from or at `value`: it works."""
    await session.execute(_reaching(), {"on": channel, "at": value})


@cache
def _reaching() -> Update:
    marked = (
        Address.channel == bindparam("on"),
        Address.value == bindparam("at"),
        Address.unreachable_since.is_not(None),
    )
    return update(Address).where(*marked).values(unreachable_since=None, unreachable_reason=None)


async def _move(session: AsyncSession, address: Address, value: str) -> None:
    waiting = update(Delivery).where(Delivery.person_id == address.person_id, IS_QUEUED)
    waiting = waiting.where(Delivery.channel == address.channel, Delivery.address == address.value)
    await session.execute(waiting.where(~Delivery.had_secret).values(address=value))
    there = (Delivery.channel == address.channel, Delivery.address == address.value)
    await outbox.take_back(session, Delivery.person_id == address.person_id, Delivery.had_secret.is_(True), *there)
