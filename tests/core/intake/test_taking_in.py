"""Taking in where there is room: claimed in the same transaction, begun once it has committed, and nobody needs waking."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import event

from core.actor import Channel
from core.database import Sessions, Wake, transaction
from core.database.engine import engine_of
from core.intake import store
from core.intake.models import IntakeState
from core.intake.worker import IntakeWorker
from tests.core.intake.ground import Handler, look, take, worker
from tests.support.waiting import until


@asynccontextmanager
async def at_work(one: IntakeWorker, wake: Wake) -> AsyncIterator[None]:
    """The worker has looked for work once and waits, until the block ends."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(one.run(stop))
        await until(lambda: bool(wake._waiters[store.topic(Channel.TELEGRAM)]))
        yield
        stop.set()


async def taken(one: IntakeWorker, *keys: str, sender: str = "7:1", album: str | None = None) -> None:
    async with one.taking_in() as session:
        for key in keys:
            await store.take_in(
                session,
                channel=Channel.TELEGRAM,
                source="telegram:7",
                key=key,
                sender=sender,
                payload={},
                album=album,
            )


async def test_what_is_taken_in_is_in_work_when_it_has_committed(sessions: Sessions, wake: Wake) -> None:
    handler = Handler()
    one = worker(sessions, wake, handler)
    async with at_work(one, wake):
        ticket = wake.ticket(store.topic(Channel.TELEGRAM))
        handler.gate = asyncio.Event()
        await taken(one, "1")
        assert [item.state for item in await look(sessions)] == [IntakeState.WORKING]
        assert wake.ticket(store.topic(Channel.TELEGRAM)) == ticket, "nobody was woken for it"
        handler.gate.set()
        await until(lambda: handler.has_answered("1"))
    assert handler.handled == ["1"]


async def test_a_tap_takes_three_transactions_that_write(sessions: Sessions, wake: Wake) -> None:
    """Stored and claimed; handled; answered. What comes after the answer may look for more."""
    handler = Handler()
    one = worker(sessions, wake, handler)
    written: list[str] = []

    def see(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SELECT", "SET")):
            written.append(statement.split()[0])

    async with at_work(one, wake):
        event.listen(engine_of(sessions), "before_cursor_execute", see)
        try:
            await taken(one, "1")
            await until(lambda: handler.has_answered("1"))
            await until(lambda: len(written) == 5)
        finally:
            event.remove(engine_of(sessions), "before_cursor_execute", see)
    assert written == ["INSERT", "UPDATE", "INSERT", "UPDATE", "UPDATE"], (
        "taken in, claimed; handled, finished; answered"
    )


async def test_the_next_of_a_sender_waits_its_turn(sessions: Sessions, wake: Wake) -> None:
    handler = Handler()
    handler.gate = asyncio.Event()
    one = worker(sessions, wake, handler)
    async with at_work(one, wake):
        await taken(one, "1", "2")
        await taken(one, "3")
        assert [item.state for item in await look(sessions)] == [IntakeState.WORKING, "waiting", "waiting"]
        handler.gate.set()
        await until(lambda: handler.has_answered("3"))
    assert handler.handled == ["1", "2", "3"]


async def test_never_more_at_once_than_agreed(sessions: Sessions, wake: Wake) -> None:
    handler = Handler()
    handler.gate = asyncio.Event()
    one = worker(sessions, wake, handler, concurrency=2)
    async with at_work(one, wake):
        async with asyncio.TaskGroup() as group:
            for sender in "abcde":
                group.create_task(taken(one, f"{sender}1", f"{sender}2", sender=sender))
        await until(lambda: len(handler.busy) == 2)
        handler.gate.set()
        await until(lambda: len(handler.answered) == 10)
    assert handler.most_busy == 2


async def test_what_one_has_no_room_for_another_does(sessions: Sessions, wake: Wake) -> None:
    full, free = Handler(), Handler()
    full.gate = asyncio.Event()
    one = worker(sessions, wake, full, concurrency=1)
    async with at_work(one, wake):
        await taken(one, "1", sender="a")
        await until(lambda: len(full.busy) == 1)
        async with at_work(worker(sessions, wake, free), wake):
            await taken(one, "2", sender="b")
            await until(lambda: free.has_answered("2"))
        full.gate.set()
        await until(lambda: full.has_answered("1"))


async def test_an_album_is_begun_when_its_parts_are_in(sessions: Sessions, wake: Wake) -> None:
    handler = Handler()
    one = worker(sessions, wake, handler)
    async with at_work(one, wake):
        await taken(one, "1", "2", album="a")
        await taken(one, "3", album="a")
        await until(lambda: handler.has_answered("3"))
    assert handler.groups == [["1", "2", "3"]]


async def test_without_a_running_worker_it_is_stored_and_told(sessions: Sessions, wake: Wake) -> None:
    handler = Handler()
    idle = worker(sessions, wake, handler)
    ticket = wake.ticket(store.topic(Channel.TELEGRAM))
    await taken(idle, "1")
    assert wake.ticket(store.topic(Channel.TELEGRAM)) == ticket + 1
    assert [item.state for item in await look(sessions)] == [IntakeState.WAITING]
    assert await worker(sessions, wake, handler).drain() == 1


async def test_what_is_taken_in_while_it_stops_is_still_handled(sessions: Sessions, wake: Wake) -> None:
    handler = Handler()
    one = worker(sessions, wake, handler)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(one.run(stop))
        await until(lambda: bool(wake._waiters[store.topic(Channel.TELEGRAM)]))
        async with one.taking_in() as session:
            await store.take_in(
                session, channel=Channel.TELEGRAM, source="telegram:7", key="1", sender="7:1", payload={}
            )
            stop.set()
            await asyncio.sleep(0)
    assert handler.handled == ["1"]
    assert [item.state for item in await look(sessions)] == [IntakeState.DONE]


async def test_an_update_that_comes_again_is_not_taken_in_again(sessions: Sessions, wake: Wake) -> None:
    handler = Handler()
    one = worker(sessions, wake, handler)
    await take(sessions, "1")
    async with at_work(one, wake):
        await taken(one, "1", "2")
        await until(lambda: handler.has_answered("2"))
    assert handler.handled == ["1", "2"]
    async with transaction(sessions) as session:
        assert (
            await store.take_in(
                session, channel=Channel.TELEGRAM, source="telegram:7", key="2", sender="7:1", payload={}
            )
            is None
        )
