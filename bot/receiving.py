"""Polling: updates are stored first, and acknowledged (by the next offset) only once the store has committed."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook

from bot import limits
from bot.calls import RawUpdates
from bot.webhook import take_in
from core.database import Sessions, transaction
from core.intake.settling import described
from core.intake.worker import IntakeWorker

LONGEST_PAUSE = 30.0
"""Seconds between two tries while Telegram can't be reached."""

BATCH = 100
"""getUpdates, `limit`: "1-100"."""

_log = structlog.get_logger(__name__)


class Poller:
    """Takes updates from Telegram for one bot. Only one may run at a time (Telegram answers 409): hold a lease.

    A `worker` in this process begins with them at once, where it has room.
    """

    def __init__(
        self,
        sessions: Sessions,
        bot: Bot,
        *,
        worker: IntakeWorker | None = None,
        poll_seconds: int = limits.POLL_SECONDS,
    ) -> None:
        self._taking_in = worker.taking_in if worker is not None else partial(transaction, sessions)
        self._bot = bot
        self._poll_seconds = poll_seconds
        self._offset: int | None = None
        self._pause = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Polls until `stop`; an outage is waited out. A webhook that is set is removed, its waiting updates are kept."""
        async with asyncio.TaskGroup() as group:
            polling = group.create_task(self._poll_for_ever())
            await stop.wait()
            polling.cancel()

    async def _poll_for_ever(self) -> None:
        webhook_removed = False
        while True:
            try:
                if not webhook_removed:
                    webhook_removed = await self._bot(DeleteWebhook(drop_pending_updates=False))
                await self.poll()
                self._pause = 0.0
            except TelegramConflictError as error:
                webhook_removed = False
                _log.error("another program polls with this bot's token, or a webhook was set", cause=error.message)
                await self._wait(5.0)
            except (TelegramUnauthorizedError, TelegramNotFound) as error:
                _log.error(
                    "Telegram doesn't know this bot token; check the setting telegram.token", cause=error.message
                )
                await self._wait(LONGEST_PAUSE)
            except TelegramRetryAfter as error:
                await self._wait(float(error.retry_after))
            except (TelegramAPIError, OSError) as error:
                _log.warning("Telegram can't be reached", cause=str(error))
                await self._wait()
            except Exception as error:  # noqa: BLE001  # the loop must outlive a database that is away for a while
                _log.error("updates could not be stored; they are asked for again", error=described(error))
                await self._wait()

    async def poll(self) -> int:
        """One getUpdates, its updates stored; how many came."""
        call = RawUpdates(offset=self._offset, limit=BATCH, timeout=self._poll_seconds, allowed_updates=[])
        updates = await self._bot(call, request_timeout=self._poll_seconds + 15)
        if updates:
            await self._store(updates)
        # After an empty poll all earlier updates are confirmed, and the numbers may start again anywhere
        # (Update.update_id: random after a week without updates), so the offset is let go.
        self._offset = max(int(update["update_id"]) for update in updates) + 1 if updates else None
        return len(updates)

    async def _store(self, updates: Sequence[dict[str, Any]]) -> None:
        async with self._taking_in() as session:
            for update in updates:
                await take_in(session, self._bot.id, update)

    async def _wait(self, seconds: float | None = None) -> None:
        self._pause = min(LONGEST_PAUSE, self._pause * 2 or 1.0)
        await asyncio.sleep(seconds if seconds is not None else self._pause)
