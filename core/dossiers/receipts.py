"""That a person has read one item (DOC-4): only an act proves it, and the first act counts, on whichever channel."""

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, false
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from core import clock
from core.actor import ActorKind, Channel
from core.database import insert_once
from core.dossiers import repeating
from core.dossiers.models import ItemKind, ReadAct, Receipt
from core.dossiers.visibility import READER


async def read(
    session: AsyncSession,
    *,
    person_id: int,
    item_kind: ItemKind,
    item_id: int,
    dossier_id: int,
    act: ReadAct,
    channel: Channel,
    left: Select[int],
) -> None:
    """The person has read the item by this act. Repeating it changes nothing.

    `left` finds an item of this kind in the dossier (`dossier_id`) that the person (`READER`) has not read, if there is one.
    """
    receipt = {
        "person_id": person_id,
        "item_kind": item_kind,
        "item_id": item_id,
        "dossier_id": dossier_id,
        "act": act,
        "channel": channel,
        "at": clock.now(),
    }
    if await insert_once(session, Receipt, receipt, conflict=("person_id", "item_kind", "item_id")) is not None:
        await repeating.all_read(session, person_id=person_id, dossier_id=dossier_id, kind=item_kind, left=left)


def unread(
    kind: ActorKind,
    item_kind: ItemKind,
    item_id: InstrumentedAttribute[int],
    author_id: InstrumentedAttribute[int | None],
) -> ColumnElement[bool]:
    """The condition on items that they are unread by the person whose id is the parameter `READER`: somebody else put them
    there, and this person did nothing that proves reading. For staff nothing is unread. Costs one look-up by primary key an
    item."""
    if kind is not ActorKind.PERSON:
        return false()
    reader: BindParameter[int] = bindparam(READER)
    receipt = exists().where(Receipt.person_id == reader, Receipt.item_kind == item_kind, Receipt.item_id == item_id)
    return author_id.is_distinct_from(reader) & ~receipt
