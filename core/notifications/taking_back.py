"""News that may not be told any more, and still waits: of a dossier to who no longer sees it (DOS-7), of what was withdrawn."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Channel
from core.deliveries.models import IS_QUEUED, Delivery, DeliveryState
from core.notifications.batching import DIGEST
from core.notifications.models import Notification

Concerned = Callable[[Mapping[str, Any]], bool]
"""Whether an item of a digest, by its values, is what is taken back."""


async def about_dossier(session: AsyncSession, *, person_id: int, dossier_id: int) -> None:
    """Takes back what waits for this person about this dossier; a digest goes on without it. What is being sent goes."""
    waiting = (Delivery.person_id == person_id, IS_QUEUED)
    alone = update(Delivery).where(*waiting, Delivery.dossier_id == dossier_id)
    await session.execute(alone.values(_taken_back()).execution_options(synchronize_session=False))
    digests = select(Delivery).where(*waiting, Delivery.kind == DIGEST).with_for_update()
    for digest in await session.scalars(digests.execution_options(populate_existing=True)):
        told = await _told_by(session, digest)
        gone = [each for each in told if each.dossier_id == dossier_id]
        await _without(session, digest, told, gone, lambda item: item.get("dossier_id") == dossier_id)
    await session.flush()


async def about_document(session: AsyncSession, *, document_id: int, person_ids: Sequence[int]) -> None:
    """Takes back what waits for these persons about a document (told under the key `document-ID`)."""
    keys = [f"document-{document_id}:person-{person_id}:{each}" for person_id in person_ids for each in Channel]
    alone = update(Delivery).where(IS_QUEUED, Delivery.key.in_(keys))
    await session.execute(alone.values(_taken_back()).execution_options(synchronize_session=False))
    collected = select(Notification.delivery_id).where(Notification.key.in_(keys))
    collecting = select(Delivery).where(IS_QUEUED, Delivery.id.in_(collected)).with_for_update()
    for digest in await session.scalars(collecting.execution_options(populate_existing=True)):
        told = await _told_by(session, digest)
        gone = [each for each in told if each.key in keys]
        await _without(session, digest, told, gone, lambda item: item.get("document_id") == document_id)
    await session.flush()


async def _told_by(session: AsyncSession, digest: Delivery) -> list[Notification]:
    query = select(Notification).where(Notification.delivery_id == digest.id).order_by(Notification.id)
    return list(await session.scalars(query))


async def _without(
    session: AsyncSession,
    digest: Delivery,
    told: Sequence[Notification],
    gone: Sequence[Notification],
    concerned: Concerned,
) -> None:
    """The digest without what is gone; of nothing else, and it is taken back."""
    if not gone:
        return
    left = [each for each in told if each not in gone]
    if not left:
        await session.execute(update(Delivery).where(Delivery.id == digest.id).values(_taken_back()))
        return
    items = [item for item in digest.values["items"] if not concerned(item)]
    digest.values = {**digest.values, "count": len(left), "items": items}
    digest.files = [file for each in left for file in each.files] if digest.channel == Channel.EMAIL else []
    await session.execute(delete(Notification).where(Notification.id.in_([each.id for each in gone])))


def _taken_back() -> dict[str, object]:
    return {"state": DeliveryState.CANCELLED, "settled_at": clock.now(), "secret": None}
