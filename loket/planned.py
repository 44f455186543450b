"""What the schedule runs: the jobs of every room, in one table."""

from collections.abc import Mapping

from core.people import inviting
from core.schedule.scheduler import Job
from loket.wiring import Product


def jobs(product: Product) -> Mapping[str, Job]:
    """Each kind of planned work and the verb that does it."""
    return {**inviting.jobs(product.keys, product.office)}
