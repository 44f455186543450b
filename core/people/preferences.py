"""The matrix of NOTE-1: which news goes to a person over which channel. Off is: over none."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Channel
from core.errors import Refused
from core.people.models import Preference


class News(StrEnum):
    """Kinds of news that a person may switch off. Service mails (codes, security) are none of these and always go."""

    DOCUMENT = "document"
    REQUEST = "request"
    MESSAGE = "message"
    NEWS = "news"


CHANNELS = (Channel.TELEGRAM, Channel.EMAIL)
"""The columns of the matrix."""


async def matrix(session: AsyncSession, person_id: int) -> dict[tuple[News, Channel], bool]:
    """Every cell of a person's matrix; what was never chosen is on."""
    cells = dict.fromkeys(((news, channel) for news in News for channel in CHANNELS), True)
    for row in await session.scalars(select(Preference).where(Preference.person_id == person_id)):
        cells[News(row.news), Channel(row.channel)] = row.wanted
    return cells


async def want(session: AsyncSession, person_id: int, *, news: News, channel: Channel, wanted: bool) -> None:
    """Set one cell. Refused: `preference.channel` for a channel that is no column of the matrix."""
    if channel not in CHANNELS:
        raise Refused("preference.channel", channel=str(channel))
    await session.merge(Preference(person_id=person_id, news=news, channel=channel, wanted=wanted))
    await session.flush()
