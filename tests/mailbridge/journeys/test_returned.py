"""Mails that can't be delivered: the address is marked, the other channel takes over, a full mailbox gets another chance."""

import pytest

from core.actor import Channel
from core.database import reading, transaction
from core.deliveries import ledger
from core.deliveries.models import Delivery, DeliveryState
from core.people import addresses
from tests.mailbridge.journeys.scene import PORTAL, Scene
from tests.support.waiting import until


async def _with_telegram(scene: Scene) -> None:
    async with transaction(scene.sessions) as session:
        await addresses.put(session, scene.anna.id, Channel.TELEGRAM, "1234")


async def _deliveries(scene: Scene, channel: Channel) -> list[Delivery]:
    async with reading(scene.sessions) as session:
        found = await ledger.listing(session, channel=channel, person_id=scene.anna.id)
        return list(reversed(found))


async def _reachable(scene: Scene) -> bool:
    async with reading(scene.sessions) as session:
        return (await addresses.of(session, scene.anna.id))[Channel.EMAIL].unreachable_since is None


@pytest.mark.rule("NOTE-4", "MAIL-6")
@pytest.mark.parametrize("how", ["refused at once", "returned later"])
async def test_an_address_that_does_not_exist_is_marked_and_telegram_takes_over(
    office_by_mail: Scene, how: str
) -> None:
    scene = office_by_mail
    await _with_telegram(scene)
    if how == "refused at once":
        scene.server.faults.refuse("anna@post.example", 550, times=None)
    else:
        scene.server.faults.bounce("anna@post.example")
    await scene.write("Kunt u dit nakijken?")
    await scene.settle()
    assert not await _reachable(scene)
    [mail] = await _deliveries(scene, Channel.EMAIL)
    assert mail.state == DeliveryState.FAILED and mail.error
    assert [each.kind for each in await _deliveries(scene, Channel.TELEGRAM)] == ["message_new"]
    await scene.write("Nog iets", subject="Tweede")
    await scene.settle()
    assert len(await _deliveries(scene, Channel.EMAIL)) == 1, "nothing more goes to a dead address"
    assert len(await _deliveries(scene, Channel.TELEGRAM)) == 2


@pytest.mark.rule("NOTE-4", "MAIL-6")
async def test_a_full_mailbox_gets_another_chance_and_stays_reachable(office_by_mail: Scene) -> None:
    scene = office_by_mail
    scene.server.faults.bounce("anna@post.example", "552 5.2.2 Mailbox full")
    await scene.write("Kunt u dit nakijken?")
    await scene.settle()
    assert await _reachable(scene)
    [mail] = await _deliveries(scene, Channel.EMAIL)
    assert mail.state == DeliveryState.QUEUED and mail.due_at > mail.created_at


@pytest.mark.rule("NOTE-4")
async def test_a_busy_server_is_tried_again_and_the_mail_arrives_once(
    office_by_mail: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = office_by_mail
    monkeypatch.setattr("core.deliveries.backoff.pause", lambda *_, **__: 0.05)
    scene.server.faults.refuse("anna@post.example", 451, times=2)
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
    assert len([mail for mail in scene.box("anna").mails if mail.message_id == letter.message_id]) == 1
    assert await _reachable(scene)


@pytest.mark.rule("NOTE-4")
async def test_a_lost_answer_gives_the_same_mail_again(office_by_mail: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = office_by_mail
    monkeypatch.setattr("core.deliveries.backoff.pause", lambda *_, **__: 0.05)
    scene.server.faults.lose()
    async with scene.at_work():
        await scene.letter_from_hugo()
        await until(lambda: len(scene.box("anna").mails) + len(scene.box("bram").mails) == 3)
    for who in ("anna", "bram"):
        assert len({mail.message_id for mail in scene.box(who).mails}) == 1


@pytest.mark.rule("NOTE-4")
async def test_nobody_can_switch_an_address_off_by_a_bounce_of_their_own(office_by_mail: Scene) -> None:
    scene = office_by_mail
    await scene.write("Kunt u dit nakijken?")
    await scene.settle()
    forged = (
        b"From: MAILER-DAEMON@post.example\r\nTo: b+aaaaaaaaaaaaaaaaaaaa@kantoor.example\r\nSubject: Undelivered\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n--x\r\n\r\nNo such user\r\n'
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        b"Final-Recipient: rfc822; anna@post.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--x--\r\n"
    )
    await scene.server.inject(forged, PORTAL)
    await scene.settle()
    assert await _reachable(scene)
    assert [item.outcome for item in await scene.items()] == ["bounce of nothing of ours"]


@pytest.mark.rule("NOTE-4")
async def test_a_mail_from_an_address_that_was_marked_proves_that_it_lives(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with transaction(scene.sessions) as session:
        await addresses.mark_unreachable(
            session, channel=Channel.EMAIL, value="anna@post.example", reason="bounced 5.1.1"
        )
    await scene.box("anna").send(PORTAL, "Ik ben er weer", "Mijn mailbox werkt.")
    await scene.settle()
    assert await _reachable(scene)
