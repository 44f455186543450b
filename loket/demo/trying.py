"""`loket demo`: the world, the sample office, and the product running in it, until it is stopped."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

from loket.demo.actions import actions
from loket.demo.child import Child
from loket.demo.office import bring_in_sample, write_settings
from loket.demo.people import settle
from loket.demo.steps import steps
from sandbox.world import Status, World


async def run_demo(folder: Path, *, port: int, stop: asyncio.Event, ready: Callable[[str], None]) -> None:
    """Start everything under `folder`, call `ready` with the page's address, and go on until `stop`.

    The folder keeps everything, so ending this with `kill -9` and starting it again loses nothing either.
    """
    world = World(folder / "world", domain="delinde.example", title="Loket")
    settle(world)
    await world.start(port)
    try:
        http_port = _free_port()
        settings_file = folder / "loket.toml"
        settings = write_settings(settings_file, world, data=folder / "product", http_port=http_port)
        await bring_in_sample(settings)
        child = Child(settings_file, health=f"http://127.0.0.1:{http_port}/health", log=folder / "product.log")
        world.actions = actions(settings, child)
        world.steps = steps()
        world.product_status = _status(child)
        async with asyncio.TaskGroup() as group:
            group.create_task(child.keep_running(stop))
            await child.until_healthy()
            ready(world.url)
    finally:
        await world.stop()


def _status(child: Child) -> Callable[[], Awaitable[list[Status]]]:
    async def status() -> list[Status]:
        state: Literal["ok", "busy"] = "ok" if await child.healthy() else "busy"
        return [Status("loket run", state, {"nl": f"{child.starts}× gestart", "en": f"started {child.starts}×"})]

    return status


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
