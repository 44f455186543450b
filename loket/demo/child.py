"""The product as a process of its own, that can be ended with `kill -9` and comes back (docs/decisions/0004)."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

PAUSE = 0.5
"""Seconds between the end of the process and its next start."""


class Child:
    """`loket run` with `settings`, started again whenever it ends; it ends by itself when we do (its input closes)."""

    def __init__(self, settings: Path, *, health: str, log: Path) -> None:
        self._settings, self.health, self._log = settings, health, log
        self._process: Process | None = None
        self.starts = 0

    async def keep_running(self, stop: asyncio.Event) -> None:
        """Run it until `stop`, then ask it to end."""
        while not stop.is_set():
            process = await self._start()
            waiting = [asyncio.ensure_future(each) for each in (process.wait(), stop.wait())]  # noqa: TID251  # awaited below
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for each in waiting:
                each.cancel()
            if not stop.is_set():
                await asyncio.sleep(PAUSE)
        await self._end()

    async def kill(self) -> None:
        """`kill -9`, in the middle of whatever it is doing; `keep_running` starts it again."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def healthy(self) -> bool:
        """Whether it answers."""
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as client,
                client.get(self.health) as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def until_healthy(
        self, *, seconds: float = 60, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Wait for its first answer; TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds):
            while not await self.healthy():
                await sleep(0.1)

    async def _start(self) -> Process:
        self.starts += 1
        command = [sys.executable, "-m", "loket", "--settings", str(self._settings), "run"]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LOKET_")}
        environment["LOKET_END_WITH_INPUT"] = "1"
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=log, stderr=log, env=environment
            )
        return self._process

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(15):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
