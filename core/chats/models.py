"""One row a chat, written with one upsert."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Language
from core.database import Base


class Chat(Base):
    """A chat of a bot. `expecting` names what the next text answers (empty: nothing); `expecting_data` holds its ids.
    `account_id` is the account that a person with several has picked (HOME-3); None: all of them."""

    __tablename__ = "chats"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    language: Mapped[Language] = mapped_column(String(2))
    expecting: Mapped[str] = mapped_column(String(40), default="")
    expecting_data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    card_message_id: Mapped[int | None] = mapped_column(BigInteger)
    seen_version: Mapped[str] = mapped_column(String(20), default="")
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
