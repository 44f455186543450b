"""The ledger: what staff see, send again and take back."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core import clock
from core.actor import OFFICE, Channel
from core.audit import log
from core.database import Sessions, Wake, reading, transaction
from core.deliveries import ledger
from core.deliveries.models import Delivery, DeliveryState
from core.deliveries.sending import Permanent
from core.errors import Refused
from tests.core.deliveries.ground import KEYS, Sender, look, queue, worker


async def fail_everything(sessions: Sessions, wake: Wake) -> None:
    await worker(sessions, wake, Sender(lambda _: Permanent("blocked"))).drain()


async def test_listing_and_counting(sessions: Sessions, wake: Wake) -> None:
    failed = await queue(sessions, 2)
    await fail_everything(sessions, wake)
    mails = await queue(sessions, 3, channel=Channel.EMAIL)
    async with reading(sessions) as session:
        assert [one.id for one in await ledger.listing(session)] == [*reversed(mails), *reversed(failed)]
        assert [one.id for one in await ledger.listing(session, limit=2, before=mails[2])] == [mails[1], mails[0]]
        assert len(await ledger.listing(session, state=DeliveryState.FAILED)) == 2
        assert len(await ledger.listing(session, channel=Channel.EMAIL)) == 3
        assert await ledger.listing(session, person_id=1) == []
        assert await ledger.counts(session) == {
            (Channel.TELEGRAM, DeliveryState.FAILED): 2,
            (Channel.EMAIL, DeliveryState.QUEUED): 3,
        }
        assert await ledger.oldest_due(session, Channel.EMAIL) is not None
        assert await ledger.oldest_due(session, Channel.TELEGRAM) is None


async def test_a_failed_delivery_goes_again(sessions: Sessions, wake: Wake) -> None:
    (number,) = await queue(sessions, 1)
    await fail_everything(sessions, wake)
    async with transaction(sessions) as session:
        again = await ledger.retry(session, number, OFFICE)
        assert again.give_up_at - clock.now() > timedelta(hours=23)
    sender = Sender()
    await worker(sessions, wake, sender).drain()
    assert [one.attempts for one in sender.sent] == [1]
    async with reading(sessions) as session:
        assert [(one.act, one.subject_id) for one in await log.listing(session)] == [("delivery.retried", number)]


@pytest.mark.parametrize("state", ["queued", "sending", "sent"])
async def test_what_is_on_its_way_or_sent_is_not_sent_again(sessions: Sessions, state: str) -> None:
    (number,) = await queue(sessions, 1)
    async with transaction(sessions) as session:
        await session.execute(update(Delivery).values(state=state))
    with pytest.raises(Refused, match=r"delivery\.not_ended"):
        async with transaction(sessions) as session:
            await ledger.retry(session, number, OFFICE)


async def test_a_code_is_not_sent_again(sessions: Sessions, wake: Wake) -> None:
    (number,) = await queue(sessions, 1, secret={"code": "1"}, keys=KEYS)
    await fail_everything(sessions, wake)
    with pytest.raises(Refused, match=r"delivery\.secret_gone"):
        async with transaction(sessions) as session:
            await ledger.retry(session, number, OFFICE)


async def test_what_has_not_gone_is_taken_back_once(sessions: Sessions, wake: Wake) -> None:
    (number,) = await queue(sessions, 1, secret={"code": "1"}, keys=KEYS)
    for _ in range(2):
        async with transaction(sessions) as session:
            await ledger.cancel(session, number, OFFICE)
    sender = Sender()
    assert await worker(sessions, wake, sender).drain() == 0
    (row,) = await look(sessions)
    assert row.state == DeliveryState.CANCELLED and row.secret is None
    async with reading(sessions) as session:
        assert [one.act for one in await log.listing(session)] == ["delivery.cancelled"]


async def test_what_was_sent_is_not_taken_back_and_what_is_not_there_is_said(sessions: Sessions, wake: Wake) -> None:
    (number,) = await queue(sessions, 1)
    await worker(sessions, wake, Sender()).drain()
    with pytest.raises(Refused, match=r"delivery\.not_queued"):
        async with transaction(sessions) as session:
            await ledger.cancel(session, number, OFFICE)
    for verb in (ledger.retry, ledger.cancel):
        with pytest.raises(Refused, match=r"delivery\.unknown"):
            async with transaction(sessions) as session:
                await verb(session, 999, OFFICE)
