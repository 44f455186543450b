"""A person in a chat: reading it, and writing, tapping and sending as the app would.

Everything that a bot would hear of goes out as an update at once; what Telegram keeps to itself (a deletion) doesn't.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

from sandbox.telegram import outgoing
from sandbox.telegram.chat_view import Button, ChatMessage, Toast, line
from sandbox.telegram.entities import Json
from sandbox.telegram.outgoing import Document, Photo
from sandbox.telegram.state import State
from sandbox.telegram.world import Bot, Chat, Person, Stored

_DEEP_LINK = re.compile(r"(?:https?://t\.me/|tg://resolve\?domain=)(\w+)(?:[?&]start=([\w-]*))?$")
_TAPPABLE = 300  # how far back a tap looks for its button


class NoSuchButton(LookupError):
    """No message shows such a button; the text tells what there is."""


class Unwilling(RuntimeError):
    """The app wouldn't let the person do this (write to a blocked bot, edit another's message)."""


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap: the button, the message under the finger, and the id of the callback query when it made one."""

    button: Button
    message: ChatMessage | None
    query: str | None


class Conversation:
    """One person in one chat, in one topic of it when `topic` is given."""

    def __init__(self, state: State, person: Person, find_chat: Callable[[], Chat], topic: int | None = None) -> None:
        self._state = state
        self._person = person
        self._find_chat = find_chat
        self._topic = topic

    # reading

    @property
    def chat(self) -> Chat:
        """The chat itself."""
        return self._find_chat()

    @property
    def messages(self) -> list[ChatMessage]:
        """What stands in the chat now, oldest first; deleted messages are gone."""
        return [self._view(stored) for stored in self.chat.messages.values() if self._here(stored)]

    @property
    def screen(self) -> ChatMessage:
        """The newest message of a bot; an empty one with id 0 as long as there is none."""
        for stored in self.chat.newest_first():
            if stored.by_bot and self._here(stored):
                return self._view(stored)
        return self._view(Stored(self.chat, 0, {"from": {"id": 0, "first_name": ""}, "date": 0}, by_bot=True))

    @property
    def toasts(self) -> list[Toast]:
        """The answers to this person's taps, oldest first."""
        toasts = self._state.toasts.get(self.chat.key, ())
        mine = (toast for toast in toasts if toast["person"] == self._person.user_id)
        return [Toast(toast["text"], toast["alert"], toast["url"], toast["query"]) for toast in mine]

    @property
    def keyboard(self) -> list[list[str]]:
        """The labels of the person's own (reply) keyboard; empty without one."""
        rows = (self.chat.keyboard or {}).get("keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    @property
    def transcript(self) -> str:
        """The last 15 messages, a line each."""
        shown = self.messages[-15:]
        return "\n".join(f"{message.sender:>4}: {line(message)}" for message in shown) or "(nothing yet)"

    def message(self, message_id: int) -> ChatMessage:
        """The message with this id, deleted or not; KeyError when it never was."""
        return self._view(self.chat.messages[message_id])

    async def wait(self, condition: Callable[[Self], bool], timeout: float = 10.0) -> ChatMessage:
        """Wait until `condition` holds, looking whenever the chat changes; returns the screen.

        TimeoutError, with a transcript, after `timeout` seconds.
        """
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            changed = self._state.hub.next(self.chat.key)
            if condition(self):
                return self.screen
            try:
                async with asyncio.timeout_at(deadline):
                    await changed.wait()
            except TimeoutError:
                last = self.toasts[-1:]
                raise TimeoutError(f"not seen in {timeout} s; toasts {last}\n{self.transcript}") from None

    # writing

    async def say(self, text: str, *, reply_to: ChatMessage | int | None = None) -> ChatMessage:
        """Write a text. Over 4096 it goes as several messages, as apps do; the last is returned."""
        parts = outgoing.text_bodies(text)
        if not parts:
            raise Unwilling("the app sends no empty message")
        return [self._send(part, reply_to=_id(reply_to)) for part in parts][-1]

    async def send_document(self, name: str, content: bytes, mime: str | None = None, caption: str = "") -> ChatMessage:
        """Send a file; without `mime` the type follows the name."""
        return self._send(outgoing.document(self._state.files, Document(name, content, mime, caption)))

    async def send_photo(self, content: bytes, caption: str = "", *, spoiler: bool = False) -> ChatMessage:
        """Send a picture the compressed way: it has no name at the other side."""
        return self._send(outgoing.photo(self._state.files, Photo(content, caption, spoiler)))

    async def send_album(self, items: list[Photo | Document], caption: str = "") -> list[ChatMessage]:
        """Send 2 to 10 together: one update each, tied by `media_group_id`; the caption stands on the first."""
        return [self._send(body) for body in outgoing.album(self._state.files, items, caption)]

    async def send_voice(self, content: bytes, *, seconds: int = 3) -> ChatMessage:
        """Send a spoken message (OGG/Opus)."""
        return self._send(outgoing.voice(self._state.files, content, seconds))

    async def send_video(self, content: bytes, name: str = "video.mp4", caption: str = "") -> ChatMessage:
        """Send a film."""
        return self._send(outgoing.video(self._state.files, content, name, caption))

    async def send_sticker(self, emoji: str = "👍", content: bytes = b"RIFF0000WEBP") -> ChatMessage:
        """Send a sticker."""
        return self._send(outgoing.sticker(self._state.files, content, emoji))

    async def send_contact(
        self, *, own: bool = True, phone_number: str = "+31600000000", first_name: str = "Iemand"
    ) -> ChatMessage:
        """Share the own contact card, as the request_contact button does, or that of somebody else."""
        person = self._person
        body = outgoing.own_contact(person) if own else outgoing.contact(phone_number, first_name)
        return self._send(body)

    async def send_location(self, latitude: float = 52.0907, longitude: float = 5.1214) -> ChatMessage:
        """Send a place."""
        return self._send({"location": {"latitude": latitude, "longitude": longitude}})

    async def send_poll(self, question: str = "?", options: tuple[str, ...] = ("ja", "nee")) -> ChatMessage:
        """Send a poll."""
        return self._send(outgoing.poll(question, options))

    async def edit(self, message: ChatMessage, text: str) -> ChatMessage:
        """Change the own text, or the caption of a file."""
        stored = message.stored
        if stored.by_bot or stored.body["from"]["id"] != self._person.user_id or stored.deleted:
            raise Unwilling("only own messages can be edited")
        stored.body = outgoing.edited(stored.body, text) | {"edit_date": int(self._state.now())}
        self._state.changed(stored, "edited")
        self._tell_bots("edited_message", self._state.shown(stored))
        return message

    async def delete(self, message: ChatMessage) -> None:
        """Take a message away for everybody. Bots aren't told."""
        self._state.delete(message.stored)
        self._state.flush()

    async def tap(
        self,
        button: str | None = None,
        *,
        data: str | None = None,
        message: ChatMessage | int | None = None,
        forge: bool = False,
    ) -> Tap:
        """Tap the newest button with this label (whole, else part of it) or these callback data.

        `message` looks only there, also when it was deleted meanwhile. A label of the own keyboard is typed; a deep link
        to a bot starts it. `forge` sends `data` that no button bears, as a changed app could. NoSuchButton when none fits.
        """
        under = self.message(message) if isinstance(message, int) else message
        if forge:
            return self._query(Button("", "callback_data", data=data), under or self.screen)
        if found := self._find(button, data, under):
            return self._press(*found)
        if button is not None and await self._type_key(button):
            return Tap(Button(button, "keyboard"), None, None)
        raise NoSuchButton(f"no button {button or data}:\n{self.transcript}")

    # how it is done

    def _press(self, button: Button, message: ChatMessage) -> Tap:
        if button.data is not None:
            return self._query(button, message)
        if button.url and (link := _DEEP_LINK.match(button.url)):
            for bot in self._state.bots.values():
                if bot.username == link[1]:
                    start_bot(self._state, self._person, bot, link[2] or "")
        return Tap(button, message, None)

    def _query(self, button: Button, message: ChatMessage) -> Tap:
        self._allowed()
        bot = self._state.bots[message.raw["from"]["id"]]
        query_id = str(secrets.randbelow(9 * 10**17) + 10**17)
        chat = self.chat
        now = self._state.now()
        kept = {"id": query_id, "bot": bot.id, "at": now, "chat": chat.key, "person": self._person.user_id}
        self._state.save_query(query_id, kept)
        query = {
            "id": query_id,
            "from": self._person.user,
            "message": _under_finger(self._state, message.stored),
            "chat_instance": str(abs(chat.id) * 7919 + bot.id),
            "data": button.data,
        }
        chat.heard_at = now
        bot.updates.add("callback_query", query, now=now)
        self._state.flush()
        return Tap(button, message, query_id)

    def _find(
        self, label: str | None, data: str | None, under: ChatMessage | None
    ) -> tuple[Button, ChatMessage] | None:
        fitting: list[Callable[[Button], bool]] = [lambda button: button.data is not None and button.data == data]
        if label is not None:
            fitting = [lambda button: button.text == label, lambda button: label in button.text]
        for fits in fitting:
            for message in [under] if under else self._recent():
                for button in (button for row in message.buttons for button in row):
                    if fits(button):
                        return button, message
        return None

    def _recent(self) -> Iterator[ChatMessage]:
        for number, stored in enumerate(self.chat.newest_first()):
            if number == _TAPPABLE:
                return
            if self._here(stored):
                yield self._view(stored)

    async def _type_key(self, label: str) -> bool:
        keyboard = self.chat.keyboard or {}
        for key in (key for row in keyboard.get("keyboard", []) for key in row):
            if key["text"] == label:
                await (self.send_contact() if key.get("request_contact") else self.say(label))
                if keyboard.get("one_time_keyboard"):
                    self.chat.keyboard = None
                    self._state.save_chat(self.chat)
                    self._state.flush()
                    self._state.hub.tell("keyboard", self.chat.key, None)
                return True
        return False

    def _send(self, body: Json, *, reply_to: int | None = None) -> ChatMessage:
        self._allowed()
        return self._view(post(self._state, self._person, self.chat, self._in_topic(body), reply_to=reply_to))

    def _tell_bots(self, kind: str, content: Json) -> None:
        tell_bots(self._state, self.chat, kind, content)

    def _allowed(self) -> None:
        if self.chat.private and self.chat.blocked:
            raise Unwilling("the bot is blocked: unblock() or start() first")

    def _in_topic(self, body: Json) -> Json:
        if self._topic is None:
            return body
        topic = self.chat.topics.get(self._topic)
        if topic is None or topic.deleted:
            raise Unwilling("this topic is gone")
        return {"message_thread_id": self._topic, "is_topic_message": True} | body

    def _here(self, stored: Stored) -> bool:
        if stored.deleted:
            return False
        return self._topic is None or stored.body.get("message_thread_id") == self._topic

    def _view(self, stored: Stored) -> ChatMessage:
        return ChatMessage(stored, self._person.user_id, self._state.files)


def post(state: State, person: Person, chat: Chat, body: Json, *, reply_to: int | None = None) -> Stored:
    """A person's message into a chat, told to the bots that are there."""
    if chat.private and not chat.started:
        chat.started = True
        state.save_chat(chat)
    chat.heard_at = state.now()
    stored = state.add_message(chat, body, sender=person, reply_to=reply_to)
    tell_bots(state, chat, "message", state.shown(stored))
    return stored


def start_bot(state: State, person: Person, bot: Bot, payload: str) -> Stored:
    """Press Start: "/start" with the payload of the deep link."""
    chat = state.private_chat(bot, person)
    text = f"/start {payload}" if payload else "/start"
    return post(state, person, chat, outgoing.text_bodies(text)[0])


def tell_bots(state: State, chat: Chat, kind: str, content: Json) -> None:
    """An update to the bot of a private chat, or to all bots in a group; permanent when this returns."""
    now = state.now()
    for bot in state.bots.values():
        if bot.id == chat.bot_id or (chat.bot_id is None and state.is_member(bot, chat) and not chat.blocked):
            bot.updates.add(kind, content, now=now)
    state.flush()


def _under_finger(state: State, stored: Stored) -> Json:
    if stored.deleted or stored.id == 0:
        return {"chat": stored.chat.card, "message_id": stored.id, "date": 0}
    return state.shown(stored)


def _id(message: ChatMessage | int | None) -> int | None:
    return message.id if isinstance(message, ChatMessage) else message
