"""Telling people what is new: which channels, in which language, and what to do when an address no longer works."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel, Language
from core.deliveries import outbox
from core.deliveries.models import Delivery, Lane
from core.deliveries.sending import Permanent
from core.files.models import StoredFile
from core.notifications import batching
from core.notifications.item import Item, send, was_told
from core.office import Office
from core.people import addresses, links, persons, preferences
from core.people.models import Address, Person
from core.people.preferences import CHANNELS, News
from core.schedule import schedule
from core.staff.models import StaffMember

REMINDER = "reminder"
"""The kind of the deliveries that remind, and of the jobs that look whether to."""

LOOK_AFTER = timedelta(days=1)
"""From news until somebody looks whether it was read."""

EXPECTS = frozenset({"message_new", "document_new", "upload_request_new", "upload_rejected"})
"""Kinds after which something waits for the person, so that they may have to be reminded of it."""

NEWS_OF = {
    "message_new": News.MESSAGE,
    "document_new": News.DOCUMENT,
    "document_expiring": News.DOCUMENT,
    "upload_request_new": News.REQUEST,
    "upload_rejected": News.REQUEST,
    "upload_accepted": News.REQUEST,
    "upload_withdrawn": News.REQUEST,
}
"""What must be wanted for a kind to be told another way."""

FALLS_BACK = frozenset({REMINDER}).union(*batching.BATCHED.values())
"""Kinds that are told over the other channel when one fails for good; codes and downloads belong to one channel."""


async def person(
    session: AsyncSession,
    person_id: int,
    *,
    news: News | Collection[News] | None,
    kind: str,
    values: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]] = (),
    dossier_id: int | None = None,
    message_id: int | None = None,
    thread: str | None = None,
    in_reply_to: str | None = None,
    key: str | None = None,
    lane: Lane = Lane.NOTIFICATION,
    office: Office | None = None,
) -> list[Delivery]:
    """Queues `kind` to a person over every channel that they want for this `news` and that works; returns what was queued.

    When the wanted channel no longer works, the one that does is used, but for `News.NEWS`: of that, off is off. Several kinds
    of news go where any of them is wanted.
    `news=None` is a service message: over all that work, whatever was chosen. The person's name is added to `values`. With
    a `key` the same is told once, however often it is asked. Nothing for a person who was removed or who switched this news
    off. With `office`, what bursts is told together (`batching`): then what is returned may tell other news too.
    """
    reader = await persons.by_id(session, person_id)
    if reader is None or reader.removed_at is not None:
        return []
    item = Item(
        base=f"{key or uuid.uuid4().hex}:person-{reader.id}",
        kind=kind,
        values=values,
        files=files,
        thread=thread,
        in_reply_to=in_reply_to,
        dossier_id=dossier_id,
        message_id=message_id,
    )
    period = timedelta(seconds=office.batch_seconds if office and lane is Lane.NOTIFICATION else 0)
    told = [
        await _queue(session, reader, address, item, lane=lane, period=period)
        for address in await _where(session, reader, _kinds(news))
    ]
    if kind in EXPECTS and any(told):
        await expect_reminder(session, reader.id)
    return [delivery for delivery in told if delivery is not None]


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
    the person's other channel, unless that was told already or was taken back. Repeating it changes nothing (NOTE-4)."""
    if permanent.unreachable:
        await addresses.mark_unreachable(
            session, channel=Channel(delivery.channel), value=delivery.address, reason=permanent.reason
        )
    if delivery.person_id is None or delivery.kind not in FALLS_BACK | {batching.DIGEST}:
        return
    if delivery.taken_back_at is not None:
        return
    reader = await session.get_one(Person, delivery.person_id)
    cells = await preferences.matrix(session, reader.id)
    items = [item for item in await batching.items_of(session, delivery) if _may_fall_back(item, cells)]
    known = await addresses.of(session, reader.id)
    for channel in CHANNELS:
        address = known.get(channel)
        if channel != delivery.channel and address is not None and address.unreachable_since is None:
            await batching.together(session, reader, address, items)


def _may_fall_back(item: Item, cells: Mapping[tuple[News, Channel], bool]) -> bool:
    news = NEWS_OF.get(item.kind)
    return item.kind in FALLS_BACK and (news is None or any(cells[news, channel] for channel in CHANNELS))


async def expect_reminder(session: AsyncSession, person_id: int) -> None:
    """A day from now somebody looks whether the person is to be reminded of what waits for them (`portal.reminders`)."""
    await plan_reminder(session, person_id, clock.now() + LOOK_AFTER)


async def plan_reminder(session: AsyncSession, person_id: int, at: datetime) -> None:
    """Somebody looks at the next full hour from `at`, once, however many ask for it."""
    due_at = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if due_at < at:
        due_at += timedelta(hours=1)
    key = f"{REMINDER}-{person_id}-{due_at:%Y%m%dT%H}"
    await schedule.plan(session, REMINDER, due_at=due_at, key=key, person_id=person_id)


def as_files(files: Iterable[tuple[StoredFile, str]]) -> list[dict[str, Any]]:
    """Stored files with the names under which they are sent, as a delivery keeps them."""
    return [
        {"file_id": file.id, "name": name, "media_type": file.media_type, "size": file.size, "sha256": file.sha256}
        for file, name in files
    ]


async def _queue(
    session: AsyncSession, reader: Person, address: Address, item: Item, *, lane: Lane, period: timedelta
) -> Delivery | None:
    channel = Channel(address.channel)
    if period and batching.is_batched(channel, item.kind):
        return await batching.queue(session, reader, address, item, period=period)
    return None if await was_told(session, item.key(channel)) else await send(session, reader, address, item, lane=lane)


def _kinds(news: News | Collection[News] | None) -> Collection[News]:
    if news is None:
        return ()
    return (news,) if isinstance(news, News) else news


async def _where(session: AsyncSession, reader: Person, news: Collection[News]) -> list[Address]:
    """The addresses to use, most direct channel first; of service messages (no news) all that work."""
    known = await addresses.of(session, reader.id)
    working = [known[channel] for channel in CHANNELS if channel in known and known[channel].unreachable_since is None]
    if not news:
        return working
    cells = await preferences.matrix(session, reader.id)
    wanted = {channel for channel in CHANNELS if any(cells[each, channel] for each in news)}
    if not wanted:
        return []
    chosen = [address for address in working if Channel(address.channel) in wanted]
    if chosen or set(news) == {News.NEWS} or not await _lost(session, reader, known, wanted):
        return chosen
    return working


async def _lost(
    session: AsyncSession, reader: Person, known: Mapping[Channel, Address], wanted: Collection[Channel]
) -> bool:
    """Whether a channel that the person wants worked once: it was blocked or came back, or its link was cut (NOTE-4)."""
    if any(channel in known for channel in wanted):
        return True
    return Channel.TELEGRAM in wanted and await links.ever_linked(session, reader.id)
