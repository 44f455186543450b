"""What a chat is in the middle of. One row a chat; it survives restarts and is the same for every process."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Language
from core.chats.models import Chat
from core.people.chat_key import ChatKey


async def get(session: AsyncSession, chat: ChatKey, *, language: Language) -> Chat:
    """The chat's row, made in `language` when the chat is new."""
    row = await session.get(Chat, (chat.bot_id, chat.chat_id))
    if row is None:
        await _make(session, chat, language)
        row = await session.get_one(Chat, (chat.bot_id, chat.chat_id))
    return row


async def expect(session: AsyncSession, chat: ChatKey, what: str, **data: Any) -> None:
    """The next text of this chat answers `what`; `data` holds its ids (JSON). The chat must exist (`get`)."""
    row = await _row(session, chat)
    row.expecting, row.expecting_data, row.updated_at = what, data, clock.now()
    await session.flush()


async def forget(session: AsyncSession, chat: ChatKey) -> None:
    """The next text answers nothing."""
    await expect(session, chat, "")


async def remember_card(session: AsyncSession, chat: ChatKey, *, card_message_id: int | None) -> None:
    """Which message of the chat is its card (Bot API `Message.message_id`); None: no message is."""
    row = await _row(session, chat)
    row.card_message_id, row.updated_at = card_message_id, clock.now()
    await session.flush()


async def set_language(session: AsyncSession, chat: ChatKey, language: Language) -> None:
    """Speak `language` in this chat, also before it is linked."""
    row = await _row(session, chat)
    row.language, row.updated_at = language, clock.now()
    await session.flush()


async def pick_account(session: AsyncSession, chat: ChatKey, account_id: int | None) -> None:
    """Show the dossiers of this account only, in this chat (HOME-3); None: of all."""
    row = await _row(session, chat)
    row.account_id, row.updated_at = account_id, clock.now()
    await session.flush()


async def saw_version(session: AsyncSession, chat: ChatKey, version: str) -> bool:
    """Whether `version` is new to this chat (HOME-4); True once. A chat that saw none before is new itself: False."""
    row = await _row(session, chat)
    news = row.seen_version not in {"", version}
    row.seen_version = version[:20]
    await session.flush()
    return news


async def _row(session: AsyncSession, chat: ChatKey) -> Chat:
    return await session.get_one(Chat, (chat.bot_id, chat.chat_id))


async def _make(session: AsyncSession, chat: ChatKey, language: Language) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {
        "bot_id": chat.bot_id,
        "chat_id": chat.chat_id,
        "language": language,
        "expecting": "",
        "expecting_data": {},
        "seen_version": "",
        "updated_at": clock.now(),
    }
    await session.execute(insert(Chat).values(**row).on_conflict_do_nothing())
