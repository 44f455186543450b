"""Time and guessing: what expires, how often one may try, and that a wrong guess is never forgotten (LINK-3, 5, 15)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from core.actor import OFFICE
from core.audit import log
from core.database import transaction
from core.people import code_mails, invitations, linking, links
from core.people.chat_key import ChatKey
from tests.core.people.linkers import CHAT, OTHER_CHAT, Story, refused, wrong

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


async def test_an_invitation_expires_after_its_days(story: Story, time: time_machine.Traveller) -> None:
    code = await story.invite(await story.person())
    time.move_to(NOON + timedelta(days=14) - timedelta(seconds=1))
    assert refused(await story.code(code)) is None
    time.move_to(NOON + timedelta(days=14))
    assert refused(await story.code(code, OTHER_CHAT)) == "link.code_expired"
    assert refused(await story.email("anna@post.example")) == "link.code_expired"


async def test_the_digits_expire_after_ten_minutes(story: Story, time: time_machine.Traveller) -> None:
    await story.begin()
    await story.email((await story.person()).email)
    time.shift(timedelta(minutes=10))
    assert refused(await story.enter(await story.mailed_code())) == "link.digits_expired"


async def test_an_unfinished_linking_ends_after_a_day(story: Story, time: time_machine.Traveller) -> None:
    await story.begin()
    time.shift(timedelta(hours=24))
    async with transaction(story.sessions) as session:
        assert await linking.pending(session, CHAT) is None
    assert refused(await story.begin()) is None


async def test_fresh_digits_after_a_minute_and_the_old_ones_stop(story: Story, time: time_machine.Traveller) -> None:
    await story.begin()
    await story.email((await story.person()).email)
    old = await story.mailed_code()
    time.shift(timedelta(seconds=59))
    outcome = await story.resend()
    assert outcome.refused is not None
    assert (outcome.refused.code, outcome.refused.values) == ("link.resend_too_soon", {"seconds": 1})
    time.shift(timedelta(seconds=1))
    assert refused(await story.resend()) is None
    new = await story.mailed_code()
    assert len(await story.mails("linking_code")) == 2
    if old != new:
        assert refused(await story.enter(old)) == "link.digits_wrong"
    assert (await story.enter(new)).person is not None


async def test_the_wait_of_a_resend_is_the_same_for_an_unknown_address(
    story: Story, time: time_machine.Traveller
) -> None:
    await story.begin()
    await story.email("nobody@post.example")
    assert refused(await story.resend()) == "link.resend_too_soon"
    time.shift(timedelta(minutes=1))
    assert refused(await story.resend()) is None
    assert await story.mails("linking_code") == []


async def test_five_wrong_digits_then_a_wait_of_an_hour(story: Story, time: time_machine.Traveller) -> None:
    await story.begin()
    await story.email((await story.person()).email)
    digits = await story.mailed_code()
    left = []
    for _ in range(4):
        outcome = await story.enter(wrong(digits))
        assert outcome.refused is not None
        left.append(outcome.refused.values["left"])
    assert left == [4, 3, 2, 1]
    fifth = await story.enter(wrong(digits))
    assert fifth.refused is not None
    assert (fifth.refused.code, fifth.refused.values) == ("link.too_many_guesses", {"minutes": 60})
    assert refused(await story.enter(digits)) == "link.too_many_guesses"
    time.shift(timedelta(minutes=59, seconds=30))
    again = await story.code("ACDEF34678")
    assert again.refused is not None
    assert again.refused.values == {"minutes": 1}
    time.shift(timedelta(seconds=30))
    await story.begin()
    await story.email("anna@post.example")
    assert (await story.enter(await story.mailed_code())).person is not None


async def test_wrong_invitation_codes_and_wrong_digits_share_one_bound(
    story: Story, time: time_machine.Traveller
) -> None:
    anna = await story.person()
    for number in range(3):
        assert refused(await story.code(f"ACDEF3467{number}")) == "link.code_unknown"
    await story.begin()
    await story.email(anna.email)
    digits = await story.mailed_code()
    assert refused(await story.enter(wrong(digits))) == "link.digits_wrong"
    assert refused(await story.enter(wrong(digits))) == "link.too_many_guesses"
    assert refused(await story.code(await story.invite(anna))) == "link.too_many_guesses"
    assert refused(await story.code("ACDEF34678", OTHER_CHAT)) == "link.code_unknown"


async def test_staff_see_that_somebody_was_guessing(story: Story, time: time_machine.Traveller) -> None:
    for _ in range(6):
        await story.code("ACDEF34678")
    async with transaction(story.sessions) as session:
        entries = await log.listing(session, act="link.guessing_stopped")
    assert [(entry.subject_kind, entry.subject_id) for entry in entries] == [("chat", CHAT.chat_id)]
    assert entries[0].details == {"bot_id": CHAT.bot_id}


async def test_a_code_bounds_the_addresses_tried_with_it_from_any_chat(
    story: Story, time: time_machine.Traveller
) -> None:
    code = await story.invite(await story.person())
    await story.code(code)
    for number in range(5):
        assert refused(await story.email(f"guess{number}@post.example")) is None
    assert refused(await story.email("anna@post.example")) == "link.too_many_guesses"
    assert refused(await story.code(code, OTHER_CHAT)) == "link.too_many_guesses"


async def test_the_bound_on_addresses_tells_nothing_about_them(story: Story, time: time_machine.Traveller) -> None:
    """A right address among the five counts as the wrong ones do."""
    await story.person()
    await story.begin()
    given = ["anna@post.example", *(f"guess{number}@post.example" for number in range(4)), "sixth@post.example"]
    assert [refused(await story.email(email)) for email in given] == [*[None] * 5, "link.too_many_guesses"]


async def test_one_mailbox_is_not_flooded_from_many_chats(story: Story, time: time_machine.Traveller) -> None:
    anna = await story.person()
    for number in range(12):
        await asked(story, anna.email, chat_number(number), times=2)
    assert len(await story.mails("linking_code")) == code_mails.FIRST.limit + code_mails.AGAIN.limit
    time.shift(timedelta(hours=1))
    assert (await story.link(anna)).person is not None


async def test_two_strangers_do_not_use_up_what_the_owner_needs(story: Story, time: time_machine.Traveller) -> None:
    """LINK-10 for a new telephone: a chat can ask five times, but not in the place of others."""
    anna = await story.person()
    for number in range(2):
        await asked(story, anna.email, chat_number(number), times=5)
    before = len(await story.mails("linking_code"))
    assert before == 2 + code_mails.AGAIN.limit
    assert (await story.link(anna)).person is not None
    assert len(await story.mails("linking_code")) == before + 1


@pytest.mark.parametrize("way", ["invitation", "own chat"])
async def test_who_has_more_than_the_address_gets_a_code_whatever_strangers_do(
    story: Story, time: time_machine.Traveller, way: str
) -> None:
    anna = await story.person()
    await story.link(anna)
    for number in range(20):
        await asked(story, anna.email, chat_number(number), times=2)
    if way == "invitation":
        await story.code(await story.invite(anna), OTHER_CHAT)
        await story.email(anna.email, OTHER_CHAT)
        assert (await story.enter(await story.mailed_code(), OTHER_CHAT)).person is not None
        return
    async with transaction(story.sessions) as session:
        await links.unlink(session, anna.id, actor=OFFICE, reason="logout")
    assert (await story.link(anna)).person is not None


async def asked(story: Story, email: str, chat: ChatKey, *, times: int) -> None:
    for _ in range(times):
        await story.begin(chat)
        assert refused(await story.email(email, chat)) is None


def chat_number(number: int) -> ChatKey:
    return ChatKey(CHAT.bot_id, 100 + number)


async def test_a_revoked_invitation_stops_a_linking_that_is_under_way(
    story: Story, time: time_machine.Traveller
) -> None:
    anna = await story.person()
    await story.code(await story.invite(anna))
    await story.email(anna.email)
    async with transaction(story.sessions) as session:
        invitation = (await invitations.listing(session, anna.id))[0]
        assert await invitations.revoke(session, invitation, actor=OFFICE)
        assert not await invitations.revoke(session, invitation, actor=OFFICE)
    assert refused(await story.enter(await story.mailed_code())) == "link.code_expired"
