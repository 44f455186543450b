"""What is asked of the database tells no address that we know from one that we don't (LINK-4, LINK-10): no time, no words."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from core.crypto import Keys
from core.database import Sessions
from core.office import Office
from core.people import code_mails
from core.people.chat_key import ChatKey
from core.people.linking import LinkOutcome
from tests.core.people.linkers import Story

KNOWN, OTHER, UNKNOWN = "anna@post.example", "bram@post.example", "nobody@post.example"


@pytest.fixture
def story(sessions: Sessions, keys: Keys, office: Office) -> Story:
    return Story(sessions, keys, office)


@contextmanager
def heard(story: Story) -> Iterator[list[str]]:
    """The statements of the block, whole and in order, but for how it ends with the mail that is queued or taken back."""
    engine = story.sessions.kw["bind"].sync_engine
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SAVEPOINT" not in statement:
            said.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def chats() -> Callable[[], ChatKey]:
    """A new chat each time."""
    numbers = iter(range(100, 1000))
    return lambda: ChatKey(7_000_000_001, next(numbers))


async def asked(story: Story, chat: ChatKey, email: str, *, code: str = "") -> tuple[list[str], LinkOutcome]:
    """What giving this address costs, and what came of it."""
    await (story.code(code, chat) if code else story.begin(chat))
    with heard(story) as said:
        outcome = await story.email(email, chat)
    return said, outcome


@pytest.mark.parametrize("way", ["without a code", "with a code", "beyond what one address gets"])
async def test_every_address_costs_the_same_statements(story: Story, way: str) -> None:
    anna, new = await story.person(), chats()
    await story.person("Bram Bos", OTHER)
    code = await story.invite(anna) if way == "with a code" else ""
    if way.startswith("beyond"):
        for email in (KNOWN, OTHER, UNKNOWN):
            for _ in range(code_mails.FIRST.limit):
                await asked(story, new(), email)
    before = len(await story.mails(code_mails.KIND))
    found = [await asked(story, new(), email, code=code) for email in (KNOWN, OTHER, UNKNOWN)]
    sent = {"without a code": 2, "with a code": 1}.get(way, 0)
    assert len(await story.mails(code_mails.KIND)) == before + sent
    assert len(found[0][0]) > 5 and found[0][0] == found[1][0] == found[2][0]
    assert found[0][1] == found[1][1] == found[2][1] == LinkOutcome()


async def test_wrong_digits_and_sending_again_cost_the_same_too(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    await story.person()
    monkeypatch.setattr(code_mails, "RESEND_AFTER", code_mails.RESEND_AFTER * 0)
    digits = itertools.count(424242)
    monkeypatch.setattr(code_mails, "random_digits", lambda: str(next(digits)))
    found, new = [], chats()
    for email in (KNOWN, UNKNOWN):
        chat = new()
        await asked(story, chat, email)
        with heard(story) as said:
            outcomes = [await story.enter("111111", chat), await story.resend(chat), await story.enter("111111", chat)]
        found.append((said, [outcome.refused and outcome.refused.values for outcome in outcomes]))
    assert found[0] == found[1] and len(found[0][0]) > 10
