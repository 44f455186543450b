"""Applying one line: find what it is about, make it or change what differs, remember what was said."""

from collections.abc import Mapping
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor
from core.documents.feed import dossier_lines, people_lines
from core.documents.feed.errors import FeedError, of_refusal
from core.documents.feed.lines import (
    AccountLine,
    DocumentLine,
    DossierLine,
    Line,
    MembershipLine,
    ParticipantLine,
    PersonLine,
    ProgressLine,
    StaffLine,
)
from core.documents.feed.references import References
from core.documents.models import FeedLine
from core.errors import Refused
from core.files.content import Content
from core.office import Office


async def apply(
    session: AsyncSession,
    line: Line,
    *,
    actor: Actor,
    number: int = 0,
    files: Mapping[str, Content] | None = None,
    office: Office | None = None,
) -> bool:
    """Applies a line; whether it changed anything. Raises `FeedError` that names line `number` and the field.

    A line that says what it said the last time changes nothing, whatever happened in the portal since. `files` has what the
    store knows of the bytes of `files_needed(line)`, by SHA-256; the edge stores them before the transaction. With `office`, a
    burst of documents is told together.
    """
    if not await is_new(session, line):
        return False
    try:
        changed = await _apply(session, line, References(session, actor, number), files or {}, office)
    except FeedError:
        raise
    except Refused as refused:
        raise of_refusal(refused, line=number, language=actor.language) from refused
    await session.merge(FeedLine(about=line.about(), digest=line.digest(), applied_at=clock.now()))
    await session.flush()
    return changed


async def is_new(session: AsyncSession, line: Line) -> bool:
    """Whether the line says something else than the last line about the same thing."""
    last = await session.get(FeedLine, line.about())
    return last is None or last.digest != line.digest()


async def _apply(
    session: AsyncSession, line: Line, known: References, files: Mapping[str, Content], office: Office | None
) -> bool:
    match line:
        case AccountLine():
            return await people_lines.account(session, line, known)
        case PersonLine():
            return await people_lines.person(session, line, known)
        case MembershipLine():
            return await people_lines.membership(session, line, known)
        case StaffLine():
            return await people_lines.staff(session, line, known)
        case DossierLine():
            return await dossier_lines.dossier(session, line, known)
        case ParticipantLine():
            return await dossier_lines.participant(session, line, known)
        case ProgressLine():
            return await dossier_lines.progress(session, line, known)
        case DocumentLine():
            return await dossier_lines.document(session, line, known, files, office=office)
    assert_never(line)
