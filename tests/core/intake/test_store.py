"""Taking in: everything once, by its key in the channel and by a mail's own identity."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from core.actor import Channel
from core.database import Sessions, Wake, reading, transaction
from core.intake.models import Intake, IntakeState
from core.intake.store import take_in


async def take(sessions: Sessions, key: str, **given: Any) -> Intake | None:
    defaults: dict[str, Any] = {
        "channel": Channel.TELEGRAM,
        "source": "telegram:7",
        "sender": "7:1",
        "payload": {"update_id": 1},
    }
    async with transaction(sessions) as session:
        return await take_in(session, key=key, **(defaults | given))


async def count(sessions: Sessions) -> int:
    async with reading(sessions) as session:
        return await session.scalar(select(func.count()).select_from(Intake)) or 0


async def test_an_update_is_taken_in_once(sessions: Sessions) -> None:
    first = await take(sessions, "1")
    assert first is not None and first.state == IntakeState.WAITING and first.payload == {"update_id": 1}
    assert await take(sessions, "1") is None
    assert await take(sessions, "1", source="telegram:8") is not None
    assert await count(sessions) == 2


async def test_ten_deliveries_at_once_of_one_update_are_one(sessions: Sessions) -> None:
    taken: list[Intake | None] = []

    async def deliver() -> None:
        taken.append(await take(sessions, "1"))

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(deliver())
    assert sum(item is not None for item in taken) == 1
    assert await count(sessions) == 1


async def test_a_second_copy_of_a_mail_is_the_same_mail(sessions: Sessions) -> None:
    mail = {"channel": Channel.EMAIL, "source": "mailbox:main", "sender": "eva@example.org", "identity": "<a@b>"}
    assert await take(sessions, "1:1", **mail) is not None
    assert await take(sessions, "1:2", **mail) is None
    assert await take(sessions, "2:1", **mail) is None, "another UIDVALIDITY"
    assert await take(sessions, "1:2", **(mail | {"identity": "<c@d>"})) is not None
    assert await count(sessions) == 2


async def test_copies_at_once_of_one_mail_are_one(sessions: Sessions) -> None:
    taken: list[Intake | None] = []

    async def deliver(uid: int) -> None:
        taken.append(await take(sessions, f"1:{uid}", channel=Channel.EMAIL, source="mailbox:main", identity="<a@b>"))

    async with asyncio.TaskGroup() as group:
        for uid in range(8):
            group.create_task(deliver(uid))
    assert sum(item is not None for item in taken) == 1
    assert await count(sessions) == 1


async def test_album_parts_wait_for_each_other(sessions: Sessions) -> None:
    part = await take(sessions, "1", album="album-1")
    assert part is not None and part.not_before - part.received_at == timedelta(seconds=1)


async def test_taking_in_wakes_the_worker(sessions: Sessions, wake: Wake) -> None:
    ticket = wake.ticket("intake.telegram")
    await take(sessions, "1")
    assert await wake.wait("intake.telegram", 0, since=ticket)
