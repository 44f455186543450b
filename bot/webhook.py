"""Storing one raw update, whichever way it came: what the webhook calls before it answers 200."""

import json
from collections.abc import Mapping
from typing import Any

from bot import updates
from core.actor import Channel
from core.database import Session, Sessions, transaction
from core.intake import store


async def take_in_update(sessions: Sessions, bot_id: int, body: bytes) -> None:
    """Stores the body of a webhook request durably, once however often it is sent. Raises ValueError when it is no update."""
    try:
        update = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        raise ValueError("not an update")  # noqa: TRY004  # one error for every body that is no update
    async with transaction(sessions) as session:
        await take_in(session, bot_id, update)


async def take_in(session: Session, bot_id: int, update: Mapping[str, Any]) -> None:
    """Stores one update of any kind; order is kept per chat, an album is kept together."""
    chat_id = updates.origin_of(update).chat_id
    await store.take_in(
        session,
        channel=Channel.TELEGRAM,
        source=f"telegram:{bot_id}",
        key=str(update["update_id"]),
        sender=f"{bot_id}:{chat_id}",
        payload={key: _storable(value) for key, value in update.items()},
        album=updates.album_of(update),
    )


def _storable(value: Any) -> Any:
    """The same without what a database can't hold as text: NUL, and halves of characters. A poison update stops nobody."""
    match value:
        case str():
            return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {key: _storable(item) for key, item in value.items()}
        case list():
            return [_storable(item) for item in value]
        case _:
            return value
