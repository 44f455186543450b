"""What was on its way when somebody lost access is not tried again, nor told another way (DOS-7, NOTE-4, DOC-9)."""

import asyncio

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import accounts
from core.accounts.models import Role
from core.actor import OFFICE, Actor, ActorKind, Channel
from core.database import Sessions, Wake, transaction
from core.deliveries import ledger
from core.deliveries.models import Delivery, DeliveryState
from core.deliveries.sending import Permanent, Temporary
from core.documents import documents, feed
from core.documents.models import Document, Shelf
from core.dossiers import dossiers
from core.messages import messages
from core.notifications import tell
from core.office import Office
from core.people import persons, preferences
from core.people.models import Person
from core.people.preferences import News
from tests.core.deliveries.ground import Sender, end_leases, make_due, worker
from tests.core.dossiers.situation import Situation, on_telegram, opened, refusing, situation, stored
from tests.core.dossiers.situation import worker as by_mail
from tests.support.waiting import until

GONE = Permanent("bot was blocked by the user", unreachable=True)
FEED = Actor(kind=ActorKind.OFFICE, id=0, channel=Channel.FEED)


async def told_by_telegram_only(session: AsyncSession, person: Person) -> None:
    await on_telegram(session, person, 5)
    for news in News:
        await preferences.want(session, person.id, news=news, channel=Channel.EMAIL, wanted=False)


async def with_news(session: AsyncSession, office: Office) -> Situation:
    """Anna, who wants to hear in Telegram only, has a message on its way."""
    here = await situation(session)
    await told_by_telegram_only(session, here.anna)
    await messages.post(session, here.dossier, actor=by_mail(here.hugo), subject="Bod", text="Geheim", office=office)
    return here


async def of_anna(sessions: Sessions, here: Situation) -> list[tuple[str, str]]:
    query = select(Delivery).where(Delivery.person_id == here.anna.id).order_by(Delivery.id)
    async with transaction(sessions) as session:
        return [(each.channel, each.state) for each in await session.scalars(query)]


async def taken_out(sessions: Sessions, here: Situation) -> None:
    async with transaction(sessions) as session:
        await dossiers.remove_participant(session, here.dossier, here.anna, OFFICE)


@pytest.mark.parametrize("answer", [GONE, Temporary("Telegram is away"), Permanent("can't be shown")])
async def test_what_is_being_sent_ends_there_for_who_is_taken_out(
    sessions: Sessions, wake: Wake, office: Office, answer: Exception
) -> None:
    async with transaction(sessions) as session:
        here = await with_news(session, office)
    sender = Sender(lambda _: answer)
    sender.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, sender, on_failed=tell.delivery_failed).drain())
        await until(lambda: sender.begun == 1)
        await taken_out(sessions, here)
        sender.gate.set()
    await make_due(sessions)
    await worker(sessions, wake, (later := Sender())).drain()
    assert later.sent == []
    [(channel, state)] = await of_anna(sessions, here)
    assert (channel, state) in {(Channel.TELEGRAM, DeliveryState.FAILED), (Channel.TELEGRAM, DeliveryState.CANCELLED)}


async def test_what_a_lost_worker_was_sending_is_not_taken_over(sessions: Sessions, wake: Wake, office: Office) -> None:
    async with transaction(sessions) as session:
        here = await with_news(session, office)
        held = update(Delivery).where(Delivery.person_id == here.anna.id)
        await session.execute(
            held.values(state=DeliveryState.SENDING, worker="lost", lease_until=here.dossier.created_at)
        )
    await taken_out(sessions, here)
    await end_leases(sessions)
    await worker(sessions, wake, (sender := Sender())).drain()
    assert sender.sent == []
    assert await of_anna(sessions, here) == [(Channel.TELEGRAM, DeliveryState.CANCELLED)]


async def test_a_mail_that_comes_back_later_and_a_second_try_by_staff_tell_nothing_more(
    sessions: Sessions, office: Office
) -> None:
    async with transaction(sessions) as session:
        here = await with_news(session, office)
        await session.execute(update(Delivery).values(state=DeliveryState.SENT))
    await taken_out(sessions, here)
    async with transaction(sessions) as session:
        sent = (await session.scalars(select(Delivery).where(Delivery.person_id == here.anna.id))).one()
        sent.state = DeliveryState.FAILED
        await tell.delivery_failed(session, sent, GONE)
    assert await of_anna(sessions, here) == [(Channel.TELEGRAM, DeliveryState.FAILED)]
    async with transaction(sessions) as session:
        with refusing("delivery.taken_back"):
            await ledger.retry(session, sent.id, OFFICE)


@pytest.mark.parametrize("state", [DeliveryState.SENDING, DeliveryState.SENT])
async def test_a_digest_that_fails_tells_the_rest_the_other_way(sessions: Sessions, state: DeliveryState) -> None:
    office = Office(batch_seconds=60)
    async with transaction(sessions) as session:
        here = await situation(session)
        await told_by_telegram_only(session, here.anna)
        other = await opened(session, here.account, "2026-0099")
        await dossiers.add_participant(session, other, here.anna, OFFICE)
        for into, name in ((other, "eerst"), (here.dossier, "weg"), (other, "blijft")):
            file = await stored(session, f"{name}.pdf")
            await documents.publish(
                session, into, shelf=Shelf.DOCUMENTS, file=file, name=f"{name}.pdf", actor=OFFICE, office=office
            )
        digest = (
            await session.scalars(select(Delivery).where(Delivery.kind == "digest", Delivery.person_id == here.anna.id))
        ).one()
        digest.state = state
    await taken_out(sessions, here)
    async with transaction(sessions) as session:
        digest = await session.get_one(Delivery, digest.id)
        assert state == DeliveryState.SENT or "weg" not in str((digest.values, digest.files))
        await tell.delivery_failed(session, digest, Permanent("can't be shown"))
        mails = await session.scalars(
            select(Delivery).where(Delivery.person_id == here.anna.id, Delivery.channel == Channel.EMAIL)
        )
        assert [each.values["document_name"] for each in mails] == ["blijft.pdf"]


async def test_nothing_is_tried_again_for_who_was_removed(sessions: Sessions, wake: Wake, office: Office) -> None:
    async with transaction(sessions) as session:
        here = await with_news(session, office)
    sender = Sender(lambda _: Temporary("Telegram is away"))
    sender.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(sessions, wake, sender).drain())
        await until(lambda: sender.begun == 1)
        async with transaction(sessions) as session:
            await persons.remove(session, await session.get_one(Person, here.anna.id), OFFICE)
        sender.gate.set()
    assert await of_anna(sessions, here) == [(Channel.TELEGRAM, DeliveryState.CANCELLED)]


@pytest.mark.parametrize("how_many", [1, 3])
async def test_a_document_that_is_confidential_after_all_goes_along_with_no_mail(
    sessions: Sessions, how_many: int
) -> None:
    """The feed corrects it within the minute: who was not told yet is told without the file."""
    office = Office(batch_seconds=60)
    line = (
        '{"type": "document", "key": "D-%d", "dossier": "2026-0012", "shelf": "documents", "name": "akte-%d.pdf",'
        ' "file": "akte.pdf", "sha256": "%s", "confidential": true}'
    )
    async with transaction(sessions) as session:
        here = await situation(session)
        for number in range(how_many):
            file = await stored(session, f"akte-{number}.pdf")
            await documents.publish(
                session,
                here.dossier,
                shelf=Shelf.DOCUMENTS,
                file=file,
                name=f"akte-{number}.pdf",
                actor=OFFICE,
                external_key=f"D-{number}",
                office=office,
            )
    async with transaction(sessions) as session:
        last = how_many - 1
        assert await feed.apply(
            session, feed.read_line(line % (last, last, "a" * 64), 1), actor=FEED, number=1, files={}
        )
    async with transaction(sessions) as session:
        document = (await session.scalars(select(Document).where(Document.external_key == f"D-{last}"))).one()
        assert document.confidential
        mail = (
            await session.scalars(
                select(Delivery)
                .where(Delivery.person_id == here.anna.id, Delivery.state == DeliveryState.QUEUED)
                .order_by(Delivery.id)
            )
        ).all()[-1]
        assert f"akte-{last}" not in str(mail.files)
        if how_many == 1:
            assert (mail.files, mail.values["confidential"]) == ([], True)
        else:
            assert [file["name"] for file in mail.files] == ["akte-1.pdf"]
            assert [item["confidential"] for item in mail.values["items"]] == [False, True]


async def test_who_may_no_longer_see_dossiers_is_told_no_more_of_them(sessions: Sessions, office: Office) -> None:
    """A role that sees no dossiers: what waits is taken back at once (TEAM-7)."""
    async with transaction(sessions) as session:
        here = await situation(session)
        await accounts.add_member(session, here.account, here.bram, actor=OFFICE)
        await accounts.add_member(session, here.account, here.anna, actor=OFFICE, role=Role.USER)
        here.anna.external_key = "K-1"
        await messages.post(
            session, here.dossier, actor=by_mail(here.hugo), subject="Bod", text="Geheim", office=office
        )
    line = '{"type": "membership", "account": "A-1", "person": "K-1", "role": "product_access"}'
    async with transaction(sessions) as session:
        assert await feed.apply(session, feed.read_line(line, 1), actor=FEED, number=1, files={})
    assert await of_anna(sessions, here) == [(Channel.EMAIL, DeliveryState.CANCELLED)]
