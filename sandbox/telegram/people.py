"""The people's side: telephones and groups, as tests and the page hold them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sandbox.telegram import members
from sandbox.telegram.chat_view import ChatMessage
from sandbox.telegram.conversation import Conversation, Unwilling, start_bot
from sandbox.telegram.entities import Json
from sandbox.telegram.limits import PAYLOAD_LENGTH
from sandbox.telegram.methods.profile import command_key
from sandbox.telegram.state import State
from sandbox.telegram.world import Bot, Chat, Person, Topic

_PAYLOAD = re.compile(rf"[A-Za-z0-9_-]{{0,{PAYLOAD_LENGTH}}}$")


class Phone(Conversation):
    """A person's telephone, open at the private chat with a bot (the first bot unless `with_bot`)."""

    def __init__(self, state: State, person: Person, bot: Bot | None = None) -> None:
        super().__init__(state, person, lambda: state.private_chat(self.bot, person))
        self._chosen = bot

    @property
    def bot(self) -> Bot:
        """The bot that this telephone talks to; LookupError while the sandbox has none."""
        if self._chosen is None and not self._state.bots:
            raise LookupError("no bot yet: add_bot first")
        return self._chosen or next(iter(self._state.bots.values()))

    @property
    def person(self) -> Person:
        """Whose telephone it is; names may change over time."""
        return self._person

    @property
    def user_id(self) -> int:
        """The person's id."""
        return self._person.user_id

    @property
    def chat_id(self) -> int:
        """The private chat's id; the same number, as in Telegram."""
        return self._person.user_id

    @property
    def username(self) -> str:
        """The user name, or what stands for it."""
        return self._person.key

    def with_bot(self, bot: Bot) -> Phone:
        """The same person talking to another bot."""
        return Phone(self._state, self._person, bot)

    def in_group(self, group: Group, topic: int | None = None) -> Conversation:
        """The same person in a group; Unwilling when not a member."""
        if self.user_id not in group.chat.members:
            raise Unwilling(f"{self.username} isn't in {group.title}")
        return Conversation(self._state, self._person, lambda: group.chat, topic)

    async def start(self, payload: str = "", *, desktop: bool = False) -> ChatMessage:
        """Press Start, or follow a deep link with `payload`; a blocked bot is unblocked by it.

        `desktop` drops the payload once the chat exists, as the desktop app does.
        """
        if not _PAYLOAD.match(payload):
            raise ValueError("a payload has at most 64 of A-Z a-z 0-9 _ -")
        self.unblock()
        kept = "" if desktop and self.chat.started else payload
        return self._view(start_bot(self._state, self._person, self.bot, kept))

    def block(self) -> None:
        """Block the bot: it hears so, and can't send any more."""
        if not self.chat.blocked:
            self._set_blocked(blocked=True)

    def unblock(self) -> None:
        """Let the bot in again."""
        if self.chat.blocked:
            self._set_blocked(blocked=False)

    def deactivate(self) -> None:
        """The account is deleted: sends get 403 "user is deactivated"."""
        self._person.deactivated = True
        self._state.save_person(self._person)
        self._state.flush()

    @property
    def commands(self) -> list[Json]:
        """The command menu as this person sees it: the narrowest scope, in their language when there is one."""
        for scope, chat_id in (("chat", self.chat_id), ("all_private_chats", ""), ("default", "")):
            for language in (self._person.language_code, ""):
                if found := self.bot.commands.get(command_key(scope, chat_id=chat_id, language=language)):
                    return found
        return []

    def _set_blocked(self, *, blocked: bool) -> None:
        chat, bot = self.chat, self.bot
        free, shut = members.member(bot.user), members.kicked(bot.user)
        chat.blocked = blocked
        self._state.save_chat(chat)
        _tell_membership(self._state, chat, self._person.user, bot, (free, shut) if blocked else (shut, free))
        self._state.hub.tell("blocked" if blocked else "unblocked", chat.key, self._person)


class Group:
    """A group chat, as somebody who sees everything in it."""

    def __init__(self, state: State, key: str) -> None:
        self._state = state
        self._key = key

    @property
    def chat(self) -> Chat:
        """The chat itself."""
        return self._state.chats[self._key]

    @property
    def chat_id(self) -> int:
        """Its id, negative."""
        return self.chat.id

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.chat.card["title"])

    @property
    def messages(self) -> list[ChatMessage]:
        """What stands there now, oldest first."""
        return [
            ChatMessage(stored, 0, self._state.files) for stored in self.chat.messages.values() if not stored.deleted
        ]

    @property
    def topics(self) -> list[Topic]:
        """The topics that aren't deleted, oldest first."""
        return [topic for topic in self.chat.topics.values() if not topic.deleted]

    def topic(self, name: str) -> Topic:
        """The newest topic whose name contains `name`; LookupError without one."""
        for topic in reversed(self.topics):
            if name in topic.name:
                return topic
        raise LookupError(f"no topic {name!r} among {[topic.name for topic in self.topics]}")

    def delete_topic(self, thread_id: int) -> None:
        """A member deletes a topic with all in it. Bots aren't told, and find out when they send."""
        self._state.remove_topic(self.chat, self.chat.topics[thread_id])
        self._state.flush()

    def close_topic(self, thread_id: int) -> None:
        """A member closes a topic."""
        self._state.save_topic(self.chat, replace(self.chat.topics[thread_id], closed=True))
        self._state.flush()

    def add_member(self, phone: Phone) -> None:
        """Let somebody in."""
        if phone.user_id not in self.chat.members:
            self.chat.members.append(phone.user_id)
            self._state.save_chat(self.chat)
            self._state.flush()

    def remove_bot(self, by: Phone) -> None:
        """Put the bots out: they hear it, and get 403 from then on."""
        chat = self.chat
        for bot in self._bots():
            change = members.administrator(bot.user), members.kicked(bot.user)
            _tell_membership(self._state, chat, by.person.user, bot, change)
        chat.blocked = True
        self._state.save_chat(chat)
        self._state.flush()

    def greet_bots(self, by: Json) -> None:
        """Tell the bots that they were added as administrators."""
        for bot in self._bots():
            change = {"status": "left", "user": bot.user}, members.administrator(bot.user)
            _tell_membership(self._state, self.chat, by, bot, change)

    def _bots(self) -> Sequence[Bot]:
        return [bot for bot in self._state.bots.values() if self._state.is_member(bot, self.chat)]


def _tell_membership(state: State, chat: Chat, by: Json, bot: Bot, change: tuple[Json, Json]) -> None:
    old, new = change
    content = members.changed(chat=chat.card, by=by, date=int(state.now()), old=old, new=new)
    bot.updates.add("my_chat_member", content, now=state.now())
    state.flush()
