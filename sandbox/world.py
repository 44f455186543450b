"""A whole outside world on one machine: Telegram, mail, and one page that shows both.

Whoever starts it says who the people are, what can be done and what is worth trying; everything lives under one folder
and is there again after a restart, on the same ports when they are still free.
"""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from sandbox.mail import MailEvent, MailServer
from sandbox.page import mail_routes
from sandbox.page.app import page_app
from sandbox.page.cards import Action, Field, Happening, PersonCard, Status, Step, Words
from sandbox.page.feed import Feed
from sandbox.page.switches import Switch, switches
from sandbox.page.telling import from_mail, from_telegram
from sandbox.telegram import TelegramServer

__all__ = ["Action", "Field", "Happening", "PersonCard", "Status", "Step", "World"]

ProductStatus = Callable[[], Awaitable[list[Status]]]


async def _nothing_known() -> list[Status]:
    return []


class World:
    """Telegram, mail and the page under `data`.

    Set `people`, `actions`, `steps` and `product_status` before or after `start`; the page shows what they are when it
    is loaded. `bot_username` is the bot that the phones talk to.
    """

    def __init__(self, data: Path, *, domain: str = "kantoor.example", title: Words = "Loket") -> None:
        self.data = data
        self.title = title
        self.telegram = TelegramServer(data / "telegram")
        self.mail = MailServer(data / "mail", domain)
        self.people: list[PersonCard] = []
        self.actions: list[Action] = []
        self.steps: list[Step] = []
        self.product_status: ProductStatus = _nothing_known
        self.bot_username = ""
        self.feed = Feed()
        self.page_port = 0
        self._state = _State(data / "world.json")
        self._switches: dict[str, Switch] = {}
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self.page_port}/"

    async def start(self, page_port: int = 0) -> None:
        """Start all three. A page port that is taken is an OSError; 0 means a free one, remembered."""
        self.data.mkdir(parents=True, exist_ok=True)
        await self.mail.start()
        await self._start_telegram()
        self._switches = {switch.id: switch for switch in switches(self.mail, self.telegram)}
        self.feed.watch(self._tick)
        self.mail.on_event(self._on_mail)
        self.telegram.on_event(self._on_telegram)
        await self._start_page(page_port)

    async def stop(self) -> None:
        """Stop all three and let open pages go."""
        self.feed.end()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.telegram.stop()
        await self.mail.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def as_json(self) -> dict[str, Any]:
        """Everything to draw the page with."""
        return {
            "title": self.title,
            "bot": self.bot_username,
            "people": [person.as_json() for person in self.people],
            "actions": [action.as_json() for action in self.actions],
            "steps": self._steps(),
            "switches": self._switch_states(),
            "product": await self.product(),
        }

    async def product(self) -> list[dict[str, Any]]:
        """How the product is doing, part by part."""
        return [status.as_json() for status in await self.product_status()]

    async def act(self, action_id: str, values: dict[str, str]) -> Words:
        """Run an action by its id. KeyError when there is none."""
        action = {action.id: action for action in self.actions}[action_id]
        return await action.run(values)

    async def switch(self, switch_id: str, on: bool) -> None:
        """Turn a trouble on or off. KeyError when there is none of that id."""
        await self._switches[switch_id].set(on)
        self.feed.tell("switches", self._switch_states())

    def tick(self, step_id: str) -> None:
        """Mark a step as done."""
        if self._state.tick(step_id):
            self.feed.tell("steps", self._steps())

    def untick_all(self) -> None:
        """Begin the steps anew."""
        self._state.forget_ticks()
        self.feed.tell("steps", self._steps())

    async def _start_telegram(self) -> None:
        try:
            await self.telegram.start(port=self._state.port("telegram"))
        except OSError:
            await self.telegram.start()
        self._state.remember_port("telegram", urlport(self.telegram.base_url))

    async def _start_page(self, port: int) -> None:
        app = page_app(self, mail_routes.routes(self.mail))
        app.add_subapp("/sandbox/telegram", self.telegram.control_app())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        await self._open(port, self._state.port("page"))
        self._state.remember_port("page", self.page_port)

    async def _open(self, port: int, remembered: int) -> None:
        assert self._runner is not None
        try:
            await web.TCPSite(self._runner, "127.0.0.1", port or remembered).start()
        except OSError:
            if port:
                raise
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.page_port = int(self._runner.addresses[0][1])

    def _tick(self, happening: Happening) -> None:
        for step in self.steps:
            if step.id not in self._state.ticked and step.done(happening):
                self.tick(step.id)

    def _on_mail(self, event: MailEvent) -> None:
        if event.kind == "changed":
            self.feed.tell("switches", self._switch_states())
            return
        self.feed.add(from_mail(event))
        self.feed.tell("mail", {"mailbox": event.mailbox, "id": event.mail_id})

    def _on_telegram(self, event: Any) -> None:
        happening = from_telegram(event)
        if happening is not None:
            self.feed.add(happening)

    def _steps(self) -> list[dict[str, Any]]:
        return [step.as_json(step.id in self._state.ticked) for step in self.steps]

    def _switch_states(self) -> list[dict[str, Any]]:
        return [switch.as_json() for switch in self._switches.values()]


class _State:
    """What the world itself remembers: ticked steps and ports, in one small file written whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        known = json.loads(path.read_text()) if path.exists() else {}
        self.ticked: list[str] = known.get("ticked", [])
        self._ports: dict[str, int] = known.get("ports", {})

    def tick(self, step_id: str) -> bool:
        """True when it was new."""
        if step_id in self.ticked:
            return False
        self.ticked.append(step_id)
        self._write()
        return True

    def forget_ticks(self) -> None:
        self.ticked.clear()
        self._write()

    def port(self, name: str) -> int:
        return self._ports.get(name, 0)

    def remember_port(self, name: str, port: int) -> None:
        self._ports[name] = port
        self._write()

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"ticked": self.ticked, "ports": self._ports}))
        fresh.replace(self._path)


def urlport(url: str) -> int:
    """The port in an address such as http://127.0.0.1:8081."""
    return int(url.rstrip("/").rsplit(":", 1)[1])
