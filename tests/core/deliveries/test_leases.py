"""Leases: one holder at a time, renewed, given back, taken over."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core import clock
from core.database import Sessions, processes, reading, transaction
from core.deliveries.leases import Leader, held, take
from core.deliveries.models import Lease
from tests.support.waiting import until


async def holders(sessions: Sessions) -> list[str]:
    async with reading(sessions) as session:
        return list(await session.scalars(select(Lease.holder)))


async def end_lease(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await session.execute(update(Lease).values(until=clock.now() - timedelta(seconds=1)))


async def test_one_at_a_time(sessions: Sessions) -> None:
    assert await take(sessions, "polling", "a", 30)
    assert not await take(sessions, "polling", "b", 30)
    assert await take(sessions, "polling", "a", 30), "renewing"
    assert await take(sessions, "mailbox", "b", 30), "another lease"
    await end_lease(sessions)
    assert await take(sessions, "polling", "b", 30)
    assert not await take(sessions, "polling", "a", 30)


async def test_ten_at_once_give_one_holder(sessions: Sessions) -> None:
    taken: list[bool] = []

    async def ask(holder: str) -> None:
        taken.append(await take(sessions, "polling", holder, 30))

    async with asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(ask(str(number)))
    assert sum(taken) == 1


async def test_a_dead_process_of_this_machine_holds_nothing(sessions: Sessions, dead_pid: int) -> None:
    assert await take(sessions, "polling", f"polling@{processes._place()}:{dead_pid}:ab", 3600)
    assert await take(sessions, "polling", "b", 30)
    assert await take(sessions, "mailbox", f"mailbox@elsewhere:{dead_pid}:ab", 3600)
    assert not await take(sessions, "mailbox", "b", 30), "of another machine nothing is known"


def test_who_is_dead() -> None:
    assert not processes.is_dead(processes.identity("polling"))
    assert not processes.is_dead("any name")
    place, _, rest = processes.identity("polling").partition("@")[2].partition(":")
    assert processes.is_dead(f"polling@{place}:{rest.partition(':')[0]}:another"), "an earlier process with this id"
    assert len(processes.identity("a role with a very long name indeed")) <= 60


async def test_held_while_the_block_lasts_and_given_back(sessions: Sessions) -> None:
    async with held(sessions, "polling", holder="a") as lease:
        assert not lease.lost.is_set()
        assert await holders(sessions) == ["a"]
    assert await holders(sessions) == []


async def test_the_second_waits_for_the_first(sessions: Sessions) -> None:
    order: list[str] = []

    async def work(holder: str) -> None:
        async with held(sessions, "polling", holder=holder, seconds=1.8):
            order.append(f"{holder} in")
            await asyncio.sleep(0)
            order.append(f"{holder} out")

    async with asyncio.TaskGroup() as group:
        for holder in ("a", "b", "c"):
            group.create_task(work(holder))
    assert len(order) == 6
    assert all(order[n].split()[0] == order[n + 1].split()[0] for n in (0, 2, 4))


async def test_a_lease_that_is_taken_away_is_lost(sessions: Sessions) -> None:
    async with held(sessions, "polling", holder="a", seconds=0.6) as lease:
        async with transaction(sessions) as session:
            await session.execute(update(Lease).values(holder="b", until=clock.now() + timedelta(hours=1)))
        await asyncio.wait_for(lease.lost.wait(), 15)
    assert await holders(sessions) == ["b"], "what is another's isn't given back"


async def test_a_leader_is_followed_by_another(sessions: Sessions) -> None:
    working: list[str] = []
    stops = {name: asyncio.Event() for name in ("a", "b")}

    async def lead(name: str) -> None:
        async def work(stop: asyncio.Event) -> None:
            working.append(name)
            await stop.wait()

        await Leader(sessions, "polling", name, seconds=3).run(work, stops[name])

    async with asyncio.TaskGroup() as group:
        group.create_task(lead("a"))
        await until(lambda: working == ["a"])
        group.create_task(lead("b"))
        stops["a"].set()
        await until(lambda: working == ["a", "b"])
        stops["b"].set()
    assert await holders(sessions) == []


async def test_a_leader_that_lost_its_lease_stops_and_begins_anew(sessions: Sessions) -> None:
    begun, stop = [], asyncio.Event()

    async def work(stop: asyncio.Event) -> None:
        begun.append(True)
        await stop.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(Leader(sessions, "polling", "a", seconds=0.6).run(work, stop))
        await until(lambda: len(begun) == 1)
        async with transaction(sessions) as session:
            soon = clock.now() + timedelta(seconds=0.5)
            await session.execute(update(Lease).values(holder="b", until=soon))
        await until(lambda: len(begun) == 2)
        stop.set()


async def test_what_goes_wrong_in_the_work_is_raised_as_it_was(sessions: Sessions) -> None:
    async def work(_: asyncio.Event) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Leader(sessions, "polling").run(work, asyncio.Event())
    assert await holders(sessions) == []
