"""Who is reminded of what, and when: in office hours, at most once a week (NOTE-3)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE, Channel
from core.database import Sessions, Wake, transaction
from core.deliveries.models import Delivery
from core.documents import documents, upload_requests
from core.documents.models import Document, Shelf
from core.messages import messages
from core.messages.models import Message
from core.office import Office
from core.people import persons, preferences
from core.people.preferences import News
from core.portal import routines
from core.schedule import schedule
from core.schedule.scheduler import Scheduler
from tests.core.dossiers.situation import Situation, customer, deliveries, on_telegram, situation, stored, worker


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """Wednesday the 1st of July 2026, half past ten in Amsterdam, until the test moves it."""
    with time_machine.travel("2026-07-01T08:30:00Z", tick=False) as traveller:
        yield traveller


async def written(session: AsyncSession, here: Situation, subject: str = "Concept") -> Message:
    return await messages.post(
        session, here.dossier, actor=worker(here.hugo), subject=subject, text="Dag", office=Office()
    )


async def published(session: AsyncSession, here: Situation, name: str, **options: Any) -> Document:
    file = await stored(session, name)
    return await documents.publish(
        session, here.dossier, shelf=Shelf.DOCUMENTS, file=file, name=name, actor=OFFICE, **options
    )


class Days:
    """Lets days pass, hour by hour, while the schedule works; and tells who was reminded when."""

    def __init__(self, sessions: Sessions, wake: Wake, time: time_machine.Traveller, office: Office) -> None:
        self.sessions, self.time = sessions, time
        self.scheduler = Scheduler(sessions, routines.jobs(office), wake=wake)

    async def until(self, moment: str) -> None:
        """To this moment in UTC, stopping wherever something is due."""
        end = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        while True:
            await self.scheduler.drain()
            async with transaction(self.sessions) as session:
                due = await schedule.next_due(session, routines.jobs(Office()))
            if due is None or due > end:
                break
            self.time.move_to(due)
        self.time.move_to(end)

    async def reminders(self, channel: Channel = Channel.EMAIL) -> list[Delivery]:
        async with transaction(self.sessions) as session:
            assert await schedule.failed(session) == []
            return [each for each in await deliveries(session) if each.kind == "reminder" and each.channel == channel]

    async def moments(self, name: str = "Anna") -> list[str]:
        """When this person was reminded, in UTC."""
        return [f"{each.created_at:%m-%d %H:%M}" for each in await self.reminders() if each.values["name"] == name]


@pytest.fixture
def days(sessions: Sessions, wake: Wake, time: time_machine.Traveller, office: Office) -> Days:
    return Days(sessions, wake, time, office)


async def test_after_three_days_in_office_hours_and_then_once_a_week(days: Days) -> None:
    async with transaction(days.sessions) as session:
        here = await situation(session)
        await written(session, here)
    await days.until("2026-07-06T06:59")
    assert await days.moments() == []
    await days.until("2026-07-06T12:00")
    assert await days.moments() == ["07-06 07:00"]
    await days.until("2026-07-21T00:00")
    assert await days.moments() == ["07-06 07:00", "07-13 07:00", "07-20 07:00"]
    await days.until("2026-10-01T00:00")
    assert (await days.moments())[3:] == ["07-27 07:00"]


async def test_what_was_read_is_not_reminded_of(days: Days) -> None:
    async with transaction(days.sessions) as session:
        here = await situation(session)
        message = await written(session, here)
    await days.until("2026-07-02T12:00")
    async with transaction(days.sessions) as session:
        await messages.read(session, customer(here.anna), message.id)
    await days.until("2026-07-10T00:00")
    assert await days.moments("Anna") == []
    assert await days.moments("Bram") == ["07-06 07:00"]


async def test_a_reminder_says_what_waits_and_nothing_confidential(days: Days) -> None:
    async with transaction(days.sessions) as session:
        here = await situation(session)
        await on_telegram(session, here.anna, 1001)
        message = await written(session, here)
        secret = await published(session, here, "Scheiding.pdf", confidential=True)
        request = await upload_requests.ask(session, here.dossier, title="Paspoort", actor=worker(here.hugo))
    await days.until("2026-07-06T12:00")
    [chat] = await days.reminders(Channel.TELEGRAM)
    mail = next(each for each in await days.reminders() if each.values["name"] == "Anna")
    assert mail.values == chat.values
    assert (mail.values["messages"], mail.values["documents"], mail.values["actions"]) == (1, 1, 1)
    named = {(item["kind"], item["id"], item["title"], item["confidential"]) for item in mail.values["items"]}
    assert named == {
        ("message", message.id, "Concept", False),
        ("document", secret.id, "", True),
        ("upload", request.id, "Paspoort", False),
    }
    assert {item["dossier_number"] for item in mail.values["items"]} == {"2026-0012"}
    assert "Scheiding" not in str(mail.values)


async def test_a_task_is_reminded_of_until_it_is_done(days: Days) -> None:
    async with transaction(days.sessions) as session:
        here = await situation(session)
        request = await upload_requests.ask(
            session, here.dossier, title="Paspoort", person=here.anna, actor=worker(here.hugo)
        )
    await days.until("2026-08-25T00:00")
    assert len(await days.moments()) == 8
    async with transaction(days.sessions) as session:
        await upload_requests.withdraw(session, request, worker(here.hugo))
    await days.until("2026-10-01T00:00")
    assert len(await days.moments()) == 8


async def test_at_most_once_a_week_however_much_comes(days: Days) -> None:
    async with transaction(days.sessions) as session:
        here = await situation(session)
    for day in range(1, 21):
        await days.until(f"2026-07-{day:02}T08:40")
        async with transaction(days.sessions) as session:
            await written(session, here, f"Dag {day}")
    await days.until("2026-07-21T12:00")
    assert await days.moments() == ["07-06 07:00", "07-13 07:00", "07-20 07:00"]
    assert (await days.reminders())[-1].values["messages"] >= 18
    assert len((await days.reminders())[-1].values["items"]) == 10


async def test_who_switched_it_off_is_left_alone(days: Days) -> None:
    async with transaction(days.sessions) as session:
        here = await situation(session)
        for channel in (Channel.EMAIL, Channel.TELEGRAM):
            await preferences.want(session, here.anna.id, news=News.MESSAGE, channel=channel, wanted=False)
        await written(session, here)
        await published(session, here, "akte.pdf")
        await persons.remove(session, here.bram, OFFICE)
    await days.until("2026-07-10T00:00")
    [told] = await days.reminders()
    assert (told.values["name"], told.values["messages"], told.values["documents"]) == ("Anna", 0, 1)


async def test_an_office_may_remind_nobody(sessions: Sessions, wake: Wake, time: time_machine.Traveller) -> None:
    never = Days(sessions, wake, time, Office(remind_after_days=0))
    async with transaction(sessions) as session:
        await written(session, await situation(session))
    await never.until("2026-07-20T00:00")
    assert await never.moments() == []


async def test_what_comes_late_in_the_same_hour_is_not_forgotten(days: Days) -> None:
    async with transaction(days.sessions) as session:
        here = await situation(session)
        first = await written(session, here)
    await days.until("2026-07-01T08:55")
    async with transaction(days.sessions) as session:
        await messages.read(session, customer(here.anna), first.id)
        await written(session, here)
    await days.until("2026-07-07T00:00")
    assert await days.moments() == ["07-06 07:00"]
