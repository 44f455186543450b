"""A process with one delivery worker whose sender only writes down what it was given and when; killed by the benchmark at will.

`python -m benchmarks.sending URL FILE PER_SECOND CONCURRENCY PAUSE`: PER_SECOND 0 is without limits; PAUSE is how long a send takes.
"""

import asyncio
import os
import signal
import sys
import time

from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Channel
from core.crypto import Keys
from core.database import Wake, open_database
from core.deliveries.limits import Limits
from core.deliveries.models import Delivery
from core.deliveries.sending import Outgoing, Permanent
from core.deliveries.worker import DeliveryWorker

KEYS = Keys(("a secret of the benchmark",))


class Noting:
    """Writes a line a send: the delivery's id and the moment. One write each, so that a kill loses none."""

    def __init__(self, path: str, pause: float) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._pause = pause

    async def send(self, outgoing: Outgoing) -> str:
        """Note it."""
        os.write(self._file, f"{outgoing.id} {time.time():.6f}\n".encode())
        if self._pause:
            await asyncio.sleep(self._pause)
        return str(outgoing.id)


async def nothing(_session: AsyncSession, _delivery: Delivery, _failure: Permanent) -> None:
    """Nothing fails here."""


async def work(url: str, path: str, per_second: float, concurrency: int, pause: float) -> None:
    """Work until told to stop."""
    engine, sessions = open_database(url)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Wake(sessions) as wake:
        worker = DeliveryWorker(
            sessions,
            channel=Channel.TELEGRAM,
            sender=Noting(path, pause),
            name="benchmark",
            keys=KEYS,
            wake=wake,
            limits=Limits(per_second=per_second) if per_second else None,
            on_failed=nothing,
            batch=concurrency,
            concurrency=concurrency,
        )
        await worker.run(stop)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])))
