"""Counting what is unread, for one dossier of a query or for all that a person sees."""

from sqlalchemy import ScalarSelect, Select, func, select

from core.actor import Actor
from core.documents import documents
from core.documents.models import Document
from core.dossiers.models import Dossier
from core.messages import messages
from core.messages.models import Message


def unread_documents(actor: Actor) -> Select[int]:
    """How many documents on shelves are unread by the actor; still to be narrowed to dossiers."""
    count = select(func.count()).select_from(Document)
    return count.where(Document.withdrawn_at.is_(None), documents.unread_for(actor))


def unread_messages(actor: Actor) -> Select[int]:
    """The same of messages."""
    return select(func.count()).select_from(Message).where(messages.unread_for(actor))


def unread_in_dossier(actor: Actor) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """Unread documents and messages of the `Dossier` of the query around it."""
    return (
        unread_documents(actor).where(Document.dossier_id == Dossier.id).correlate(Dossier).scalar_subquery(),
        unread_messages(actor).where(Message.dossier_id == Dossier.id).correlate(Dossier).scalar_subquery(),
    )
