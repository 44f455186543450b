"""Persons and chats as the control shows them."""

from __future__ import annotations

from dataclasses import asdict

from sandbox.telegram import chat_view
from sandbox.telegram.conversation import Conversation
from sandbox.telegram.entities import Json
from sandbox.telegram.people import Phone
from sandbox.telegram.world import Bot


def bot(bot: Bot) -> Json:
    """A BOT, with what it says about itself before it is started."""
    return {"id": bot.id, "username": bot.username, "name": bot.name, "description": bot.texts.get("description", {})}


def person(phone: Phone, *, known: bool) -> Json:
    """A PERSON; `known` tells whether there is a bot to be in touch with."""
    person = phone.person
    return {
        "username": person.key,
        "user_id": person.user_id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "language_code": person.language_code,
        "phone_number": person.phone_number,
        "started": known and phone.chat.started,
        "blocked": known and phone.chat.blocked,
    }


def chat_of(conversation: Conversation, since: int) -> Json:
    """A CHAT: its state, and the messages that changed after revision `since`."""
    chat = conversation.chat
    messages = [conversation.message(message_id) for message_id in changed(chat.changes, since)]
    return {
        "revision": max(chat.changes.values(), default=0),
        "messages": [chat_view.as_json(message) for message in messages],
        "keyboard": conversation.keyboard,
        "toasts": [asdict(toast) for toast in conversation.toasts],
        "started": chat.started,
        "blocked": chat.blocked,
    }


def changed(changes: dict[int, int], since: int) -> list[int]:
    """Ids of messages changed after revision `since`, by id; looks no further back than it must."""
    found = []
    for message_id, revision in reversed(changes.items()):
        if revision <= since:
            break
        found.append(message_id)
    return sorted(found)
