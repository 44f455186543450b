"""Writing, reading and verifying the chained log (OPS-2).

Every entry carries the SHA-256 of the canonical JSON of its own fields, one of which is the hash of the entry before it.
An edit, a deletion in the middle and a change of order are found by `verify`; entries cut off the end are found by whoever
keeps the head (`head`), so `loket audit verify` prints it.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, ActorKind
from core.audit import sealing
from core.audit.models import AuditEntry

_PAGE = 1000


async def record(
    session: AsyncSession, actor: Actor, act: str, *, subject: tuple[str, int], **details: Any
) -> AuditEntry:
    """Log that `actor` did `act` (e.g. "person.created") to `subject` (kind and id).

    The entry gets its `id` and `hash` at the very end of the transaction, under one lock, so that nobody waits for the log
    while other work is done; until then queries do not see it. `details` are text, whole numbers, booleans, None, lists and
    dicts of those, never a code, token or message text; anything else raises TypeError.
    """
    entry = AuditEntry(
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        channel=actor.channel,
        act=act,
        subject_kind=subject[0],
        subject_id=subject[1],
        details=_plain(details),
    )
    sealing.add(session, entry)
    return entry


async def listing(
    session: AsyncSession,
    *,
    limit: int = 50,
    subject: tuple[str, int] | None = None,
    actor: tuple[ActorKind, int] | None = None,
    act: str | None = None,
    before: int | None = None,
) -> list[AuditEntry]:
    """Entries, newest first: all, or those about a subject, by an actor, of an act, older than the entry `before`."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(AuditEntry.subject_kind == subject[0], AuditEntry.subject_id == subject[1])
    if actor is not None:
        query = query.where(AuditEntry.actor_kind == actor[0], AuditEntry.actor_id == actor[1])
    if act is not None:
        query = query.where(AuditEntry.act == act)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return list(await session.scalars(query))


async def head(session: AsyncSession) -> tuple[int, str]:
    """The number and hash of the newest entry: kept elsewhere, it proves that nothing was cut off the end."""
    row = (await session.execute(sealing.newest())).first()
    return (row.id, row.hash) if row else (0, sealing.GENESIS)


async def verify(session: AsyncSession) -> list[str]:
    """What is wrong with the chain, a sentence for the operator each; empty when it is whole."""
    problems: list[str] = []
    number, previous = 0, sealing.GENESIS
    async for entry in _in_order(session):
        if entry.id != number + 1:
            problems.append(_gap(number + 1, entry.id - 1))
        elif entry.previous_hash != previous:
            problems.append(f"entry {entry.id} does not follow entry {number}")
        if entry.hash != sealing.hash_of(entry):
            problems.append(f"entry {entry.id} was changed after it was written")
        number, previous = entry.id, entry.hash
    return problems


async def _in_order(session: AsyncSession) -> AsyncIterator[AuditEntry]:
    after = 0
    while True:
        query = select(AuditEntry).where(AuditEntry.id > after).order_by(AuditEntry.id).limit(_PAGE)
        page = list(await session.scalars(query.execution_options(populate_existing=True)))
        for entry in page:
            yield entry
            session.expunge(entry)
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _gap(first: int, last: int) -> str:
    return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"


def _plain(details: dict[str, Any]) -> dict[str, Any]:
    """The details as the database gives them back, so that their hash can be made again."""
    for value in _leaves(details):
        if value is not None and not isinstance(value, str | int):
            raise TypeError(f"the audit log keeps no {type(value).__name__}")
    plain: dict[str, Any] = json.loads(json.dumps(details))
    return plain


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list | tuple):
        return [leaf for inner in value for leaf in _leaves(inner)]
    return [value]
