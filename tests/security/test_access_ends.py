"""Who is taken out of a dossier or an account sees and hears no more of it (DOS-7, TEAM-6)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import accounts
from core.accounts.models import Role
from core.actor import OFFICE, Actor, ActorKind, Channel
from core.database import Sessions, transaction
from core.deliveries.models import Delivery, DeliveryState
from core.documents import documents, expiry, feed
from core.documents.models import Shelf
from core.dossiers import dossiers
from core.messages import messages
from core.notifications.models import Notification
from core.office import Office
from tests.core.dossiers.situation import Situation, customer, on_telegram, opened, refusing, situation, stored, worker

FEED = Actor(kind=ActorKind.OFFICE, id=0, channel=Channel.FEED)


async def waiting(session: AsyncSession, here: Situation) -> list[Delivery]:
    query = select(Delivery).where(Delivery.person_id == here.anna.id, Delivery.state == DeliveryState.QUEUED)
    return list(await session.scalars(query.order_by(Delivery.id)))


async def test_news_that_waits_is_not_told_to_who_was_taken_out(sessions: Sessions, office: Office) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await messages.post(
            session, here.dossier, actor=worker(here.hugo), subject="Het bod", text="Geheim", office=office
        )
        assert [each.kind for each in await waiting(session, here)] == ["message_new"]
    async with transaction(sessions) as session:
        await dossiers.remove_participant(session, here.dossier, here.anna, OFFICE)
    async with transaction(sessions) as session:
        assert await waiting(session, here) == []
        bram = await session.scalars(select(Delivery.state).where(Delivery.person_id == here.bram.id))
        assert set(bram) == {DeliveryState.QUEUED}


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.TELEGRAM])
async def test_a_digest_goes_on_without_the_dossier(sessions: Sessions, channel: Channel) -> None:
    office = Office(batch_seconds=60)
    async with transaction(sessions) as session:
        here = await situation(session)
        await on_telegram(session, here.anna, 5)
        other = await opened(session, here.account, "2026-0099")
        await dossiers.add_participant(session, other, here.anna, OFFICE)
        for into, name in ((other, "eerst"), (here.dossier, "weg"), (other, "blijft")):
            file = await stored(session, f"{name}.pdf")
            await documents.publish(
                session, into, shelf=Shelf.DOCUMENTS, file=file, name=f"{name}.pdf", actor=OFFICE, office=office
            )
        digest = next(each for each in await waiting(session, here) if (each.channel, each.kind) == (channel, "digest"))
        assert digest.values["count"] == 2
    async with transaction(sessions) as session:
        await dossiers.remove_participant(session, here.dossier, here.anna, OFFICE)
    async with transaction(sessions) as session:
        left = [each for each in await waiting(session, here) if each.channel == channel]
        assert [each.dossier_id for each in left] == [other.id, None]
        assert (left[1].values["count"], [item["document_name"] for item in left[1].values["items"]]) == (
            1,
            ["blijft.pdf"],
        )
        assert "weg" not in str((left[1].values, left[1].files))
        told = await session.scalars(select(Notification).where(Notification.delivery_id == left[1].id))
        assert [each.dossier_id for each in told] == [other.id]


async def test_a_digest_of_nothing_else_is_not_sent(sessions: Sessions) -> None:
    office = Office(batch_seconds=60)
    async with transaction(sessions) as session:
        here = await situation(session)
        for name in ("een", "twee", "drie"):
            file = await stored(session, f"{name}.pdf")
            await documents.publish(
                session, here.dossier, shelf=Shelf.DOCUMENTS, file=file, name=name, actor=OFFICE, office=office
            )
        assert [each.kind for each in await waiting(session, here)] == ["document_new", "digest"]
        assert office.batch_seconds == timedelta(minutes=1).total_seconds()
    async with transaction(sessions) as session:
        await dossiers.remove_participant(session, here.dossier, here.anna, OFFICE)
        assert await waiting(session, here) == []


@pytest.mark.parametrize("before", [0, 2])
async def test_a_document_that_was_published_by_mistake_is_not_sent_once_withdrawn(
    sessions: Sessions, before: int
) -> None:
    """By mail the file itself goes along: withdrawn within the minute, it goes to nobody; other news goes on."""
    office = Office(batch_seconds=60)
    async with transaction(sessions) as session:
        here = await situation(session)
        for name in [*(f"goed-{number}.pdf" for number in range(before)), "fout.pdf"]:
            file = await stored(session, name)
            wrong = await documents.publish(
                session, here.dossier, shelf=Shelf.DOCUMENTS, file=file, name=name, actor=OFFICE, office=office
            )
    async with transaction(sessions) as session:
        assert "fout.pdf" in str([each.files for each in await waiting(session, here)])
        assert await documents.withdraw(session, await session.merge(wrong), OFFICE)
    async with transaction(sessions) as session:
        left = await waiting(session, here)
        assert "fout" not in str([(each.values, each.files) for each in left])
        assert len(left) == before
        assert "goed-1" in str([each.files for each in left]) or not before


@pytest.mark.parametrize("seconds", [0, 60], ids=["alone", "together"])
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.TELEGRAM])
async def test_nobody_is_warned_about_a_document_that_is_withdrawn(
    sessions: Sessions, channel: Channel, seconds: int
) -> None:
    """The warning that waits is taken back, also after another day was set; that of another document goes."""
    office, last = Office(batch_seconds=seconds), date(2026, 7, 8)
    async with transaction(sessions) as session:
        here = await situation(session)
        await on_telegram(session, here.anna, 5)
        for name in ("blijft.pdf", "ook.pdf", "weg.pdf"):
            file = await stored(session, name)
            wrong = await documents.publish(
                session, here.dossier, shelf=Shelf.DOCUMENTS, file=file, name=name, actor=OFFICE,
                expires_on=last, quiet=True,
            )  # fmt: skip
        await expiry.warn(session, office, date(2026, 7, 1))
        assert "weg.pdf" in str([each.values for each in await waiting(session, here) if each.channel == channel])
    async with transaction(sessions) as session:
        mistaken = await session.merge(wrong)
        await documents.set_expiry(session, mistaken, date(2027, 1, 1), OFFICE)
        assert await documents.withdraw(session, mistaken, OFFICE)
    async with transaction(sessions) as session:
        told = [each.values for each in await waiting(session, here) if each.channel == channel]
        assert "weg.pdf" not in str(told)
        assert "blijft.pdf" in str(told) and "ook.pdf" in str(told)


@pytest.mark.parametrize("by_way_of", [Role.USER, Role.PRODUCT_ACCESS])
async def test_a_removed_member_sees_no_dossier_of_the_account(sessions: Sessions, by_way_of: Role) -> None:
    """Product access hides dossiers only as long as it lasts: its end must not show them again."""
    async with transaction(sessions) as session:
        here = await situation(session)
        await accounts.add_member(session, here.account, here.bram, actor=OFFICE)
        member = await accounts.add_member(session, here.account, here.anna, actor=OFFICE)
        await accounts.set_role(session, member, by_way_of, actor=OFFICE)
        here.anna.external_key = "K-1"
    line = feed.read_line('{"type": "membership", "account": "A-1", "person": "K-1", "removed": true}', 1)
    async with transaction(sessions) as session:
        assert await feed.apply(session, line, actor=FEED, number=1, files={})
    async with transaction(sessions) as session:
        with refusing("dossier.unknown"):
            await dossiers.access(session, customer(here.anna), here.dossier.id)
        assert (await dossiers.access(session, customer(here.bram), here.dossier.id)).id == here.dossier.id
    async with transaction(sessions) as session:
        await dossiers.add_participant(session, here.dossier, here.anna, OFFICE)
        assert (await dossiers.access(session, customer(here.anna), here.dossier.id)).id == here.dossier.id
