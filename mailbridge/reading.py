"""What an answer proves to be read (DOC-4): without this a customer who only mails is reminded of what lies in their mailbox.

A confidential document is never read by mail: its content never went there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from core.actor import Actor
from core.database import Session
from core.deliveries.models import Delivery
from core.documents import documents
from core.errors import Refused
from core.messages import messages
from mailbridge.routing import FromPerson

Item = tuple[str, int]
"""What it is, "document" or "message", and its id."""


async def answered(session: Session, author: FromPerson) -> None:
    """A message that answers the mail about one document proves that it was read, as it does of a message."""
    delivery = await _delivery(session, author)
    if delivery is not None and delivery.kind == "document_new":
        await _read(session, author.actor, delivery)


async def seen(session: Session, author: FromPerson) -> bool:
    """The person says so, of the message or of all the news that they answer. False when the mail told no news."""
    delivery = await _delivery(session, author)
    if delivery is not None:
        await _read(session, author.actor, delivery)
    elif author.message_id:
        await messages.read(session, author.actor, author.message_id)
    return delivery is not None or author.message_id > 0


async def _delivery(session: Session, author: FromPerson) -> Delivery | None:
    delivery = await session.get(Delivery, author.delivery_id) if author.delivery_id else None
    return delivery if delivery is not None and delivery.person_id == author.person.id else None


async def _read(session: Session, actor: Actor, delivery: Delivery) -> None:
    for what, item_id in _items(delivery):
        try:
            if what == "message":
                await messages.read(session, actor, item_id)
            else:
                await documents.download(session, actor, item_id)  # it came along with the mail
        except Refused:
            continue  # confidential, withdrawn, over, or no longer theirs to see


def _items(delivery: Delivery) -> Iterator[Item]:
    for told in delivery.values.get("items") or [{"kind": delivery.kind, **delivery.values}]:
        yield from _item(told)


def _item(told: Mapping[str, Any]) -> Iterator[Item]:
    """Of a reminder by its kind and id; of other news by what it names."""
    kind = str(told["kind"])
    if kind in {"message", "document"}:
        yield kind, int(told["id"])
    elif kind == "message_new":
        yield "message", int(told["message_id"])
    elif kind in {"document_new", "document_expiring"}:
        yield "document", int(told["document_id"])
