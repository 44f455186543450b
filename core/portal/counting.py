"""Counting what is unread in one dossier, that of the query around it."""

from sqlalchemy import ColumnElement, ScalarSelect, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from core.actor import ActorKind
from core.documents import documents
from core.documents.models import Document
from core.dossiers.models import Participant
from core.messages import queries as messages
from core.messages.models import Message


def unread_in(dossier_id: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """How many documents and messages of this dossier the person `READER` has not read."""
    return _documents(dossier_id) + _messages(dossier_id)


def unread_of_participant() -> ColumnElement[int]:
    """The same of the dossier of `Participant`, for rows with `something_new`; counts only where there may be any."""
    of = Participant.dossier_id
    return case((Participant.new_documents, _documents(of)), else_=0) + case(
        (Participant.new_messages, _messages(of)), else_=0
    )


def something_new() -> ColumnElement[bool]:
    """The condition on `Participant` that something may be unread, as an index knows it."""
    return or_(Participant.new_documents, Participant.new_messages)


def _documents(dossier_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    unread = (documents.shown(), documents.unread_for(ActorKind.PERSON))
    query = select(func.count()).select_from(Document).where(Document.dossier_id == dossier_id, *unread)
    return query.correlate(dossier_id.class_).scalar_subquery()


def _messages(dossier_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    unread = messages.unread_for(ActorKind.PERSON)
    query = select(func.count()).select_from(Message).where(Message.dossier_id == dossier_id, unread)
    return query.correlate(dossier_id.class_).scalar_subquery()
