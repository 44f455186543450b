"""What staff see of the intake, a second chance for the dead, and what was set apart."""

import pytest

from core.actor import OFFICE, Channel
from core.audit import log
from core.database import Sessions, Wake, reading, transaction
from core.errors import Refused
from core.intake import ledger, quarantine
from core.intake.models import Intake, IntakeState, Quarantined
from tests.core.intake.ground import Handler, look, take, worker


def fail(_: object) -> None:
    raise KeyError


async def test_listing_and_counting(sessions: Sessions, wake: Wake) -> None:
    ids = await take(sessions, "1", "2", "3")
    await worker(sessions, wake, Handler()).drain()
    (last,) = await take(sessions, "4")
    async with reading(sessions) as session:
        assert [one.id for one in await ledger.listing(session)] == [last, *reversed(ids)]
        assert [one.id for one in await ledger.listing(session, limit=1, before=last)] == [ids[2]]
        assert [one.id for one in await ledger.listing(session, state=IntakeState.WAITING)] == [last]
        assert await ledger.listing(session, channel=Channel.EMAIL) == []
        assert await ledger.counts(session) == {
            (Channel.TELEGRAM, IntakeState.DONE): 3,
            (Channel.TELEGRAM, IntakeState.WAITING): 1,
        }


async def test_a_dead_album_is_handled_again_whole(sessions: Sessions, wake: Wake) -> None:
    ids = await take(sessions, "a1", "a2", album="album")
    await worker(sessions, wake, Handler(fail), attempts=1).drain()
    assert [one.state for one in await look(sessions)] == [IntakeState.DEAD, IntakeState.DEAD]
    async with transaction(sessions) as session:
        await ledger.retry(session, ids[1], OFFICE)
    handler = Handler()
    await worker(sessions, wake, handler, attempts=1).drain()
    assert handler.groups == [["a1", "a2"]]
    assert {(one.state, one.error_id) for one in await look(sessions)} == {(IntakeState.DONE, None)}
    async with reading(sessions) as session:
        assert [one.act for one in await log.listing(session)] == ["intake.retried"]


async def test_only_the_dead_are_handled_again(sessions: Sessions) -> None:
    (number,) = await take(sessions, "1")
    for asked, code in ((number, r"intake\.not_dead"), (999, r"intake\.unknown")):
        with pytest.raises(Refused, match=code):
            async with transaction(sessions) as session:
                await ledger.retry(session, asked, OFFICE)


async def set_aside(sessions: Sessions, number: int) -> Quarantined:
    async with transaction(sessions) as session:
        item = await session.get_one(Intake, number)
        return await quarantine.set_aside(session, item, reason="dmarc_fail", claimed_from="eva@example.org")


async def test_a_mail_is_set_apart_once_and_decided_once(sessions: Sessions) -> None:
    (number,) = await take(sessions, "1")
    first = await set_aside(sessions, number)
    assert (await set_aside(sessions, number)).id == first.id
    async with reading(sessions) as session:
        assert [one.id for one in await quarantine.listing(session)] == [first.id]
    for _ in range(2):
        async with transaction(sessions) as session:
            decided = await quarantine.decide(session, first.id, decision="accept", actor=OFFICE)
            assert decided.decision == "accept" and decided.decided_at is not None
    async with reading(sessions) as session:
        assert await quarantine.listing(session) == []
        assert len(await quarantine.listing(session, undecided=False)) == 1
        assert [one.act for one in await log.listing(session)] == ["quarantine.accepted"]
    for asked, code in ((first.id, r"quarantine\.decided"), (999, r"quarantine\.unknown")):
        with pytest.raises(Refused, match=code):
            async with transaction(sessions) as session:
                await quarantine.decide(session, asked, decision="reject", actor=OFFICE)
