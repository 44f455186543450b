"""News that may not be told any more: of a dossier to who no longer sees it (DOS-7), of what was withdrawn or is confidential now.

What waits is not sent, or goes on without it; what is being sent or was sent is not tried again nor told another way.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Channel
from core.deliveries import outbox
from core.deliveries.models import Delivery, DeliveryState
from core.notifications.batching import DIGEST
from core.notifications.models import Notification

Concerned = Callable[[Mapping[str, Any]], bool]
"""Whether an item of a digest, by its values, is what is taken back."""

EXPIRING = "document_expiring"
"""The kind of news that a document goes soon (DOC-11)."""

_ENDED = (DeliveryState.SENT, DeliveryState.CANCELLED)


async def about_dossier(session: AsyncSession, *, person_id: int, dossier_id: int) -> None:
    """Takes back what this person was to be told about this dossier; a digest goes on without it. What is being sent goes."""
    theirs = (Delivery.person_id == person_id,)
    await outbox.take_back(session, *theirs, Delivery.dossier_id == dossier_id)
    for digest in await _digests(session, *theirs, Delivery.kind == DIGEST):
        told = await _told_by(session, digest)
        gone = [each for each in told if each.dossier_id == dossier_id]
        await _without(session, digest, told, gone, lambda item: item.get("dossier_id") == dossier_id)
    sent = select(Delivery.id).where(*theirs, Delivery.kind == DIGEST, Delivery.state == DeliveryState.SENT)
    told_before = (Notification.dossier_id == dossier_id, Notification.delivery_id.in_(sent))
    await session.execute(delete(Notification).where(*told_before).execution_options(synchronize_session=False))
    await session.flush()


async def about_document(session: AsyncSession, *, document_id: int, person_ids: Sequence[int]) -> None:
    """Takes back what these persons were to be told about a document: that it is new, and that it goes soon."""
    keys = [*_keys(document_id, person_ids), *await _warned(session, document_id, person_ids)]
    await outbox.take_back(session, Delivery.key.in_(keys))
    for digest in await _digests(session, _tells(keys)):
        told = await _told_by(session, digest)
        gone = [each for each in told if each.key in keys]
        await _without(session, digest, told, gone, lambda item: item.get("document_id") == document_id)
    await session.execute(
        delete(Notification).where(Notification.key.in_(keys)).execution_options(synchronize_session=False)
    )
    await session.flush()


async def file_of_document(session: AsyncSession, *, document_id: int, person_ids: Sequence[int]) -> None:
    """Takes the file, and only that, out of what these persons are to be told about a document: it is confidential now."""
    keys = _keys(document_id, person_ids)
    alone = select(Delivery).where(Delivery.key.in_(keys), Delivery.state != DeliveryState.CANCELLED).with_for_update()
    for single in await session.scalars(alone.execution_options(populate_existing=True)):
        single.files, single.values = [], {**single.values, "confidential": True}
    for row in await session.scalars(select(Notification).where(Notification.key.in_(keys))):
        row.files, row.values = [], {**row.values, "confidential": True}
    await session.flush()
    for digest in await _digests(session, _tells(keys)):
        told = await _told_by(session, digest)
        if digest.kind != DIGEST:
            digest.files, digest.values = [], {**digest.values, "confidential": True}
            continue
        items = [_marked(item, document_id) for item in digest.values["items"]]
        _write(digest, told, items)
    await session.flush()


def _marked(item: Mapping[str, Any], document_id: int) -> Mapping[str, Any]:
    return {**item, "confidential": True} if item.get("document_id") == document_id else item


def _keys(document_id: int, person_ids: Sequence[int]) -> list[str]:
    """Under which they are told that it is new."""
    return [f"document-{document_id}:person-{person_id}:{each}" for person_id in person_ids for each in Channel]


async def _warned(session: AsyncSession, document_id: int, person_ids: Sequence[int]) -> list[str]:
    """Under which they are told that it goes soon, on whatever day that was to be; by itself or in a digest."""
    theirs = Delivery.person_id.in_(person_ids)
    alone = select(Delivery.key, Delivery.values).where(theirs, Delivery.kind == EXPIRING, Delivery.key.is_not(None))
    together = (
        select(Notification.key, Notification.values)
        .join(Delivery, Delivery.id == Notification.delivery_id)
        .where(theirs, Notification.kind == EXPIRING)
    )
    found = [*(await session.execute(alone)).all(), *(await session.execute(together)).all()]
    return [str(key) for key, values in found if values["document_id"] == document_id]


def _tells(keys: Sequence[str]) -> ColumnElement[bool]:
    return Delivery.id.in_(select(Notification.delivery_id).where(Notification.key.in_(keys)))


async def _digests(session: AsyncSession, *which: ColumnElement[bool]) -> list[Delivery]:
    """What collects news and was not sent yet, or failed, held until this transaction ends."""
    open_ones = select(Delivery).where(*which, Delivery.state.not_in(_ENDED)).with_for_update()
    return list(await session.scalars(open_ones.execution_options(populate_existing=True)))


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
        await outbox.take_back(session, Delivery.id == digest.id)
        return
    _write(digest, left, [item for item in digest.values["items"] if not concerned(item)])
    await session.execute(delete(Notification).where(Notification.id.in_([each.id for each in gone])))


def _write(digest: Delivery, told: Sequence[Notification], items: Sequence[Mapping[str, Any]]) -> None:
    digest.values = {**digest.values, "count": len(told), "items": [dict(item) for item in items]}
    digest.files = [file for each in told for file in each.files] if digest.channel == Channel.EMAIL else []
