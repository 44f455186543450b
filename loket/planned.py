"""What the schedule runs: the jobs of every room, in one table."""

import asyncio
from collections.abc import Mapping

from core.database import transaction
from core.people import inviting, step_up
from core.portal import routines
from core.schedule.scheduler import Job, Scheduler
from loket.wiring import Product


def jobs(product: Product) -> Mapping[str, Job]:
    """Each kind of planned work and the verb that does it."""
    return {**inviting.jobs(product.keys, product.office), **step_up.jobs(), **routines.jobs(product.office)}


async def run_schedule(product: Product, stop: asyncio.Event) -> None:
    """Plan what happens every day, then run what is due, in one process at a time, until `stop`."""
    async with transaction(product.sessions) as session:
        await routines.plan(session, product.office)
    await Scheduler(product.sessions, jobs(product), wake=product.wake).run(stop)
