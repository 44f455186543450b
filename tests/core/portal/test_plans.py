"""What a person asks for goes by index: no query of home, list, card or page reads a big table from end to end."""

from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor, ActorKind, Channel
from core.database import Sessions, transaction
from core.documents import documents, expiry, upload_requests
from core.documents.models import Shelf
from core.dossiers import dossiers
from core.messages import messages
from core.office import Office
from core.portal import card, home, tasks, waiting
from tests.core.portal.crowd import settle

BIG = (
    "messages",
    "documents",
    "receipts",
    "dossiers",
    "participants",
    "memberships",
    "accounts",
    "persons",
    "upload_requests",
)
ANNA = Actor(kind=ActorKind.PERSON, id=1, channel=Channel.TELEGRAM)

Asked = Callable[[AsyncSession, int], Awaitable[object]]

QUESTIONS: dict[str, Asked] = {
    "home": lambda session, _: home.home(session, ANNA.id, office=Office()),
    "list": lambda session, _: home.dossiers_page(session, ANNA.id, offset=0, limit=8, words="lever"),
    "all of the list": lambda session, _: home.dossiers_page(session, ANNA.id, offset=0, limit=8),
    "filtered list": lambda session, _: home.dossiers_page(session, ANNA.id, offset=0, limit=8, statuses=["Afgerond"]),
    "tasks": lambda session, _: tasks.page(session, ANNA.id, offset=0, limit=8),
    "oldest task": lambda session, _: tasks.oldest(session, ANNA.id),
    "waiting messages": lambda session, _: waiting.unread_messages(session, ANNA.id, 10),
    "waiting documents": lambda session, _: waiting.unread_documents(session, ANNA.id, 10),
    "may supply": lambda session, dossier: upload_requests.open_for(session, ANNA, dossier),
    "over": lambda session, _: expiry.expire(session, Office(), date(2026, 7, 3)),
    "going": lambda session, _: expiry.warn(session, Office(), date(2026, 7, 3)),
    "edit": lambda session, _: messages.revise(session, ANNA, source="telegram:1", text="Dag", office=Office()),
    "statuses": lambda session, _: home.statuses(session, ANNA.id),
    "only dossier": lambda session, _: home.only_dossier(session, ANNA.id),
    "card": lambda session, dossier: card.dossier_card(session, ANNA, dossier),
    "messages": lambda session, dossier: messages.page(session, ANNA, dossier, offset=0, limit=8),
    "documents": lambda session, dossier: documents.page(
        session, ANNA, dossier, shelf=Shelf.DOCUMENTS, offset=0, limit=8
    ),
    "a message": lambda session, dossier: messages.read(session, ANNA, dossier * 1000),
    "by number": lambda session, dossier: dossiers.by_number(session, ANNA, f"2026-{dossier:06}"),
    "participants": lambda session, dossier: dossiers.participants(session, dossier),
}


@pytest.fixture
async def crowded(sessions: Sessions) -> Sessions:
    """6,000 dossiers with 24,000 messages: enough for a planner to prefer an index when there is one."""
    await settle(sessions, dossiers=6000, messages_each=4)
    return sessions


@contextmanager
def listening(session: AsyncSession) -> Any:
    """The statements that are executed in the block, with their parameters."""
    heard: list[tuple[str, Any]] = []
    engine = session.get_bind().engine

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        heard.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


async def plan(session: AsyncSession, statement: str, parameters: Any) -> list[str]:
    """The lines of the plan that read a table from end to end."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
    connection = await session.connection()
    rows = [str(row[-1]) for row in await connection.exec_driver_sql(f"{explain} {statement}", parameters)]
    scan = "SCAN " if sqlite else "Seq Scan on "
    return [row for row in rows if any(f"{scan}{table}" in row for table in BIG)]


async def test_nothing_is_read_from_end_to_end(crowded: Sessions) -> None:
    async with transaction(crowded) as session:
        [mine, *_], _ = await home.dossiers_page(session, ANNA.id, offset=0, limit=1)
        scans = {}
        for name, ask in QUESTIONS.items():
            with listening(session) as heard:
                await ask(session, mine.id)
            assert heard, name
            asked = [each for each in heard if each[0].startswith("SELECT")]
            found = [line for statement, parameters in asked for line in await plan(session, statement, parameters)]
            if found:
                scans[name] = found
        assert scans == {}


async def test_the_check_itself_sees_a_scan(crowded: Sessions) -> None:
    async with transaction(crowded) as session:
        assert await plan(session, "SELECT count(*) FROM messages WHERE subject = 'x'", ())
