"""Handling together: fewer transactions, and yet each item for itself."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Channel
from core.database import Sessions, Wake, transaction
from core.errors import Refused
from core.intake import together
from core.intake.handling import Handled
from core.intake.models import Intake, IntakeState
from tests.core.intake.ground import Handler, look, make_due, take, worker, written
from tests.support.waiting import until

SENDERS = "abcdefgh"


@pytest.fixture(autouse=True)
def _together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(together.MOST, Channel.TELEGRAM, 6)


class Watching(Handler):
    """Remembers in which session each item was handled, and what that session knew of others."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: list[int] = []
        self.strangers = 0

    async def handle(self, session: AsyncSession, items: Sequence[Intake], fetched: str) -> Handled:
        self.sessions.append(id(session.sync_session))
        self.strangers += sum(isinstance(each, Intake) and each not in items for each in session)
        return await super().handle(session, items, fetched)


async def at_once(sessions: Sessions, wake: Wake, handler: Handler) -> None:
    """One item of each sender, all fetched at the same moment."""
    for sender in SENDERS:
        await take(sessions, sender, sender=sender)
    handler.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, handler).drain())
        await until(lambda: len(handler.busy) == len(SENDERS))
        handler.gate.set()


async def test_what_is_ready_is_handled_in_few_transactions_each_by_itself(sessions: Sessions, wake: Wake) -> None:
    handler = Watching()
    await at_once(sessions, wake, handler)
    assert await written(sessions) == list(SENDERS)
    assert len(set(handler.sessions)) <= 3, "two at a time begin: the first alone, the rest in at most two"
    assert handler.strangers == 0
    assert {(one.state, one.outcome) for one in await look(sessions)} == {(IntakeState.DONE, "done so")}
    assert all(handler.has_answered(sender) for sender in SENDERS)


async def test_one_that_fails_takes_no_other_along(sessions: Sessions, wake: Wake) -> None:
    handler = Handler()
    broken = True

    def act(items: Sequence[Intake]) -> None:
        if broken and items[0].key == "e":
            raise ZeroDivisionError

    handler.act = act
    await at_once(sessions, wake, handler)
    assert await written(sessions) == [sender for sender in SENDERS if sender != "e"]
    waiting = [one for one in await look(sessions) if one.state != IntakeState.DONE]
    assert [(one.key, one.state) for one in waiting] == [("e", IntakeState.WAITING)]
    broken = False
    await make_due(sessions)
    await worker(sessions, wake, handler).drain()
    assert await written(sessions) == list(SENDERS)


async def test_one_that_is_refused_is_told_so_and_the_others_are_handled(sessions: Sessions, wake: Wake) -> None:
    handler = Handler()

    def act(items: Sequence[Intake]) -> None:
        if items[0].key == "c":
            raise Refused("message.empty")

    handler.act = act
    await at_once(sessions, wake, handler)
    assert await written(sessions) == [sender for sender in SENDERS if sender != "c"]
    assert {one.outcome for one in await look(sessions)} == {"done so", "refused message.empty"}
    assert (["c"], [{"refuse": "message.empty"}]) in handler.answered


async def test_one_whose_lease_was_lost_is_left_to_who_has_it(sessions: Sessions, wake: Wake) -> None:
    for sender in SENDERS:
        await take(sessions, sender, sender=sender)
    handler = Handler()
    handler.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        work = group.create_task(worker(sessions, wake, handler).drain())
        await until(lambda: len(handler.busy) == len(SENDERS))
        async with transaction(sessions) as session:
            await session.execute(update(Intake).where(Intake.key == "d").values(worker="another", attempts=2))
        handler.gate.set()
        await until(lambda: len(handler.answered) == len(SENDERS) - 1)
        work.cancel()
    assert await written(sessions) == [sender for sender in SENDERS if sender != "d"]
    left = next(one for one in await look(sessions) if one.key == "d")
    assert (left.state, left.worker) == (IntakeState.WORKING, "another")


async def test_who_is_cancelled_while_waiting_is_taken_up_by_nobody(sessions: Sessions) -> None:
    desk = together.Desk(sessions, Handler(), channel=Channel.TELEGRAM, worker="test", seconds=5)
    for _ in range(together.AT_ONCE):
        await desk._places.acquire()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(desk.handle([], [1], "fetched"))
        await until(lambda: len(desk._ready) == 1)
        waiting.cancel()
    assert desk._ready == []
