"""A chat that lies idle locks, with 2-step on only (STEP-3)."""

import asyncio

import pytest

from core.actor import OFFICE
from core.database import transaction
from core.errors import Refused
from core.people import links, locking, two_factor
from core.people.chat_key import ChatKey
from core.people.step_up import Act
from tests.core.people.guards import Guarded, Traveller, code_of
from tests.core.people.linkers import CHAT, OTHER_CHAT, refused, wrong


async def _let_in(anna: Guarded, chat: ChatKey = CHAT) -> bool:
    async with transaction(anna.story.sessions) as session:
        locked = await locking.locked(session, chat)
        assert await locking.let_in(session, chat) is not locked
        return not locked


async def _lock(anna: Guarded) -> None:
    async with transaction(anna.story.sessions) as session:
        await locking.lock_now(session, CHAT)


async def _set_idle(anna: Guarded, minutes: int, actor: object = None) -> None:
    async with transaction(anna.story.sessions) as session:
        await locking.set_idle(session, actor or anna.actor, minutes)  # type: ignore[arg-type]  # an Actor


async def test_without_2_step_nothing_ever_locks(anna: Guarded, time: Traveller) -> None:
    time.forward(days=30)
    assert await _let_in(anna)
    assert await _let_in(anna, OTHER_CHAT)
    with pytest.raises(Refused, match=r"two_factor\.is_off"):
        await _lock(anna)
    with pytest.raises(Refused, match=r"two_factor\.is_off"):
        await _set_idle(anna, 5)


async def test_it_locks_after_thirty_idle_minutes_and_use_keeps_it_open(anna: Guarded, time: Traveller) -> None:
    await anna.two_factor()
    for _ in range(3):
        time.forward(minutes=29, seconds=59)
        assert await _let_in(anna)
    time.forward(minutes=30)
    assert not await _let_in(anna)
    time.forward(minutes=1)
    assert not await _let_in(anna)


async def test_a_right_code_opens_it_and_carries_on(anna: Guarded, time: Traveller) -> None:
    await anna.two_factor()
    time.forward(hours=9)
    await anna.begin(Act.UNLOCK, update="a tap on a dossier")
    time.forward(minutes=20)
    assert code_of(await anna.enter(wrong(anna.app()))) == "step_up.code_wrong"
    assert not await _let_in(anna)
    outcome = await anna.enter(anna.app())
    assert outcome.step_up is not None
    assert outcome.step_up.values == {"update": "a tap on a dossier"}
    assert await _let_in(anna)


async def test_a_recovery_code_opens_it_too(anna: Guarded, time: Traveller) -> None:
    codes = (await anna.two_factor()).recovery_codes
    time.forward(hours=1)
    await anna.begin(Act.UNLOCK)
    assert (await anna.enter(codes[0])).recovery_left == 7
    assert await _let_in(anna)


async def test_locked_by_hand_at_once(anna: Guarded) -> None:
    await anna.two_factor()
    await _lock(anna)
    assert not await _let_in(anna)


async def test_a_code_by_mail_opens_no_chat(anna: Guarded, time: Traveller) -> None:
    await anna.two_factor()
    await _lock(anna)
    time.forward(minutes=1)
    await anna.begin(chat=None)
    assert code_of(await anna.enter(anna.app(), chat=None)) is None
    assert not await _let_in(anna)


async def test_the_idle_time_is_chosen_and_a_longer_one_needs_a_code(anna: Guarded, time: Traveller) -> None:
    await anna.two_factor()
    time.forward(minutes=6)
    await _set_idle(anna, 5)
    async with transaction(anna.story.sessions) as session:
        assert (await two_factor.state(session, anna.person.id)).idle_minutes == 5
    time.forward(minutes=5)
    assert not await _let_in(anna)
    with pytest.raises(Refused, match=r"step_up\.needed"):
        await _set_idle(anna, 60)
    with pytest.raises(Refused, match=r"locking\.minutes"):
        await _set_idle(anna, 7)
    await _set_idle(anna, 60, await anna.stepped_up())
    time.forward(minutes=59)
    assert await _let_in(anna)


async def test_a_new_chat_starts_locked(anna: Guarded, time: Traveller) -> None:
    """Who reads the mail is not yet who has the app (LINK-9)."""
    await anna.two_factor()
    time.forward(minutes=6)
    assert refused(await anna.story.link(anna.person, OTHER_CHAT)) is None
    assert not await _let_in(anna, OTHER_CHAT)
    await anna.begin(Act.UNLOCK, chat=OTHER_CHAT)
    assert code_of(await anna.enter(anna.app(), OTHER_CHAT)) is None
    assert await _let_in(anna, OTHER_CHAT)
    time.forward(minutes=6)
    async with transaction(anna.story.sessions) as session:
        await links.unlink(session, anna.person.id, actor=OFFICE, reason="staff")
    assert refused(await anna.story.link(anna.person, CHAT)) is None
    assert not await _let_in(anna), "what this chat once proved no longer counts"


async def test_a_chat_that_somebody_else_had_opened_is_locked_for_its_new_owner(anna: Guarded, time: Traveller) -> None:
    await anna.two_factor()
    bert = await anna.story.person("Bert", "bert@post.example")
    await anna.story.link(bert, OTHER_CHAT)
    async with transaction(anna.story.sessions) as session:
        await locking.open_(session, OTHER_CHAT, bert.id)
        await links.unlink(session, bert.id, actor=OFFICE, reason="staff")
    time.forward(minutes=6)
    await anna.story.link(anna.person, OTHER_CHAT)
    assert not await _let_in(anna, OTHER_CHAT)


async def test_off_unlocks(anna: Guarded, time: Traveller) -> None:
    await anna.two_factor()
    await _lock(anna)
    async with transaction(anna.story.sessions) as session:
        await two_factor.off(session, OFFICE, anna.person.id)
    assert await _let_in(anna)


async def test_many_taps_at_once_are_all_let_in(anna: Guarded, time: Traveller) -> None:
    await anna.two_factor()
    time.forward(minutes=10)
    assert await asyncio.gather(*(_let_in(anna) for _ in range(8))) == [True] * 8
