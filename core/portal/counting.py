"""Counting what is unread in one dossier of the query around it."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from core.actor import ActorKind
from core.documents import documents
from core.documents.models import Document
from core.messages import queries as messages
from core.messages.models import Message


def unread_in(dossier_id: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """How many documents and messages of this dossier the person `READER` has not read."""
    on_shelves = (
        select(func.count())
        .select_from(Document)
        .where(Document.dossier_id == dossier_id, documents.shown())
        .where(documents.unread_for(ActorKind.PERSON))
    )
    written = (
        select(func.count())
        .select_from(Message)
        .where(Message.dossier_id == dossier_id, messages.unread_for(ActorKind.PERSON))
    )
    around = dossier_id.class_
    return on_shelves.correlate(around).scalar_subquery() + written.correlate(around).scalar_subquery()
