"""Waiting for a condition instead of for a time."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(condition: Callable[[], bool | Awaitable[bool]], *, seconds: float = 15.0) -> None:
    """Return once `condition` holds; raise AssertionError when it doesn't within `seconds`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline:
        held = condition()
        if await held if isinstance(held, Awaitable) else held:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {seconds} seconds")
