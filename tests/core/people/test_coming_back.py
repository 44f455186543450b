"""Coming back on another phone, an old portal's codes, and a chat that is told that it is over (LINK-2, LINK-9, LINK-13)."""

from datetime import date

import pytest

from core.actor import OFFICE, Channel
from core.database import transaction
from core.office import Office
from core.people import linking, links, persons
from core.people.linking import LinkOutcome
from core.people.models import Person
from tests.core.people.linkers import CHAT, OTHER_CHAT, Story, refused


async def test_a_new_chat_takes_over_and_the_old_one_is_told(story: Story) -> None:
    anna = await story.person()
    await story.link(anna)
    outcome = await story.link(anna, OTHER_CHAT)
    assert outcome.replaced is not None
    async with transaction(story.sessions) as session:
        assert await links.person_of(session, CHAT) is None
        assert await links.person_of(session, OTHER_CHAT) is not None
    told = await story.mails("unlinked_here")
    assert [(each.channel, each.address, each.values["reason"]) for each in told] == [
        (Channel.TELEGRAM, CHAT.address, "relinked")
    ]
    assert "Anna" not in str(told[0].values)


@pytest.mark.parametrize(("reason", "told"), [("logout", 0), ("staff", 1), ("stop", 1)])
async def test_a_chat_that_did_not_ask_for_it_is_told(story: Story, reason: str, told: int) -> None:
    anna = await story.person()
    await story.link(anna)
    async with transaction(story.sessions) as session:
        await links.unlink(session, anna.id, actor=OFFICE, reason=reason)
    assert [each.values["reason"] for each in await story.mails("unlinked_here")] == [reason] * told
    assert len(await story.mails("unlinked")) == 1


async def test_a_removed_person_s_chat_is_told(story: Story) -> None:
    anna = await story.person()
    await story.link(anna)
    async with transaction(story.sessions) as session:
        await persons.remove(session, await session.get_one(Person, anna.id), OFFICE)
    told = (await story.mails("unlinked_here"))[0]
    assert (told.state, told.values["reason"]) == ("queued", "removed")


OLD_PORTAL = Office(replaced_codes_on=date(2026, 9, 1), replaced_codes_pattern=r"[a-z]{2}\d{6}")


@pytest.mark.parametrize(
    ("code", "office", "answer"),
    [
        ("AB123456", OLD_PORTAL, "link.code_replaced"),
        (" ab123456 ", OLD_PORTAL, "link.code_replaced"),
        ("AB1234567", OLD_PORTAL, "link.code_unknown"),
        ("AB123456", Office(), "link.code_unknown"),
        ("AB123456", None, "link.code_unknown"),
    ],
)
async def test_a_code_of_the_old_portal(story: Story, code: str, office: Office | None, answer: str) -> None:
    outcome = await _give(story, code, office)
    assert refused(outcome) == answer
    if outcome.refused is not None and answer == "link.code_replaced":
        assert outcome.refused.values == {"on": "01-09-2026"}


async def test_a_new_code_of_the_same_form_works_and_guessing_is_bounded(story: Story) -> None:
    everything = Office(replaced_codes_on=date(2026, 9, 1), replaced_codes_pattern=".*")
    code = await story.invite(await story.person())
    assert refused(await _give(story, code, everything)) is None
    for _ in range(5):
        assert refused(await _give(story, "ACDEF34678", everything)) == "link.code_replaced"
    assert refused(await _give(story, code, everything)) == "link.too_many_guesses"


async def _give(story: Story, code: str, office: Office | None) -> LinkOutcome:
    async with transaction(story.sessions) as session:
        return await linking.give_code(session, CHAT, code, keys=story.keys, office=office)
