"""A crowd of customers with their dossiers and messages, made with a few statements, for measuring in a large office.

Eva is there from the start with ten dossiers of her own, whatever the size of the crowd, so that what she sees costs the same.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.accounts.models import Account, AccountKind, Membership, Role
from core.actor import Channel, Language
from core.dossiers.models import Dossier, Participant, ProgressStep
from core.dossiers.searching import searchable
from core.messages.models import Direction, Message
from core.people.models import Address, Person
from core.staff.models import StaffMember, StaffRole

EVA: Final = 1
EVAS_FIRST: Final = 1
EVAS: Final = 10
EACH: Final = 10
"""Dossiers of one person, and messages in one dossier."""

BATCH: Final = 2_000
BEGIN: Final = datetime(2026, 1, 1, 9, tzinfo=UTC)


async def fill(engine: AsyncEngine, *, dossiers: int) -> None:
    """Brings the office to this many dossiers with ten messages each; what is there stays."""
    async with engine.begin() as connection:
        there = await connection.scalar(select(func.count()).select_from(Dossier)) or 0
    for first in range(there + 1, dossiers + 1, BATCH):
        async with engine.begin() as connection:
            await _add(connection, range(first, min(first + BATCH, dossiers + 1)))
    await settle(engine)


async def _add(connection: AsyncConnection, numbers: range) -> None:
    """Dossiers by number; every tenth begins a new person with an account."""
    owners = [(number, 1 + (number - 1) // EACH) for number in numbers]
    await _people(connection, sorted({owner for number, owner in owners if (number - 1) % EACH == 0}))
    await connection.execute(insert(Dossier), [_dossier(number, owner) for number, owner in owners])
    await connection.execute(
        insert(Participant), [_participant(_dossier(number, owner), number, owner) for number, owner in owners]
    )
    steps = [
        {
            "dossier_id": number,
            "position": position,
            "label": f"Stap {position}",
            "done_at": BEGIN if position < 4 else None,
        }
        for number in numbers
        for position in range(10)
    ]
    await connection.execute(insert(ProgressStep), steps)
    messages = [_message(number, owner, position) for number, owner in owners for position in range(EACH)]
    await connection.execute(insert(Message), messages)


async def _people(connection: AsyncConnection, owners: list[int]) -> None:
    if not owners:
        return
    if EVA in owners:
        await connection.execute(
            insert(StaffMember),
            [
                {
                    "name": "Hugo",
                    "email": "hugo@kantoor.example",
                    "role": StaffRole.HANDLER,
                    "language": Language.NL,
                    "created_at": BEGIN,
                }
            ],
        )
    names = {owner: "Eva" if owner == EVA else f"Persoon {owner}" for owner in owners}
    accounts = [
        {"number": f"A-{owner}", "name": names[owner], "kind": AccountKind.PRIVATE, "created_at": BEGIN}
        for owner in owners
    ]
    await connection.execute(insert(Account), accounts)
    persons = [
        {"name": names[owner], "email": f"p{owner}@klant.example", "language": Language.NL, "created_at": BEGIN}
        for owner in owners
    ]
    await connection.execute(insert(Person), persons)
    memberships = [
        {"account_id": owner, "person_id": owner, "role": Role.CONTRACT_HOLDER, "since": BEGIN} for owner in owners
    ]
    await connection.execute(insert(Membership), memberships)
    addresses = [{"person_id": owner, "channel": Channel.EMAIL, "value": f"p{owner}@klant.example"} for owner in owners]
    await connection.execute(insert(Address), addresses)


def _dossier(number: int, owner: int) -> dict[str, Any]:
    return {
        "account_id": owner,
        "number": f"2026.{number:06}",
        "description": f"Koop Lindelaan {number}",
        "status": "In behandeling",
        "handler_id": 1,
        "created_at": BEGIN,
        "activity_at": BEGIN + timedelta(seconds=number),
    }


def _participant(dossier: dict[str, Any], number: int, owner: int) -> dict[str, Any]:
    repeated = {each: dossier[each] for each in ("account_id", "status", "activity_at")}
    found_by = searchable(dossier["number"], dossier["description"])
    return {"dossier_id": number, "person_id": owner, "since": BEGIN, "searchable": found_by} | repeated


def _message(number: int, owner: int, position: int) -> dict[str, Any]:
    outgoing = position % 2 == 1
    return {
        "dossier_id": number,
        "direction": Direction.OUTGOING if outgoing else Direction.INCOMING,
        "person_id": owner if outgoing else None,
        "staff_id": None if outgoing else 1,
        "channel": Channel.EMAIL,
        "subject": f"Bericht {position}",
        "text": "Hierbij een korte vraag over de akte." * 4,
        "sent_at": BEGIN + timedelta(minutes=position),
    }


async def settle(engine: AsyncEngine) -> None:
    """The planner knows how large the tables are, as after a night of an office's life."""
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
