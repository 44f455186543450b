"""A link: cut at once, told by mail, welcomed once (LINK-7, LINK-13)."""

from core.actor import OFFICE, Actor, ActorKind, Channel
from core.audit import log
from core.database import transaction
from core.people import addresses, links
from core.people.chat_key import ChatKey
from core.people.models import Link
from tests.core.people.linkers import CHAT, OTHER_CHAT, Story


async def test_unlinking_works_at_once_and_is_told_once(story: Story) -> None:
    anna = await story.person()
    await story.link(anna)
    staff = Actor(kind=ActorKind.STAFF, id=4, channel=Channel.CLI)
    async with transaction(story.sessions) as session:
        cut = await links.unlink(session, anna.id, actor=staff, reason="staff")
        assert cut is not None
        assert cut.revoked_at is not None
    async with transaction(story.sessions) as session:
        assert await links.unlink(session, anna.id, actor=staff, reason="staff") is None
        assert await links.person_of(session, CHAT) is None
        assert set(await addresses.of(session, anna.id)) == {Channel.EMAIL}
        entry = (await log.listing(session, act="link.revoked"))[0]
        assert (entry.actor_id, entry.details) == (4, {"reason": "staff"})
    (mail,) = await story.mails("unlinked")
    assert (mail.address, mail.values["telegram_name"], mail.values["by"]) == ("anna@post.example", "Anna V.", "staff")


async def test_a_chat_is_free_after_unlinking(story: Story) -> None:
    anna = await story.person()
    bert = await story.person("Bert", "bert@post.example")
    await story.link(anna)
    async with transaction(story.sessions) as session:
        await links.unlink(session, anna.id, actor=OFFICE, reason="logout")
    assert (await story.link(bert)).person is not None
    async with transaction(story.sessions) as session:
        known = await links.person_of(session, CHAT)
        assert known is not None
        assert known.name == "Bert"


async def test_a_chat_of_another_bot_is_another_chat(story: Story) -> None:
    await story.link(await story.person())
    async with transaction(story.sessions) as session:
        assert await links.person_of(session, ChatKey(CHAT.bot_id + 1, CHAT.chat_id)) is None


async def test_a_person_is_welcomed_once_in_their_life(story: Story) -> None:
    anna = await story.person()
    welcomes = []
    for chat in (CHAT, OTHER_CHAT):
        outcome = await story.link(anna, chat)
        assert outcome.link is not None
        for _ in range(2):
            async with transaction(story.sessions) as session:
                welcomes.append(await links.welcome(session, await session.get_one(Link, outcome.link.id)))
    assert welcomes == [True, False, False, False]
