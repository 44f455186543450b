"""The row of a file says where it came from (DOC-10)."""

from core.actor import Actor, ActorKind, Channel
from core.database import Sessions, transaction
from core.files import files
from core.files.content import Content


async def test_a_file_has_its_origin_and_a_safe_name(sessions: Sessions) -> None:
    actor = Actor(kind=ActorKind.PERSON, id=7, channel=Channel.EMAIL)
    content = Content("ab" * 32, 12, "text/plain")
    async with transaction(sessions) as session:
        recorded = await files.record(session, content, name="../cijfers.csv", actor=actor)
    async with transaction(sessions) as session:
        file = await files.by_id(session, recorded.id)
        assert (file.name, file.media_type, file.sha256, file.size) == ("cijfers.csv", "text/csv", "ab" * 32, 12)
        assert (file.origin_kind, file.origin_id, file.channel) == (ActorKind.PERSON, 7, Channel.EMAIL)
        assert file.stored_at.tzinfo is not None
