"""Two at once: one code, one person, one chat never give two links."""

import asyncio

from sqlalchemy import func, select

from core.actor import OFFICE
from core.database import transaction
from core.people import links, persons
from core.people.chat_key import ChatKey
from core.people.models import Link, Person
from tests.core.people.linkers import CHAT, OTHER_CHAT, Story, refused


async def _links(story: Story) -> tuple[int, int]:
    """How many links were ever made, and how many stand."""
    async with transaction(story.sessions) as session:
        made = await session.scalar(select(func.count(Link.id)))
        active = await session.scalar(select(func.count(Link.id)).where(Link.revoked_at.is_(None)))
    return made or 0, active or 0


async def test_one_code_in_two_chats_at_once_links_one(story: Story) -> None:
    anna = await story.person()
    code = await story.invite(anna)
    digits = {}
    for chat in (CHAT, OTHER_CHAT):
        await story.code(code, chat)
        await story.email(anna.email, chat)
        digits[chat] = await story.mailed_code()
    outcomes = await asyncio.gather(*(story.enter(digits[chat], chat) for chat in (CHAT, OTHER_CHAT)))
    assert sorted(str(refused(outcome)) for outcome in outcomes) == ["None", "link.code_used"]
    assert await _links(story) == (1, 1)
    assert len(await story.mails("linked")) == 1


async def test_two_taps_at_once_in_one_chat_link_once(story: Story) -> None:
    anna = await story.person()
    await story.begin()
    await story.email(anna.email)
    digits = await story.mailed_code()
    outcomes = await asyncio.gather(*(story.enter(digits) for _ in range(4)))
    assert sorted(str(refused(outcome)) for outcome in outcomes) == ["None", *["link.not_pending"] * 3]
    assert await _links(story) == (1, 1)


async def test_two_chats_that_arrive_at_once_leave_one_link(story: Story) -> None:
    anna = await story.person()
    digits = {}
    chats = [ChatKey(CHAT.bot_id, 1000 + number) for number in range(4)]
    for chat in chats:
        await story.begin(chat)
        await story.email(anna.email, chat)
        digits[chat] = await story.mailed_code()
    outcomes = await asyncio.gather(*(story.enter(digits[chat], chat) for chat in chats))
    assert [refused(outcome) for outcome in outcomes] == [None] * 4
    assert await _links(story) == (4, 1)
    assert sum(outcome.replaced is not None for outcome in outcomes) == 3


async def test_wrong_tries_at_once_are_all_counted(story: Story) -> None:
    await story.begin()
    await story.email((await story.person()).email)
    digits = await story.mailed_code()
    guesses = [f"{(int(digits) + add) % 1_000_000:06d}" for add in range(1, 9)]
    outcomes = await asyncio.gather(*(story.enter(guess) for guess in guesses))
    codes = [refused(outcome) for outcome in outcomes]
    assert codes.count("link.digits_wrong") == 4
    assert codes.count("link.too_many_guesses") == 4
    assert refused(await story.enter(digits)) == "link.too_many_guesses"


async def test_a_person_removed_while_linking_is_not_linked(story: Story) -> None:
    anna = await story.person()
    await story.begin()
    await story.email(anna.email)
    digits = await story.mailed_code()

    async def remove() -> None:
        async with transaction(story.sessions) as session:
            await persons.remove(session, await session.get_one(Person, anna.id), OFFICE)

    await asyncio.gather(story.enter(digits), remove())
    assert (await _links(story))[1] == 0


async def test_everything_at_once_never_waits_in_a_circle(story: Story) -> None:
    """Invitations, codes, digits, unlinking and removal of one person, all at once: no deadlock, at most one link."""
    anna = await story.person()
    chats = [ChatKey(CHAT.bot_id, 2000 + number) for number in range(6)]
    digits = {}
    for chat in chats:
        await story.begin(chat)
        await story.email(anna.email, chat)
        digits[chat] = await story.mailed_code()

    async def unlink() -> None:
        async with transaction(story.sessions) as session:
            await links.unlink(session, anna.id, actor=OFFICE, reason="staff")

    await asyncio.gather(
        *(story.enter(digits[chat], chat) for chat in chats[:3]),
        *(story.invite(anna) for _ in range(2)),
        *(story.email(anna.email, chat) for chat in chats[3:]),
        *(unlink() for _ in range(2)),
    )
    assert (await _links(story))[1] <= 1
