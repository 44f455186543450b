"""Who is at the other end of a chat: the same as each room says by itself."""

from collections.abc import Iterator

import pytest

from core import clock
from core.actor import OFFICE, Language
from core.chats import chats
from core.crypto import Keys
from core.database import Sessions, transaction
from core.office import Office
from core.people import links, locking, persons, step_up
from core.people.chat_key import ChatKey
from core.portal import caller
from core.portal.caller import Caller
from tests.core.people.guards import Guarded, Traveller, stopped_at_noon
from tests.core.people.linkers import CHAT, OTHER_CHAT, Story


@pytest.fixture(name="time")
def _time() -> Iterator[Traveller]:
    with stopped_at_noon() as time:
        yield time


@pytest.fixture
async def anna(sessions: Sessions, keys: Keys, office: Office, time: Traveller) -> Guarded:
    """A person who linked her chat an hour ago."""
    story = Story(sessions, keys, office)
    person = await story.person()
    await story.link(person)
    time.forward(hours=1)
    return Guarded(story, person)


async def at(sessions: Sessions, chat: ChatKey = CHAT) -> Caller:
    """The caller, after proof that the rooms say the same."""
    async with transaction(sessions) as session:
        found = await caller.of(session, chat, language=Language.EN)
        assert found.chat is await chats.get(session, chat, language=Language.NL)
        assert found.person is await links.person_of(session, chat)
        assert (found.lock is not None and found.lock.is_shut(clock.now())) is await locking.locked(session, chat)
        known = found.person is not None and await step_up.fresh(session, found.person.id, chat)
        assert found.stepped_up is known
        return found


async def test_a_chat_that_is_new_gets_its_row_and_is_nobodys(sessions: Sessions) -> None:
    found = await at(sessions)
    assert (found.chat.language, found.person, found.lock, found.stepped_up) == (Language.EN, None, None, False)


async def test_a_linked_chat_is_its_persons_and_no_other_is(anna: Guarded) -> None:
    found = await at(anna.story.sessions)
    assert found.person is not None
    assert found.person.id == anna.person.id
    assert found.lock is None, "nothing locks without 2-step"
    assert (await at(anna.story.sessions, OTHER_CHAT)).person is None


async def test_a_right_code_counts_for_five_minutes_in_its_own_chat(anna: Guarded, time: Traveller) -> None:
    await anna.stepped_up()
    assert (await at(anna.story.sessions)).stepped_up
    assert not (await at(anna.story.sessions, OTHER_CHAT)).stepped_up
    time.forward(minutes=5, seconds=1)
    assert not (await at(anna.story.sessions)).stepped_up


async def test_with_2_step_an_idle_chat_is_locked(anna: Guarded, time: Traveller) -> None:
    await anna.two_factor()
    found = await at(anna.story.sessions)
    assert found.lock is not None
    assert not found.lock.is_shut(clock.now())
    time.forward(minutes=31)
    found = await at(anna.story.sessions)
    assert found.lock is not None
    assert found.lock.is_shut(clock.now())


async def test_a_chat_whose_link_was_cut_or_whose_person_was_removed_is_nobodys(anna: Guarded) -> None:
    await anna.two_factor()
    async with transaction(anna.story.sessions) as session:
        assert await links.unlink(session, anna.person.id, actor=OFFICE, reason="staff") is not None
    found = await at(anna.story.sessions)
    assert (found.person, found.lock, found.stepped_up) == (None, None, False)
    await anna.story.link(anna.person, OTHER_CHAT)
    async with transaction(anna.story.sessions) as session:
        await persons.remove(session, await session.merge(anna.person), actor=OFFICE)
    assert (await at(anna.story.sessions, OTHER_CHAT)).person is None
