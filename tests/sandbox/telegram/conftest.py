"""One running server, one bot, Anna and her telephone, and a raw line to the Bot API."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from sandbox.telegram import Phone, TelegramServer

TOKEN = "1234:abc"


@dataclass
class Api:
    """Calls methods as raw JSON; gives status and answer as they came."""

    server: TelegramServer
    client: aiohttp.ClientSession
    token: str = TOKEN

    async def __call__(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        async with self.client.post(self.url(method), json=params) as answer:
            return answer.status, await answer.json()

    async def ok(self, method: str, **params: Any) -> Any:
        """The result of a call that must succeed."""
        status, answer = await self(method, **params)
        assert (status, answer["ok"]) == (200, True), answer
        return answer["result"]

    async def refused(self, method: str, **params: Any) -> tuple[int, str]:
        """Code and words of a call that must fail."""
        status, answer = await self(method, **params)
        assert answer["ok"] is False
        assert answer["error_code"] == status
        return status, answer["description"]

    async def form(self, method: str, files: dict[str, tuple[str, bytes]], **fields: str) -> tuple[int, Any]:
        """A multipart call."""
        form = aiohttp.FormData(quote_fields=False)
        for name, value in fields.items():
            form.add_field(name, value)
        for name, (filename, content) in files.items():
            form.add_field(name, io.BytesIO(content), filename=filename)
        async with self.client.post(self.url(method), data=form) as answer:
            return answer.status, await answer.json()

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """What is pending."""
        result: list[dict[str, Any]] = await self.ok("getUpdates", **params)
        return result

    def url(self, method: str) -> str:
        return f"{self.server.base_url}/bot{self.token}/{method}"


async def eventually(condition: Callable[[], bool]) -> None:
    """Look until `condition` holds; fails after ten seconds."""
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came true")


async def polling(server: TelegramServer) -> None:
    """Wait until a long poll is open."""
    await eventually(lambda: server.bots[0].updates.waited_for)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    server = TelegramServer()
    server.add_bot(TOKEN, "loket_bot", "Loket")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def anna(telegram: TelegramServer) -> Phone:
    return telegram.add_phone("Anna", "Jansen", "annaj", phone_number="+31612345678")


@pytest.fixture
async def api(telegram: TelegramServer) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as client:
        yield Api(telegram, client)


@pytest.fixture
async def started(anna: Phone, api: Api) -> Phone:
    """Anna pressed Start, and the bot has read it."""
    await anna.start()
    await api.updates(offset=-1)
    [update] = await api.updates()
    await api.updates(offset=update["update_id"] + 1)
    return anna
