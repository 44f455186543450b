"""The chained log: whole when it is whole, and every way of tampering is found (OPS-2)."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.actor import OFFICE, Actor, ActorKind, Channel
from core.audit import guards, log, sealing
from core.audit.models import AuditEntry
from core.database import Sessions, transaction

Tamper = Callable[..., Awaitable[list[str]]]
STAFF = Actor(kind=ActorKind.STAFF, id=3_000_000_001, channel=Channel.EMAIL)


async def _write(sessions: Sessions, count: int) -> None:
    async with transaction(sessions) as session:
        for number in range(count):
            await log.record(
                session, STAFF, "dossier.read", subject=("dossier", number), page=number, seen=[True, None]
            )


async def _tamper(sessions: Sessions, *statements: str) -> None:
    """What somebody with the keys of the database can do: drop the guards first."""
    async with transaction(sessions) as session:
        for statement in (*guards.DROP[session.get_bind().dialect.name], *statements):
            await session.execute(text(statement))


@pytest.fixture
async def tampered(sessions: Sessions) -> Tamper:
    """Lets a test tamper, and puts the guards back afterwards."""

    async def tamper(*statements: str) -> list[str]:
        await _tamper(sessions, *statements)
        async with transaction(sessions) as session:
            for statement in guards.CREATE[session.get_bind().dialect.name]:
                await session.execute(text(statement))
            return await log.verify(session)

    return tamper


async def test_an_untouched_log_is_whole(sessions: Sessions) -> None:
    await _write(sessions, 3)
    await _write(sessions, 2)
    async with transaction(sessions) as session:
        assert await log.verify(session) == []
        newest, *_, oldest = await log.listing(session)
    assert (newest.id, oldest.id) == (5, 1)
    assert oldest.previous_hash == sealing.GENESIS
    assert oldest.details == {"page": 0, "seen": [True, None]}
    assert (oldest.actor_id, oldest.subject_kind) == (3_000_000_001, "dossier")


async def test_an_empty_log_is_whole(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        assert await log.verify(session) == []
        assert await log.head(session) == (0, sealing.GENESIS)


async def test_a_long_log_is_verified_in_pages(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_PAGE", 3)
    await _write(sessions, 7)
    async with transaction(sessions) as session:
        assert await log.verify(session) == []
        assert (await log.head(session))[0] == 7


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("act = 'nothing'", "entry 3 was changed after it was written"),
        ("actor_id = 4", "entry 3 was changed after it was written"),
        ("subject_id = 4", "entry 3 was changed after it was written"),
        ("details = '{}'", "entry 3 was changed after it was written"),
        ("channel = 'cli'", "entry 3 was changed after it was written"),
        ("at = '2020-01-01 00:00:00.000000'", "entry 3 was changed after it was written"),
    ],
)
async def test_an_edit_is_found(sessions: Sessions, tampered: Tamper, change: str, problem: str) -> None:
    await _write(sessions, 5)
    assert await tampered(f"UPDATE audit_entries SET {change} WHERE id = 3") == [problem]


async def test_an_edit_with_a_hash_made_anew_is_found(sessions: Sessions, tampered: Tamper) -> None:
    await _write(sessions, 4)
    async with transaction(sessions) as session:
        entry = await session.get_one(AuditEntry, 2)
        session.expunge(entry)
        entry.act = "nothing"
        forged = sealing.hash_of(entry)
    problems = await tampered(f"UPDATE audit_entries SET act = 'nothing', hash = '{forged}' WHERE id = 2")
    assert problems == ["entry 3 does not follow entry 2"]


async def test_a_deletion_in_the_middle_is_found(sessions: Sessions, tampered: Tamper) -> None:
    await _write(sessions, 6)
    assert await tampered("DELETE FROM audit_entries WHERE id IN (2, 4, 5)") == [
        "entry 2 is missing",
        "entries 4 to 5 are missing",
    ]


async def test_a_change_of_order_is_found(sessions: Sessions, tampered: Tamper) -> None:
    await _write(sessions, 4)
    problems = await tampered(
        "UPDATE audit_entries SET id = 99 WHERE id = 2",
        "UPDATE audit_entries SET id = 2 WHERE id = 3",
        "UPDATE audit_entries SET id = 3 WHERE id = 99",
    )
    assert "entry 2 does not follow entry 1" in problems
    assert "entry 2 was changed after it was written" in problems


async def test_a_cut_end_shows_in_the_head(sessions: Sessions, tampered: Tamper) -> None:
    await _write(sessions, 3)
    async with transaction(sessions) as session:
        before = await log.head(session)
    assert await tampered("DELETE FROM audit_entries WHERE id = 3") == []
    async with transaction(sessions) as session:
        assert await log.head(session) != before


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET act = 'x'", "DELETE FROM audit_entries"])
async def test_the_database_refuses_to_change_an_entry(sessions: Sessions, statement: str) -> None:
    await _write(sessions, 1)
    with pytest.raises(IntegrityError, match="audit entries are never"):
        async with transaction(sessions) as session:
            await session.execute(text(statement))


async def test_many_at_once_make_one_chain(sessions: Sessions) -> None:
    await asyncio.gather(*(_write(sessions, 3) for _ in range(8)))
    async with transaction(sessions) as session:
        assert await log.verify(session) == []
        assert (await log.head(session))[0] == 24


async def test_what_is_rolled_back_was_never_logged(sessions: Sessions) -> None:
    async with sessions() as session:
        await session.begin()
        await log.record(session, OFFICE, "person.created", subject=("person", 1))
        await session.rollback()
        await session.commit()
    async with transaction(sessions) as session:
        await log.record(session, OFFICE, "outer", subject=("person", 1))
        savepoint = await session.begin_nested()
        await log.record(session, OFFICE, "taken.back", subject=("person", 1))
        await savepoint.rollback()
        async with session.begin_nested():
            await log.record(session, OFFICE, "inner", subject=("person", 1))
    async with transaction(sessions) as session:
        assert [entry.act for entry in await log.listing(session)] == ["inner", "outer"]
        assert await log.verify(session) == []


async def test_the_listing_is_narrowed_and_paged(sessions: Sessions) -> None:
    await _write(sessions, 4)
    async with transaction(sessions) as session:
        await log.record(session, OFFICE, "person.created", subject=("person", 2))
    async with transaction(sessions) as session:
        assert [e.id for e in await log.listing(session, subject=("dossier", 2))] == [3]
        assert [e.id for e in await log.listing(session, act="person.created")] == [5]
        assert [e.id for e in await log.listing(session, actor=(ActorKind.STAFF, STAFF.id), limit=2)] == [4, 3]
        assert [e.id for e in await log.listing(session, before=3)] == [2, 1]


@pytest.mark.parametrize("value", [1.5, b"bytes", object()])
async def test_details_that_would_not_come_back_the_same_are_refused(sessions: Sessions, value: object) -> None:
    async with transaction(sessions) as session:
        with pytest.raises(TypeError, match="keeps no"):
            await log.record(session, OFFICE, "x", subject=("person", 1), nested=[{"value": value}])
