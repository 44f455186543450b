"""Sealing: at the end of a transaction its entries get their place and their hash, one transaction at a time.

Entries wait on the session. A savepoint that is rolled back takes its entries with it, as it takes its rows.
"""

import hashlib
import json
from datetime import UTC
from typing import Any

from sqlalchemy import Select, event, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from core.audit.models import AuditEntry

GENESIS = "0" * 64
"""The hash that the first entry follows."""

_WAITING = "loket.audit.waiting"
_LOCK = 0x6C6F6B6574  # "loket" in ASCII: the key of the advisory lock on PostgreSQL


def add(session: AsyncSession, entry: AuditEntry) -> None:
    """Let `entry` be sealed when the transaction of `session` commits."""
    inner = session.sync_session
    waiting: list[tuple[AuditEntry, SessionTransaction | None]] = inner.info.setdefault(_WAITING, [])
    waiting.append((entry, inner.get_nested_transaction()))


def newest() -> Select[int, str]:
    """The query for the end of the chain."""
    return select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)


def hash_of(entry: AuditEntry) -> str:
    """The SHA-256 of the canonical JSON (sorted keys, no spaces, UTF-8) of all that an entry says, 64 hex digits."""
    said: dict[str, Any] = {
        "id": entry.id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [str(entry.actor_kind), entry.actor_id],
        "channel": str(entry.channel),
        "act": entry.act,
        "subject": [entry.subject_kind, entry.subject_id],
        "details": entry.details,
        "previous": entry.previous_hash,
    }
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    """Append what waits to the chain. The lock of PostgreSQL lasts until the commit; SQLite has one writer anyway."""
    if session.in_nested_transaction() or not session.info.get(_WAITING):
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    row = session.execute(newest()).first()
    number, previous = (row.id, row.hash) if row else (0, GENESIS)
    for entry, _ in session.info.pop(_WAITING):
        number += 1
        entry.id, entry.previous_hash = number, previous
        previous = entry.hash = hash_of(entry)
        session.add(entry)


@event.listens_for(Session, "after_soft_rollback")
def _drop(session: Session, ended: SessionTransaction) -> None:
    """Forget what was recorded inside the transaction or savepoint that was rolled back."""
    waiting = session.info.get(_WAITING, [])
    session.info[_WAITING] = [(entry, at) for entry, at in waiting if ended.nested and not _within(at, ended)]


def _within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None:
        if transaction is outer:
            return True
        transaction = transaction.parent
    return False
