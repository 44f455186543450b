"""Pushing updates to a bot's webhook: in parallel, again and again until 2xx, with growing pauses.

Up to `max_connections` requests at once, so their order isn't kept, as Telegram warns. A method call in the answer's
body ("Making requests when getting updates") is carried out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp

from sandbox.telegram.entities import Json
from sandbox.telegram.state import State
from sandbox.telegram.updates import nobody
from sandbox.telegram.world import Bot, Webhook

HEADER = "X-Telegram-Bot-Api-Secret-Token"
Answered = Callable[[Bot, Json], Any]


class WebhookPusher:
    """Delivers one bot's updates to one webhook until it is stopped."""

    def __init__(self, state: State, bot: Bot, webhook: Webhook, answered: Answered) -> None:
        self._state = state
        self._bot = bot
        self._webhook = webhook
        self._answered = answered
        self._coming: asyncio.Queue[Json] = asyncio.Queue()
        self._slots = asyncio.Semaphore(webhook.max_connections)

    async def run(self, client: aiohttp.ClientSession) -> None:
        """Push what is pending and what comes; ends only by cancellation."""
        updates = self._bot.updates
        for update in updates.peek(len(updates), now=self._state.now()):
            self._coming.put_nowait(update)
        updates.on_add = self._coming.put_nowait
        async with asyncio.TaskGroup() as group:
            while True:
                update = await self._coming.get()
                group.create_task(self._push(client, update))

    async def _push(self, client: aiohttp.ClientSession, update: Json) -> None:
        pauses = self._state.limits.webhook_pauses
        attempt = 0
        while not await self._try(client, update):
            await asyncio.sleep(pauses[min(attempt, len(pauses) - 1)])
            attempt += 1
        self._bot.updates.done(update["update_id"])
        self._state.flush()

    async def _try(self, client: aiohttp.ClientSession, update: Json) -> bool:
        headers = {HEADER: self._webhook.secret} if self._webhook.secret else {}
        async with self._slots:
            try:
                async with client.post(self._webhook.url, json=update, headers=headers) as answer:
                    body = await answer.read()
            except (aiohttp.ClientError, TimeoutError, OSError) as problem:
                self._note(f"Connection failed: {type(problem).__name__}")
                return False
        if not 200 <= answer.status < 300:
            self._note(f"Wrong response from the webhook: {answer.status} {answer.reason}")
            return False
        self._carry_out(body)
        return True

    def _carry_out(self, body: bytes) -> None:
        try:
            call = json.loads(body) if body.strip().startswith(b"{") else None
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            self._answered(self._bot, call)

    def _note(self, words: str) -> None:
        self._webhook.last_error_at = int(self._state.now())
        self._webhook.last_error = words


class WebhookDesk:
    """Runs one pusher for each bot that has a webhook, and changes them as bots change their minds."""

    def __init__(self, state: State, answered: Answered) -> None:
        self._state = state
        self._answered = answered
        self._changed = asyncio.Event()
        self._pushing: dict[int, tuple[Webhook, asyncio.Task[None]]] = {}
        state.on_webhook = lambda _: self._changed.set()

    async def run(self) -> None:
        """Ends only by cancellation."""
        timeout = aiohttp.ClientTimeout(total=self._state.limits.webhook_seconds)
        connector = aiohttp.TCPConnector(limit=0)
        async with (
            aiohttp.ClientSession(timeout=timeout, connector=connector) as client,
            asyncio.TaskGroup() as group,
        ):
            while True:
                self._adjust(client, group)
                await self._changed.wait()
                self._changed.clear()

    def _adjust(self, client: aiohttp.ClientSession, group: asyncio.TaskGroup) -> None:
        for bot in self._state.bots.values():
            webhook, task = self._pushing.get(bot.id, (None, None))
            if webhook is bot.webhook:
                continue
            if task is not None:
                task.cancel()
                del self._pushing[bot.id]
                bot.updates.on_add = nobody
            if bot.webhook is not None:
                pusher = WebhookPusher(self._state, bot, bot.webhook, self._answered)
                self._pushing[bot.id] = bot.webhook, group.create_task(pusher.run(client))
