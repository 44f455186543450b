"""Where a person is reached, what they want to hear, and the form of invitation codes (NOTE-1, NOTE-4, LINK-3)."""

import re

import pytest

from core.actor import Channel
from core.database import transaction
from core.errors import Refused
from core.people import addresses, invitations, preferences
from core.people.preferences import News
from tests.core.people.linkers import Story


async def test_unreachable_keeps_its_first_moment_and_a_sign_of_life_ends_it(story: Story) -> None:
    anna = await story.person()
    moments = []
    for reason in ("550 no such user", "again"):
        async with transaction(story.sessions) as session:
            await addresses.mark_unreachable(session, channel=Channel.EMAIL, value=anna.email, reason=reason)
        async with transaction(story.sessions) as session:
            address = (await addresses.of(session, anna.id))[Channel.EMAIL]
            moments.append((address.unreachable_since, address.unreachable_reason))
    assert moments[0] == moments[1]
    assert moments[0][0] is not None
    assert moments[0][1] == "550 no such user"
    async with transaction(story.sessions) as session:
        await addresses.mark_reachable(session, channel=Channel.EMAIL, value=anna.email)
    async with transaction(story.sessions) as session:
        assert (await addresses.of(session, anna.id))[Channel.EMAIL].unreachable_since is None


async def test_another_address_starts_out_reachable(story: Story) -> None:
    anna = await story.person()
    async with transaction(story.sessions) as session:
        await addresses.mark_unreachable(session, channel=Channel.EMAIL, value=anna.email, reason="x")
    async with transaction(story.sessions) as session:
        await addresses.put(session, anna.id, Channel.EMAIL, anna.email)
        assert (await addresses.of(session, anna.id))[Channel.EMAIL].unreachable_since is not None
        await addresses.put(session, anna.id, Channel.EMAIL, "new@post.example")
    async with transaction(story.sessions) as session:
        address = (await addresses.of(session, anna.id))[Channel.EMAIL]
        assert (address.value, address.unreachable_since) == ("new@post.example", None)


async def test_everything_is_wanted_until_it_is_not(story: Story) -> None:
    anna = await story.person()
    async with transaction(story.sessions) as session:
        cells = await preferences.matrix(session, anna.id)
        assert len(cells) == len(News) * 2
        assert all(cells.values())
    for wanted in (False, True, False):
        async with transaction(story.sessions) as session:
            await preferences.want(session, anna.id, news=News.MESSAGE, channel=Channel.EMAIL, wanted=wanted)
    async with transaction(story.sessions) as session:
        cells = await preferences.matrix(session, anna.id)
        assert [cell for cell, wanted in cells.items() if not wanted] == [(News.MESSAGE, Channel.EMAIL)]


async def test_no_news_goes_over_the_command_line(story: Story) -> None:
    async with transaction(story.sessions) as session:
        with pytest.raises(Refused, match=r"preference\.channel"):
            await preferences.want(session, 1, news=News.NEWS, channel=Channel.CLI, wanted=True)


def test_invitation_codes_are_unambiguous_and_fit_a_deep_link() -> None:
    codes = {invitations.new_code() for _ in range(2000)}
    assert len(codes) == 2000
    for code in codes:
        assert re.fullmatch(r"[ACDEFHJKMNPQRTUVWXY346789]{10}", code)
        assert re.search(r"[A-Z]", code)
        assert re.search(r"[0-9]", code)


async def test_the_first_mail_carries_the_code_only_encrypted(story: Story) -> None:
    anna = await story.person()
    code = await story.invite(anna)
    (mail,) = await story.mails("invitation")
    assert (mail.address, mail.person_id) == (anna.email, anna.id)
    assert set(mail.values) == {"name", "email", "expires_at"}
    assert mail.secret is not None
    assert code.encode() not in mail.secret
