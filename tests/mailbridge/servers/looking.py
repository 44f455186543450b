"""What the tests on real servers look at."""

from core.actor import Channel
from core.database import reading
from core.deliveries import ledger
from core.deliveries.models import Delivery
from core.people import addresses
from tests.mailbridge.journeys.scene import Scene
from tests.support.waiting import until

LATER = 30
"""Seconds that a story waits for two servers and the product on a busy machine."""


async def texts(scene: Scene) -> list[str]:
    """What customers wrote, oldest first."""
    return [message.message.text for message in await scene.written()]


async def until_written(scene: Scene, *wanted: str) -> None:
    """Wait until customers wrote just this."""

    async def there() -> bool:
        return await texts(scene) == list(wanted)

    await until(there, seconds=LATER)


async def deliveries(scene: Scene, channel: Channel) -> list[Delivery]:
    """What is on its way to Anna, oldest first."""
    async with reading(scene.sessions) as session:
        return list(reversed(await ledger.listing(session, channel=channel, person_id=scene.anna.id)))


async def reachable(scene: Scene) -> bool:
    """Whether Anna's mailbox is believed to live."""
    async with reading(scene.sessions) as session:
        return (await addresses.of(session, scene.anna.id))[Channel.EMAIL].unreachable_since is None


def ids(scene: Scene, who: str) -> set[str]:
    """The mails that somebody has; one that was handed over twice because its answer got lost is the same mail."""
    return {mail.message_id for mail in scene.box(who).mails}
