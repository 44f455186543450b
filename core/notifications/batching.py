"""Bursts are told together (NOTE-3): the first news at once, what follows within the office's period in one delivery.

Who is in a burst is decided in the transaction of each news, under a lock on the person's `Batch`; so nothing is held back in
memory, and a restart loses nothing. Whoever tells several people does so in the order of their ids: two transactions that
lock the same people in another order would wait for each other.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel, Language
from core.deliveries import outbox
from core.deliveries.models import Delivery, DeliveryState
from core.notifications.item import Item, send, was_told
from core.notifications.models import Batch, Notification
from core.people.models import Address, Person

DIGEST = "digest"
"""The kind of a delivery that tells more than one thing."""

BATCHED = {
    Channel.TELEGRAM: frozenset(
        {
            "message_new",
            "document_new",
            "document_expiring",
            "upload_request_new",
            "upload_rejected",
            "upload_accepted",
            "upload_withdrawn",
        }
    ),
    Channel.EMAIL: frozenset({"document_new", "document_expiring", "upload_accepted", "upload_withdrawn"}),
}
"""What may go together. By mail a message and an upload request keep a mail of their own: its answer says what it answers."""

LISTED = 20
"""Things that a digest names. In Telegram it counts the rest; a mail, which carries the files, has no rest."""

ENCLOSED = 10_000_000
"""Bytes of files after which a digest by mail takes no more: what is left out of a mail for its size is no help to anybody."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def is_batched(channel: Channel, kind: str) -> bool:
    """Whether news of this kind may wait for more of it on this channel."""
    return kind in BATCHED[channel]


async def queue(
    session: AsyncSession, reader: Person, address: Address, item: Item, *, period: timedelta
) -> Delivery | None:
    """Queues the item: at once, or in what goes next to this person over this channel. None when it was told before."""
    batch = await _held(session, reader.id, Channel(address.channel))
    if await was_told(session, item.key(address.channel)):
        return None
    if (collecting := await _collecting(session, batch, address, item)) is not None:
        await _join(session, collecting, item)
        return collecting
    _go_on(batch, period)
    if batch.next_at <= clock.now():
        batch.next_at, batch.delivery_id = clock.now() + period, None
        return await send(session, reader, address, item)
    delivery = await _collect(session, reader, address, [item], due_at=batch.next_at)
    batch.delivery_id = delivery.id
    return delivery


async def together(session: AsyncSession, reader: Person, address: Address, items: Sequence[Item]) -> None:
    """Queues items now, as few deliveries as may be; those that were told over this channel before are left out."""
    channel = Channel(address.channel)
    fresh = [item for item in items if not await was_told(session, item.key(channel))]
    joint = [item for item in fresh if is_batched(channel, item.kind)]
    alone = fresh if len(joint) < 2 else [item for item in fresh if not is_batched(channel, item.kind)]
    for item in alone:
        await send(session, reader, address, item)
    if len(joint) > 1:
        for portion in _portions(joint, channel):
            await _collect(session, reader, address, portion, due_at=clock.now())


async def items_of(session: AsyncSession, delivery: Delivery) -> list[Item]:
    """What a delivery tells, each as it would have been by itself."""
    query = select(Notification).where(Notification.delivery_id == delivery.id).order_by(Notification.id)
    if collected := list(await session.scalars(query)):
        return [_item(row, row.key, delivery) for row in collected]
    return [_item(delivery, delivery.key or f"delivery-{delivery.id}:{delivery.channel}", delivery)]


async def _held(session: AsyncSession, person_id: int, channel: Channel) -> Batch:
    """The person's batch, held until this transaction ends."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(Batch).values(person_id=person_id, channel=channel, next_at=_LONG_AGO)
    await session.execute(first.on_conflict_do_nothing())
    query = select(Batch).where(Batch.person_id == person_id, Batch.channel == channel).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


def _go_on(batch: Batch, period: timedelta) -> None:
    """What was collected went at `next_at`, so the next may go a period after that."""
    if batch.delivery_id is not None and batch.next_at <= clock.now():
        batch.next_at, batch.delivery_id = batch.next_at + period, None


async def _collecting(session: AsyncSession, batch: Batch, address: Address, item: Item) -> Delivery | None:
    """The delivery that collects and has room, held; None when there is none, or a worker has it."""
    if batch.delivery_id is None:
        return None
    waiting = (Delivery.id == batch.delivery_id, Delivery.state == DeliveryState.QUEUED, Delivery.attempts == 0)
    query = select(Delivery).where(*waiting, Delivery.address == address.value).with_for_update(skip_locked=True)
    delivery = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    return delivery if delivery is not None and await _has_room(session, delivery, item) else None


async def _has_room(session: AsyncSession, delivery: Delivery, item: Item) -> bool:
    if delivery.channel == Channel.TELEGRAM:
        return True
    count = await session.scalar(select(func.count()).where(Notification.delivery_id == delivery.id))
    return (count or 0) < LISTED and _size(delivery.files) + _size(item.files) <= ENCLOSED


async def _collect(
    session: AsyncSession, reader: Person, address: Address, items: Sequence[Item], *, due_at: datetime
) -> Delivery:
    """A delivery that collects, with its first items. It has no key of its own: its items have."""
    first = items[0]
    delivery = await outbox.queue(
        session,
        channel=Channel(address.channel),
        address=address.value,
        language=Language(reader.language),
        kind=first.kind,
        values={"name": reader.name, **first.values},
        person_id=reader.id,
        files=first.files,
        thread=first.thread,
        in_reply_to=first.in_reply_to,
        dossier_id=first.dossier_id,
        message_id=first.message_id,
        due_at=due_at,
    )
    if delivery is None:
        raise RuntimeError("a delivery without a key is always queued")
    session.add(_notification(first, delivery))
    await session.flush()
    for item in items[1:]:
        await _join(session, delivery, item)
    return delivery


async def _join(session: AsyncSession, delivery: Delivery, item: Item) -> None:
    """One thing more in what goes next."""
    session.add(_notification(item, delivery))
    if delivery.kind != DIGEST:
        listed = [{"kind": delivery.kind, **_shown(delivery.values)}]
        delivery.values = {"name": delivery.values["name"], "count": 1, "items": listed}
        delivery.kind, delivery.thread, delivery.in_reply_to, delivery.message_id = DIGEST, None, None, None
    listed = delivery.values["items"]
    if len(listed) < LISTED:
        listed = [*listed, {"kind": item.kind, **_shown(item.values)}]
    delivery.values = {**delivery.values, "count": delivery.values["count"] + 1, "items": listed}
    mailed = delivery.channel == Channel.EMAIL
    delivery.files = [*delivery.files, *(dict(file) for file in item.files)] if mailed else []
    if delivery.dossier_id != item.dossier_id:
        delivery.dossier_id = None
    await session.flush()


def _shown(values: Any) -> dict[str, Any]:
    """The values of an item as a digest names it: not who is told, and no text of a message."""
    return {name: value for name, value in values.items() if name not in ("name", "text")}


def _notification(item: Item, delivery: Delivery) -> Notification:
    return Notification(
        key=item.key(delivery.channel),
        delivery_id=delivery.id,
        kind=item.kind,
        values=dict(item.values),
        files=[dict(file) for file in item.files],
        thread=item.thread,
        in_reply_to=item.in_reply_to,
        dossier_id=item.dossier_id,
        message_id=item.message_id,
    )


def _item(row: Notification | Delivery, key: str, delivery: Delivery) -> Item:
    return Item(
        base=key.removesuffix(f":{delivery.channel}"),
        kind=row.kind,
        values={name: value for name, value in row.values.items() if name != "name"},
        files=row.files,
        thread=row.thread,
        in_reply_to=row.in_reply_to,
        dossier_id=row.dossier_id,
        message_id=row.message_id,
    )


def _portions(items: Sequence[Item], channel: Channel) -> Iterator[list[Item]]:
    """Items as they fit in one digest each."""
    portion: list[Item] = []
    for item in items:
        size = sum(_size(each.files) for each in (*portion, item))
        if portion and channel == Channel.EMAIL and (len(portion) == LISTED or size > ENCLOSED):
            yield portion
            portion = []
        portion.append(item)
    if portion:
        yield portion


def _size(files: Sequence[Any]) -> int:
    return sum(int(file["size"]) for file in files)
