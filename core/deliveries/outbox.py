"""Putting a delivery in the outbox: a row in the caller's transaction, so it exists if and only if what it tells about does."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel, Language
from core.crypto import Keys
from core.database import insert_once, wake
from core.deliveries.models import IS_QUEUED, Delivery, DeliveryState, Lane

GIVE_UP_AFTER = {Channel.EMAIL: timedelta(days=2), Channel.TELEGRAM: timedelta(days=1)}
"""How long a channel is tried before a delivery has failed."""

INTERACTIVE_GIVE_UP_AFTER = timedelta(hours=1)
"""Somebody is waiting for it now; tomorrow it is of no use."""


async def queue(
    session: AsyncSession,
    *,
    channel: Channel,
    address: str,
    language: Language,
    kind: str,
    values: Mapping[str, Any],
    lane: Lane = Lane.NOTIFICATION,
    person_id: int | None = None,
    staff_id: int | None = None,
    files: Sequence[Mapping[str, Any]] = (),
    secret: Mapping[str, Any] | None = None,
    keys: Keys | None = None,
    thread: str | None = None,
    in_reply_to: str | None = None,
    dossier_id: int | None = None,
    message_id: int | None = None,
    key: str | None = None,
    due_at: datetime | None = None,
    give_up_after: timedelta | None = None,
) -> Delivery | None:
    """Queue one message to one address; None when `key` was queued before, whatever became of it.

    `values` are JSON; `secret` (codes) is JSON too, kept encrypted with `keys` and wiped once sent. It goes at `due_at`, or
    now, and is tried until `give_up_after` later: by default two days for a mail, one day for Telegram, an hour for what
    somebody waits for.
    """
    if secret is not None and keys is None:
        raise ValueError("a secret needs the keys that it is encrypted with")
    at = clock.now()
    due = due_at or at
    row: dict[str, Any] = {
        "key": key,
        "channel": Channel(channel),
        "lane": int(lane),
        "person_id": person_id,
        "staff_id": staff_id,
        "address": address,
        "language": Language(language),
        "kind": kind,
        "values": dict(values),
        "files": [dict(file) for file in files],
        "secret": keys.encrypt(json.dumps(dict(secret)).encode()) if secret is not None and keys else None,
        "had_secret": secret is not None,
        "thread": thread,
        "in_reply_to": in_reply_to,
        "dossier_id": dossier_id,
        "message_id": message_id,
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "created_at": at,
        "due_at": due,
        "give_up_at": due + (give_up_after or default_period(channel, lane)),
    }
    wake.mark(session, topic(channel))
    if key is None:
        delivery = Delivery(**row)
        session.add(delivery)
        await session.flush()
        return delivery
    return await insert_once(session, Delivery, row, conflict=("key",))


async def take_back(session: AsyncSession, *which: ColumnElement[bool]) -> None:
    """These deliveries are not sent any more: what waits is cancelled; what is being sent, and what was, is not tried again
    nor told another way."""
    at = clock.now()
    change = update(Delivery).where(*which).execution_options(synchronize_session=False)
    cancelled = {"state": DeliveryState.CANCELLED, "settled_at": at, "secret": None, "taken_back_at": at}
    await session.execute(change.where(IS_QUEUED).values(cancelled))
    gone = change.where(Delivery.taken_back_at.is_(None), Delivery.state != DeliveryState.CANCELLED)
    await session.execute(gone.values(taken_back_at=at))


def topic(channel: Channel) -> str:
    """What workers of `channel` wait for."""
    return f"deliveries.{channel}"


def default_period(channel: Channel, lane: Lane) -> timedelta:
    """How long a delivery is tried, unless its caller says otherwise."""
    return INTERACTIVE_GIVE_UP_AFTER if lane is Lane.INTERACTIVE else GIVE_UP_AFTER[Channel(channel)]
