"""The story of linking, for every test of people."""

import pytest

from core.crypto import Keys
from core.database import Sessions
from core.office import Office
from tests.core.people.linkers import Story


@pytest.fixture
def story(sessions: Sessions, keys: Keys, office: Office) -> Story:
    """An office with nobody in it yet."""
    return Story(sessions, keys, office)
