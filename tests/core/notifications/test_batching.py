"""Bursts are told together: the first at once, the rest of the minute in one delivery (NOTE-3)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Channel
from core.database import Sessions, transaction
from core.deliveries.models import Delivery, DeliveryState, Lane
from core.deliveries.sending import Permanent
from core.notifications import batching, tell
from core.office import Office
from core.people import preferences
from core.people.models import Person
from core.people.preferences import News
from tests.core.dossiers.situation import deliveries, on_telegram, person, stored
from tests.support.clocks import HandClock, stop_clock

OFFICE = Office(batch_seconds=60)
BLOCKED = Permanent("bot was blocked by the user", unreachable=True)


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    return stop_clock(monkeypatch)


async def anna_of(session: AsyncSession) -> Person:
    anna = await person(session, "Anna")
    await on_telegram(session, anna, 1001)
    return anna


async def say(
    session: AsyncSession, reader: Person, n: int, kind: str = "message_new", **options: Any
) -> list[Delivery]:
    news = News.MESSAGE if kind == "message_new" else News.DOCUMENT
    values = {"subject": f"Akte {n}", "text": "Beste klant", "dossier_id": 3}
    given: dict[str, Any] = {"office": OFFICE, "dossier_id": 3, "message_id": n, "thread": f"thread-{n}"}
    given |= {"key": f"{kind}-{n}"} | options
    return await tell.person(session, reader.id, news=news, kind=kind, values=values, **given)


async def over(session: AsyncSession, channel: Channel) -> list[Delivery]:
    return [each for each in await deliveries(session) if each.channel == channel]


def seconds(delivery: Delivery, hand: HandClock) -> float:
    """In how many seconds it goes."""
    return (delivery.due_at - hand()).total_seconds()


async def test_the_first_goes_at_once_and_the_rest_of_the_minute_together(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        for n in range(1, 5):
            await say(session, anna, n)
            hand.forward(10)
        first, digest = await over(session, Channel.TELEGRAM)
        assert (first.kind, first.values["subject"], seconds(first, hand)) == ("message_new", "Akte 1", -40)
        assert (digest.kind, digest.values["count"], seconds(digest, hand)) == ("digest", 3, 20)
        assert digest.values["name"] == "Anna"
        assert [item["subject"] for item in digest.values["items"]] == ["Akte 2", "Akte 3", "Akte 4"]
        assert {item["kind"] for item in digest.values["items"]} == {"message_new"}
        assert "Beste klant" not in str(digest.values)
        assert (digest.dossier_id, digest.message_id, digest.thread) == (3, None, None)


async def test_by_mail_messages_keep_a_mail_of_their_own(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        for n in (1, 2, 3):
            await say(session, anna, n)
        mails = await over(session, Channel.EMAIL)
        assert [(each.kind, each.message_id, each.thread, seconds(each, hand)) for each in mails] == [
            ("message_new", n, f"thread-{n}", 0) for n in (1, 2, 3)
        ]


async def test_by_mail_documents_go_together_with_all_their_files(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        for n in (1, 2, 3):
            files = tell.as_files([(await stored(session), f"akte {n}.pdf")])
            await say(session, anna, n, "document_new", files=files)
        _, digest = await deliveries(session)
        assert (digest.kind, digest.values["count"], len(digest.values["items"])) == ("digest", 2, 2)
        assert [file["name"] for file in digest.files] == ["akte 2.pdf", "akte 3.pdf"]


async def test_one_thing_alone_is_told_as_itself(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        await say(session, anna, 1)
        await say(session, anna, 2)
        _, second = await over(session, Channel.TELEGRAM)
        assert (second.kind, second.values["subject"], second.message_id) == ("message_new", "Akte 2", 2)
        assert seconds(second, hand) == 60


async def test_a_stream_is_told_once_a_minute(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        start = hand()
        for n in range(30):
            await say(session, anna, n)
            hand.forward(10)
            for each in await over(session, Channel.TELEGRAM):
                if each.state == DeliveryState.QUEUED and each.due_at <= hand():
                    each.state = DeliveryState.SENT
            await session.flush()
        told = await over(session, Channel.TELEGRAM)
        assert [(each.due_at - start).total_seconds() for each in told] == [0, 60, 120, 180, 240, 300]
        assert [each.values.get("count", 1) for each in told] == [1, 5, 6, 6, 6, 6]


async def test_after_a_quiet_minute_the_next_goes_at_once(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        await say(session, anna, 1)
        hand.forward(60)
        [second, _] = await say(session, anna, 2)
        assert seconds(second, hand) == 0


async def test_what_is_late_still_collects_until_it_is_tried(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        for n in (1, 2):
            await say(session, anna, n)
        hand.forward(300)
        await say(session, anna, 3)
        _, digest = await over(session, Channel.TELEGRAM)
        assert digest.values["count"] == 2
        digest.state, digest.attempts = DeliveryState.SENDING, 1
        await session.flush()
        await say(session, anna, 4)
        *_, fourth = await over(session, Channel.TELEGRAM)
        assert (fourth.kind, fourth.values["subject"]) == ("message_new", "Akte 4")
        assert fourth.id != digest.id


async def test_the_same_news_is_told_once(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        for _ in range(3):
            for n in (1, 2, 3):
                await say(session, anna, n)
        assert len(await over(session, Channel.EMAIL)) == 3
        _, digest = await over(session, Channel.TELEGRAM)
        assert digest.values["count"] == 2


async def test_what_somebody_waits_for_is_never_held_back(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        for n in (1, 2):
            await say(session, anna, n, lane=Lane.INTERACTIVE)
            await say(session, anna, n, "linking_code")
        assert {seconds(each, hand) for each in await deliveries(session)} == {0}


async def test_an_office_may_want_each_at_once(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        for n in (1, 2, 3):
            await say(session, anna, n, office=Office(batch_seconds=0))
        assert {(each.kind, seconds(each, hand)) for each in await deliveries(session)} == {("message_new", 0)}


async def test_a_long_list_names_some_and_a_mail_names_all(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        for n in range(50):
            files = tell.as_files([(await stored(session), f"akte {n}.pdf")])
            await say(session, anna, n, "document_new", files=files)
        _, digest = await over(session, Channel.TELEGRAM)
        assert (digest.values["count"], len(digest.values["items"]), digest.files) == (49, batching.LISTED, [])
        _, *mails = await over(session, Channel.EMAIL)
        assert [(each.values["count"], len(each.values["items"]), len(each.files)) for each in mails] == [
            (20, 20, 20),
            (20, 20, 20),
            (9, 9, 9),
        ]
        assert {seconds(each, hand) for each in mails} == {60}


async def test_a_mail_takes_no_more_than_it_can_carry(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await person(session, "Anna")
        for n in range(4):
            [file] = tell.as_files([(await stored(session), f"akte {n}.pdf")])
            await say(session, anna, n, "document_new", files=[file | {"size": 6_000_000}])
        assert [each.kind for each in await deliveries(session)] == ["document_new"] * 4


async def test_another_chat_is_another_delivery(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        for n in (1, 2):
            await say(session, anna, n)
        await on_telegram(session, anna, 2002)
        await say(session, anna, 3)
        assert [each.address for each in await over(session, Channel.TELEGRAM)] == ["1001", "1001", "2002"]


async def test_a_digest_that_fails_falls_back_to_what_was_not_told(sessions: Sessions, hand: HandClock) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        await preferences.want(session, anna.id, news=News.MESSAGE, channel=Channel.EMAIL, wanted=False)
        await preferences.want(session, anna.id, news=News.DOCUMENT, channel=Channel.EMAIL, wanted=False)
        await say(session, anna, 0)
        for n in (1, 2):
            await say(session, anna, n)
        for n in (3, 4, 5):
            files = tell.as_files([(await stored(session), f"akte {n}.pdf")])
            await say(session, anna, n, "document_new", files=files)
        await preferences.want(session, anna.id, news=News.DOCUMENT, channel=Channel.EMAIL, wanted=True)
        await say(session, anna, 6, "document_new")
        _, digest = await over(session, Channel.TELEGRAM)
        assert digest.values["count"] == 6
        for _ in range(2):
            await tell.delivery_failed(session, digest, BLOCKED)
        told, *mails = await over(session, Channel.EMAIL)
        assert told.message_id == 6
        assert [(each.kind, each.message_id) for each in mails] == [
            ("message_new", 1),
            ("message_new", 2),
            ("digest", None),
        ]
        assert mails[0].values["text"] == "Beste klant"
        assert [item["subject"] for item in mails[2].values["items"]] == ["Akte 3", "Akte 4", "Akte 5"]
        assert len(mails[2].files) == 3


async def test_a_burst_of_transactions_makes_one_digest(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await anna_of(session)
        bram = await person(session, "Bram")
        await on_telegram(session, bram, 1002)

    async def told(n: int) -> None:
        async with transaction(sessions) as session:
            for reader in (anna, bram):
                await say(session, reader, n)

    async with asyncio.TaskGroup() as burst:
        for n in range(12):
            burst.create_task(told(n))
    async with transaction(sessions) as session:
        for address in ("1001", "1002"):
            first, digest = [each for each in await over(session, Channel.TELEGRAM) if each.address == address]
            assert (first.kind, digest.kind, digest.values["count"]) == ("message_new", "digest", 11)
