"""Everything of one sandbox in one place: found by id, changed by few verbs, written through to the store.

Verbs here are synchronous, so that each happens as a whole; callers end with `flush` before they answer anybody.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import asdict

from sandbox.telegram.entities import Json
from sandbox.telegram.errors import bad, forbidden
from sandbox.telegram.events import Hub
from sandbox.telegram.files import FileBox
from sandbox.telegram.limits import Limits
from sandbox.telegram.rates import Rates
from sandbox.telegram.store import Store
from sandbox.telegram.updates import UpdateQueue
from sandbox.telegram.world import Bot, Chat, Person, Stored, Topic, Webhook

FIRST_USER_ID = 7_100_000_001  # beyond 32 bits on purpose: real ones are
FIRST_GROUP_ID = -1_002_100_000_001


class State:
    """The registries. `now` gives seconds since 1970; tests may move it."""

    def __init__(self, store: Store, limits: Limits, now: Callable[[], float]) -> None:
        self.store = store
        self.limits = limits
        self.now = now
        self.started_at = now()
        self.hub = Hub()
        self.on_webhook: Callable[[Bot], None] = lambda _: None
        self.files = FileBox(store)
        self.bots: dict[int, Bot] = {}
        self.bots_by_token: dict[str, Bot] = {}
        self.persons: dict[int, Person] = {}
        self.persons_by_key: dict[str, Person] = {}
        self.chats: dict[str, Chat] = {}
        self.queries: dict[str, Json] = {}
        self.toasts: dict[str, deque[Json]] = {}
        self._private_ids: dict[int, itertools.count[int]] = {}
        self.revisions = itertools.count(1)

    # bots, persons, groups

    def add_bot(self, token: str, username: str, name: str) -> Bot:
        """The bot with this token, made when new; names follow the last call."""
        bot_id, colon, rest = token.partition(":")
        if not (bot_id.isdigit() and colon and rest):
            raise ValueError("a bot token reads NUMBER:SECRET")
        bot = self.bots.get(int(bot_id)) or self._new_bot(int(bot_id))
        self.bots_by_token.pop(bot.token, None)
        bot.token, bot.username, bot.name = token, username, name
        self.bots_by_token[token] = bot
        self.save_bot(bot)
        return bot

    def _new_bot(self, bot_id: int) -> Bot:
        bot = Bot(bot_id, "", "", "", UpdateQueue(self.store, bot_id), Rates(self.limits))
        self.bots[bot_id] = bot
        self._private_ids[bot_id] = itertools.count(1)
        return bot

    def save_bot(self, bot: Bot) -> None:
        """Write what the bot set about itself."""
        self.store.put("bot", bot.id, 0, _bot_record(bot))

    def restore_bot(self, bot_id: int, record: Json) -> None:
        """Bring back what `save_bot` wrote."""
        bot = self._new_bot(bot_id)
        webhook = record.pop("webhook")
        bot.updates.allowed = record.pop("allowed")
        for name, value in record.items():
            setattr(bot, name, value)
        bot.webhook = Webhook(**webhook) if webhook else None
        self.bots_by_token[bot.token] = bot

    def continue_private_ids(self, bot_id: int, after: int) -> None:
        """Message ids in private chats go on after this one."""
        self._private_ids[bot_id] = itertools.count(after + 1)

    def save_person(self, person: Person) -> None:
        """Keep a person, new or changed."""
        self.persons[person.user_id] = person
        self.persons_by_key[person.key] = person
        self.store.put("person", person.key, 0, asdict(person))
        for bot_id in self.bots:
            if chat := self.chats.get(f"{bot_id}:{person.user_id}"):
                chat.card = person.card
                self.save_chat(chat)
        self.hub.tell("person", "", person)

    def save_chat(self, chat: Chat) -> None:
        """Keep a chat, new or changed (messages and topics are kept one by one)."""
        self.chats[chat.key] = chat
        self.store.put("chat", chat.key, 0, chat.record())

    def private_chat(self, bot: Bot, person: Person) -> Chat:
        """The chat of a person with a bot; it exists from the first look, but isn't started by that."""
        key = f"{bot.id}:{person.user_id}"
        if key not in self.chats:
            self.save_chat(Chat(key, person.user_id, person.card, bot_id=bot.id, person_id=person.user_id))
        return self.chats[key]

    def groups(self) -> list[Chat]:
        """All groups."""
        return [chat for chat in self.chats.values() if not chat.private]

    # what a bot may reach

    def reachable(self, bot: Bot, chat_id: str) -> Chat:
        """The chat that a bot names to read or write; refuses with 400 or 403 as Telegram does."""
        chat = self.known(bot, chat_id)
        if chat.private:
            person = self.persons[chat.id]
            if person.deactivated:
                raise forbidden("user is deactivated")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
        elif chat.blocked or not self.is_member(bot, chat):
            raise forbidden("bot was kicked from the supergroup chat")
        return chat

    def known(self, bot: Bot, chat_id: str) -> Chat:
        """The chat that a bot names, reachable or not; 400 "chat not found" when there is none."""
        if not chat_id:
            raise bad("chat_id is empty")
        if chat := self.chats.get(f"{bot.id}:{chat_id}") or self.chats.get(chat_id):
            return chat
        if chat_id.isdigit() and (person := self.persons.get(int(chat_id))):
            return self.private_chat(bot, person)
        if chat_id.isdigit() and int(chat_id) in self.bots:
            raise forbidden("bots can't send messages to bots")
        raise bad("chat not found")

    def is_member(self, bot: Bot, chat: Chat) -> bool:
        """Whether the bot is in the group; it is in all unless the group named its bots."""
        return chat.bots is None or bot.id in chat.bots

    # messages

    def add_message(
        self,
        chat: Chat,
        body: Json,
        *,
        sender: Bot | Person,
        reply_to: int | None = None,
        silent: bool = False,
    ) -> Stored:
        """Put a message into a chat. `body` is what it says; id, sender, chat and date are added here."""
        message_id = self.next_message_id(chat)
        head = {"message_id": message_id, "from": sender.user, "chat": chat.card, "date": int(self.now())}
        stored = Stored(chat, message_id, head | body, isinstance(sender, Bot), reply_to, silent)
        chat.messages[message_id] = stored
        self.changed(stored, "message")
        return stored

    def next_message_id(self, chat: Chat) -> int:
        """In private chats one row of numbers a bot, in a group its own: as Telegram's servers count."""
        if chat.bot_id is not None:
            chat.last_id = next(self._private_ids[chat.bot_id])
        else:
            chat.last_id += 1
            self.save_chat(chat)
        return chat.last_id

    def changed(self, stored: Stored, kind: str) -> None:
        """A message is new, edited or deleted: keep it and tell."""
        chat = stored.chat
        stored.revision = next(self.revisions)
        chat.changes.pop(stored.id, None)
        chat.changes[stored.id] = stored.revision
        self.store.put("message", chat.key, stored.id, _message_record(stored))
        self.hub.tell(kind, chat.key, stored)

    def delete(self, stored: Stored) -> None:
        """The message is gone for everybody."""
        stored.deleted = True
        if stored.id in stored.chat.pinned:
            stored.chat.pinned.remove(stored.id)
        self.changed(stored, "deleted")

    def shown(self, stored: Stored) -> Json:
        """The Message object, with the message it replies to."""
        replied = stored.chat.messages.get(stored.reply_to) if stored.reply_to else None
        if replied is None or replied.deleted:
            return stored.body
        return stored.body | {"reply_to_message": replied.body}

    # topics, queries

    def save_topic(self, chat: Chat, topic: Topic) -> None:
        """Keep a topic, new or changed."""
        chat.topics[topic.thread_id] = topic
        self.store.put("topic", chat.key, topic.thread_id, asdict(topic))
        self.hub.tell("topic", chat.key, topic)

    def remove_topic(self, chat: Chat, topic: Topic) -> None:
        """Delete a topic with all that was said in it."""
        topic.deleted = True
        self.save_topic(chat, topic)
        for stored in list(chat.messages.values()):
            if stored.body.get("message_thread_id") == topic.thread_id and not stored.deleted:
                self.delete(stored)

    def save_query(self, query_id: str, query: Json) -> None:
        """Keep a callback query until it is answered or too old."""
        self.queries[query_id] = query
        self.store.put("query", query_id, 0, query)

    def take_query(self, bot: Bot, query_id: str) -> Json:
        """The query that the bot answers now; refuses one that is unknown, answered or too old."""
        query = self.queries.get(query_id)
        if query is None or query["bot"] != bot.id:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.forget_query(query_id)
        if self.now() - query["at"] > self.limits.callback_seconds:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return query

    def add_toast(self, chat: str, toast: Json) -> None:
        """What a person sees after a tap; the newest hundred of a chat are remembered."""
        self.toasts.setdefault(chat, deque(maxlen=100)).append(toast)
        self.hub.tell("toast", chat, toast)

    def forget_query(self, query_id: str) -> None:
        """The query is over."""
        self.queries.pop(query_id, None)
        self.store.drop("query", query_id, 0)

    def flush(self) -> None:
        """Make all of it permanent."""
        self.store.flush()


def _bot_record(bot: Bot) -> Json:
    names = ["token", "username", "name", "commands", "texts", "menu_button", "logged_out_until"]
    record = {name: getattr(bot, name) for name in names}
    record["webhook"] = asdict(bot.webhook) if bot.webhook else None
    record["allowed"] = bot.updates.allowed
    return record


def _message_record(stored: Stored) -> Json:
    return {
        "body": stored.body,
        "by_bot": stored.by_bot,
        "reply_to": stored.reply_to,
        "silent": stored.silent,
        "deleted": stored.deleted,
        "reaction": stored.reaction,
    }
