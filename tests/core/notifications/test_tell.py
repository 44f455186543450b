"""Who is told on which channel, and what happens when an address stops working (NOTE-1, NOTE-4)."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE, Channel, Language
from core.database import Sessions, transaction
from core.deliveries.models import Delivery
from core.deliveries.sending import Permanent
from core.notifications import tell
from core.people import addresses, arrival, links, persons, preferences
from core.people.chat_key import ChatKey
from core.people.models import Person
from core.people.preferences import News
from core.staff import members
from core.staff.models import StaffRole
from tests.core.dossiers.situation import deliveries, on_telegram, person, staff, stored

BLOCKED = Permanent("bot was blocked by the user", unreachable=True)


async def say(
    session: AsyncSession, reader: Person, *, key: str | None = None, news: News | None = News.MESSAGE
) -> list[Delivery]:
    return await tell.person(session, reader.id, news=news, kind="message_new", values={"subject": "Akte"}, key=key)


async def test_everybody_is_told_on_every_channel_that_they_have(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna", language=Language.EN)
        await on_telegram(session, anna, 1001)
        queued = await say(session, anna)
        assert [(each.channel, each.address) for each in queued] == [
            (Channel.TELEGRAM, "1001"),
            (Channel.EMAIL, "anna@klant.example"),
        ]
        assert {each.language for each in queued} == {Language.EN}
        assert {each.values["name"] for each in queued} == {"Anna"}


@pytest.mark.parametrize(
    ("telegram", "email", "told"),
    [
        (True, True, [Channel.TELEGRAM, Channel.EMAIL]),
        (True, False, [Channel.TELEGRAM]),
        (False, True, [Channel.EMAIL]),
        (False, False, []),
    ],
)
async def test_the_matrix_decides_for_its_own_news(
    sessions: Sessions, telegram: bool, email: bool, told: list[Channel]
) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        await on_telegram(session, anna, 1001)
        for channel, wanted in ((Channel.TELEGRAM, telegram), (Channel.EMAIL, email)):
            await preferences.want(session, anna.id, news=News.MESSAGE, channel=channel, wanted=wanted)
        assert [each.channel for each in await say(session, anna)] == told
        assert len(await say(session, anna, news=News.DOCUMENT)) == 2
        assert len(await say(session, anna, news=None)) == 2


async def test_when_the_wanted_channel_no_longer_works_the_other_is_used(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        await preferences.want(session, anna.id, news=News.MESSAGE, channel=Channel.EMAIL, wanted=False)
        assert await say(session, anna) == [], "never linked, and mail is off: off is off"
        await on_telegram(session, anna, 1001)
        assert [each.channel for each in await say(session, anna)] == [Channel.TELEGRAM]
        await addresses.mark_unreachable(session, channel=Channel.TELEGRAM, value="1001", reason="blocked")
        assert [each.channel for each in await say(session, anna)] == [Channel.EMAIL]


async def test_who_was_unlinked_is_told_by_mail_what_telegram_told(sessions: Sessions) -> None:
    """They can't tell us any more that they want mail after all: the matrix is in the chat."""
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        await preferences.want(session, anna.id, news=News.MESSAGE, channel=Channel.EMAIL, wanted=False)
        await arrival.link(session, ChatKey(7, 1001), anna, telegram_name="Anna")
        assert [each.channel for each in await say(session, anna)] == [Channel.TELEGRAM]
        await links.unlink(session, anna.id, actor=OFFICE, reason="staff")
        assert [each.channel for each in await say(session, anna)] == [Channel.EMAIL]
        await preferences.want(session, anna.id, news=News.MESSAGE, channel=Channel.TELEGRAM, wanted=False)
        assert await say(session, anna) == []


async def test_news_of_the_office_never_comes_over_a_channel_that_is_off(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        await on_telegram(session, anna, 1001)
        await preferences.want(session, anna.id, news=News.NEWS, channel=Channel.EMAIL, wanted=False)
        await addresses.mark_unreachable(session, channel=Channel.TELEGRAM, value="1001", reason="blocked")
        assert await say(session, anna, news=News.NEWS) == []
        assert [each.channel for each in await say(session, anna)] == [Channel.EMAIL]


async def test_what_was_switched_off_meanwhile_does_not_fall_back(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        await on_telegram(session, anna, 1001)
        await preferences.want(session, anna.id, news=News.MESSAGE, channel=Channel.EMAIL, wanted=False)
        [telegram] = await say(session, anna)
        await preferences.want(session, anna.id, news=News.MESSAGE, channel=Channel.TELEGRAM, wanted=False)
        await tell.delivery_failed(session, telegram, BLOCKED)
        assert len(await deliveries(session)) == 1


async def test_who_was_removed_is_told_nothing(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        await persons.remove(session, anna, OFFICE)
        assert await say(session, anna) == []
        assert await tell.person(session, 999, news=None, kind="message_new", values={}) == []


async def test_the_same_key_tells_once(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        assert len(await say(session, anna, key="message-1")) == 1
        assert await say(session, anna, key="message-1") == []
        assert len(await say(session, anna, key="message-2")) == 1


async def test_a_dead_address_is_marked_and_the_other_channel_used_once(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        await on_telegram(session, anna, 1001)
        await preferences.want(session, anna.id, news=News.MESSAGE, channel=Channel.EMAIL, wanted=False)
        file = await stored(session)
        [failed] = await tell.person(
            session,
            anna.id,
            news=News.MESSAGE,
            kind="message_new",
            values={"subject": "Akte"},
            files=tell.as_files([(file, "akte.pdf")]),
            dossier_id=3,
            message_id=4,
            thread="dossier-3-4",
        )
        await tell.delivery_failed(session, failed, BLOCKED)
        await tell.delivery_failed(session, failed, BLOCKED)
        address = (await addresses.of(session, anna.id))[Channel.TELEGRAM]
        assert address.unreachable_since is not None
        assert address.unreachable_reason == "bot was blocked by the user"
        _, again = await deliveries(session)
        assert (again.channel, again.address) == (Channel.EMAIL, "anna@klant.example")
        assert (again.values, again.files, again.thread) == (failed.values, failed.files, "dossier-3-4")
        assert (again.dossier_id, again.message_id, again.person_id) == (3, 4, anna.id)


async def test_what_went_over_both_channels_is_not_sent_again(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        await on_telegram(session, anna, 1001)
        telegram, email = await say(session, anna)
        await tell.delivery_failed(session, telegram, BLOCKED)
        await tell.delivery_failed(session, email, Permanent("550 no such user", unreachable=True))
        assert len(await deliveries(session)) == 2


async def test_a_fallback_that_fails_too_ends_there(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        await on_telegram(session, anna, 1001)
        await preferences.want(session, anna.id, news=News.MESSAGE, channel=Channel.EMAIL, wanted=False)
        [telegram] = await say(session, anna)
        await tell.delivery_failed(session, telegram, Permanent("can't be shown", unreachable=False))
        email = (await deliveries(session))[-1]
        await tell.delivery_failed(session, email, Permanent("552 too big", unreachable=False))
        assert len(await deliveries(session)) == 2
        assert all(each.unreachable_since is None for each in (await addresses.of(session, anna.id)).values())


async def test_a_code_never_falls_back(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        await on_telegram(session, anna, 1001)
        _, email = await tell.person(session, anna.id, news=None, kind="linking_code", values={})
        await tell.delivery_failed(session, email, Permanent("550", unreachable=True))
        assert len(await deliveries(session)) == 2


async def test_staff_are_told_in_their_own_mailbox_while_they_work_here(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        hugo = await staff(session, "Hugo", StaffRole.HANDLER)
        [delivery] = await tell.staff(session, hugo, kind="message_staff", values={"text": "Dag"}, key="message-1")
        assert (delivery.address, delivery.staff_id, delivery.person_id) == ("hugo@kantoor.example", hugo.id, None)
        assert delivery.values == {"name": "Hugo", "text": "Dag"}
        assert await tell.staff(session, hugo, kind="message_staff", values={}, key="message-1") == []
        await members.remove(session, hugo, actor=OFFICE)
        assert await tell.staff(session, hugo, kind="message_staff", values={}) == []
