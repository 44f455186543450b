"""Telling people what is new: which channels, in which language, and what to do when an address no longer works."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Channel, Language
from core.deliveries import outbox
from core.deliveries.models import Delivery, Lane
from core.deliveries.sending import Permanent
from core.files.models import StoredFile
from core.people import addresses, persons, preferences
from core.people.models import Address, Person
from core.people.preferences import CHANNELS, News
from core.staff.models import StaffMember

FALLS_BACK = frozenset({"message_new", "document_new"})
"""Kinds that are told over the other channel when one fails for good; codes and downloads belong to one channel."""


async def person(
    session: AsyncSession,
    person_id: int,
    *,
    news: News | None,
    kind: str,
    values: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]] = (),
    dossier_id: int | None = None,
    message_id: int | None = None,
    thread: str | None = None,
    in_reply_to: str | None = None,
    key: str | None = None,
    lane: Lane = Lane.NOTIFICATION,
) -> list[Delivery]:
    """Queues `kind` to a person over every channel that they want for this `news` and that works; returns what was queued.

    When none of the wanted channels works, the one that does is used. `news=None` is a service message: over all that
    work, whatever was chosen. The person's name is added to `values`. With a `key` the same is told once, however often
    it is asked. Nothing for a person who was removed or who switched this news off.
    """
    reader = await persons.by_id(session, person_id)
    if reader is None or reader.removed_at is not None:
        return []
    base = key or uuid.uuid4().hex
    queued = [
        await outbox.queue(
            session,
            channel=Channel(address.channel),
            address=address.value,
            language=Language(reader.language),
            kind=kind,
            values={"name": reader.name, **values},
            lane=lane,
            person_id=reader.id,
            files=files,
            thread=thread,
            in_reply_to=in_reply_to,
            dossier_id=dossier_id,
            message_id=message_id,
            key=_key(base, reader, Channel(address.channel)),
        )
        for address in await _where(session, reader, news)
    ]
    return [delivery for delivery in queued if delivery is not None]


async def staff(
    session: AsyncSession,
    member: StaffMember,
    *,
    kind: str,
    values: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]] = (),
    dossier_id: int | None = None,
    message_id: int | None = None,
    thread: str | None = None,
    in_reply_to: str | None = None,
    key: str | None = None,
) -> list[Delivery]:
    """Queues `kind` to a staff member's own mailbox; the member's name is added to `values`. Nothing for one who left."""
    if member.removed_at is not None:
        return []
    delivery = await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=member.email,
        language=Language(member.language),
        kind=kind,
        values={"name": member.name, **values},
        staff_id=member.id,
        files=files,
        thread=thread,
        in_reply_to=in_reply_to,
        dossier_id=dossier_id,
        message_id=message_id,
        key=f"{key}:staff-{member.id}:{Channel.EMAIL}" if key else None,
    )
    return [delivery] if delivery is not None else []


async def delivery_failed(session: AsyncSession, delivery: Delivery, permanent: Permanent) -> None:
    """A delivery failed for good: the address is marked when nothing arrives there any more, and what it told is queued on
    the person's other channel, unless that was told already. Repeating it changes nothing (NOTE-4)."""
    if permanent.unreachable:
        await addresses.mark_unreachable(
            session, channel=Channel(delivery.channel), value=delivery.address, reason=permanent.reason
        )
    if delivery.person_id is None or delivery.kind not in FALLS_BACK:
        return
    known = await addresses.of(session, delivery.person_id)
    for channel in CHANNELS:
        address = known.get(channel)
        if channel != delivery.channel and address is not None and address.unreachable_since is None:
            await _again(session, delivery, address)


def as_files(files: Iterable[tuple[StoredFile, str]]) -> list[dict[str, Any]]:
    """Stored files with the names under which they are sent, as a delivery keeps them."""
    return [
        {"file_id": file.id, "name": name, "media_type": file.media_type, "size": file.size, "sha256": file.sha256}
        for file, name in files
    ]


async def _where(session: AsyncSession, reader: Person, news: News | None) -> list[Address]:
    """The addresses to use, most direct channel first."""
    known = await addresses.of(session, reader.id)
    working = [known[channel] for channel in CHANNELS if channel in known and known[channel].unreachable_since is None]
    if news is None:
        return working
    cells = await preferences.matrix(session, reader.id)
    if not any(cells[news, channel] for channel in CHANNELS):
        return []
    return [address for address in working if cells[news, Channel(address.channel)]] or working


async def _again(session: AsyncSession, delivery: Delivery, address: Address) -> None:
    reader = await session.get_one(Person, delivery.person_id)
    base = (delivery.key or f"delivery-{delivery.id}").removesuffix(f":{delivery.channel}")
    await outbox.queue(
        session,
        channel=Channel(address.channel),
        address=address.value,
        language=Language(reader.language),
        kind=delivery.kind,
        values=delivery.values,
        lane=Lane(delivery.lane),
        person_id=delivery.person_id,
        files=delivery.files,
        thread=delivery.thread,
        in_reply_to=delivery.in_reply_to,
        dossier_id=delivery.dossier_id,
        message_id=delivery.message_id,
        key=f"{base}:{address.channel}",
    )


def _key(base: str, reader: Person, channel: Channel) -> str:
    """The key of one delivery; that of the same news over the other channel differs in its end only."""
    return f"{base}:person-{reader.id}:{channel}"
