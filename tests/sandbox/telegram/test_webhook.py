"""The webhook: pushed with the secret, again until 2xx, never beside getUpdates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from sandbox.telegram import Limits, Phone, TelegramServer
from tests.sandbox.telegram.conftest import Api, eventually, polling

WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Receiver:
    """A bot's own web server; `statuses` are its next answers, then 200."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.statuses: list[int] = []
        self.reply: dict[str, Any] | None = None
        self.changed = asyncio.Event()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.got.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.changed.set()
        status = self.statuses.pop(0) if self.statuses else 200
        return web.json_response(self.reply, status=status) if self.reply else web.Response(status=status)

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.got) < count:
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    server = TelegramServer(limits=Limits(webhook_pauses=(0.01, 0.02)))
    server.add_bot("1234:abc", "loket_bot", "Loket")
    await server.start()
    yield server
    await server.stop()


async def test_updates_are_pushed_with_the_secret(api: Api, started: Phone, receiver: Receiver) -> None:
    await started.say("voor de webhook")
    await api.ok("setWebhook", url=receiver.url, secret_token="s3cret_-", max_connections=5)
    await started.say("erna")
    await receiver.wait_for(2)
    assert sorted(update["message"]["text"] for update in receiver.got) == ["erna", "voor de webhook"]
    assert receiver.secrets == ["s3cret_-"] * 2
    info = await api.ok("getWebhookInfo")
    assert (info["url"], info["max_connections"]) == (receiver.url, 5)


async def test_a_failing_webhook_is_tried_until_it_takes_the_update(
    api: Api, started: Phone, receiver: Receiver
) -> None:
    receiver.statuses = [500, 503, 200]
    await api.ok("setWebhook", url=receiver.url)
    await started.say("x")
    await receiver.wait_for(3)
    assert len({update["update_id"] for update in receiver.got}) == 1
    await eventually(lambda: len(api.server.bots[0].updates) == 0)
    info = await api.ok("getWebhookInfo")
    assert info["pending_update_count"] == 0
    assert info["last_error_message"].startswith("Wrong response from the webhook: 503")


async def test_one_failing_update_does_not_hold_up_the_next(api: Api, started: Phone, receiver: Receiver) -> None:
    receiver.statuses = [500]
    await api.ok("setWebhook", url=receiver.url, max_connections=1)
    await started.say("een")
    await receiver.wait_for(1)
    await started.say("twee")
    await receiver.wait_for(3)
    assert {update["message"]["text"] for update in receiver.got} == {"een", "twee"}


async def test_polling_and_webhook_exclude_each_other(api: Api, started: Phone, receiver: Receiver) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(api.refused("getUpdates", timeout=30))
        await polling(api.server)
        await api.ok("setWebhook", url=receiver.url)
    assert poll.result() == (409, "Conflict: terminated by setWebhook request")
    assert await api.refused("getUpdates") == (409, WEBHOOK_ACTIVE)
    await api.ok("deleteWebhook")
    await started.say("weer zelf halen")
    assert len(await api.updates()) == 1
    assert receiver.got == []


async def test_pending_updates_can_be_dropped(api: Api, started: Phone) -> None:
    await started.say("weg ermee")
    await api.ok("deleteWebhook", drop_pending_updates=True)
    assert await api.updates() == []


async def test_a_method_in_the_answer_is_carried_out(api: Api, started: Phone, receiver: Receiver) -> None:
    receiver.reply = {"method": "sendMessage", "chat_id": started.chat_id, "text": "meteen"}
    await api.ok("setWebhook", url=receiver.url)
    await started.say("x")
    await started.wait(lambda phone: phone.screen.text == "meteen")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "ftp://x.example"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://x.example", "secret_token": "é"}, "secret token contains unallowed characters"),
        ({"url": "https://x.example", "max_connections": 101}, "max_connections must be between 1 and 100"),
    ],
)
async def test_bad_webhooks_are_refused(api: Api, params: dict[str, object], words: str) -> None:
    assert await api.refused("setWebhook", **params) == (400, f"Bad Request: {words}")


async def test_an_unreachable_webhook_is_tried_later(api: Api, started: Phone, receiver: Receiver) -> None:
    await api.ok("setWebhook", url="http://127.0.0.1:9/nobody")
    await started.say("x")
    webhook = api.server.bots[0].webhook
    assert webhook is not None
    await eventually(lambda: webhook.last_error is not None)
    assert (await api.ok("getWebhookInfo"))["pending_update_count"] == 1
    await api.ok("setWebhook", url=receiver.url)
    await receiver.wait_for(1)
