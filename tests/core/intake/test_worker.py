"""The worker: senders in parallel, one sender in order, each item once, never stuck."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from core import clock
from core.actor import Channel
from core.database import Sessions, Wake, processes, transaction
from core.deliveries.sending import Temporary
from core.errors import Refused
from core.intake import claiming
from core.intake.models import Intake, IntakeState
from tests.core.intake.ground import Handler, end_leases, look, make_due, take, worker, written
from tests.support.clocks import stop_clock
from tests.support.waiting import until


async def kill(task: "asyncio.Task[object]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_one_sender_in_order_each_once(sessions: Sessions, wake: Wake) -> None:
    keys = [str(number) for number in range(20)]
    await take(sessions, *keys)
    handler = Handler()
    assert await worker(sessions, wake, handler).drain() == 20
    assert handler.handled == keys
    assert [one for one, _ in handler.answered] == [[key] for key in keys]
    assert {(one.state, one.outcome) for one in await look(sessions)} == {(IntakeState.DONE, "done so")}
    assert all(one.answers == [] and one.handled_at for one in await look(sessions))


async def test_senders_in_parallel(sessions: Sessions, wake: Wake) -> None:
    for sender in "abcdefghij":
        await take(sessions, f"{sender}1", f"{sender}2", sender=sender)
    handler = Handler()
    handler.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, handler, concurrency=8).drain())
        await until(lambda: len(handler.busy) == 8)
        handler.gate.set()
    assert handler.most_busy == 8
    assert len(handler.handled) == 20
    for sender in "abcdefghij":
        assert [key for key in handler.handled if key[0] == sender] == [f"{sender}1", f"{sender}2"]


async def test_two_workers_keep_the_order_of_each_sender(sessions: Sessions, wake: Wake) -> None:
    for number in range(60):
        await take(sessions, f"{number:02}", sender=str(number % 5))
    handler = Handler()
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(worker(sessions, wake, handler, concurrency=3).drain())
    assert sorted(handler.handled) == [f"{number:02}" for number in range(60)]
    for sender in range(5):
        mine = [key for key in handler.handled if int(key) % 5 == sender]
        assert mine == sorted(mine)


async def test_a_commit_wakes_a_running_worker_and_stop_ends_it(sessions: Sessions, wake: Wake) -> None:
    handler, stop = Handler(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, handler).run(stop))
        for key in ("0", "1", "2"):
            await take(sessions, key)
            await until(partial(handler.has_answered, key))
        stop.set()
    assert {one.state for one in await look(sessions)} == {IntakeState.DONE}


async def test_an_album_is_handled_as_one_in_its_turn(sessions: Sessions, wake: Wake) -> None:
    await take(sessions, "before")
    await take(sessions, "a1", "a2", album="album")
    await take(sessions, "between")
    await take(sessions, "a3", album="album")
    await take(sessions, "x1", sender="another", album="album")
    handler = Handler()
    await worker(sessions, wake, handler).drain()
    mine = [group for group in handler.groups if group != ["x1"]]
    assert mine == [["before"], ["a1", "a2", "a3"], ["between"]]
    assert ["x1"] in handler.groups
    assert {one.state for one in await look(sessions)} == {IntakeState.DONE}


async def test_an_album_waits_for_its_newest_part_and_holds_the_sender(
    sessions: Sessions, wake: Wake, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand, handler = stop_clock(monkeypatch), Handler()
    await take(sessions, "a1", album="album")
    hand.forward(0.7)
    await take(sessions, "a2", album="album")
    await take(sessions, "after")
    hand.forward(0.5)
    async with transaction(sessions) as session:
        assert await claiming.claim(session, Channel.TELEGRAM, claiming.Holder("w", timedelta(1)), most=8) == []
    hand.forward(0.6)
    await worker(sessions, wake, handler).drain()
    assert handler.groups == [["a1", "a2"], ["after"]]


async def test_a_full_album_of_ten_does_not_swallow_the_next(sessions: Sessions, wake: Wake) -> None:
    await take(sessions, *(f"{number:02}" for number in range(12)), album="album", not_before=clock.now())
    handler = Handler()
    await worker(sessions, wake, handler).drain()
    assert [len(group) for group in handler.groups] == [10, 2]


async def test_a_refusal_undoes_what_was_handled_and_is_told(sessions: Sessions, wake: Wake) -> None:
    def refuse(_: object) -> None:
        raise Refused("message.empty")

    await take(sessions, "1", "2")
    handler = Handler(refuse)
    await worker(sessions, wake, handler).drain()
    assert await written(sessions) == []
    assert handler.answered == [(["1"], [{"refuse": "message.empty"}]), (["2"], [{"refuse": "message.empty"}])]
    assert {(one.state, one.outcome, one.attempts) for one in await look(sessions)} == {
        (IntakeState.DONE, "refused message.empty", 1)
    }


async def test_a_poison_item_is_dead_after_five_failures_and_the_next_goes_on(sessions: Sessions, wake: Wake) -> None:
    def fail(items: list[Intake]) -> None:
        if items[0].key == "poison":
            raise KeyError("eva@example.org")

    await take(sessions, "poison", "next")
    handler = Handler(fail)  # type: ignore[arg-type]  # a list is a sequence
    for attempt in range(1, 5):
        await worker(sessions, wake, handler).drain()
        first, second = await look(sessions)
        assert (first.state, first.attempts) == (IntakeState.WAITING, attempt)
        assert (second.state, handler.handled) == (IntakeState.WAITING, []), "order is kept while it is tried"
        await make_due(sessions)
    await worker(sessions, wake, handler).drain()
    first, second = await look(sessions)
    assert (first.state, second.state) == (IntakeState.DEAD, IntakeState.DONE)
    assert handler.told == [first.error_id] and len(first.error_id or "") == 8
    assert handler.answered == [(["poison"], [{"sorry": first.error_id}]), (["next"], [{"say": "got next"}])]
    assert first.error is not None and first.error.startswith("KeyError in") and "eva@" not in first.error
    assert await written(sessions) == ["next"]


async def test_when_even_telling_fails_it_is_dead_all_the_same(sessions: Sessions, wake: Wake) -> None:
    class Hopeless(Handler):
        async def give_up(self, *_: object) -> None:  # type: ignore[override]  # it fails
            raise RuntimeError("hopeless")

    def fail(_: object) -> None:
        raise KeyError

    await take(sessions, "1")
    await worker(sessions, wake, Hopeless(fail), attempts=1).drain()
    (item,) = await look(sessions)
    assert item.state == IntakeState.DEAD and item.error_id


async def test_a_temporary_failure_is_not_counted(sessions: Sessions, wake: Wake) -> None:
    troubles = [Temporary("unreachable"), Temporary("unreachable"), Temporary("unreachable")]

    def trouble(_: object) -> None:
        if troubles:
            raise troubles.pop()

    await take(sessions, "1")
    handler = Handler()
    handler.fetching = trouble
    for _ in range(4):
        await worker(sessions, wake, handler, attempts=1).drain()
        await make_due(sessions)
    (item,) = await look(sessions)
    assert (item.state, item.attempts) == (IntakeState.DONE, 1)


async def test_out_of_reach_for_a_day_is_dead(sessions: Sessions, wake: Wake) -> None:
    def trouble(_: object) -> None:
        raise Temporary("unreachable")

    await take(sessions, "1")
    async with transaction(sessions) as session:
        await session.execute(update(Intake).values(received_at=clock.now() - timedelta(hours=25)))
    handler = Handler(trouble)
    await worker(sessions, wake, handler).drain()
    assert [one.state for one in await look(sessions)] == [IntakeState.DEAD]
    assert len(handler.told) == 1


async def test_killed_while_handling_another_begins_anew(sessions: Sessions, wake: Wake) -> None:
    await take(sessions, "1", "2")
    hanging, after = Handler(), Handler()
    hanging.gate = asyncio.Event()
    task = asyncio.get_running_loop().create_task(worker(sessions, wake, hanging).run(asyncio.Event()))
    await until(lambda: hanging.begun == 1)
    await kill(task)
    assert await worker(sessions, wake, after).drain() == 0, "the lease holds, and the sender waits"
    await end_leases(sessions)
    await worker(sessions, wake, after).drain()
    assert after.handled == ["1", "2"]
    assert await written(sessions) == ["1", "2"]


async def test_killed_between_commit_and_answer_the_answer_is_given_by_another(sessions: Sessions, wake: Wake) -> None:
    await take(sessions, "1", "2")
    hanging, after = Handler(), Handler()
    hanging.answer_gate = asyncio.Event()
    task = asyncio.get_running_loop().create_task(worker(sessions, wake, hanging).run(asyncio.Event()))

    async def handled() -> bool:
        return (await look(sessions))[0].state == IntakeState.ANSWERING

    await until(handled)
    await kill(task)
    assert await worker(sessions, wake, after).drain() == 0
    await end_leases(sessions)
    await worker(sessions, wake, after).drain()
    assert after.handled == ["2"], "handled once"
    assert after.answered == [(["1"], [{"say": "got 1"}]), (["2"], [{"say": "got 2"}])]
    assert {one.state for one in await look(sessions)} == {IntakeState.DONE}


async def test_what_a_dead_process_of_this_machine_held_is_taken_over_at_once(
    sessions: Sessions, wake: Wake, dead_pid: int
) -> None:
    await take(sessions, "1")
    async with transaction(sessions) as session:
        holder, until_then = f"w@{processes._place()}:{dead_pid}:ab", clock.now() + timedelta(hours=1)
        await session.execute(update(Intake).values(state="working", worker=holder, lease_until=until_then, attempts=1))
    handler = Handler()
    await worker(sessions, wake, handler).drain()
    assert handler.handled == ["1"]


async def test_an_item_that_kills_its_worker_each_time_is_dead_without_another_try(
    sessions: Sessions, wake: Wake
) -> None:
    await take(sessions, "1")
    async with transaction(sessions) as session:
        await session.execute(update(Intake).values(attempts=5))
    handler = Handler()
    await worker(sessions, wake, handler).drain()
    assert not handler.begun and len(handler.told) == 1
    assert [one.state for one in await look(sessions)] == [IntakeState.DEAD]


async def test_what_a_handler_notes_on_an_item_is_kept(sessions: Sessions, wake: Wake) -> None:
    def note(items: Sequence[Intake]) -> None:
        items[0].reference = 42

    await take(sessions, "1")
    await worker(sessions, wake, Handler(note)).drain()
    assert [(one.reference, one.state) for one in await look(sessions)] == [(42, IntakeState.DONE)]


async def test_a_worker_that_lost_its_lease_changes_nothing(sessions: Sessions, wake: Wake) -> None:
    await take(sessions, "1")
    handler = Handler()
    handler.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, handler).drain())
        await until(lambda: handler.begun == 1)
        async with transaction(sessions) as session:
            await session.execute(update(Intake).values(worker="another"))
        handler.gate.set()
    assert handler.answered == []
    assert await written(sessions) == [], "what it did is undone"
    assert [one.state for one in await look(sessions)] == [IntakeState.WORKING]


async def test_slow_handling_keeps_its_lease(sessions: Sessions, wake: Wake) -> None:
    await take(sessions, "1")
    slow, other = Handler(), Handler()
    slow.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, slow, lease=timedelta(seconds=1.5)).drain())
        await until(lambda: slow.begun == 1)
        first = (await look(sessions))[0].lease_until

        async def renewed() -> bool:
            now = (await look(sessions))[0].lease_until
            return now is not None and first is not None and now > first + timedelta(seconds=0.4)

        await until(renewed)
        assert await worker(sessions, wake, other).drain() == 0
        slow.gate.set()
    assert slow.handled == ["1"] and other.begun == 0


async def test_an_answer_that_fails_stops_nobody(sessions: Sessions, wake: Wake) -> None:
    def fail(_: object) -> None:
        raise OSError("no network")

    await take(sessions, "1", "2")
    handler = Handler()
    handler.answering = fail
    await worker(sessions, wake, handler).drain()
    assert handler.handled == ["1", "2"]
    assert {one.state for one in await look(sessions)} == {IntakeState.DONE}


async def test_an_answer_that_certainly_did_not_arrive_is_given_again(sessions: Sessions, wake: Wake) -> None:
    troubles = [Temporary("connection refused", retry_after=0.01)]

    def trouble(_: object) -> None:
        if troubles:
            raise troubles.pop()

    await take(sessions, "1")
    handler = Handler()
    handler.answering = trouble
    await worker(sessions, wake, handler).drain()
    assert [keys for keys, _ in handler.answered] == [["1"]]
