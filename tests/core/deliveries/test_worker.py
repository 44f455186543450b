"""The worker: sends each delivery, settles what became of it, and another goes on when it is gone."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel, Language
from core.crypto import Keys
from core.database import Sessions, Wake, processes, transaction
from core.deliveries import outbox
from core.deliveries.models import Delivery, DeliveryState
from core.deliveries.sending import AnswerLost, Outgoing, Permanent, Temporary
from tests.core.deliveries.ground import (
    BROADCAST,
    KEYS,
    NOTIFICATION,
    Sender,
    end_leases,
    fast,
    look,
    make_due,
    queue,
    worker,
)
from tests.support.waiting import until

pytestmark = pytest.mark.parametrize("limited", [False, True], ids=["free", "limited"])


@pytest.fixture
def limits(limited: bool) -> dict[str, Any]:
    return {"limits": fast() if limited else None}


async def states(sessions: Sessions) -> list[str]:
    return [one.state for one in await look(sessions)]


async def test_sends_everything_once(sessions: Sessions, wake: Wake, limits: dict[str, Any]) -> None:
    ids = await queue(sessions, 30)
    sender = Sender()
    assert await worker(sessions, wake, sender, **limits).drain() == 30
    assert sorted(one.id for one in sender.sent) == ids
    rows = await look(sessions)
    assert {one.state for one in rows} == {DeliveryState.SENT}
    assert [one.external_id for one in rows] == [f"id-{number}" for number in ids]
    assert all(one.settled_at and one.attempts == 1 and one.lease_until is None for one in rows)
    assert await worker(sessions, wake, sender, **limits).drain() == 0


async def test_two_workers_share_and_repeat_nothing(sessions: Sessions, wake: Wake, limits: dict[str, Any]) -> None:
    ids = await queue(sessions, 60)
    sender = Sender()
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(worker(sessions, wake, sender, batch=7, concurrency=7, **limits).drain())
    assert sorted(one.id for one in sender.sent) == ids


async def test_a_commit_wakes_a_running_worker_and_stop_ends_it(
    sessions: Sessions, wake: Wake, limits: dict[str, Any]
) -> None:
    sender, stop = Sender(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, sender, **limits).run(stop))
        for _ in range(3):
            (number,) = await queue(sessions, 1)
            await until(partial(sender.has_sent, number))
        stop.set()
    assert await states(sessions) == ["sent"] * 3


async def test_a_killed_worker_is_taken_over(sessions: Sessions, wake: Wake, limits: dict[str, Any]) -> None:
    ids = await queue(sessions, 3)
    hanging, after = Sender(), Sender()
    hanging.gate = asyncio.Event()
    task = asyncio.get_running_loop().create_task(worker(sessions, wake, hanging, **limits).run(asyncio.Event()))
    await until(lambda: hanging.begun == 3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await states(sessions) == ["sending"] * 3
    assert await worker(sessions, wake, after, **limits).drain() == 0, "the lease holds"
    await end_leases(sessions)
    await worker(sessions, wake, after, **limits).drain()
    assert sorted(one.id for one in after.sent) == ids
    assert [one.attempts for one in await look(sessions)] == [2, 2, 2]


async def test_what_a_dead_process_of_this_machine_held_is_taken_over_at_once(
    sessions: Sessions, wake: Wake, limits: dict[str, Any], dead_pid: int
) -> None:
    await queue(sessions, 1)
    async with transaction(sessions) as session:
        await session.execute(
            update(Delivery).values(
                state=DeliveryState.SENDING,
                worker=f"w@{processes._place()}:{dead_pid}:ab",
                lease_until=clock.now() + timedelta(hours=1),
            )
        )
    sender = Sender()
    await worker(sessions, wake, sender, **limits).drain()
    assert len(sender.sent) == 1


async def test_a_broadcast_of_a_killed_worker_is_unknown_and_a_notification_goes_again(
    sessions: Sessions, wake: Wake, limits: dict[str, Any]
) -> None:
    await queue(sessions, 1, lane=BROADCAST)
    await queue(sessions, 1, lane=BROADCAST, channel=Channel.EMAIL)
    await queue(sessions, 1, lane=NOTIFICATION)
    past = clock.now() - timedelta(seconds=1)
    async with transaction(sessions) as session:
        await session.execute(update(Delivery).values(state=DeliveryState.SENDING, lease_until=past, worker="gone"))
    telegram, email = Sender(), Sender()
    await worker(sessions, wake, telegram, **limits).drain()
    await worker(sessions, wake, email, channel=Channel.EMAIL, **limits).drain()
    assert await states(sessions) == ["unknown", "sent", "sent"]
    assert [one.lane for one in telegram.sent] == [NOTIFICATION]
    assert len(email.sent) == 1


async def test_slow_sending_keeps_its_lease(sessions: Sessions, wake: Wake, limits: dict[str, Any]) -> None:
    await queue(sessions, 1)
    slow, other = Sender(), Sender()
    slow.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, slow, lease=timedelta(seconds=1.5), **limits).drain())
        await until(lambda: slow.begun == 1)
        first = (await look(sessions))[0].lease_until

        async def renewed() -> bool:
            now = (await look(sessions))[0].lease_until
            return now is not None and first is not None and now > first + timedelta(seconds=0.4)

        await until(renewed)
        await worker(sessions, wake, other, **limits).drain()
        slow.gate.set()
    assert len(slow.sent) == 1 and not other.sent


async def test_temporary_failures_are_tried_again_until_they_work(
    sessions: Sessions, wake: Wake, limits: dict[str, Any]
) -> None:
    await queue(sessions, 1)
    troubles: list[Exception] = [Temporary("busy"), AnswerLost("timeout"), OSError("boom")]
    sender = Sender(lambda _: troubles.pop() if troubles else None)
    for attempt, error in enumerate(("defect: OSError", "timeout", "busy"), start=1):
        begun = clock.now()
        await worker(sessions, wake, sender, **limits).drain()
        (row,) = await look(sessions)
        assert (row.state, row.error, row.attempts) == (DeliveryState.QUEUED, error, attempt)
        assert row.due_at > begun + timedelta(seconds=1), "counted from the attempt, however long this test took since"
        await make_due(sessions)
    await worker(sessions, wake, sender, **limits).drain()
    (row,) = await look(sessions)
    assert (row.state, row.error, row.attempts) == (DeliveryState.SENT, None, 4)


async def test_a_permanent_failure_is_told_in_the_same_transaction(
    sessions: Sessions, wake: Wake, limits: dict[str, Any]
) -> None:
    told: list[tuple[int, str, bool]] = []

    async def on_failed(session: AsyncSession, delivery: Delivery, failure: Permanent) -> None:
        assert delivery.state == DeliveryState.FAILED
        told.append((delivery.id, failure.reason, failure.unreachable))
        await outbox.queue(
            session, channel=Channel.EMAIL, address="a@b.nl", language=Language.NL, kind=delivery.kind, values={}
        )

    (number,) = await queue(sessions, 1)
    sender = Sender(lambda _: Permanent("bot was blocked", unreachable=True))
    await worker(sessions, wake, sender, on_failed=on_failed, **limits).drain()
    assert told == [(number, "bot was blocked", True)]
    assert [(one.channel, one.state) for one in await look(sessions)] == [("telegram", "failed"), ("email", "queued")]


async def test_a_callback_that_dies_does_not_lose_the_settlement(
    sessions: Sessions, wake: Wake, limits: dict[str, Any]
) -> None:
    async def dying(session: AsyncSession, delivery: Delivery, failure: Permanent) -> None:
        await outbox.queue(
            session, channel=Channel.EMAIL, address="a@b.nl", language=Language.NL, kind=delivery.kind, values={}
        )
        raise RuntimeError("a defect")

    await queue(sessions, 3)
    sender = Sender(lambda one: Permanent("chat not found") if one.address == "1001" else None)
    await worker(sessions, wake, sender, on_failed=dying, **limits).drain()
    assert await states(sessions) == ["sent", "failed", "sent"]


async def test_what_was_sent_is_told(sessions: Sessions, wake: Wake, limits: dict[str, Any]) -> None:
    told: list[str | None] = []

    async def on_sent(_session: AsyncSession, delivery: Delivery) -> None:
        told.append(delivery.external_id)

    (number,) = await queue(sessions, 1)
    await worker(sessions, wake, Sender(), on_sent=on_sent, **limits).drain()
    assert told == [f"id-{number}"]


async def test_a_secret_reaches_the_sender_and_is_wiped_afterwards(
    sessions: Sessions, wake: Wake, limits: dict[str, Any]
) -> None:
    await queue(sessions, 1, secret={"code": "ABCD2345"}, keys=KEYS)
    sender = Sender()
    await worker(sessions, wake, sender, **limits).drain()
    assert sender.sent[0].secret == {"code": "ABCD2345"}
    assert "ABCD2345" not in repr(sender.sent[0])
    (row,) = await look(sessions)
    assert row.secret is None and row.had_secret


async def test_a_secret_that_no_key_opens_fails_for_good(
    sessions: Sessions, wake: Wake, limits: dict[str, Any]
) -> None:
    await queue(sessions, 1, secret={"code": "ABCD2345"}, keys=Keys(("lost",)))
    sender = Sender()
    await worker(sessions, wake, sender, **limits).drain()
    assert not sender.begun
    assert await states(sessions) == ["failed"]


async def test_sent_by_a_worker_that_lost_its_lease_is_sent_all_the_same(
    sessions: Sessions, wake: Wake, limits: dict[str, Any]
) -> None:
    (number,) = await queue(sessions, 1)

    sender = Sender()
    sender.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, sender, **limits).drain())
        await until(lambda: sender.begun == 1)
        async with transaction(sessions) as session:
            later = clock.now() + timedelta(hours=1)
            await session.execute(
                update(Delivery).values(state=DeliveryState.QUEUED, worker=None, lease_until=None, due_at=later)
            )
        sender.gate.set()
    assert [(one.id, one.state) for one in await look(sessions)] == [(number, "sent")]


async def test_a_failure_of_a_worker_that_lost_its_lease_changes_nothing(
    sessions: Sessions, wake: Wake, limits: dict[str, Any]
) -> None:
    await queue(sessions, 1)

    def taken_over(_: Outgoing) -> Exception:
        return Permanent("blocked")

    sender = Sender(taken_over)
    sender.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, sender, **limits).drain())
        await until(lambda: sender.begun == 1)
        async with transaction(sessions) as session:
            await session.execute(update(Delivery).values(worker="another"))
        sender.gate.set()
    assert await states(sessions) == ["sending"]
