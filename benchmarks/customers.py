"""Customers with many dossiers, beside a crowd: written with a few statements, as an office that works for years leaves them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.accounts.models import Account, AccountKind, Membership, Role
from core.actor import ActorKind, Channel, Language
from core.database import Base
from core.documents.models import Document, RequestState, Shelf, UploadRequest
from core.dossiers.models import Dossier, ItemKind, Participant, ReadAct, Receipt
from core.dossiers.searching import searchable
from core.files.models import StoredFile
from core.messages.models import Direction, Message
from core.people.models import Address, Person

RARE: Final = "Tolhuis"
"""A word that stands in five or six dossiers of a customer, however many they have; COMMON stands in half of them."""

COMMON: Final = "koop"
STATUSES: Final = ("Afgerond", "In behandeling", "Wacht op stukken")
"""In alphabetical order, as a list shows them."""

BEGIN: Final = datetime(2026, 1, 1, 9, tzinfo=UTC)
MESSAGES: Final = 3
BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Customer:
    """A person who takes part in all `dossiers` of their own account; `newest` is one of them, by id, and `number` its number."""

    person_id: int
    account_id: int
    dossiers: int
    newest: int
    number: str


async def add(connection: AsyncConnection, name: str, *, dossiers: int) -> Customer:
    """A company with its one person.

    The newest fifth of the dossiers is in progress. Each has three messages and a document; in one of twenty something is
    unread, in one of a hundred a file is asked for.
    """
    account = {"number": f"K-{name}", "name": name, "kind": AccountKind.COMPANY, "created_at": BEGIN}
    [account_id] = await _new(connection, Account, [account])
    email = f"{name.lower()}@klant.example"
    person = {"name": name, "email": email, "language": Language.NL, "created_at": BEGIN}
    [person_id] = await _new(connection, Person, [person])
    joined = {"account_id": account_id, "person_id": person_id, "role": Role.CONTRACT_HOLDER, "since": BEGIN}
    await connection.execute(insert(Membership), joined)
    await connection.execute(insert(Address), {"person_id": person_id, "channel": Channel.EMAIL, "value": email})
    [file_id] = await _new(connection, StoredFile, [_file(name)])
    newest, number = 0, ""
    for first in range(0, dossiers, BATCH):
        rows = [_dossier(name, n, dossiers, account_id) for n in range(first, min(first + BATCH, dossiers))]
        ids = await _new(connection, Dossier, rows)
        await _furnish(connection, dict(zip(ids, rows, strict=True)), person_id, file_id)
        newest, number = ids[-1], str(rows[-1]["number"])
    return Customer(person_id, account_id, dossiers, newest, number)


async def _furnish(connection: AsyncConnection, rows: dict[int, dict[str, Any]], person_id: int, file_id: int) -> None:
    unread = set(list(rows)[::20])
    asked = [n for place, n in enumerate(rows) if place % 100 == 50]
    joined = [_participant(n, row, person_id, unread=n in unread) | {"asked": n in asked} for n, row in rows.items()]
    await connection.execute(insert(Participant), joined)
    documents = await _new(connection, Document, [_document(n, file_id) for n in rows])
    messages = await _new(connection, Message, [_message(n, each) for n in rows for each in range(MESSAGES)])
    read = [(ItemKind.DOCUMENT, item, n) for item, n in zip(documents, rows, strict=True)]
    of_each = zip(messages, (n for n in rows for _ in range(MESSAGES)), strict=True)
    read += [(ItemKind.MESSAGE, item, n) for item, n in of_each if n not in unread]
    await connection.execute(insert(Receipt), [_receipt(person_id, *each) for each in read])
    if asked:
        await connection.execute(insert(UploadRequest), [_request(n) for n in asked])


async def _new(connection: AsyncConnection, model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    """The ids of the new rows, in their order."""
    table = model.__table__
    made = await connection.execute(insert(model).returning(table.c.id, sort_by_parameter_order=True), rows)
    return list(made.scalars())


def _dossier(name: str, n: int, of: int, account_id: int) -> dict[str, Any]:
    street = RARE if n % max(of // 5, 1) == 3 else "Lindelaan"
    what = COMMON.title() if n % 2 else "Hypotheek"
    progress = STATUSES[1] if n >= of * 4 // 5 else STATUSES[2] if n % 9 == 0 else STATUSES[0]
    return {
        "account_id": account_id,
        "number": f"{name}.2026.{n:05}",
        "description": f"{what} {street} {n} te Amsterdam",
        "status": progress,
        "created_at": BEGIN,
        "activity_at": BEGIN + timedelta(minutes=n),
    }


def _participant(dossier_id: int, dossier: dict[str, Any], person_id: int, *, unread: bool) -> dict[str, Any]:
    repeated = {each: dossier[each] for each in ("account_id", "status", "activity_at")}
    found_by = searchable(dossier["number"], dossier["description"])
    told = {"searchable": found_by, "new_documents": False, "new_messages": unread}
    return {"dossier_id": dossier_id, "person_id": person_id, "since": BEGIN} | told | repeated


def _file(name: str) -> dict[str, Any]:
    return {
        "sha256": name.encode().hex().ljust(64, "0")[:64],
        "size": 1,
        "media_type": "application/pdf",
        "name": "akte.pdf",
        "origin_kind": ActorKind.OFFICE,
        "origin_id": 0,
        "channel": Channel.CLI,
        "stored_at": BEGIN,
    }


def _document(dossier_id: int, file_id: int) -> dict[str, Any]:
    row = {"dossier_id": dossier_id, "shelf": Shelf.DOCUMENTS, "file_id": file_id, "name": "akte.pdf"}
    return row | {"published_at": BEGIN, "confidential": False}


def _message(dossier_id: int, position: int) -> dict[str, Any]:
    return {
        "dossier_id": dossier_id,
        "direction": Direction.INCOMING,
        "channel": Channel.EMAIL,
        "subject": f"Bericht {position}",
        "text": "Hierbij een korte vraag over de akte." * 4,
        "sent_at": BEGIN + timedelta(minutes=position),
    }


def _request(dossier_id: int) -> dict[str, Any]:
    return {
        "dossier_id": dossier_id,
        "title": "Paspoort",
        "state": RequestState.OPEN,
        "created_at": BEGIN,
        "asked_at": BEGIN,
    }


def _receipt(person_id: int, kind: ItemKind, item_id: int, dossier_id: int) -> dict[str, Any]:
    act = ReadAct.OPEN if kind is ItemKind.MESSAGE else ReadAct.DOWNLOAD
    row = {"person_id": person_id, "item_kind": kind, "item_id": item_id, "dossier_id": dossier_id}
    return row | {"act": act, "channel": Channel.TELEGRAM, "at": BEGIN}
