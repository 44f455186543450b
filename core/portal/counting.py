"""Counting what is unread in one dossier of the query around it."""

from sqlalchemy import ColumnElement, func, select

from core.actor import ActorKind
from core.documents import documents
from core.documents.models import Document
from core.dossiers.models import Dossier
from core.messages import queries as messages
from core.messages.models import Message


def unread_in_dossier() -> ColumnElement[int]:
    """How many documents and messages of `Dossier` the person `READER` has not read."""
    on_shelves = (
        select(func.count())
        .select_from(Document)
        .where(Document.dossier_id == Dossier.id, documents.shown())
        .where(documents.unread_for(ActorKind.PERSON))
    )
    written = (
        select(func.count())
        .select_from(Message)
        .where(Message.dossier_id == Dossier.id, messages.unread_for(ActorKind.PERSON))
    )
    return on_shelves.correlate(Dossier).scalar_subquery() + written.correlate(Dossier).scalar_subquery()
