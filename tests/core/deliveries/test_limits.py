"""The limits over all workers together, in simulated time: in the claim, in the database."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from core.actor import Channel
from core.database import Sessions, Wake, processes, reading, transaction
from core.deliveries import claiming
from core.deliveries.claiming import Claim, Terms
from core.deliveries.limits import Limits
from core.deliveries.models import DeliveryState, Reservation
from core.deliveries.sending import Outgoing, Paused
from tests.core.deliveries.ground import (
    BROADCAST,
    INTERACTIVE,
    KEYS,
    NOTIFICATION,
    Sender,
    fast,
    look,
    queue,
    worker,
)
from tests.support.clocks import HandClock, stop_clock
from tests.support.waiting import until


def terms(**given: Any) -> Terms:
    defaults: dict[str, Any] = {
        "channel": Channel.TELEGRAM,
        "worker": processes.identity("test"),
        "lease": timedelta(seconds=30),
        "limits": Limits(),
        "keys": KEYS,
    }
    return Terms(**(defaults | given))


async def claim(sessions: Sessions, by: Terms, most: int = 50) -> Claim:
    async with transaction(sessions) as session:
        return await claiming.claim(session, by, most=most)


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    return stop_clock(monkeypatch)


async def test_two_workers_together_keep_the_limit_and_use_it(sessions: Sessions, hand: HandClock) -> None:
    await queue(sessions, 200, lane=BROADCAST)
    begin, moments, workers = hand.at, list[float](), (terms(), terms())
    for turn in range(100):
        hand.forward(0.05)
        claimed = await claim(sessions, workers[turn % 2])
        moments += [(one.at - begin).total_seconds() for one in claimed.claimed]
    assert max(sum(at <= other < at + 1 for other in moments) for at in moments) <= 28
    assert len(moments) >= 0.97 * 28 * 5


async def test_lateness_is_booked_also_when_nothing_may_go(sessions: Sessions, hand: HandClock) -> None:
    async def booked() -> float:
        async with reading(sessions) as session:
            return (await session.get_one(Reservation, Channel.TELEGRAM.value)).next_at

    await queue(sessions, 100)
    by = terms()
    await claim(sessions, by)
    before = await booked()
    async with transaction(sessions) as session:
        late = await claiming.claim(session, by, most=100, late=0.515)
    assert not late.claimed and late.wait is not None
    assert await booked() - before == pytest.approx(0.5)


async def test_one_chat_gets_one_each_second_and_holds_up_nobody(sessions: Sessions, hand: HandClock) -> None:
    await queue(sessions, 40, address="the same")
    await queue(sessions, 3)
    by, sent = terms(limits=Limits(per_second=1000)), Counter[str]()
    first = await claim(sessions, by, most=5)
    second = await claim(sessions, by, most=5)
    sent.update(one.outgoing.address for one in (*first.claimed, *second.claimed))
    assert sent == {"the same": 1, "1000": 1, "1001": 1, "1002": 1}
    third = await claim(sessions, by)
    assert not third.claimed and third.wait == pytest.approx(1.1, abs=0.1)
    hand.forward(1.2)
    assert [one.outgoing.address for one in (await claim(sessions, by)).claimed] == ["the same"]


async def test_nothing_due_means_nothing_to_wait_for(sessions: Sessions, hand: HandClock) -> None:
    await queue(sessions, due_at=hand.at + timedelta(minutes=1))
    assert await claim(sessions, terms()) == Claim()
    hand.forward(61)
    assert len((await claim(sessions, terms())).claimed) == 1


async def test_interactive_goes_first_and_broadcasts_last(sessions: Sessions, wake: Wake) -> None:
    for lane in (BROADCAST, NOTIFICATION, INTERACTIVE):
        await queue(sessions, 2, lane=lane)
    sender = Sender()
    await worker(sessions, wake, sender, concurrency=1).drain()
    assert [one.lane for one in sender.sent] == [0, 0, 1, 1, 2, 2]


async def test_too_many_requests_hold_the_channel_for_every_worker(
    sessions: Sessions, wake: Wake, hand: HandClock
) -> None:
    await queue(sessions, 10)
    answers: list[Exception] = [Paused(30)]

    def once(_: Outgoing) -> Exception | None:
        return answers.pop() if answers else None

    first, second = Sender(once), Sender()
    await worker(sessions, wake, first, limits=fast(), concurrency=1).drain()
    await worker(sessions, wake, second, limits=fast()).drain()
    assert not first.sent and not second.sent
    assert {(one.state, one.attempts) for one in await look(sessions)} == {(DeliveryState.QUEUED, 0)}
    hand.forward(31)
    await worker(sessions, wake, second, limits=fast(), batch=100).drain()
    assert len(second.sent) >= 1


async def test_a_pause_holds_a_channel_without_limits_too(sessions: Sessions, hand: HandClock) -> None:
    await queue(sessions, 1, channel=Channel.EMAIL)
    by = terms(channel=Channel.EMAIL, limits=None)
    async with transaction(sessions) as session:
        await claiming.pause(session, Channel.EMAIL, 20)
    held = await claim(sessions, by)
    assert held.claimed == () and held.wait == pytest.approx(20)
    hand.forward(21)
    assert len((await claim(sessions, by)).claimed) == 1


async def test_old_bookings_of_chats_are_forgotten(sessions: Sessions, hand: HandClock) -> None:
    await queue(sessions, 3)
    await claim(sessions, terms(limits=fast()))
    hand.forward(120)
    async with transaction(sessions) as session:
        await claiming.forget_chats(session, older_than=timedelta(minutes=1))
        left = await claiming._chats(session, terms(), ["1000", "1001", "1002"])
    assert left == {}


async def test_stopping_finishes_what_is_being_sent_and_puts_back_the_rest(sessions: Sessions, wake: Wake) -> None:
    await queue(sessions, 20)
    sender, stop = Sender(), asyncio.Event()
    sender.gate = asyncio.Event()
    slow = Limits(per_second=10, per_chat=0.0, ahead=1.0)
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, sender, limits=slow).run(stop))
        await until(lambda: sender.begun >= 1)
        stop.set()
        await asyncio.sleep(0)
        sender.gate.set()
    rows = await look(sessions)
    assert {one.state for one in rows} == {DeliveryState.SENT, DeliveryState.QUEUED}
    assert sum(one.state == DeliveryState.SENT for one in rows) == len(sender.sent) == sender.begun
    assert all(one.attempts == (one.state == DeliveryState.SENT) for one in rows), "what was put back was not tried"
