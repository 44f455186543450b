"""One piece of news on its way to one person over one channel, before it is a delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Channel, Language
from core.deliveries import outbox
from core.deliveries.models import Delivery, Lane
from core.notifications.models import Notification
from core.people.models import Address, Person


@dataclass(frozen=True, slots=True)
class Item:
    """What is told. `base` is the key of the news without the person's channel: the same over both channels."""

    base: str
    kind: str
    values: Mapping[str, Any]
    files: Sequence[Mapping[str, Any]] = ()
    thread: str | None = None
    in_reply_to: str | None = None
    dossier_id: int | None = None
    message_id: int | None = None

    def key(self, channel: Channel | str) -> str:
        """Under which it is told once over this channel."""
        return f"{self.base}:{channel}"


async def send(
    session: AsyncSession, reader: Person, address: Address, item: Item, *, lane: Lane = Lane.NOTIFICATION
) -> Delivery | None:
    """Queues the item as a delivery of its own, now; None when it was told before."""
    channel = Channel(address.channel)
    return await outbox.queue(
        session,
        channel=channel,
        address=address.value,
        language=Language(reader.language),
        kind=item.kind,
        values={"name": reader.name, **item.values},
        lane=lane,
        person_id=reader.id,
        files=item.files,
        thread=item.thread,
        in_reply_to=item.in_reply_to,
        dossier_id=item.dossier_id,
        message_id=item.message_id,
        key=item.key(channel),
    )


async def was_told(session: AsyncSession, key: str) -> bool:
    """Whether something was told under this key: by itself or in a digest, whatever became of it."""
    by_itself = select(Delivery.id).where(Delivery.key == key)
    together = select(Notification.id).where(Notification.key == key)
    return bool(await session.scalar(select(exists(by_itself) | exists(together))))
