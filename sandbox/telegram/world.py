"""Who and what there is: bots, persons, groups, chats, topics and messages, as values that change in place.

Nothing here knows HTTP or the rules of the Bot API; `state` keeps these and finds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.entities import Json
from sandbox.telegram.rates import Rates
from sandbox.telegram.updates import UpdateQueue


@dataclass(slots=True)
class Webhook:
    """Where a bot wants its updates, and how the last tries went."""

    url: str
    secret: str = ""
    max_connections: int = 40
    ip_address: str | None = None
    last_error_at: int | None = None
    last_error: str | None = None


@dataclass(slots=True)
class Bot:
    """One bot: its token, its names, and what it set about itself (`texts`: name, description per language)."""

    id: int
    token: str
    username: str
    name: str
    updates: UpdateQueue
    rates: Rates
    webhook: Webhook | None = None
    commands: dict[str, list[Json]] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    menu_button: Json = field(default_factory=lambda: {"type": "commands"})
    logged_out_until: float = 0.0

    @property
    def user(self) -> Json:
        """The bot as User."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass(slots=True)
class Person:
    """A human with a telephone. `key` (the user name, or "idNUMBER" without one) finds them again after a restart."""

    user_id: int
    key: str
    first_name: str
    last_name: str | None
    username: str | None
    language_code: str
    phone_number: str
    deactivated: bool = False

    @property
    def user(self) -> Json:
        """The person as User."""
        user: Json = {"id": self.user_id, "is_bot": False, "first_name": self.first_name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        user["language_code"] = self.language_code
        return user

    @property
    def card(self) -> Json:
        """The private chat with the person as Chat."""
        user = self.user
        names = ("id", "first_name", "last_name", "username")
        return {name: user[name] for name in names if name in user} | {"type": "private"}


@dataclass(slots=True)
class Topic:
    """One topic of a forum. A deleted one is remembered, as Telegram tells it from one that never was."""

    thread_id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Stored:
    """One message. `body` is its Message object without `reply_to_message`, which is looked up when shown."""

    chat: Chat
    id: int
    body: Json
    by_bot: bool
    reply_to: int | None = None
    silent: bool = False
    deleted: bool = False
    reaction: str | None = None
    revision: int = 0


@dataclass(slots=True)
class Chat:
    """A private chat of one bot with one person, or a group.

    `key` is "BOT:PERSON" or the group's id. `changes` holds message ids in order of their last change, with its revision.
    """

    key: str
    id: int
    card: Json
    bot_id: int | None = None
    person_id: int | None = None
    forum: bool = False
    members: list[int] = field(default_factory=list)
    bots: list[int] | None = None
    started: bool = False
    blocked: bool = False
    keyboard: Json | None = None
    pinned: list[int] = field(default_factory=list)
    heard_at: float = 0.0
    last_id: int = 0
    messages: dict[int, Stored] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    changes: dict[int, int] = field(default_factory=dict)

    @property
    def private(self) -> bool:
        """Whether it is between one person and one bot."""
        return self.person_id is not None

    def newest_first(self) -> Iterator[Stored]:
        """The messages that still stand there, newest first."""
        return (stored for stored in reversed(self.messages.values()) if not stored.deleted)

    def record(self) -> Json:
        """What a restart must find again, besides messages and topics."""
        return {name: getattr(self, name) for name in _RECORDED}


_RECORDED = [
    "id",
    "card",
    "bot_id",
    "person_id",
    "forum",
    "members",
    "bots",
    "started",
    "blocked",
    "keyboard",
    "pinned",
    "heard_at",
    "last_id",
]


def restored_chat(key: str, record: dict[str, Any]) -> Chat:
    """The chat that `Chat.record` described."""
    return Chat(key=key, **record)
