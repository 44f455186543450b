"""The whole of Telegram as one object: what tests and the try-out start, and the people in it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from aiohttp import web

from sandbox.telegram.calls import ApiCall, CallLog
from sandbox.telegram.control import Control
from sandbox.telegram.events import Watcher
from sandbox.telegram.faults import Faults
from sandbox.telegram.http import BotApi
from sandbox.telegram.limits import Limits
from sandbox.telegram.people import Group, Phone
from sandbox.telegram.restore import restored
from sandbox.telegram.state import FIRST_GROUP_ID, FIRST_USER_ID
from sandbox.telegram.store import Store
from sandbox.telegram.webhook import WebhookDesk
from sandbox.telegram.world import Bot, Chat, Person

CONTROL = "/sandbox/telegram"


class TelegramServer:
    """A Bot API server with people behind it.

    With `data` (a folder) everything survives a restart and `kill -9`; without, it lives in memory. `limits` sets rates
    and pauses; `now` is the clock, seconds since 1970.
    """

    def __init__(
        self, data: Path | None = None, limits: Limits | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self.state = restored(Store(data), limits or Limits(), now)
        self.faults = Faults()
        self._log = CallLog()
        self._api = BotApi(self.state, self.faults, self._log)
        self._desk = WebhookDesk(self.state, self._api.carry_out)
        self._desk_task: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None
        self._host, self._port = "127.0.0.1", 0

    # running

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen, and push to webhooks. Port 0 takes a free one; `base_url` tells which. OSError when it is taken."""
        self._host, self._port = host, port
        await self.resume()
        self._desk_task = asyncio.get_running_loop().create_task(self._desk.run())

    async def stop(self) -> None:
        """Stop listening and close the store; this object can't be started again."""
        await self.pause()
        if self._desk_task is not None:
            self._desk_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._desk_task
            self._desk_task = None
        self.state.store.close()

    async def pause(self) -> None:
        """Be unreachable: connections drop, new ones are refused. Nothing is forgotten."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def resume(self) -> None:
        """Be reachable again, at the same address."""
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    @property
    def base_url(self) -> str:
        """Where the Bot API is; for aiogram: `TelegramAPIServer.from_base(server.base_url)`."""
        return f"http://{self._host}:{self._port}"

    def app(self) -> web.Application:
        """The Bot API with the control under /sandbox/telegram, as an application of its own."""
        app = self._api.app()
        app.add_subapp(CONTROL, self.control_app())
        return app

    def control_app(self) -> web.Application:
        """The control alone, to mount elsewhere; see `control` for its JSON."""
        return Control(self).app()

    # who there is

    def add_bot(self, token: str, username: str, name: str) -> Bot:
        """A bot. The same token again is the same bot. ValueError unless the token reads NUMBER:SECRET."""
        bot = self.state.add_bot(token, username, name)
        self.state.flush()
        return bot

    def add_phone(
        self,
        first_name: str,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str = "nl",
        phone_number: str | None = None,
    ) -> Phone:
        """A person with a telephone. The same user name again is the same person, with names as given now."""
        known = self.state.persons_by_key.get(username) if username else None
        user_id = known.user_id if known else FIRST_USER_ID + len(self.state.persons)
        number = phone_number or f"+316{user_id % 10**8:08d}"
        key = username or f"id{user_id}"
        person = known or Person(user_id, key, first_name, last_name, username, language_code, number)
        person.first_name, person.last_name = first_name, last_name
        person.language_code, person.phone_number = language_code, number
        self.state.save_person(person)
        self.state.flush()
        return Phone(self.state, person)

    def add_group(
        self, title: str, members: Sequence[Phone] = (), *, forum: bool = False, bots: Sequence[Bot] | None = None
    ) -> Group:
        """A group with the bots as administrators (all of them unless given). The same title again is the same group."""
        for known in self.groups:
            if known.title == title:
                for phone in members:
                    known.add_member(phone)
                return known
        chat_id = FIRST_GROUP_ID - len(self.state.groups())
        card = {"id": chat_id, "title": title, "type": "supergroup"} | ({"is_forum": True} if forum else {})
        ids = [phone.user_id for phone in members]
        chosen = [bot.id for bot in bots] if bots is not None else None
        self.state.save_chat(Chat(str(chat_id), chat_id, card, forum=forum, members=ids, bots=chosen))
        group = Group(self.state, str(chat_id))
        if members:
            group.greet_bots(members[0].person.user)
        self.state.flush()
        self.state.hub.tell("group", str(chat_id), group)
        return group

    @property
    def bots(self) -> list[Bot]:
        """All bots."""
        return list(self.state.bots.values())

    @property
    def phones(self) -> list[Phone]:
        """All telephones, open at the first bot."""
        return [Phone(self.state, person) for person in self.state.persons.values()]

    def phone(self, username: str) -> Phone:
        """The telephone of this user name; LookupError without one."""
        return Phone(self.state, self.state.persons_by_key[username])

    @property
    def groups(self) -> list[Group]:
        """All groups."""
        return [Group(self.state, chat.key) for chat in self.state.groups()]

    def group(self, chat_id: int) -> Group:
        """The group with this id; LookupError without one."""
        return next(group for group in self.groups if group.chat_id == chat_id)

    # watching

    @property
    def calls(self) -> deque[ApiCall]:
        """What bots called, newest last; the newest 5,000."""
        return self._log.calls

    def calls_of(self, method: str) -> list[ApiCall]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def on_event(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` with every event from now on; the returned function ends it."""
        return self.state.hub.watch(watcher)
