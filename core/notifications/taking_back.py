"""News that may not be told any more: who no longer sees a dossier gets nothing about it that still waits (DOS-7)."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel
from core.deliveries.models import IS_QUEUED, Delivery, DeliveryState
from core.notifications.batching import DIGEST
from core.notifications.models import Notification


async def about_dossier(session: AsyncSession, *, person_id: int, dossier_id: int) -> None:
    """Takes back what waits for this person about this dossier; a digest goes on without it. What is being sent goes."""
    waiting = (Delivery.person_id == person_id, IS_QUEUED)
    alone = update(Delivery).where(*waiting, Delivery.dossier_id == dossier_id)
    await session.execute(alone.values(_taken_back()).execution_options(synchronize_session=False))
    digests = select(Delivery).where(*waiting, Delivery.kind == DIGEST).with_for_update()
    for digest in await session.scalars(digests.execution_options(populate_existing=True)):
        await _without(session, digest, dossier_id)
    await session.flush()


async def _without(session: AsyncSession, digest: Delivery, dossier_id: int) -> None:
    """The digest without what it tells of the dossier; of nothing else, and it is taken back."""
    query = select(Notification).where(Notification.delivery_id == digest.id).order_by(Notification.id)
    told = list(await session.scalars(query))
    left = [each for each in told if each.dossier_id != dossier_id]
    if len(left) == len(told):
        return
    if not left:
        await session.execute(update(Delivery).where(Delivery.id == digest.id).values(_taken_back()))
        return
    items = [item for item in digest.values["items"] if item.get("dossier_id") != dossier_id]
    digest.values = {**digest.values, "count": len(left), "items": items}
    digest.files = [file for each in left for file in each.files] if digest.channel == Channel.EMAIL else []
    gone = [each.id for each in told if each.dossier_id == dossier_id]
    await session.execute(delete(Notification).where(Notification.id.in_(gone)))


def _taken_back() -> dict[str, object]:
    return {"state": DeliveryState.CANCELLED, "settled_at": clock.now(), "secret": None}
