"""The stories of linking and of what follows, for every test of people."""

from collections.abc import Iterator

import pytest

from core.crypto import Keys
from core.database import Sessions
from core.office import Office
from tests.core.people.guards import Guarded, Traveller, stopped_at_noon
from tests.core.people.linkers import Story


@pytest.fixture
def story(sessions: Sessions, keys: Keys, office: Office) -> Story:
    """An office with nobody in it yet."""
    return Story(sessions, keys, office)


@pytest.fixture
def time(story: Story) -> Iterator[Traveller]:
    """Noon, and time stands still until the test moves it."""
    with stopped_at_noon() as traveller:
        yield traveller


@pytest.fixture
async def anna(story: Story, time: Traveller) -> Guarded:
    """A person who linked her chat an hour ago."""
    person = await story.person()
    outcome = await story.link(person)
    assert outcome.person is not None
    time.forward(hours=1)
    return Guarded(story, person)
