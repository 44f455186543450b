"""Claiming: which deliveries this worker sends now, decided and leased in one short transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, case, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel, Language
from core.crypto import Keys
from core.database import processes
from core.deliveries import limits as limiting
from core.deliveries.limits import Limits
from core.deliveries.models import IS_QUEUED, IS_SENDING, Delivery, DeliveryState, Lane, Reservation
from core.deliveries.sending import Outgoing

SPREAD = 4
"""How many candidates are looked at for each that may go, when chats must wait."""

LOST = "its worker was lost"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery and the moment from which it may go. `readable` is False when no key opens its secret any more."""

    outgoing: Outgoing
    at: datetime
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Claim:
    """What was claimed; and, when more is due than may go now, in how many seconds to ask again."""

    claimed: tuple[Claimed, ...] = field(default=())
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a worker claims by: its channel, its identity, how many at most, for how long, within which limits."""

    channel: Channel
    worker: str
    lease: timedelta
    limits: Limits | None
    keys: Keys


async def claim(session: AsyncSession, terms: Terms, *, most: int, late: float = 0.0) -> Claim:
    """Claim at most `most` due deliveries, the first lane first, within the limits of the channel.

    `late` is how many seconds after its slot this worker sent at worst since its last claim.
    """
    at = clock.now()
    now = at.timestamp()
    booked = await _booked(session, terms, lock=terms.limits is not None)
    next_at = limiting.moved_up(booked, now=now, late=late)
    if next_at > booked:
        await _book(session, {terms.channel: next_at})
    ahead = terms.limits.ahead if terms.limits else 0.0
    if next_at > now + ahead:
        return Claim(wait=next_at - now - ahead / 2)
    if terms.limits is None:
        rows = await _due(session, terms, at, most)
        return Claim(await _lease(session, terms, rows, [at] * len(rows), at))
    return await _claim_within(session, terms, terms.limits, at, next_at, most=most)


def again_unless_taken_back() -> dict[str, Any]:
    """The columns of what may be tried again: it is queued, or cancelled when it was taken back meanwhile."""
    taken_back = Delivery.taken_back_at.is_not(None)
    queued, cancelled = literal(DeliveryState.QUEUED.value), literal(DeliveryState.CANCELLED.value)
    return {
        "state": case((taken_back, cancelled), else_=queued),
        "settled_at": Delivery.taken_back_at,
        "secret": case((taken_back, None), else_=Delivery.secret),
    }


async def take_over(session: AsyncSession, channel: Channel) -> int:
    """Put back what workers held that are gone; how many. A broadcast in Telegram becomes unknown: it is not repeated."""
    at = clock.now()
    held = select(Delivery.worker).where(Delivery.channel == channel, IS_SENDING).distinct()
    gone = [worker for worker in await session.scalars(held) if worker and processes.is_dead(worker)]
    lost = (
        Delivery.channel == channel,
        IS_SENDING,
        or_(Delivery.lease_until < at, Delivery.worker.in_(gone)),
    )
    taken = 0
    if channel == Channel.TELEGRAM:
        unknown = {"state": DeliveryState.UNKNOWN, "settled_at": at, "secret": None}
        taken += await _change(session, (*lost, Delivery.lane == Lane.BROADCAST), unknown)
    return taken + await _change(session, lost, again_unless_taken_back())


async def pause(session: AsyncSession, channel: Channel, seconds: float) -> None:
    """Hold the whole channel, for all processes."""
    until = clock.now().timestamp() + seconds
    await _book(session, {channel: until})


async def forget_chats(session: AsyncSession, *, older_than: timedelta) -> None:
    """Drop the bookings of chats that are long past; they no longer hold anything up."""
    before = (clock.now() - older_than).timestamp()
    stale = delete(Reservation).where(Reservation.name.like("%:chat:%"), Reservation.next_at < before)
    await session.execute(stale)


async def _booked(session: AsyncSession, terms: Terms, *, lock: bool) -> float:
    """How far the channel is booked. Locked, so that processes claim one after the other where there are limits."""
    query = select(Reservation.next_at).where(Reservation.name == terms.channel)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None and lock:
        await _book(session, {terms.channel: 0.0})
        found = await session.scalar(query.with_for_update())
    return found or 0.0


async def _claim_within(
    session: AsyncSession, terms: Terms, limits: Limits, at: datetime, next_at: float, *, most: int
) -> Claim:
    now = at.timestamp()
    rows = await _due(session, terms, at, most * SPREAD, free_before=now + limits.ahead)
    chats = await _chats(session, terms, [row.address for row in rows])
    booking = limiting.book([row.address for row in rows], now=now, next_at=next_at, chats=chats, limits=limits)
    slots = booking.slots[:most]
    next_at = booking.slots[most][1] if len(booking.slots) > most else booking.next_at
    picked = [rows[index] for index, _ in slots]
    booked = {
        _chat(terms.channel, row.address): moment + limits.per_chat
        for row, (_, moment) in zip(picked, slots, strict=True)
    }
    if slots:
        await _book(session, {terms.channel: next_at} | booked)
    moments = [at + timedelta(seconds=moment - now) for _, moment in slots]
    claimed = await _lease(session, terms, picked, moments, at)
    if len(rows) > len(slots):
        return Claim(claimed, wait=max(next_at - now - limits.ahead / 2, 0.001))
    return Claim(claimed, wait=None if slots else await _chat_wait(session, terms, at))


async def _due(
    session: AsyncSession, terms: Terms, at: datetime, most: int, *, free_before: float | None = None
) -> Sequence[Row[Any]]:
    """The due rows, a lane after the other, so that each is one walk over the index of what is queued."""
    rows: list[Row[Any]] = []
    for lane in Lane:
        if len(rows) < most:
            query = _queued(terms.channel, at).where(Delivery.lane == int(lane)).limit(most - len(rows))
            if free_before is not None:
                booked = Reservation.name == _chat_of(terms.channel)
                query = query.outerjoin(Reservation, booked).where(
                    or_(Reservation.next_at.is_(None), Reservation.next_at <= free_before)
                )
            rows += (await session.execute(query)).all()
    return rows


def _queued(channel: Channel, at: datetime) -> Select[Any]:
    table = Delivery.__table__
    queued = (Delivery.channel == channel, IS_QUEUED, Delivery.due_at <= at)
    query = select(*table.columns).where(*queued).order_by(Delivery.due_at, Delivery.id)
    return query.with_for_update(of=Delivery, skip_locked=True)


def _chat(channel: Channel, address: str) -> str:
    return f"{channel}:chat:{address}"


def _chat_of(channel: Channel) -> Any:
    return f"{channel}:chat:" + Delivery.address


async def _chats(session: AsyncSession, terms: Terms, addresses: Sequence[str]) -> dict[str, float]:
    names = {_chat(terms.channel, address): address for address in addresses}
    found = await session.execute(select(Reservation.name, Reservation.next_at).where(Reservation.name.in_(names)))
    return {names[name]: next_at for name, next_at in found}


async def _chat_wait(session: AsyncSession, terms: Terms, at: datetime) -> float | None:
    """Seconds until the first chat is free again that something due waits for; None when nothing is due."""
    query = (
        select(func.min(Reservation.next_at))
        .select_from(Delivery)
        .join(Reservation, Reservation.name == _chat_of(terms.channel))
        .where(Delivery.channel == terms.channel, IS_QUEUED, Delivery.due_at <= at)
    )
    free_at: float | None = await session.scalar(query)
    return None if free_at is None else max(free_at - at.timestamp(), 0.001)


async def _lease(
    session: AsyncSession, terms: Terms, rows: Sequence[Row[Any]], moments: Sequence[datetime], at: datetime
) -> tuple[Claimed, ...]:
    if not rows:
        return ()
    leased = {"state": DeliveryState.SENDING, "worker": terms.worker, "lease_until": at + terms.lease}
    statement = update(Delivery).where(Delivery.id.in_([row.id for row in rows]))
    await session.execute(
        statement.values(**leased, attempts=Delivery.attempts + 1).execution_options(synchronize_session=False)
    )
    return tuple(_claimed(row, moment, terms.keys) for row, moment in zip(rows, moments, strict=True))


def _claimed(row: Row[Any], moment: datetime, keys: Keys) -> Claimed:
    secret = _secret(row.secret, keys)
    outgoing = Outgoing(
        id=row.id,
        key=row.key,
        channel=Channel(row.channel),
        lane=Lane(row.lane),
        person_id=row.person_id,
        staff_id=row.staff_id,
        address=row.address,
        language=Language(row.language),
        kind=row.kind,
        values=row.values,
        files=tuple(row.files),
        secret=secret or {},
        thread=row.thread,
        in_reply_to=row.in_reply_to,
        dossier_id=row.dossier_id,
        message_id=row.message_id,
        attempts=row.attempts + 1,
        created_at=row.created_at,
        give_up_at=row.give_up_at,
    )
    return Claimed(outgoing, moment, readable=secret is not None)


def _secret(kept: bytes | None, keys: Keys) -> dict[str, Any] | None:
    """The secret values, empty when there are none; None when no key opens them."""
    if kept is None:
        return {}
    opened = keys.decrypt(kept)
    if opened is None:
        return None
    values: dict[str, Any] = json.loads(opened)
    return values


async def _change(session: AsyncSession, where: Sequence[Any], values: dict[str, Any]) -> int:
    statement = update(Delivery).where(*where).values(**values, error=LOST, lease_until=None, worker=None)
    result = await session.execute(statement.execution_options(synchronize_session=False))
    return result.rowcount  # type: ignore[attr-defined, no-any-return]  # an UPDATE gives a CursorResult


async def _book(session: AsyncSession, next_at: dict[Any, float]) -> None:
    """Book further, never back."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Reservation)
    later = func.greatest if dialect is postgresql else func.max
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"next_at": later(Reservation.next_at, statement.excluded.next_at)}
    )
    rows = [{"name": str(name), "next_at": moment} for name, moment in sorted(next_at.items())]
    await session.execute(statement, rows)
