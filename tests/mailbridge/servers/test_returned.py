"""Mails that Exim returns, puts off or gets half of (NOTE-4)."""

import pytest

from core.actor import Channel
from core.database import transaction
from core.deliveries.models import Delivery, DeliveryState
from core.people import addresses
from mailbridge.mailbox import Folder
from sandbox.mail import attachment
from tests.mailbridge.journeys.scene import PORTAL, Scene
from tests.mailbridge.servers import looking
from tests.mailbridge.servers.boxes import PASSWORD
from tests.mailbridge.servers.conftest import RealPost
from tests.support.waiting import until


@pytest.mark.rule("NOTE-4", "MAIL-6")
async def test_a_mail_that_exim_returns_marks_the_address_and_telegram_takes_over(post: RealPost) -> None:
    scene = post.scene
    async with transaction(scene.sessions) as session:
        await addresses.put(session, scene.anna.id, Channel.TELEGRAM, "1234")
    post.servers.remove("anna@post.example")
    async with scene.at_work():
        await scene.write("Kunt u dit nakijken?")
        [report] = await scene.moved(Folder.PROCESSED)
        await until(lambda: _is(looking.reachable(scene), wanted=False), seconds=looking.LATER)
    assert report.header("X-Failed-Recipients") == "anna@post.example"
    [mail] = await looking.deliveries(scene, Channel.EMAIL)
    assert (mail.state, mail.error) == (DeliveryState.FAILED, "came back 5.1.1")
    assert [each.kind for each in await looking.deliveries(scene, Channel.TELEGRAM)] == ["message_new"]
    assert len(scene.box("portal").folder("Rejected")) == 0
    assert [item.outcome for item in await scene.items()] == ["bounce, unreachable"]
    assert await scene.written() == []


@pytest.mark.rule("NOTE-4")
async def test_a_recipient_that_is_refused_on_the_spot_is_marked_and_the_others_get_theirs(post: RealPost) -> None:
    scene = post.scene
    async with transaction(scene.sessions) as session:
        await addresses.put(session, scene.anna.id, Channel.TELEGRAM, "1234")
    post.servers.refuse("anna@post.example")
    async with scene.at_work():
        await scene.write("Kunt u dit nakijken?")
        await until(lambda: _is(looking.reachable(scene), wanted=False), seconds=looking.LATER)
        await scene.box("bram").wait(lambda mail: "Kunt u dit nakijken?" in mail.text)
    [mail] = await looking.deliveries(scene, Channel.EMAIL)
    assert (mail.state, mail.attempts) == (DeliveryState.FAILED, 1)
    assert "550 5.1.1" in (mail.error or "")
    assert [each.kind for each in await looking.deliveries(scene, Channel.TELEGRAM)] == ["message_new"]
    assert await scene.items() == [], "nothing came back: it was never taken"


@pytest.mark.rule("NOTE-4", "MAIL-6")
async def test_a_mail_that_comes_back_before_its_sending_was_noted_counts_all_the_same(post: RealPost) -> None:
    scene = post.scene
    post.servers.remove("anna@post.example")
    await scene.write("Kunt u dit nakijken?")
    await scene.deliveries.drain()
    await until(lambda: len(scene.box("portal").mails) == 1)
    [mail] = await looking.deliveries(scene, Channel.EMAIL)
    await _set_state(scene, mail, DeliveryState.SENDING)
    await scene.mailbox.drain()
    await scene.intake.drain()
    assert await looking.reachable(scene)
    await _set_state(scene, mail, DeliveryState.SENT)
    async with scene.at_work():
        await until(lambda: _is(looking.reachable(scene), wanted=False), seconds=looking.LATER)


async def _set_state(scene: Scene, mail: Delivery, state: DeliveryState) -> None:
    async with transaction(scene.sessions) as session:
        (await session.get_one(Delivery, mail.id)).state = state


@pytest.mark.rule("NOTE-4", "MAIL-6")
async def test_a_full_mailbox_is_tried_again_and_stays_reachable(
    post: RealPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = post.scene
    post.servers.add("anna@post.example", PASSWORD, quota="*:bytes=10")
    async with scene.at_work():
        await scene.write("Kunt u dit nakijken?")
        await scene.moved(Folder.PROCESSED)
    assert await looking.reachable(scene)
    [mail] = await looking.deliveries(scene, Channel.EMAIL)
    assert (mail.state, mail.error) == (DeliveryState.QUEUED, "came back 5.2.2")
    assert mail.due_at > mail.created_at
    post.servers.add("anna@post.example", PASSWORD)
    async with transaction(scene.sessions) as session:
        (await session.get_one(Delivery, mail.id)).due_at = mail.created_at
    async with scene.at_work():
        await scene.box("anna").wait(lambda mail: "Kunt u dit nakijken?" in mail.text)


@pytest.mark.rule("NOTE-4")
async def test_a_server_that_asks_to_come_back_later_gets_the_mail_later(post: RealPost) -> None:
    scene = post.scene
    post.servers.greylist("anna@post.example", on=True)

    async def put_off() -> bool:
        mails = await looking.deliveries(scene, Channel.EMAIL)
        return any(mail.attempts > 0 and "451 4.7.1" in (mail.error or "") for mail in mails)

    async with scene.at_work():
        await scene.write("Kunt u dit nakijken?")
        await until(put_off, seconds=looking.LATER)
        post.servers.greylist("anna@post.example", on=False)
        await scene.box("anna").wait(lambda mail: "Kunt u dit nakijken?" in mail.text)
    assert len(scene.box("anna").mails) == 1
    assert await looking.reachable(scene)


@pytest.mark.rule("NOTE-4")
async def test_a_connection_that_is_cut_in_the_middle_of_sending_gives_one_mail(post: RealPost) -> None:
    scene = post.scene
    async with scene.at_work():
        await scene.letter_from_hugo("Eerst dit.")
        await until(lambda: len(scene.box("bram").mails) == 1, seconds=looking.LATER)
        post.smtp.up = 1_000_000
        await scene.box("anna").send(
            PORTAL, "Plan", "Zie bijlage.", attachments=[attachment("plan.bin", bytes(3_000_000))]
        )
        told = await scene.box("hugo").wait(lambda mail: "Zie bijlage." in mail.text)
    assert post.smtp.cuts == 1
    assert [len(file.content) for file in told.attachments] == [3_000_000]
    assert len(scene.box("hugo").mails) == 1


async def _is(question: object, *, wanted: bool) -> bool:
    return await question is wanted  # type: ignore[misc]  # a coroutine
