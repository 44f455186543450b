"""Taking in: what came is stored raw, once, before it is acknowledged to the channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel
from core.database import insert_once, wake
from core.intake.models import Intake, IntakeState, SeenMail

ALBUM_WAIT = timedelta(seconds=1)
"""How long the parts of an album wait for a further one (Telegram sends them as separate updates)."""

_TAKEN = "loket_taken_in"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that wants to be taken in, as `take_in` is told it; `file_id` once its raw bytes are recorded."""

    source: str
    key: str
    sender: str
    payload: Mapping[str, Any]
    identity: str
    file_id: int | None = None


async def take_in(
    session: AsyncSession,
    *,
    channel: Channel,
    source: str,
    key: str,
    sender: str,
    payload: Mapping[str, Any],
    album: str | None = None,
    file_id: int | None = None,
    identity: str | None = None,
    not_before: datetime | None = None,
) -> Intake | None:
    """Store an update or a mail; None when it was taken in before, by `source` and `key` or by `identity`.

    `identity` is a mail's Message-ID or the hash of its bytes: a second copy elsewhere in the mailbox is the same mail. Commit
    before acknowledging it to the channel.
    """
    at = clock.now()
    row = _row(channel, source=source, key=key, sender=sender, payload=payload, file_id=file_id) | {
        "album": album,
        "received_at": at,
        "not_before": not_before or (at + ALBUM_WAIT if album else at),
    }
    item = await insert_once(session, Intake, row, conflict=("source", "key"))
    if item is None:
        return None
    if identity is not None:
        mail = {"identity": identity, "intake_id": item.id}
        if await insert_once(session, SeenMail, mail, conflict=("identity",)) is None:
            await session.delete(item)
            await session.flush()
            return None
    wake.mark(session, topic(channel))
    session.info.setdefault(_TAKEN, []).append(item)
    return item


def wake_for_the_rest(session: AsyncSession, channel: Channel) -> None:
    """After claiming in the same transaction: workers are woken only when something that was taken in still waits."""
    taken: list[Intake] = session.info.pop(_TAKEN, [])
    if all(item.state != IntakeState.WAITING for item in taken):
        wake.unmark(session, topic(channel))


async def new_among(session: AsyncSession, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Those of one source that are certainly not taken in yet; not the second of two that are the same."""
    seen = select(SeenMail.identity).where(SeenMail.identity.in_([each.identity for each in arrivals]))
    keys = select(Intake.key).where(
        Intake.source.in_({each.source for each in arrivals}), Intake.key.in_([each.key for each in arrivals])
    )
    known = {*await session.scalars(seen), *await session.scalars(keys)}
    new: list[Arrival] = []
    for each in arrivals:
        if known.isdisjoint((each.identity, each.key)):
            known |= {each.identity, each.key}
            new.append(each)
    return new


async def take_in_new(session: AsyncSession, channel: Channel, arrivals: Sequence[Arrival]) -> list[Intake]:
    """Store what is certainly new, together: a few statements for all. Raises when one is not new after all."""
    at = {"received_at": clock.now(), "not_before": clock.now()}
    items = [
        Intake(**at, **_row(channel, source=a.source, key=a.key, sender=a.sender, payload=a.payload, file_id=a.file_id))
        for a in arrivals
    ]
    session.add_all(items)
    await session.flush()
    session.add_all(SeenMail(identity=a.identity, intake_id=item.id) for a, item in zip(arrivals, items, strict=True))
    await session.flush()
    wake.mark(session, topic(channel))
    return items


def topic(channel: Channel) -> str:
    """What workers of `channel` wait for."""
    return f"intake.{channel}"


def _row(
    channel: Channel, *, source: str, key: str, sender: str, payload: Mapping[str, Any], file_id: int | None
) -> dict[str, Any]:
    """A waiting item that nobody tried."""
    return {
        "channel": Channel(channel),
        "source": source,
        "key": key,
        "sender": sender,
        "payload": dict(payload),
        "file_id": file_id,
        "state": IntakeState.WAITING,
        "attempts": 0,
        "answers": [],
        "outcome": "",
    }
