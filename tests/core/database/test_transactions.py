"""The door: it commits whole or not at all, refuses to nest, and forbids the network while it is open."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from core.database import (
    NestedTransaction,
    Sessions,
    forbid_network_in_transaction,
    reading,
    transaction,
)
from core.database.transactions import NetworkInTransaction
from core.deliveries.models import Reservation


async def count(sessions: Sessions) -> int:
    async with reading(sessions) as session:
        return await session.scalar(select(func.count()).select_from(Reservation)) or 0


async def test_commits_when_the_block_ends(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        session.add(Reservation(name="a", next_at=1.0))
    assert await count(sessions) == 1


async def test_rolls_back_when_the_block_raises(sessions: Sessions) -> None:
    async def fail_half_way() -> None:
        async with transaction(sessions) as session:
            session.add(Reservation(name="a", next_at=1.0))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    assert await count(sessions) == 0


async def test_refuses_to_nest_and_can_be_opened_again(sessions: Sessions) -> None:
    async with transaction(sessions):
        with pytest.raises(NestedTransaction):
            async with transaction(sessions):
                pass
        with pytest.raises(NestedTransaction):
            async with reading(sessions):
                pass
    assert await count(sessions) == 0


async def test_network_is_forbidden_only_while_open(sessions: Sessions) -> None:
    forbid_network_in_transaction()
    async with transaction(sessions):
        with pytest.raises(NetworkInTransaction):
            forbid_network_in_transaction()
    forbid_network_in_transaction()


async def test_reading_does_not_wait_for_a_writer(sessions: Sessions) -> None:
    async with asyncio.TaskGroup() as group:
        begun, seen = asyncio.Event(), asyncio.Event()

        async def write() -> None:
            async with transaction(sessions) as session:
                session.add(Reservation(name="a", next_at=1.0))
                await session.flush()
                begun.set()
                await asyncio.wait_for(seen.wait(), 10)

        group.create_task(write())
        await begun.wait()
        assert await count(sessions) == 0
        seen.set()
    assert await count(sessions) == 1


async def test_reading_cannot_write_and_leaves_the_door_open(sessions: Sessions) -> None:
    for name in ("a", "b"):
        with pytest.raises(DBAPIError, match=r"read-?only"):
            async with reading(sessions) as session:
                session.add(Reservation(name="never", next_at=1.0))
        async with transaction(sessions) as session:
            session.add(Reservation(name=name, next_at=1.0))
    assert await count(sessions) == 2


async def test_many_writers_lose_nothing(sessions: Sessions) -> None:
    async def add_one() -> None:
        async with transaction(sessions) as session:
            row = await session.get(Reservation, "a", with_for_update=True)
            assert row is not None
            row.next_at += 1

    async with transaction(sessions) as session:
        session.add(Reservation(name="a", next_at=0.0))
    async with asyncio.TaskGroup() as group:
        for _ in range(30):
            group.create_task(add_one())
    async with reading(sessions) as session:
        row = await session.get_one(Reservation, "a")
    assert row.next_at == 30


async def test_tasks_that_are_cancelled_while_the_database_works_leave_no_lock(sessions: Sessions) -> None:
    kept: list[object] = []

    async def write(number: int) -> None:
        for turn in range(1000):
            async with transaction(sessions) as session:
                session.add(Reservation(name=f"{number} {turn}", next_at=1.0))
                await session.flush()
                await session.scalars(select(Reservation).limit(3))

    for number in range(40):
        task = asyncio.get_running_loop().create_task(write(number))
        for _ in range(number * 3):
            await asyncio.sleep(0)
        await asyncio.sleep(number / 10_000)
        task.cancel()
        kept += await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(10), transaction(sessions) as session:
            session.add(Reservation(name=f"after {number}", next_at=1.0))
    assert len(kept) == 40
