"""Reminding people of what they haven't read or done (NOTE-3): in office hours, at most once a week.

Whenever something is told that waits for a person, a job is planned that looks a day later (`tell.expect_reminder`); it looks
again when the oldest of it has waited as long as the office wants, or a week after the last reminder. Nothing waits: no job.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.notifications import tell
from core.notifications.hours import is_open, next_open
from core.notifications.models import Reminder
from core.office import Office
from core.people import persons, preferences
from core.people.preferences import CHANNELS, News
from core.portal import waiting
from core.portal.waiting import Waiting
from core.schedule.scheduler import Job

A_WEEK = timedelta(days=7)

NAMED = 10
"""Items that a reminder names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What of each kind of news waits, of the kinds that the person wants to hear of."""

    by_news: Mapping[News, Waiting]

    @property
    def since(self) -> datetime | None:
        """How long the oldest has waited that is still worth a reminder."""
        return min((each.since for each in self.by_news.values() if each.since is not None), default=None)

    def count(self, news: News) -> int:
        """How many wait."""
        return self.by_news[news].count if news in self.by_news else 0


def jobs(office: Office) -> Mapping[str, Job]:
    """The job, for the scheduler."""

    async def job(session: AsyncSession, values: dict[str, Any]) -> None:
        await look(session, int(values["person_id"]), office=office)

    return {tell.REMINDER: job}


async def look(session: AsyncSession, person_id: int, *, office: Office) -> bool:
    """Reminds the person now if it is time, else plans when to look again; whether it reminded."""
    person = await persons.by_id(session, person_id)
    if office.remind_after_days == 0 or person is None or person.removed_at is not None:
        return False
    found = await _find(session, person_id)
    if found.since is None:
        return False
    reminder = await session.get(Reminder, person_id)
    ripe = found.since + timedelta(days=office.remind_after_days)
    at = max(ripe, reminder.reminded_at + A_WEEK) if reminder else ripe
    if at > clock.now() or not is_open(office, clock.now()):
        await tell.plan_reminder(session, person_id, next_open(office, max(at, clock.now())))
        return False
    return await _remind(session, person_id, found, office)


async def _find(session: AsyncSession, person_id: int) -> _Found:
    cells = await preferences.matrix(session, person_id)
    wanted = [news for news in waiting.FINDERS if any(cells[news, channel] for channel in CHANNELS)]
    return _Found({news: await waiting.FINDERS[news](session, person_id, NAMED) for news in wanted})


async def _remind(session: AsyncSession, person_id: int, found: _Found, office: Office) -> bool:
    now = clock.now()
    told = await tell.person(
        session,
        person_id,
        news=[news for news, each in found.by_news.items() if each.count],
        kind=tell.REMINDER,
        values={
            "messages": found.count(News.MESSAGE),
            "documents": found.count(News.DOCUMENT),
            "actions": found.count(News.REQUEST),
            "items": _newest(item for each in found.by_news.values() for item in each.items),
        },
        key=f"{tell.REMINDER}-{now.astimezone(office.timezone):%Y-%m-%d}",
    )
    await session.merge(Reminder(person_id=person_id, reminded_at=now))
    await session.flush()
    await tell.plan_reminder(session, person_id, next_open(office, now + A_WEEK))
    return bool(told)


def _newest(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: str(item["at"]), reverse=True)[:NAMED]
