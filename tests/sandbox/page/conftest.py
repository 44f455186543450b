"""A world with a customer who has a phone and a mailbox, and an office with a bot and a mailbox."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.page.cards import Field
from sandbox.telegram.people import Phone
from sandbox.world import Action, PersonCard, Status, Step, World

OFFICE = "portaal@kantoor.example"
ANNA = "anna@post.example"
_TOKEN = "1234:geheim"


@dataclass
class Scene:
    """The world, Anna's phone, and HTTP in the name of the page and of the bot."""

    world: World
    anna: Phone
    http: aiohttp.ClientSession

    async def get(self, path: str) -> Any:
        async with self.http.get(self.world.url + path) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def bot(self, method: str, **parameters: Any) -> Any:
        async with self.http.post(f"{self.world.telegram.base_url}/bot{_TOKEN}/{method}", json=parameters) as answer:
            told = await answer.json()
            assert told["ok"], told
            return told["result"]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with build(tmp_path) as world, aiohttp.ClientSession() as http:
        yield Scene(world, world.telegram.phone("annaj"), http)


def build(data: Path) -> World:
    """The world as whoever starts it would wire it."""
    world = World(data)
    world.telegram.add_bot(_TOKEN, "loket_bot", "Notaris Van Dalen")
    anna = world.telegram.add_phone("Anna", "Jansen", username="annaj")
    world.bot_username = "loket_bot"
    world.mail.add_mailbox(OFFICE, "geheim", catch_plus=True, name="Notaris Van Dalen")
    world.mail.add_mailbox(ANNA, "anna", name="Anna Jansen")
    world.people = [
        PersonCard("Anna Jansen", {"nl": "klant", "en": "customer"}, anna, ANNA),
        PersonCard("Notaris Van Dalen", {"nl": "kantoor", "en": "office"}, None, OFFICE),
    ]
    world.actions = [
        Action("greet", {"nl": "Groet", "en": "Greet"}, "", _greet, (Field("name", "Naam", "Anna"),)),
        Action("fail", "Mislukt", "", _fail),
    ]
    world.steps = [
        Step("mail", {"nl": "Mail", "en": "Mail"}, "", lambda happening: happening.kind == "delivered"),
        Step("talk", {"nl": "Praat", "en": "Talk"}, "", lambda happening: happening.kind == "update"),
    ]
    world.product_status = _status
    return world


async def _greet(values: dict[str, str]) -> str:
    return f"Dag {values['name']}"


async def _fail(_: dict[str, str]) -> str:
    raise RuntimeError("Het product staat al uit.")


async def _status() -> list[Status]:
    return [Status("loket", "ok", "pid 1")]
