"""The rows that say what stored bytes are called and where they came from."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor
from core.files.content import Content
from core.files.models import StoredFile
from core.files.names import safe_name
from core.files.sniffing import refined

__all__ = ["by_id", "record", "safe_name"]


async def record(session: AsyncSession, content: Content, *, name: str, actor: Actor) -> StoredFile:
    """Records bytes that the store has, under a name that is safe to serve, with who brought them and by which channel."""
    file = _row(content, name, actor)
    session.add(file)
    await session.flush()
    return file


async def record_all(
    session: AsyncSession, contents: Sequence[Content], *, name: str, actor: Actor
) -> list[StoredFile]:
    """The same for many that have one name, in one statement."""
    rows = [_row(content, name, actor) for content in contents]
    session.add_all(rows)
    await session.flush()
    return rows


def _row(content: Content, name: str, actor: Actor) -> StoredFile:
    media_type = refined(content.media_type, name)
    return StoredFile(
        sha256=content.sha256,
        size=content.size,
        media_type=media_type,
        name=safe_name(name, media_type),
        origin_kind=actor.kind,
        origin_id=actor.id,
        channel=actor.channel,
        stored_at=clock.now(),
    )


async def by_id(session: AsyncSession, file_id: int) -> StoredFile:
    """The file; it must exist. Whether somebody may have it is asked where it has a meaning (documents, messages)."""
    return await session.get_one(StoredFile, file_id)
