"""Guesses from many chats at once (LINK-15): a code that nobody was mailed opens nothing."""

from unittest.mock import patch

import pytest

from core.crypto import Keys
from core.database import Sessions
from core.office import Office
from core.people import code_mails
from core.people.chat_key import ChatKey
from tests.core.people.linkers import Story, refused

DIGITS = "424242"


@pytest.fixture
def story(sessions: Sessions, keys: Keys, office: Office) -> Story:
    return Story(sessions, keys, office)


async def test_only_codes_that_were_mailed_can_be_right(story: Story) -> None:
    """Each chat has tries of its own, so a person's chance of being guessed is bounded by the mails that they get."""
    anna = await story.person()
    chats = [ChatKey(7_000_000_001, 6_000_000_000 + number) for number in range(code_mails.FIRST.limit + 1)]
    with patch.object(code_mails, "random_digits", lambda: DIGITS):
        for chat in chats:
            await story.begin(chat)
            await story.email(anna.email, chat)
    assert len(await story.mails(code_mails.KIND)) == code_mails.FIRST.limit

    assert refused(await story.enter(DIGITS, chats[-1])) == "link.digits_wrong"
    assert refused(await story.enter(DIGITS, chats[0])) is None
