"""Taking in: what came is stored raw, once, before it is acknowledged to the channel."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel
from core.database import insert_once, wake
from core.intake.models import Intake, IntakeState, SeenMail

ALBUM_WAIT = timedelta(seconds=1)
"""How long the parts of an album wait for a further one (Telegram sends them as separate updates)."""


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
    row: dict[str, Any] = {
        "channel": Channel(channel),
        "source": source,
        "key": key,
        "sender": sender,
        "album": album,
        "payload": dict(payload),
        "file_id": file_id,
        "received_at": at,
        "not_before": not_before or (at + ALBUM_WAIT if album else at),
        "state": IntakeState.WAITING,
        "attempts": 0,
        "answers": [],
        "outcome": "",
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
    return item


def topic(channel: Channel) -> str:
    """What workers of `channel` wait for."""
    return f"intake.{channel}"
