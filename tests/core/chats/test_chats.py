"""What a chat is in the middle of survives everything but being forgotten."""

import asyncio

import pytest
from sqlalchemy.exc import NoResultFound

from core.actor import Language
from core.chats import chats
from core.chats.models import Chat
from core.database import Sessions, transaction
from core.people.chat_key import ChatKey

CHAT = ChatKey(bot_id=7_000_000_001, chat_id=5_000_000_123)


async def _get(sessions: Sessions) -> Chat:
    async with transaction(sessions) as session:
        return await chats.get(session, CHAT, language=Language.EN)


async def test_a_new_chat_expects_nothing(sessions: Sessions) -> None:
    chat = await _get(sessions)
    assert (chat.language, chat.expecting, chat.expecting_data, chat.card_message_id) == ("en", "", {}, None)


async def test_a_chat_is_made_once_however_many_ask_at_once(sessions: Sessions) -> None:
    made = await asyncio.gather(*(_get(sessions) for _ in range(5)))
    assert {(chat.bot_id, chat.chat_id) for chat in made} == {(CHAT.bot_id, CHAT.chat_id)}


async def test_what_is_expected_is_kept_until_forgotten(sessions: Sessions) -> None:
    await _get(sessions)
    async with transaction(sessions) as session:
        await chats.expect(session, CHAT, "draft.subject", draft=12)
    chat = await _get(sessions)
    assert (chat.expecting, chat.expecting_data) == ("draft.subject", {"draft": 12})
    async with transaction(sessions) as session:
        await chats.forget(session, CHAT)
    chat = await _get(sessions)
    assert (chat.expecting, chat.expecting_data) == ("", {})


async def test_the_card_is_remembered_until_there_is_none(sessions: Sessions) -> None:
    await _get(sessions)
    async with transaction(sessions) as session:
        await chats.remember_card(session, CHAT, card_message_id=3_000_000_011)
    assert (await _get(sessions)).card_message_id == 3_000_000_011
    async with transaction(sessions) as session:
        await chats.remember_card(session, CHAT, card_message_id=None)
    assert (await _get(sessions)).card_message_id is None


async def test_the_language_of_a_chat_is_its_own(sessions: Sessions) -> None:
    await _get(sessions)
    async with transaction(sessions) as session:
        await chats.set_language(session, CHAT, Language.NL)
    assert (await _get(sessions)).language == "nl"


async def test_news_of_a_version_is_told_once_and_not_to_newcomers(sessions: Sessions) -> None:
    await _get(sessions)
    told = []
    for version in ("1.0", "1.0", "1.1", "1.1"):
        async with transaction(sessions) as session:
            told.append(await chats.saw_version(session, CHAT, version))
    assert told == [False, False, True, False]


async def test_a_chat_that_was_never_made_is_a_defect(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        with pytest.raises(NoResultFound):
            await chats.expect(session, ChatKey(1, 2), "x")
