"""A big office, written straight into the tables: every dossier has two participants, messages, documents and receipts.

Person 1 is like everybody else: they take part in ten dossiers, whatever the size of the office.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.models import Account, AccountKind, Membership, Role
from core.actor import ActorKind, Channel, Language
from core.database import Base, Sessions, transaction
from core.documents.models import Document, RequestState, Shelf, UploadRequest
from core.dossiers.models import Dossier, ItemKind, Participant, ReadAct, Receipt
from core.dossiers.searching import searchable
from core.files.models import StoredFile
from core.messages.models import Direction, Message
from core.people.models import Person

START = datetime(2026, 1, 1, tzinfo=UTC)
DOSSIERS_EACH = 10
BATCH = 5000


async def settle(sessions: Sessions, *, dossiers: int, messages_each: int = 10) -> None:
    """Fills an empty database with this many dossiers; then both databases know how big their tables are."""
    persons = max(2, dossiers * 2 // DOSSIERS_EACH)
    async with transaction(sessions) as session:
        for model, rows in _tables(dossiers, persons, messages_each):
            await _fill(session, model, rows)
        await _count_on(session)
    async with transaction(sessions) as session:
        await session.execute(text("ANALYZE"))


def _tables(dossiers: int, persons: int, messages_each: int) -> Iterator[tuple[type[Base], Iterable[dict[str, Any]]]]:
    every = range(1, dossiers + 1)
    yield (
        Account,
        (
            {"id": n, "number": f"A{n}", "name": f"Account {n}", "kind": AccountKind.PRIVATE, "created_at": START}
            for n in range(1, persons + 1)
        ),
    )
    yield (
        Person,
        (
            {
                "id": n,
                "name": f"Person {n}",
                "email": f"p{n}@klant.example",
                "language": Language.NL,
                "created_at": START,
            }
            for n in range(1, persons + 1)
        ),
    )
    yield (
        Membership,
        (
            {"account_id": n, "person_id": n, "role": Role.CONTRACT_HOLDER, "since": START}
            for n in range(1, persons + 1)
        ),
    )
    yield Dossier, (_dossier(n, persons) for n in every)
    yield (
        Participant,
        (_participant(_dossier(n, persons), who) for n in every for who in _pair(n, persons)),
    )
    yield StoredFile, [_file()]
    yield Document, (_document(n, shelf) for n in every for shelf in (Shelf.CORRESPONDENCE, Shelf.DOCUMENTS))
    yield UploadRequest, (_request(n) for n in every)
    yield Message, (_message(n, each) for n in every for each in range(messages_each))
    yield Receipt, (_receipt(n, who, messages_each) for n in every for who in _pair(n, persons))


def _pair(n: int, persons: int) -> tuple[int, int]:
    return 2 * n % persons + 1, (2 * n + 1) % persons + 1


def _dossier(n: int, persons: int) -> dict[str, Any]:
    at = START + timedelta(minutes=n)
    status = "In behandeling" if n % 3 else "Afgerond"
    number, account = f"2026-{n:06}", n % persons + 1
    return {
        "id": n,
        "account_id": account,
        "number": number,
        "description": f"Levering {n}",
        "kind": "",
        "status": status,
        "created_at": at,
        "activity_at": at,
        "asked": _state(n) is RequestState.OPEN,
    }


def _participant(dossier: dict[str, Any], who: int) -> dict[str, Any]:
    repeated = {each: dossier[each] for each in ("account_id", "status", "activity_at", "asked")}
    found_by = searchable(dossier["number"], dossier["description"])
    return {"dossier_id": dossier["id"], "person_id": who, "since": START, "searchable": found_by} | repeated


def _file() -> dict[str, Any]:
    return {
        "id": 1,
        "sha256": "a" * 64,
        "size": 1,
        "media_type": "application/pdf",
        "name": "a.pdf",
        "origin_kind": ActorKind.OFFICE,
        "origin_id": 0,
        "channel": Channel.CLI,
        "stored_at": START,
    }


def _document(n: int, shelf: Shelf) -> dict[str, Any]:
    return {
        "dossier_id": n,
        "shelf": shelf,
        "file_id": 1,
        "name": f"akte {n}.pdf",
        "published_at": START,
        "confidential": False,
    }


def _request(n: int) -> dict[str, Any]:
    return {"dossier_id": n, "title": "Paspoort", "state": _state(n), "created_at": START, "asked_at": START}


def _state(n: int) -> RequestState:
    return RequestState.DONE if n % 4 else RequestState.OPEN


def _message(n: int, each: int) -> dict[str, Any]:
    words = "Beste klant, hierbij het concept van de akte. " * 3
    return {
        "id": n * 1000 + each,
        "dossier_id": n,
        "direction": Direction.INCOMING,
        "channel": Channel.EMAIL,
        "subject": "Concept",
        "text": words,
        "cut": "",
        "sent_at": START,
        "after_closing": False,
    }


def _receipt(n: int, who: int, messages_each: int) -> dict[str, Any]:
    item = n * 1000 + messages_each - 1
    return {
        "person_id": who,
        "item_kind": ItemKind.MESSAGE,
        "item_id": item,
        "dossier_id": n,
        "act": ReadAct.OPEN,
        "channel": Channel.TELEGRAM,
        "at": START,
    }


async def _fill(session: AsyncSession, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        await session.execute(insert(model), batch)


async def _count_on(session: AsyncSession) -> None:
    """PostgreSQL's sequences go on after the ids that were given."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for model in (Account, Person, Dossier, StoredFile, Message):
        table = model.__tablename__
        await session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"))
